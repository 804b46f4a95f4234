"""Les sessions expirées : elles gardent, entre autres, les noms cherchés (`socle.recherches`), qui n'ont plus à l'être."""

from django.contrib.sessions.models import Session
from django.utils import timezone


def purger_sessions() -> int:
    """Efface les sessions expirées ; rend leur nombre."""
    return Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]
