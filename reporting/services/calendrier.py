"""Ce qui se prépare à date : le bilan de l'année finie, le point du trimestre des acheteurs.

Chaque structure le règle. Les dates se comparent par « au plus tard » : un travailleur arrêté le 5 janvier rattrape le 6. Lancé
deux fois, ou à deux, rien ne se double : l'année préparée est notée, et un courriel a sa clé.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from comptes.acteur import Acteur
from comptes.destinataires import membres_joignables
from comptes.enums import Role, TypeOrganisation
from comptes.models import Organisation
from pronostic.lecture import Alerte, alertes, engagements_suivis, par_marche
from reporting.bilan.temps import ecrire_la_completude
from reporting.enums import Variante
from reporting.lecture import periodes
from reporting.lecture.lignes import a_de_quoi_dire
from reporting.lecture.mois import lire_la_completude
from reporting.models import Bilan, ReglagesBilan
from reporting.permissions import peut_preparer_le_bilan_annuel
from reporting.recit.etat import en_entier
from reporting.services.bilans import preparer_bilan
from socle.avis import Destinataire
from socle.models import Courriel
from socle.nombres import heures
from socle.periodes import Periode, ajouter_mois, premier_jour
from socle.regles import RegleViolee
from socle.services.courriels import ecrire_a_chacun
from socle.services.journal import declarer_actions, noter
from socle.services.lots import isoler, pour_chacun, travail

declarer_actions(point_trimestriel="Point du trimestre envoyé à un maître d'ouvrage")
# Passé le premier trimestre, un bilan qui manque encore est un choix : on ne le prépare plus d'office.
DERNIER_JOUR_DU_BILAN = (3, 31)
# Le temps que les heures du dernier mois soient déclarées et validées.
JOUR_DU_POINT = 20


# --- Le bilan de l'année finie --------------------------------------------------------------------------------------
def bilans_a_preparer(le: datetime.date | None = None) -> list[Organisation]:
    """Les structures dont le bilan de l'année finie est à préparer d'office ce jour-là, et qui ont de quoi l'écrire."""
    le = le or timezone.localdate()
    annee = Periode.annee(le.year - 1)
    deja = set(_bilans_de(annee).values_list("structure", flat=True))
    return [dues for dues in _structures_dues(le) if dues.pk not in deja and a_de_quoi_dire([dues], annee)]


def _structures_dues(le: datetime.date) -> list[Organisation]:
    structures = Organisation.objects.actifs().filter(type=TypeOrganisation.FACILITATRICE).order_by("pk")
    reglages = {lus.structure_id: lus for lus in ReglagesBilan.objects.order_by("pk")}
    # Une structure neuve n'a pas encore de réglages : ceux d'office valent.
    return [s for s in structures if _est_du(reglages.get(s.pk) or ReglagesBilan(structure=s), le)]


@travail("Bilans de l'année à préparer")
def preparer_les_bilans_annuels(le: datetime.date | None = None) -> list[Bilan]:
    """Prépare chacun de ces bilans et prévient les responsables. Une structure en échec n'arrête pas les autres."""
    le = le or timezone.localdate()
    bilans = pour_chacun(_structures_dues(le), lambda structure: _preparer_si_possible(structure, le))
    return [bilan for bilan in bilans if bilan is not None]


def _preparer_si_possible(structure: Organisation, le: datetime.date) -> Bilan | None:
    try:
        return preparer_le_bilan_annuel(acteur=Acteur.systeme(structure), le=le)
    except RegleViolee:
        return None  # rien à écrire pour l'instant : des heures peuvent encore se valider


@transaction.atomic
def preparer_le_bilan_annuel(*, acteur: Acteur, le: datetime.date) -> Bilan | None:
    """Le brouillon de l'année finie, et « prépare le bilan de l'année » à chaque responsable ; rien s'il existe déjà.

    Décembre n'est souvent pas encore validé : le courriel dit alors que c'est provisoire, et ce qui manque, comme le brouillon.
    L'année est notée dans les réglages, même s'il existait : un brouillon écarté ne revient pas de lui-même.
    """
    peut_preparer_le_bilan_annuel(acteur).exiger()
    ReglagesBilan.objects.get_or_create(structure=acteur.structure)
    reglages = ReglagesBilan.objects.select_for_update().get(structure=acteur.structure)
    annee = le.year - 1
    if not _est_du(reglages, le):
        return None
    deja = _bilans_de(Periode.annee(annee)).filter(structure=acteur.structure).exists()
    bilan = None if deja else preparer_bilan(acteur=acteur, periode=Periode.annee(annee))
    reglages.annee_preparee = annee
    reglages.save()
    if bilan is not None:
        _prevenir_les_responsables(bilan, le)
    return bilan


def _bilans_de(annee: Periode):
    return Bilan.objects.filter(variante=Variante.STRUCTURE, debut=annee.debut, fin=annee.fin)


def _est_du(reglages: ReglagesBilan, le: datetime.date) -> bool:
    du, au = datetime.date(le.year, 1, reglages.jour_du_bilan), datetime.date(le.year, *DERNIER_JOUR_DU_BILAN)
    return reglages.prepare_le_bilan and reglages.annee_preparee < le.year - 1 and du <= le <= au


