"""Qui appeler chez un acheteur, et ce qui est dû autour de lui."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from marches.enums import CodeJalon, ResponsableAction, StatutProjet
from marches.models import ContactMaitreOuvrage, Jalon
from socle.models import EntreeJournal
from tests.fabriques.marches import ContactMaitreOuvrageFactory, MarcheFactory, NoteFactory, ProjetAchatFactory

pytestmark = pytest.mark.django_db


def page_de(client, acheteur) -> BeautifulSoup:
    return BeautifulSoup(client.get(acheteur.get_absolute_url()).content, "html.parser")


def carte(page: BeautifulSoup, titre: str) -> str:
    section = next(s for s in page.select("section.carte") if s.h2 and s.h2.get_text(strip=True) == titre)
    return " ".join(section.get_text(" ", strip=True).split())


def test_un_contact_s_ajoute_se_corrige_s_archive_et_se_lit_a_droite(monde, connecte):
    client, acheteur = connecte("edition"), monde.maitre_ouvrage
    adresse = reverse("marches:maitre_ouvrage_contact_nouveau", args=[acheteur.uuid])
    saisie = {"nom": "Claire Duval", "fonction": "Achats", "courriel": "c.duval@ville.fr", "telephone": "0233998877"}
    reponse = client.post(adresse, saisie)
    assert reponse.status_code == 302 and reponse["Location"].endswith(acheteur.get_absolute_url())
    contact = ContactMaitreOuvrage.objects.get(nom="Claire Duval")
    assert contact.fiche.structure == monde.structure and contact.fiche.maitre_ouvrage == acheteur
    lue = page_de(client, acheteur)
    assert "Claire Duval , Achats" in carte(lue, "Qui appeler") or "Claire Duval, Achats" in carte(lue, "Qui appeler")
    assert lue.select_one('a[href="tel:0233998877"]') and lue.select_one('a[href="mailto:c.duval@ville.fr"]')
    assert EntreeJournal.objects.filter(action="contact_ajoute").exists()

    client.post(reverse("marches:maitre_ouvrage_contact_archiver", args=[contact.uuid]))
    assert "archivé le" in carte(page_de(client, acheteur), "Qui appeler")


def test_une_autre_structure_n_en_voit_rien(monde, connecte):
    partage = ContactMaitreOuvrageFactory(fiche=monde.contact_acheteur.fiche, nom="Rose Perrin")
    autre = monde.autre
    assert ContactMaitreOuvrage.objects.visibles_par(autre.acteur()).filter(pk=partage.pk).count() == 0
    adresse = reverse("marches:maitre_ouvrage_contact_modifier", args=[autre.contact_acheteur.uuid])
    assert connecte("edition").get(adresse).status_code == 404


def test_la_page_dit_ce_qui_est_du_et_par_qui(monde, connecte):
    le, acheteur = timezone.localdate(), monde.maitre_ouvrage
    depose = ProjetAchatFactory(
        structure=monde.structure, maitre_ouvrage=acheteur, objet="Halle", statut=StatutProjet.REPERE,
        depose_par_acheteur=True,
    )  # fmt: skip
    propose = ProjetAchatFactory(
        structure=monde.structure, maitre_ouvrage=acheteur, objet="Piscine", statut=StatutProjet.PROPOSE
    )
    NoteFactory(projet=propose, responsable=ResponsableAction.ACHETEUR, echeance=le)
    Jalon.objects.create(projet=depose, code=CodeJalon.values[0], echeance=le - datetime.timedelta(days=3))
    ailleurs = MarcheFactory(structure=monde.structure)
    NoteFactory(marche=ailleurs, responsable=ResponsableAction.FACILITATEUR, echeance=le, texte="Chez un autre")
    lue = carte(page_de(connecte("edition"), acheteur), "Ce qui est dû")
    a_vous, _, attendu = lue.partition("Vous attendez")
    assert "Halle" in a_vous and "Étudier" in a_vous and "Étape" in a_vous
    assert "Piscine" in attendu and "Chez l'acheteur" in attendu
    assert ailleurs.reference not in lue


def test_sans_rien_de_du_la_page_le_dit(monde, connecte):
    acheteur = monde.maitre_ouvrage_double
    assert "Rien n'est dû" in carte(page_de(connecte("edition"), acheteur), "Ce qui est dû")


@pytest.mark.parametrize("qui", ["edition", "maitre_ouvrage"])
def test_la_page_du_marche_et_celle_du_projet_disent_qui_appeler_au_facilitateur_seul(monde, connecte, qui):
    for achat in (monde.marche, monde.projet):
        page = connecte(qui).get(achat.get_absolute_url()).content.decode()
        assert ("Agnès Hébert" in page) == (qui == "edition")
        assert ('href="tel:0233000001"' in page) == (qui == "edition")
