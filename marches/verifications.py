"""Ce que `manage.py verifier` contrôle des marchés : les sommes tenues par les services, et ce qui est signé."""

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Sum

from marches.models import Engagement, Redaction
from marches.services.redaction import empreinte
from socle.verifications import controle

CENTIEME = Decimal("0.01")


@controle("Heures dues : chaque engagement a la somme de ses avenants")
def avenants() -> Iterator[str]:
    sommes = Engagement.objects.annotate(somme=Sum("avenants__heures_delta")).order_by("pk")
    for engagement in sommes.only("heures_avenants").iterator():
        somme = Decimal(engagement.somme or 0).quantize(CENTIEME)
        if somme != engagement.heures_avenants:
            yield f"engagement {engagement.pk} : {engagement.heures_avenants} h d'avenants, leur somme est {somme}"


@controle("Textes produits : chacun a son empreinte")
def redactions() -> Iterator[str]:
    for redaction in Redaction.objects.order_by("pk").iterator():
        if empreinte(redaction.pieces, redaction.nombres) != redaction.empreinte:
            yield f"rédaction {redaction.pk} : ses textes ne sont plus ceux de son empreinte"
