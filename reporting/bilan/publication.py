"""Ce qui sort de la structure : les petits effectifs masqués, puis les seuls chapitres de la variante."""

from reporting.bilan.masques import masquer
from reporting.bilan.synthese import indicateurs_de
from reporting.donnees import DonneesBilan
from reporting.variantes import MODELES


def a_publier(donnees: DonneesBilan) -> DonneesBilan:
    """Une copie masquée et élaguée. Masquer d'abord : un chiffre que la variante tait peut en trahir un autre."""
    publiees = masquer(donnees)
    modele = MODELES[donnees["variante"]]
    gardes = {indicateur.cle for indicateur in indicateurs_de(modele.chapitres)} & set(publiees["chiffres"])
    publiees["chiffres"] = {cle: chiffre for cle, chiffre in publiees["chiffres"].items() if cle in gardes}
    publiees["ordre"] = [cle for cle in publiees["ordre"] if cle in gardes]
    publiees["repartitions"] = {
        cle: publiees["repartitions"][cle] for cle in modele.repartitions if cle in publiees["repartitions"]
    }
    return publiees
