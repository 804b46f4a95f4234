import json
from collections.abc import Iterable
from dataclasses import asdict
from decimal import Decimal

from django.core.management.base import BaseCommand, CommandError

from comptes.enums import TypeOrganisation
from comptes.models import Organisation
from pronostic.evaluation import Evaluation, evaluer
from pronostic.lecture import engagements_finis


class Command(BaseCommand):
    help = (
        "Éprouve l'alerte sur les engagements finis : rejoue ce qu'on aurait annoncé quelques mois avant la fin (mois validés, "
        "contrats et avenants connus alors) et le confronte à ce qui est arrivé. N'écrit rien."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--structure", metavar="SLUG", help="une seule structure (toutes par défaut)")
        parser.add_argument("--mois-avant", type=int, default=2, help="combien de mois avant la fin (2 par défaut)")
        parser.add_argument("--format", choices=["texte", "json"], default="texte")

    def handle(self, *args, structure: str | None, mois_avant: int, **options) -> None:
        if not 1 <= mois_avant <= 60:
            raise CommandError("Choisissez de 1 à 60 mois avant la fin.")
        evaluation = evaluer(engagements_finis(self._structure(structure)), mois_avant)
        if options["format"] == "json":
            self.stdout.write(json.dumps(asdict(evaluation), ensure_ascii=False, indent=2, default=_nombre))
        else:
            self._dire(evaluation)

    @staticmethod
    def _structure(slug: str | None) -> Organisation | None:
        if slug is None:
            return None
        trouvee = Organisation.objects.filter(slug=slug, type=TypeOrganisation.FACILITATRICE).first()
        if trouvee is None:
            raise CommandError(f"Aucune structure « {slug} ».")
        return trouvee

    def _dire(self, e: Evaluation) -> None:
        if not e.engagements:
            self.stdout.write("Aucun engagement fini qui devait des heures.")
            return
        self.stdout.write(f"{e.engagements} engagements finis, vus {e.mois_avant} mois avant leur fin.")
        self.stdout.write(f"  manqués {e.manques}, signalés {e.signales}, dont à raison {e.signales_a_raison}")
        parts = (
            ("rappel", e.rappel, "des manqués étaient signalés"),
            ("précision", e.precision, "des signalés ont manqué"),
            ("fausses alertes", e.fausses_alertes, "des signalés ont tenu"),
            ("tenus signalés", e.tenus_signales, "des tenus étaient signalés"),
            ("intervalle", e.couverture_intervalle, "des fins y tombent (80 visés)"),
            ("erreur médiane", e.erreur_mediane, "des heures dues, entre projeté et réalisé"),
        )
        self._ecrire(parts)
        self.stdout.write(f"  rouge et ambre ensemble : {e.surveilles}, dont à raison {e.surveilles_a_raison}")
        self._ecrire(
            (
                ("rappel", e.rappel_surveilles, "des manqués l'étaient"),
                ("précision", e.precision_surveilles, "d'entre eux ont manqué"),
            )
        )
        self.stdout.write(
            f"  ligne naïve (règle de trois) : {e.signales_naive}, dont à raison {e.signales_a_raison_naive}"
        )
        self._ecrire(
            (
                ("rappel", e.rappel_naive, "des manqués l'étaient"),
                ("précision", e.precision_naive, "d'entre eux ont manqué"),
            )
        )
        self.stdout.write(f"  erreurs : {e.erreurs} rouge et ambre, {e.erreurs_naive} pour la ligne naïve")

    def _ecrire(self, parts: Iterable[tuple[str, Decimal | None, str]]) -> None:
        for nom, valeur, sens in parts:
            ecrite = "sans objet" if valeur is None else f"{str(valeur).replace('.', ',')} % {sens}"
            self.stdout.write(f"  {nom} : {ecrite}")


def _nombre(valeur: object) -> float:
    if isinstance(valeur, Decimal):
        return float(valeur)
    raise TypeError(type(valeur).__name__)
