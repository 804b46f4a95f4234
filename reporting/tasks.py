"""Les travaux des bilans. Sans danger deux fois : une année préparée est notée, un point écrit a sa clé."""

from celery import shared_task

from reporting import services


@shared_task
def preparer_les_bilans() -> int:
    """Prépare le bilan de l'année finie des structures qui n'en ont pas, à partir du jour qu'elles ont réglé."""
    return len(services.preparer_les_bilans_annuels())


@shared_task
def envoyer_les_points() -> int:
    """Écrit le point du trimestre aux acheteurs des structures qui l'ont voulu."""
    return len(services.envoyer_les_points())
