"""Ce que la projection fait attendre : les engagements qui manqueraient leurs heures, les plus proches de leur fin d'abord."""

import datetime
from functools import partial

from django.urls import reverse

from comptes.acteur import Acteur
from comptes.enums import FACILITATEURS, Role
from pronostic.enums import Pronostic
from pronostic.lecture import Alerte, alertes, engagements_suivis, par_marche
from socle.a_faire import Calculee, source
from socle.composants import Geste, LigneAFaire
from socle.nombres import jour

ACHETEURS = frozenset({Role.MAITRE_OUVRAGE})
AVANT_LA_FIN = datetime.timedelta(days=90)  # en deçà, un engagement en péril est l'affaire du jour
PRESSANTS = (Pronostic.EN_PERIL, Pronostic.A_SURVEILLER)


@source(
    "pronostics",
    Pronostic.EN_PERIL.label,
    "Engagements en péril ou à surveiller",
    roles=FACILITATEURS | ACHETEURS,
    ton="retard",
)
def engagements_qui_manqueraient(acteur: Acteur, le: datetime.date) -> list[Calculee]:
    """Un facilitateur suit chaque engagement ; un acheteur, ses marchés entiers."""
    lues = alertes(engagements_suivis(acteur), le)
    if not acteur.est_facilitateur:
        lues = par_marche(lues, le)
    pressantes = [alerte for alerte in lues if alerte.projection.pronostic in PRESSANTS]
    return [
        Calculee(partial(_ecrire, acteur, alerte), alerte.projection.fin - AVANT_LA_FIN, alerte.dossier)
        for alerte in pressantes
    ]


def _ecrire(acteur: Acteur, alerte: Alerte) -> LigneAFaire:
    projection, objet = alerte.projection, f"{alerte.reference}, {alerte.objet}"
    page = reverse("marches:fiche", args=[alerte.marche])
    if acteur.est_facilitateur:
        objet, page = f"{alerte.entreprise} · {objet}", alerte.get_absolute_url()
    manque = f"manque {projection.besoin}, fin le {jour(projection.fin)}"
    pronostic = projection.pronostic
    return LigneAFaire(pronostic.ton, pronostic.label, objet, page, manque, (Geste("Voir", page),))
