from django.core.management.base import BaseCommand

from reporting.management.choix import jour_choisi
from reporting.services import envoyer_les_points, points_a_envoyer


class Command(BaseCommand):
    help = (
        "Écrit le point du trimestre fini aux maîtres d'ouvrage des structures qui l'ont voulu. À blanc par défaut. Rejouable : "
        "chaque membre ne reçoit qu'une fois le point d'une structure pour un trimestre."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--le", metavar="AAAA-MM-JJ", help="le jour où l'on se place (aujourd'hui par défaut)")
        parser.add_argument("--pour-de-vrai", action="store_true", help="écrit et envoie les courriels")

    def handle(self, *args, le: str | None, pour_de_vrai: bool, **options) -> None:
        jour = jour_choisi(le)
        points = envoyer_les_points(jour) if pour_de_vrai else list(points_a_envoyer(jour))
        self.stdout.write("Envoyé :" if pour_de_vrai else "À blanc, rien ne part. Avec --pour-de-vrai :")
        for point in points:
            self.stdout.write(f"  {point.structure.nom} → {point.acheteur.nom} · {len(point.membres)} courriel(s)")
            for phrase in point.phrases:
                self.stdout.write(f"    {phrase}")
        self.stdout.write(f"{len(points)} point{'s' if len(points) > 1 else ''}.")
