import factory
from django.utils import timezone

from reporting.donnees import empreinte_de
from reporting.enums import StatutBilan
from reporting.models import Bilan
from tests.fabriques.commun import Fabrique
from tests.fabriques.comptes import OrganisationFactory
from tests.fabriques.socle import DocumentFactory


class BilanFactory(Fabrique):
    """Un bilan en brouillon ; le trait publie lui donne son document et, avec `destinataires=[…]`, ses lecteurs."""

    class Meta:
        model = Bilan

    class Params:
        publie = factory.Trait(
            statut=StatutBilan.PUBLIE,
            publie_le=factory.LazyFunction(timezone.now),
            empreinte=factory.LazyAttribute(lambda bilan: empreinte_de(bilan.donnees)),
            document=factory.SubFactory(DocumentFactory, pret=True, organisation=factory.SelfAttribute("..structure")),
        )

    structure = factory.SubFactory(OrganisationFactory)
    annee = 2025
    donnees = factory.LazyFunction(lambda: {"annee": 2025})

    @factory.post_generation
    def destinataires(self, cree, organisations):
        if cree and organisations:
            self.destinataires.set(organisations)
