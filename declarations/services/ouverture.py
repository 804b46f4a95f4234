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
from declarations.ouverture import echeance_ouverte, engagements_attendus, mois_clos
from declarations.permissions import peut_allumer_les_relances, peut_regler_les_declarations
from entreprises.models import Entreprise, FicheEntreprise
from socle.periodes import premier_jour
from socle.regles import RegleViolee
from socle.services.enregistrement import modifier, verrouiller_les_reglages
from socle.services.journal import declarer_actions, noter
from socle.services.lots import pour_chacun, travail

declarer_actions(mois_ouvert="Mois ouvert aux déclarations", declarations_reglees="Échéance des déclarations réglée")
JOUR_PAR_DEFAUT = 15


def mois_a_ouvrir(
    mois: datetime.date, le: datetime.date, structure: Organisation, entreprise: Entreprise | None = None
) -> list[Declaration]:
    """Les déclarations qu'il faudrait ouvrir pour ce mois chez cette structure (non enregistrées), avec leur échéance.

    `entreprise` : les siennes seulement.
    """
    _exiger_commence(mois, le)
    reglages = ReglagesDeclaration.objects.filter(structure=structure).values_list("jour_echeance", flat=True)
    jour = reglages.first() or JOUR_PAR_DEFAUT
    attendus = engagements_attendus(premier_jour(mois)).filter(lot__marche__structure=structure)
    return [
        Declaration(
            engagement=engagement,
            mois=premier_jour(mois),
            statut=StatutDeclaration.ATTENDUE,
            origine=OrigineDeclaration.OUVERTE,
            echeance=echeance_ouverte(engagement.lot.marche.periodicite, premier_jour(mois), jour, le),
        )
        for engagement in (attendus.filter(entreprise=entreprise) if entreprise else attendus)
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
    return sum(len(ouvertes) for clos in mois_clos(le) for ouvertes in _ouvrir_chez_chacune(clos, le))


def ouvrir_les_mois_de(*, acteur: Acteur, fiche: FicheEntreprise) -> int:
    """Les mois clos d'une entreprise, chez cette structure, sans attendre le passage de l'heure : elle vient les déclarer."""
    le = timezone.localdate()
    return sum(len(_ouvrir(fiche.structure, clos, le, acteur, fiche.entreprise)) for clos in mois_clos(le))


def _ouvrir_chez_chacune(mois: datetime.date, le: datetime.date) -> Iterator[list[Declaration]]:
    return pour_chacun(_structures_attendues(mois), lambda structure: _ouvrir(structure, mois, le))


def _structures_attendues(mois: datetime.date) -> QuerySet[Organisation]:
    """Les seules structures où un engagement attend ce mois : le plus souvent aucune, et rien d'autre n'est lu."""
    dues = engagements_attendus(premier_jour(mois)).order_by().values("lot__marche__structure")
    return Organisation.objects.filter(pk__in=dues).order_by("pk")


@transaction.atomic
def _ouvrir(
    structure: Organisation,
    mois: datetime.date,
    le: datetime.date,
    acteur: Acteur | None = None,
    entreprise: Entreprise | None = None,
) -> list[Declaration]:
    """`acteur` : qui n'attend pas le passage de l'heure ; sinon l'automate de la structure."""
    prevues = mois_a_ouvrir(mois, le, structure, entreprise)
    deja = set(_declarations(prevues).values_list("engagement", flat=True))
    Declaration.objects.bulk_create(prevues, batch_size=500, ignore_conflicts=True)
    liens = ("engagement__lot__marche", "engagement__entreprise")
    ouvertes = list(_declarations(prevues).exclude(engagement__in=deja).select_related(*liens))
    if ouvertes:
        qui = acteur or Acteur.systeme(structure)
        noter(acteur=qui, action="mois_ouvert", objet=structure, mois=premier_jour(mois), nombre=len(ouvertes))
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
