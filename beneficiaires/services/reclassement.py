"""Relire le quartier de tous les domiciles après l'import de nouveaux contours. Les décisions humaines restent."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from beneficiaires.enums import OrigineRattachement
from beneficiaires.models import RattachementQuartier
from beneficiaires.services.domiciles import motif_de_l_adresse, statut_calcule
from comptes.acteur import Acteur
from comptes.permissions import peut_administrer
from socle.services.masse import modifier_en_masse, par_paquets
from territoires.enums import Millesime
from territoires.services import classer_points

CHAMPS = ("statut", "quartier", "distance_m", "motif")


@dataclass
class RapportReclassement:
    lus: int = 0
    changes: int = 0


@transaction.atomic
def reclasser_domiciles(*, acteur: Acteur, millesime: Millesime) -> RapportReclassement:
    """Relit chaque rattachement calculé d'un millésime. Un bilan publié, lui, est figé avec ses données."""
    peut_administrer(acteur).exiger()
    rapport = RapportReclassement()
    calcules = RattachementQuartier.objects.filter(
        millesime=millesime, origine=OrigineRattachement.POLYGONE, domicile__latitude__isnull=False
    )
    for paquet in par_paquets(list(calcules.select_related("domicile__commune").order_by("pk"))):
        lieux: list[Any] = [  # tous situés : la lecture l'exige
            (ligne.domicile.longitude, ligne.domicile.latitude, ligne.domicile.commune) for ligne in paquet
        ]
        changes = []
        for ligne, reponse in zip(paquet, classer_points(lieux, millesime), strict=True):
            rapport.lus += 1
            if _relire(ligne, *reponse):
                changes.append(ligne)
        modifier_en_masse(changes, CHAMPS, acteur=acteur)
        rapport.changes += len(changes)
    return rapport


def _relire(ligne: RattachementQuartier, quartier: int | None, metres: float | None, motif: str) -> bool:
    """Pose ce qui est lu ; rend vrai si quelque chose change."""
    motif = motif_de_l_adresse(ligne.domicile) or motif
    statut = statut_calcule(dedans=quartier is not None, motif=motif)
    if (ligne.statut, ligne.quartier_id, ligne.motif) == (statut, quartier, motif):
        return False
    ligne.statut, ligne.quartier_id, ligne.motif = statut, quartier, motif
    ligne.distance_m = ligne.distance_m if metres is None else round(metres)
    return True
