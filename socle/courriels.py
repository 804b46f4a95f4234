"""La boîte d'envoi : le « mailer » par défaut de Django écrit en base au lieu d'envoyer, y compris pour les bibliothèques."""

from django.core.mail.backends.base import BaseEmailBackend

from socle.models import Courriel
from socle.services.courriels import deposer


class BoiteDEnvoi(BaseEmailBackend):
    """Range chaque message, un destinataire par ligne ; le vrai envoi passe par le mailer « envoi »."""

    def send_messages(self, email_messages) -> int:
        for message in email_messages:
            html = next(
                (contenu for contenu, type_ in getattr(message, "alternatives", []) if type_ == "text/html"), ""
            )
            for destinataire in message.recipients():
                deposer(
                    Courriel(
                        destinataire=destinataire,
                        repondre_a=next(iter(message.reply_to), ""),
                        sujet=message.subject,
                        corps=message.body,
                        corps_html=html,
                    )
                )
        return len(email_messages)
