"""La page d'un bilan : les mêmes sections que le PDF, faites pour l'écran."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
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
    tableaux: tuple[TableauSection, ...] = field(default=())


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
    ventilations = donnees["repartitions"]

    def figure(cle: str, phrase: str) -> Figure:
        return figures.repartition(ventilations[cle], donnees, presentation, phrase)

    def premier(cle: str, sujet: str) -> Figure:
        return figure(cle, phrases.repartition(ventilations[cle], sujet))

    return [
        Section(
            "activite",
            "L'activité dans le temps",
            (
                figures.evolution(
                    donnees, "heures_realisees", "Heures réalisées par année", phrases.heures_annuelles(donnees)
                ),
                figures.evolution(
                    donnees, "beneficiaires", "Bénéficiaires par année", phrases.personnes_annuelles(donnees)
                ),
                figures.mois_du_bilan(donnees, phrases.rythme(donnees["mois"], donnees["annee"])),
            ),
        ),
        Section(
            "publics",
            "Les bénéficiaires",
            (
                figure("sexe", phrases.sexe(donnees)),
                figure("ages", phrases.ages(donnees)),
                figure("niveaux", phrases.niveaux(donnees)),
                figure("publics", phrases.publics(donnees)),
                figure("quartiers", phrases.quartiers(donnees)),
            ),
        ),
        Section(
            "contrats",
            "Les heures et les contrats",
            (
                premier("heures_par_modalite", "Première modalité"),
                premier("heures_par_type_contrat", "Premier type de contrat"),
            ),
        ),
        Section(
            "marches",
            "Les marchés",
            (
                figure("marches_par_nature", phrases.marches(donnees)),
                premier("marches_par_clause", "Clause la plus fréquente"),
            ),
            (_tableau("Chaque marché, ses heures", COLONNES_MARCHES, donnees["marches"]),),
        ),
        Section(
            "maitres-ouvrage",
            "Les maîtres d'ouvrage",
            (figure("heures_par_type_maitre_ouvrage", phrases.maitres_ouvrage(donnees)),),
            (_tableau("Chaque maître d'ouvrage", COLONNES_MAITRES_OUVRAGE, donnees["maitres_ouvrage"]),),
        ),
        Section(
            "entreprises",
            "Les entreprises",
            (figure("entreprises_par_type", phrases.entreprises(donnees)),),
            (_tableau("Chaque entreprise", COLONNES_ENTREPRISES, donnees["entreprises"]),),
        ),
    ]


def _tableau(titre: str, colonnes: Sequence[Colonne], objets: Sequence[Any]) -> TableauSection:
    return TableauSection(titre, colonnes, lignes(objets, list(colonnes)))
