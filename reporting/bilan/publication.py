"""Ce qui sort de la structure : les petits effectifs masqués, puis les seuls chapitres de la variante.

Une page qui se relit chaque jour ne montre aucun profil : deux jours de suite, leur différence décrirait quelqu'un, et rien ne
garde ce qui a été lu. Les profils se lisent dans les bilans remis, figés et comparés (`confrontation`).
"""

from reporting.bilan.confrontation import UNITES
from reporting.bilan.masques import masquer
from reporting.bilan.synthese import indicateurs_de
from reporting.donnees import DonneesBilan
from reporting.variantes import MODELES, Chapitre

# Les chapitres qui ne croisent personne avec un profil, un quartier ou une sortie.
SANS_PROFIL = (
    Chapitre.CHIFFRES_CLES,
    Chapitre.ACTIVITE,
    Chapitre.STRUCTURES,
    Chapitre.CONTRATS,
    Chapitre.MARCHES,
    Chapitre.MAITRES_OUVRAGE,
    Chapitre.ENTREPRISES,
    Chapitre.PROMOTION,
    Chapitre.REDACTION,
    Chapitre.DEFINITIONS,
    Chapitre.METHODE,
)


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


def sans_profils(publiees: DonneesBilan) -> DonneesBilan:
    """Les mêmes données publiées, sans rien qui croise des personnes : ce qu'une page relue chaque jour peut montrer."""
    heures_croisees = ("heures_qpv", "heures_rsa")
    chiffres = {
        cle: chiffre
        for cle, chiffre in publiees["chiffres"].items()
        if cle == "beneficiaires" or (chiffre["unite"] not in UNITES and cle not in heures_croisees)
    }
    return {
        **publiees,
        "chiffres": chiffres,
        "ordre": [cle for cle in publiees["ordre"] if cle in chiffres],
        "chapitres": [chapitre for chapitre in publiees["chapitres"] if chapitre in SANS_PROFIL],
        "repartitions": {cle: r for cle, r in publiees["repartitions"].items() if r["unite"] not in UNITES},
        "charte": None,
        "cartes": [],
    }
