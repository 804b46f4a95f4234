"""Le relevé : les lignes brutes d'une structure sur une période, sans ORM. Tous les indicateurs se calculent dessus.

Un relevé peut couvrir plusieurs années ; `sur(periode)` en rend la part d'une année sans relire la base.
"""

import datetime
from collections import defaultdict
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from socle.periodes import Periode


class LigneHeures(NamedTuple):
    """Les heures validées d'un contrat dans un mois."""

    id: int
    contrat: int
    mois: datetime.date
    heures: Decimal


@dataclass(frozen=True, slots=True)
class Contrat:
    id: int
    identifiant: str
    personne: int
    engagement: int
    employeur: int
    modalite: str
    type_contrat: str
    debut: datetime.date
    fin: datetime.date | None = None  # réelle, ou prévue à défaut ; un CDI peut n'en avoir aucune
    metier: str = ""  # celui du poste pourvu, à défaut le corps de métier du lot


@dataclass(frozen=True, slots=True)
class Sortie:
    """Ce que l'on sait d'une personne à un terme (3, 6 ou 12 mois) après la fin d'un contrat."""

    id: int
    contrat: int
    marche: int
    terme: int
    du_le: datetime.date
    situation: str  # vide tant qu'elle n'est pas connue
    injoignable: bool


@dataclass(frozen=True, slots=True)
class Projet:
    """Un projet d'achat étudié avec un acheteur."""

    id: int
    maitre_ouvrage: int
    statut: str
    nature: str
    ouvert_le: datetime.date
    structure: int = 0


@dataclass(frozen=True, slots=True)
class Fait:
    """Un fait daté d'un dossier : `valeur` est un code de critère ou un niveau, vide pour une inscription."""

    id: int
    valeur: str
    depuis: datetime.date | None
    jusqu_a: datetime.date | None

    def vaut_le(self, jour: datetime.date) -> bool:
        return (self.depuis is None or self.depuis <= jour) and (self.jusqu_a is None or jour <= self.jusqu_a)


@dataclass(frozen=True, slots=True)
class Quartier:
    code: str
    nom: str


@dataclass(frozen=True, slots=True)
class Domicile(Fait):
    """Un domicile daté ; `quartiers` : {millésime: quartier} pour les seuls rattachements certains."""

    quartiers: Mapping[int, Quartier]
    commune: str = ""


@dataclass(frozen=True, slots=True)
class Personne:
    id: int
    sexe: str
    date_naissance: datetime.date  # d'une personne anonymisée, une date de sa classe d'âge
    criteres: tuple[Fait, ...] = ()
    principaux: tuple[Fait, ...] = ()  # ceux de ses critères que le dossier dit principaux
    niveaux: tuple[Fait, ...] = ()
    inscriptions: tuple[Fait, ...] = ()
    domiciles: tuple[Domicile, ...] = ()
    anonyme: bool = False
    prescripteur: str = ""


@dataclass(frozen=True, slots=True)
class MaitreOuvrage:
    id: int
    nom: str
    type: str
    uuid: UUID | None = None  # le nomme dans une adresse


@dataclass(frozen=True, slots=True)
class Marche:
    id: int
    reference: str
    objet: str
    maitre_ouvrage: int
    nature: str
    type_clause: str
    statut: str
    debut: datetime.date
    fin: datetime.date
    archive: bool
    structure: int = 0
    operation: int | None = None


@dataclass(frozen=True, slots=True)
class Engagement:
    id: int
    marche: int
    lot: str
    entreprise: int
    heures_dues: Decimal
    heures_realisees: Decimal
    uuid: UUID | None = None  # sert à ouvrir sa page
    archive: bool = False  # retiré, ou son lot : il ne doit plus d'heures


@dataclass(frozen=True, slots=True)
class Entreprise:
    id: int
    siret: str
    nom: str
    type: str
    commune: int | None


