"""Les réglages d'un travailleur à qui la file reprend ses tâches au bout de deux secondes."""

from clauses_sociales.settings import *  # noqa: F403
from clauses_sociales.settings import CELERY_BROKER_TRANSPORT_OPTIONS

CELERY_BROKER_TRANSPORT_OPTIONS = {
    **CELERY_BROKER_TRANSPORT_OPTIONS,
    "visibility_timeout": 2,
    "unacked_restore_interval": 1,
}
