"""Ce que les fichiers déposés font attendre : une reprise à finir, une liste de personnes à confier."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import TruncDate
from django.urls import reverse

from comptes.acteur import Acteur
from comptes.enums import FACILITATEURS_QUI_ECRIVENT, Role
from reprise.enums import EtatBrouillon, EtatReprise
from reprise.models import ListeConfiee, PersonneBrouillon, Reprise
from socle.a_faire import Attente, Lue, source
from socle.composants import Geste, LigneAFaire
from socle.nombres import accorder, il_y_a, jour


@dataclass(frozen=True, slots=True)
class ReprisePrete(Lue):
    nom_fichier: str
    etat: EtatReprise
    analysee_le: datetime.date
    efface_le: datetime.date


@source("reprises", "À finir", "Classeurs à reprendre", roles=FACILITATEURS_QUI_ECRIVENT, liste="reprise:liste")
def reprises_a_finir(acteur: Acteur, le: datetime.date) -> Attente:
    """Analysées : il reste à corriger le classeur, ou à le reprendre pour de vrai."""
    reprises = Reprise.objects.visibles_par(acteur).filter(
        etat__in=[EtatReprise.PRETE, EtatReprise.A_CORRIGER], expire_le__date__gte=le
    )
    return Attente(
        reprises,
        ReprisePrete,
        _ecrire_reprise,
        {
            "nom_fichier": "nom_fichier",
            "etat": "etat",
            "analysee_le": TruncDate("modifie_le"),
            "efface_le": TruncDate("expire_le"),
        },
        jour=TruncDate("modifie_le"),
    )


def _ecrire_reprise(acteur: Acteur, lu: ReprisePrete) -> LigneAFaire:
    page = reverse("reprise:fiche", args=[lu.uuid])
    return lu.montrer(
        f"{lu.nom_fichier} · {lu.etat.label.lower()}",
        page,
        f"fichier effacé le {jour(lu.efface_le)}",
        f"analysé {il_y_a(lu.analysee_le, lu.le)}",
        [Geste("Finir", page)],
    )


@dataclass(frozen=True, slots=True)
class ListeARelire(Lue):
    nom_fichier: str
    personnes: int
    deposee_le: datetime.date
    effacee_le: datetime.date


@source(
    "listes",
    "À confier",
    "Listes de personnes à finir",
    roles=FACILITATEURS_QUI_ECRIVENT | {Role.PRESCRIPTEUR},
    liste="reprise:listes",
)
def listes_a_confier(acteur: Acteur, le: datetime.date) -> Attente:
    """Des lignes restent à relire : elles s'effacent au terme, sans avoir été confiées."""
    restantes = PersonneBrouillon.objects.filter(liste=OuterRef("pk"), etat__in=EtatBrouillon.modifiables())
    nombre = restantes.order_by().values("liste").annotate(n=Count("pk")).values("n")
    listes = ListeConfiee.objects.visibles_par(acteur).filter(Exists(restantes), expire_le__date__gte=le)
    return Attente(
        listes,
        ListeARelire,
        _ecrire_liste,
        {
            "nom_fichier": "nom_fichier",
            "personnes": Subquery(nombre),
            "deposee_le": TruncDate("cree_le"),
            "effacee_le": TruncDate("expire_le"),
        },
        jour=TruncDate("cree_le"),
    )


def _ecrire_liste(acteur: Acteur, lu: ListeARelire) -> LigneAFaire:
    page = reverse("reprise:liste_confiee", args=[lu.uuid])
    return lu.montrer(
        f"{lu.nom_fichier} · {accorder(lu.personnes, 'personne')}",
        page,
        f"effacée le {jour(lu.effacee_le)}",
        f"déposée {il_y_a(lu.deposee_le, lu.le)}",
        [Geste("Relire", page)],
    )
