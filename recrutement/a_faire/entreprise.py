"""Entre l'entreprise et le facilitateur : des besoins exprimés, des candidatures à rencontrer, des contrats à signer."""

import datetime

from django.db.models import Count, Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Concat, TruncDate
from django.urls import reverse

from comptes.acteur import Acteur
from comptes.enums import FACILITATEURS
from recrutement.a_faire.structure import ENTREPRISES, du_marche, offres_avec
from recrutement.enums import StatutCandidature, StatutOffre
from recrutement.models import Candidature, Offre
from socle.a_faire import Attente, Lue, source
from socle.composants import Geste, LigneAFaire
from socle.nombres import accorder, il_y_a

POSTE = Concat("intitule", Value(" · "), "engagement__entreprise__raison_sociale")
POSTE_ET_MARCHE = Concat("intitule", Value(" · "), "engagement__lot__marche__reference")


@source(
    "besoins", "Besoin exprimé", "Besoins d'entreprises", roles=FACILITATEURS, liste="recrutement:offres?statut=besoin"
)
def besoins_exprimes(acteur: Acteur, le: datetime.date) -> Attente:
    """Une entreprise attend qu'on prenne son besoin en main."""
    exprime = TruncDate("cree_le")
    besoins = Offre.objects.visibles_par(acteur).filter(statut=StatutOffre.BESOIN)
    return Attente(
        besoins,
        _ecrire_besoin,
        jour=exprime,
        depuis=exprime,
        objet=POSTE,
        nombre="postes",
        dossier=du_marche(acteur, ""),
    )


def _ecrire_besoin(acteur: Acteur, lu: Lue) -> LigneAFaire:
    page = reverse("recrutement:offre", args=[lu.uuid])
    exprime = f"exprimé {il_y_a(lu.depuis, lu.le)}" if lu.depuis else ""
    return lu.ligne(lu.objet, page, accorder(lu.nombre or 0, "poste"), exprime, [Geste("Voir", page)])


@source("a_repondre", "À répondre", "Candidatures à répondre", roles=ENTREPRISES, liste="recrutement:mes_offres")
def candidatures_a_repondre(acteur: Acteur, le: datetime.date) -> Attente:
    """Une ligne par offre : les personnes transmises qui attendent une réponse."""
    return offres_avec(acteur, [StatutCandidature.TRANSMISE, StatutCandidature.ENTRETIEN], _ecrire_a_repondre)


def _ecrire_a_repondre(acteur: Acteur, lu: Lue) -> LigneAFaire:
    page = reverse("recrutement:reponse", args=[lu.uuid])
    nombre = accorder(lu.nombre, "personne à rencontrer", "personnes à rencontrer")
    return lu.ligne(lu.objet, page, nombre, f"transmise {il_y_a(lu.depuis, lu.le)}", [Geste("Répondre", page)])


@source("a_signer", "Contrat à signer", "Contrats à signer", roles=ENTREPRISES, ton="info")
def contrats_a_signer(acteur: Acteur, le: datetime.date) -> Attente:
    """Des personnes retenues, dont le contrat reste à établir avec le facilitateur."""
    retenues = Candidature.objects.filter(
        offre=OuterRef("pk"), statut=StatutCandidature.RETENUE, contrat__isnull=True
    ).order_by()
    siennes = Offre.objects.visibles_par(acteur).exclude(statut__in=[StatutOffre.CLOSE, StatutOffre.ABANDONNEE])
    return Attente(
        siennes.filter(Exists(retenues)),
        _ecrire_a_signer,
        jour="debut",
        objet=POSTE_ET_MARCHE,
        nombre=Subquery(retenues.values("offre").annotate(n=Count("pk")).values("n")),
    )


def _ecrire_a_signer(acteur: Acteur, lu: Lue) -> LigneAFaire:
    page = reverse("recrutement:reponse", args=[lu.uuid])
    retenues = accorder(lu.nombre or 0, "personne retenue", "personnes retenues")
    return lu.ligne(lu.objet, page, f"{retenues}, à établir avec votre facilitateur", gestes=[Geste("Voir", page)])


@source("a_completer", "À compléter", "Besoins à compléter", roles=ENTREPRISES, ton="info")
def besoins_a_completer(acteur: Acteur, le: datetime.date) -> Attente:
    """Ce qu'un candidat demanderait n'est pas encore dit : le lieu, les heures, ce que le poste demande."""
    sans_lieu = Q(adresse="", commune=None)
    incomplets = Offre.objects.visibles_par(acteur).filter(sans_lieu | Q(heures=None) | Q(exigences=""))
    return Attente(
        incomplets.filter(statut=StatutOffre.BESOIN), _ecrire_a_completer, jour="debut", objet=POSTE_ET_MARCHE
    )


def _ecrire_a_completer(acteur: Acteur, lu: Lue) -> LigneAFaire:
    page = reverse("recrutement:besoin_modifier", args=[lu.uuid])
    return lu.ligne(lu.objet, page, "il manque de quoi trouver quelqu'un", gestes=[Geste("Compléter", page)])
