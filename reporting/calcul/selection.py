"""Ce que l'on retient de l'année en chiffres : une période, un acheteur, un quartier, une nature. Tout tient dans l'URL.

La page et ses lignes (« d'où vient ce chiffre ») lisent la même sélection : la somme des lignes reste le chiffre montré.
"""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from marches.enums import Nature
from reporting.calcul import profils
from reporting.lecture import periodes
from reporting.lecture.releve import Contrat, Marche, Quartier, Releve
from socle.periodes import Periode

FILTRES = ("periode", "du", "au", "acheteur", "quartier", "nature")
INCONNU = "inconnu de vos marchés"


class Puce(NamedTuple):
    """Un filtre retenu : ce qu'il dit, et l'adresse de la page sans lui."""

    libelle: str
    sans: str


@dataclass(frozen=True, slots=True)
class Selection:
    """`code` : « s1 », « t3 », ou rien pour toute l'année ; `entre` : deux mois, qui l'emportent sur lui."""

    annee: int
    code: str = ""
    entre: Periode | None = None
    acheteur: UUID | None = None
    quartier: str = ""
    nature: str = ""

    @property
    def periode(self) -> Periode:
        if self.entre:
            return self.entre
        return periodes.lire(f"{self.annee}-{self.code}") if self.code else Periode.annee(self.annee)

    @property
    def avant(self) -> Periode:
        return periodes.precedente(self.periode)

    @property
    def etendue(self) -> Periode:
        """De quoi lire la période et celle d'avant en une fois."""
        return Periode(self.avant.debut, self.periode.fin)

    @property
    def est_entiere(self) -> bool:
        """Vrai pour toute l'activité de toute l'année : seule elle se compare à des objectifs."""
        return not self.parametres

    @property
    def parametres(self) -> dict[str, str]:
        """Ses filtres, tels que l'URL les écrit."""
        entre = {"du": f"{self.entre.debut:%Y-%m}", "au": f"{self.entre.fin:%Y-%m}"} if self.entre else {}
        autres = {"periode": "" if self.entre else self.code, "quartier": self.quartier, "nature": self.nature}
        autres["acheteur"] = str(self.acheteur or "")
        return entre | {cle: valeur for cle, valeur in autres.items() if valeur}

    def adresse(self, **autres: str) -> str:
        """« ?annee=2026&nature=travaux&… » ; `autres` s'y ajoute."""
        return "?" + urlencode({"annee": str(self.annee), **self.parametres, **autres})

    def d_une_annee(self, annee: int) -> "Selection":
        """La même, une autre année : deux mois choisis n'y ont plus de sens."""
        return replace(self, annee=annee, entre=None)

    # --- Sur un relevé --------------------------------------------------------------------------------------------
    def appliquer(self, releve: Releve) -> Releve:
        """La part du relevé que les filtres gardent ; `releve` est déjà celui de sa période."""
        if self.acheteur or self.nature:
            releve = releve.restreint_a(self._marches_gardes(releve))
        return releve.restreint_aux_contrats(self._habitants(releve)) if self.quartier else releve

    def _marches_gardes(self, releve: Releve) -> Callable[[Marche], bool]:
        acheteurs = {cle for cle, m in releve.maitres_ouvrage.items() if self.acheteur in (None, m.uuid)}
        return lambda marche: marche.maitre_ouvrage in acheteurs and self.nature in ("", marche.nature)

    def _habitants(self, releve: Releve) -> Callable[[Contrat], bool]:
        """Les contrats de ceux qui habitaient ce quartier au début de ce contrat."""

        def habite(contrat: Contrat) -> bool:
            quartier = profils.quartier(releve.personnes[contrat.personne], contrat.debut)
            return quartier is not None and quartier.code == self.quartier

        return habite

    # --- Ce que la page en dit ------------------------------------------------------------------------------------
    def puces(self, acheteurs: Mapping[str, str], quartiers: Mapping[str, str]) -> list[Puce]:
        dits = []
        if self.code or self.entre:
            dits.append((periodes.nommer(self.periode), replace(self, code="", entre=None)))
        if self.acheteur:
            dits.append(
                (acheteurs.get(str(self.acheteur), f"Maître d'ouvrage {INCONNU}"), replace(self, acheteur=None))
            )
        if self.quartier:
            nom = quartiers.get(self.quartier)
            dits.append((f"Habitants : {nom}" if nom else f"Quartier {INCONNU}", replace(self, quartier="")))
        if self.nature:
            dits.append((Nature(self.nature).label, replace(self, nature="")))
        return [Puce(libelle, sans.adresse()) for libelle, sans in dits]


def acheteurs_de(releve: Releve) -> dict[str, str]:
    """{UUID: nom} des maîtres d'ouvrage d'un relevé, par nom."""
    return {str(m.uuid): m.nom for m in sorted(releve.maitres_ouvrage.values(), key=lambda m: (m.nom, m.id))}


def quartiers_de(releve: Releve) -> dict[str, str]:
    """{code: nom} des quartiers où ses personnes habitaient au début d'un de leurs contrats, par nom."""
    lus: dict[str, Quartier] = {}
    for contrat in releve.contrats.values():
        quartier = profils.quartier(releve.personnes[contrat.personne], contrat.debut)
        if quartier:
            lus[quartier.code] = quartier
    return {quartier.code: quartier.nom for quartier in sorted(lus.values(), key=lambda q: (q.nom, q.code))}


def choix_de_periode(annee: int) -> list[tuple[str, str]]:
    """Toute l'année, ses semestres, ses trimestres."""
    courtes = [cle.partition("-")[2] for cle in periodes.de_l_annee(annee)]
    return [(c, periodes.nommer(periodes.lire(f"{annee}-{c}")) if c else "Toute l'année") for c in courtes]


def est_en_cours(periode: Periode, aujourd_hui: datetime.date) -> bool:
    return periode.debut <= aujourd_hui <= periode.fin
