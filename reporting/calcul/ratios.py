"""Les moyennes que les bilans publient : un chiffre divisé par un autre, à une décimale. Jamais sur un chiffre masqué."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from reporting.calcul.arrondis import est_connue, grandeur
from reporting.donnees import Chiffre
from socle.nombres import arrondir


@dataclass(frozen=True, slots=True)
class Ratio:
    cle: str
    par: str
    unite: str
    numerateur: str
    denominateur: str

    def valeur(self, chiffres: Mapping[str, Chiffre]) -> Decimal | None:
        """28 900 h pour 146 bénéficiaires → 197,9 ; rien quand l'un des deux manque, se cache ou vaut zéro."""
        haut, bas = chiffres[self.numerateur]["valeur"], chiffres[self.denominateur]["valeur"]
        if not (est_connue(haut) and est_connue(bas)) or not grandeur(bas):
            return None
        return arrondir(grandeur(haut) / grandeur(bas), 1 if self.unite == "h" else 2)


RATIOS = (
    Ratio("heures_par_beneficiaire", "bénéficiaire", "h", "heures_realisees", "beneficiaires"),
    Ratio("heures_par_contrat", "contrat", "h", "heures_realisees", "contrats"),
    Ratio("heures_par_marche_suivi", "marché suivi", "h", "heures_realisees", "marches_suivis"),
    Ratio("contrats_par_beneficiaire", "bénéficiaire", "", "contrats", "beneficiaires"),
)


def ratios(chiffres: Mapping[str, Chiffre]) -> list[tuple[Ratio, Decimal]]:
    """Ceux qui se calculent, dans l'ordre."""
    lus = ((ratio, ratio.valeur(chiffres)) for ratio in RATIOS)
    return [(ratio, valeur) for ratio, valeur in lus if valeur is not None]
