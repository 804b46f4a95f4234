"""La page « Qui peut quoi » dit ce que le code fait."""

import pytest
from bs4 import BeautifulSoup
from django.urls import get_resolver, reverse

from comptes.enums import Role
from comptes.qui_peut_quoi import domaines, portees
from socle.acces import PUBLIC, acces_declare
from socle.checks import est_externe, vues
from socle.intitules import intitule_de

ROLES = list(Role)


def vues_du_projet():
    return [(route, vue) for route, vue in vues(get_resolver().url_patterns) if not est_externe(vue)]


@pytest.mark.parametrize(("route", "vue"), vues_du_projet(), ids=[route or "accueil" for route, _ in vues_du_projet()])
def test_chaque_vue_porte_un_titre_francais(route, vue):
    titre = intitule_de(vue)
    assert titre, f"« {route} » : donnez un `titre` à la vue, ou un `intitule` (`@intitulee` pour une fonction)"
    assert len(titre) <= 90


def test_chaque_vue_du_projet_est_dans_la_table():
    lignes = [ligne for domaine in domaines() for ligne in domaine.lignes]
    assert len(lignes) == len(vues_du_projet())
    assert sum(ligne.public for ligne in lignes) == sum(acces_declare(vue) is PUBLIC for _, vue in vues_du_projet())


def test_une_ligne_dit_les_roles_declares():
    lignes = {ligne.adresse: ligne for domaine in domaines() for ligne in domaine.lignes}
    creer = lignes["/organisation/nouvelle/"]
    assert [role for role, oui in zip(ROLES, creer.permis, strict=True) if oui] == [Role.ADMINISTRATEUR]
    assert creer.titre == "Créer une organisation"
    assert all(lignes["/organisation/mon-compte/"].permis)


def test_les_portees_sont_celles_des_querysets():
    phrases = {portee.objet: portee.phrase for portee in portees()}
    assert "partenaires" in phrases["organisation"]


@pytest.mark.parametrize("qui", ["lecture", "financeur", "inconnu"])
def test_la_page_est_ouverte_a_tous_les_connectes(connecte, qui):
    page = connecte(qui).get(reverse("comptes:qui_peut_quoi"))
    assert page.status_code == 200
    assert "Membres de mon organisation" in page.content.decode()


def lue(client, role: str = "") -> BeautifulSoup:
    return BeautifulSoup(client.get(reverse("comptes:qui_peut_quoi"), {"role": role}).content, "html.parser").main


def test_la_page_dit_d_abord_ce_que_peut_son_role_en_mots(connecte):
    page = lue(connecte("financeur"))
    assert page.select_one(".segments [aria-current]").get_text() == "Financeur"
    droits = [li.get_text() for li in page.select(".droits li")]
    assert "Bilans" in droits and "Créer une organisation" not in droits
    assert not page.select("table") and "/…/" not in page.get_text()
    assert all(len(set(titres)) == len(titres) for titres in ([li.get_text() for li in ul] for ul in page.select("ul")))


def test_un_autre_role_et_tous_se_lisent_aussi(connecte):
    client = connecte("responsable")
    assert "Créer une organisation" in lue(client, "administrateur").get_text()
    tous = lue(client, "tous")
    assert len(tous.select("table")) == len(domaines()) and not tous.select(".droits")
    assert [th.get_text() for th in tous.select_one("thead").select("th")[1:]] == [role.label for role in ROLES]
    assert client.get(reverse("comptes:qui_peut_quoi"), {"role": "pirate"}).status_code == 404


def test_sans_role_tous_se_montrent(connecte):
    assert lue(connecte("inconnu")).select("table")
