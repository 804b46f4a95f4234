from django.urls import path

from suivi.views import alertes, declarations, heures, parcours, questionnaires, reperage

app_name = "suivi"
urlpatterns = [
    path("alertes/", alertes.AlerteListeView.as_view(), name="alertes"),
    path("heures/", heures.DeclarationListeView.as_view(), name="declarations"),
    path("heures/reglages/", heures.ReglagesDeclarationView.as_view(), name="reglages_declaration"),
    path("engagements/<uuid:uuid>/mois/", heures.ChoixMoisView.as_view(), name="choix_mois"),
    path("engagements/<uuid:uuid>/mois/<str:mois>/", heures.MoisView.as_view(), name="mois"),
    path("engagements/<uuid:uuid>/mois/<str:mois>/saisie/", heures.SaisieView.as_view(), name="saisie"),
    path("declarations/<uuid:uuid>/rendre/", declarations.RenvoiView.as_view(), name="rendre"),
    path(
        "engagements/<uuid:uuid>/lien-de-declaration/", declarations.LienDeclarationView.as_view(), name="envoyer_lien"
    ),
    path("mes-heures/", declarations.mes_declarations, name="mes_declarations"),
    path("mes-heures/<uuid:declaration>/", declarations.declarer, name="declarer"),
    path("mes-heures/<uuid:declaration>/verifier/", declarations.verifier, name="verifier"),
    path("mes-heures/<uuid:declaration>/aucune/", declarations.aucune_heure, name="aucune_heure"),
    path("declarer/<uuid:uuid>/", declarations.mes_declarations_par_lien, name="mes_declarations_par_lien"),
    path("declarer/<uuid:uuid>/<uuid:declaration>/", declarations.declarer_par_lien, name="declarer_par_lien"),
    path("declarer/<uuid:uuid>/<uuid:declaration>/verifier/", declarations.verifier_par_lien, name="verifier_par_lien"),
    path(
        "declarer/<uuid:uuid>/<uuid:declaration>/aucune/",
        declarations.aucune_heure_par_lien,
        name="aucune_heure_par_lien",
    ),
    path("declarations/<uuid:uuid>/valider/", heures.valider, name="valider"),
    path("declarations/<uuid:uuid>/rouvrir/", heures.ReouvertureView.as_view(), name="rouvrir"),
    path("parcours/", parcours.PointListeView.as_view(), name="points"),
    path("parcours/reglages/", parcours.ReglagesParcoursView.as_view(), name="reglages_parcours"),
    path("parcours/<uuid:uuid>/", parcours.ReponsePointView.as_view(), name="point"),
    path("prescripteur/parcours/<uuid:uuid>/", parcours.ReponseReferentView.as_view(), name="point_referent"),
    path("situation/<uuid:uuid>/", parcours.reponse_par_lien, name="point_par_lien"),
    path("questionnaires/", questionnaires.QuestionListeView.as_view(), name="questions"),
    path("questionnaires/nouvelle/", questionnaires.QuestionCreationView.as_view(), name="question_nouvelle"),
    path("questionnaires/proposees/", questionnaires.poser_les_proposees, name="questions_proposees"),
    path("questionnaires/<uuid:uuid>/", questionnaires.QuestionEditionView.as_view(), name="question"),
    path("questionnaires/<uuid:uuid>/retirer/", questionnaires.retirer_question, name="question_retirer"),
    path("contrats/<uuid:uuid>/avis/<slug:public>/", questionnaires.AvisView.as_view(), name="questionnaire"),
    path(
        "contrats/<uuid:uuid>/avis/<slug:public>/demander/",
        questionnaires.DemandeAvisView.as_view(),
        name="questionnaire_demander",
    ),
    path("avis/<uuid:uuid>/", questionnaires.avis_par_lien, name="questionnaire_par_lien"),
    path("marches/<uuid:uuid>/bilan-qualitatif/", questionnaires.SyntheseView.as_view(), name="synthese"),
    path("reperage/", reperage.ReperageView.as_view(), name="reperage"),
    path("reperage/a-retrouver/", reperage.ARetrouverView.as_view(), name="a_retrouver"),
    path("reperage/<uuid:uuid>/demander/", reperage.demander, name="demander"),
    path("prescripteur/demandes/<uuid:uuid>/", reperage.DemandeView.as_view(), name="demande"),
]
