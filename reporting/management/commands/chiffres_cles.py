import json
from collections.abc import Mapping
from decimal import Decimal

from django.core.management.base import BaseCommand
from django.utils import timezone

from reporting.calcul.registre import INDICATEURS
from reporting.lecture.lignes import charger
from reporting.management.choix import structure_nommee, verifier_annee
from socle.nombres import arrondir
from socle.periodes import Periode


class Command(BaseCommand):
    help = "Les chiffres clés d'une structure pour une année, tels qu'indicateurs.md les définit."

    def add_arguments(self, parser):
        parser.add_argument("--structure", required=True, help="identifiant court de la structure")
        parser.add_argument("--annee", required=True, type=int)
        parser.add_argument("--format", choices=["texte", "json"], default="texte")

    def handle(self, *args, structure: str, annee: int, **options):
        trouvee = structure_nommee(structure)
        verifier_annee(annee, derniere=timezone.localdate().year + 1)
        releve = charger(trouvee, Periode.annee(annee))
        chiffres = {indicateur.cle: en_nombre(indicateur(releve).valeur) for indicateur in INDICATEURS}
        if options["format"] == "json":
            self.stdout.write(json.dumps(chiffres, ensure_ascii=False, indent=2))
            return
        for indicateur in INDICATEURS:
            self.stdout.write(f"{indicateur.libelle} : {chiffres[indicateur.cle]}")


def en_nombre(valeur):
    """Un nombre JSON : entier quand il l'est, sinon deux décimales au plus."""
    if isinstance(valeur, Mapping):
        return {str(cle): en_nombre(v) for cle, v in valeur.items()}
    exact = arrondir(Decimal(valeur), 2)
    return int(exact) if exact == exact.to_integral_value() else float(exact)
