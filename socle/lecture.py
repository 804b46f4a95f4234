"""Lire ce qui est tapé : un lecteur par genre, le même pour un formulaire, un classeur, une liste, un fichier public.

Ce qu'une porte comprend, les autres le comprennent ; ce qu'elle refuse, elles le refusent par la même phrase. Rien n'est
deviné : « 1.234 » (mille ? un et quelque ?) se refuse. `static/js/total.js` suit les mêmes règles pour les heures.
"""

import datetime
import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache

from django.utils import timezone

from socle.bornes import ANNEE_COURTE, SIECLE
from socle.nombres import MOIS, arrondir
from socle.periodes import premier_jour
from socle.texte import nettoyer, plier

LONGUEUR_MAX = 60  # au-delà, ce n'est ni un nombre ni une date
ANNEES = range(1900, 2101)
AGES = range(14, 100)  # ceux qu'une année de naissance sur deux chiffres peut dire
ANNEES_A_VENIR = 10
EXEMPLE = "1 234,5"
SE_LIT_DEUX_FOIS = (
    "« {} » se lit de deux façons : tapez {} si ce sont des milliers, sinon deux chiffres au plus après la virgule."
)
TROP_DE_DECIMALES = "Deux chiffres au plus après la virgule."
PAS_UNE_DATE = "Tapez une date, écrite JJ/MM/AAAA, par exemple 31/12/2026."
HORS_CALENDRIER = "Cette date n'existe pas dans le calendrier."
ANNEE_IMPOSSIBLE = "Cette date est impossible : vérifiez l'année, sur quatre chiffres."
NAISSANCE_INCERTAINE = "Tapez l'année de naissance sur quatre chiffres."
PAS_UN_MOIS = "Tapez un mois, par exemple 2026-10 ou 10/2026."
PAS_UN_CODE_POSTAL = "Un code postal compte 5 chiffres."

_NOMBRE = re.compile(
    r"(?P<signe>[+-]?) ?"
    r"(?P<entier>[1-9][0-9]{0,2}(?P<milliers>[ '.,])[0-9]{3}(?:(?P=milliers)[0-9]{3})*|[0-9]*)"
    r"(?:(?P<virgule>[.,])(?P<fraction>[0-9]*))?"
)
_HORLOGE = re.compile(r"((?:[0-9] )?[0-9]{1,3}|[0-9]{4}) ?[h:] ?([0-5][0-9])(?: ?min)?")
_UNITE = re.compile(r" ?[h€]")
_UNITE_HEURES = re.compile(r" ?(?:h|hrs?|heures?)")
_UNITE_EUROS = re.compile(r"(?: ?(k|m)?(?:€|eur|euros?))?(?: ?ht)?")
_PUISSANCES = {None: 0, "k": 3, "m": 6}
_ECRITURES = str.maketrans({"−": "-", "’": "'"})

_JOUR = re.compile(r"([0-9]{1,2})([/. -])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:z|[+-][0-9]{2}:?[0-9]{2})?")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[t ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:z|[+-][0-9:]{4,5})?"
)
_EN_LETTRES = re.compile(r"([0-9]{1,2})(?:er)? ([a-z]{3,9})\.? ([0-9]{4}|[0-9]{2})")
_MINUIT = re.compile(r"(?<=[0-9])[t ]00:00(?::00)?")
_MOIS = re.compile(
    r"(?:(?P<annee>[0-9]{4})-(?P<mois>[0-9]{1,2})|(?P<mois_d_abord>[0-9]{1,2})/(?P<annee_ensuite>[0-9]{4}))"
)
_NOMS_DE_MOIS = [plier(nom) for nom in MOIS]
_PUISSANCE_DE_TABLEUR = re.compile(r"[0-9](?:[.,][0-9]{1,4})?E\+?[0-9]{1,2}", re.IGNORECASE)
CODE_MAX = 100_000
_DECIMALE_DE_TABLEUR = re.compile(r"(?<=[0-9])[.,]0+\Z")


class Illisible(ValueError):
    """Ce texte ne se lit pas ; `str(refus)` est la phrase à montrer."""


def _compact(texte: str) -> str:
    """Le texte sans rien d'invisible, ses espaces de toutes largeurs ramenées à une, en minuscules."""
    return " ".join(nettoyer(texte).split()).translate(_ECRITURES).lower()


