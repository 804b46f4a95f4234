"""« D'où vient ce chiffre » : les lignes d'un indicateur, chacune avec l'objet qu'elle compte et ce qu'elle pèse."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import batched
from typing import Any

from django.db import models

from beneficiaires.models import Beneficiaire
from comptes.acteur import Acteur
from entreprises.enums import TypeEntreprise
from entreprises.models import Entreprise
from marches.enums import Nature, TypeMaitreOuvrage
from marches.models import Engagement, MaitreOuvrage, Marche
from recrutement.enums import Modalite, TypeContrat
from recrutement.models import Contrat
from reporting.indicateurs import GenreLigne, Indicateur, LigneSource, Resultat
from reporting.releve import Releve
from socle.tables import Colonne, Genre
from suivi.models import LigneHeures

PAQUET = 500
GROUPES: dict[str, Any] = {"heures_par_modalite": Modalite, "heures_par_type_contrat": TypeContrat}


@dataclass(frozen=True, slots=True)
class Rangee:
    """Une ligne à montrer : ce qu'elle pèse, l'objet, et le relevé qui le replace dans l'année."""

    source: LigneSource
    objet: Any
    releve: Releve


@dataclass(frozen=True, slots=True)
class Sorte:
    """Comment un genre de ligne se lit : d'où viennent ses objets, et ses colonnes."""

    modele: type[models.Model]
    relations: Sequence[str]
    colonnes: Sequence[Colonne]


def _lien(colonne: str, valeur: Callable[[Rangee], Any], objet: Callable[[Rangee], Any]) -> Colonne:
    return Colonne(colonne, valeur, lien=lambda rangee: objet(rangee).get_absolute_url(), principale=True)


def _entree(rangee: Rangee):
    return rangee.releve.entrees[rangee.source.id]


