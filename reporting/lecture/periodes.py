"""Les périodes d'un bilan : une année, un semestre, un trimestre, ou du premier d'un mois à la fin d'un autre.

Une heure est connue au mois : une période est faite de mois entiers. Celle d'avant a les mêmes mois, un an plus tôt (ou
autant d'années qu'il en faut pour ne pas la recouvrir) : un trimestre ne se compare pas au précédent, les saisons comptent.
"""

import datetime
import re

from socle.nombres import MOIS, MOIS_COURTS, de_mois, mois_annee
from socle.periodes import Periode, ajouter_mois, dernier_jour, premier_jour

SEMESTRES = {1: "1er semestre", 7: "2e semestre"}
TRIMESTRES = {1: "1er trimestre", 4: "2e trimestre", 7: "3e trimestre", 10: "4e trimestre"}


def en_mois_entiers(debut: datetime.date, fin: datetime.date) -> Periode:
    """Du premier jour du mois de `debut` au dernier jour de celui de `fin`."""
    return Periode(premier_jour(debut), dernier_jour(fin))


def duree_en_mois(periode: Periode) -> int:
    return (periode.fin.year - periode.debut.year) * 12 + periode.fin.month - periode.debut.month + 1


def annees_de_recul(periode: Periode) -> int:
    """De combien d'années reculer pour que la période d'avant ne recouvre pas celle-ci."""
    return -(-duree_en_mois(periode) // 12)


def reculer(periode: Periode, annees: int) -> Periode:
    """Les mêmes mois, `annees` plus tôt."""
    return en_mois_entiers(ajouter_mois(periode.debut, -12 * annees), ajouter_mois(periode.fin, -12 * annees))


def precedente(periode: Periode) -> Periode:
    return reculer(periode, annees_de_recul(periode))


def memes_mois_avant(comparee: Periode, periode: Periode) -> Periode:
    """Les mois d'avant d'une part de la période : autant d'années plus tôt qu'il en faut à la période entière."""
    return reculer(comparee, annees_de_recul(periode))


def suite(periode: Periode, combien: int) -> list[Periode]:
    """`combien` périodes comparables, de la plus ancienne à celle-ci ; de plus d'un an, les années civiles qu'elle couvre."""
    if duree_en_mois(periode) <= 12:
        return [reculer(periode, recul) for recul in range(combien - 1, -1, -1)]
    annees = range(periode.debut.year, periode.fin.year + 1)
    return [commune(periode, Periode.annee(annee)) for annee in annees]


def commune(une: Periode, autre: Periode) -> Periode:
    return Periode(max(une.debut, autre.debut), min(une.fin, autre.fin))


def nommer(periode: Periode) -> str:
    """« 2018 », « 1er semestre 2018 », « 3e trimestre 2018 », « mars 2018 », « mars à juin 2018 »."""
    annee, mois = periode.debut.year, duree_en_mois(periode)
    if mois == 12 and periode.debut.month == 1:
        return str(annee)
    if mois == 6 and periode.debut.month in SEMESTRES:
        return f"{SEMESTRES[periode.debut.month]} {annee}"
    if mois == 3 and periode.debut.month in TRIMESTRES:
        return f"{TRIMESTRES[periode.debut.month]} {annee}"
    if mois == 1:
        return mois_annee(periode.debut)
    premier = mois_annee(periode.debut) if periode.fin.year != annee else mois_annee(periode.debut).split()[0]
    return f"{premier} à {mois_annee(periode.fin)}"


def abreger(periode: Periode) -> str:
    """Ce qui tient dans un en-tête de colonne : « janv. à sept. 2025 » ; un nom déjà court ne change pas."""
    nom = nommer(periode)
    for long, court in zip(MOIS, MOIS_COURTS, strict=True):
        nom = nom.replace(long, court)
    return nom


def situer(periode: Periode) -> str:
    """La période dans une phrase : « en 2018 », « au 1er semestre 2018 », « en mars 2018 », « de mars à juin 2018 »."""
    nom = nommer(periode)
    if "mestre" in nom:
        return f"au {nom}"
    if " à " in nom:
        return de_mois(nom)
    return f"en {nom}"


def raccourcir(periode: Periode) -> str:
    """Ce qui tient dans un nom de fichier : « 2018 », « 2018-s1 », « 2018-t3 », « 2018-03 », « 2018-03-2018-06 »."""
    annee, mois = periode.debut.year, duree_en_mois(periode)
    if mois == 12 and periode.debut.month == 1:
        return str(annee)
    if mois == 6 and periode.debut.month in SEMESTRES:
        return f"{annee}-s{1 + periode.debut.month // 6}"
    if mois == 3 and periode.debut.month in TRIMESTRES:
        return f"{annee}-t{1 + periode.debut.month // 3}"
    debut = f"{periode.debut:%Y-%m}"
    return debut if mois == 1 else f"{debut}-{periode.fin:%Y-%m}"


def de_l_annee(annee: int) -> list[str]:
    """Les clés courtes d'une année : elle, ses semestres, ses trimestres."""
    return [str(annee), *(f"{annee}-s{rang}" for rang in (1, 2)), *(f"{annee}-t{rang}" for rang in (1, 2, 3, 4))]


def bornes(periode: Periode) -> tuple[str, str]:
    return periode.debut.isoformat(), periode.fin.isoformat()


_COURTE = re.compile(r"(?P<annee>\d{4})(?:-(?P<genre>[st])(?P<rang>\d))?")


def lire(texte: str) -> Periode:
    """L'inverse de `raccourcir` pour une année, un semestre ou un trimestre ; lève `ValueError` sinon."""
    trouve = _COURTE.fullmatch(texte)
    if not trouve:
        raise ValueError(texte)
    annee = int(trouve["annee"])
    if not trouve["genre"]:
        return Periode.annee(annee)
    duree, rang = (6, int(trouve["rang"])) if trouve["genre"] == "s" else (3, int(trouve["rang"]))
    if not 1 <= rang <= 12 // duree:
        raise ValueError(texte)
    debut = datetime.date(annee, 1 + duree * (rang - 1), 1)
    return en_mois_entiers(debut, ajouter_mois(debut, duree - 1))
