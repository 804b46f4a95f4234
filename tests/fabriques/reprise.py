import datetime

import factory
from django.core.files.base import ContentFile
from django.utils import timezone

from reprise.enums import EtatBrouillon, EtatReprise
from reprise.feuilles import FEUILLES
from reprise.models import ListeConfiee, PersonneBrouillon, Reprise
from tests.fabriques.commun import Fabrique
from tests.fabriques.comptes import OrganisationFactory
from tests.fabriques.socle import DocumentFactory


def rapport_vide() -> dict:
    zeros = {feuille.nom: 0 for feuille in FEUILLES}
    return {
        "cree": dict(zeros),
        "inchange": dict(zeros),
        "modifie": dict(zeros),
        "erreurs": [],
        "avertissements": [],
        "changements": [],
        "nombre_erreurs": 0,
        "nombre_avertissements": 0,
    }


class RepriseFactory(Fabrique):
    """Un classeur déposé, en attente d'analyse ; trait : prete (analysé, sans erreur)."""

    class Meta:
        model = Reprise

    class Params:
        prete = factory.Trait(
            etat=EtatReprise.PRETE,
            rapport=factory.LazyFunction(rapport_vide),
            analyse=factory.SubFactory(DocumentFactory, pret=True, organisation=factory.SelfAttribute("..structure")),
        )

    structure = factory.SubFactory(OrganisationFactory)
    nom_fichier = "classeur.xlsx"
    fichier = factory.LazyFunction(lambda: ContentFile(b"PK", name="essai.xlsx"))
    expire_le = factory.LazyFunction(lambda: timezone.now() + datetime.timedelta(days=7))


class ListeConfieeFactory(Fabrique):
    """Une liste déposée par le prescripteur lui-même."""

    class Meta:
        model = ListeConfiee

    structure = factory.SubFactory(OrganisationFactory)
    organisation = factory.SelfAttribute("prescripteur")
    nom_fichier = "liste.csv"
    expire_le = factory.LazyFunction(lambda: timezone.now() + datetime.timedelta(days=30))


class PersonneBrouillonFactory(Fabrique):
    class Meta:
        model = PersonneBrouillon

    ligne = factory.Sequence(lambda n: n + 2)
    etat = EtatBrouillon.PRETE