@dataclass(frozen=True)
class Releve:
    """Les lignes d'une structure (ou d'un réseau) dans `periode`. Ce qui s'en déduit est calculé une fois, à la demande."""

    periode: Periode
    lignes: tuple[LigneHeures, ...]
    contrats: Mapping[int, Contrat]
    personnes: Mapping[int, Personne]
    marches: Mapping[int, Marche]
    engagements: Mapping[int, Engagement]
    entreprises: Mapping[int, Entreprise]
    maitres_ouvrage: Mapping[int, MaitreOuvrage]
    communes: frozenset[int]
    heures_par_etp: Decimal
    sorties: tuple[Sortie, ...] = ()
    projets: tuple[Projet, ...] = ()
    histoire: tuple[LigneHeures, ...] = ()  # toutes les lignes lues, quand celui-ci n'est qu'une part
    lu_le: datetime.date = datetime.date.max  # ce qui doit arriver après ce jour n'est pas arrivé

    def sur(self, periode: Periode) -> "Releve":
        """La part du relevé qui tombe dans `periode`."""
        debut = periode.debut.replace(day=1)
        toutes = self.histoire or self.lignes
        lignes = tuple(ligne for ligne in toutes if debut <= ligne.mois <= periode.fin)
        return replace(self, periode=periode, lignes=lignes, histoire=toutes)

    def restreint_a(self, garder: Callable[[Marche], bool]) -> "Releve":
        """La part du relevé qui tient aux marchés gardés : un acheteur, une opération, un marché, une structure."""
        marches = {cle: marche for cle, marche in self.marches.items() if garder(marche)}
        engagements = {cle: e for cle, e in self.engagements.items() if e.marche in marches}
        contrats = {cle: contrat for cle, contrat in self.contrats.items() if contrat.engagement in engagements}
        return self._part(marches, engagements, contrats)

    def restreint_aux_structures(self, structures: Container[int]) -> "Releve":
        """La part de quelques structures d'un réseau ; son territoire reste celui de toutes."""
        part = self.restreint_a(lambda marche: marche.structure in structures)
        return replace(part, projets=tuple(projet for projet in self.projets if projet.structure in structures))

    def restreint_aux_contrats(self, garder: Callable[[Contrat], bool]) -> "Releve":
        """La part des contrats gardés parmi ceux qui ont des heures dans la période, avec leurs engagements et leurs marchés.

        Les habitants d'un quartier, par exemple : un marché où aucun d'eux n'a d'heures n'en est pas.
        """
        gardes = (self.contrats[cle] for cle in self.heures_par_contrat if garder(self.contrats[cle]))
        contrats = {contrat.id: contrat for contrat in gardes}
        engagements = {contrat.engagement: self.engagements[contrat.engagement] for contrat in contrats.values()}
        marches = {engagement.marche: self.marches[engagement.marche] for engagement in engagements.values()}
        return self._part(marches, engagements, contrats)

    def _part(
        self, marches: dict[int, Marche], engagements: dict[int, Engagement], contrats: dict[int, Contrat]
    ) -> "Releve":
        acheteurs = {marche.maitre_ouvrage for marche in marches.values()}
        return replace(
            self,
            lignes=tuple(ligne for ligne in self.lignes if ligne.contrat in contrats),
            histoire=tuple(ligne for ligne in self.histoire if ligne.contrat in contrats),
            contrats=contrats,
            marches=marches,
            engagements=engagements,
            maitres_ouvrage={cle: m for cle, m in self.maitres_ouvrage.items() if cle in acheteurs},
            sorties=tuple(sortie for sortie in self.sorties if sortie.marche in marches),
            projets=(),
        )

    def depuis_le_debut(self) -> "Releve":
        """Le même relevé, du premier mois connu à la fin de la période : les cumuls d'un marché."""
        return self.sur(Periode(datetime.date.min, self.periode.fin))

    @cached_property
    def premiers_mois(self) -> Mapping[int, datetime.date]:
        """Le premier mois travaillé de chaque personne, dans tout ce qui a été lu."""
        premiers: dict[int, datetime.date] = {}
        for ligne in self.histoire or self.lignes:
            if ligne.heures > 0:
                personne = self.contrats[ligne.contrat].personne
                premiers[personne] = min(ligne.mois, premiers.get(personne, ligne.mois))
        return premiers

    @cached_property
    def heures_par_contrat(self) -> Mapping[int, Decimal]:
        """Les heures de chaque contrat qui en a plus de zéro dans la période."""
        totaux: dict[int, Decimal] = defaultdict(Decimal)
        for ligne in self.lignes:
            totaux[ligne.contrat] += ligne.heures
        return {contrat: heures for contrat, heures in totaux.items() if heures > 0}

    @cached_property
    def heures_par_personne(self) -> Mapping[int, Decimal]:
        """Les heures de chaque bénéficiaire dans la période, tous ses contrats réunis."""
        totaux: dict[int, Decimal] = defaultdict(Decimal)
        for cle, heures in self.heures_par_contrat.items():
            totaux[self.contrats[cle].personne] += heures
        return totaux

    @cached_property
    def entrees(self) -> Mapping[int, Contrat]:
        """Le contrat d'entrée de chaque bénéficiaire compté : le plus ancien début, puis l'identifiant."""
        entrees: dict[int, Contrat] = {}
        for contrat in sorted(
            (self.contrats[id_] for id_ in self.heures_par_contrat), key=lambda c: (c.debut, c.identifiant)
        ):
            entrees.setdefault(contrat.personne, contrat)
        return entrees
