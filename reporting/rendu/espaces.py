"""Les chiffres d'un acheteur et d'un réseau, lus aujourd'hui : des agrégats, jamais une personne ni un profil.

Seuls l'année, ses semestres et ses trimestres se demandent, et aucun profil ne s'y lit : la page d'hier et celle d'aujourd'hui
diraient, par soustraction, qui est arrivé. Les profils sont dans les bilans remis.
"""

import datetime
import hashlib
from dataclasses import dataclass, replace

from django.core.cache import cache
from django.http import Http404
from django.utils import timezone

from comptes.acteur import Acteur
from comptes.models import Organisation
from marches.models import Marche
from reporting.bilan.decoupe import Lecture, decouper, lire, toute_l_histoire
from reporting.bilan.publication import a_publier, sans_profils
from reporting.bilan.synthese import assembler
from reporting.donnees import DonneesBilan
from reporting.enums import Variante
from reporting.lecture import periodes
from reporting.lecture.lignes import charger_ensemble
from reporting.lecture.mois import lire_la_completude
from reporting.lecture.perimetre import Perimetre
from reporting.models import PREMIERE_ANNEE
from reporting.services import membres_du_reseau
from socle.periodes import Periode

STRUCTURES_RELUES = 12  # à chaque page : moins d'une seconde de calcul
DUREE_D_UNE_LECTURE = 600  # secondes


@dataclass(frozen=True, slots=True)
class Espace:
    """Ce que la page montre : les données masquées, et le premier mois connu."""

    donnees: DonneesBilan
    premier_mois: datetime.date | None
    lu_le: datetime.datetime | None = None  # quand ce n'est pas à l'instant


def chiffres_de_l_acheteur(acteur: Acteur, periode: Periode, le: datetime.date) -> Espace:
    """Les marchés que l'acheteur voit, quelles que soient les structures qui les suivent."""
    visibles = dict(Marche.objects.visibles_par(acteur).order_by("pk").values_list("pk", "structure"))
    structures = list(Organisation.objects.filter(pk__in=set(visibles.values())).order_by("pk"))
    histoire = charger_ensemble(structures, toute_l_histoire(periode)).restreint_a(lambda marche: marche.id in visibles)
    perimetre = Perimetre(acteur.agit_pour, periode, Variante.MAITRE_OUVRAGE)
    espace = _espace(decouper(perimetre, histoire, lire_la_completude(structures, periode, le)), le)
    return replace(espace, donnees=_sans_se_compter(espace.donnees))


def _sans_se_compter(donnees: DonneesBilan) -> DonneesBilan:
    """Un acheteur qui lit ses marchés n'a pas à apprendre qu'il est un acheteur."""
    chiffres = {cle: chiffre for cle, chiffre in donnees["chiffres"].items() if cle != "maitres_ouvrage"}
    return {**donnees, "chiffres": chiffres, "ordre": [cle for cle in donnees["ordre"] if cle in chiffres]}


def chiffres_du_reseau(acteur: Acteur, periode: Periode, le: datetime.date) -> Espace:
    """Les structures qui travaillent avec le réseau, ensemble et une par une.

    Au-delà de quelques-unes, les lire prend des secondes : ce qui vient d'être lu sert dix minutes, tant que ce sont les
    mêmes structures.
    """
    membres = tuple(membres_du_reseau(acteur.agit_pour).order_by("pk"))
    perimetre = Perimetre(acteur.agit_pour, periode, Variante.RESEAU, membres=membres)
    if len(membres) <= STRUCTURES_RELUES:
        return _espace(lire(perimetre, le), le)
    cle = _cle("reseau", acteur.agit_pour.pk, le, *periodes.bornes(periode), *(membre.pk for membre in membres))
    espace = cache.get(cle)
    if espace is None:
        espace = replace(_espace(lire(perimetre, le), le), lu_le=timezone.now())
        cache.set(cle, espace, DUREE_D_UNE_LECTURE)
    return espace


def _cle(*parties: object) -> str:
    return hashlib.sha256("|".join(map(str, parties)).encode()).hexdigest()


def _espace(lecture: Lecture, le: datetime.date) -> Espace:
    premier = min((ligne.mois for ligne in lecture.histoire.lignes), default=None)
    return Espace(sans_profils(a_publier(assembler(lecture, le, {}))), premier)


def periode_demandee(texte: str, aujourd_hui: datetime.date) -> Periode:
    """« 2026 », « 2026-s1 », « 2026-t3 » ; l'année qui court si rien n'est dit. Lève `Http404` pour tout le reste."""
    try:
        periode = periodes.lire(texte) if texte else Periode.annee(aujourd_hui.year)
    except ValueError as erreur:
        raise Http404 from erreur
    if not periode.debut.year >= PREMIERE_ANNEE or periode.debut > aujourd_hui:
        raise Http404
    return periode
