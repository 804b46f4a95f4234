import datetime

from django.db import transaction
from django.utils import timezone

from beneficiaires.enums import OrigineRattachement, StatutQuartier
from beneficiaires.models import Beneficiaire, Domicile, RattachementQuartier
from beneficiaires.permissions import peut_modifier_dossier
from beneficiaires.services.faits import succeder
from comptes.acteur import Acteur
from socle.regles import RegleViolee
from socle.services.enregistrement import ecrire
from socle.services.journal import noter
from territoires.enums import DEBUT_GEOGRAPHIE_2024, Millesime
from territoires.models import QuartierPrioritaire
from territoires.services import quartier_a

# Un jour où chaque millésime est en vigueur : le rattachement se calcule pour les deux géographies.
JOUR_DU_MILLESIME = {
    Millesime.GEOGRAPHIE_2015: DEBUT_GEOGRAPHIE_2024 - datetime.timedelta(days=1),
    Millesime.GEOGRAPHIE_2024: DEBUT_GEOGRAPHIE_2024,
}


@transaction.atomic
def declarer_domicile(
    *, acteur: Acteur, beneficiaire: Beneficiaire, depuis: datetime.date | None = None, **adresse
) -> Domicile:
    """Enregistre où la personne habite à partir d'une date, et cherche son quartier dans chaque millésime."""
    peut_modifier_dossier(acteur, beneficiaire).exiger()
    domicile = succeder(beneficiaire.domiciles, Domicile(beneficiaire=beneficiaire), depuis, adresse)
    rattacher(domicile)
    noter(acteur=acteur, action="domicile_declare", objet=beneficiaire)
    return domicile


def rattacher(domicile: Domicile) -> None:
    """Une ligne par millésime : par le contour si l'on a des coordonnées, sinon à vérifier. Une décision humaine reste."""
    decides = set(
        domicile.rattachements.filter(origine=OrigineRattachement.DECISION).values_list("millesime", flat=True)
    )
    for millesime in Millesime:
        if millesime in decides:
            continue
        RattachementQuartier.objects.update_or_create(
            domicile=domicile, millesime=millesime, defaults=_rattachement_calcule(domicile, millesime)
        )


def _rattachement_calcule(domicile: Domicile, millesime: int) -> dict:
    if domicile.latitude is None or domicile.longitude is None:
        return {
            "statut": StatutQuartier.A_VERIFIER,
            "quartier": None,
            "distance_m": None,
            "origine": OrigineRattachement.POLYGONE,
        }
    lieu = quartier_a(
        latitude=domicile.latitude, longitude=domicile.longitude, le=JOUR_DU_MILLESIME[Millesime(millesime)]
    )
    dans_ou_hors = StatutQuartier.OUI if lieu.quartier else StatutQuartier.NON
    statut = StatutQuartier.A_VERIFIER if lieu.a_verifier else dans_ou_hors
    return {
        "statut": statut,
        "quartier": lieu.quartier,
        "distance_m": None if lieu.distance_m is None else round(lieu.distance_m),
        "origine": OrigineRattachement.POLYGONE,
    }


@transaction.atomic
def decider_quartier(
    *, acteur: Acteur, domicile: Domicile, millesime: int, quartier: QuartierPrioritaire | None
) -> RattachementQuartier:
    """La décision signée et datée d'un facilitateur l'emporte sur le calcul : dans ce quartier, ou hors de tous."""
    peut_modifier_dossier(acteur, domicile.beneficiaire).exiger()
    if quartier is not None and quartier.millesime != millesime:
        raise RegleViolee("Ce quartier n'est pas de ce millésime.", champ="quartier")
    rattachement = RattachementQuartier.objects.filter(domicile=domicile, millesime=millesime).first()
    rattachement = rattachement or RattachementQuartier(domicile=domicile, millesime=millesime)
    ecrire(
        rattachement,
        {
            "quartier": quartier,
            "statut": StatutQuartier.OUI if quartier else StatutQuartier.NON,
            "origine": OrigineRattachement.DECISION,
            "verifie_par": acteur.utilisateur,
            "verifie_le": timezone.now(),
        },
    )
    noter(acteur=acteur, action="quartier_decide", objet=domicile.beneficiaire, millesime=millesime)
    return rattachement
