from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from comptes.acteur import Acteur
from comptes.management.compte import compte_ou_erreur
from comptes.services import bloquer_compte, rouvrir_compte


class Command(BaseCommand):
    help = "Bloque le compte de quelqu'un et ferme ses sessions ; `--rouvrir` le rend. La personne reçoit un courriel."

    def add_arguments(self, parser) -> None:
        parser.add_argument("adresse", metavar="ADRESSE", help="l'adresse de courriel du compte")
        parser.add_argument("--rouvrir", action="store_true", help="rouvre un compte bloqué")

    def handle(self, *args, adresse: str, rouvrir: bool, **options) -> None:
        utilisateur = compte_ou_erreur(adresse)
        if rouvrir:
            rouvrir_compte(acteur=Acteur.exploitant(), utilisateur=utilisateur)
            self.stdout.write("Compte ouvert.")
            return
        try:
            bloquer_compte(acteur=Acteur.exploitant(), utilisateur=utilisateur)
        except ValidationError as refus:
            raise CommandError(" ".join(refus.messages)) from refus
        self.stdout.write("Compte bloqué, sessions fermées.")
