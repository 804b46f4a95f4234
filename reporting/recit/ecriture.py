"""L'écriture des valeurs d'un bilan : masquées ou absentes, accordées en nombre. Les parts s'écrivent dans `arrondis`."""

import datetime
from collections.abc import Sequence

from reporting.calcul.arrondis import ABSENTE, est_connue, grandeur
from reporting.calcul.indicateurs import Unite
from reporting.donnees import Mesure, Valeur, est_masquee
from socle.nombres import INSECABLE, arrondir, nombre, pourcent
from socle.texte import dans_une_phrase


def ecrite(valeur: Mesure, unite: str = "") -> str:
    """28900.0 et « h » → « 28 900 h » ; une valeur masquée se dit telle quelle ; une absente, « – »."""
    if valeur is None:
        return ABSENTE
    if est_masquee(valeur):
        return str(valeur).replace("< ", f"<{INSECABLE}")
    # Au-delà de mille, des centièmes d'heure ne disent rien ; ils restent dans les exports.
    texte = nombre(grandeur(valeur), 0 if abs(grandeur(valeur)) >= 1000 else None)
    return f"{texte}{INSECABLE}{unite}" if unite else texte


def a_l_unite(valeur: Valeur) -> str:
    """La valeur dans une liste : des heures entières se comparent d'un regard."""
    return ecrite(float(arrondir(grandeur(valeur)))) if est_connue(valeur) else ecrite(valeur)


def accord(valeur: Valeur, singulier: str, pluriel: str) -> str:
    """« 1 marché », « 0 marché », « 30 marchés » ; masqué, « moins de 5 personnes »."""
    if est_masquee(valeur):
        return f"{str(valeur).replace('< ', 'moins de ')}{INSECABLE}{pluriel}"
    mot = singulier if est_connue(valeur) and abs(grandeur(valeur)) < 2 else pluriel
    return f"{ecrite(valeur)}{INSECABLE}{mot}"


def unite_accordee(unite: str, valeur: Mesure) -> str:
    """« entreprise » pour une, « entreprises » pour trois ou pour un nombre masqué ; vide sans unité."""
    seule = unite and est_connue(valeur) and abs(grandeur(valeur)) < 2
    return Unite(unite).singulier if seule else unite


def evolution(valeur: Mesure, precedente: Mesure) -> str:
    """« +15,1 % », « −3 % » ou rien quand l'une des deux manque."""
    if not (est_connue(valeur) and est_connue(precedente)) or not grandeur(precedente):
        return ""
    ecart = (grandeur(valeur) - grandeur(precedente)) * 100 / grandeur(precedente)
    return f"{'+' if ecart > 0 else ''}{pourcent(ecart)}"


def evolution_dite(valeur: Valeur, precedente: Valeur, avant_situee: str) -> str:
    """« soit 15,1 % de plus qu'en 2017 », « … qu'au 1er semestre 2017 », « … que de mars à juin 2017 », ou rien."""
    if not (est_connue(valeur) and est_connue(precedente)) or not grandeur(precedente):
        return ""
    ecart = (grandeur(valeur) - grandeur(precedente)) * 100 / grandeur(precedente)
    if not ecart:
        return f"comme {avant_situee}"
    que = "qu’" if avant_situee[0] in "aeiou" else "que "
    return f"soit {pourcent(abs(ecart))} de {'plus' if ecart > 0 else 'moins'} {que}{avant_situee}"


def apostrophes(texte: str) -> str:
    """L'apostrophe et les espaces de l'imprimeur : « d'insertion : » → « d’insertion : »."""
    for signe in ";!?":
        texte = texte.replace(f" {signe}", f"\u202f{signe}")
    return (
        texte.replace("'", "’")
        .replace(" :", f"{INSECABLE}:")
        .replace("« ", f"«{INSECABLE}")
        .replace(" »", f"{INSECABLE}»")
    )


def majuscule(texte: str) -> str:
    return texte[:1].upper() + texte[1:]


def minuscule(texte: str) -> str:
    """Le libellé au fil d'une phrase ; un sigle garde ses capitales."""
    return dans_une_phrase(apostrophes(texte))


def jour(iso: str) -> str:
    """« 2019-02-04 » → « 4 février 2019 »."""
    date = datetime.date.fromisoformat(iso)
    quantieme = "1er" if date.day == 1 else str(date.day)
    return f"{quantieme}{INSECABLE}{_MOIS[date.month - 1]}{INSECABLE}{date.year}"


def mois_court(iso: str) -> str:
    return _ABREGES[int(iso[5:7]) - 1]


def nom_du_mois(iso: str, tous: Sequence) -> str:
    """« mars », ou « mars 18 » quand la période passe d'une année à l'autre."""
    plusieurs = len({ligne["mois"][:4] for ligne in tous}) > 1
    return f"{mois_court(iso)} {iso[2:4]}" if plusieurs else mois_court(iso)


def mois_long(iso: str) -> str:
    return _MOIS[int(iso[5:7]) - 1]


def periode_courte(debut: str, fin: str) -> str:
    """« 01/2018 – 06/2019 »."""
    return f"{debut[5:7]}/{debut[:4]}{INSECABLE}– {fin[5:7]}/{fin[:4]}"


_MOIS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]
_ABREGES = ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."]
