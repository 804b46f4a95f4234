import datetime

import factory
from django.utils import timezone

from recrutement.enums import Modalite, TypeContrat
from recrutement.models import Contrat
from tests.fabriques.beneficiaires import BeneficiaireFactory
from tests.fabriques.commun import Fabrique
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
