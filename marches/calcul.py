"""Le calcul d'un effort d'insertion. Module pur : des `Decimal` entrent, des heures et leur écriture en sortent.

Sept formules (domaine, §2.1). La valeur exacte se garde ; l'arrondi se fait une fois, sur le total d'une obligation.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, localcontext

from marches.enums import Arrondi, Formule
from socle.nombres import euros, heures, nombre, pourcent

PRECISION = 50  # chiffres : un quotient se compare à l'entier sans que sa dernière décimale ne mente
CENT = Decimal(100)

MODES = {
    Arrondi.PLUS_PROCHE: ROUND_HALF_UP,
    Arrondi.SUPERIEUR: ROUND_CEILING,
    Arrondi.INFERIEUR: ROUND_FLOOR,
}


class ValeurRefusee(ValueError):
    """Une valeur absente ou impossible ; `parametre` la nomme, `motif` dit quoi faire."""

    def __init__(self, parametre: str, motif: str):
        super().__init__(motif)
        self.parametre = parametre
        self.motif = motif


@dataclass(frozen=True, slots=True)
class Parametre:
    """Une valeur qu'une formule demande, avec ses bornes ; `strict` refuse la borne basse."""

    nom: str
    libelle: str
    unite: str
    maximum: Decimal | None = None
    strict: bool = False
    aide: str = ""

    def verifier(self, valeurs: Mapping[str, Decimal]) -> Decimal:
        valeur = valeurs.get(self.nom)
        if valeur is None:
            raise ValeurRefusee(self.nom, f"Donnez une valeur : {self.libelle.lower()}.")
        if not valeur.is_finite():
            raise ValeurRefusee(self.nom, f"Ce n'est pas un nombre : {self.libelle.lower()}.")
        if valeur < 0 or (self.strict and valeur == 0):
            raise ValeurRefusee(
                self.nom, f"{self.libelle} : un nombre {'plus grand que' if self.strict else 'd’au moins'} 0."
            )
        if self.maximum is not None and valeur > self.maximum:
            raise ValeurRefusee(self.nom, f"{self.libelle} : {nombre(self.maximum)} au plus.")
        return valeur


MONTANT = Parametre("montant", "Montant", "€ HT", maximum=Decimal("999999999999"))
PART_MO = Parametre("part_main_oeuvre", "Part de main-d'œuvre", "%", maximum=CENT)
TAUX = Parametre("taux", "Taux d'insertion", "%", maximum=CENT)
COUT = Parametre("cout_horaire", "Coût horaire chargé", "€/h", strict=True)
TRAVAILLEES = Parametre("heures_travaillees", "Heures travaillées", "h", maximum=Decimal("999999999"))

PARAMETRES: Mapping[Formule, tuple[Parametre, ...]] = {
    Formule.MO_TAUX_COUT: (MONTANT, PART_MO, TAUX, COUT),
    Formule.HEURES_MO: (MONTANT, PART_MO, COUT, TAUX),
    Formule.PCT_HEURES: (TRAVAILLEES, TAUX),
    Formule.ETP: (
        Parametre("etp", "Emplois à temps plein", "ETP", maximum=Decimal(100000)),
        Parametre("heures_par_etp", "Heures d'un emploi à temps plein", "h", strict=True, maximum=Decimal(3000)),
    ),
    Formule.TRANCHE_EURO: (
        Parametre("facture", "Montant facturé cumulé", "€ HT", maximum=Decimal("999999999999")),
        Parametre("seuil", "Seuil avant la première heure", "€ HT", maximum=Decimal("999999999999")),
        Parametre("euros_par_heure", "Euros facturés pour une heure", "€", strict=True),
    ),
    Formule.FORFAIT: (Parametre("heures", "Heures", "h", maximum=Decimal("99999999")),),
    Formule.REPRISE_PERSONNEL: (
        TRAVAILLEES,
        Parametre("part_reprise", "Part du personnel repris", "%", maximum=CENT),
        TAUX,
    ),
}


@dataclass(frozen=True, slots=True)
class Resultat:
    """Les heures exactes, les heures arrondies, et le calcul écrit ligne à ligne comme on le ferait à la main."""

    exactes: Decimal
    heures: Decimal
    etapes: tuple[str, ...]


Etapes = tuple[Decimal, tuple[str, ...]]


def _mo_taux_cout(montant: Decimal, part_main_oeuvre: Decimal, taux: Decimal, cout_horaire: Decimal) -> Etapes:
    main_oeuvre = montant * part_main_oeuvre / CENT
    reserves = main_oeuvre * taux / CENT
    exactes = montant * part_main_oeuvre * taux / (CENT * CENT * cout_horaire)
    return exactes, (
        f"{euros(montant)} × {_taux(part_main_oeuvre)} = {euros(main_oeuvre)} de main-d'œuvre",
        f"{euros(main_oeuvre)} × {_taux(taux)} = {euros(reserves)} réservés à l'insertion",
        f"{euros(reserves)} ÷ {euros(cout_horaire)} par heure = {heures(exactes)}",
    )


def _heures_mo(montant: Decimal, part_main_oeuvre: Decimal, cout_horaire: Decimal, taux: Decimal) -> Etapes:
    heures_totales = montant * part_main_oeuvre / (CENT * cout_horaire)
    exactes = montant * part_main_oeuvre * taux / (CENT * CENT * cout_horaire)
    return exactes, (
        f"{euros(montant)} × {_taux(part_main_oeuvre)} ÷ {euros(cout_horaire)} par heure = "
        f"{heures(heures_totales)} de main-d'œuvre",
        f"{heures(heures_totales)} × {_taux(taux)} = {heures(exactes)}",
    )


