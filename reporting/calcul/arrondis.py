"""Les deux présentations d'une part : exacte, à une décimale ; grand public, en fractions usuelles et multiples de 5 %.

Les valeurs restent exactes partout ; seule leur écriture s'arrondit, ici. Une valeur masquée, absente, ou un total nul
n'ont pas de part : « – ».
"""

from collections.abc import Callable
from decimal import Decimal

from reporting.donnees import Mesure, est_masquee
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


def part_grand_public(valeur: Mesure, total: Mesure) -> str:
    """36 sur 146 → « ¼ » ; 14 sur 29 → « près de la moitié » ; 17 sur 30 → « 55 % » ; 66 sur 146 → « 45 % »."""
    exacte = part_de(valeur, total)
    if exacte is None:
        return ABSENTE
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
    return _pourcent(arrondir(exacte / PAS) * PAS)


def _pourcent(valeur: Decimal) -> str:
    return f"{nombre(valeur, 0)}{INSECABLE}%"


PARTS: dict[str, Callable[[Mesure, Mesure], str]] = {
    Presentation.EXACTE: part_exacte,
    Presentation.GRAND_PUBLIC: part_grand_public,
}


def autre_lecture(valeur: Mesure, total: Mesure, presentation: str) -> str:
    """La même part dans l'autre présentation, à lire sous la première : « environ ¼ », ou « soit 24,7 % »."""
    if part_de(valeur, total) is None:
        return ""
    if presentation == Presentation.GRAND_PUBLIC:
        return f"soit {part_exacte(valeur, total)}"
    lue = part_grand_public(valeur, total)
    return lue if lue.startswith(("près", "plus", "moins")) else f"{_approche(valeur, total, lue)} {lue}"


def _approche(valeur: Mesure, total: Mesure, lue: str) -> str:
    """« soit » quand l'arrondi est la part elle-même, « environ » sinon."""
    exacte = part_de(valeur, total)
    justes = {fraction: signe for fraction, signe, *_ in FRACTIONS}
    return "soit" if exacte is not None and lue in (justes.get(exacte), _si_entier(exacte)) else "environ"


def _si_entier(exacte: Decimal) -> str:
    return _pourcent(exacte) if exacte == exacte.to_integral_value() else ""
