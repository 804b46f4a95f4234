"""Une pénalité, de la proposition à la notification. La structure instruit ; l'acheteur décide, jamais le logiciel."""

import datetime
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from comptes.acteur import Acteur
from comptes.enums import Role
from comptes.models import Adhesion
from marches.models import Engagement
from socle.nombres import euros
from socle.regles import RegleViolee
from socle.services.courriels import ecrire_courriel
from socle.services.documents import demander_document
from socle.services.enregistrement import ecrire
from socle.services.journal import declarer_actions, noter
from socle.services.lots import pour_chacun, travail
from suivi.cloture import constater, reglages_de_cloture
from suivi.enums import TRANSITIONS_PENALITE, DecisionPenalite, GenrePenalite, StatutPenalite
from suivi.models import Penalite
from suivi.permissions_cloture import peut_decider, peut_observer, peut_tenir_la_fin
from suivi.preuves import figer
from suivi.services.carences import verifier_le_jour, verrouiller

declarer_actions(
    penalite_proposee="Pénalité proposée",
    penalite_lettre="Lettre contradictoire envoyée",
    penalite_observations="Observations de l'entreprise reçues",
    penalite_decidee="Pénalité décidée par l'acheteur",
    penalite_notifiee="Décision notifiée à l'entreprise",
    penalite_retiree="Proposition de pénalité retirée",
)
GENRE_LETTRE = "lettre_contradictoire"


def _verrouiller(penalite: Penalite) -> Penalite:
    """La ligne, seule à bouger, avec ce que ses règles lisent."""
    penalites = Penalite.objects.select_for_update(of=("self",)).select_related(
        "engagement__entreprise",
        "engagement__correspondant",
        "engagement__lot__marche__maitre_ouvrage",
        "engagement__lot__marche__structure",
        "engagement__lot__marche__facilitateur",
    )
    return penalites.get(pk=penalite.pk)


def _passer(penalite: Penalite, transition: str, **valeurs) -> None:
    ecrire(penalite, {"statut": TRANSITIONS_PENALITE.appliquer(transition, penalite.statut), **valeurs})


def _noter(acteur: Acteur, action: str, penalite: Penalite, **donnees) -> None:
    noter(acteur=acteur, action=action, objet=penalite, structure=penalite.engagement.lot.marche.structure, **donnees)


@transaction.atomic
def proposer_penalite(*, acteur: Acteur, engagement: Engagement, genre: str) -> Penalite:
    """Propose au barème du marché, preuves figées à ce jour. Tant que la lettre n'est pas partie, refaire actualise."""
    engagement = verrouiller(engagement)
    peut_tenir_la_fin(acteur, engagement).exiger()
    constat = constater(engagement)
    if not (verdict := constat.verdict(genre)):
        raise RegleViolee(verdict.motif)
    penalite = _en_cours(engagement, genre) or Penalite(engagement=engagement, genre=GenrePenalite(genre))
    if penalite.pk:
        penalite.statut = TRANSITIONS_PENALITE.appliquer("actualiser", penalite.statut)
    preuves = figer(constat, genre)
    ecrire(penalite, {"preuves": preuves, "montant_propose": Decimal(preuves["montant"])})
    _noter(acteur, "penalite_proposee", penalite, genre=genre, montant=penalite.montant_propose)
    return penalite


def _en_cours(engagement: Engagement, genre: str) -> Penalite | None:
    """Celle qui est ouverte ; pour les heures, celle qui est décidée : un manque ne se sanctionne qu'une fois."""
    penalites = Penalite.objects.select_for_update().filter(engagement=engagement, genre=genre)
    if genre == GenrePenalite.HEURES:
        return penalites.exclude(statut=StatutPenalite.RETIREE).first()
    return penalites.ouvertes().first()


def terme_du_delai(jours: int) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=jours)


@transaction.atomic
def envoyer_la_lettre(*, acteur: Acteur, penalite: Penalite, repondre_avant: datetime.date | None = None) -> Penalite:
    """Ouvre le contradictoire : la lettre se fabrique, l'entreprise est prévenue et a jusqu'à cette date pour répondre."""
    penalite = _verrouiller(penalite)
    peut_tenir_la_fin(acteur, penalite.engagement).exiger()
    aujourd_hui, marche = timezone.localdate(), penalite.engagement.lot.marche
    repondre_avant = repondre_avant or terme_du_delai(reglages_de_cloture(marche.structure).jours_pour_repondre)
    if repondre_avant <= aujourd_hui:
        raise RegleViolee("Laissez au moins un jour à l'entreprise pour répondre.", champ="repondre_avant")
    _passer(penalite, "envoyer", lettre_le=aujourd_hui, repondre_avant=repondre_avant)
    penalite.lettre = demander_document(
        acteur=acteur,
        genre=GENRE_LETTRE,
        titre=f"Lettre contradictoire, marché {marche.reference}",
        nom_fichier=f"contradictoire-{marche.reference}-{aujourd_hui.isoformat()}.pdf",
        parametres={"penalite": str(penalite.uuid)},
        expire_le=None,
    )
    penalite.save(update_fields=["lettre", "modifie_le"])
    _ecrire_a_l_entreprise(penalite, "penalite_lettre")
    _noter(acteur, "penalite_lettre", penalite, repondre_avant=repondre_avant)
    return penalite


