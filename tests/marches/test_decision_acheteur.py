"""L'acheteur décide de la clause qu'on lui propose, est prévenu à chaque étape, et lit le texte dès qu'il est produit."""

import pytest
from django.urls import reverse

from comptes.enums import FACILITATEURS_QUI_ECRIVENT
from comptes.models import Adhesion
from marches.enums import StatutProjet
from marches.models import ProjetAchat
from marches.services import avancer_projet
from socle.models import Courriel
from socle.regles import AccesRefuse
from tests.fabriques.marches import RedactionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def propose(monde) -> ProjetAchat:
    for transition in ("etudier", "proposer"):
        avancer_projet(acteur=monde.acteur("edition"), projet=monde.projet, transition=transition)
    monde.projet.refresh_from_db()
    return monde.projet


def test_un_courriel_a_chaque_etape_a_l_autre_partie(monde, propose):
    acheteur = monde.personne("maitre_ouvrage").email
    sujets = list(Courriel.objects.filter(destinataire=acheteur).order_by("pk").values_list("sujet", flat=True))
    assert [sujet.split(" : ")[0] for sujet in sujets] == ["À l'étude", "Proposé à l'acheteur"]
    Courriel.objects.all().delete()
    avancer_projet(acteur=monde.acteur("maitre_ouvrage"), projet=propose, transition="retenir")
    recus = set(Courriel.objects.values_list("destinataire", flat=True))
    facilitateurs = Adhesion.objects.filter(organisation=monde.structure, role__in=FACILITATEURS_QUI_ECRIVENT)
    assert recus == set(facilitateurs.values_list("utilisateur__email", flat=True))


def test_l_acheteur_retient_ou_ecarte_depuis_la_page(monde, propose, client):
    client.force_login(monde.personne("maitre_ouvrage"))
    page = client.get(propose.get_absolute_url()).content.decode()
    assert "Retenir la clause" in page and "Écarter" in page and "Reprendre l" not in page
    sans_motif = client.post(reverse("marches:projet_ecarter", args=[propose.uuid]), {"motif": " "})
    assert sans_motif.status_code == 200
    assert client.post(reverse("marches:projet_statut", args=[propose.uuid, "retenir"])).status_code == 302
    propose.refresh_from_db()
    assert propose.statut == StatutProjet.RETENU


@pytest.mark.parametrize("transition", ["etudier", "proposer", "reprendre", "retenir", "ecarter"])
def test_hors_de_ce_qui_lui_est_propose_l_acheteur_ne_decide_de_rien(monde, transition):
    with pytest.raises(AccesRefuse):
        avancer_projet(acteur=monde.acteur("maitre_ouvrage"), projet=monde.projet, transition=transition, motif="Non")


def test_un_autre_acheteur_ne_decide_pas(monde, propose):
    with pytest.raises(AccesRefuse):
        avancer_projet(acteur=monde.acteur("autre.maitre_ouvrage"), projet=propose, transition="retenir")


def test_l_acheteur_lit_le_texte_des_la_redaction(monde, client):
    marche = monde.marche
    type(marche).objects.filter(pk=marche.pk).update(statut="redaction")
    ProjetAchat.objects.filter(pk=monde.projet.pk).update(statut=StatutProjet.MARCHE, marche=marche)
    redaction = RedactionFactory(marche=marche)
    client.force_login(monde.personne("maitre_ouvrage"))
    assert redaction.get_absolute_url() in client.get(monde.projet.get_absolute_url()).content.decode()
    assert client.get(redaction.get_absolute_url()).status_code == 200


def test_sans_projet_le_texte_se_retrouve_a_l_accueil_tant_que_le_marche_n_est_pas_ouvert(monde, client):
    """Le courriel se perd ; la page du marché, elle, ne s'ouvre à l'acheteur qu'une fois le marché attribué."""
    redaction = RedactionFactory(marche=monde.marche)
    adresse, accueil = redaction.get_absolute_url(), reverse("marches:espace_acheteur")
    client.force_login(monde.personne("maitre_ouvrage"))
    assert adresse not in client.get(accueil).content.decode()
    type(monde.marche).objects.filter(pk=monde.marche.pk).update(statut="redaction")
    assert adresse in client.get(accueil).content.decode()
    client.force_login(monde.personne("autre.maitre_ouvrage"))
    assert adresse not in client.get(accueil).content.decode()
