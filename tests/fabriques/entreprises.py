import factory
from django.utils import timezone

from entreprises.enums import TypeEntreprise
from entreprises.models import ContactEntreprise, Entreprise, FicheEntreprise
from tests.fabriques.commun import Fabrique, siret
from tests.fabriques.comptes import OrganisationFactory


class EntrepriseFactory(Fabrique):
    """Une entreprise classique ; `suivie_par=structure` lui ouvre une fiche."""

    class Meta:
        model = Entreprise

    class Params:
        interim = factory.Trait(type=TypeEntreprise.ETT)
        insertion = factory.Trait(type=TypeEntreprise.EI)

    siret = factory.Sequence(siret)
    raison_sociale = factory.Sequence(lambda n: f"Entreprise {n}")

    @factory.post_generation
    def suivie_par(self, cree, structure):
        if cree and structure:
            FicheEntrepriseFactory(entreprise=self, structure=structure)


class FicheEntrepriseFactory(Fabrique):
    class Meta:
        model = FicheEntreprise

    class Params:
        archivee = factory.Trait(archive_le=factory.LazyFunction(timezone.now))

    structure = factory.SubFactory(OrganisationFactory)
    entreprise = factory.SubFactory(EntrepriseFactory)


class ContactEntrepriseFactory(Fabrique):
    class Meta:
        model = ContactEntreprise

    fiche = factory.SubFactory(FicheEntrepriseFactory)
    nom = factory.Sequence(lambda n: f"Contact {n}")
    fonction = "Conducteur de travaux"
    courriel = factory.Sequence(lambda n: f"contact{n}@entreprise.fr")
    telephone = "02 33 00 00 00"
