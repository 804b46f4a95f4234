"""Ce que les fichiers déposés font attendre : une reprise à finir, une liste de personnes à confier."""

import datetime

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


@source("reprises", "À finir", "Classeurs à reprendre", roles=FACILITATEURS_QUI_ECRIVENT, liste="reprise:liste")
def reprises_a_finir(acteur: Acteur, le: datetime.date) -> Attente:
    """Analysées : il reste à corriger le classeur, ou à le reprendre pour de vrai."""
    reprises = Reprise.objects.visibles_par(acteur).filter(
        etat__in=[EtatReprise.PRETE, EtatReprise.A_CORRIGER], expire_le__date__gte=le
    )
    return Attente(
        reprises,
        _ecrire_reprise,
        jour=TruncDate("modifie_le"),
        depuis=TruncDate("expire_le"),
        dernier=TruncDate("modifie_le"),
        objet="nom_fichier",
        etat="etat",
    )


def _ecrire_reprise(acteur: Acteur, lu: Lue) -> LigneAFaire:
    page = reverse("reprise:fiche", args=[lu.uuid])
    return lu.ligne(
        f"{lu.objet} · {EtatReprise(lu.etat).label.lower()}",
        page,
        f"fichier effacé le {jour(lu.depuis)}",
        f"analysé {il_y_a(lu.dernier, lu.le)}",
        [Geste("Finir", page)],
    )


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
        _ecrire_liste,
        jour=TruncDate("cree_le"),
        depuis=TruncDate("expire_le"),
        dernier=TruncDate("cree_le"),
        objet="nom_fichier",
        nombre=Subquery(nombre),
    )


def _ecrire_liste(acteur: Acteur, lu: Lue) -> LigneAFaire:
    page = reverse("reprise:liste_confiee", args=[lu.uuid])
    return lu.ligne(
        f"{lu.objet} · {accorder(lu.nombre, 'personne')}",
        page,
        f"effacée le {jour(lu.depuis)}",
        f"déposée {il_y_a(lu.dernier, lu.le)}",
        [Geste("Relire", page)],
    )
