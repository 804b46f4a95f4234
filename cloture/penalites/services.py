"""Une pénalité, de la proposition à la notification. La structure instruit ; l'acheteur décide, jamais le logiciel."""

import datetime
from decimal import Decimal
from typing import cast

from django.db import transaction
from django.utils import timezone

from cloture.carences.services import tenir_l_engagement, verifier_le_jour
from cloture.constat import constater
from cloture.enums import TRANSITIONS_PENALITE, DecisionPenalite, GenrePenalite, StatutPenalite
from cloture.lettres.services import noter_penalite, passer_penalite, verrouiller_penalite
from cloture.models import Penalite
from cloture.penalites.courriels import demander_la_decision, dire_la_decision_au_facilitateur, ecrire_a_l_entreprise
from cloture.penalites.preuves import figer
from cloture.permissions import peut_decider, peut_observer, peut_tenir_la_fin
from comptes.acteur import Acteur
from comptes.enums import Role
from marches.models import Engagement
from socle.nombres import euros
from socle.regles import RegleViolee
from socle.services.enregistrement import ecrire
from socle.services.journal import declarer_actions
from socle.services.lots import pour_chacun, travail

declarer_actions(
    penalite_proposee="Pénalité proposée",
    penalite_observations="Observations de l'entreprise reçues",
    penalite_decidee="Pénalité décidée par l'acheteur",
    penalite_notifiee="Décision notifiée à l'entreprise",
    penalite_retiree="Proposition de pénalité retirée",
)


@transaction.atomic
def proposer_penalite(*, acteur: Acteur, engagement: Engagement, genre: str) -> Penalite:
    """Propose au barème du marché, preuves figées à ce jour. Tant que la lettre n'est pas partie, refaire actualise."""
    engagement = tenir_l_engagement(acteur=acteur, engagement=engagement)
    constat = constater(engagement)
    if not (verdict := constat.verdict(genre)):
        raise RegleViolee(verdict.motif)
    penalite = _en_cours(engagement, genre) or Penalite(engagement=engagement, genre=GenrePenalite(genre))
    if penalite.pk:
        penalite.statut = TRANSITIONS_PENALITE.appliquer("actualiser", penalite.statut)
    preuves = figer(constat, genre)
    ecrire(penalite, {"preuves": preuves, "montant_propose": Decimal(preuves["montant"])})
    noter_penalite(
        acteur=acteur, action="penalite_proposee", penalite=penalite, genre=genre, montant=penalite.montant_propose
    )
    return penalite


def _en_cours(engagement: Engagement, genre: str) -> Penalite | None:
    """Celle qui est ouverte ; pour les heures, celle qui est décidée : un manque ne se sanctionne qu'une fois."""
    penalites = Penalite.objects.select_for_update().filter(engagement=engagement, genre=genre)
    if genre == GenrePenalite.HEURES:
        return penalites.exclude(statut=StatutPenalite.RETIREE).first()
    return penalites.ouvertes().first()


@transaction.atomic
def recevoir_observations(
    *, acteur: Acteur, penalite: Penalite, texte: str, recues_le: datetime.date | None = None
) -> Penalite:
    """L'entreprise répond, ou complète sa réponse ; `recues_le` date un courrier que le facilitateur recopie."""
    penalite = verrouiller_penalite(acteur=acteur, penalite=penalite)
    peut_observer(acteur, penalite).exiger()
    jour = recues_le or timezone.localdate()
    TRANSITIONS_PENALITE.appliquer("observer", penalite.statut)
    verifier_le_jour(jour, champ="recues_le", depuis=penalite.lettre_le)
    if not texte.strip():
        raise RegleViolee("Écrivez les observations.", champ="texte")
    deja = f"{penalite.observations}\n\n" if penalite.observations else ""
    observations = f"{deja}{texte.strip()}"
    if len(observations) > cast(int, Penalite._meta.get_field("observations").max_length):
        raise RegleViolee("Ces observations sont trop longues : 6 000 caractères au plus.", champ="texte")
    passer_penalite(penalite, "observer", observations=observations, observations_le=jour)
    penalite.dit_a = demander_la_decision(penalite)
    noter_penalite(acteur=acteur, action="penalite_observations", penalite=penalite, recues_le=jour)
    return penalite


