"""La commande creer_structure : une structure et son territoire, sans danger deux fois."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from comptes.enums import Role, TypeOrganisation
from comptes.models import Invitation, Organisation
from socle.models import Courriel
from territoires.importation import importer_communes
from tests.fabriques.comptes import OrganisationFactory
from tests.fabriques.territoires import CommuneFactory, EpciFactory
from tests.territoires.outils import PAQUET_OFFICIEL, RAISON_SANS_PAQUET

pytestmark = pytest.mark.django_db


def creer(*options, slug="mef-cotentin", nom="MEF du Cotentin", epci="200067205") -> str:
    sortie = StringIO()
    call_command("creer_structure", slug, "--nom", nom, "--epci", epci, *options, stdout=sortie)
    return sortie.getvalue()


@pytest.fixture
def epci():
    agglomeration = EpciFactory(siren="200067205", nom="CA du Cotentin")
    CommuneFactory.create_batch(3, epci=agglomeration)
    return agglomeration


def test_la_structure_nait_avec_les_communes_de_l_epci(epci):
    assert "créée : MEF du Cotentin, 3 communes (CA du Cotentin)" in creer()
    structure = Organisation.objects.get(slug="mef-cotentin")
    assert (structure.nom, structure.type) == ("MEF du Cotentin", TypeOrganisation.FACILITATRICE)
    assert set(structure.territoire.communes.all()) == set(epci.communes.all())


def test_rejouee_elle_dit_que_c_est_fait(epci):
    creer()
    assert "rien à changer (3 communes" in creer(epci="200 067 205")
    assert Organisation.objects.filter(slug="mef-cotentin").count() == 1


def test_elle_invite_le_premier_responsable_une_seule_fois(epci):
    """Sur une installation vide, personne n'a de compte : cette invitation est la seule porte."""
    with pytest.raises(CommandError, match="adresse"):
        creer("--responsable", "pas une adresse")
    assert not Organisation.objects.filter(slug="mef-cotentin").exists()
    assert "Invitation écrite à chef@exemple.fr" in creer("--responsable", "chef@exemple.fr")
    assert "a déjà un membre ou une invitation" in creer("--responsable", "autre@exemple.fr")
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role) == ("chef@exemple.fr", Role.RESPONSABLE)
    assert Courriel.objects.get().destinataire == "chef@exemple.fr"


def test_elle_rattrape_les_communes_gagnees_ou_perdues(epci):
    creer()
    perdue = epci.communes.first()
    perdue.epci = None
    perdue.save()
    CommuneFactory.create_batch(2, epci=epci)
    assert "4 communes (+2, -1)" in creer()


def test_elle_donne_son_territoire_a_une_structure_qui_n_en_a_pas(epci):
    structure = OrganisationFactory(slug="mef-cotentin", nom="MEF du Cotentin")
    assert "territoire mis à jour" in creer()
    assert structure.territoire.communes.count() == 3


def test_un_epci_inconnu_dit_d_importer_les_communes():
    with pytest.raises(CommandError, match="importer_communes"):
        creer()
    CommuneFactory()
    with pytest.raises(CommandError, match=r"est inconnu\. Vérifiez son SIREN"):
        creer(epci="200000000")
    EpciFactory(siren="200067205")
    with pytest.raises(CommandError, match="aucune commune"):
        creer()
    assert not Organisation.objects.filter(slug="mef-cotentin").exists()


def test_un_autre_nom_ou_un_autre_type_sous_le_meme_identifiant_est_refuse(epci):
    creer()
    with pytest.raises(CommandError, match="existe déjà sous le nom « MEF du Cotentin »"):
        creer(nom="Autre")
    OrganisationFactory(slug="agglo", nom="MEF du Cotentin", type=TypeOrganisation.FINANCEUR)
    with pytest.raises(CommandError, match="autre type"):
        creer(slug="agglo")


@pytest.mark.parametrize("champs", [{"slug": "pas un slug"}, {"slug": "é"}, {"nom": "  "}, {"nom": "x" * 151}])
def test_une_saisie_fausse_n_ecrit_rien(epci, champs):
    with pytest.raises(CommandError):
        creer(**champs)
    assert not Organisation.objects.filter(nom="MEF du Cotentin").exists()


@pytest.mark.skipif(not PAQUET_OFFICIEL.exists(), reason=RAISON_SANS_PAQUET)
def test_la_ca_du_cotentin_a_129_communes():
    importer_communes(PAQUET_OFFICIEL)
    assert "129 communes (CA du Cotentin)" in creer()
