"""Le bail d'un document : un fil le renouvelle tant que le travailleur vit ; s'il meurt, le bail s'éteint en trente secondes.

Le fil a sa propre connexion : l'avancement se lit même pendant qu'une longue transaction écrit, et celle-ci ne verrouille
pas la ligne du document.
"""

import datetime
import logging
import threading

from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connection, connections
from django.utils import timezone

from socle.enums import EtatDocument
from socle.models import Document
from socle.querysets import QuerySetDomaine

journal_technique = logging.getLogger(__name__)

# Avec le passage périodique (toutes les vingt secondes), un travail interrompu reprend en moins d'une minute.
BAIL = datetime.timedelta(seconds=30)
BATTEMENT = 8.0  # secondes ; deux battements manqués ne font pas perdre le bail


def tenu(document: Document) -> QuerySetDomaine:
    """La ligne du document, si cet essai la tient encore : un travailleur que l'on croyait mort n'écrit plus rien."""
    return Document.objects.filter(pk=document.pk, etat=EtatDocument.EN_COURS, tentatives=document.tentatives)


class Suivi:
    """L'avancement que la page du document montre, `suivi(40, "Graphiques")`, et le bail renouvelé le temps du bloc `with`."""

    def __init__(self, document: Document):
        self.document = document
        self._avancement = {"progression": 0, "etape": ""}
        self._fini = threading.Event()
        self._fil = threading.Thread(target=self._battre, name=f"bail-{document.pk}", daemon=True)
        self._principale = connections[DEFAULT_DB_ALIAS]
        self._transactions = len(self._principale.atomic_blocks)

    def __enter__(self) -> "Suivi":
        self._fil.start()
        return self

    def __exit__(self, *erreur: object) -> None:
        self._fini.set()
        self._fil.join(BATTEMENT)

    def __call__(self, progression: int, etape: str) -> None:
        self._avancement = {"progression": progression, "etape": etape}
        if len(self._principale.atomic_blocks) == self._transactions:  # sinon, le fil l'écrira
            self.renouveler()

    def renouveler(self) -> bool:
        """Prolonge le bail et écrit l'avancement ; faux si un autre a repris le document."""
        return bool(tenu(self.document).update(**self._avancement, pris_jusqu_a=timezone.now() + BAIL))

    def _battre(self) -> None:
        try:
            while not self._fini.wait(BATTEMENT):
                if connection.vendor == "sqlite" and self._principale.in_atomic_block:
                    continue  # un seul écrit à la fois : personne d'autre ne pourrait prendre le document
                try:
                    self.renouveler()
                except (DatabaseError, InterfaceError) as panne:  # la base répondra peut-être au battement suivant
                    journal_technique.warning("Bail du document %s non renouvelé : %s", self.document.uuid, panne)
                    connection.close()
        finally:
            connection.close()
