from django.db import transaction

from comptes.acteur import Acteur
from marches.models import Operation
from marches.permissions import peut_gerer_les_marches
from socle.services.enregistrement import basculer_archive, changements, ecrire
from socle.services.journal import declarer_actions, noter

declarer_actions(
    operation_creee="Opération créée",
    operation_modifiee="Opération modifiée",
    operation_archivee="Opération archivée",
    operation_reactivee="Opération sortie de l'archive",
)


@transaction.atomic
def enregistrer_operation(*, acteur: Acteur, operation: Operation | None = None, **valeurs) -> Operation:
    """Crée l'opération, ou modifie celle qui est donnée."""
    peut_gerer_les_marches(acteur).exiger()
    creation = operation is None
    operation = operation or Operation(structure=acteur.organisation)
    changes = changements(operation, valeurs)
    ecrire(operation, valeurs)
    if creation:
        noter(acteur=acteur, action="operation_creee", objet=operation)
    elif changes:
        noter(acteur=acteur, action="operation_modifiee", objet=operation, champs=sorted(changes))
    return operation


@transaction.atomic
def archiver_operation(*, acteur: Acteur, operation: Operation, archiver: bool) -> None:
    peut_gerer_les_marches(acteur).exiger()
    if basculer_archive(operation, archiver=archiver):
        noter(acteur=acteur, action="operation_archivee" if archiver else "operation_reactivee", objet=operation)
