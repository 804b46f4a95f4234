"""Le menu de chaque rôle : court, et ouvert là où l'on est."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from comptes.enums import Role
from comptes.menus import PRINCIPAL, menu_de

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", Role)
def test_sept_lignes_au_plus_et_toutes_ses_pages(role):
    groupes = menu_de(role, "/")
    lignes = sum(1 if groupe.titre else len(groupe.liens) for groupe in groupes)
    assert 0 < lignes <= 7, [groupe.titre or [lien.libelle for lien in groupe.liens] for groupe in groupes]
    menees = [lien.url for groupe in groupes for lien in groupe.liens]
    ouvertes = {
        reverse(entree.nom_url) for rubrique in PRINCIPAL for entree in rubrique.entrees if role in entree.roles
    }
    assert set(menees) == ouvertes and len(menees) == len(ouvertes), "chaque page une fois"


def test_le_groupe_de_la_page_presente_est_ouvert_les_autres_replies(connecte):
    page = BeautifulSoup(connecte("edition").get(reverse("suivi:declarations")).content, "html.parser")
    groupes = {details.summary.get_text(strip=True): details for details in page.select("#navigation details")}
    assert [nom for nom, details in groupes.items() if details.has_attr("open")] == ["Entreprises"]
    courante = groupes["Entreprises"].select_one("[aria-current]")
    assert courante.get_text(strip=True) == "Heures" and courante["aria-current"] == "page"
