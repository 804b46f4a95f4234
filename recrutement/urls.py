from django.urls import path

from recrutement.views import aides, besoins, candidatures, contrats, espace_prescripteur, offres, reponses

app_name = "recrutement"
urlpatterns = [
    path("contrats/", contrats.ContratListeView.as_view(), name="contrats"),
    path("contrats/<uuid:uuid>/", contrats.ContratFicheView.as_view(), name="contrat"),
    path("contrats/<uuid:uuid>/modifier/", contrats.ContratEditionView.as_view(), name="contrat_modifier"),
    path("contrats/<uuid:uuid>/avenant/", contrats.AvenantContratView.as_view(), name="contrat_avenant"),
    path("contrats/<uuid:uuid>/affecter/", contrats.AffectationView.as_view(), name="contrat_affecter"),
    path("contrats/<uuid:uuid>/sans-critere/", contrats.SansCritereView.as_view(), name="contrat_sans_critere"),
    path("contrats/<uuid:uuid>/archiver/", contrats.archiver, {"archiver": True}, name="contrat_archiver"),
    path("contrats/<uuid:uuid>/desarchiver/", contrats.archiver, {"archiver": False}, name="contrat_desarchiver"),
    path("beneficiaires/<uuid:uuid>/contrats/nouveau/", contrats.ContratCreationView.as_view(), name="contrat_nouveau"),
    # Offres, côté facilitateur
    path("engagements/<uuid:uuid>/embaucher/", contrats.EmbaucheDirecteView.as_view(), name="embaucher"),
    path("offres/", offres.OffreListeView.as_view(), name="offres"),
    path("engagements/<uuid:uuid>/offres/nouvelle/", offres.OffreCreationView.as_view(), name="offre_nouvelle"),
    path("offres/<uuid:uuid>/", offres.OffreFicheView.as_view(), name="offre"),
    path("offres/<uuid:uuid>/modifier/", offres.OffreEditionView.as_view(), name="offre_modifier"),
    path("offres/<uuid:uuid>/diffuser/", offres.DiffusionView.as_view(), name="offre_diffuser"),
    path("offres/<uuid:uuid>/relancer/", offres.relancer, name="offre_relancer"),
    path("offres/<uuid:uuid>/partager/", offres.partager, {"ouvrir": True}, name="offre_partager"),
    path("offres/<uuid:uuid>/ne-plus-partager/", offres.partager, {"ouvrir": False}, name="offre_ne_plus_partager"),
    path("offres/<uuid:uuid>/clore/", offres.avancer, {"transition": "clore"}, name="offre_clore"),
    path("offres/<uuid:uuid>/rouvrir/", offres.avancer, {"transition": "rouvrir"}, name="offre_rouvrir"),
    path("offres/<uuid:uuid>/abandonner/", offres.avancer, {"transition": "abandonner"}, name="offre_abandonner"),
    path("offres/<uuid:uuid>/entreprise/", offres.LienEntrepriseView.as_view(), name="offre_entreprise"),
    path("offres/<uuid:uuid>/personnes/", candidatures.PositionnementView.as_view(), name="offre_personne"),
    path("offres/<uuid:uuid>/positionner/", candidatures.positionner, name="offre_positionner"),
    path(
        "offres/<uuid:uuid>/preselectionner/",
        candidatures.avancer_ensemble,
        {"transition": "preselectionner"},
        name="offre_preselectionner",
    ),
    path(
        "offres/<uuid:uuid>/transmettre/",
        candidatures.avancer_ensemble,
        {"transition": "transmettre"},
        name="offre_transmettre",
    ),
    path("offre/<str:secret>/", offres.publique, name="offre_publique"),
    # Candidatures
    path("candidatures/<uuid:uuid>/entretien/", candidatures.EntretienView.as_view(), name="candidature_entretien"),
    path("candidatures/<uuid:uuid>/refuser/", candidatures.RefusView.as_view(), name="candidature_refuser"),
    path("candidatures/<uuid:uuid>/contrat/", candidatures.EmbaucheView.as_view(), name="candidature_contrat"),
    path("candidatures/<uuid:uuid>/geste/<slug:transition>/", candidatures.avancer, name="candidature_avancer"),
    path("candidatures/<uuid:uuid>/retablir/", candidatures.retablir, name="candidature_retablir"),
    # L'espace du prescripteur
    path("prescripteur/", espace_prescripteur.EspacePrescripteurView.as_view(), name="espace_prescripteur"),
    path("prescripteur/offres/<uuid:uuid>/", espace_prescripteur.OffreDiffuseeView.as_view(), name="offre_diffusee"),
    path("prescripteur/offres/<uuid:uuid>/proposer/", espace_prescripteur.ProposerView.as_view(), name="proposer"),
    path(
        "prescripteur/offres/<uuid:uuid>/nouvelle-personne/",
        espace_prescripteur.ProposerNouvelleView.as_view(),
        name="proposer_nouvelle",
    ),
    path("prescripteur/personnes/", espace_prescripteur.PersonneListeView.as_view(), name="mes_personnes"),
    path(
        "prescripteur/personnes/nouvelle/", espace_prescripteur.PersonneCreationView.as_view(), name="personne_nouvelle"
    ),
    path("prescripteur/personnes/<uuid:uuid>/", espace_prescripteur.PersonneFicheView.as_view(), name="ma_personne"),
    path(
        "prescripteur/personnes/<uuid:uuid>/modifier/",
        espace_prescripteur.MaPersonneEditionView.as_view(),
        name="ma_personne_modifier",
    ),
    path(
        "prescripteur/personnes/<uuid:uuid>/passer/",
        espace_prescripteur.PasserView.as_view(),
        name="ma_personne_passer",
    ),
    path(
        "prescripteur/personnes/<uuid:uuid>/note/", espace_prescripteur.NotePrescripteurView.as_view(), name="ma_note"
    ),
    path("prescripteur/candidatures/<uuid:uuid>/retirer/", espace_prescripteur.retirer, name="candidature_retirer"),
    # La réponse de l'entreprise
    path("mes-offres/", reponses.MesOffresView.as_view(), name="mes_offres"),
    path("mes-offres/besoin/", besoins.BesoinCreationView.as_view(), name="besoin_nouveau"),
    path("mes-offres/<uuid:uuid>/", reponses.reponse, name="reponse"),
    path("mes-offres/<uuid:uuid>/modifier/", besoins.BesoinEditionView.as_view(), name="besoin_modifier"),
    path("mes-offres/<uuid:uuid>/retirer/", besoins.retirer, name="besoin_retirer"),
    path("offres/<uuid:uuid>/prendre/", besoins.prendre, name="besoin_prendre"),
    path("offres/<uuid:uuid>/ecarter/", besoins.EcarterView.as_view(), name="besoin_ecarter"),
    path("reponse/<uuid:uuid>/", reponses.reponse_par_lien, name="reponse_par_lien"),
    # Les aides à l'embauche
    path("mes-aides/", aides.MesAidesView.as_view(), name="mes_aides"),
    path("aides/", aides.AideListeView.as_view(), name="aides"),
    path("aides/nouvelle/", aides.AideCreationView.as_view(), name="aide_nouvelle"),
    path("aides/installer/", aides.installer, name="aides_installer"),
    path("aides/<uuid:uuid>/modifier/", aides.AideEditionView.as_view(), name="aide_modifier"),
    path("aides/<uuid:uuid>/archiver/", aides.archiver, {"archiver": True}, name="aide_archiver"),
    path("aides/<uuid:uuid>/desarchiver/", aides.archiver, {"archiver": False}, name="aide_desarchiver"),
]
