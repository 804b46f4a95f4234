import json
from collections.abc import Iterable

from django.core.management.base import BaseCommand, CommandError

from declarations.models import Declaration
from declarations.services.ouverture import mois_a_ouvrir_partout, ouvrir_mois
from socle.lecture import lire_mois
from socle.nombres import mois_annee
from socle.regles import RegleViolee


class Command(BaseCommand):
    help = (
        "Ouvre un mois : une déclaration attendue par engagement en exécution. À blanc par défaut ; rejouable : un second "
        "passage n'ajoute rien. Rien pour un marché suspendu, soldé ou abandonné."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("mois", metavar="AAAA-MM")
        parser.add_argument("--pour-de-vrai", action="store_true", help="ouvre les déclarations")
        parser.add_argument("--format", choices=["texte", "json"], default="texte")

    def handle(self, *args, mois: str, pour_de_vrai: bool, **options) -> None:
        en_json, lignes = options["format"] == "json", []

        def dire(declarations: Iterable[Declaration]) -> int:
            """Chaque ligne s'écrit à mesure : un mois de tout un pays ne se garde pas en mémoire."""
            nombre = 0
            for declaration in declarations:
                nombre += 1
                ligne = self._ligne(declaration)
                if en_json:
                    lignes.append(ligne)
                else:
                    self.stdout.write("  {marche} · {entreprise} · à déclarer avant le {echeance}".format(**ligne))
            return nombre

        try:
            lu = lire_mois(mois)
            nombre = ouvrir_mois(lu, dire=dire) if pour_de_vrai else dire(mois_a_ouvrir_partout(lu))
        except RegleViolee as refus:
            raise CommandError(refus.motif) from refus
        except ValueError as erreur:
            raise CommandError(f"Mois illisible : « {mois} ». Écrivez-le AAAA-MM, par exemple 2026-10.") from erreur
        if en_json:
            rapport = {"mois": f"{lu:%Y-%m}", "pour_de_vrai": pour_de_vrai, "declarations": lignes}
            self.stdout.write(json.dumps(rapport, ensure_ascii=False, indent=2))
            return
        verbe = "ouverte" if pour_de_vrai else "à ouvrir"
        accord = "s" if nombre > 1 and pour_de_vrai else ""
        self.stdout.write(f"{mois_annee(lu)} : {nombre} déclaration{'s' if nombre > 1 else ''} {verbe}{accord}.")

    @staticmethod
    def _ligne(declaration: Declaration) -> dict:
        engagement = declaration.engagement
        return {
            "marche": engagement.lot.marche.reference,
            "lot": engagement.lot.numero,
            "entreprise": engagement.entreprise.raison_sociale,
            "echeance": declaration.echeance.isoformat() if declaration.echeance else "",
        }
