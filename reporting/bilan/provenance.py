"""« D'où vient ce chiffre » : les lignes d'un indicateur, chacune avec l'objet qu'elle compte et ce qu'elle pèse."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import batched
from typing import Any

from django.db import models

from beneficiaires.models import Beneficiaire
from comptes.acteur import Acteur
from declarations.models import LigneHeures
from entreprises.enums import TypeEntreprise
from entreprises.models import Entreprise
from marches.enums import Nature, StatutProjet, TypeMaitreOuvrage
from marches.models import Engagement, MaitreOuvrage, Marche, ProjetAchat
from parcours.enums import Situation, Terme
from parcours.models import PointSuivi
from recrutement.enums import Modalite, TypeContrat
from recrutement.models import Contrat
from reporting.bilan.sources import MAINTENANT, Source
from reporting.calcul.indicateurs import GenreLigne, Indicateur, LigneSource, Resultat
from reporting.lecture.releve import Releve
from socle.tables import Colonne, Genre

PAQUET = 500
GROUPES: dict[str, Any] = {"heures_par_modalite": Modalite, "heures_par_type_contrat": TypeContrat}


@dataclass(frozen=True, slots=True)
class Rangee:
    """Une ligne à montrer : ce qu'elle pèse, l'objet, et le relevé du jour s'il y en a un."""

    source: LigneSource
    objet: Any
    releve: Releve | None


@dataclass(frozen=True, slots=True)
class Sorte:
    """Comment un genre de ligne se lit : d'où viennent ses objets, ses colonnes, celles du relevé du jour, son poids."""

    modele: type[models.Model]
    relations: Sequence[str]
    colonnes: Sequence[Colonne]
    du_jour: Sequence[Colonne] = ()
    poids: Sequence[Colonne] = ()


def _lien(colonne: str, valeur: Callable[[Rangee], Any], objet: Callable[[Rangee], Any]) -> Colonne:
    return Colonne(colonne, valeur, lien=lambda rangee: objet(rangee).get_absolute_url(), principale=True)


