"""Ce que chaque lot d'un achat demanderait : du montant et du corps de métier, ou d'un nombre que l'on connaît. Sans requête."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from marches.calcul import Resultat, ValeurRefusee, calculer
from marches.enums import Arrondi, Formule
from marches.models import CorpsMetier, LotPrevu

FORMULE = Formule.MO_TAUX_COUT


def valeurs_du_calcul(
    montant: Decimal | None, taux: Decimal | None, corps: CorpsMetier | None
) -> dict[str, Decimal] | None:
    """Ce que la formule demande ; `None` s'il manque le montant ou le corps de métier."""
    if not montant or corps is None:
        return None
    return {
        "montant": montant,
        "part_main_oeuvre": corps.part_main_oeuvre,
        "taux": corps.taux_insertion if taux is None else taux,
        "cout_horaire": corps.cout_horaire,
    }


def resultat_du_lot(lot: LotPrevu, arrondi: str) -> Resultat | None:
    valeurs = valeurs_du_calcul(lot.montant_ht, lot.taux, lot.corps_metier)
    if valeurs is None:
        return None
    try:
        return calculer(FORMULE, valeurs, Arrondi(arrondi))
    except ValeurRefusee:  # un corps de métier réglé hors de ce que la formule accepte
        return None


@dataclass(frozen=True, slots=True)
class LotDimensionne:
    """Une ligne du tableau ; `calcul` : d'où viennent ses heures, en mots."""

    lot: LotPrevu
    calcul: str


@dataclass(frozen=True, slots=True)
class Dimensionnement:
    """Les lots d'un projet, et leur somme. Un total vide : rien n'y est chiffré."""

    lignes: tuple[LotDimensionne, ...]
    montant: Decimal | None
    heures: Decimal | None
    a_chiffrer: int


def dimensionner(lots: Sequence[LotPrevu], arrondi: str) -> Dimensionnement:
    chiffres = [lot.heures for lot in lots if lot.heures is not None]
    montants = [lot.montant_ht for lot in lots if lot.montant_ht is not None]
    return Dimensionnement(
        lignes=tuple(LotDimensionne(lot, _calcul_en_mots(lot, arrondi)) for lot in lots),
        montant=sum(montants, Decimal(0)) if montants else None,
        heures=sum(chiffres, Decimal(0)) if chiffres else None,
        a_chiffrer=len(lots) - len(chiffres),
    )


def _calcul_en_mots(lot: LotPrevu, arrondi: str) -> str:
    resultat = resultat_du_lot(lot, arrondi)
    if resultat is not None and lot.heures == lot.heures_calculees:
        return " ; ".join(resultat.etapes)
    return "nombre fixé" if lot.heures is not None else "à chiffrer"
