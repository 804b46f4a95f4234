"""L'aide : chaque page a son chapitre, chaque lien mène quelque part, la visite s'arrête où elle le dit."""

import re
from fnmatch import fnmatchcase

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.urls import reverse

from comptes.aide.guides import IMAGE, chapitre_de, en_html, guide_de, guides
from comptes.enums import Role
from tests.matrice_acces import MATRICE

# Un fragment ou un fichier n'a pas de bouton « Aide ».
SANS_PAGE = ("*suggestions", "*_ics", "sante*", "metriques", "comptes:logo_image", "composants")
PAGES = [
    (ligne.nom, role)
    for ligne in MATRICE
    if ligne.get == 200 and not ligne.externe and not any(fnmatchcase(ligne.nom, motif) for motif in SANS_PAGE)
    for role in sorted(ligne.acces)
]
CHAPITRES = [chapitre for guide in guides().values() for chapitre in guide.chapitres]
ETAPES = [(role, etape) for role in Role for etape in guide_de(role).etapes]


def test_chaque_page_de_chaque_role_a_son_chapitre():
    assert len(PAGES) > 400
    assert not {nom for nom, role in PAGES if chapitre_de(role, nom) is None}, (
        "pages à ajouter à un `<!-- pages : … -->`"
    )


def test_chaque_page_nommee_existe():
    noms = {ligne.nom for ligne in MATRICE}
    motifs = {motif for chapitre in CHAPITRES for motif in chapitre.pages}
    assert not {motif for motif in motifs if not any(fnmatchcase(nom, motif) for nom in noms)}


def test_le_chapitre_le_plus_precis_du_guide_de_son_role_l_emporte():
    assert chapitre_de(Role.EDITION, "marches:projet").titre == "Étudier un projet d'achat"
    assert chapitre_de(Role.EDITION, "marches:projets").titre == "Étudier un projet d'achat"
    assert chapitre_de(Role.MAITRE_OUVRAGE, "marches:projets").titre == "Préparer un achat"
    assert chapitre_de(Role.FINANCEUR, "reporting:verifier").titre == "Vérifier un document"
    assert chapitre_de(Role.FINANCEUR, "comptes:mon_compte").guide == "compte"
    assert chapitre_de(None, "accessibilite").guide == "compte"
    assert chapitre_de(Role.FINANCEUR, "marches:liste") is None


@pytest.mark.parametrize("guide", guides().values(), ids=guides())
def test_un_guide_se_lit_entier_sans_compte_et_ses_liens_menent_quelque_part(client, db, guide):
    page = BeautifulSoup(client.get(guide.adresse).content, "html.parser").main
    assert page.h1.get_text(strip=True) == guide.titre
    for chapitre in guide.chapitres:
        assert client.get(chapitre.adresse).status_code == 200
        assert page.find(id=chapitre.cle)
    for lien in page.select("article a[href^='/']"):
        assert client.get(lien["href"]).status_code == 200


@pytest.mark.parametrize("chapitre", CHAPITRES, ids=lambda chapitre: f"{chapitre.guide}-{chapitre.cle}")
def test_chaque_image_existe_et_dit_ce_qu_elle_montre(chapitre):
    for texte, chemin in re.findall(r"!\[([^]]*)\]\(([^)]*)\)", chapitre.texte):
        assert texte.strip()
        assert IMAGE.match(chemin)[1] == f"aide/{chapitre.guide}-{chapitre.cle}.webp"
        assert (settings.BASE_DIR / "static" / IMAGE.match(chemin)[1]).is_file()


def test_un_guide_n_est_pas_un_programme():
    html = en_html('<script>alert(1)</script>\n\n[clic](javascript:alert(1)) <img src=x onerror="alert(1)"> `{{ 1 }}`')
    assert "<script" not in html
    assert "javascript:" not in BeautifulSoup(html, "html.parser").decode_contents().replace(
        "(javascript:alert(1))", ""
    )
    assert not BeautifulSoup(html, "html.parser").find("img")
    assert "{{ 1 }}" in html