@transaction.atomic
def recevoir_observations(
    *, acteur: Acteur, penalite: Penalite, texte: str, recues_le: datetime.date | None = None
) -> Penalite:
    """L'entreprise répond, ou complète sa réponse ; `recues_le` date un courrier que le facilitateur recopie."""
    penalite = _verrouiller(penalite)
    peut_observer(acteur, penalite).exiger()
    jour = recues_le or timezone.localdate()
    TRANSITIONS_PENALITE.appliquer("observer", penalite.statut)
    verifier_le_jour(jour, champ="recues_le", depuis=penalite.lettre_le)
    if not texte.strip():
        raise RegleViolee("Écrivez les observations.", champ="texte")
    deja = f"{penalite.observations}\n\n" if penalite.observations else ""
    observations = f"{deja}{texte.strip()}"
    if len(observations) > Penalite._meta.get_field("observations").max_length:
        raise RegleViolee("Ces observations sont trop longues : 6 000 caractères au plus.", champ="texte")
    _passer(penalite, "observer", observations=observations, observations_le=jour)
    _demander_la_decision(penalite)
    _noter(acteur, "penalite_observations", penalite, recues_le=jour)
    return penalite


def verifier_decision(penalite: Penalite, decision: str, montant: Decimal | None, motif: str) -> Decimal:
    """Le montant qu'une décision retient, ou pourquoi elle ne tient pas. Le contradictoire court jusqu'à son terme."""
    if decision != DecisionPenalite.RETENUE and not motif.strip():
        raise RegleViolee("Dites pourquoi : ce motif est lu par l'entreprise.", champ="motif")
    if decision == DecisionPenalite.ABANDONNEE:
        return Decimal(0)
    le_delai_court = (
        penalite.statut == StatutPenalite.CONTRADICTOIRE and penalite.repondre_avant >= timezone.localdate()
    )
    if le_delai_court:
        raise RegleViolee(
            f"L'entreprise a jusqu'au {penalite.repondre_avant:%d/%m/%Y} pour répondre. D'ici là, vous pouvez seulement "
            "abandonner la pénalité.",
            champ="decision",
        )
    if decision == DecisionPenalite.RETENUE:
        return penalite.montant_propose
    if montant is None or not 0 < montant < penalite.montant_propose:
        propose = euros(penalite.montant_propose)
        raise RegleViolee(f"Un montant réduit est entre 0 et {propose}, bornes exclues.", champ="montant")
    return montant


@transaction.atomic
def decider_penalite(
    *,
    acteur: Acteur,
    penalite: Penalite,
    decision: str,
    montant: Decimal | None = None,
    motif: str = "",
    le: datetime.date | None = None,
) -> Penalite:
    """L'acheteur décide par son compte ; ou un facilitateur consigne sa décision écrite, à la date `le` du document."""
    penalite = _verrouiller(penalite)
    peut_decider(acteur, penalite).exiger()
    TRANSITIONS_PENALITE.appliquer("decider", penalite.statut)
    consignee = acteur.role != Role.MAITRE_OUVRAGE
    if consignee and le is None:
        raise RegleViolee("Donnez la date du document de l'acheteur.", champ="le")
    jour = le if consignee and le else timezone.localdate()
    verifier_le_jour(jour, champ="le", depuis=penalite.lettre_le)
    retenu = verifier_decision(penalite, decision, montant, motif)
    _passer(
        penalite,
        "decider",
        decision=DecisionPenalite(decision),
        montant_decide=retenu,
        motif_decision=motif.strip(),
        decidee_le=jour,
        decidee_par=acteur.utilisateur,
        consignee=consignee,
    )
    _ecrire_a_l_entreprise(penalite, "penalite_decidee")
    _ecrire_au_facilitateur(penalite)
    _noter(acteur, "penalite_decidee", penalite, decision=decision, montant=retenu, motif=motif.strip())
    return penalite