def _prevenir_les_responsables(bilan: Bilan, le: datetime.date) -> None:
    sue = lire_la_completude([bilan.structure], bilan.periode, le)
    ecrire_a_chacun(
        membres_joignables(bilan.structure_id, roles=[Role.RESPONSABLE]),
        gabarit="courriels/bilan_a_preparer",
        structure=bilan.structure,
        contexte={
            "annee": bilan.debut.year,
            "structure": bilan.structure.nom,
            "provisoire": "" if sue.est_entiere else en_entier(ecrire_la_completude(sue)),
            "lien": settings.SITE_URL + bilan.get_absolute_url(),
            "reglages": settings.SITE_URL + reverse("reporting:reglages"),
        },
        cle=f"bilan-a-preparer-{bilan.debut.year}",
    )


# --- Le point du trimestre ------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Point:
    """Le point d'un acheteur : ses marchés que suit cette structure, et les membres qui ne l'ont pas encore reçu."""

    structure: Organisation
    acheteur: Organisation
    trimestre: Periode
    marches: tuple[Alerte, ...]
    membres: tuple[Destinataire, ...]

    @property
    def phrases(self) -> list[str]:
        """Une phrase par marché : « 2026-014, Groupe scolaire : 1 200 h dues, 640 h faites, 700 h attendues à ce jour »."""
        return [_phrase(marche) for marche in self.marches]


def _phrase(marche: Alerte) -> str:
    projection = marche.projection
    dit = f"{heures(projection.dues)} dues, {heures(projection.faites)} faites"
    return f"{marche.reference}, {marche.objet} : {dit}, {heures(projection.attendues)} attendues à ce jour."


def trimestre_fini(le: datetime.date) -> Periode:
    """Le dernier trimestre civil entièrement passé."""
    courant = datetime.date(le.year, 3 * ((le.month - 1) // 3) + 1, 1)
    return periodes.en_mois_entiers(ajouter_mois(courant, -3), ajouter_mois(courant, -1))


def points_a_envoyer(le: datetime.date | None = None) -> Iterator[Point]:
    """Les points dus ce jour-là : les structures qui l'ont voulu, leurs acheteurs partenaires qui ont un marché suivi."""
    le = le or timezone.localdate()
    trimestre = trimestre_fini(le)
    if le < premier_jour(ajouter_mois(trimestre.fin, 1)).replace(day=JOUR_DU_POINT):
        return
    structures = Organisation.objects.actifs().filter(reglages_bilan__envoie_le_point=True).order_by("pk")
    for points in pour_chacun(structures, lambda structure: list(_points_de(structure, trimestre, le))):
        yield from points


def _points_de(structure: Organisation, trimestre: Periode, le: datetime.date) -> Iterator[Point]:
    acheteurs = Organisation.objects.actifs().partenaires_de(structure).filter(type=TypeOrganisation.MAITRE_OUVRAGE)
    for point in pour_chacun(acheteurs.order_by("pk"), lambda acheteur: _point(structure, acheteur, trimestre, le)):
        if point:
            yield point


def _point(structure: Organisation, acheteur: Organisation, trimestre: Periode, le: datetime.date) -> Point | None:
    """Les seuls marchés de cette structure : ses facilitateurs relisent ce courriel."""
    debut = _cle(structure, trimestre)
    cles = {f"{debut}-{membre.cle}": membre for membre in membres_joignables(acheteur.pk, pour=structure.pk)}
    recus = set(Courriel.objects.filter(cle__in=cles).values_list("cle", flat=True))
    membres = tuple(membre for cle, membre in cles.items() if cle not in recus)
    if not membres:
        return None
    suivis = engagements_suivis(Acteur(None, acheteur, Role.MAITRE_OUVRAGE)).filter(lot__marche__structure=structure)
    marches = tuple(sorted(par_marche(alertes(suivis, le), le), key=lambda marche: marche.reference))
    return Point(structure, acheteur, trimestre, marches, membres) if marches else None


def _cle(structure: Organisation, trimestre: Periode) -> str:
    """Le début des clés d'un point ; `ecrire_a_chacun` y ajoute celle de chaque membre."""
    return f"point-{periodes.raccourcir(trimestre)}-{structure.uuid}"


@travail("Points du trimestre")
def envoyer_les_points(le: datetime.date | None = None) -> list[Point]:
    """Écrit ces points : un courriel par membre, structure et trimestre, jamais deux."""
    envoyes = []
    for point in points_a_envoyer(le):
        with isoler(point.acheteur):
            envoyes.append(_envoyer(point))
    return envoyes


@transaction.atomic
def _envoyer(point: Point) -> Point:
    ecrire_a_chacun(
        point.membres,
        gabarit="courriels/point_trimestriel",
        structure=point.structure,
        contexte={
            "trimestre": periodes.nommer(point.trimestre),
            "structure": point.structure.nom,
            "phrases": point.phrases,
            "lien": settings.SITE_URL + reverse("marches:espace_acheteur"),
        },
        cle=_cle(point.structure, point.trimestre),
    )
    noter(
        acteur=Acteur.systeme(point.structure),
        action="point_trimestriel",
        objet=point.acheteur,
        trimestre=periodes.raccourcir(point.trimestre),
    )
    return point
