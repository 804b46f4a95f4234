"""Nombres et dates écrits à la française ; `socle.lecture` les relit."""

import datetime
from decimal import ROUND_HALF_UP, ROUND_UP, Decimal
from typing import Any

from django.utils import timezone

ESPACE_FINE = "\u202f"  # espace fine insécable : séparateur de milliers et ponctuation double
INSECABLE = "\u00a0"
MOIS = [
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

# Les abréviations de l'Imprimerie nationale ; celles de Django (« jan. », « fév. ») n'en sont pas.
MOIS_COURTS = ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."]


def arrondir(valeur: Decimal | int, decimales: int = 0) -> Decimal:
    """Arrondi commercial (0,5 vers le haut), celui que tout le monde refait à la main."""
    return Decimal(valeur).quantize(Decimal(1).scaleb(-decimales), rounding=ROUND_HALF_UP)


def nombre(valeur: Any, decimales: int | None = None) -> str:
    """28900 → « 28 900 » ; 12.50 → « 12,5 ». Sans `decimales`, celles qui disent quelque chose (deux au plus)."""
    if valeur is None:
        return ""
    exact = Decimal(str(valeur))
    if decimales is None:
        exact = arrondir(exact, 2).normalize()
        decimales = max(0, -int(exact.as_tuple().exponent))
    arrondi = arrondir(exact, decimales) + 0  # « − 0 » n'est pas un nombre : l'addition efface le signe d'un zéro
    entier, _, fraction = f"{arrondi:,f}".partition(".")
    entier = entier.replace(",", ESPACE_FINE).replace("-", "−")
    return f"{entier},{fraction}" if fraction else entier


def nombres_distincts(un: Any, autre: Any) -> tuple[str, str]:
    """Deux nombres comparés : 18,06 et 18,06 s'écrivent avec les décimales qui les distinguent, six au plus."""
    ecrits = (nombre(un), nombre(autre))
    for decimales in range(3, 7):
        if ecrits[0] != ecrits[1] or un == autre:
            break
        ecrits = (nombre(un, decimales), nombre(autre, decimales))
    return ecrits


def heures(valeur: Any) -> str:
    return "" if valeur is None else f"{nombre(valeur)}{INSECABLE}h"


def euros(valeur: Any) -> str:
    """1200000.5 → « 1 200 000,50 € », 36200 → « 36 200 € » : des centimes s'écrivent à deux chiffres, ou pas du tout."""
    if valeur is None:
        return ""
    decimales = 0 if arrondir(Decimal(str(valeur)), 2) % 1 == 0 else 2
    return f"{nombre(valeur, decimales)}{INSECABLE}€"


def taille(octets: int) -> str:
    """Ce que pèse un fichier : « 5,1 Mo », où 1 Mo fait 1 024 ko comme dans les limites ; arrondi au-dessus, il les dépasse."""
    for unite, pas in (("Go", 1024**3), ("Mo", 1024**2), ("ko", 1024)):
        if octets >= pas:
            return f"{nombre((Decimal(octets) / pas).quantize(Decimal('0.1'), rounding=ROUND_UP))}{INSECABLE}{unite}"
    return accorder(octets, "octet")


def duree(secondes: float) -> str:
    """Un temps passé, dans sa plus grande unité : « 40 s », « 12 min », « 20 h », « 3 j » ; rien n'attend à zéro seconde."""
    for unite, pas, plancher in (("j", 86_400, 2 * 86_400), ("h", 3600, 3600), ("min", 60, 60)):
        if secondes >= plancher:
            return f"{nombre(int(secondes // pas))}{INSECABLE}{unite}"
    return f"{int(secondes)}{INSECABLE}s"


def siret(valeur: str) -> str:
    """Un SIRET comme on le lit : « 999 001 159 00014 »."""
    return ESPACE_FINE.join((valeur[:3], valeur[3:6], valeur[6:9], valeur[9:])) if len(valeur) == 14 else valeur


def part(numerateur: Any, denominateur: Any) -> Decimal | None:
    """La part en pour cent, exacte ; `None` quand il n'y a rien à diviser."""
    return Decimal(numerateur) * 100 / Decimal(denominateur) if denominateur else None


def pourcent(valeur: Any, decimales: int | None = 1) -> str:
    return "–" if valeur is None else f"{nombre(valeur, decimales)}{INSECABLE}%"


def jour_de(valeur: datetime.date) -> datetime.date:
    """Le jour qu'il est ici, à Paris : gardé en temps universel, « 30 novembre, 23 h 30 » est déjà le 1er décembre."""
    return timezone.localdate(valeur) if isinstance(valeur, datetime.datetime) else valeur


def en_chiffres(valeur: datetime.date) -> str:
    """« 12/11/2026 »."""
    return f"{jour_de(valeur):%d/%m/%Y}"


def mois_annee(mois: datetime.date) -> str:
    mois = jour_de(mois)
    return f"{MOIS[mois.month - 1]} {mois.year}"


def de_mois(mois: datetime.date | str) -> str:
    """Le complément d'un nom, élidé devant une voyelle : « de mars 2026 », « d'avril 2026 »."""
    ecrit = mois if isinstance(mois, str) else mois_annee(mois)
    return f"d'{ecrit}" if ecrit[:1] in ("a", "o") else f"de {ecrit}"


def jour(valeur: datetime.date) -> str:
    """Un jour en court : « 12 nov. 2026 »."""
    valeur = jour_de(valeur)
    quantieme = "1er" if valeur.day == 1 else valeur.day
    return f"{quantieme}{INSECABLE}{MOIS_COURTS[valeur.month - 1]}{INSECABLE}{valeur.year}"


def jour_entier(valeur: datetime.date) -> str:
    """Un jour en toutes lettres : « 1er décembre 2026 »."""
    valeur = jour_de(valeur)
    return f"{'1er' if valeur.day == 1 else valeur.day} {mois_annee(valeur)}"


def il_y_a(valeur: datetime.date, le: datetime.date) -> str:
    """Un jour passé, vu d'un autre : « aujourd'hui », « hier », « il y a 4 j » ; au-delà de deux mois, sa date."""
    jours = (le - jour_de(valeur)).days
    if jours <= 1:
        return "hier" if jours == 1 else "aujourd'hui"
    return f"il y a {jours}{INSECABLE}j" if jours <= 60 else f"le {jour(valeur)}"


def accorder(quantite: int, singulier: str, pluriel: str = "") -> str:
    """« 1 personne », « 5 personnes »."""
    return f"{nombre(quantite)}{INSECABLE}{singulier if quantite < 2 else pluriel or singulier + 's'}"
