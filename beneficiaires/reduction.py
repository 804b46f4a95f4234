"""Ce qu'un dossier anonymisé garde de ses faits : ce que les bilans des années passées en lisent, et rien de plus.

Un bilan lit le profil d'une personne au premier jour d'un contrat, et aucun autre jour. Chaque fait est donc ramené aux jours où
des contrats ont commencé, et ce qu'aucun n'a connu disparaît ; de la naissance et d'une inscription il ne reste qu'une date qui
donne, à chacun de ces jours, la même classe d'âge et la même ancienneté. Aucun ORM.
"""

import datetime
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from socle.periodes import age, ajouter_mois

# Les âges qui font une classe : 26 et 50 ans, ceux des critères, et de cinq en cinq ans autour.
SEUILS_D_AGE = (0, 14, 16, 18, 20, 26, 30, 35, 40, 45, 50, 55, 60, 65)
DUREES_D_INSCRIPTION = (12, 24)  # mois : longue, très longue durée
# La naissance d'une personne qui n'a eu aucun contrat : aucun chiffre ne la lit.
SANS_AGE = datetime.date(1900, 1, 1)
type Bornes = tuple[datetime.date, datetime.date]
type Ramenes = tuple[datetime.date | None, datetime.date]  # sans début : une inscription de date inconnue


def classe_d_age(ans: int) -> tuple[int, int | None]:
    """(16, 17), (20, 25), (26, 29), (65, rien) : la classe où tombe cet âge, bornes comprises."""
    bas = max(seuil for seuil in SEUILS_D_AGE if seuil <= ans)
    return bas, next((seuil - 1 for seuil in SEUILS_D_AGE if seuil > ans), None)


def naissance_de_la_classe(naissance: datetime.date, jours: Collection[datetime.date]) -> datetime.date:
    """La plus tardive des naissances qui donnent la même classe d'âge à chacun de ces jours : elle n'en dit pas plus."""
    vecus = [jour for jour in jours if jour >= naissance]  # un contrat d'avant la naissance est une date mal tapée
    return min((_ne_avant(jour, classe_d_age(age(naissance, jour))[0]) for jour in vecus), default=SANS_AGE)


def _ne_avant(jour: datetime.date, ans: int) -> datetime.date:
    """Le dernier jour où naître pour avoir cet âge ce jour-là."""
    try:
        return jour.replace(year=jour.year - ans)
    except ValueError:  # un 29 février
        return jour.replace(year=jour.year - ans, day=28)


def ramener(fait: Any, jours: Sequence[datetime.date]) -> Bornes | None:
    """Le premier et le dernier de ces jours où le fait vaut ; rien s'il ne vaut à aucun."""
    vecus = [jour for jour in jours if fait.vaut_le(jour)]
    return (min(vecus), max(vecus)) if vecus else None


def ramener_ceux_qui_l_emportent(faits: Sequence[Any], jours: Sequence[datetime.date]) -> Mapping[Any, Bornes]:
    """Des faits dont un seul vaut chaque jour (niveau, domicile) : les jours où chacun l'emporte.

    L'ordre de leurs débuts reste celui qui les départage : le plus récemment commencé, puis le dernier saisi.
    """
    vainqueurs: dict[Any, list[datetime.date]] = {}
    for jour in jours:
        valables = [fait for fait in faits if fait.vaut_le(jour)]
        if valables:
            vainqueurs.setdefault(max(valables, key=_rang), []).append(jour)
    return {fait: (min(vecus), max(vecus)) for fait, vecus in vainqueurs.items()}


def _rang(fait: Any) -> tuple[datetime.date, int]:
    return fait.depuis or datetime.date.min, fait.pk


def ramener_l_inscription(inscription: Any, jours: Sequence[datetime.date]) -> Ramenes | None:
    """Les jours de contrat qu'elle couvre, et assez tôt pour garder la durée que chacun lui donne (12, 24 mois ou moins)."""
    bornes = ramener(inscription, jours)
    if bornes is None or inscription.depuis is None:
        return bornes and (None, bornes[1])
    premiers = [bornes[0]]
    for mois in DUREES_D_INSCRIPTION:
        longs = [j for j in jours if inscription.vaut_le(j) and ajouter_mois(inscription.depuis, mois) <= j]
        premiers += [ajouter_mois(min(longs), -mois)] if longs else []
    return max(inscription.depuis, min(premiers)), bornes[1]


def ramener_les_criteres(
    criteres: Sequence[Any], jours: Sequence[datetime.date], public: Callable[[datetime.date], str]
) -> list[tuple[str, Bornes, bool]]:
    """(code, premier et dernier jour, principal) : chaque critère, par suites de contrats où il valait, et l'était ou non.

    `public` : celui dont la personne relevait un jour donné ; un critère marqué reste marqué les jours où il l'était.
    """
    lues: list[tuple[str, Bornes, bool]] = []
    for code in sorted({critere.code for critere in criteres}):
        siens = [critere for critere in criteres if critere.code == code]
        vus: list[bool | None] = []  # rien : il ne vaut pas ce jour-là
        for jour in jours:
            vrais = [critere for critere in siens if critere.vaut_le(jour)]
            marque = any(critere.est_principal_le(jour) for critere in vrais) and public(jour) == code
            vus.append(marque if vrais else None)
        for marque, suite in groupby(zip(vus, jours, strict=True), key=itemgetter(0)):
            vecus = [jour for _, jour in suite]
            if marque is not None:
                lues.append((code, (vecus[0], vecus[-1]), marque))
    return lues
