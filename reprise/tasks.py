from celery import shared_task

from reprise.services import reprises


@shared_task
def purger_reprises() -> int:
    return reprises.purger()
