"""Les relevés et bulletins joints à une déclaration : reconnus, gardés hors du web, retirés sans être perdus."""

import uuid

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from comptes.acteur import Acteur
from declarations.models import Declaration, Justificatif
from declarations.services.declarations import ouvrir
from socle.fichiers import PAPIERS, nom_propre, recevoir
from socle.regles import RegleViolee
from socle.services.journal import declarer_actions, noter

declarer_actions(justificatif_joint="Justificatif joint", justificatif_retire="Justificatif retiré")
JUSTIFICATIFS_MAX = 5
FORMATS_JUSTIFICATIF = "PDF, JPEG ou PNG"


@transaction.atomic
def deposer_justificatif(
    *, acteur: Acteur, declaration: Declaration, fichier: UploadedFile, declarant: str = ""
) -> Justificatif:
    """Garde un fichier dont le contenu est bien celui d'un format permis. Le même, déposé deux fois, n'est gardé qu'une."""
    declaration = ouvrir(acteur, declaration)
    nom = nom_propre(fichier.name or "")
    recu = recevoir(fichier, nom, PAPIERS, FORMATS_JUSTIFICATIF)
    joints = list(declaration.justificatifs.joints())
    if deja := next((joint for joint in joints if joint.empreinte == recu.empreinte), None):
        return deja
    if len(joints) >= JUSTIFICATIFS_MAX:
        raise RegleViolee(f"{JUSTIFICATIFS_MAX} fichiers sont déjà joints : retirez-en un d'abord.", champ="fichier")
    justificatif = Justificatif(
        declaration=declaration,
        nom=nom,
        type_mime=recu.type_mime,
        taille=recu.taille,
        empreinte=recu.empreinte,
        depose_par=acteur.utilisateur.email if acteur.utilisateur else declarant,
    )
    justificatif.fichier.save(f"{justificatif.uuid}.{nom.rpartition('.')[2].lower()}", recu.contenu, save=False)
    justificatif.save()
    _noter(acteur, declaration, "justificatif_joint")
    return justificatif


@transaction.atomic
def retirer_justificatif(*, acteur: Acteur, declaration: Declaration, justificatif: uuid.UUID) -> None:
    """Sort le fichier des pages ; il reste le temps de s'en repentir."""
    declaration = ouvrir(acteur, declaration)
    joint = declaration.justificatifs.joints().filter(uuid=justificatif).first()
    if joint:
        joint.retire_le = timezone.now()
        joint.save()
        _noter(acteur, declaration, "justificatif_retire")


def _noter(acteur: Acteur, declaration: Declaration, action: str) -> None:
    marche = declaration.engagement.lot.marche
    noter(acteur=acteur, action=action, objet=marche, structure=marche.structure, mois=declaration.mois)
