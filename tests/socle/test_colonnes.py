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


def test_une_liste_qui_tient_n_offre_pas_de_choix(connecte, monde):
    assert "choix-colonnes" not in connecte("edition").get("/marches/").content.decode()
