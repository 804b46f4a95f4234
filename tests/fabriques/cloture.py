import datetime
from decimal import Decimal

import factory

from cloture.attestations.composition import composer, empreinte_de
from cloture.constat import constater
from cloture.enums import GenrePenalite, StatutPenalite
from cloture.models import Attestation, Carence, MiseEnDemeure, Penalite, ReglagesCloture
from cloture.penalites.preuves import figer, les_parties
from tests.fabriques.commun import Fabrique
from tests.fabriques.marches import EngagementFactory
from tests.fabriques.socle import DocumentFactory


class MiseEnDemeureFactory(Fabrique):
    """Sa lettre est prête."""

    class Meta:
        model = MiseEnDemeure

    engagement = factory.SubFactory(EngagementFactory)
    le = factory.Sequence(lambda n: datetime.date(2026, 7, 1) + datetime.timedelta(days=n % 31))  # en juillet, toujours
    objet = "Déclarer les heures en retard"
    remise = "recommande"
    remise_le = factory.SelfAttribute("le")
    parties = factory.LazyAttribute(lambda mise: {**les_parties(mise.engagement), "attendus": []})
    document = factory.SubFactory(
        DocumentFactory, pret=True, organisation=factory.SelfAttribute("..engagement.lot.marche.structure")
    )


class CarenceFactory(Fabrique):
    """Deux postes sans candidat, aucune heure neutralisée."""

    class Meta:
        model = Carence

    engagement = factory.SubFactory(EngagementFactory)
    constatee_le = datetime.date(2026, 7, 10)
    postes = 2
    motif = "Aucune réponse à l'offre"


class PenaliteFactory(Fabrique):
    """La lettre est partie et l'entreprise a répondu : l'acheteur décide. Le montant est donné, ses preuves sont vraies."""

    class Meta:
        model = Penalite

    engagement = factory.SubFactory(EngagementFactory)
    genre = GenrePenalite.RETARD
    statut = StatutPenalite.OBSERVATIONS
    preuves = factory.LazyAttribute(lambda penalite: figer(constater(penalite.engagement), penalite.genre))
    montant_propose = Decimal("900.00")
    lettre_preparee_le = lettre_le = datetime.date(2026, 8, 1)
    remise = "recommande"
    repondre_avant = datetime.date(2026, 8, 16)
    observations = "Le chantier était arrêté."
    observations_le = datetime.date(2026, 8, 10)
    lettre = factory.SubFactory(
        DocumentFactory, pret=True, organisation=factory.SelfAttribute("..engagement.lot.marche.structure")
    )


class AttestationFactory(Fabrique):
    """Émise, son PDF prêt ; l'engagement n'a pas besoin d'être fini."""

    class Meta:
        model = Attestation

    structure = factory.SelfAttribute("engagement.lot.marche.structure")
    numero = factory.Sequence(lambda n: f"2026-{n:04d}")
    emise_le = datetime.date(2026, 9, 1)
    donnees = factory.LazyAttribute(
        lambda a: {
            **composer(constater(a.engagement), ReglagesCloture()),
            "numero": a.numero,
            "emise_le": a.emise_le.isoformat(),
            "signataire": {"nom": "Claire Le Goff", "qualite": "Facilitatrice"},
            "remplace": None,
        }
    )
    verdict = factory.LazyAttribute(lambda a: a.donnees["verdict"])
    empreinte = factory.LazyAttribute(lambda a: empreinte_de(a.donnees))
    document = factory.SubFactory(DocumentFactory, pret=True, organisation=factory.SelfAttribute("..structure"))
