from django.urls import path

from beneficiaires.views import dossiers, faits, fusions, parcours, reglages

app_name = "beneficiaires"
urlpatterns = [
    path("beneficiaires/", dossiers.BeneficiaireListeView.as_view(), name="liste"),
    path("beneficiaires/doublons/", dossiers.doublons, name="doublons"),
    path("beneficiaires/nouveau/", dossiers.BeneficiaireCreationView.as_view(), name="nouveau"),
    path("beneficiaires/<uuid:uuid>/", dossiers.BeneficiaireFicheView.as_view(), name="fiche"),
    path("beneficiaires/<uuid:uuid>/modifier/", dossiers.BeneficiaireEditionView.as_view(), name="modifier"),
    path("beneficiaires/<uuid:uuid>/recherche/", dossiers.RechercheView.as_view(), name="recherche"),
    path("beneficiaires/<uuid:uuid>/archiver/", dossiers.archiver, {"archiver": True}, name="archiver"),
    path("beneficiaires/<uuid:uuid>/desarchiver/", dossiers.archiver, {"archiver": False}, name="desarchiver"),
    path("beneficiaires/<uuid:uuid>/fusionner/", fusions.DossierChoixDeFusionView.as_view(), name="fusion_choix"),
    path("beneficiaires/<uuid:uuid>/fusionner/<uuid:autre>/", fusions.DossierFusionView.as_view(), name="fusion"),
    path("ressemblances/<uuid:uuid>/distinguer/", fusions.distinguer, name="distinguer"),
    path("beneficiaires/<uuid:uuid>/parcours/", parcours.ParcoursView.as_view(), name="parcours"),
    path("beneficiaires/<uuid:uuid>/notes/nouvelle/", parcours.NoteCreationView.as_view(), name="note"),
    path("eligibilite/", reglages.ReglesEligibiliteView.as_view(), name="regles"),
    path("eligibilite/duree/", reglages.DureeEligibiliteView.as_view(), name="regle_duree"),
    path("eligibilite/<str:code>/", reglages.ReglageCritereView.as_view(), name="regle_critere"),
    path("beneficiaires/<uuid:uuid>/criteres/nouveau/", faits.CritereCreationView.as_view(), name="critere_nouveau"),
    path("beneficiaires/<uuid:uuid>/niveau/", faits.NiveauCreationView.as_view(), name="niveau"),
    path("beneficiaires/<uuid:uuid>/inscription/", faits.InscriptionCreationView.as_view(), name="inscription"),
    path("beneficiaires/<uuid:uuid>/domicile/", faits.DomicileCreationView.as_view(), name="domicile"),
    path("criteres/<uuid:uuid>/clore/", faits.CritereClotureView.as_view(), name="critere_clore"),
    path("domiciles/<uuid:uuid>/quartier/", faits.QuartierDecisionView.as_view(), name="quartier"),
]
