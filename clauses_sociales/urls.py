from django.urls import include, path

from cloture.urls import urlpatterns as cloture
from comptes.urls.organisations import urlpatterns as organisations
from declarations.urls import urlpatterns as declarations
from marches.urls import AGENDA
from parcours.urls import urlpatterns as parcours
from pronostic.urls import urlpatterns as pronostic
from reporting.views import accueil

handler400 = "socle.erreurs.mauvaise_demande"
handler403 = "socle.erreurs.acces_refuse"
handler404 = "socle.erreurs.introuvable"
handler429 = "socle.erreurs.trop_de_demandes"  # lu par allauth
handler500 = "socle.erreurs.panne"

# Le mois, son pronostic, le parcours et la fin : quatre apps, un seul espace de noms, « suivi », que les gabarits connaissent.
SUIVI = [*declarations, *pronostic, *parcours, *cloture]

urlpatterns = [
    path("", accueil, name="accueil"),
    path("compte/", include("comptes.urls.compte")),
    path("", include("socle.urls")),
    path("", include(([*organisations, *AGENDA], "comptes"))),
    path("territoire/", include("territoires.urls")),
    path("metiers/", include("metiers.urls")),
    path("", include("entreprises.urls")),
    path("", include("marches.urls")),
    path("", include("beneficiaires.urls")),
    path("", include("recrutement.urls")),
    path("", include((SUIVI, "suivi"))),
    path("", include("reporting.urls")),
    path("", include("reprise.urls")),
    path("marches-publics/", include("decp.urls")),
    path("exploitation/", include("exploitation.urls")),
]
