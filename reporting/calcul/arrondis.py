"""Les deux présentations d'une part : exacte, à une décimale ; grand public, en fractions usuelles et multiples de 5 %.

Les valeurs restent exactes partout ; seule leur écriture s'arrondit, ici. Une valeur masquée, absente, ou un total nul
n'ont pas de part : « – ». Un bilan déjà publié garde les mots de sa rédaction : `Parts` les connaît toutes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reporting.donnees import REDACTION, Mesure, est_masquee, redaction_de
from reporting.enums import Presentation
from socle.nombres import INSECABLE, arrondir, nombre, part, pourcent

ABSENTE = "–"

# Une fraction usuelle se lit telle quelle à un point près ; à deux points près, « près de » ou « plus de ».
FRACTIONS: tuple[tuple[Decimal, str, str, str], ...] = (
    (Decimal(25), "¼", "près du quart", "plus du quart"),
    (Decimal(100) / 3, "⅓", "près du tiers", "plus du tiers"),
    (Decimal(50), "½", "près de la moitié", "plus de la moitié"),
    (Decimal(200) / 3, "⅔", "près des deux tiers", "plus des deux tiers"),
    (Decimal(75), "¾", "près des trois quarts", "plus des trois quarts"),
)
TELLE_QUELLE, VOISINE = Decimal(1), Decimal(2)
PAS = Decimal(5)
DEMI_PAS = PAS / 2
EN_FRACTION = {fraction: mots for fraction, *mots in FRACTIONS}


def est_connue(valeur: Mesure) -> bool:
    return valeur is not None and not est_masquee(valeur)


def grandeur(valeur: Mesure) -> Decimal:
    """La valeur exacte, pour calculer ou dessiner ; zéro si elle est masquée ou absente."""
    return Decimal(str(valeur)) if est_connue(valeur) else Decimal(0)


def part_de(valeur: Mesure, total: Mesure) -> Decimal | None:
    """La part en pour cent, exacte, ou rien quand elle ne se calcule pas."""
    if not (est_connue(valeur) and est_connue(total)):
        return None
    return part(grandeur(valeur), grandeur(total))


def part_exacte(valeur: Mesure, total: Mesure) -> str:
    """36 sur 146 → « 24,7 % »."""
    return pourcent(part_de(valeur, total))


def part_grand_public(valeur: Mesure, total: Mesure, redaction: int = REDACTION) -> str:
    """36 sur 146 → « ¼ » ; 14 sur 29 → « près de la moitié » ; 17 sur 30 → « 55 % » ; 66 sur 146 → « 45 % »."""
    exacte = part_de(valeur, total)
    if exacte is None:
        return ABSENTE
    return _en_mots(exacte) if redaction > 1 else _en_mots_d_avant(exacte)


def _en_mots(exacte: Decimal) -> str:
    """Une fraction à un point près se dit telle quelle ; plus loin, « près de » ou « plus de » ; sinon un multiple de 5 %.

    Monotone : une part plus grande ne se lit jamais plus petite, et de deux parts du même côté d'un repère, la plus proche a
    le mot le plus rond.
    """
    fraction = _fraction_voisine(exacte)
    if fraction is None:
        return _multiple(exacte)
    signe, en_dessous, au_dessus = EN_FRACTION[fraction]
    ecart = exacte - fraction
    return signe if abs(ecart) <= TELLE_QUELLE else en_dessous if ecart < 0 else au_dessus


def _fraction_voisine(exacte: Decimal) -> Decimal | None:
    """Un multiple de 5 % est une fraction sur tout son pas ; un tiers, à deux points, sans passer le multiple d'à côté."""
    for fraction in EN_FRACTION:
        ecart = exacte - fraction
        if not fraction % PAS:
            if -DEMI_PAS <= ecart < DEMI_PAS:
                return fraction
        elif abs(ecart) <= VOISINE and exacte % PAS and exacte // PAS == fraction // PAS:
            return fraction
    return None


def _en_mots_d_avant(exacte: Decimal) -> str:
    """La première rédaction : 22,9 % s'y lisait « 25 % », et 23,3 % « près du quart »."""
    for fraction, signe, en_dessous, au_dessus in FRACTIONS:
        ecart = exacte - fraction
        if abs(ecart) <= TELLE_QUELLE:
            return signe
        if abs(ecart) <= VOISINE:
            return en_dessous if ecart < 0 else au_dessus
    return _multiple(exacte)


def _multiple(exacte: Decimal) -> str:
    """Le multiple de 5 % le plus proche. Quelqu'un n'est jamais « 0 % », et il ne manque jamais personne à « 100 % »."""
    if 0 < exacte < DEMI_PAS:
        return f"moins de {_pourcent(PAS)}"
    if 100 - DEMI_PAS <= exacte < 100:
        return f"plus de {_pourcent(100 - PAS)}"
    return _pourcent(_arrondie(exacte))


def _arrondie(exacte: Decimal) -> Decimal:
    return arrondir(exacte / PAS) * PAS


def _pourcent(valeur: Decimal) -> str:
    return f"{nombre(valeur, 0)}{INSECABLE}%"


@dataclass(frozen=True, slots=True)
class Parts:
    """L'écriture des parts d'un document : la présentation choisie, et la rédaction de son temps."""

    presentation: str
    redaction: int = REDACTION

    @classmethod
    def de(cls, donnees: Mapping[str, Any], presentation: str) -> "Parts":
        """Celle d'un bilan."""
        return cls(presentation, redaction_de(donnees))

    def lue(self, valeur: Mesure, total: Mesure) -> str:
        if self.presentation == Presentation.GRAND_PUBLIC:
            return part_grand_public(valeur, total, self.redaction)
        return part_exacte(valeur, total)

    def autre(self, valeur: Mesure, total: Mesure) -> str:
        """La même part dans l'autre présentation, à lire sous la première : « environ ¼ », ou « soit 24,7 % ».

        À plus de deux points de tout multiple de 5 %, elle dit entre lesquels : 7,5 % n'est pas « environ 10 % ».
        """
        exacte = part_de(valeur, total)
        if exacte is None:
            return ""
        if self.presentation == Presentation.GRAND_PUBLIC:
            return f"soit {part_exacte(valeur, total)}"
        lue = part_grand_public(valeur, total, self.redaction)
        if lue.startswith(("près", "plus", "moins")):
            return lue
        if self.redaction > 1 and _fraction_voisine(exacte) is None and abs(exacte - _arrondie(exacte)) > VOISINE:
            bas = exacte // PAS * PAS
            return f"entre {nombre(bas, 0)} et {_pourcent(bas + PAS)}"
        return f"{_approche(exacte, lue)} {lue}"


def _approche(exacte: Decimal, lue: str) -> str:
    """« soit » quand l'arrondi est la part elle-même, « environ » sinon."""
    signe = EN_FRACTION[exacte][0] if exacte in EN_FRACTION else ""
    return "soit" if lue in (signe, _si_entier(exacte)) else "environ"


def _si_entier(exacte: Decimal) -> str:
    return _pourcent(exacte) if exacte == exacte.to_integral_value() else ""
