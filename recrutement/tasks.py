"""Les travaux du recrutement. Sans danger deux fois : une relance se date par partenaire."""

from celery import shared_task

from recrutement.services import relancer_avant_la_date_limite


@shared_task
def rappeler_les_offres() -> int:
    """Rappelle aux partenaires les offres dont la date limite approche."""
    return relancer_avant_la_date_limite()
