import datetime

import factory
from django.utils import timezone

from reporting.donnees import empreinte_de
from reporting.enums import StatutBilan
from reporting.models import Bilan, LignesBilan
from tests.fabriques.commun import Fabrique
from tests.fabriques.comptes import OrganisationFactory
from tests.fabriques.socle import DocumentFactory


class BilanFactory(Fabrique):
    """Un bilan en brouillon ; le trait publie lui donne son document et, avec `destinataires=[…]`, ses lecteurs."""

    class Meta:
        model = Bilan

    class Params:
        annee = 2025
        publie = factory.Trait(
            statut=StatutBilan.PUBLIE,
            publie_le=factory.LazyFunction(timezone.now),
            empreinte=factory.LazyAttribute(lambda bilan: empreinte_de(bilan.donnees)),
            document=factory.SubFactory(DocumentFactory, pret=True, organisation=factory.SelfAttribute("..structure")),
        )

    structure = factory.SubFactory(OrganisationFactory)
    debut = factory.LazyAttribute(lambda bilan: datetime.date(bilan.annee, 1, 1))
    fin = factory.LazyAttribute(lambda bilan: datetime.date(bilan.annee, 12, 31))
    donnees = factory.LazyFunction(lambda: {"schema": 2})

    @factory.post_generation
    def avec_lignes(self, cree, voulues):
        if cree and voulues:
            # Une ligne qui n'existe plus : jamais, selon le rang de l'essai, la clé d'une autre.
            lignes = {"genre": "heures", "diviseur": None, "lignes": [[10**9 + self.version, 10 * self.version, ""]]}
            LignesBilan.objects.create(bilan=self, lignes={"heures_realisees": {"maintenant": lignes}})

    @factory.post_generation
    def destinataires(self, cree, organisations):
        if cree and organisations:
            self.destinataires.set(organisations)
