"""Ce que les dossiers font attendre : des quartiers à vérifier, des doublons à trancher, des dossiers au terme."""

import datetime
import uuid
from dataclasses import dataclass

from django.db.models import ExpressionWrapper, F
from django.db.models.fields import DateField
from django.db.models.functions import TruncDate
from django.urls import reverse

from beneficiaires.enums import StatutQuartier
from beneficiaires.models import Beneficiaire, RattachementQuartier, Ressemblance
from beneficiaires.querysets import vrai_le
from comptes.acteur import Acteur
from comptes.enums import FACILITATEURS
from socle.a_faire import Attente, Lue, source
from socle.composants import Geste, LigneAFaire
from socle.expressions import initiales
from socle.nombres import il_y_a, jour
from territoires.enums import millesime_en_vigueur

PREAVIS = datetime.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class DomicileAVerifier(Lue):
    dossier: uuid.UUID
    personne: str
    situe_le: datetime.date


@source(
    "quartiers",
    "À vérifier",
    "Domiciles près d'un quartier prioritaire",
    roles=FACILITATEURS,
    liste="beneficiaires:liste?quartier=a_verifier",
)
def quartiers_a_verifier(acteur: Acteur, le: datetime.date) -> Attente:
    """Sans échéance : le domicile d'aujourd'hui, dans la géographie d'aujourd'hui."""
    rattachements = RattachementQuartier.objects.filter(
        vrai_le(le, "domicile__"),
        statut=StatutQuartier.A_VERIFIER,
        millesime=millesime_en_vigueur(le),
        domicile__beneficiaire__in=Beneficiaire.objects.visibles_par(acteur).actifs(),
    )
    return Attente(
        rattachements,
        DomicileAVerifier,
        _ecrire_quartier,
        {
            "dossier": "domicile__beneficiaire__uuid",
            "personne": initiales("domicile__beneficiaire"),
            "situe_le": TruncDate("cree_le"),
        },
    )


def _ecrire_quartier(acteur: Acteur, lu: DomicileAVerifier) -> LigneAFaire:
    page = reverse("beneficiaires:fiche", args=[lu.dossier])
    situe = f"adresse située {il_y_a(lu.situe_le, lu.le)}"
    return lu.montrer(
        f"{lu.personne} · en quartier prioritaire ?", page, dernier=situe, gestes=[Geste("Vérifier", page)]
    )


@dataclass(frozen=True, slots=True)
class DossierAuTerme(Lue):
    identifiant: str
    annonce_le: datetime.date
    anonymise_le: datetime.date


@source(
    "conservation",
    "Fin de dossier",
    "Dossiers bientôt anonymisés",
    roles=FACILITATEURS,
    ton="info",
    liste="beneficiaires:liste?conservation=oui",
)
def dossiers_au_terme(acteur: Acteur, le: datetime.date) -> Attente:
    """Annoncés : sans un nouveau contact, ils perdent leurs noms au terme du préavis."""
    annonces = Beneficiaire.objects.visibles_par(acteur).filter(
        fin_annoncee_le__isnull=False, anonymise_le__isnull=True
    )
    terme = ExpressionWrapper(F("fin_annoncee_le") + PREAVIS, output_field=DateField())
    return Attente(
        annonces,
        DossierAuTerme,
        _ecrire_terme,
        {"identifiant": "identifiant", "annonce_le": "fin_annoncee_le", "anonymise_le": terme},
        jour=terme,
    )


def _ecrire_terme(acteur: Acteur, lu: DossierAuTerme) -> LigneAFaire:
    page = reverse("beneficiaires:fiche", args=[lu.uuid])
    return lu.montrer(
        f"Dossier {lu.identifiant}",
        page,
        f"anonymisé le {jour(lu.anonymise_le)}",
        f"annoncé {il_y_a(lu.annonce_le, lu.le)}",
        [Geste("Revoir", page)],
    )


@dataclass(frozen=True, slots=True)
class PaireATrancher(Lue):
    dossier: uuid.UUID
    autre: str
    personne: str
    entre_le: datetime.date


@source(
    "ressemblances",
    "À trancher",
    "Dossiers qui se ressemblent",
    roles=FACILITATEURS,
)
def paires_a_trancher(acteur: Acteur, le: datetime.date) -> Attente:
    """Sans échéance : une même personne comptée deux fois fausse les chiffres tant qu'on ne l'a pas dit."""
    return Attente(
        Ressemblance.objects.visibles_par(acteur).a_trancher(),
        PaireATrancher,
        _ecrire_paire,
        {
            "dossier": "dossier__uuid",
            "autre": "autre__identifiant",
            "personne": initiales("dossier"),
            "entre_le": TruncDate("cree_le"),
        },
    )


def _ecrire_paire(acteur: Acteur, lu: PaireATrancher) -> LigneAFaire:
    page = reverse("beneficiaires:fiche", args=[lu.dossier])
    return lu.montrer(
        f"{lu.personne} · la même personne que {lu.autre} ?",
        page,
        dernier=f"vu {il_y_a(lu.entre_le, lu.le)}",
        gestes=[Geste("Comparer", page)],
    )
