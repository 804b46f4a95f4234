"""Deux personnes remplissent le même mois : la seconde apprend ce qui a changé, et rien de ce qu'elle a tapé n'est perdu."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from declarations.enums import StatutAnnonce
from declarations.models import Declaration
from declarations.services.heures import champ_du_contrat
from socle.nombres import en_chiffres
from socle.nombres import heures as en_heures
from socle.regles import RegleViolee

HEURES = ("heures_declarees", "heures_formation", "heures_absence")
CHANGE = "Quelqu'un d'autre a changé ce mois pendant que vous le remplissiez. Relisez, puis enregistrez de nouveau."


@dataclass(frozen=True, slots=True)
class Changement:
    """Ce qu'un autre a changé : le champ, ce que la page montrait, ce qui est enregistré."""

    champ: str
    avant: str
    apres: str


class MoisChange(RegleViolee):
    """Le mois n'est plus celui que montrait le formulaire."""

    def __init__(self, changements: list[Changement], etat: Mapping[str, str]):
        super().__init__(CHANGE)
        self.changements, self.etat = changements, etat


def champs_du_contrat(contrat) -> dict[str, str]:
    """{ce que l'on dit d'une personne: le nom de son champ}."""
    cle = contrat.uuid.hex
    return {
        "travail": champ_du_contrat(contrat),
        "formation": f"formation_{cle}",
        "absence": f"absence_{cle}",
        "parti_le": f"depart_{cle}",
        "motif": f"motif_{cle}",
    }


def valeurs_du_mois(declaration: Declaration) -> dict[str, Decimal | date | str | None]:
    """{champ du formulaire: valeur enregistrée} : les heures de chacun, et les départs annoncés."""
    valeurs: dict[str, Decimal | date | str | None] = {}
    for ligne in declaration.lignes.select_related("contrat").only(*HEURES, "contrat__uuid"):
        champs = champs_du_contrat(ligne.contrat)
        valeurs[champs["travail"]] = ligne.heures_travaillees
        valeurs[champs["formation"]] = ligne.heures_formation or None
        valeurs[champs["absence"]] = ligne.heures_absence or None
    for depart in declaration.departs.filter(statut=StatutAnnonce.A_TRAITER).select_related("contrat"):
        champs = champs_du_contrat(depart.contrat)
        valeurs[champs["parti_le"]], valeurs[champs["motif"]] = depart.parti_le, depart.motif
    return valeurs


def etat_vu(valeurs: Mapping) -> dict[str, str]:
    """Les mêmes en texte, comparables : « 80 » et « 80,00 » sont une valeur, un champ vide n'en est pas une."""
    return {champ: _texte(valeur) for champ, valeur in valeurs.items() if valeur is not None and valeur != ""}


def _texte(valeur) -> str:
    if isinstance(valeur, Decimal):
        return en_heures(valeur)
    return en_chiffres(valeur) if isinstance(valeur, date) else str(valeur)


def refuser_si_change(declaration: Declaration, heures: Mapping, vu: Mapping[str, str] | None) -> None:
    """Lève `MoisChange` si un champ a bougé depuis `vu` vers autre chose que ce qui est tapé. Le même envoi deux fois passe."""
    if vu is None:
        return
    etat = etat_vu(valeurs_du_mois(declaration))
    tape = etat_vu(
        {
            champ: getattr(dites, quoi)
            for contrat, dites in heures.items()
            for quoi, champ in champs_du_contrat(contrat).items()
        }
    )
    changements = [
        Changement(champ, vu.get(champ, ""), etat.get(champ, ""))
        for champ in sorted(etat.keys() | vu.keys())
        if etat.get(champ, "") != vu.get(champ, "") and etat.get(champ, "") != tape.get(champ, "")
    ]
    if changements:
        raise MoisChange(changements, etat)
