"""Entre l'entreprise et le facilitateur : des besoins exprimés, des candidatures à rencontrer, des contrats à signer."""

import datetime
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Case, Count, Exists, OuterRef, Q, Subquery, TextField, Value, When
from django.db.models.functions import Concat, TruncDate
from django.urls import reverse

from comptes.acteur import Acteur
from comptes.enums import FACILITATEURS
from recrutement.a_faire.structure import ENTREPRISES, OffreAvecCandidatures, du_marche, offres_avec
from recrutement.enums import StatutCandidature, StatutOffre
from recrutement.models import Candidature, Offre
from recrutement.models.offre import A_DIRE
from socle.a_faire import Attente, Lue, source
from socle.composants import Geste, LigneAFaire
from socle.nombres import accorder, il_y_a

POSTE = Concat("intitule", Value(" · "), "engagement__entreprise__raison_sociale")
POSTE_ET_MARCHE = Concat("intitule", Value(" · "), "engagement__lot__marche__reference")


@dataclass(frozen=True, slots=True)
class BesoinExprime(Lue):
    poste_et_entreprise: str
    postes: int | None
    exprime_le: datetime.date


@source(
    "besoins", "Besoin exprimé", "Besoins d'entreprises", roles=FACILITATEURS, liste="recrutement:offres?statut=besoin"
)
def besoins_exprimes(acteur: Acteur, le: datetime.date) -> Attente:
    """Une entreprise attend qu'on prenne son besoin en main."""
    exprime = TruncDate("cree_le")
    besoins = Offre.objects.visibles_par(acteur).filter(statut=StatutOffre.BESOIN)
    return Attente(
        besoins,
        BesoinExprime,
        _ecrire_besoin,
        {"poste_et_entreprise": POSTE, "postes": "postes", "exprime_le": exprime},
        jour=exprime,
        dossier=du_marche(acteur, ""),
    )


def _ecrire_besoin(acteur: Acteur, lu: BesoinExprime) -> LigneAFaire:
    page = reverse("recrutement:offre", args=[lu.uuid])
    postes, exprime = accorder(lu.postes or 0, "poste"), f"exprimé {il_y_a(lu.exprime_le, lu.le)}"
    return lu.montrer(lu.poste_et_entreprise, page, postes, exprime, [Geste("Voir", page)])


@source("a_repondre", "À répondre", "Candidatures à répondre", roles=ENTREPRISES, liste="recrutement:mes_offres")
def candidatures_a_repondre(acteur: Acteur, le: datetime.date) -> Attente:
    """Une ligne par offre : les personnes transmises qui attendent une réponse."""
    return offres_avec(acteur, [StatutCandidature.TRANSMISE, StatutCandidature.ENTRETIEN], _ecrire_a_repondre)


def _ecrire_a_repondre(acteur: Acteur, lu: OffreAvecCandidatures) -> LigneAFaire:
    page = reverse("recrutement:reponse", args=[lu.uuid])
    nombre = accorder(lu.candidatures, "personne à rencontrer", "personnes à rencontrer")
    transmise = f"transmise {il_y_a(lu.attend_depuis, lu.le)}"
    return lu.montrer(lu.poste_et_entreprise, page, nombre, transmise, [Geste("Répondre", page)])


@dataclass(frozen=True, slots=True)
class OffreASigner(Lue):
    poste_et_marche: str
    retenues: int | None


@source("a_signer", "Contrat à signer", "Contrats à signer", roles=ENTREPRISES, ton="info")
def contrats_a_signer(acteur: Acteur, le: datetime.date) -> Attente:
    """Des personnes retenues, dont le contrat reste à établir avec le facilitateur."""
    retenues = Candidature.objects.filter(
        offre=OuterRef("pk"), statut=StatutCandidature.RETENUE, contrat__isnull=True
    ).order_by()
    siennes = Offre.objects.visibles_par(acteur).exclude(statut__in=[StatutOffre.CLOSE, StatutOffre.ABANDONNEE])
    return Attente(
        siennes.filter(Exists(retenues)),
        OffreASigner,
        _ecrire_a_signer,
        {
            "poste_et_marche": POSTE_ET_MARCHE,
            "retenues": Subquery(retenues.values("offre").annotate(n=Count("pk")).values("n")),
        },
        jour="debut",
    )


def _ecrire_a_signer(acteur: Acteur, lu: OffreASigner) -> LigneAFaire:
    page = reverse("recrutement:reponse", args=[lu.uuid])
    retenues = (
        f"{accorder(lu.retenues or 0, 'personne retenue', 'personnes retenues')}, à établir avec votre facilitateur"
    )
    return lu.montrer(lu.poste_et_marche, page, retenues, gestes=[Geste("Voir", page)])


@dataclass(frozen=True, slots=True)
class BesoinACompleter(Lue):
    poste_et_marche: str
    manque: str


@source("a_completer", "À compléter", "Besoins à compléter", roles=ENTREPRISES, ton="info")
def besoins_a_completer(acteur: Acteur, le: datetime.date) -> Attente:
    """Ce qu'un candidat demanderait n'est pas encore dit : le lieu, les heures, ce que le poste demande."""
    manques = {"adresse": Q(adresse="", commune=None), "heures": Q(heures=None), "exigences": Q(exigences="")}
    dits = (
        Case(When(absent, then=Value(f"{A_DIRE[champ]}, ")), default=Value(""), output_field=TextField())
        for champ, absent in manques.items()
    )
    incomplets = Offre.objects.visibles_par(acteur).filter(reduce(or_, manques.values()))
    return Attente(
        incomplets.filter(statut=StatutOffre.BESOIN),
        BesoinACompleter,
        _ecrire_a_completer,
        {"poste_et_marche": POSTE_ET_MARCHE, "manque": Concat(*dits)},
        jour="debut",
    )


def _ecrire_a_completer(acteur: Acteur, lu: BesoinACompleter) -> LigneAFaire:
    page = reverse("recrutement:besoin_modifier", args=[lu.uuid])
    manque = lu.manque.removesuffix(", ")
    return lu.montrer(lu.poste_et_marche, page, f"il manque {manque}", gestes=[Geste("Compléter", page)])