# --- Nombres ---------------------------------------------------------------------------------------------------------
def lire_decimal(texte: str, *, exemple: str = EXEMPLE) -> Decimal:
    """« 1 234,5 », « 1.234,50 », « 1,234.50 », « 1'234,5 » : les milliers vont par trois, la dernière marque est la virgule."""
    return _nombre(_sans_unite(_compact(texte), _UNITE)[0], exemple)


def lire_heures(texte: str, *, exemple: str = EXEMPLE) -> Decimal:
    """Des heures au centième, en nombre ou à l'horloge : « 151,67 heures », « 151h40 », « 151:40 »."""
    compact = _compact(texte)
    if horloge := _HORLOGE.fullmatch(compact):
        entieres, minutes = horloge.groups()
        return arrondir(Decimal(entieres.replace(" ", "")) + Decimal(minutes) / 60, 2)
    return _au_centime(_nombre(_sans_unite(compact, _UNITE_HEURES)[0], exemple))


def lire_euros(texte: str, *, exemple: str = EXEMPLE) -> Decimal:
    """Un montant hors taxes, au centime : « 100 000,50 € », « 100 000 EUR HT », « 100 k€ »."""
    nombre, unite = _sans_unite(_compact(texte), _UNITE_EUROS)
    return _au_centime(_nombre(nombre, exemple).scaleb(_PUISSANCES[unite[1] if unite else None]))


def _sans_unite(compact: str, unite: re.Pattern[str]) -> tuple[str, re.Match[str] | None]:
    """Le nombre, et l'unité qui le suit."""
    nombre = compact.rstrip("abcdefghijklmnopqrstuvwxyz€ ")
    suite = unite.fullmatch(compact, len(nombre))
    return (nombre if suite else compact), suite


def _nombre(compact: str, exemple: str) -> Decimal:
    trouve = _NOMBRE.fullmatch(compact) if len(compact) <= LONGUEUR_MAX else None
    if trouve is None or not re.search("[0-9]", compact) or (trouve["virgule"] or "") == trouve["milliers"]:
        raise Illisible(f"Tapez un nombre, par exemple {exemple}.")
    entier = re.sub("[^0-9]", "", trouve["entier"])
    if trouve["milliers"] in (".", ",") and len(entier) <= 6 and trouve["virgule"] is None:
        raise Illisible(SE_LIT_DEUX_FOIS.format(compact, entier))
    fraction = (trouve["fraction"] or "").rstrip("0")
    return Decimal(f"{trouve['signe']}{entier or 0}.{fraction}")


def _au_centime(valeur: Decimal) -> Decimal:
    if int(valeur.as_tuple().exponent) < -2:
        raise Illisible(TROP_DE_DECIMALES)
    return valeur


# --- Dates -----------------------------------------------------------------------------------------------------------
def lire_jour(texte: str) -> datetime.date:
    """« 31/12/2026 », « 31.12.26 », « 1er mars 2026 », « 2026-03-01 », ou un instant, dont on garde le jour d'ici.

    Une année sur deux chiffres est la plus tardive qui ne dépasse pas dix ans à venir : « 26 » est 2026, « 85 » est 1985.
    """
    return _jour(_compact(texte), timezone.localdate().year, _annee_proche)


def lire_naissance(texte: str) -> datetime.date:
    """Comme `lire_jour` ; une année sur deux chiffres doit ne donner qu'un âge possible, sinon elle se refuse."""
    return _jour(_compact(texte), timezone.localdate().year, _annee_de_naissance)


def lire_mois(texte: str) -> datetime.date:
    """« 2026-10 », « 10/2026 » ou un jour → le premier jour du mois."""
    compact = _compact(texte)
    if trouve := _MOIS.fullmatch(compact):
        annee, mois = trouve["annee"] or trouve["annee_ensuite"], trouve["mois"] or trouve["mois_d_abord"]
        if int(mois) not in range(1, 13):
            raise Illisible(PAS_UN_MOIS)
        return dans_les_annees(_date(annee, mois, "1"))
    try:
        return premier_jour(lire_jour(compact))
    except Illisible as refus:
        raise Illisible(PAS_UN_MOIS if str(refus) == PAS_UNE_DATE else str(refus)) from refus


