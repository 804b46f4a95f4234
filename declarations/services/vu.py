"""Deux personnes remplissent le même mois : la seconde apprend ce qui a changé, et rien de ce qu'elle a tapé n'est perdu."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from declarations.cases import cases_du_contrat
from declarations.enums import StatutAnnonce
from declarations.models import Declaration
from socle.nombres import en_chiffres
from socle.nombres import heures as en_heures
from socle.versions import exiger_version

HEURES = ("heures_declarees", "heures_formation", "heures_absence")


def valeurs_du_mois(declaration: Declaration) -> dict[str, Decimal | date | str | None]:
    """{case: valeur enregistrée} : les heures de chacun, et les départs annoncés."""
    valeurs: dict[str, Decimal | date | str | None] = {}
    for ligne in declaration.lignes.select_related("contrat").only(*HEURES, "contrat__uuid"):
        cases = cases_du_contrat(ligne.contrat)
        valeurs[cases["travail"]] = ligne.heures_travaillees
        valeurs[cases["formation"]] = ligne.heures_formation or None
        valeurs[cases["absence"]] = ligne.heures_absence or None
    for depart in declaration.departs.filter(statut=StatutAnnonce.A_TRAITER).select_related("contrat"):
        cases = cases_du_contrat(depart.contrat)
        valeurs[cases["parti_le"]], valeurs[cases["motif"]] = depart.parti_le, depart.motif
    return valeurs


def textes_du_mois(valeurs: Mapping) -> dict[str, str]:
    """Les mêmes en texte, comparables : « 80 » et « 80,00 » sont une valeur, un champ vide n'en est pas une."""
    return {champ: _texte(valeur) for champ, valeur in valeurs.items() if valeur is not None and valeur != ""}


def _texte(valeur) -> str:
    if isinstance(valeur, Decimal):
        return en_heures(valeur)
    return en_chiffres(valeur) if isinstance(valeur, date) else str(valeur)


def exiger_le_mois_vu(declaration: Declaration, heures: Mapping, version: str) -> None:
    """`VersionDepassee` si un champ a bougé depuis vers autre chose que ce qui est tapé. Le même envoi deux fois passe."""
    if not version:
        return
    tapees = {
        cle: getattr(dites, quoi)
        for contrat, dites in heures.items()
        for quoi, cle in cases_du_contrat(contrat).items()
    }
    exiger_version(version, valeurs_du_mois(declaration), tapees, textes_du_mois)
