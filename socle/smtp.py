"""Le serveur d'envoi, et ce qu'il a répondu : Django ne garde ni le texte de l'accusé, ni les refus d'une partie des adresses."""

import email.policy
import smtplib
from typing import TYPE_CHECKING, cast

from django.core.mail.backends.smtp import EmailBackend

# Une classe mêlée à deux connexions : pour les types, elle en est une.
if TYPE_CHECKING:
    _Connexion = smtplib.SMTP
else:
    _Connexion = object


class _GardeLaReponse(_Connexion):
    """`smtplib` lit la réponse qui suit le message (souvent le numéro de file), puis l'oublie."""

    reponse = b""

    def data(self, msg):
        code, self.reponse = super().data(msg)
        return code, self.reponse


class _SMTP(_GardeLaReponse, smtplib.SMTP):
    pass


class _SMTPChiffre(_GardeLaReponse, smtplib.SMTP_SSL):
    pass


class EnvoiSMTP(EmailBackend):
    """`reponse` : le texte du dernier accusé ; `refus` : les adresses refusées alors qu'une autre était acceptée."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.reponse = ""
        self.refus: dict[str, tuple[int, bytes]] = {}

    @property
    def connection_class(self):
        return _SMTPChiffre if self.use_ssl else _SMTP

    def _send(self, email_message) -> bool:
        self.reponse, self.refus = "", {}
        expediteur = self.prep_address(email_message.from_email)
        adresses = {self.prep_address(adresse): adresse for adresse in email_message.recipients()}
        octets = email_message.message(policy=email.policy.SMTP).as_bytes()
        connexion = cast(_GardeLaReponse, self.connection)  # `send_messages` l'a ouverte
        try:
            refus = connexion.sendmail(expediteur, list(adresses), octets)
        except smtplib.SMTPRecipientsRefused as erreur:
            raise smtplib.SMTPRecipientsRefused(_par_adresse(erreur.recipients, adresses)) from erreur
        self.refus = _par_adresse(refus, adresses)
        self.reponse = connexion.reponse.decode(errors="replace")
        return True


def _par_adresse(refus: dict, adresses: dict[str, str]) -> dict:
    """Les refus, sous l'adresse telle qu'elle est écrite chez nous (un domaine accentué voyage autrement)."""
    return {adresses[voyagee]: reponse for voyagee, reponse in refus.items()}
