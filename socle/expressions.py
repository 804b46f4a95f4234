"""Des expressions de requête qui servent à plusieurs étages."""

from django.db.models import CharField, Value
from django.db.models.functions import Concat, Left


def initiales(chemin: str) -> Concat:
    """Les initiales d'une personne, au bout d'un chemin : « M. D. »."""
    morceaux = [Left(f"{chemin}__prenom", 1), Value(". "), Left(f"{chemin}__nom", 1), Value(".")]
    return Concat(*morceaux, output_field=CharField())