def test_un_lien_vers_un_chapitre_devient_celui_de_l_application():
    html = en_html("[les mots](glossaire.md), [un mot](glossaire.md#personnes), [ailleurs](https://exemple.fr/)")
    liens = [a["href"] for a in BeautifulSoup(html, "html.parser").select("a")]
    assert liens == [
        reverse("comptes:aide_guide", args=["glossaire"]),
        reverse("comptes:aide_chapitre", args=["glossaire", "personnes"]),
        "https://exemple.fr/",
    ]


def test_l_aide_presente_d_abord_le_guide_de_son_role(connecte):
    page = BeautifulSoup(connecte("financeur").get(reverse("comptes:aide")).content, "html.parser").main
    assert page.select_one(".carte h2").get_text(strip=True) == "Le guide du financeur"
    assert "Le guide du financeur" not in [a.get_text(strip=True) for a in page.select(".carte")[1].select("a")]


def test_le_bouton_d_une_page_mene_a_son_chapitre(connecte):
    page = BeautifulSoup(connecte("edition").get(reverse("marches:liste")).content, "html.parser")
    bouton = page.select_one("a.aide-bouton")
    assert bouton["href"] == reverse("comptes:aide_chapitre", args=["facilitateur", "tenir-un-marche"])
    assert bouton.has_attr("data-aide")
    panneau = connecte("edition").get(bouton["href"], headers={"HX-Request": "true"})
    assert "<html" not in panneau.content.decode()
    assert 'id="aide-titre"' in panneau.content.decode()
    assert "HX-Request" in panneau["Vary"]


def test_sans_chapitre_le_bouton_mene_a_l_accueil_de_l_aide(connecte):
    page = BeautifulSoup(connecte("financeur").get("/introuvable/").content, "html.parser")
    assert page.select_one("a.aide-bouton")["href"] == reverse("comptes:aide")


@pytest.mark.parametrize("adresse", ["/aide/inconnu/", "/aide/facilitateur/inconnu/", "/aide/inconnu/personnes/"])
def test_un_guide_ou_un_chapitre_inconnu_est_introuvable(client, db, adresse):
    assert client.get(adresse).status_code == 404


@pytest.mark.parametrize("role", list(Role))
def test_chaque_role_suit_sa_visite_jusqu_au_bout(connecte, role):
    client, etapes = connecte(role.value), guide_de(role).etapes
    assert etapes
    reponse = client.post(reverse("comptes:visiter"))
    for rang, etape in enumerate(etapes, 1):
        assert reponse.status_code == 302
        assert reponse["Location"] == reverse(etape.nom_url)
        page = BeautifulSoup(client.get(reponse["Location"]).content, "html.parser")
        bandeau = page.select_one("section.visite")
        assert bandeau.h2.get_text(strip=True) == f"Visite guidée : étape {rang} sur {len(etapes)}"
        assert etape.phrase in bandeau.get_text()
        suivant = bandeau.select_one("button.btn-primary")["value"]
        reponse = client.post(reverse("comptes:visiter"), {"etape": suivant})
    assert reponse["Location"] == reverse("comptes:aide")
    assert "La visite est finie." in client.get(reponse["Location"]).content.decode()
    assert not BeautifulSoup(client.get(reverse(etapes[0].nom_url)).content, "html.parser").select("section.visite")


def test_une_etape_ne_se_montre_que_sur_sa_page(connecte):
    client = connecte("edition")
    client.post(reverse("comptes:visiter"), {"etape": "2"})
    assert b'class="visite"' not in client.get(reverse("marches:operations")).content


def test_on_quitte_la_visite_ou_l_on_est(connecte):
    client, (_, deuxieme, *_) = connecte("edition"), guide_de(Role.EDITION).etapes
    client.post(reverse("comptes:visiter"), {"etape": "2"})
    reponse = client.post(reverse("comptes:visite_quitter"))
    assert reponse["Location"] == reverse(deuxieme.nom_url)
    assert b'class="visite"' not in client.get(reponse["Location"]).content
    assert client.post(reverse("comptes:visite_quitter"))["Location"] == reverse("comptes:aide")


@pytest.mark.parametrize("etape", ["", "zéro", "-1", "99", "²", "9" * 40])
def test_une_etape_inconnue_finit_la_visite(connecte, etape):
    client = connecte("lecture")
    assert client.post(reverse("comptes:visiter"), {"etape": etape})["Location"] == reverse("comptes:aide")