def _pct_heures(heures_travaillees: Decimal, taux: Decimal) -> Etapes:
    exactes = heures_travaillees * taux / CENT
    return exactes, (f"{heures(heures_travaillees)} travaillées × {_taux(taux)} = {heures(exactes)}",)


def _etp(etp: Decimal, heures_par_etp: Decimal) -> Etapes:
    exactes = etp * heures_par_etp
    return exactes, (f"{nombre(etp)} ETP × {heures(heures_par_etp)} par an = {heures(exactes)}",)


def _tranche_euro(facture: Decimal, seuil: Decimal, euros_par_heure: Decimal) -> Etapes:
    au_dela = max(Decimal(0), facture - seuil)
    # Une heure par tranche entière : c'est la règle du contrat, aucun arrondi ne fait naître une heure commencée.
    exactes = (au_dela / euros_par_heure).to_integral_value(rounding=ROUND_FLOOR)
    return exactes, (
        f"{euros(facture)} facturés − {euros(seuil)} de seuil = {euros(au_dela)}",
        f"{euros(au_dela)} ÷ {euros(euros_par_heure)} = {heures(exactes)} entières",
    )


def _forfait(heures_fixees: Decimal) -> Etapes:
    return heures_fixees, (f"{heures(heures_fixees)} écrites au contrat",)


def _reprise_personnel(heures_travaillees: Decimal, part_reprise: Decimal, taux: Decimal) -> Etapes:
    nouvelles = heures_travaillees * (CENT - part_reprise) / CENT
    exactes = nouvelles * taux / CENT
    return exactes, (
        f"{heures(heures_travaillees)} × {_taux(CENT - part_reprise)} = {heures(nouvelles)} de personnel nouveau "
        f"({_taux(part_reprise)} du personnel est repris)",
        f"{heures(nouvelles)} × {_taux(taux)} = {heures(exactes)}",
    )


_FORMULES: Mapping[Formule, Callable[..., Etapes]] = {
    Formule.MO_TAUX_COUT: _mo_taux_cout,
    Formule.HEURES_MO: _heures_mo,
    Formule.PCT_HEURES: _pct_heures,
    Formule.ETP: _etp,
    Formule.TRANCHE_EURO: _tranche_euro,
    Formule.FORFAIT: _forfait,
    Formule.REPRISE_PERSONNEL: _reprise_personnel,
}


def calculer(formule: Formule, valeurs: Mapping[str, Decimal], arrondi: Arrondi = Arrondi.PLUS_PROCHE) -> Resultat:
    """Les heures d'une formule. Lève `ValeurRefusee` si une valeur manque ou sort de ses bornes."""
    arguments = [parametre.verifier(valeurs) for parametre in PARAMETRES[formule]]
    with localcontext(prec=PRECISION):
        exactes, etapes = _FORMULES[formule](*arguments)
        arrondies = arrondir_heures(exactes, arrondi)
    if arrondies != exactes:
        etapes = (*etapes, f"{Arrondi(arrondi).label.lower().capitalize()} : {heures(arrondies)}")
    return Resultat(exactes, arrondies, etapes)


def arrondir_heures(exactes: Decimal, arrondi: Arrondi = Arrondi.PLUS_PROCHE) -> Decimal:
    """À l'heure, selon le mode de la structure. Aucun texte n'impose de règle : le mode est un réglage."""
    return exactes.quantize(Decimal(1), rounding=MODES[Arrondi(arrondi)])


def avec_montant(formule: Formule, valeurs: Mapping[str, Decimal], montant: Decimal) -> dict[str, Decimal] | None:
    """Les mêmes valeurs pour un autre montant ; `None` si la formule ne part pas d'un montant."""
    if MONTANT not in PARAMETRES[formule]:
        return None
    return {**valeurs, "montant": montant}


def delta_proportionnel(heures_dues: Decimal, montant: Decimal, delta: Decimal, arrondi: Arrondi) -> Decimal:
    """Les heures qu'un avenant ajouterait à proportion du montant, quand aucun calcul n'est gardé."""
    with localcontext(prec=PRECISION):
        return arrondir_heures(heures_dues * (montant + delta) / montant, arrondi) - heures_dues


def repartir(total: Decimal, poids: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """Un total d'heures entières entre les membres d'un groupement, au prorata ; la somme rend toujours le total.

    Les heures qui restent après la part entière vont aux plus forts restes, puis dans l'ordre donné.
    """
    somme = sum(poids.values(), Decimal(0))
    if somme <= 0:
        return {cle: total if rang == 0 else Decimal(0) for rang, cle in enumerate(poids)}
    with localcontext(prec=PRECISION):
        exactes = {cle: total * part / somme for cle, part in poids.items()}
    parts = {cle: exacte.to_integral_value(rounding=ROUND_FLOOR) for cle, exacte in exactes.items()}
    reste = total - sum(parts.values(), Decimal(0))
    for cle in sorted(poids, key=lambda c: parts[c] - exactes[c]):
        if reste <= 0:
            break
        parts[cle] += min(reste, Decimal(1))
        reste -= 1
    return parts


def _taux(valeur: Decimal) -> str:
    return pourcent(valeur, max(0, -int(valeur.normalize().as_tuple().exponent)))
