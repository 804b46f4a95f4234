from django.urls import path

from cloture import views
from cloture.attestations import views as attestations
from cloture.carences import views as carences
from cloture.lettres import views as lettres
from cloture.penalites.views import fiche as penalites
from cloture.penalites.views import gestes

urlpatterns = [
    path("engagements/<uuid:uuid>/fin/", views.FinView.as_view(), name="fin"),
    path("engagements/<uuid:uuid>/mise-en-demeure/", carences.MiseEnDemeureView.as_view(), name="mettre_en_demeure"),
    path(
        "mises-en-demeure/<uuid:uuid>/remise/",
        carences.RemiseMiseEnDemeureView.as_view(),
        name="mise_en_demeure_remettre",
    ),
    path("mises-en-demeure/<uuid:uuid>/lettre/", lettres.lettre_de_mise_en_demeure, name="mise_en_demeure_lettre"),
    path("engagements/<uuid:uuid>/carence/", carences.CarenceView.as_view(), name="carence_nouvelle"),
    path("carences/<uuid:uuid>/annuler/", carences.annuler, name="carence_annuler"),
    path(
        "engagements/<uuid:uuid>/penalite/<slug:genre>/", penalites.PropositionView.as_view(), name="penalite_proposer"
    ),
    path("penalites/", penalites.PenaliteListeView.as_view(), name="penalites"),
    path("penalites/reglages/", views.ReglagesClotureView.as_view(), name="reglages_fin"),
    path("penalites/<uuid:uuid>/", penalites.PenaliteFicheView.as_view(), name="penalite"),
    path("penalites/<uuid:uuid>/lettre/", gestes.EnvoiView.as_view(), name="penalite_envoyer"),
    path("penalites/<uuid:uuid>/lettre/remise/", gestes.RemiseView.as_view(), name="penalite_remettre"),
    path("penalites/<uuid:uuid>/lettre/fichier/", penalites.lettre, name="penalite_lettre"),
    path("penalites/<uuid:uuid>/preuves/", penalites.preuves, name="penalite_preuves"),
    path("penalites/<uuid:uuid>/observations/", gestes.ObservationsView.as_view(), name="penalite_observer"),
    path("penalites/<uuid:uuid>/decision/", gestes.DecisionView.as_view(), name="penalite_decider"),
    path("penalites/<uuid:uuid>/notification/", gestes.NotificationView.as_view(), name="penalite_notifier"),
    path("penalites/<uuid:uuid>/retrait/", gestes.RetraitView.as_view(), name="penalite_retirer"),
    path("attestations/", attestations.AttestationListeView.as_view(), name="attestations"),
    path("attestations/<uuid:uuid>/", attestations.AttestationFicheView.as_view(), name="attestation"),
    path("attestations/<uuid:uuid>/fichier/", attestations.telecharger, name="attestation_fichier"),
    path("engagements/<uuid:uuid>/attestation/", attestations.EmissionView.as_view(), name="attestation_emettre"),
]
