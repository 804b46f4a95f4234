"""Les vues enregistrées : des filtres connus, pour soi, sur une page d'ici ; jamais une recherche, une page, une adresse d'ailleurs."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from comptes.acteur import Acteur
from comptes.enums import Role
from socle.models import VueEnregistree
from socle.regles import AccesRefuse
from socle.services.vues import VUES_PAR_PAGE, enregistrer_une_vue, retirer_une_vue

pytestmark = pytest.mark.django_db
MARCHES, ENREGISTRER = "/marches/", "/vues/enregistrer/"


@pytest.fixture
def responsable(monde) -> Acteur:
    VueEnregistree.objects.all().delete()
    return Acteur(monde.personne("responsable"), monde.structure, Role.RESPONSABLE)


def enregistrer(acteur: Acteur, requete: str = "statut=execution", chemin: str = MARCHES, nom: str = "En cours"):
    return enregistrer_une_vue(acteur=acteur, chemin=chemin, nom=nom, requete=requete)


@pytest.mark.parametrize(
    ("requete", "gardee"),
    [
        ("statut=execution&page=3&export=csv", "statut=execution"),
        ("recherche=Dupont&statut=execution", "statut=execution"),
        ("tri=-debut&statut=", "tri=-debut"),
        ("statut=execution&suite=https://ailleurs.example", "statut=execution"),
        ("statut=execution%26page=2", "statut=execution%26page%3D2"),
    ],
)
def test_une_vue_ne_garde_que_des_filtres_connus(responsable, requete, gardee):
    assert enregistrer(responsable, requete).get_absolute_url() == f"{MARCHES}?{gardee}"


def test_le_meme_nom_remplace_et_deux_fois_ne_doublent_pas(responsable):
    enregistrer(responsable)
    enregistrer(responsable)
    enregistrer(responsable, "statut=solde", nom=" En cours ")
    assert list(VueEnregistree.objects.values_list("nom", "requete")) == [("En cours", "statut=solde")]


@pytest.mark.parametrize(
    ("chemin", "requete", "nom"),
    [
        ("/nulle-part/", "statut=execution", "Vue"),
        ("https://ailleurs.example/marches/", "statut=execution", "Vue"),
        ("//ailleurs.example/", "statut=execution", "Vue"),
        ("/marches/?statut=solde", "statut=execution", "Vue"),
        ("/", "statut=execution", "Vue"),
        ("/heures/a-valider/", "tri=mois", "Vue"),
        (MARCHES, "recherche=Dupont", "Vue"),
        (MARCHES, "", "Vue"),
        (MARCHES, "statut=execution", ""),
        (MARCHES, "statut=execution", "n" * 61),
        (MARCHES, f"statut={'x' * 600}", "Vue"),
    ],
)
def test_ce_qui_n_est_pas_une_vue_est_refuse(responsable, chemin, requete, nom):
    with pytest.raises(ValidationError):
        enregistrer(responsable, requete, chemin, nom)
    assert not VueEnregistree.objects.exists()


def test_vingt_vues_par_page_au_plus(responsable):
    for rang in range(VUES_PAR_PAGE):
        enregistrer(responsable, nom=f"Vue {rang}")
    with pytest.raises(ValidationError):
        enregistrer(responsable, nom="De trop")
    enregistrer(responsable, "statut=solde", nom="Vue 3")  # remplacer reste possible


def test_un_travail_automatique_n_a_pas_de_vue(monde, responsable):
    with pytest.raises(AccesRefuse):
        enregistrer(Acteur.systeme(monde.structure))
    with pytest.raises(AccesRefuse):
        retirer_une_vue(acteur=Acteur.systeme(monde.structure), vue=enregistrer(responsable))


def test_chacun_ne_voit_que_les_siennes(monde, responsable, connecte):
    enregistrer(responsable, nom="La mienne")
    assert "La mienne" in connecte("responsable").get(MARCHES).content.decode()
    assert "La mienne" not in connecte("responsable").get("/beneficiaires/").content.decode()
    for qui in ("edition", "autre.responsable"):
        assert "La mienne" not in connecte(qui).get(MARCHES).content.decode()
    ailleurs = Acteur(responsable.utilisateur, monde.autre.structure, Role.RESPONSABLE)
    assert not VueEnregistree.objects.visibles_par(ailleurs).exists()


def test_enregistrer_puis_retirer_a_l_ecran(monde, responsable, connecte):
    client = connecte("responsable")
    assert "Enregistrer cette vue" not in client.get(MARCHES).content.decode()
    assert "Enregistrer cette vue" in client.get(MARCHES, {"statut": "execution"}).content.decode()
    reponse = client.post(ENREGISTRER, {"chemin": MARCHES, "requete": "statut=execution&page=2", "nom": "En cours"})
    assert reponse.url == f"{MARCHES}?statut=execution"
    vue = VueEnregistree.objects.get()
    assert f'href="{vue.get_absolute_url()}"' in client.get(MARCHES).content.decode()
    assert connecte("edition").post(reverse("vue_retirer", args=[vue.uuid])).status_code == 404
    assert client.post(reverse("vue_retirer", args=[vue.uuid])).url == MARCHES
    assert not VueEnregistree.objects.exists()


@pytest.mark.parametrize(
    "chemin", ["https://ailleurs.example/", "//ailleurs.example/", "/\\ailleurs.example", "", "/sante/"]
)
def test_on_ne_repart_jamais_ailleurs(responsable, connecte, chemin):
    reponse = connecte("responsable").post(ENREGISTRER, {"chemin": chemin, "requete": "statut=execution", "nom": "Vue"})
    assert reponse.status_code == 404


def test_une_page_fermee_a_son_role_ne_s_enregistre_pas(responsable, connecte):
    reponse = connecte("prescripteur").post(
        ENREGISTRER, {"chemin": MARCHES, "requete": "statut=execution", "nom": "Vue"}
    )
    assert reponse.status_code == 403
    assert not VueEnregistree.objects.exists()


def test_l_annee_en_chiffres_a_ses_vues(responsable, connecte, horloge):
    client, annee = connecte("responsable"), reverse("reporting:annee")
    client.post(ENREGISTRER, {"chemin": annee, "requete": "annee=2025&nature=travaux&export=csv", "nom": "Travaux"})
    assert f'{annee}?nature=travaux"' in client.get(annee).content.decode()


def test_un_refus_ramene_a_la_page_et_se_dit(responsable, connecte):
    client = connecte("responsable")
    reponse = client.post(ENREGISTRER, {"chemin": MARCHES, "requete": "statut=execution", "nom": ""}, follow=True)
    assert reponse.request["QUERY_STRING"] == "statut=execution"
    assert not VueEnregistree.objects.exists()
