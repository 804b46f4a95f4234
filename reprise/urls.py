from django.urls import path

from reprise.views import classeurs, corrections, listes

app_name = "reprise"
urlpatterns = [
    path("reprise/", classeurs.DepotView.as_view(), name="importer"),
    path("reprise/modele/", classeurs.modele, name="modele"),
    path("reprise/exporter/", classeurs.exporter, name="exporter"),
    path("reprise/historique/", classeurs.RepriseListeView.as_view(), name="liste"),
    path("reprise/<uuid:uuid>/", classeurs.RepriseFicheView.as_view(), name="fiche"),
    path("reprise/<uuid:uuid>/colonnes/", corrections.ColonnesView.as_view(), name="colonnes"),
    path("reprise/<uuid:uuid>/lignes/", corrections.LignesView.as_view(), name="lignes"),
    path("reprise/<uuid:uuid>/confirmer/", classeurs.ConfirmationView.as_view(), name="confirmer"),
    path("reprise/<uuid:uuid>/appliquer/", classeurs.appliquer, name="appliquer"),
    path("reprise/<uuid:uuid>/relancer/", classeurs.relancer, name="relancer"),
    # La liste de personnes d'un prescripteur
    path("listes/", listes.ListeConfieeListeView.as_view(), name="listes"),
    path("listes/deposer/", listes.DepotListeView.as_view(), name="liste_deposer"),
    path("listes/modele/", listes.modele, name="liste_modele"),
    path("listes/<uuid:uuid>/", listes.ListeConfieeFicheView.as_view(), name="liste_confiee"),
    path("listes/<uuid:uuid>/confier/", listes.confier, name="liste_confier"),
    path("listes/personnes/<uuid:uuid>/", listes.BrouillonView.as_view(), name="brouillon"),
    path("listes/personnes/<uuid:uuid>/<slug:transition>/", listes.avancer, name="brouillon_avancer"),
]
