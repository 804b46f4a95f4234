"""Ce que les bilans font attendre : les brouillons à publier, ceux qu'un financeur vient de recevoir."""

import datetime
from dataclasses import dataclass

from django.db.models import Case, CharField, Value, When
from django.db.models.functions import Coalesce, Concat, TruncDate
from django.urls import reverse

from comptes.acteur import Acteur
from comptes.enums import RESPONSABLES, Role
from reporting.enums import StatutBilan
from reporting.models import Bilan, nom_de_bilan
from socle.a_faire import Attente, Lue, source
from socle.composants import Geste, LigneAFaire
from socle.nombres import il_y_a
from socle.periodes import Periode

CIBLE = Case(
    When(marche__isnull=False, then=Concat("marche__reference", Value(" · "), "marche__objet")),
    default=Coalesce("maitre_ouvrage__nom", "operation__nom", Value("")),
    output_field=CharField(),
)
NOUVEAU = datetime.timedelta(days=60)  # rien ne dit qu'un bilan est lu : deux mois après, il n'est plus nouveau


@dataclass(frozen=True, slots=True)
class BilanLu(Lue):
    """De quoi le nommer comme sur sa page : ses bornes, sa variante, sa cible."""

    debut: datetime.date
    fin: datetime.date
    variante: str
    cible: str

    @property
    def nom(self) -> str:
        return nom_de_bilan(Periode(self.debut, self.fin), self.variante, self.cible)


NOMME = {"debut": "debut", "fin": "fin", "variante": "variante", "cible": CIBLE}


@dataclass(frozen=True, slots=True)
class BilanEnPreparation(BilanLu):
    prepare_le: datetime.date


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
    lit = {**NOMME, "prepare_le": TruncDate("modifie_le")}
    return Attente(brouillons, BilanEnPreparation, _ecrire_brouillon, lit)


def _ecrire_brouillon(acteur: Acteur, lu: BilanEnPreparation) -> LigneAFaire:
    page = reverse("reporting:bilan", args=[lu.uuid])
    prepare = f"préparé {il_y_a(lu.prepare_le, lu.le)}"
    return lu.montrer(f"{lu.nom}, en préparation", page, dernier=prepare, gestes=[Geste("Relire", page)])


@dataclass(frozen=True, slots=True)
class BilanRecu(BilanLu):
    structure: str
    publie_le: datetime.date


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
    lit = {**NOMME, "structure": "structure__nom", "publie_le": publie}
    return Attente(recents, BilanRecu, _ecrire_recu, lit, jour=publie)


def _ecrire_recu(acteur: Acteur, lu: BilanRecu) -> LigneAFaire:
    page = reverse("reporting:bilan", args=[lu.uuid])
    return lu.montrer(
        f"{lu.nom} · {lu.structure}",
        page,
        dernier=f"publié {il_y_a(lu.publie_le, lu.le)}",
        gestes=[Geste("Lire", page)],
    )
