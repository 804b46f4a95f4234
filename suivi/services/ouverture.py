"""Ouvrir un mois : une déclaration attendue par engagement en exécution, une seule fois."""

import datetime
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from comptes.acteur import Acteur
from comptes.models import Organisation
from marches.models import Engagement
from socle.periodes import ajouter_mois, premier_jour
from socle.regles import RegleViolee
from socle.services.enregistrement import modifier, verrouiller_les_reglages
from socle.services.journal import declarer_actions, noter
from suivi.enums import OrigineDeclaration, StatutDeclaration
from suivi.models import Declaration, ReglagesDeclaration
from suivi.ouverture import echeance, engagements_attendus
from suivi.permissions import peut_regler_le_parcours

declarer_actions(mois_ouvert="Mois ouvert aux déclarations", declarations_reglees="Échéance des déclarations réglée")
JOUR_PAR_DEFAUT = 15
MOIS_RATTRAPES = 2  # un marché mis en exécution avec un peu de retard retrouve ses premiers mois


def mois_a_ouvrir(mois: datetime.date, le: datetime.date | None = None) -> list[Declaration]:
    """Les déclarations qu'il faudrait ouvrir pour ce mois (non enregistrées), avec leur échéance."""
    le = le or timezone.localdate()
    if premier_jour(mois) > premier_jour(le):
        raise RegleViolee("Ce mois n'a pas commencé : il s'ouvrira à son tour.")
    jours = dict(ReglagesDeclaration.objects.order_by().values_list("structure", "jour_echeance"))
    return [
        Declaration(
            engagement=engagement,
            mois=premier_jour(mois),
            statut=StatutDeclaration.ATTENDUE,
            origine=OrigineDeclaration.OUVERTE,
            echeance=_echeance(engagement, mois, jours),
        )
        for engagement in engagements_attendus(premier_jour(mois))
    ]


def _echeance(engagement: Engagement, mois: datetime.date, jours: dict[int, int]) -> datetime.date:
    marche = engagement.lot.marche
    return echeance(marche.periodicite, premier_jour(mois), jours.get(marche.structure_id, JOUR_PAR_DEFAUT))


@transaction.atomic
def ouvrir_mois(mois: datetime.date, le: datetime.date | None = None) -> list[Declaration]:
    """Ouvre le mois. Deux passages, même au même instant, n'ouvrent qu'une déclaration par engagement. Rend les nouvelles."""
    prevues = mois_a_ouvrir(mois, le)
    deja = set(_declarations(prevues).values_list("engagement", flat=True))
    Declaration.objects.bulk_create(prevues, batch_size=500, ignore_conflicts=True)
    ouvertes = list(_declarations(prevues).exclude(engagement__in=deja).select_related("engagement__lot__marche"))
    for structure in {d.engagement.lot.marche.structure_id for d in ouvertes}:
        _noter(structure, premier_jour(mois), ouvertes)
    return ouvertes


def _declarations(prevues: Sequence[Declaration]):
    mois = prevues[0].mois if prevues else None
    return Declaration.objects.filter(engagement__in=[d.engagement_id for d in prevues], mois=mois)


def _noter(structure_id: int, mois: datetime.date, ouvertes: Sequence[Declaration]) -> None:
    structure = Organisation.objects.get(pk=structure_id)
    nombre = sum(d.engagement.lot.marche.structure_id == structure_id for d in ouvertes)
    noter(acteur=Acteur.systeme(structure), action="mois_ouvert", objet=structure, mois=mois, nombre=nombre)


def ouvrir_les_mois_clos(le: datetime.date | None = None) -> int:
    """Ouvre le mois qui vient de finir et les deux d'avant. Rend le nombre de déclarations ouvertes."""
    le = le or timezone.localdate()
    mois = [ajouter_mois(premier_jour(le), -recul) for recul in range(1, MOIS_RATTRAPES + 2)]
    return sum(len(ouvrir_mois(clos, le)) for clos in mois)


def reglages_de_declaration(structure: Organisation) -> ReglagesDeclaration:
    """Ceux de la structure, ou les usuels (non enregistrés)."""
    return ReglagesDeclaration.objects.filter(structure=structure).first() or ReglagesDeclaration(structure=structure)


@transaction.atomic
def regler_declarations(*, acteur: Acteur, **valeurs) -> ReglagesDeclaration:
    peut_regler_le_parcours(acteur).exiger()
    reglages = verrouiller_les_reglages(ReglagesDeclaration, acteur.organisation)
    modifier(reglages, valeurs, acteur=acteur, action="declarations_reglees", sur=acteur.organisation)
    return reglages
