import datetime
import hashlib

import factory
from django.utils import timezone

from comptes.enums import Role, TypeOrganisation
from comptes.models import AbonnementAgenda, Adhesion, Invitation, Organisation, Partenariat, Utilisateur
from tests.fabriques.commun import Fabrique

MOT_DE_PASSE = "un mot de passe assez long"


class OrganisationFactory(Fabrique):
    """Une structure facilitatrice ; les traits donnent les autres types."""

    class Meta:
        model = Organisation

    class Params:
        prescripteur = factory.Trait(type=TypeOrganisation.PRESCRIPTEUR)
        entreprise = factory.Trait(type=TypeOrganisation.ENTREPRISE)
        maitre_ouvrage = factory.Trait(type=TypeOrganisation.MAITRE_OUVRAGE)
        financeur = factory.Trait(type=TypeOrganisation.FINANCEUR)
        reseau = factory.Trait(type=TypeOrganisation.RESEAU)
        operateur = factory.Trait(type=TypeOrganisation.OPERATEUR)
        archivee = factory.Trait(archive_le=factory.LazyFunction(timezone.now))

    type = TypeOrganisation.FACILITATRICE
    nom = factory.Sequence(lambda n: f"Organisation {n}")
    slug = factory.Sequence(lambda n: f"organisation-{n}")


class UtilisateurFactory(Fabrique):
    """Une personne qui peut se connecter avec MOT_DE_PASSE ; `membre_de=organisation, role=…` l'y fait adhérer."""

    class Meta:
        model = Utilisateur

    email = factory.Sequence(lambda n: f"personne{n}@exemple.fr")
    prenom = factory.Sequence(lambda n: f"Prénom{n}")
    nom = factory.Sequence(lambda n: f"Nom{n}")
    password = factory.django.Password(MOT_DE_PASSE)

    @factory.post_generation
    def membre_de(self, cree, organisation, role=Role.RESPONSABLE):
        if cree and organisation:
            AdhesionFactory(utilisateur=self, organisation=organisation, role=role)


class AdhesionFactory(Fabrique):
    class Meta:
        model = Adhesion

    utilisateur = factory.SubFactory(UtilisateurFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = Role.RESPONSABLE


class PartenariatFactory(Fabrique):
    class Meta:
        model = Partenariat

    structure = factory.SubFactory(OrganisationFactory)
    organisation = factory.SubFactory(OrganisationFactory, prescripteur=True)


class InvitationFactory(Fabrique):
    """Une invitation en cours ; `jeton="…"` choisit celui du lien. Traits : perimee, acceptee, revoquee."""

    class Meta:
        model = Invitation
        exclude = ["jeton"]

    class Params:
        perimee = factory.Trait(expire_le=factory.LazyFunction(timezone.now))
        acceptee = factory.Trait(acceptee_le=factory.LazyFunction(timezone.now))
        revoquee = factory.Trait(revoquee_le=factory.LazyFunction(timezone.now))

    jeton = factory.Sequence(lambda n: f"jeton-{n}")
    organisation = factory.SubFactory(OrganisationFactory)
    emettrice = factory.SelfAttribute("organisation")
    email = factory.Sequence(lambda n: f"invite{n}@exemple.fr")
    role = Role.EDITION
    empreinte_jeton = factory.LazyAttribute(lambda o: hashlib.sha256(o.jeton.encode()).hexdigest())
    expire_le = factory.LazyFunction(lambda: timezone.now() + datetime.timedelta(days=14))


class AbonnementAgendaFactory(Fabrique):
    """Un lien d'agenda en vigueur ; `jeton="…"` choisit son secret."""

    class Meta:
        model = AbonnementAgenda
        exclude = ["jeton"]

    jeton = factory.Sequence(lambda n: f"agenda-{n}")
    adhesion = factory.SubFactory(AdhesionFactory)
    empreinte_jeton = factory.LazyAttribute(lambda o: hashlib.sha256(o.jeton.encode()).hexdigest())
