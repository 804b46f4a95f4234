"""La page d'un bilan : les mêmes sections que le PDF, faites pour l'écran."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reporting import figures
from reporting.donnees import DonneesBilan, Valeur
from reporting.figures import Figure
from reporting.pdf import phrases
from reporting.pdf.ecriture import ecrite
from socle.tables import Cellule, Colonne, Genre, lignes


@dataclass(frozen=True, slots=True)
class TableauSection:
    titre: str
    colonnes: Sequence[Colonne]
    lignes: Sequence[Sequence[Cellule]]


@dataclass(frozen=True, slots=True)
class Section:
    ancre: str
    titre: str
    figures: tuple[Figure, ...] = ()
    tableau: TableauSection | None = None


def _colonne(titre: str, cle: str, genre: Genre = Genre.TEXTE, *, principale: bool = False) -> Colonne:
    return Colonne(titre, lambda ligne: _lire(ligne[cle], genre), genre, principale=principale)


def _lire(valeur: Any, genre: Genre) -> Any:
    return datetime.date.fromisoformat(valeur) if genre is Genre.DATE else valeur


def _heures(titre: str, cle: str) -> Colonne:
    """Des heures, ou leur masque : un texte, « < 5 », s'écrit tel quel."""

    def valeur(ligne: dict[str, Valeur]) -> str:
        return ecrite(ligne[cle], "h")

    return Colonne(titre, valeur)


COLONNES_MARCHES = (
    _colonne("Référence", "reference", principale=True),
    _colonne("Objet", "objet"),
    _colonne("Maître d'ouvrage", "maitre_ouvrage"),
    _colonne("Nature", "nature"),
    _colonne("Fin", "fin", Genre.DATE),
    _heures("Dues", "heures_dues"),
    _heures("De l'année", "heures_annee"),
    _heures("Depuis le début", "heures_cumul"),
)
COLONNES_MAITRES_OUVRAGE = (
    _colonne("Maître d'ouvrage", "nom", principale=True),
    _colonne("Type", "type"),
    _colonne("Marchés", "marches", Genre.NOMBRE),
    _heures("Dues", "heures_dues"),
    _heures("De l'année", "heures_annee"),
)
COLONNES_ENTREPRISES = (
    _colonne("Entreprise", "nom", principale=True),
    _colonne("Type", "type"),
    Colonne("Locale", lambda ligne: "oui" if ligne["locale"] else "non"),
    _heures("Sur ses engagements", "heures_engagements"),
    _heures("Comme employeuse", "heures_employeuse"),
)


def sections(donnees: DonneesBilan, presentation: str) -> list[Section]:
    """Les sections du bilan, dans l'ordre du PDF."""

    def figure(cle: str, phrase: str) -> Figure:
        return figures.repartition(donnees["repartitions"][cle], donnees, presentation, phrase)

    def premier(cle: str, sujet: str) -> Figure:
        return figure(cle, phrases.repartition(donnees["repartitions"][cle], sujet))

    publics = (
        figure("sexe", phrases.sexe(donnees)),
        figure("ages", phrases.ages(donnees)),
        figure("niveaux", phrases.niveaux(donnees)),
        figure("publics", phrases.publics(donnees)),
        figure("quartiers", phrases.quartiers(donnees)),
    )
    contrats = (
        premier("heures_par_modalite", "Première modalité"),
        premier("heures_par_type_contrat", "Premier type de contrat"),
    )
    marches = (
        figure("marches_par_nature", phrases.marches(donnees)),
        premier("marches_par_clause", "Clause la plus fréquente"),
    )
    acheteurs = (figure("heures_par_type_maitre_ouvrage", phrases.maitres_ouvrage(donnees)),)
    entreprises = (figure("entreprises_par_type", phrases.entreprises(donnees)),)
    return [
        Section("activite", "L'activité dans le temps", _activite(donnees)),
        Section("publics", "Les bénéficiaires", publics),
        Section("contrats", "Les heures et les contrats", contrats),
        Section(
            "marches",
            "Les marchés",
            marches,
            _tableau("Chaque marché, ses heures", COLONNES_MARCHES, donnees["marches"]),
        ),
        Section(
            "maitres-ouvrage",
            "Les maîtres d'ouvrage",
            acheteurs,
            _tableau("Chaque maître d'ouvrage", COLONNES_MAITRES_OUVRAGE, donnees["maitres_ouvrage"]),
        ),
        Section(
            "entreprises",
            "Les entreprises",
            entreprises,
            _tableau("Chaque entreprise", COLONNES_ENTREPRISES, donnees["entreprises"]),
        ),
    ]


def _activite(donnees: DonneesBilan) -> tuple[Figure, ...]:
    heures, personnes = phrases.heures_annuelles(donnees), phrases.personnes_annuelles(donnees)
    return (
        figures.evolution(donnees, "heures_realisees", "Heures réalisées par année", heures),
        figures.evolution(donnees, "beneficiaires", "Bénéficiaires par année", personnes),
        figures.mois_du_bilan(donnees, phrases.rythme(donnees["mois"], donnees["annee"])),
    )


def _tableau(titre: str, colonnes: Sequence[Colonne], objets: Sequence[Any]) -> TableauSection:
    return TableauSection(titre, colonnes, lignes(objets, list(colonnes)))
