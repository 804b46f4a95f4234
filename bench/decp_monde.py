"""La structure qui importe, dans la base jetable de `bench.decp`."""

from pathlib import Path

from comptes.acteur import Acteur
from comptes.services import creer_structure
from decp.lecture import lire
from decp.services import Rapport, importer
from territoires.models import Commune
from territoires.services import definir_territoire


def preparer() -> Acteur:
    structure = creer_structure(acteur=Acteur.exploitant(), slug="mesure", nom="Mesure")
    acteur = Acteur.systeme(structure)
    Commune.objects.create(
        code_insee="50129", nom="Cherbourg-en-Cotentin", code_departement="50", codes_postaux="50100"
    )
    definir_territoire(acteur=acteur, structure=structure, communes=Commune.objects.all(), nom="Mesure")
    return acteur


def importer_une_fois(acteur: Acteur, fichier: Path, pour_de_vrai: bool) -> Rapport:
    return importer(acteur=acteur, enregistrements=lire(fichier), pour_de_vrai=pour_de_vrai)
