from django.core.management.base import BaseCommand

from comptes.services import rechiffrer_les_secrets, secrets_illisibles


class Command(BaseCommand):
    help = (
        "Remet sous la SECRET_KEY du jour les secrets de la double authentification, avant de retirer SECRET_KEY_FALLBACKS ; "
        "un passage le fait aussi chaque heure."
    )

    def handle(self, *args, **options) -> None:
        faits, illisibles = rechiffrer_les_secrets(), secrets_illisibles()
        self.stdout.write(f"Secrets rechiffrés : {faits}. Illisibles : {len(illisibles)}.")
