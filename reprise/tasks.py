from celery import shared_task

from reprise.services import listes, reprises


@shared_task
def purger_reprises() -> int:
    return reprises.purger() + listes.purger_listes()
