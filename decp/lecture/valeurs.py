"""Ce que l'on trouve sous une clé, quelle que soit la forme qu'on lui a donnée : un texte, un code, un jour, une liste."""

import calendar
import datetime
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from socle.bornes import JOUR
from socle.lecture import Illisible, lire_euros, lire_jour, sans_decimale
from socle.nombres import arrondir
from socle.texte import nettoyer

LONGUEUR_MONTANT = 20  # chiffres : au-delà, un nombre ne se déplie pas pour être arrondi
RIEN = {"nc", "n/c", "null", "none", "nan", "inx none"}
# « September, 16 2021 00:00:00 » : l'écriture d'un ancien portail, que personne ne tape à la main.
_A_L_ANGLAISE = re.compile(r"([A-Za-z]+),? (\d{1,2}),? (\d{4})(?: 00:00:00)?")
MOIS_ANGLAIS = [nom.lower() for nom in calendar.month_name]  # le rang 0 est vide


def premier(brut: Mapping[str, Any], *cles: str) -> Any:
    """La première de ces clés qui dise quelque chose : un pluriel vide ne cache pas le singulier."""
    return next((brut[cle] for cle in cles if brut.get(cle) not in (None, "", [], {})), None)


def objet(valeur: Any) -> Mapping[str, Any]:
    return valeur if isinstance(valeur, Mapping) else {}


def liste(valeur: Any) -> list[Any]:
    """Une liste, ou ce qui devait en être une, seul ou sous une enveloppe."""
    if isinstance(valeur, Mapping):
        dedans = valeur.get("modification")
        return dedans if isinstance(dedans, list) else [valeur]
    return valeur if isinstance(valeur, list) else []


def texte_de(valeur: Any) -> str:
    """Un texte propre ; les façons d'écrire « rien » (« NC », « null ») sont rien."""
    if not isinstance(valeur, str | Decimal):
        return ""
    texte = " ".join(nettoyer(str(valeur)).split())
    return "" if texte.lower() in RIEN else texte


def code_de(valeur: Any) -> str:
    """Un code, qu'un tableur a pu prendre pour un nombre : « 45316110.0 »."""
    return sans_decimale(texte_de(valeur))


def jour_de(texte: str) -> datetime.date | None:
    """Un jour que pourrait porter un marché, ou rien."""
    try:
        lu = _jour_ecrit(texte)
    except Illisible:
        return None
    return lu if JOUR.contient(lu) else None


def _jour_ecrit(texte: str) -> datetime.date:
    anglais = _A_L_ANGLAISE.fullmatch(texte)
    if anglais is None or anglais[1].lower() not in MOIS_ANGLAIS:
        return lire_jour(texte)
    mois = MOIS_ANGLAIS.index(anglais[1].lower())
    return lire_jour(f"{anglais[3]}-{mois:02}-{anglais[2]}")


def lire_montant(brut: Decimal | str) -> Decimal:
    """Un nombre JSON, au centime ; ou un texte, comme le lisent les formulaires."""
    if isinstance(brut, Decimal) and brut.adjusted() < LONGUEUR_MONTANT:
        return arrondir(brut, 2)
    return lire_euros(str(brut))


def titulaires_de(brut: Any) -> Iterator[Mapping[str, Any]]:
    """Chaque titulaire, sous autant d'enveloppes et de listes qu'on en a mis ; un nom de colonne n'en est pas un."""
    if isinstance(brut, list):
        for element in brut:
            yield from titulaires_de(element)
    elif isinstance(brut, Mapping):
        dedans = premier(brut, "titulaire", "concessionnaire")
        if isinstance(dedans, Mapping | list):
            yield from titulaires_de(dedans)
        else:
            yield brut


def textes_de(brut: Any) -> Iterator[str]:
    """Chaque considération, d'une liste, d'un objet, ou d'une chaîne qui en sépare plusieurs."""
    if isinstance(brut, list):
        for element in brut:
            yield from textes_de(element)
    elif isinstance(brut, Mapping):
        yield from textes_de(premier(brut, "considerationSociale", "considerationsSociales"))
    else:
        morceaux = (morceau.strip(" []'\"") for morceau in re.split("[,;|]", texte_de(brut)))
        yield from (morceau for morceau in morceaux if morceau)
