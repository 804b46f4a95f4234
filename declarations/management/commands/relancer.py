import json

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from declarations.enums import Palier
from declarations.relances.services.envois import Envoi
from declarations.relances.services.passage import preparer_relances, relancer
from socle.lecture import Illisible, lire_jour


class Command(BaseCommand):
    help = (
        "Relance les entreprises qui n'ont pas déclaré. À blanc par défaut : dit ce qui partirait, à qui. Rejouable : chaque "
        "palier d'une déclaration ne part qu'une fois, et une entreprise reçoit au plus un courriel par jour."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--le", metavar="AAAA-MM-JJ", help="le jour où l'on se place (aujourd'hui par défaut)")
        parser.add_argument("--pour-de-vrai", action="store_true", help="écrit et envoie les courriels")
        parser.add_argument("--format", choices=["texte", "json"], default="texte")

    def handle(self, *args, le: str | None, pour_de_vrai: bool, **options) -> None:
        try:
            jour = lire_jour(le) if le else timezone.localdate()
        except Illisible as erreur:
            raise CommandError(f"Jour illisible : « {le} ». Écrivez-le AAAA-MM-JJ, par exemple 2026-11-12.") from erreur
        envois = [self._dire(envoi) for envoi in (relancer(jour) if pour_de_vrai else preparer_relances(jour))]
        if options["format"] == "json":
            rapport = {"le": jour.isoformat(), "pour_de_vrai": pour_de_vrai, "relances": envois}
            self.stdout.write(json.dumps(rapport, ensure_ascii=False, indent=2))
            return
        self.stdout.write("Envoyé :" if pour_de_vrai else "À blanc, rien ne part. Avec --pour-de-vrai :")
        for envoi in envois:
            self.stdout.write("  {entreprise} · {palier} · {a} · {declarations}".format(**envoi))
        self.stdout.write(f"{len(envois)} entreprise{'s' if len(envois) > 1 else ''}.")

    @staticmethod
    def _dire(envoi: Envoi) -> dict:
        return {
            "entreprise": envoi.fiche.entreprise.raison_sociale,
            "palier": Palier(envoi.palier).label,
            "issue": envoi.issue.value,
            "a": envoi.destinataire,
            "copie_a": envoi.copie_a,
            "declarations": [
                f"{declaration.engagement.lot.marche.reference} {declaration.mois:%Y-%m}"
                for declaration, _ in envoi.declarations
            ],
        }
