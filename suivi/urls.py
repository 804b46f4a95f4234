from django.urls import path

from suivi.views import heures, parcours, reperage

app_name = "suivi"
urlpatterns = [
    path("heures/", heures.DeclarationListeView.as_view(), name="declarations"),
    path("engagements/<uuid:uuid>/mois/", heures.ChoixMoisView.as_view(), name="choix_mois"),
    path("engagements/<uuid:uuid>/mois/<str:mois>/", heures.MoisView.as_view(), name="mois"),
    path("engagements/<uuid:uuid>/mois/<str:mois>/saisie/", heures.SaisieView.as_view(), name="saisie"),
    path("declarations/<uuid:uuid>/valider/", heures.valider, name="valider"),
    path("declarations/<uuid:uuid>/rouvrir/", heures.ReouvertureView.as_view(), name="rouvrir"),
    path("parcours/", parcours.PointListeView.as_view(), name="points"),
    path("parcours/reglages/", parcours.ReglagesParcoursView.as_view(), name="reglages_parcours"),
    path("parcours/<uuid:uuid>/", parcours.ReponsePointView.as_view(), name="point"),
    path("prescripteur/parcours/<uuid:uuid>/", parcours.ReponseReferentView.as_view(), name="point_referent"),
    path("situation/<uuid:uuid>/", parcours.reponse_par_lien, name="point_par_lien"),
    path("reperage/", reperage.ReperageView.as_view(), name="reperage"),
    path("reperage/a-retrouver/", reperage.ARetrouverView.as_view(), name="a_retrouver"),
    path("reperage/<uuid:uuid>/demander/", reperage.demander, name="demander"),
    path("prescripteur/demandes/<uuid:uuid>/", reperage.DemandeView.as_view(), name="demande"),
]
