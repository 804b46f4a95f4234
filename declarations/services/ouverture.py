"""Ouvrir un mois : une déclaration attendue par engagement en exécution, une seule fois."""

import datetime
from collections.abc import Iterator, Sequence

from django.db import transaction
from django.utils import timezone

from comptes.acteur import Acteur
from comptes.models import Organisation
from declarations.enums import OrigineDeclaration, StatutDeclaration
from declarations.models import Declaration, ReglagesDeclaration
from declarations.ouverture import echeance_ouverte, engagements_attendus, mois_clos
from declarations.permissions import peut_allumer_les_relances, peut_regler_les_declarations
from entreprises.models import Entreprise, FicheEntreprise
from marches.models import Engagement
from socle.periodes import premier_jour
from socle.regles import RegleViolee
from socle.services.enregistrement import modifier, verrouiller_les_reglages
from socle.services.journal import declarer_actions, noter
from socle.services.lots import pour_chacun, travail

declarer_actions(mois_ouvert="Mois ouvert aux déclarations", declarations_reglees="Échéance des déclarations réglée")
JOUR_PAR_DEFAUT = 15


def mois_a_ouvrir(
    mois: datetime.date,
    le: datetime.date | None = None,
    structure: Organisation | None = None,
    entreprise: Entreprise | None = None,
) -> list[Declaration]:
    """Les déclarations qu'il faudrait ouvrir pour ce mois (non enregistrées), avec leur échéance ; toutes, ou les siennes."""
    le = le or timezone.localdate()
    _exiger_commence(mois, le)
    jours = dict(ReglagesDeclaration.objects.order_by().values_list("structure", "jour_echeance"))
    attendus = engagements_attendus(premier_jour(mois))
    if structure:
        attendus = attendus.filter(lot__marche__structure=structure)
    if entreprise:
        attendus = attendus.filter(entreprise=entreprise)
    return [
        Declaration(
            engagement=engagement,
            mois=premier_jour(mois),
            statut=StatutDeclaration.ATTENDUE,
            origine=OrigineDeclaration.OUVERTE,
            echeance=_echeance(engagement, mois, jours, le),
        )
        for engagement in attendus
    ]


def _exiger_commence(mois: datetime.date, le: datetime.date) -> None:
    if premier_jour(mois) > premier_jour(le):
        raise RegleViolee("Ce mois n'a pas commencé : il s'ouvrira à son tour.")


def _echeance(engagement: Engagement, mois: datetime.date, jours: dict[int, int], le: datetime.date) -> datetime.date:
    marche = engagement.lot.marche
    jour = jours.get(marche.structure_id, JOUR_PAR_DEFAUT)
    return echeance_ouverte(marche.periodicite, premier_jour(mois), jour, le)


@travail("Mois à ouvrir")
def ouvrir_mois(mois: datetime.date, le: datetime.date | None = None) -> list[Declaration]:
    """Ouvre le mois. Deux passages, même au même instant, n'ouvrent qu'une déclaration par engagement. Rend les nouvelles."""
    le = le or timezone.localdate()
    _exiger_commence(mois, le)
    return [ouverte for ouvertes in _ouvrir_chez_chacune(mois, le) for ouverte in ouvertes]


@travail("Mois clos à ouvrir")
def ouvrir_les_mois_clos(le: datetime.date | None = None) -> int:
    """Ouvre le mois qui vient de finir et les deux d'avant. Rend le nombre de déclarations ouvertes."""
    le = le or timezone.localdate()
    return sum(len(ouvertes) for clos in mois_clos(le) for ouvertes in _ouvrir_chez_chacune(clos, le))


def ouvrir_les_mois_de(fiche: FicheEntreprise) -> int:
    """Les mois clos d'une entreprise, chez cette structure, sans attendre le passage de l'heure : elle vient les déclarer."""
    le = timezone.localdate()
    return sum(len(_ouvrir(fiche.structure, clos, le, fiche.entreprise)) for clos in mois_clos(le))


def _ouvrir_chez_chacune(mois: datetime.date, le: datetime.date) -> Iterator[list[Declaration]]:
    """Les seules structures où un engagement attend ce mois : le plus souvent aucune, et rien d'autre n'est lu."""
    dues = engagements_attendus(premier_jour(mois)).order_by().values("lot__marche__structure")
    structures = Organisation.objects.filter(pk__in=dues).order_by("pk")
    return pour_chacun(structures, lambda structure: _ouvrir(structure, mois, le))


@transaction.atomic
def _ouvrir(
    structure: Organisation, mois: datetime.date, le: datetime.date, entreprise: Entreprise | None = None
) -> list[Declaration]:
    prevues = mois_a_ouvrir(mois, le, structure, entreprise)
    deja = set(_declarations(prevues).values_list("engagement", flat=True))
    Declaration.objects.bulk_create(prevues, batch_size=500, ignore_conflicts=True)
    ouvertes = list(_declarations(prevues).exclude(engagement__in=deja).select_related("engagement__lot__marche"))
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
