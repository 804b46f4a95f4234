"""Les notes du parcours : la structure et le prescripteur y écrivent, chacun les siennes."""

from django.db import transaction

from beneficiaires.models import Beneficiaire, NoteParcours
from beneficiaires.permissions import peut_noter_le_parcours
from comptes.acteur import Acteur
from socle.services.enregistrement import ecrire, verrouiller
from socle.services.journal import declarer_actions, noter
from socle.services.portee import exiger_la_portee

declarer_actions(note_parcours="Note de parcours ajoutée")


@transaction.atomic
def noter_parcours(*, acteur: Acteur, beneficiaire: Beneficiaire, **valeurs) -> NoteParcours:
    """Ajoute une note datée. Celle d'un prescripteur est toujours lue par la structure."""
    beneficiaire = verrouiller(Beneficiaire.objects.select_related("structure"), acteur, beneficiaire)
    peut_noter_le_parcours(acteur, beneficiaire).exiger()
    exiger_la_portee(acteur, valeurs)
    note = NoteParcours(beneficiaire=beneficiaire, organisation=acteur.organisation, auteur=acteur.utilisateur)
    ecrire(note, valeurs)
    noter(acteur=acteur, action="note_parcours", objet=beneficiaire, structure=beneficiaire.structure)
    return note