def _entree(rangee: Rangee):
    assert rangee.releve is not None  # une colonne de la lecture du jour
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
        ),
        poids=(POIDS_HEURES,),
    ),
    GenreLigne.PERSONNE: Sorte(
        Beneficiaire,
        (),
        (
            _lien("Dossier", lambda r: r.objet.identifiant, lambda r: r.objet),
            Colonne("Initiales", lambda r: r.objet.initiales),
        ),
        du_jour=(
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
        ),
        du_jour=(Colonne("Heures de la période", lambda r: r.releve.heures_par_contrat[r.source.id], Genre.HEURES),),
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
        ),
        poids=(Colonne("Heures dues", lambda r: r.source.poids, Genre.HEURES),),
    ),
    GenreLigne.SORTIE: Sorte(
        PointSuivi,
        ("contrat",),
        (
            _lien("Contrat", lambda r: r.objet.contrat.identifiant, lambda r: r.objet),
            Colonne("Terme", lambda r: Terme(r.objet.terme).label),
            Colonne("Dû le", lambda r: r.objet.du_le, Genre.DATE),
            Colonne("Situation", lambda r: Situation(r.objet.situation).label if r.objet.situation else None),
        ),
    ),
    GenreLigne.PROJET: Sorte(
        ProjetAchat,
        ("maitre_ouvrage",),
        (
            _lien("Projet", lambda r: r.objet.objet, lambda r: r.objet),
            Colonne("Maître d'ouvrage", lambda r: r.objet.maitre_ouvrage.nom),
            Colonne("État", lambda r: StatutProjet(r.objet.statut).label),
            Colonne("Ouvert le", lambda r: r.objet.cree_le, Genre.DATE),
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Groupe:
    cle: str
    libelle: str
    total: Decimal


@dataclass(frozen=True, slots=True)
class Provenance:
    """Un chiffre et ses lignes. `total` est leur somme : celle d'un groupe si l'un d'eux est choisi.

    `releve` est celui d'une lecture du jour ; un bilan garde ses lignes, sans lui.
    """

    cle: str
    titre: str
    definition: str
    unite: str
    resultat: Resultat
    libelles: Mapping[str, str]
    groupe: str = ""
    sur: str = ""
    releve: Releve | None = None

    @property
    def lignes(self) -> tuple[LigneSource, ...]:
        toutes = self.resultat.lignes
        return tuple(ligne for ligne in toutes if ligne.groupe == self.groupe) if self.groupe else toutes

    @property
    def total(self) -> Decimal:
        return sum((Decimal(str(ligne.poids)) for ligne in self.lignes), Decimal(0))

    @property
    def valeur(self) -> Decimal:
        """Le chiffre montré : la somme des lignes, divisée pour des équivalents temps plein."""
        return self.total / self.resultat.diviseur if self.resultat.diviseur else self.total

    @property
    def groupes(self) -> list[Groupe]:
        """Chaque groupe d'un indicateur ventilé, dans son ordre."""
        if not isinstance(self.resultat.valeur, Mapping):
            return []
        return [
            Groupe(cle, self.libelles.get(cle, cle) or "Non renseigné", Decimal(str(valeur)))
            for cle, valeur in self.resultat.valeur.items()
        ]

    @property
    def colonnes(self) -> list[Colonne]:
        sorte = SORTES[self.resultat.genre]
        return [*sorte.colonnes, *(sorte.du_jour if self.releve else ()), *sorte.poids]

    def rangees(self, acteur: Acteur, lignes: Iterable[LigneSource]) -> Iterator[Rangee]:
        """Les lignes avec leurs objets, par paquets : une requête chacun, et rien hors de la portée de l'acteur."""
        sorte = SORTES[self.resultat.genre]
        objets = sorte.modele.objects.visibles_par(acteur)  # type: ignore[attr-defined]  # tout modèle de SORTES l'a
        if sorte.relations:
            objets = objets.select_related(*sorte.relations)
        for paquet in batched(lignes, PAQUET):
            trouves = objets.in_bulk([ligne.id for ligne in paquet])
            yield from (Rangee(ligne, trouves[ligne.id], self.releve) for ligne in paquet if ligne.id in trouves)


def provenance(indicateur: Indicateur, releve: Releve, groupe: str = "") -> Provenance:
    """Un indicateur, lu aujourd'hui."""
    resultat = indicateur(releve)
    libelles = dict(GROUPES[indicateur.cle].choices) if indicateur.cle in GROUPES else {}
    return Provenance(
        indicateur.cle,
        indicateur.libelle,
        indicateur.definition,
        str(indicateur.unite),
        resultat,
        libelles,
        groupe if groupe in {ligne.groupe for ligne in resultat.lignes} else "",
        indicateur.sur,
        releve,
    )


def provenance_gardee(
    source: Source, gardees: Mapping[str, Any], libelles: Mapping[str, str], groupe: str = "", quand: str = MAINTENANT
) -> Provenance:
    """Un chiffre d'un bilan, avec les lignes qu'il a gardées."""
    resultat = relire(gardees.get(source.cle, {}).get(quand))
    return Provenance(
        source.cle, source.titre, source.definition, str(source.unite), resultat, libelles, groupe, source.sur
    )


def relire(gardees: Mapping[str, Any] | None) -> Resultat:
    """Des lignes gardées en JSON, redevenues un résultat ; rien si la période d'avant n'avait rien à dire."""
    if gardees is None:
        return Resultat(0, GenreLigne.HEURES, ())
    genre = GenreLigne(gardees["genre"])
    lignes = tuple(LigneSource(cle, Decimal(str(poids)), groupe) for cle, poids, groupe in gardees["lignes"])
    diviseur = None if gardees["diviseur"] is None else Decimal(str(gardees["diviseur"]))
    if any(ligne.groupe for ligne in lignes):
        return Resultat.ventile(genre, lignes)
    return Resultat(sum((ligne.poids for ligne in lignes), Decimal(0)), genre, lignes, diviseur)
