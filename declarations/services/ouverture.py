"""Ouvrir un mois : une déclaration attendue par engagement en exécution, une seule fois."""

import datetime
from collections.abc import Callable, Iterator, Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from comptes.acteur import Acteur
from comptes.models import Organisation
from declarations.enums import OrigineDeclaration, StatutDeclaration
from declarations.models import Declaration, ReglagesDeclaration
from declarations.ouverture import echeance_ouverte, engagements_attendus
from declarations.permissions import peut_allumer_les_relances, peut_regler_les_declarations
from socle.periodes import ajouter_mois, premier_jour
from socle.regles import RegleViolee
from socle.services.enregistrement import modifier, verrouiller_les_reglages
from socle.services.journal import declarer_actions, noter
from socle.services.lots import pour_chacun, travail

declarer_actions(mois_ouvert="Mois ouvert aux déclarations", declarations_reglees="Échéance des déclarations réglée")
JOUR_PAR_DEFAUT = 15
MOIS_RATTRAPES = 2  # un marché mis en exécution avec un peu de retard retrouve ses premiers mois


def mois_a_ouvrir(mois: datetime.date, le: datetime.date, structure: Organisation) -> list[Declaration]:
    """Les déclarations qu'il faudrait ouvrir pour ce mois chez cette structure (non enregistrées), avec leur échéance."""
    _exiger_commence(mois, le)
    reglages = ReglagesDeclaration.objects.filter(structure=structure).values_list("jour_echeance", flat=True)
    jour = reglages.first() or JOUR_PAR_DEFAUT
    return [
        Declaration(
            engagement=engagement,
            mois=premier_jour(mois),
            statut=StatutDeclaration.ATTENDUE,
            origine=OrigineDeclaration.OUVERTE,
            echeance=echeance_ouverte(engagement.lot.marche.periodicite, premier_jour(mois), jour, le),
        )
        for engagement in engagements_attendus(premier_jour(mois)).filter(lot__marche__structure=structure)
    ]


def mois_a_ouvrir_partout(mois: datetime.date, le: datetime.date | None = None) -> Iterator[Declaration]:
    """Les mêmes, de tout le service, structure par structure : jamais plus d'une en mémoire."""
    le = le or timezone.localdate()
    _exiger_commence(mois, le)
    for structure in _structures_attendues(mois):
        yield from mois_a_ouvrir(mois, le, structure)


def _exiger_commence(mois: datetime.date, le: datetime.date) -> None:
    if premier_jour(mois) > premier_jour(le):
        raise RegleViolee("Ce mois n'a pas commencé : il s'ouvrira à son tour.")


def _rien(ouvertes: list[Declaration]) -> None:
    """Personne n'écoute."""


@travail("Mois à ouvrir")
def ouvrir_mois(
    mois: datetime.date, le: datetime.date | None = None, dire: Callable[[list[Declaration]], object] = _rien
) -> int:
    """Ouvre le mois, structure par structure. Deux passages, même au même instant, n'ouvrent qu'une déclaration par engagement.

    `dire` reçoit celles de chaque structure à mesure qu'elles s'ouvrent. Rend leur nombre.
    """
    le = le or timezone.localdate()
    _exiger_commence(mois, le)
    nombre = 0
    for ouvertes in _ouvrir_chez_chacune(mois, le):
        dire(ouvertes)
        nombre += len(ouvertes)
    return nombre


@travail("Mois clos à ouvrir")
def ouvrir_les_mois_clos(le: datetime.date | None = None) -> int:
    """Ouvre le mois qui vient de finir et les deux d'avant. Rend le nombre de déclarations ouvertes."""
    le = le or timezone.localdate()
    mois = [ajouter_mois(premier_jour(le), -recul) for recul in range(1, MOIS_RATTRAPES + 2)]
    return sum(len(ouvertes) for clos in mois for ouvertes in _ouvrir_chez_chacune(clos, le))


def _ouvrir_chez_chacune(mois: datetime.date, le: datetime.date) -> Iterator[list[Declaration]]:
    return pour_chacun(_structures_attendues(mois), lambda structure: _ouvrir(structure, mois, le))


def _structures_attendues(mois: datetime.date) -> QuerySet[Organisation]:
    """Les seules structures où un engagement attend ce mois : le plus souvent aucune, et rien d'autre n'est lu."""
    dues = engagements_attendus(premier_jour(mois)).order_by().values("lot__marche__structure")
    return Organisation.objects.filter(pk__in=dues).order_by("pk")


@transaction.atomic
def _ouvrir(structure: Organisation, mois: datetime.date, le: datetime.date) -> list[Declaration]:
    prevues = mois_a_ouvrir(mois, le, structure)
    deja = set(_declarations(prevues).values_list("engagement", flat=True))
    Declaration.objects.bulk_create(prevues, batch_size=500, ignore_conflicts=True)
    liens = ("engagement__lot__marche", "engagement__entreprise")
    ouvertes = list(_declarations(prevues).exclude(engagement__in=deja).select_related(*liens))
    if ouvertes:
        systeme = Acteur.systeme(structure)
        noter(acteur=systeme, action="mois_ouvert", objet=structure, mois=premier_jour(mois), nombre=len(ouvertes))
    return ouvertes


def _declarations(prevues: Sequence[Declaration]):
    if not prevues:
        return Declaration.objects.none()
    return Declaration.objects.filter(engagement__in=[d.engagement_id for d in prevues], mois=prevues[0].mois)


@transaction.atomic
def regler_declarations(*, acteur: Acteur, **valeurs) -> ReglagesDeclaration:
    """L'échéance, le premier mois attendu, les rappels. Seul un responsable allume les relances."""
    peut_regler_les_declarations(acteur).exiger()
    reglages = verrouiller_les_reglages(ReglagesDeclaration, acteur.organisation)
    verdict = peut_allumer_les_relances(acteur)
    if valeurs.get("relances") and not reglages.relances and not verdict:
        raise RegleViolee(verdict.motif, champ="relances")
    if valeurs.get("premier_mois"):
        valeurs["premier_mois"] = premier_jour(valeurs["premier_mois"])
    modifier(reglages, valeurs, acteur=acteur, action="declarations_reglees", sur=acteur.organisation)
    return reglages
