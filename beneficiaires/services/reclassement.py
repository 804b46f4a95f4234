"""Relire le quartier de tous les domiciles après l'import de nouveaux contours. Les décisions humaines restent."""

from dataclasses import dataclass

from django.db import transaction

from beneficiaires.enums import OrigineRattachement, StatutQuartier
from beneficiaires.models import RattachementQuartier
from beneficiaires.services.domiciles import SCORE_A_VERIFIER
from comptes.acteur import Acteur
from comptes.permissions import peut_administrer
from socle.services.masse import modifier_en_masse, par_paquets
from territoires.enums import Millesime
from territoires.services import classer_points

CHAMPS = ("statut", "quartier", "distance_m")


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
    for paquet in par_paquets(list(calcules.select_related("domicile").order_by("pk"))):
        lieux = [(ligne.domicile.longitude, ligne.domicile.latitude) for ligne in paquet]
        changes = []
        for ligne, (quartier, metres) in zip(paquet, classer_points(lieux, millesime), strict=True):
            rapport.lus += 1
            if _relire(ligne, quartier, metres):
                changes.append(ligne)
        modifier_en_masse(changes, CHAMPS, acteur=acteur)
        rapport.changes += len(changes)
    return rapport


def _relire(ligne: RattachementQuartier, quartier: int | None, metres: float | None) -> bool:
    """Pose le statut lu ; rend vrai s'il change. Près d'un bord ou d'une adresse douteuse : à vérifier."""
    incertaine = metres is not None or (ligne.score is not None and ligne.score < SCORE_A_VERIFIER)
    dans_ou_hors = StatutQuartier.OUI if quartier else StatutQuartier.NON
    statut = StatutQuartier.A_VERIFIER if incertaine else dans_ou_hors
    if (ligne.statut, ligne.quartier_id) == (statut, quartier):
        return False
    ligne.statut, ligne.quartier_id = statut, quartier
    ligne.distance_m = ligne.distance_m if metres is None else round(metres)
    return True
