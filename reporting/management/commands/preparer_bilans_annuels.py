from django.core.management.base import BaseCommand

from reporting.management.choix import jour_choisi
from reporting.services import bilans_a_preparer, preparer_les_bilans_annuels


class Command(BaseCommand):
    help = (
        "Prépare le brouillon du bilan de l'année finie des structures qui n'en ont pas, et prévient leurs responsables. À blanc "
        "par défaut. Rejouable : une année ne se prépare d'office qu'une fois."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--le", metavar="AAAA-MM-JJ", help="le jour où l'on se place (aujourd'hui par défaut)")
        parser.add_argument("--pour-de-vrai", action="store_true", help="prépare les brouillons et écrit les courriels")

    def handle(self, *args, le: str | None, pour_de_vrai: bool, **options) -> None:
        jour = jour_choisi(le)
        if pour_de_vrai:
            noms = [f"{bilan.structure.nom} : {bilan.nom}" for bilan in preparer_les_bilans_annuels(jour)]
        else:
            noms = [f"{structure.nom} : bilan {jour.year - 1}" for structure in bilans_a_preparer(jour)]
        self.stdout.write("Préparé :" if pour_de_vrai else "À blanc, rien n'est préparé. Avec --pour-de-vrai :")
        for nom in noms:
            self.stdout.write(f"  {nom}")
        self.stdout.write(f"{len(noms)} bilan{'s' if len(noms) > 1 else ''}.")
