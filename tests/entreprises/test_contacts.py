"""Un contact dont l'adresse ne reçoit plus se voit, se corrige, et n'est en erreur que chez qui l'a appris."""

import pytest
from django.urls import reverse
from django.utils import timezone

from entreprises.models import ContactEntreprise, Entreprise
from entreprises.services import modifier_contact
from socle.models import EntreeJournal
from socle.services.rebonds import consigner_rebond
from tests.fabriques.entreprises import ContactEntrepriseFactory
from tests.fabriques.socle import CourrielFactory
from tests.saisie import annonce, envoyer, fautes, journal, lue, rien_ne_s_ecrit

pytestmark = pytest.mark.django_db


@pytest.fixture
def jumeaux(monde) -> tuple[ContactEntreprise, ContactEntreprise]:
    """La même adresse, connue des deux structures."""
    return tuple(
        ContactEntrepriseFactory(fiche=cote.fiche, courriel="paie@chantier.fr") for cote in (monde.nous, monde.autre)
    )


def en_erreur(contact: ContactEntreprise) -> bool:
    contact.refresh_from_db()
    return contact.courriel_en_erreur_le is not None


def test_un_courriel_revenu_met_en_erreur_le_contact_de_sa_structure_seule(monde, jumeaux):
    courriel = CourrielFactory(destinataire="Paie@chantier.fr", structure=monde.structure, envoye=True)
    assert consigner_rebond(courriel=courriel, motif="5.1.1 inconnu") == 1
    assert consigner_rebond(courriel=courriel, motif="5.1.1 inconnu") == 0
    assert [en_erreur(contact) for contact in jumeaux] == [True, False]
    assert EntreeJournal.objects.filter(action="contact_en_erreur").count() == 1


def test_une_adresse_morte_l_est_pour_tous(jumeaux):
    assert consigner_rebond(adresse="paie@chantier.fr", motif="domaine fermé") == 2
    assert all(en_erreur(contact) for contact in jumeaux)


def test_changer_l_adresse_leve_l_erreur_changer_le_nom_non(monde, jumeaux):
    contact = jumeaux[0]
    consigner_rebond(adresse=contact.courriel, motif="inconnu")
    modifier_contact(acteur=monde.acteur(), contact=contact, nom="Odile Renard")
    assert en_erreur(contact)
    modifier_contact(acteur=monde.acteur(), contact=contact, courriel="odile@chantier.fr")
    assert not en_erreur(contact)


def test_la_page_de_l_entreprise_montre_l_erreur_et_mene_a_sa_correction(monde, jumeaux, connecte):
    contact = jumeaux[0]
    consigner_rebond(adresse=contact.courriel, motif="inconnu")
    client, page = connecte("edition"), monde.entreprise.get_absolute_url()
    assert "Adresse en erreur" in client.get(page).content.decode()
    adresse = reverse("entreprises:contact_modifier", args=[contact.uuid])
    saisie = {"nom": contact.nom, "fonction": "Paie", "telephone": "", "courriel": "pas une adresse"}
    refus = client.post(adresse, saisie).content.decode()
    assert "adresse" in refus and 'value="pas une adresse"' in refus and 'value="Paie"' in refus
    assert client.post(adresse, saisie | {"courriel": "odile@chantier.fr"}).url == page
    assert "Adresse en erreur" not in client.get(page).content.decode()


@pytest.mark.parametrize(
    ("archivee", "dit"), [(False, "Entreprise déjà suivie"), (True, "Entreprise déjà connue, sortie de")]
)
def test_une_entreprise_deja_suivie_ne_se_dit_pas_ajoutee(monde, connecte, archivee, dit):
    """Le nom tapé n'est pas repris : la ligne commune fait foi, et le message le dit."""
    monde.fiche.archive_le = timezone.now() if archivee else None
    monde.fiche.save()
    saisie = {"siret": monde.entreprise.siret, "raison_sociale": "Autre nom", "type": "classique"}
    page = connecte("edition").post(reverse("entreprises:nouvelle"), saisie, follow=True).content.decode()
    assert dit in page and "Entreprise ajoutée." not in page
    assert Entreprise.objects.get(pk=monde.entreprise.pk).raison_sociale != "Autre nom"


# --- Le carnet ----------------------------------------------------------------------------------------------------
ODILE = {"nom": "Odile Marie", "fonction": "Paie", "courriel": "odile@chantier.fr", "telephone": "02 33 00 00 00"}


def test_un_contact_entre_au_carnet_de_sa_structure_seule(monde, connecte):
    client, entreprise = connecte("edition"), monde.referentiel.entreprise_partagee
    reponse = envoyer(client, "entreprises:contact_nouveau", entreprise, **ODILE)
    assert (reponse.url, annonce(reponse)) == (entreprise.get_absolute_url(), "Contact ajouté.")
    contact = ContactEntreprise.objects.get(courriel=ODILE["courriel"])
    assert (contact.fiche.structure, contact.est_joignable) == (monde.structure, True)
    assert ODILE["courriel"] in lue(client, reponse.url)
    assert ODILE["courriel"] not in lue(connecte("autre.edition"), reponse.url)
    assert journal(entreprise, monde.structure)[0] == "Contact ajouté"
    assert journal(entreprise, monde.autre.structure) == []


@pytest.mark.parametrize(
    ("champ", "valeur", "mot"),
    [("nom", "", "obligatoire"), ("courriel", "odile@", "adresse"), ("nom", "x" * 121, "120"), ("nom", "<b>", "signe")],
)
def test_un_contact_mal_tape_garde_sa_saisie(monde, connecte, champ, valeur, mot):
    saisie = {**ODILE, champ: valeur}
    with rien_ne_s_ecrit(ContactEntreprise):
        dites = fautes(
            envoyer(connecte("edition"), "entreprises:contact_nouveau", monde.entreprise, **saisie), **saisie
        )
    assert list(dites) == [champ] and mot in dites[champ].lower()


def test_un_contact_archive_ne_recoit_plus_et_le_second_clic_n_ecrit_rien(monde, connecte):
    client, contact = connecte("edition"), monde.contact
    entreprise = contact.fiche.entreprise
    for geste, phrase in (("archiver", "Contact archivé"), ("desarchiver", "Contact sorti de l'archive")):
        for _ in range(2):
            assert envoyer(client, f"entreprises:contact_{geste}", contact).url == entreprise.get_absolute_url()
        assert journal(entreprise, monde.structure).count(phrase) == 1
        contact.refresh_from_db()
        joignables = ContactEntreprise.objects.joignables().filter(pk=contact.pk).exists()
        assert contact.est_joignable is joignables is (geste == "desarchiver")


def test_le_carnet_d_une_autre_structure_n_existe_pas(monde, connecte):
    contact = monde.autre.contact
    with rien_ne_s_ecrit(ContactEntreprise):
        for geste in ("modifier", "archiver", "desarchiver"):
            assert envoyer(connecte("responsable"), f"entreprises:contact_{geste}", contact, **ODILE).status_code == 404
            assert (
                envoyer(connecte("lecture"), f"entreprises:contact_{geste}", monde.contact, **ODILE).status_code == 403
            )
