import json
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from comptes.acteur import Acteur
from comptes.management.structures import structure_ou_erreur
from decp.lecture import lire
from decp.services import Rapport, comptes, importer

REFUS_MONTRES = 50
PAS = 10_000


class Command(BaseCommand):
    help = (
        "Lit un fichier de données essentielles (DECP) et propose les marchés du territoire. À blanc par défaut ; rejouable : "
        "un second passage n'ajoute rien. Un enregistrement illisible est dit et n'arrête pas les autres."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("fichier", type=Path, metavar="FICHIER.json")
        parser.add_argument("--structure", required=True, help="identifiant court de la structure")
        parser.add_argument("--pour-de-vrai", action="store_true", help="enregistre les avis")
        parser.add_argument("--format", choices=["texte", "json"], default="texte")

    def handle(self, *args, fichier: Path, structure: str, pour_de_vrai: bool, **options) -> None:
        if not fichier.is_file():
            raise CommandError(f"Fichier introuvable : {fichier}")
        rapport = importer(
            acteur=Acteur.systeme(structure_ou_erreur(structure)),
            enregistrements=lire(fichier),
            pour_de_vrai=pour_de_vrai,
            suivre=self._avancer,
        )
        if options["format"] == "json":
            self.stdout.write(json.dumps(rapport.en_json(), ensure_ascii=False, indent=2))
        else:
            self._raconter(rapport, ecrit=pour_de_vrai)

    def _avancer(self, lus: int) -> None:
        if lus % PAS == 0 and lus:
            self.stderr.write(f"{lus} enregistrements lus…")
            sys.stderr.flush()

    def _raconter(self, rapport: Rapport, *, ecrit: bool) -> None:
        self.stdout.write("Avis enregistrés." if ecrit else "À blanc : rien n'est écrit. Avec --pour-de-vrai :")
        for libelle, valeur in comptes(rapport.en_json()):
            self.stdout.write(f"  {libelle} : {valeur}")
        if rapport.interruption:
            self.stdout.write(self.style.WARNING(f"  lecture incomplète : {rapport.interruption}"))
        for refus in rapport.refus[:REFUS_MONTRES]:
            self.stdout.write(self.style.WARNING(f"  refusé, n° {refus.rang} {refus.identifiant} : {refus.motif}"))
        if rapport.refuses > REFUS_MONTRES:
            self.stdout.write(f"  … et {rapport.refuses - REFUS_MONTRES} autres refus (--format json)")
