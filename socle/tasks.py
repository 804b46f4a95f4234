"""Les travaux du socle : chacun charge, appelle un service, rend un compte. Sans danger deux fois, ni tués en route."""

from celery import current_app, shared_task
from django.conf import settings

from socle.models import Document
from socle.services import analyses, courriels, documents, rebonds, sessions
from socle.services.lots import pour_chacun, travail


@shared_task
def envoyer_courriel(courriel_id: int) -> int:
    return int(courriels.envoyer(courriel_id))


@shared_task
@travail("Courriels à envoyer")
def envoyer_courriels_en_attente() -> int:
    """Un lot, sur une connexion ; la suite se remet dans la file, derrière ce qui attend."""
    partis, encore = courriels.envoyer_lot()
    if encore:
        envoyer_courriels_en_attente.delay()
    return partis


@shared_task
def analyser_depots() -> int:
    """Fait lire par l'antivirus ce qui attend. Sans danger deux fois : un fichier lu n'attend plus."""
    return analyses.analyser_les_depots()


@shared_task
def purger_courriels() -> int:
    return courriels.purger_les_corps()


@shared_task
def fabriquer_document(document_id: int) -> int:
    """Un PDF, dans sa file : une mise en page longue ne retarde ni un courriel, ni le classeur que l'on reprend."""
    return int(documents.fabriquer(document_id))


@shared_task
def traiter_document(document_id: int) -> int:
    """Un fichier déposé à lire ou un classeur à écrire, dans la file courante."""
    return int(documents.fabriquer(document_id))


@shared_task
@travail("Documents à reprendre")
def reprendre_documents() -> int:
    a_reprendre = Document.objects.filter(pk__in=documents.a_reprendre()).order_by("cree_le", "pk")
    return sum(pour_chacun(a_reprendre.only("uuid"), _redonner))


def _redonner(document: Document) -> int:
    current_app.tasks[documents.tache_du_document(document.pk)].delay(document.pk)
    return 1


@shared_task
def purger_documents() -> int:
    return documents.purger()


@shared_task
def purger_sessions() -> int:
    return sessions.purger_sessions()


@shared_task
def lire_les_rebonds() -> int:
    """Ce que le serveur de courrier a déposé depuis le dernier passage."""
    return rebonds.lire_le_depot(settings.REBONDS_DOSSIER)
