from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from comptes.acteur import Acteur
from comptes.enums import Role
from comptes.models import Adhesion, Invitation
from comptes.services import inviter_administrateur, renvoyer_invitation
from socle.nombres import jour


class Command(BaseCommand):
    help = (
        "Invite un administrateur du service : le premier compte d'une installation neuve. Rejouée tant que l'invitation "
        "attend, elle la renvoie ; --lien imprime aussi le lien, pour qui n'a pas encore réglé l'envoi des courriels."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("adresse", metavar="ADRESSE", help="adresse de courriel de l'administrateur")
        parser.add_argument("--lien", action="store_true", help="imprime le lien d'invitation, qui ne sert qu'une fois")

    def handle(self, *args, adresse: str, lien: bool, **options) -> None:
        adresse = adresse.strip().lower()
        if Adhesion.objects.en_vigueur().filter(role=Role.ADMINISTRATEUR, utilisateur__email=adresse).exists():
            self.stdout.write(f"{adresse} est déjà administrateur : rien à changer.")
            return
        try:
            validate_email(adresse)
            invitation = self._inviter(adresse)
        except ValidationError as refus:
            raise CommandError(" ".join(refus.messages)) from refus
        self.stdout.write(f"Invitation écrite à {adresse} : elle ouvre le compte d'administrateur.")
        if lien:
            self.stdout.write(f"À ouvrir une fois, avant le {jour(invitation.expire_le)} : {invitation.lien}")

    @staticmethod
    def _inviter(adresse: str) -> Invitation:
        en_attente = Invitation.objects.en_attente().filter(role=Role.ADMINISTRATEUR, email=adresse).first()
        if en_attente is None:
            return inviter_administrateur(acteur=Acteur.exploitant(), email=adresse)
        return renvoyer_invitation(acteur=Acteur.exploitant(), invitation=en_attente)