POIDS_HEURES = Colonne("Heures", lambda r: r.source.poids, Genre.HEURES)
SORTES = {
    GenreLigne.HEURES: Sorte(
        LigneHeures,
        ("contrat__engagement__lot__marche", "contrat__engagement__entreprise"),
        (
            _lien("Contrat", lambda r: r.objet.contrat.identifiant, lambda r: r.objet.contrat),
            Colonne("Mois", lambda r: r.objet.mois, Genre.MOIS),
            Colonne("Marché", lambda r: r.objet.contrat.engagement.lot.marche.reference),
            Colonne("Entreprise engagée", lambda r: r.objet.contrat.engagement.entreprise.raison_sociale),
            Colonne("Modalité", lambda r: Modalite(r.objet.contrat.modalite).label),
            Colonne("Type", lambda r: TypeContrat(r.objet.contrat.type_contrat).label),
            POIDS_HEURES,
        ),
    ),
    GenreLigne.PERSONNE: Sorte(
        Beneficiaire,
        (),
        (
            _lien("Dossier", lambda r: r.objet.identifiant, lambda r: r.objet),
            Colonne("Initiales", lambda r: r.objet.initiales),
            Colonne("Contrat d'entrée", lambda r: _entree(r).identifiant),
            Colonne("Début de ce contrat", lambda r: _entree(r).debut, Genre.DATE),
        ),
    ),
    GenreLigne.CONTRAT: Sorte(
        Contrat,
        ("engagement__lot__marche", "employeur"),
        (
            _lien("Contrat", lambda r: r.objet.identifiant, lambda r: r.objet),
            Colonne("Marché", lambda r: r.objet.engagement.lot.marche.reference),
            Colonne("Employeur", lambda r: r.objet.employeur.raison_sociale),
            Colonne("Début", lambda r: r.objet.debut, Genre.DATE),
            Colonne("Heures de l'année", lambda r: r.releve.heures_par_contrat[r.source.id], Genre.HEURES),
        ),
    ),
    GenreLigne.MARCHE: Sorte(
        Marche,
        ("maitre_ouvrage",),
        (
            _lien("Référence", lambda r: r.objet.reference, lambda r: r.objet),
            Colonne("Objet", lambda r: r.objet.objet),
            Colonne("Maître d'ouvrage", lambda r: r.objet.maitre_ouvrage.nom),
            Colonne("Nature", lambda r: Nature(r.objet.nature).label),
            Colonne("Début", lambda r: r.objet.debut, Genre.DATE),
            Colonne("Fin", lambda r: r.objet.fin, Genre.DATE),
        ),
    ),
    GenreLigne.MAITRE_OUVRAGE: Sorte(
        MaitreOuvrage,
        (),
        (
            _lien("Maître d'ouvrage", lambda r: r.objet.nom, lambda r: r.objet),
            Colonne("Type", lambda r: TypeMaitreOuvrage(r.objet.type).label),
        ),
    ),
    GenreLigne.ENTREPRISE: Sorte(
        Entreprise,
        ("commune",),
        (
            _lien("Entreprise", lambda r: r.objet.raison_sociale, lambda r: r.objet),
            Colonne("SIRET", lambda r: r.objet.siret),
            Colonne("Type", lambda r: TypeEntreprise(r.objet.type).label),
            Colonne("Commune", lambda r: r.objet.commune.nom if r.objet.commune else None),
        ),
    ),
    GenreLigne.ENGAGEMENT: Sorte(
        Engagement,
        ("lot__marche", "entreprise"),
        (
            _lien("Entreprise", lambda r: r.objet.entreprise.raison_sociale, lambda r: r.objet),
            Colonne("Marché", lambda r: r.objet.lot.marche.reference),
            Colonne("Lot", lambda r: r.objet.lot.intitule),
            Colonne("Heures dues", lambda r: r.source.poids, Genre.HEURES),
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Provenance:
    """Un chiffre et ses lignes. `total` est leur somme : celle d'un groupe si l'un d'eux est choisi."""

    indicateur: Indicateur
    resultat: Resultat
    releve: Releve
    groupe: str = ""

    @property
    def lignes(self) -> tuple[LigneSource, ...]:
        toutes = self.resultat.lignes
        return tuple(ligne for ligne in toutes if ligne.groupe == self.groupe) if self.groupe else toutes

    @property
    def total(self) -> Decimal:
        return sum((Decimal(ligne.poids) for ligne in self.lignes), Decimal(0))

    @property
    def valeur(self) -> Decimal:
        """Le chiffre montré : la somme des lignes, divisée pour des équivalents temps plein."""
        return self.total / self.resultat.diviseur if self.resultat.diviseur else self.total

    @property
    def groupes(self) -> list[tuple[str, str, Decimal]]:
        """(clé, libellé, total) de chaque groupe d'un indicateur ventilé, dans son ordre."""
        if self.indicateur.cle not in GROUPES or not isinstance(self.resultat.valeur, dict):
            return []
        libelles = GROUPES[self.indicateur.cle]
        return [(cle, libelles(cle).label, valeur) for cle, valeur in self.resultat.valeur.items()]

    @property
    def colonnes(self) -> list[Colonne]:
        return list(SORTES[self.resultat.genre].colonnes)

    def rangees(self, acteur: Acteur, lignes: Iterable[LigneSource]) -> Iterator[Rangee]:
        """Les lignes avec leurs objets, par paquets : une requête chacun, et rien hors de la portée de l'acteur."""
        sorte = SORTES[self.resultat.genre]
        objets = sorte.modele.objects.visibles_par(acteur)  # type: ignore[attr-defined]
        if sorte.relations:
            objets = objets.select_related(*sorte.relations)
        for paquet in batched(lignes, PAQUET, strict=False):
            trouves = objets.in_bulk([ligne.id for ligne in paquet])
            yield from (Rangee(ligne, trouves[ligne.id], self.releve) for ligne in paquet if ligne.id in trouves)


def provenance(indicateur: Indicateur, releve: Releve, groupe: str = "") -> Provenance:
    resultat = indicateur(releve)
    connus = {ligne.groupe for ligne in resultat.lignes}
    return Provenance(indicateur, resultat, releve, groupe if groupe in connus else "")
