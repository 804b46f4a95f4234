"""L'écriture des valeurs figées : des textes ISO et décimaux deviennent des jours, des mois, des heures."""

import datetime
from decimal import Decimal

from socle.nombres import ESPACE_FINE, INSECABLE, arrondir, mois_annee, pourcent, siret

CENT = Decimal(100)


def jour(iso: str) -> str:
    """« 2026-11-04 » → « 4 novembre 2026 » ; rien pour rien."""
    if not iso:
        return ""
    date = datetime.date.fromisoformat(iso)
    mois, annee = mois_annee(date).split()
    return f"{'1er' if date.day == 1 else date.day}{INSECABLE}{mois}{INSECABLE}{annee}"


def mois(iso: str) -> str:
    return mois_annee(datetime.date.fromisoformat(iso)) if iso else ""


def part(exacte: str) -> str:
    """Une décimale ; 99,96 % ne se lit jamais « 100 % » : l'avis dirait autre chose."""
    if not exacte:
        return "–"
    valeur = Decimal(exacte)
    return pourcent(Decimal("99.9") if valeur < CENT <= arrondir(valeur, 1) else valeur)


def imprimer(texte: str) -> str:
    """L'apostrophe et les espaces de l'imprimeur, dans un texte tapé."""
    for signe in ";!?":
        texte = texte.replace(f" {signe}", f"{ESPACE_FINE}{signe}")
    texte = texte.replace("'", "’").replace(" :", f"{INSECABLE}:")
    return texte.replace("« ", f"«{INSECABLE}").replace(" »", f"{INSECABLE}»")


def imprimees(parties: dict) -> dict:
    """Les textes d'un dictionnaire, imprimés ; le SIRET par groupes."""
    return {
        cle: siret(texte) if cle == "siret" else imprimer(texte) if isinstance(texte, str) else texte
        for cle, texte in parties.items()
    }
