"""La commande creer_administrateur : la première porte d'une installation vide, sans danger deux fois."""

import datetime
import io
import re

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from comptes.enums import Role, TypeOrganisation
from comptes.models import Adhesion, Invitation, Organisation
from tests.comptes.outils import courriels_a

pytestmark = pytest.mark.django_db
ADRESSE = "exploitant@exemple.fr"
SAISIE = {
    "prenom": "Andrée",
    "nom": "Binet",
    "mot_de_passe": "cheval pile agrafe juste",
    "confirmation": "cheval pile agrafe juste",
}


def creer(*options: str) -> str:
    sortie = io.StringIO()
    call_command("creer_administrateur", *options, stdout=sortie)
    return sortie.getvalue()


def test_sur_une_base_vide_le_lien_imprime_ouvre_le_premier_compte(client):
    dit = creer(ADRESSE, "--lien")
    assert len(courriels_a(ADRESSE)) == 1
    chemin = re.search(r"https?://[^/]+(/invitation/\S+)", dit)[1]
    client.post(chemin, SAISIE)
    adhesion = Adhesion.objects.get()
    assert (adhesion.role, adhesion.organisation.type) == (Role.ADMINISTRATEUR, TypeOrganisation.OPERATEUR)
    assert client.get(reverse("comptes:organisations")).status_code == 200
    assert creer(ADRESSE) == f"{ADRESSE} est déjà administrateur : rien à changer.\n"


def test_sans_lien_rien_de_secret_ne_s_imprime():
    assert "/invitation/" not in creer(ADRESSE)


def test_rejouee_elle_renvoie_un_lien_neuf_sans_seconde_organisation():
    creer(ADRESSE)
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=2), tick=False):
        creer(ADRESSE.upper())
    assert (Organisation.objects.count(), Invitation.objects.count(), len(courriels_a(ADRESSE))) == (1, 1, 2)


def test_un_second_administrateur_rejoint_la_meme_organisation(monde):
    creer("second@exemple.fr")
    assert Invitation.objects.get(email="second@exemple.fr").organisation == monde.operateur


def test_une_adresse_fausse_se_dit():
    with pytest.raises(CommandError, match="adresse"):
        creer("pas une adresse")
    assert not Organisation.objects.exists()
