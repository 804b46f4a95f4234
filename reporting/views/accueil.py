"""L'accueil de chacun : « À faire ». Qui a un espace y va ; il y trouve la même liste."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from comptes.acteur import Acteur
from comptes.enums import FACILITATEURS, Role
from comptes.premiers_pas import pas_qui_restent
from reporting.lecture.chiffres_cles import chiffres_cles
from reporting.rendu.accueil import ce_que_l_on_sait, tuiles
from socle.a_faire import Demande, tableau_de
from socle.acces import CONNECTES, ouverte_a
from socle.intitules import intitulee
from socle.requetes import Requete

ESPACES: dict[Role | None, str] = {
    Role.PRESCRIPTEUR: "recrutement:espace_prescripteur",
    Role.MAITRE_OUVRAGE: "marches:espace_acheteur",
    Role.ENTREPRISE: "suivi:espace_entreprise",
}
RIEN_A_LIRE = "Aucun bilan nouveau. Ceux qu'une structure vous remet sont à la page « Bilans », lus ou non."
# Quand rien n'attend : pourquoi, et où aller ensuite.
RIEN: dict[Role | None, tuple[str, str, str]] = {
    Role.FINANCEUR: (RIEN_A_LIRE, "Bilans", "reporting:bilans"),
    Role.RESEAU: (RIEN_A_LIRE, "Bilans", "reporting:bilans"),
    Role.ADMINISTRATEUR: (
        "Tout part, tout se fabrique, chaque structure a son responsable.",
        "Organisations",
        "comptes:organisations",
    ),
}
RIEN_POUR_UN_LECTEUR = (
    "Rien n'attend la structure : les mois reçus sont validés, rien n'est en retard.",
    "Projets d'achat",
    "marches:projets",
)
RIEN_POUR_UN_FACILITATEUR = (
    "Rien ne vous attend : les mois reçus sont validés, rien n'est en retard. C'est le moment de préparer un achat.",
    "Projets d'achat",
    "marches:projets",
)


@ouverte_a(CONNECTES)
@require_GET
@intitulee("Accueil")
def accueil(request: Requete) -> HttpResponse:
    acteur = request.acteur
    if acteur.role not in FACILITATEURS and acteur.role not in RIEN:
        return redirect(ESPACES.get(acteur.role, "documents"))
    return render(request, "reporting/accueil.html", _contexte(acteur, Demande.lue(request.GET)))


def _contexte(acteur: Acteur, demande: Demande) -> dict[str, Any]:
    le = timezone.localdate()
    de_la_structure = RIEN_POUR_UN_FACILITATEUR if acteur.peut_ecrire else RIEN_POUR_UN_LECTEUR
    texte, libelle, nom_url = RIEN.get(acteur.role, de_la_structure)
    contexte: dict[str, Any] = {
        "tableau": tableau_de(acteur, le, demande),
        "rien": texte,
        "suite": [(libelle, reverse(nom_url))],
        "annee": le.year,
        "premiers_pas": pas_qui_restent(acteur),
        "tuiles": [],
    }
    if acteur.est_facilitateur:
        chiffres = chiffres_cles(acteur.agit_pour, le)
        contexte["tuiles"] = list(tuiles(chiffres, reverse("reporting:annee")))
        contexte["sue"] = ce_que_l_on_sait(chiffres)
    return contexte
