import datetime
from decimal import Decimal

import factory

from decp.models import AvisDecp, ImportDecp
from tests.fabriques.commun import Fabrique, siret
from tests.fabriques.comptes import OrganisationFactory


class AvisDecpFactory(Fabrique):
    class Meta:
        model = AvisDecp

    structure = factory.SubFactory(OrganisationFactory)
    acheteur_siret = factory.Sequence(lambda n: siret(2_000_000 + n))
    acheteur_nom = "Commune de La Hague"
    identifiant = factory.Sequence(lambda n: f"2026D{n:05d}")
    objet = "Réfection de la voirie"
    nature = "travaux"
    montant = Decimal("250000.00")
    duree_mois = 12
    date_notification = datetime.date(2026, 10, 1)
    considerations = ["Clause sociale"]
    sociale = True


class ImportDecpFactory(Fabrique):
    class Meta:
        model = ImportDecp

    structure = factory.SubFactory(OrganisationFactory)
    nom_fichier = "decp.json"
    rapport = factory.LazyFunction(lambda: {"lus": 4, "nouveaux": 1})
