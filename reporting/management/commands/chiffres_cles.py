import json
from collections.abc import Mapping
from decimal import Decimal

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from comptes.enums import TypeOrganisation
from comptes.models import Organisation
from reporting.lecture import charger
from reporting.registre import INDICATEURS
from socle.nombres import arrondir
from socle.periodes import Periode

PREMIERE_ANNEE = 1990


class Command(BaseCommand):
    help = "Les chiffres clés d'une structure pour une année, tels qu'indicateurs.md les définit."

    def add_arguments(self, parser):
        parser.add_argument("--structure", required=True, help="identifiant court de la structure")
        parser.add_argument("--annee", required=True, type=int)
        parser.add_argument("--format", choices=["texte", "json"], default="texte")

    def handle(self, *args, structure: str, annee: int, **options):
        facilitatrices = Organisation.objects.filter(type=TypeOrganisation.FACILITATRICE)
        trouvee = facilitatrices.filter(slug=structure).first()
        if trouvee is None:
            raise CommandError(f"Aucune structure facilitatrice ne s'appelle « {structure} ».")
        if not PREMIERE_ANNEE <= annee <= timezone.localdate().year + 1:
            raise CommandError(f"L'année {annee} n'est pas entre {PREMIERE_ANNEE} et l'an prochain.")
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
