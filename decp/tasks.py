from celery import shared_task

from decp.services import purger


@shared_task
def purger_imports() -> int:
    return purger()
