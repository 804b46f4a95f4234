"""Ce que les dossiers font attendre : des quartiers à vérifier, des dossiers au terme de leur conservation."""

import datetime

from django.db.models import ExpressionWrapper, F
from django.db.models.fields import DateField
from django.db.models.functions import TruncDate
from django.urls import reverse

from beneficiaires.enums import StatutQuartier
from beneficiaires.models import Beneficiaire, RattachementQuartier
from beneficiaires.querysets import vrai_le
from comptes.acteur import Acteur
from comptes.enums import FACILITATEURS
from socle.a_faire import Attente, Lue, source
from socle.composants import Geste, LigneAFaire
from socle.expressions import initiales
from socle.nombres import il_y_a, jour
from territoires.enums import millesime_en_vigueur

PREAVIS = datetime.timedelta(days=30)


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
        _ecrire_quartier,
        dernier=TruncDate("cree_le"),
        objet=initiales("domicile__beneficiaire"),
        cible="domicile__beneficiaire__uuid",
    )


def _ecrire_quartier(acteur: Acteur, lu: Lue) -> LigneAFaire:
    page = reverse("beneficiaires:fiche", args=[lu.cible])
    situe = f"adresse située {il_y_a(lu.dernier, lu.le)}"
    return lu.ligne(f"{lu.objet} · en quartier prioritaire ?", page, dernier=situe, gestes=[Geste("Vérifier", page)])


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
        _ecrire_terme,
        jour=terme,
        depuis=terme,
        dernier="fin_annoncee_le",
        objet="identifiant",
    )


def _ecrire_terme(acteur: Acteur, lu: Lue) -> LigneAFaire:
    page = reverse("beneficiaires:fiche", args=[lu.uuid])
    return lu.ligne(
        f"Dossier {lu.objet}",
        page,
        f"anonymisé le {jour(lu.depuis)}",
        f"annoncé {il_y_a(lu.dernier, lu.le)}",
        [Geste("Revoir", page)],
    )
