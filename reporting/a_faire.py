"""Ce que les bilans font attendre : les brouillons à publier, ceux qu'un financeur vient de recevoir."""

import datetime

from django.db.models import CharField
from django.db.models.functions import Cast, TruncDate
from django.urls import reverse

from comptes.acteur import Acteur
from comptes.enums import RESPONSABLES, Role
from reporting.enums import StatutBilan
from reporting.models import Bilan
from socle.a_faire import Attente, Lue, source
from socle.composants import Geste, LigneAFaire
from socle.nombres import il_y_a

NOUVEAU = datetime.timedelta(days=60)  # rien ne dit qu'un bilan est lu : deux mois après, il n'est plus nouveau


@source(
    "bilans",
    "À publier",
    "Bilans en brouillon",
    roles=RESPONSABLES,
    ton="info",
    liste="reporting:bilans?statut=brouillon",
)
def bilans_a_publier(acteur: Acteur, le: datetime.date) -> Attente:
    """Sans échéance : les jours d'avant la publication sont à la structure."""
    brouillons = Bilan.objects.visibles_par(acteur).filter(statut=StatutBilan.BROUILLON)
    return Attente(brouillons, _ecrire_brouillon, dernier=TruncDate("modifie_le"), objet=Cast("annee", CharField()))


def _ecrire_brouillon(acteur: Acteur, lu: Lue) -> LigneAFaire:
    page = reverse("reporting:bilan", args=[lu.uuid])
    prepare = f"préparé {il_y_a(lu.dernier, lu.le)}"
    return lu.ligne(f"Bilan {lu.objet}, en brouillon", page, dernier=prepare, gestes=[Geste("Relire", page)])


@source(
    "bilans_recus",
    "Nouveau",
    "Bilans reçus",
    roles={Role.FINANCEUR, Role.RESEAU},
    ton="info",
    liste="reporting:bilans",
)
def bilans_recus(acteur: Acteur, le: datetime.date) -> Attente:
    recents = Bilan.objects.visibles_par(acteur).filter(
        statut=StatutBilan.PUBLIE, publie_le__date__gte=le - NOUVEAU, publie_le__date__lte=le
    )
    publie = TruncDate("publie_le")
    return Attente(
        recents,
        _ecrire_recu,
        jour=publie,
        dernier=publie,
        objet=Cast("annee", CharField()),
        precision="structure__nom",
    )


def _ecrire_recu(acteur: Acteur, lu: Lue) -> LigneAFaire:
    page = reverse("reporting:bilan", args=[lu.uuid])
    return lu.ligne(
        f"Bilan {lu.objet} · {lu.precision}",
        page,
        dernier=f"publié {il_y_a(lu.dernier, lu.le)}",
        gestes=[Geste("Lire", page)],
    )
