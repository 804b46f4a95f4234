from django.db import transaction

from comptes.acteur import Acteur
from marches.models import Operation
from marches.permissions import peut_gerer_les_marches
from socle.services.enregistrement import basculer_archive, ecrire, modifier, verrouiller
from socle.services.journal import declarer_actions, noter
from socle.services.portee import exiger_la_portee

declarer_actions(
    operation_creee="Opération créée",
    operation_modifiee="Opération modifiée",
    operation_archivee="Opération archivée",
    operation_reactivee="Opération sortie de l'archive",
)


@transaction.atomic
def creer_operation(*, acteur: Acteur, **valeurs) -> Operation:
    peut_gerer_les_marches(acteur).exiger()
    exiger_la_portee(acteur, valeurs)
    operation = Operation(structure=acteur.organisation)
    ecrire(operation, valeurs)
    noter(acteur=acteur, action="operation_creee", objet=operation)
    return operation


@transaction.atomic
def modifier_operation(*, acteur: Acteur, operation: Operation, **valeurs) -> Operation:
    peut_gerer_les_marches(acteur).exiger()
    operation = verrouiller(Operation.objects, acteur, operation)
    modifier(operation, valeurs, acteur=acteur, action="operation_modifiee")
    return operation


@transaction.atomic
def archiver_operation(*, acteur: Acteur, operation: Operation, archiver: bool) -> None:
    peut_gerer_les_marches(acteur).exiger()
    operation = verrouiller(Operation.objects, acteur, operation)
    if basculer_archive(operation, archiver=archiver):
        noter(acteur=acteur, action="operation_archivee" if archiver else "operation_reactivee", objet=operation)
