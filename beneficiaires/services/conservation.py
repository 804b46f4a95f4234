"""Au terme de sa conservation, un dossier perd tout ce qui reconnaît la personne ; ses chiffres restent."""

from django.db import transaction
from django.utils import timezone

from beneficiaires.models import Beneficiaire
from beneficiaires.permissions import peut_gerer_les_dossiers
from comptes.acteur import Acteur
from socle.conservation import reduire
from socle.services.enregistrement import verrouiller
from socle.services.journal import declarer_actions, noter

declarer_actions(dossier_anonymise="Dossier anonymisé au terme de sa conservation")


@transaction.atomic
def anonymiser_dossier(*, acteur: Acteur, beneficiaire: Beneficiaire) -> bool:
    """Réduit le dossier et ses faits selon `retention.py`. Sans danger deux fois ; rend vrai la première."""
    peut_gerer_les_dossiers(acteur).exiger()
    personne = verrouiller(Beneficiaire.objects, acteur, beneficiaire)
    if personne.anonymise_le:
        return False
    for domicile in personne.domiciles.all():
        for rattachement in domicile.rattachements.all():
            reduire(rattachement)
        reduire(domicile)
    for faits in (personne.criteres, personne.niveaux, personne.inscriptions):
        for fait in faits.all():
            reduire(fait)
    personne.notes_parcours.all().delete()
    personne.anonymise_le = timezone.now()
    personne.archive_le = personne.archive_le or personne.anonymise_le
    reduire(personne)
    noter(acteur=acteur, action="dossier_anonymise", objet=personne, structure=personne.structure)
    return True