def dans_les_annees(jour: datetime.date) -> datetime.date:
    """Une année hors de tout dossier est une faute de frappe : l'an 26 n'est pas 2026."""
    if jour.year not in ANNEES:
        raise Illisible(ANNEE_COURTE.format(jour.year) if jour.year < SIECLE else ANNEE_IMPOSSIBLE)
    return jour


def _annee_proche(deux: int, cette_annee: int) -> int:
    annee = 2000 + deux
    return annee if annee <= cette_annee + ANNEES_A_VENIR else annee - 100


def _annee_de_naissance(deux: int, cette_annee: int) -> int:
    possibles = [annee for annee in (1900 + deux, 2000 + deux) if cette_annee - annee in AGES]
    if len(possibles) != 1:
        raise Illisible(NAISSANCE_INCERTAINE)
    return possibles[0]


@lru_cache(maxsize=4096)  # un classeur répète les mêmes jours des milliers de fois
def _jour(compact: str, cette_annee: int, annee_sur_deux: Callable[[int, int], int]) -> datetime.date:
    if len(compact) > LONGUEUR_MAX:
        raise Illisible(PAS_UNE_DATE)
    if _INSTANT.fullmatch(compact):
        return dans_les_annees(_jour_d_un_instant(compact))
    seul = _MINUIT.sub("", compact)
    if trouve := _ISO.fullmatch(seul):
        annee, mois, jour = trouve.groups()
    elif trouve := _JOUR.fullmatch(seul):
        jour, _, mois, annee = trouve.groups()
    elif trouve := _EN_LETTRES.fullmatch(plier(seul)):
        jour, mois, annee = trouve[1], _rang_du_mois(trouve[2]), trouve[3]
    else:
        raise Illisible(PAS_UNE_DATE)
    if len(annee) == 2:
        annee = str(annee_sur_deux(int(annee), cette_annee))
    return dans_les_annees(_date(annee, mois, jour))


def _jour_d_un_instant(compact: str) -> datetime.date:
    try:
        instant = datetime.datetime.fromisoformat(compact.upper())
        return timezone.localdate(instant) if timezone.is_aware(instant) else instant.date()
    except (ValueError, OverflowError) as erreur:
        raise Illisible(HORS_CALENDRIER) from erreur


def _rang_du_mois(nom: str) -> str:
    """« mars », « sept », « janv » : un début de nom qui n'en désigne qu'un."""
    possibles = [rang for rang, entier in enumerate(_NOMS_DE_MOIS, start=1) if entier.startswith(nom)]
    if len(possibles) != 1:
        raise Illisible(PAS_UNE_DATE)
    return str(possibles[0])


def _date(annee: str, mois: str, jour: str) -> datetime.date:
    try:
        return datetime.date(int(annee), int(mois), int(jour))
    except ValueError as erreur:
        raise Illisible(ANNEE_IMPOSSIBLE if int(annee) == 0 else HORS_CALENDRIER) from erreur


# --- Codes -----------------------------------------------------------------------------------------------------------
def sans_decimale(texte: str) -> str:
    """« 1004.0 » → « 1004 » : un code qu'un tableur a pris pour un nombre."""
    return _DECIMALE_DE_TABLEUR.sub("", " ".join(nettoyer(texte).split()))


def code_de_tableur(texte: str) -> str:
    """Un code postal ou de commune : « 1004.0 » → « 1004 », « 2,8E+04 » → « 28000 » ; aucun chiffre n'est deviné."""
    code = sans_decimale(texte)
    if not _PUISSANCE_DE_TABLEUR.fullmatch(code):
        return code
    entier = Decimal(code.replace(",", "."))
    return f"{entier:f}" if entier == entier.to_integral_value() and entier < CODE_MAX else code


def lire_code_postal(texte: str) -> str:
    """« 50 100 », « F-50100 », « 1500 » (zéro mangé par un tableur) → cinq chiffres."""
    code = re.sub(r"^FR?[ -]*(?=[0-9])", "", code_de_tableur(texte).upper()).replace(" ", "")
    code = code.zfill(5) if re.fullmatch("[0-9]{4}", code) else code
    if not re.fullmatch(r"(?!00)[0-9]{5}", code):
        raise Illisible(PAS_UN_CODE_POSTAL)
    return code
