"""Ce que `manage.py verifier` contrôle des heures : le compteur de chaque engagement est la somme de ses lignes validées."""

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Sum

from declarations.models import LigneHeures
from marches.models import Engagement
from socle.verifications import controle

CENTIEME = Decimal("0.01")


@controle("Heures réalisées : chaque compteur est la somme de ses lignes validées")
def compteurs() -> Iterator[str]:
    lignes = LigneHeures.objects.validees().order_by().values_list("declaration__engagement")
    sommes = dict(lignes.annotate(total=Sum("heures")))
    for cle, compteur in Engagement.objects.order_by("pk").values_list("pk", "heures_realisees").iterator():
        somme = Decimal(sommes.get(cle) or 0).quantize(CENTIEME)
        if somme != compteur:
            yield f"engagement {cle} : {compteur} h au compteur, {somme} h dans ses lignes"