@transaction.atomic
def notifier_penalite(*, acteur: Acteur, penalite: Penalite, le: datetime.date) -> Penalite:
    """Date la notification de la décision : le courrier de l'acheteur, reçu par l'entreprise."""
    penalite = _verrouiller(penalite)
    peut_decider(acteur, penalite).exiger()
    TRANSITIONS_PENALITE.appliquer("notifier", penalite.statut)
    verifier_le_jour(le, champ="le", depuis=penalite.decidee_le)
    _passer(penalite, "notifier", notifiee_le=le)
    _noter(acteur, "penalite_notifiee", penalite, le=le)
    return penalite


@transaction.atomic
def retirer_penalite(*, acteur: Acteur, penalite: Penalite, motif: str) -> Penalite:
    """Retire une proposition avant toute décision ; l'entreprise qui avait reçu la lettre est prévenue."""
    penalite = _verrouiller(penalite)
    peut_tenir_la_fin(acteur, penalite.engagement).exiger()
    if not motif.strip():
        raise RegleViolee("Dites pourquoi la proposition est retirée.", champ="motif")
    _passer(penalite, "retirer", motif_retrait=motif.strip())
    if penalite.lettre_le:
        _ecrire_a_l_entreprise(penalite, "penalite_retiree")
    _noter(acteur, "penalite_retiree", penalite, motif=motif.strip())
    return penalite


@travail("Décisions attendues des acheteurs")
def demander_les_decisions(le: datetime.date | None = None) -> int:
    """Prévient les acheteurs dont l'entreprise n'a pas répondu dans le délai. Sans danger deux fois : une clé par membre."""
    dues = Penalite.objects.a_decider(le).select_related(
        "engagement__entreprise", "engagement__lot__marche__maitre_ouvrage", "engagement__lot__marche__structure"
    )
    return sum(pour_chacun(dues.order_by("pk"), _demander_la_decision))


def _membres(organisation_id: int | None) -> list[Adhesion]:
    if organisation_id is None:
        return []
    membres = Adhesion.objects.en_vigueur().filter(organisation=organisation_id, utilisateur__is_active=True)
    return list(membres.select_related("utilisateur").order_by("pk"))


def _contexte(penalite: Penalite) -> dict:
    marche = penalite.engagement.lot.marche
    return {
        "penalite": penalite,
        "genre": penalite.get_genre_display().lower(),
        "marche": marche,
        "structure": marche.structure.nom,
        "acheteur": marche.maitre_ouvrage.nom,
        "entreprise": penalite.engagement.entreprise.raison_sociale,
        "lien": settings.SITE_URL + penalite.get_absolute_url(),
    }


@transaction.atomic
def _demander_la_decision(penalite: Penalite) -> int:
    membres = _membres(penalite.engagement.lot.marche.maitre_ouvrage.organisation_id)
    for adhesion in membres:
        ecrire_courriel(
            destinataire=adhesion.utilisateur.email,
            gabarit="courriels/penalite_a_decider",
            contexte=_contexte(penalite),
            cle=f"penalite-a-decider-{penalite.uuid}-{adhesion.uuid}",
        )
    return len(membres)


def _ecrire_a_l_entreprise(penalite: Penalite, gabarit: str) -> None:
    """À chaque membre de son espace ; sans espace, à son correspondant, que la structure joint par courrier."""
    facilitateur = penalite.engagement.lot.marche.facilitateur
    membres = _membres(penalite.engagement.entreprise.organisation_id)
    adresses = {str(adhesion.uuid): adhesion.utilisateur.email for adhesion in membres}
    correspondant = penalite.engagement.correspondant
    if not adresses and correspondant and correspondant.courriel:
        adresses = {str(correspondant.uuid): correspondant.courriel}
    for cle, adresse in adresses.items():
        ecrire_courriel(
            destinataire=adresse,
            gabarit=f"courriels/{gabarit}",
            contexte={**_contexte(penalite), "a_un_espace": bool(membres)},
            cle=f"{gabarit}-{penalite.uuid}-{cle}",
            repondre_a=facilitateur.email if facilitateur else "",
        )


def _ecrire_au_facilitateur(penalite: Penalite) -> None:
    """La décision prise dans son espace par l'acheteur : le facilitateur du marché l'apprend."""
    facilitateur = penalite.engagement.lot.marche.facilitateur
    if facilitateur and facilitateur.is_active and not penalite.consignee:
        ecrire_courriel(
            destinataire=facilitateur.email,
            gabarit="courriels/penalite_decision_prise",
            contexte=_contexte(penalite),
            cle=f"penalite-decision-prise-{penalite.uuid}",
        )
