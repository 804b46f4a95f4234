from django.urls import path

from parcours.views import points, questionnaires, reperage

urlpatterns = [
    path("parcours/", points.PointListeView.as_view(), name="points"),
    path("parcours/reglages/", points.ReglagesParcoursView.as_view(), name="reglages_parcours"),
    path("parcours/<uuid:uuid>/", points.ReponsePointView.as_view(), name="point"),
    path("prescripteur/parcours/<uuid:uuid>/", points.ReponseReferentView.as_view(), name="point_referent"),
    path("situation/<uuid:uuid>/", points.reponse_par_lien, name="point_par_lien"),
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
