from django.core.management.base import BaseCommand

from comptes.acteur import Acteur
from comptes.management.compte import compte_ou_erreur
from comptes.services import oter_second_facteur


class Command(BaseCommand):
    help = (
        "Ôte la double authentification de quelqu'un qui a perdu son téléphone ou sa clé : son mot de passe suffit de nouveau. "
        "S'assurer d'abord que c'est bien elle qui le demande ; elle reçoit un courriel."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("adresse", metavar="ADRESSE", help="l'adresse de courriel du compte")

    def handle(self, *args, adresse: str, **options) -> None:
        avis = oter_second_facteur(acteur=Acteur.exploitant(), utilisateur=compte_ou_erreur(adresse))
        self.stdout.write(
            "Double authentification ôtée." if avis else "Ce compte n'avait pas de double authentification."
        )
