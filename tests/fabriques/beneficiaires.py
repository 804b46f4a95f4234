import datetime

import factory
from django.utils import timezone

from beneficiaires.enums import CodeCritere, NiveauFormation, OrigineRattachement, Sexe, StatutQuartier
from beneficiaires.models import (
    Beneficiaire,
    Critere,
    Domicile,
    InscriptionEmploi,
    NiveauAtteint,
    NoteParcours,
    RattachementQuartier,
)
from territoires.enums import Millesime
from tests.fabriques.commun import Fabrique
from tests.fabriques.comptes import OrganisationFactory
from tests.fabriques.territoires import CommuneFactory, QuartierFactory


class BeneficiaireFactory(Fabrique):
    class Meta:
        model = Beneficiaire

    class Params:
        archive = factory.Trait(archive_le=factory.LazyFunction(timezone.now))

    structure = factory.SubFactory(OrganisationFactory)
    identifiant = factory.Sequence(lambda n: f"B-{n:04d}")
    nom = factory.Sequence(lambda n: f"Lemaire{n}")
    prenom = "Awa"
    date_naissance = datetime.date(1995, 3, 12)
    sexe = Sexe.FEMME
    telephone = "06 00 00 00 00"


class CritereFactory(Fabrique):
    class Meta:
        model = Critere

    beneficiaire = factory.SubFactory(BeneficiaireFactory)
    code = CodeCritere.RSA
    principal = True
    depuis = datetime.date(2025, 6, 1)


class NiveauFactory(Fabrique):
    class Meta:
        model = NiveauAtteint

    beneficiaire = factory.SubFactory(BeneficiaireFactory)
    niveau = NiveauFormation.AUCUN
    depuis = datetime.date(2020, 9, 1)


class InscriptionFactory(Fabrique):
    class Meta:
        model = InscriptionEmploi

    beneficiaire = factory.SubFactory(BeneficiaireFactory)
    depuis = datetime.date(2025, 1, 15)


class DomicileFactory(Fabrique):
    class Meta:
        model = Domicile

    beneficiaire = factory.SubFactory(BeneficiaireFactory)
    adresse = "12 rue des Tanneurs"
    code_postal = "50100"
    commune = factory.SubFactory(CommuneFactory)
    depuis = datetime.date(2024, 1, 1)


class RattachementFactory(Fabrique):
    """Le domicile est dans un quartier prioritaire, millésime 2024 ; traits : hors_quartier, a_verifier."""

    class Meta:
        model = RattachementQuartier

    class Params:
        hors_quartier = factory.Trait(statut=StatutQuartier.NON, quartier=None)
        a_verifier = factory.Trait(statut=StatutQuartier.A_VERIFIER, quartier=None)

    domicile = factory.SubFactory(DomicileFactory)
    millesime = Millesime.GEOGRAPHIE_2024
    quartier = factory.SubFactory(QuartierFactory, millesime=factory.SelfAttribute("..millesime"))
    statut = StatutQuartier.OUI
    origine = OrigineRattachement.POLYGONE


class NoteParcoursFactory(Fabrique):
    class Meta:
        model = NoteParcours

    beneficiaire = factory.SubFactory(BeneficiaireFactory)
    organisation = factory.SelfAttribute("beneficiaire.structure")
    texte = "Entretien de point : projet confirmé."
