"""Ce qu'un responsable règle de sa structure : son logo, et les premiers pas qu'elle laisse de côté."""

import uuid

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from comptes.acteur import Acteur
from comptes.logos import redessiner
from comptes.models import Logo, Organisation, PasPasse
from comptes.papier_a_entete import LOGO
from comptes.permissions import peut_regler_sa_structure
from socle.models import Document
from socle.premiers_pas import tous_les_pas
from socle.regles import RegleViolee
from socle.services.enregistrement import verrouiller_la_structure
from socle.services.journal import declarer_actions, noter

declarer_actions(
    logo_depose="Logo déposé",
    logo_retire="Logo retiré",
    pas_passe="Premier pas laissé de côté",
    pas_repris="Premier pas repris",
)


def poser_logo(*, acteur: Acteur, fichier: UploadedFile) -> Logo:
    """Remplace le logo de la structure par cette image, redessinée."""
    peut_regler_sa_structure(acteur).exiger()
    structure = acteur.agit_pour
    try:
        image, (largeur, hauteur) = redessiner(fichier)
    except ValidationError as refus:
        raise ValidationError({"fichier": refus.messages}) from refus
    with transaction.atomic():
        verrouiller_la_structure(structure)
        _quitter_le_logo(structure)
        logo = Logo(structure=structure, largeur=largeur, hauteur=hauteur)
        logo.image.save(f"{uuid.uuid4()}.png", image, save=False)
        logo.save()
        noter(acteur=acteur, action="logo_depose", objet=structure)
    return logo


@transaction.atomic
def retirer_logo(*, acteur: Acteur) -> None:
    """Sans effet s'il n'y en a pas."""
    peut_regler_sa_structure(acteur).exiger()
    structure = acteur.agit_pour
    verrouiller_la_structure(structure)
    if _quitter_le_logo(structure):
        noter(acteur=acteur, action="logo_retire", objet=structure)


def _quitter_le_logo(structure: Organisation) -> bool:
    """Celui qu'un document porte reste, pour lui seul ; tout autre s'efface, une fois la ligne écrite."""
    logo = Logo.objects.en_place().filter(structure=structure).first()
    if logo is None:
        return False
    if Document.objects.filter(organisation=structure, **{f"parametres__{LOGO}": str(logo.uuid)}).exists():
        logo.retire_le = timezone.now()
        logo.save(update_fields=["retire_le", "modifie_le"])
        return True
    nom, stockage = str(logo.image.name), logo.image.storage
    logo.delete()
    transaction.on_commit(lambda: stockage.delete(nom))
    return True


@transaction.atomic
def passer_un_pas(*, acteur: Acteur, cle: str) -> None:
    """La structure laisse ce premier pas de côté. Sans effet la seconde fois."""
    peut_regler_sa_structure(acteur).exiger()
    if cle not in {pas.cle for pas in tous_les_pas()}:
        raise RegleViolee("Ce premier pas n'existe pas.")
    _, nouveau = PasPasse.objects.get_or_create(structure=acteur.agit_pour, cle=cle)
    if nouveau:
        noter(acteur=acteur, action="pas_passe", objet=acteur.agit_pour, nom=_titre(cle))


@transaction.atomic
def reprendre_un_pas(*, acteur: Acteur, cle: str) -> None:
    """Un pas laissé de côté se propose de nouveau. Sans effet s'il ne l'était pas."""
    peut_regler_sa_structure(acteur).exiger()
    otes, _ = PasPasse.objects.filter(structure=acteur.agit_pour, cle=cle).delete()
    if otes:
        noter(acteur=acteur, action="pas_repris", objet=acteur.agit_pour, nom=_titre(cle))


def _titre(cle: str) -> str:
    return next((pas.titre for pas in tous_les_pas() if pas.cle == cle), cle)
