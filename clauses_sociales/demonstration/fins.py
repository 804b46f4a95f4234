"""Des engagements finis de la démonstration : une pénalité proposée, une à décider, une décidée, une attestation."""

from decimal import Decimal

from django.utils import timezone

from cloture.attestations.services import emettre_attestation
from cloture.carences.services import constater_carence
from cloture.constat import engagements_a_attester
from cloture.enums import DecisionPenalite, GenrePenalite, RemiseLettre
from cloture.lettres.services import envoyer_la_lettre, remettre_la_lettre
from cloture.models import Attestation, Penalite
from cloture.penalites.services import decider_penalite, proposer_penalite, recevoir_observations
from comptes.acteur import Acteur
from comptes.models import Organisation
from marches.models import Engagement
from marches.services import modifier_marche
from socle.services.documents import fabriquer

BAREME = {"penalite_par_heure": Decimal(200), "penalite_par_jour": Decimal(75)}
POSTE = Decimal(40)


def finir_des_engagements(acteur: Acteur) -> None:
    """Par les services ; aucune heure ne bouge. Les comptes acheteur et entreprise y ont chacun de quoi lire."""
    finis = list(engagements_a_attester(acteur).avec_contexte())
    courts = [e for e in finis if e.heures_dues - e.heures_realisees > POSTE]
    chez_l_acheteur = [e for e in courts if e.lot.marche.maitre_ouvrage.organisation_id]
    chez_l_entreprise = [e for e in finis if e.entreprise.organisation_id]
    a_decider, *autres = [*chez_l_acheteur, *(e for e in courts if e not in chez_l_acheteur)]
    decidee, proposee = autres[0], autres[1]
    _decider(acteur, decidee)
    _proposer(acteur, proposee)
    _instruire(acteur, a_decider)
    for engagement in {chez_l_entreprise[-1], decidee}:
        emettre_attestation(acteur=acteur, engagement=engagement, signataire="Camille Roussel", qualite="Responsable")


def _proposer(acteur: Acteur, engagement: Engagement) -> Penalite:
    modifier_marche(acteur=acteur, marche=engagement.lot.marche, **BAREME)
    return proposer_penalite(acteur=acteur, engagement=engagement, genre=GenrePenalite.HEURES)


def _instruire(acteur: Acteur, engagement: Engagement) -> Penalite:
    """La lettre est partie et l'entreprise a répondu, après une carence constatée pour un poste."""
    constater_carence(
        acteur=acteur,
        engagement=engagement,
        constatee_le=engagement.lot.marche.fin,
        postes=1,
        motif="Aucun candidat disponible pour un poste de manœuvre",
        heures_neutralisees=POSTE,
        motif_heures="un poste de 40 h",
    )
    penalite = envoyer_la_lettre(acteur=acteur, penalite=_proposer(acteur, engagement))
    penalite = remettre_la_lettre(
        acteur=acteur, penalite=penalite, remise=RemiseLettre.RECOMMANDE, le=timezone.localdate()
    )
    return recevoir_observations(
        acteur=acteur,
        penalite=penalite,
        texte="Le chantier a été arrêté six semaines pour intempéries : nous demandons d'en tenir compte.",
    )


def _decider(acteur: Acteur, engagement: Engagement) -> None:
    penalite = _instruire(acteur, engagement)
    decider_penalite(
        acteur=acteur,
        penalite=penalite,
        decision=DecisionPenalite.REDUITE,
        montant=(penalite.montant_propose / 2).quantize(Decimal("0.01")),
        motif="Six semaines d'intempéries ont arrêté le chantier.",
        le=timezone.localdate(),
    )


def fabriquer_les_courriers(slug: str) -> None:
    """Fabrique les documents sans attendre la file."""
    structure = Organisation.objects.get(slug=slug)
    lettres = Penalite.objects.filter(engagement__lot__marche__structure=structure, lettre__isnull=False)
    attestations = Attestation.objects.filter(structure=structure, document__isnull=False)
    for document in (*lettres.values_list("lettre", flat=True), *attestations.values_list("document", flat=True)):
        fabriquer(document)
