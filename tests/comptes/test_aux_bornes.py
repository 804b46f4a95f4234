"""Les refus que rien d'autre ne garde : l'organisation d'une autre, le compte d'un autre genre, ce qui n'est plus ouvert."""

import datetime
import io

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from comptes import permissions as p
from comptes.chiffrement import chiffrer
from comptes.enums import Role, TypeOrganisation
from comptes.models import Logo, Organisation
from comptes.services import (
    fermer_les_sessions,
    inviter,
    inviter_administrateur,
    poser_logo,
    relier_un_compte,
    retirer_logo,
    retirer_membre,
    secrets_illisibles,
)
from socle.regles import AccesRefuse, RegleViolee
from tests.comptes.test_comptes import garde
from tests.fabriques.beneficiaires import BeneficiaireFactory
from tests.fabriques.comptes import AdhesionFactory, OrganisationFactory, PartenariatFactory
from tests.saisie import rien_ne_s_ecrit
from tests.verdicts import motif, qui_passe

pytestmark = pytest.mark.django_db


def test_l_entreprise_d_une_autre_structure_ne_s_invite_pas(monde):
    """Une entreprise se partage ; encore faut-il travailler avec elle."""
    entreprise = monde.autre.organisations[Role.ENTREPRISE]
    attendus = {"autre.responsable", "autre.entreprise", "administrateur"}
    assert qui_passe(monde, lambda acteur: p.peut_inviter(acteur, entreprise)) == attendus
    assert motif(p.peut_gerer_membres(monde.acteur(), entreprise)) == (
        "Cette organisation n'est pas partenaire de votre structure."
    )


@pytest.mark.parametrize(
    ("role", "passent"),
    [
        (Role.ENTREPRISE, {"entreprise", "administrateur"}),
        (Role.MAITRE_OUVRAGE, {"maitre_ouvrage", "administrateur"}),
        (Role.PRESCRIPTEUR, {"administrateur"}),  # rien n'y est à confirmer
        (Role.EDITION, {"administrateur"}),
    ],
)
def test_un_compte_se_confirme_par_un_collegue_d_une_organisation_partagee(monde, role, passent):
    organisation = monde.organisations.get(role, monde.structure)
    adhesion = AdhesionFactory(organisation=organisation, role=role, a_confirmer=True)
    assert qui_passe(monde, lambda acteur: p.peut_confirmer(acteur, adhesion)) == passent


@pytest.mark.parametrize("type_", [TypeOrganisation.MAITRE_OUVRAGE, TypeOrganisation.PRESCRIPTEUR])
def test_une_fiche_d_entreprise_ne_recoit_qu_un_compte_d_entreprise(monde, type_):
    compte = OrganisationFactory(type=type_)
    PartenariatFactory(structure=monde.structure, organisation=compte)
    with rien_ne_s_ecrit(Organisation), pytest.raises(AccesRefuse, match="genre de cette fiche"):
        relier_un_compte(acteur=monde.acteur(), fiche=monde.cotraitante, organisation=compte)


@pytest.mark.parametrize("qui", ["responsable", "edition", "inconnu"])
@pytest.mark.parametrize("deja", [True, False])
def test_seul_l_administrateur_invite_un_administrateur(monde, qui, deja):
    if not deja:
        monde.operateur.adhesions.all().delete()
        Organisation.objects.filter(pk=monde.operateur.pk).update(type=TypeOrganisation.FINANCEUR)
    with rien_ne_s_ecrit(Organisation), pytest.raises(AccesRefuse, match="revient à l'administrateur du service"):
        inviter_administrateur(acteur=monde.acteur(qui), email="intrus@exemple.fr")


# --- Les sessions et les secrets ------------------------------------------------------------------------------------
def test_une_session_finie_ne_compte_pas_parmi_les_fermees(monde):
    personne = monde.personne("edition")
    for fin in (timezone.now() - datetime.timedelta(seconds=1), timezone.now() + datetime.timedelta(days=1)):
        session = SessionStore()
        session[SESSION_KEY] = str(personne.pk)
        session.create()
        Session.objects.filter(pk=session.session_key).update(expire_date=fin)
    assert fermer_les_sessions(acteur=monde.acteur("administrateur"), utilisateur=personne) == 1


def test_un_seul_secret_perdu_sur_deux_suffit_a_le_dire(monde, settings):
    settings.SECRET_KEY = "la première"
    perdu = chiffrer("graine")
    settings.SECRET_KEY = "la seconde"
    moyen = garde(monde.personne("edition"), secret=chiffrer("secret"), seed=perdu)
    assert secrets_illisibles() == [moyen.user_id]


# --- Le logo de chacune ---------------------------------------------------------------------------------------------
def image(couleur: str) -> SimpleUploadedFile:
    octets = io.BytesIO()
    Image.new("RGB", (80, 60), couleur).save(octets, "PNG")
    return SimpleUploadedFile("logo.png", octets.getvalue())


def test_deux_structures_ont_chacune_leur_logo(monde, settings, tmp_path, django_capture_on_commit_callbacks):
    settings.MEDIA_ROOT = tmp_path
    with django_capture_on_commit_callbacks(execute=True):
        leur = poser_logo(acteur=monde.acteur("autre.responsable"), fichier=image("navy"))
        retirer_logo(acteur=monde.acteur())  # nous n'en avons pas : le leur reste
        notre = poser_logo(acteur=monde.acteur(), fichier=image("teal"))
    assert dict(Logo.objects.values_list("structure", "image")) == {
        monde.autre.structure.pk: leur.image.name,
        monde.structure.pk: notre.image.name,
    }
    assert leur.image.storage.exists(leur.image.name)


def test_qui_part_laisse_ses_personnes_a_un_collegue(monde):
    """Le prescripteur qui s'en va ne laisse personne sans référent."""
    organisation = monde.organisations[Role.PRESCRIPTEUR]
    reste = AdhesionFactory(organisation=organisation, role=Role.PRESCRIPTEUR)
    partant = monde.personne("prescripteur")
    dossier = BeneficiaireFactory(
        structure=monde.structure, prescripteur=organisation, referent_courriel=partant.email, referent="Paul Vasseur"
    )
    retirer_membre(acteur=monde.acteur(), adhesion=partant.adhesions.get())
    dossier.refresh_from_db()
    assert (dossier.referent_courriel, dossier.referent) == (
        reste.utilisateur.email,
        reste.utilisateur.get_full_name(),
    )


def test_chez_un_partenaire_propre_un_membre_ou_une_invitation_d_un_collegue_comptent(monde):
    """Seuls l'entreprise et l'acheteur, que des structures se partagent, s'invitent chacune pour ses dossiers."""
    partenaire = monde.organisations[Role.PRESCRIPTEUR]
    deja = {"organisation": partenaire, "role": Role.PRESCRIPTEUR}
    with pytest.raises(RegleViolee, match="déjà membre"):
        inviter(acteur=monde.acteur(), email=monde.personne("prescripteur").email, **deja)
    inviter(acteur=monde.acteur("prescripteur"), email="collegue@ml.fr", **deja)
    with pytest.raises(RegleViolee, match="déjà en cours"):
        inviter(acteur=monde.acteur(), email="collegue@ml.fr", **deja)
