"""Ce que les bilans font attendre : les brouillons à publier, ceux qu'un financeur vient de recevoir."""

import datetime

from django.db.models import Case, CharField, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, TruncDate
from django.urls import reverse

from comptes.acteur import Acteur
from comptes.enums import RESPONSABLES, Role
from reporting.enums import StatutBilan
from reporting.models import Bilan, nom_de_bilan
from socle.a_faire import Attente, Lue, source
from socle.composants import Geste, LigneAFaire
from socle.nombres import il_y_a
from socle.periodes import Periode

# De quoi le nommer : ses bornes et sa variante, puis sa cible, comme elle s'écrit.
BORNES = Concat(Cast("debut", CharField()), Value("/"), Cast("fin", CharField()), Value("/"), "variante")
CIBLE = Case(
    When(marche__isnull=False, then=Concat("marche__reference", Value(" · "), "marche__objet")),
    default=Coalesce("maitre_ouvrage__nom", "operation__nom", Value("")),
    output_field=CharField(),
)
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
    return Attente(brouillons, _ecrire_brouillon, dernier=TruncDate("modifie_le"), objet=BORNES, etat=CIBLE)


def _nom(lu: Lue) -> str:
    """« 2018-01-01/2018-12-31/ville » → « Bilan 2018 · Contrat de ville (État, ANCT) », comme sur sa page."""
    debut, fin, variante = lu.objet.split("/")
    periode = Periode(*(datetime.date.fromisoformat(borne[:10]) for borne in (debut, fin)))
    return nom_de_bilan(periode, variante, lu.etat)


def _ecrire_brouillon(acteur: Acteur, lu: Lue) -> LigneAFaire:
    page = reverse("reporting:bilan", args=[lu.uuid])
    prepare = f"préparé {il_y_a(lu.dernier, lu.le)}"
    return lu.ligne(f"{_nom(lu)}, en préparation", page, dernier=prepare, gestes=[Geste("Relire", page)])


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
        objet=BORNES,
        etat=CIBLE,
        precision="structure__nom",
    )


def _ecrire_recu(acteur: Acteur, lu: Lue) -> LigneAFaire:
    page = reverse("reporting:bilan", args=[lu.uuid])
    return lu.ligne(
        f"{_nom(lu)} · {lu.precision}",
        page,
        dernier=f"publié {il_y_a(lu.dernier, lu.le)}",
        gestes=[Geste("Lire", page)],
    )
