"""Ce que les bilans font attendre : les brouillons à publier, ceux qu'un financeur vient de recevoir."""

import datetime

from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat, TruncDate
from django.urls import reverse

from comptes.acteur import Acteur
from comptes.enums import RESPONSABLES, Role
from reporting import periodes
from reporting.enums import StatutBilan
from reporting.models import Bilan
from socle.a_faire import Attente, Lue, source
from socle.composants import Geste, LigneAFaire
from socle.nombres import il_y_a
from socle.periodes import Periode

PERIODE = Concat(Cast("debut", CharField()), Value("/"), Cast("fin", CharField()))
NOUVEAU = datetime.timedelta(days=60)  # rien ne dit qu'un bilan est lu : deux mois après, il n'est plus nouveau


@source(
    "bilans",
    "À publier",
    "Bilans en préparation",
    roles=RESPONSABLES,
    ton="info",
    liste="reporting:bilans?statut=brouillon",
)
def bilans_a_publier(acteur: Acteur, le: datetime.date) -> Attente:
    """Sans échéance : les jours d'avant la publication sont à la structure."""
    brouillons = Bilan.objects.visibles_par(acteur).filter(
        structure=acteur.organisation, statut__in=StatutBilan.en_preparation()
    )
    return Attente(brouillons, _ecrire_brouillon, dernier=TruncDate("modifie_le"), objet=PERIODE)


def _nom_de_periode(bornes: str) -> str:
    """« 2018-01-01/2018-12-31 » → « 2018 »."""
    debut, fin = (datetime.date.fromisoformat(borne[:10]) for borne in bornes.split("/"))
    return periodes.nommer(Periode(debut, fin))


def _ecrire_brouillon(acteur: Acteur, lu: Lue) -> LigneAFaire:
    page = reverse("reporting:bilan", args=[lu.uuid])
    prepare = f"préparé {il_y_a(lu.dernier, lu.le)}"
    return lu.ligne(
        f"Bilan {_nom_de_periode(lu.objet)}, en préparation", page, dernier=prepare, gestes=[Geste("Relire", page)]
    )


@source(
    "bilans_recus",
    "Nouveau",
    "Bilans reçus",
    roles={Role.FINANCEUR, Role.RESEAU, Role.MAITRE_OUVRAGE},
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
        objet=PERIODE,
        precision="structure__nom",
    )


def _ecrire_recu(acteur: Acteur, lu: Lue) -> LigneAFaire:
    page = reverse("reporting:bilan", args=[lu.uuid])
    return lu.ligne(
        f"Bilan {_nom_de_periode(lu.objet)} · {lu.precision}",
        page,
        dernier=f"publié {il_y_a(lu.dernier, lu.le)}",
        gestes=[Geste("Lire", page)],
    )
