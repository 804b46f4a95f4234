"""« À faire » : chaque étage déclare ce qui attend quelqu'un ; l'accueil lit tout en deux requêtes."""

from socle.a_faire.dossier import Dossier, dossier_de
from socle.a_faire.registre import Attente, Calculee, Lue, source
from socle.a_faire.tableau import Demande, Tableau, lignes_a_faire, tableau_de

__all__ = [
    "Attente",
    "Calculee",
    "Demande",
    "Dossier",
    "Lue",
    "Tableau",
    "dossier_de",
    "lignes_a_faire",
    "source",
    "tableau_de",
]