def verifier_decision(penalite: Penalite, decision: str, montant: Decimal | None, motif: str) -> Decimal:
    """Le montant qu'une décision retient, ou pourquoi elle ne tient pas. Le contradictoire court jusqu'à son terme."""
    if decision != DecisionPenalite.RETENUE and not motif.strip():
        raise RegleViolee("Dites pourquoi : ce motif est lu par l'entreprise.", champ="motif")
    if decision == DecisionPenalite.ABANDONNEE:
        return Decimal(0)
    if penalite.statut == StatutPenalite.LETTRE_PRETE:
        raise RegleViolee(
            "La lettre n'est pas encore partie : l'entreprise n'a pas pu répondre. D'ici là, vous pouvez seulement "
            "abandonner la pénalité.",
            champ="decision",
        )
    terme = cast(datetime.date, penalite.repondre_avant)  # posé quand la lettre est remise
    le_delai_court = penalite.statut == StatutPenalite.CONTRADICTOIRE and terme >= timezone.localdate()
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
    penalite = verrouiller_penalite(acteur=acteur, penalite=penalite)
    peut_decider(acteur, penalite).exiger()
    TRANSITIONS_PENALITE.appliquer("decider", penalite.statut)
    consignee = acteur.role != Role.MAITRE_OUVRAGE
    if consignee and le is None:
        raise RegleViolee("Donnez la date du document de l'acheteur.", champ="le")
    jour = le if consignee and le else timezone.localdate()
    verifier_le_jour(jour, champ="le", depuis=penalite.lettre_le or penalite.lettre_preparee_le)
    retenu = verifier_decision(penalite, decision, montant, motif)
    passer_penalite(
        penalite,
        "decider",
        decision=DecisionPenalite(decision),
        montant_decide=retenu,
        motif_decision=motif.strip(),
        decidee_le=jour,
        decidee_par=acteur.utilisateur,
        consignee=consignee,
    )
    penalite.dit_a = ecrire_a_l_entreprise(penalite, "penalite_decidee")
    dire_la_decision_au_facilitateur(penalite)
    noter_penalite(
        acteur=acteur,
        action="penalite_decidee",
        penalite=penalite,
        decision=decision,
        montant=retenu,
        motif=motif.strip(),
    )
    return penalite


@transaction.atomic
def notifier_penalite(*, acteur: Acteur, penalite: Penalite, le: datetime.date) -> Penalite:
    """Date la notification de la décision : le courrier de l'acheteur, reçu par l'entreprise."""
    penalite = verrouiller_penalite(acteur=acteur, penalite=penalite)
    peut_decider(acteur, penalite).exiger()
    TRANSITIONS_PENALITE.appliquer("notifier", penalite.statut)
    verifier_le_jour(le, champ="le", depuis=penalite.decidee_le)
    passer_penalite(penalite, "notifier", notifiee_le=le)
    noter_penalite(acteur=acteur, action="penalite_notifiee", penalite=penalite, le=le)
    return penalite


@transaction.atomic
def retirer_penalite(*, acteur: Acteur, penalite: Penalite, motif: str) -> Penalite:
    """Retire une proposition avant toute décision, et l'écrit à l'entreprise si une lettre l'annonçait."""
    penalite = verrouiller_penalite(acteur=acteur, penalite=penalite)
    peut_tenir_la_fin(acteur, penalite.engagement).exiger()
    if not motif.strip():
        raise RegleViolee("Dites pourquoi la proposition est retirée.", champ="motif")
    passer_penalite(penalite, "retirer", motif_retrait=motif.strip())
    if penalite.lettre_preparee_le:
        penalite.dit_a = ecrire_a_l_entreprise(penalite, "penalite_retiree")
    noter_penalite(acteur=acteur, action="penalite_retiree", penalite=penalite, motif=motif.strip())
    return penalite


@travail("Décisions attendues des acheteurs")
def demander_les_decisions(le: datetime.date | None = None) -> int:
    """Écrit aux acheteurs dont l'entreprise n'a pas répondu dans le délai. Sans danger deux fois : une clé par membre."""
    dues = Penalite.objects.a_decider(le).select_related(
        "engagement__entreprise", "engagement__lot__marche__maitre_ouvrage", "engagement__lot__marche__structure"
    )
    return sum(pour_chacun(dues.order_by("pk"), _demander_la_decision))


@transaction.atomic
def _demander_la_decision(penalite: Penalite) -> int:
    return len(demander_la_decision(penalite).destinataires)
