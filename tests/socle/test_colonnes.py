"""Les colonnes d'une liste : peu d'abord, celles que l'on choisit ensuite, toutes à l'export."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

pytestmark = pytest.mark.django_db
PAGE = "/diversification/"


def entetes(client, page: str = PAGE) -> list[str]:
    lue = BeautifulSoup(client.get(page).content, "html.parser")
    return [th.get_text(strip=True) for th in lue.select("main .tableau thead th")]


def choisir(client, *titres: str, chemin: str = PAGE, requete: str = ""):
    return client.post(reverse("colonnes"), {"chemin": chemin, "requete": requete, "colonne": list(titres)})


def test_une_liste_montre_d_abord_ce_qui_tient(connecte, monde):
    client = connecte("edition")
    montrees = entetes(client)
    assert "Marchés" in montrees and "Fournitures" not in montrees
    export = client.get(PAGE, {"export": "csv"}).getvalue().decode("utf-8-sig").splitlines()[0]
    assert "Fournitures" in export


def test_un_choix_se_garde_et_se_defait(connecte, monde):
    client = connecte("edition")
    suite = choisir(client, "Fournitures", requete="annee=2026&tri=-marches_clauses&page=3&recherche=ville")
    assert suite.url == f"{PAGE}?annee=2026&tri=-marches_clauses"
    premiere = entetes(client)[0]
    assert entetes(client) == [premiere, "Fournitures"]  # la principale reste
    assert "Fournitures" not in entetes(connecte("responsable"))  # à chacun le sien
    choisir(client)
    assert "Fournitures" not in entetes(client)


def test_un_choix_survit_a_la_session(connecte, monde):
    choisir(connecte("edition"), "Fournitures")
    assert "Fournitures" in entetes(connecte("edition"))  # une autre session, un autre poste


def test_une_vue_garde_ses_colonnes_sans_les_ecrire_dans_l_adresse(connecte, monde):
    client = connecte("edition")
    choisies = {"chemin": PAGE, "requete": "annee=2026", "nom": "Étroite", "colonne": ["Fournitures"]}
    adresse = client.post(reverse("vue_enregistrer"), choisies).url
    assert adresse.startswith(f"{PAGE}?annee=2026&vue=") and "Fournitures" not in adresse
    autres = entetes(client, adresse)[1:]
    assert autres == ["Fournitures"] and "Marchés" in entetes(client)  # la vue, puis la page ordinaire


def test_la_vue_d_un_autre_ne_change_rien(connecte, monde):
    choisies = {"chemin": PAGE, "requete": "annee=2026", "nom": "Étroite", "colonne": ["Fournitures"]}
    adresse = connecte("edition").post(reverse("vue_enregistrer"), choisies).url
    assert "Marchés" in entetes(connecte("responsable"), adresse)


def test_une_colonne_inventee_ne_fait_rien(connecte, monde):
    client = connecte("edition")
    choisir(client, "<b>x</b>", *(f"c{rang}" for rang in range(500)))
    assert len(entetes(client)) == 1


@pytest.mark.parametrize(
    "chemin", ["", "/ailleurs/", "https://ailleurs.example/", "//ailleurs.example/", "/", "/compte/"]
)
def test_une_adresse_qui_n_est_pas_une_liste_est_introuvable(connecte, monde, chemin):
    assert choisir(connecte("edition"), "Nom", chemin=chemin).status_code == 404


def test_la_liste_d_un_autre_role_se_refuse(connecte, monde):
    assert choisir(connecte("financeur"), "Nom", chemin=PAGE).status_code == 403


def test_une_liste_sans_vue_n_offre_pas_de_choix(connecte, monde):
    assert "choix-colonnes" in connecte("edition").get("/marches/").content.decode()
    assert "choix-colonnes" not in connecte("edition").get("/heures/a-valider/").content.decode()
