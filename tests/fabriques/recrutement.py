import datetime
from decimal import Decimal

import factory
from django.utils import timezone

from metiers.importation import installer_metiers_courants
from metiers.models import Metier
from recrutement.enums import Modalite, StatutOffre, TypeContrat, UniteAide
from recrutement.models import AideEmbauche, AvenantContrat, Candidature, Contrat, Diffusion, Offre
from tests.fabriques.beneficiaires import BeneficiaireFactory
from tests.fabriques.commun import Fabrique
from tests.fabriques.comptes import OrganisationFactory
from tests.fabriques.marches import EngagementFactory


class ContratFactory(Fabrique):
    """Un contrat de mars à août 2026, chez l'entreprise engagée ; tout y est de la même structure."""

    class Meta:
        model = Contrat

    class Params:
        archive = factory.Trait(archive_le=factory.LazyFunction(timezone.now))

    engagement = factory.SubFactory(EngagementFactory)
    structure = factory.SelfAttribute("engagement.lot.marche.structure")
    beneficiaire = factory.SubFactory(BeneficiaireFactory, structure=factory.SelfAttribute("..structure"))
    employeur = factory.SelfAttribute("engagement.entreprise")
    identifiant = factory.Sequence(lambda n: f"C-{n:04d}")
    modalite = Modalite.EMBAUCHE_DIRECTE
    type_contrat = TypeContrat.CDD
    debut = datetime.date(2026, 3, 1)
    fin_prevue = datetime.date(2026, 8, 31)


class AvenantContratFactory(Fabrique):
    """Une prolongation de deux mois."""

    class Meta:
        model = AvenantContrat

    contrat = factory.SubFactory(ContratFactory)
    genre = "prolongation"
    date_effet = datetime.date(2026, 9, 1)
    type_avant = type_apres = TypeContrat.CDD
    fin_avant = datetime.date(2026, 8, 31)
    fin_apres = datetime.date(2026, 10, 31)


def metier_macon() -> Metier:
    """Un essai au navigateur vide la base entre-temps : les métiers se réinstallent au besoin."""
    if not Metier.objects.filter(code="F1703").exists():
        installer_metiers_courants()
    return Metier.objects.get(code="F1703")


class OffreFactory(Fabrique):
    """Une offre ouverte de maçon, à partir d'octobre 2026."""

    class Meta:
        model = Offre

    class Params:
        besoin = factory.Trait(statut=StatutOffre.BESOIN, demandee_par_entreprise=True)

    engagement = factory.SubFactory(EngagementFactory)
    structure = factory.SelfAttribute("engagement.lot.marche.structure")
    intitule = "Maçon"
    metier = factory.LazyFunction(metier_macon)
    postes = 1
    debut = datetime.date(2026, 10, 1)
    fin = datetime.date(2027, 3, 31)
    statut = StatutOffre.DIFFUSEE


class DiffusionFactory(Fabrique):
    class Meta:
        model = Diffusion

    offre = factory.SubFactory(OffreFactory)


class CandidatureFactory(Fabrique):
    class Meta:
        model = Candidature

    offre = factory.SubFactory(OffreFactory)
    beneficiaire = factory.SubFactory(BeneficiaireFactory, structure=factory.SelfAttribute("..offre.structure"))


class AideFactory(Fabrique):
    """Une aide à l'apprentissage, à la source lue en juin 2026."""

    class Meta:
        model = AideEmbauche

    structure = factory.SubFactory(OrganisationFactory)
    intitule = factory.Sequence(lambda n: f"Aide à l'apprentissage {n}")
    type_contrat = TypeContrat.APPRENTISSAGE
    montant = Decimal(1000)
    unite = UniteAide.EUROS_AN
    source = "Décret d'essai"
    date_source = datetime.date(2026, 6, 1)
