from celery import shared_task

from comptes import services


@shared_task
def rechiffrer_les_secrets() -> int:
    return services.rechiffrer_les_secrets()
