from celery import shared_task
from django.utils import timezone

from decp.services import appliquer_les_modifications, purger


@shared_task
def purger_imports() -> int:
    return purger()


@shared_task
def modifier_les_avis() -> int:
    return appliquer_les_modifications(timezone.localdate())
