"""La courbe d'une projection : son dessin, la phrase qui la dit, et ses données."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from pronostic.projection import Execution, Projection
from pronostic.trajectoire import Point, trajectoire
from socle.graphiques import Bande, Serie, adaptatif, courbe
from socle.nombres import heures, mois_annee


@dataclass(frozen=True, slots=True)
class Courbe:
    titre: str
    phrase: str
    dessin: SafeString
    colonnes: Sequence[str]
    lignes: Sequence[Sequence[str]]


def courbe_de(execution: Execution, projection: Projection) -> Courbe | None:
    """Les heures cumulées : faites, attendues, projetées avec leur intervalle ; rien avant que l'exécution ait commencé.

    Une projection démesurée ne se dessine pas : son nombre n'a pas de sens, et l'entreprise s'arrêtera avant.
    """
    points = trajectoire(execution, projection.le)
    if projection.demesuree:
        points = [point._replace(projetees=None, bas=None, haut=None) for point in points]
    if not any(point.faites is not None for point in points):
        return None
    titre = "Heures cumulées : faites, attendues, projetées"
    return Courbe(
        titre=titre,
        phrase=_phrase(points),
        dessin=adaptatif(
            courbe,
            "projection",
            titre,
            [f"{point.mois:%m/%y}" for point in points],
            _series(points),
            bande=_bande(points),
            unite="h",
        ),
        colonnes=["Mois", "Attendues", "Faites", "Projetées", "Au moins", "Au plus"],
        lignes=[
            [mois_annee(p.mois), *(heures(v) for v in (p.attendues, p.faites, p.projetees, p.bas, p.haut))]
            for p in points
        ],
    )


def _series(points: Sequence[Point]) -> list[Serie]:
    series = [
        Serie("Attendues", [point.attendues for point in points]),
        Serie("Faites", [point.faites for point in points]),
    ]
    if any(point.projetees is not None for point in points):
        series.append(Serie("Projetées", [point.projetees for point in points]))
    return series


def _bande(points: Sequence[Point]) -> Bande | None:
    if not any(point.haut is not None for point in points):
        return None
    return Bande("Intervalle", [point.bas for point in points], [point.haut for point in points])


def _phrase(points: Sequence[Point]) -> str:
    dernier = [point for point in points if point.faites is not None][-1]
    attendues = f"{heures(dernier.attendues)} attendues"
    phrase = f"Fin {mois_annee(dernier.mois)} : {heures(dernier.faites)} faites ou déclarées, {attendues}."
    if points[-1].projetees is None:
        return phrase
    return f"{phrase} En pointillés, la suite probable ; la bande couvre huit fins sur dix."
