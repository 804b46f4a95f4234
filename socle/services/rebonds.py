"""Les rebonds : une adresse qui ne reçoit plus. Le courriel le dit, et l'étage des contacts en tire la suite."""

import logging
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.module_loading import import_string

from socle.enums import TRANSITIONS_COURRIEL, EtatCourriel
from socle.models import AvisLu, Courriel
from socle.rebonds import Rebond, empreinte, lire_avis
from socle.regles import RegleViolee

journal_technique = logging.getLogger(__name__)


def signaler(adresse: str, structure_id: int | None) -> int:
    """Met en erreur les contacts à cette adresse (`SUITE_D_UN_REBOND`) ; sans structure, chez toutes. Rend leur nombre."""
    return import_string(settings.SUITE_D_UN_REBOND)(structure_id=structure_id, adresse=adresse)


@transaction.atomic
def consigner_rebond(*, motif: str, courriel: Courriel | None = None, adresse: str = "") -> int:
    """Note qu'un courriel est revenu, ou qu'une adresse ne reçoit plus ; rend le nombre de contacts mis en erreur.

    Sans `courriel`, le dernier écrit à cette adresse est celui qui est revenu. Consigné deux fois, rien ne change.
    """
    courriel = courriel or Courriel.objects.filter(destinataire__iexact=adresse).order_by("-cree_le", "-pk").first()
    if courriel is None and not adresse:
        raise RegleViolee("Dites quel courriel est revenu, ou quelle adresse ne reçoit plus.")
    if courriel is not None:
        courriel = Courriel.objects.select_for_update().get(pk=courriel.pk)
        courriel.etat = TRANSITIONS_COURRIEL.appliquer("refuser", courriel.etat)
        courriel.reponse = motif.strip()[:500]
        courriel.save(update_fields=["etat", "reponse", "modifie_le"])
    if adresse or courriel is None:
        return signaler(adresse, None)
    return signaler(courriel.destinataire, courriel.structure_id)


@transaction.atomic
def consigner_avis(octets: bytes) -> list[Rebond]:
    """Consigne les rebonds d'un avis de non-remise et les rend ; aucun s'il avait déjà été lu."""
    rebonds = lire_avis(octets)
    if not rebonds or not AvisLu.objects.get_or_create(empreinte=empreinte(octets))[1]:
        return []
    for rebond in rebonds:
        courriel = Courriel.objects.filter(uuid=rebond.courriel).first() if rebond.courriel else None
        # L'avis d'une copie nomme notre courriel, pas son destinataire : c'est l'adresse qui compte.
        if courriel and courriel.destinataire.lower() == rebond.adresse.lower():
            consigner_rebond(courriel=courriel, motif=rebond.motif)
        else:
            consigner_rebond(adresse=rebond.adresse, motif=rebond.motif)
    return rebonds


def lire_le_depot(dossier: Path) -> int:
    """Consigne les avis qu'un serveur de courrier dépose dans ce dossier (à plat, ou en Maildir) ; rend le nombre de rebonds.

    Lu, un avis s'efface : il porte des adresses. Celui qui ne se consigne pas se range à part, et n'arrête pas les autres.
    """
    consignes = 0
    for fichier in _avis_deposes(dossier):
        try:
            consignes += len(consigner_avis(fichier.read_bytes()))
            fichier.unlink()
        except (ValidationError, ValueError) as refus:
            journal_technique.error("Un avis de non-remise ne se consigne pas : %s", type(refus).__name__)
            fichier.rename(fichier.with_name(f".{fichier.name}.illisible"))
    return consignes


def _avis_deposes(dossier: Path) -> list[Path]:
    """Ni ce qui s'écrit encore (`tmp`, ou un nom caché), ni ce qui fut rangé à part."""
    fichiers = (fichier for sous in (".", "new", "cur") for fichier in dossier.joinpath(sous).glob("*"))
    return sorted(fichier for fichier in fichiers if fichier.is_file() and not fichier.name.startswith("."))


def nouveaux_rebonds(octets: bytes) -> list[Rebond]:
    """Ce que `consigner_avis` consignerait, sans rien écrire."""
    return [] if AvisLu.objects.filter(empreinte=empreinte(octets)).exists() else lire_avis(octets)


def adresses_en_erreur(adresses: Iterable[str]) -> set[str]:
    """Celles, parmi ces adresses, dont le dernier courriel conclu est revenu. Le suivant qui part les lève d'erreur."""
    suivants = Courriel.objects.filter(
        destinataire=OuterRef("destinataire"), etat=EtatCourriel.ENVOYE, pk__gt=OuterRef("pk")
    )
    refuses = Courriel.objects.filter(destinataire__in=list(adresses), etat=EtatCourriel.REFUSE)
    return set(refuses.filter(~Exists(suivants)).order_by().values_list("destinataire", flat=True))
