"""L'écran « Courriels » : ce que la structure a écrit, ses filtres dans l'adresse, le renvoi d'un abandonné."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from socle.enums import EtatCourriel
from socle.models import Courriel
from tests.fabriques.socle import CourrielFactory

pytestmark = pytest.mark.django_db
JETON = "s3cret-" * 6


@pytest.fixture
def abandonne(monde) -> Courriel:
    return CourrielFactory(
        structure=monde.structure,
        abandonne=True,
        sujet="Rappel d'octobre",
        destinataire="Paie@Chantier.fr",
        corps=f"Bonjour,\n\nhttps://clauses.fr/lien/{JETON}/\n",
        reponse="TimeoutError : trop long",
        tentatives=9,
    )


def test_la_liste_est_celle_de_la_structure_et_se_filtre(monde, abandonne, connecte):
    CourrielFactory(structure=monde.autre.structure, sujet="D'ailleurs")
    CourrielFactory(sujet="Mot de passe")  # sans structure : à personne
    vieux = CourrielFactory(structure=monde.structure, envoye=True, sujet="Ancien")
    Courriel.objects.filter(pk=vieux.pk).update(cree_le=timezone.now() - datetime.timedelta(days=70))
    client, liste = connecte("lecture"), reverse("comptes:courriels")

    def sujets(**filtres) -> set[str]:
        page = client.post(liste, filtres, follow=True).content.decode()
        return {sujet for sujet in ("Rappel d&#x27;octobre", "Ancien", "ailleurs", "Mot de passe") if sujet in page}

    assert sujets() == {"Rappel d&#x27;octobre", "Ancien"}
    assert sujets(recherche="PAIE@chantier") == {"Rappel d&#x27;octobre"}
    assert sujets(recherche="Païé@chantier") == {"Rappel d&#x27;octobre"}
    assert sujets(etat="envoye") == {"Ancien"}
    assert sujets(mois=f"{timezone.localdate():%Y-%m}") == {"Rappel d&#x27;octobre"}
    assert sujets(mois="1999-01") == set()


def test_la_page_dit_tout_sauf_la_cle_du_lien(monde, abandonne, connecte):
    page = connecte("lecture").get(abandonne.get_absolute_url()).content.decode()
    assert "TimeoutError" in page and "https://clauses.fr/lien/…/" in page
    assert JETON not in page and "Renvoyer" not in page
    assert connecte("autre.responsable").get(abandonne.get_absolute_url()).status_code == 404


def test_renvoyer_demande_confirmation_puis_part_une_fois(abandonne, connecte, django_capture_on_commit_callbacks):
    client = connecte("edition")
    confirmer = reverse("comptes:courriel_confirmer_renvoi", args=[abandonne.uuid])
    assert confirmer in client.get(abandonne.get_absolute_url()).content.decode()
    renvoyer = reverse("comptes:courriel_renvoyer", args=[abandonne.uuid])
    assert renvoyer in client.get(confirmer).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(renvoyer).url == abandonne.get_absolute_url()
    abandonne.refresh_from_db()
    assert abandonne.etat == EtatCourriel.ENVOYE
    assert client.post(renvoyer).status_code == 403  # second clic : il est déjà parti


def test_un_contenu_efface_se_dit(abandonne, connecte):
    Courriel.objects.filter(pk=abandonne.pk).update(corps="", corps_efface_le=timezone.now())
    page = connecte("edition").get(abandonne.get_absolute_url()).content.decode()
    assert "Le contenu est effacé" in page and "Renvoyer" not in page
