"""Les lignes des listes d'un bilan, gardées pour le comparer à d'autres documents : jamais montrées, à personne.

Un chiffre montré a sa source (`sources`) ; les avis, les contrats suivis, les opérations et les personnes connues n'ouvrent
pas leurs lignes. Chaque groupe est la ligne de la liste, sous la clé que `cle_de_la_ligne` lui donne.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from parcours.enums import FamilleSortie, PublicInterroge
from parcours.sorties import DYNAMIQUES, FAMILLES
from reporting.bilan.decoupe import Lecture
from reporting.bilan.suivi import points_de_la_cohorte, reponses_courtes
from reporting.calcul import charte
from reporting.calcul.indicateurs import GenreLigne, LigneSource, Resultat
from reporting.lecture.releve import Releve, Sortie
from reporting.variantes import Chapitre

type Lignes = Iterable[tuple[int, str]]


def cle_de_la_ligne(liste: str, ligne: Mapping[str, Any]) -> str:
    """Ce qui nomme une ligne d'une liste, le même mot d'un document à l'autre."""
    match liste:
        case "cohorte":
            return str(ligne["terme"])
        case "avis":
            return _question(ligne["public"], ligne["question"])
    return str(ligne["id"])


def reponse(question: str, courte: str) -> str:
    return f"{question}|{courte}"


def _question(public: str, texte: str) -> str:
    return f"{public}|{texte}"


def _ranger(genre: GenreLigne, lignes: Lignes) -> Resultat:
    return Resultat.ventile(genre, (LigneSource(cle, 1, groupe) for cle, groupe in sorted(set(lignes))))


# --- Les personnes connues, les contrats suivis, les avis ---------------------------------------------------------------
def _connus(lecture: Lecture, quoi: str) -> Resultat:
    quartiers = lecture.connus.items()
    return _ranger(GenreLigne.PERSONNE, ((qui, code) for code, compte in quartiers for qui in getattr(compte, quoi)))


def _cohorte(lecture: Lecture, garder: Callable[[Sortie], bool]) -> Resultat:
    points = points_de_la_cohorte(lecture).items()
    return _ranger(
        GenreLigne.SORTIE, ((point.id, terme.label) for terme, siens in points for point in siens if garder(point))
    )


def _est_connue(point: Sortie) -> bool:
    return bool(point.situation)


def _est_comptee(point: Sortie) -> bool:
    return _est_connue(point) and FAMILLES[point.situation] != FamilleSortie.NEUTRALISEE


def _est_dynamique(point: Sortie) -> bool:
    return _est_connue(point) and FAMILLES[point.situation] in DYNAMIQUES


def _avis(lecture: Lecture, *, selon_la_note: bool) -> Resultat:
    return _ranger(GenreLigne.CONTRAT, _des_avis(lecture, selon_la_note))


def _des_avis(lecture: Lecture, selon_la_note: bool) -> Iterator[tuple[int, str]]:
    for (public, texte, genre), lues in lecture.reponses.items():
        question, courtes = _question(PublicInterroge(public).label, texte), reponses_courtes(genre)
        for contrat, note in lues:
            yield contrat, reponse(question, courtes[note]) if selon_la_note else question


# --- Les opérations -----------------------------------------------------------------------------------------------------
def _operations(lecture: Lecture, calcul: Callable[[Releve, charte.Regle], Resultat]) -> Resultat:
    lignes: list[LigneSource] = []
    genre = GenreLigne.HEURES
    for operation, regle in lecture.operations:
        resultat = calcul(_cumul(lecture.histoire, operation.pk), regle)
        genre = resultat.genre
        lignes += [ligne._replace(groupe=str(operation.pk)) for ligne in resultat.lignes]
    return Resultat.ventile(genre, lignes)


def _cumul(histoire: Releve, operation: int) -> Releve:
    return histoire.restreint_a(lambda marche: marche.operation == operation)


def _heures(releve: Releve, regle: charte.Regle) -> Resultat:
    return charte.heures_comptees(regle)(releve)


def _personnes(releve: Releve, regle: charte.Regle) -> Resultat:
    faits = (contrat for contrat in charte.contrats_de(releve) if contrat.heures > 0)
    return _ranger(GenreLigne.PERSONNE, ((c.personne, "") for c in faits if regle.compte(c.quartier)))


def _toutes(calcul: Callable[[Releve, charte.Regle], Resultat]) -> Callable[[Releve, charte.Regle], Resultat]:
    return lambda releve, regle: calcul(releve, charte.Regle())


PAR_CHAPITRE: dict[Chapitre, dict[str, Callable[[Lecture], Resultat]]] = {
    Chapitre.HABITANTS: {
        "quartiers_connus": partial(_connus, quoi="connus"),
        "quartiers_eligibles": partial(_connus, quoi="eligibles"),
    },
    Chapitre.COHORTE: {
        "cohorte_dues": partial(_cohorte, garder=lambda point: True),
        "cohorte_connues": partial(_cohorte, garder=_est_connue),
        "cohorte_comptees": partial(_cohorte, garder=_est_comptee),
        "cohorte_dynamiques": partial(_cohorte, garder=_est_dynamique),
    },
    Chapitre.AVIS: {
        "avis": partial(_avis, selon_la_note=False),
        "avis_notes": partial(_avis, selon_la_note=True),
    },
    Chapitre.OPERATIONS: {
        "operations_comptees": partial(_operations, calcul=_heures),
        "operations_faites": partial(_operations, calcul=_toutes(_heures)),
        "operations_habitants": partial(_operations, calcul=_personnes),
        "operations_personnes": partial(_operations, calcul=_toutes(_personnes)),
    },
}
# La charte d'un bilan d'opération se compare à la même opération dans le bilan d'une agglomération.
PAR_CHAPITRE[Chapitre.CHARTE] = PAR_CHAPITRE[Chapitre.OPERATIONS]


def lignes_comparees(lecture: Lecture) -> dict[str, Resultat]:
    """Celles des listes que la variante montre."""
    chapitres = lecture.perimetre.modele.chapitres
    calculs = {cle: calcul for c in chapitres for cle, calcul in PAR_CHAPITRE.get(c, {}).items()}
    return {cle: calcul(lecture) for cle, calcul in calculs.items()}
