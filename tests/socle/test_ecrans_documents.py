"""« Mes documents » : où en est chacun, ce qui expire et quand, refaire ce qui n'a plus de fichier."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from comptes.enums import Role
from socle.enums import EtatDocument
from socle.fabriques import FABRIQUES
from socle.models import Document
from tests.fabriques.socle import DocumentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client, monde):
    """La liste, lue par le responsable ; les documents du monde n'y sont plus."""
    Document.objects.update(organisation=monde.autre.structure)
    client.force_login(monde.personne(Role.RESPONSABLE))

    def ouvrir(**parametres) -> BeautifulSoup:
        reponse = client.get(reverse("documents"), parametres)
        assert reponse.status_code == 200
        return BeautifulSoup(reponse.content, "html.parser")

    return ouvrir


def texte(noeud) -> str:
    return " ".join(noeud.get_text(" ").replace("\xa0", " ").replace("\u202f", " ").split())


def lignes(page: BeautifulSoup) -> list[str]:
    return [texte(ligne) for ligne in page.select("li.document")]


def test_chaque_document_dit_ou_il_en_est(page, monde):
    fin = datetime.datetime(2026, 12, 1, 12, tzinfo=datetime.UTC)
    pour_nous = {"organisation": monde.nous.structure}
    DocumentFactory(**pour_nous, titre="A", pret=True, taille=481_200, expire_le=fin)
    DocumentFactory(**pour_nous, titre="B", pret=True, expire_le=None)
    DocumentFactory(**pour_nous, titre="C", en_cours=True, progression=40, etape="Graphiques")
    DocumentFactory(**pour_nous, titre="D", echec=True)
    DocumentFactory(**pour_nous, titre="E", expire=True)
    lue = page()
    assert sorted(lignes(lue)) == [
        "A 470 ko, disponible jusqu'au 1er déc. 2026 Prêt Télécharger « A »",
        "B 24 octets, gardé sans limite de durée Prêt Télécharger « B »",
        "C 40 % · Graphiques 40 % En cours",
        "D La fabrication a échoué. Échec Refaire « D »",
        "E Le fichier a été retiré, comme prévu. Expiré Refaire « E »",
    ]
    assert "Un fichier reste 30 jours" in texte(lue.main)


def test_la_liste_ne_se_recharge_que_tant_que_quelque_chose_se_fabrique(page, client, monde):
    document = DocumentFactory(organisation=monde.nous.structure, en_cours=True)
    assert page(etat="en_cours").find(id="documents")["hx-get"] == "?etat=en_cours"
    fragment = client.get(reverse("documents"), {"etat": "en_cours"}, headers={"HX-Request": "true"})
    assert [noeud.name for noeud in BeautifulSoup(fragment.content, "html.parser").find_all(recursive=False)] == ["div"]
    Document.objects.filter(pk=document.pk).update(etat=EtatDocument.ECHEC)
    assert not page().find(id="documents").has_attr("hx-get")


def test_le_filtre_par_etat_et_les_deux_pages_vides(page, monde):
    assert "Un bilan préparé, une lettre" in texte(page().main)
    DocumentFactory(organisation=monde.nous.structure, titre="Prêt", pret=True)
    assert "Aucun document dans cet état" in texte(page(etat="echec").main)
    assert len(lignes(page(etat="pret"))) == 1


@pytest.mark.parametrize("trait", ["echec", "expire"])
def test_refaire_depuis_la_liste(page, client, monde, trait):
    document = DocumentFactory(organisation=monde.nous.structure, **{trait: True})
    adresse = page().select_one("li.document form")["action"]
    assert client.get(adresse).status_code == 405, "un GET n'écrit jamais"
    assert client.post(adresse).headers["Location"] == document.get_absolute_url()
    document.refresh_from_db()
    assert document.etat == EtatDocument.EN_ATTENTE


def test_le_document_d_une_autre_structure_ne_se_voit_ni_ne_se_refait(page, client, monde):
    document = DocumentFactory(organisation=monde.autre.structure, echec=True)
    assert not lignes(page())
    for nom in ("document", "document_fichier"):
        assert client.get(reverse(nom, args=[document.uuid])).status_code == 404
    assert client.post(reverse("document_relancer", args=[document.uuid])).status_code == 404


def test_un_fichier_expire_le_dit_au_lieu_de_se_telecharger(page, client, monde):
    document = DocumentFactory(organisation=monde.nous.structure, expire=True)
    page()
    assert client.get(reverse("document_fichier", args=[document.uuid])).status_code == 410


@pytest.mark.parametrize(
    ("champs", "phrase"),
    [
        ({"pris_jusqu_a": -5, "tentatives": 1}, "Le travail s'est interrompu. Il reprend tout seul"),
        ({"pris_jusqu_a": -300, "tentatives": 1}, "sa reprise tarde : prévenez l'administrateur"),
        ({"pris_jusqu_a": 20, "tentatives": 2}, "le travail a repris du début (essai 2 sur 3)"),
        ({"etat": EtatDocument.EN_ATTENTE, "tentatives": 1}, "Un nouvel essai commence dès que la file le permet"),
        ({"pris_jusqu_a": 20, "tentatives": 1}, ""),
    ],
)
def test_la_page_dit_un_travail_interrompu(client, monde, champs, phrase):
    bail = timezone.now() + datetime.timedelta(seconds=champs.pop("pris_jusqu_a", 0))
    document = DocumentFactory(
        organisation=monde.nous.structure, **{"en_cours": True, "pris_jusqu_a": bail, "progression": 38, **champs}
    )
    client.force_login(monde.personne(Role.RESPONSABLE))
    avancement = BeautifulSoup(client.get(document.get_absolute_url()).content, "html.parser").find(id="avancement")
    incident = avancement.select_one(".avancement-incident")
    assert phrase in texte(incident) if phrase else incident is None


def test_un_fichier_absent_se_dit_et_se_refait(client, monde, django_capture_on_commit_callbacks, monkeypatch):
    document = DocumentFactory(organisation=monde.nous.structure, pret=True)
    document.fichier.storage.delete(document.fichier.name)
    client.force_login(monde.personne(Role.RESPONSABLE))
    reponse = client.get(reverse("document_fichier", args=[document.uuid]))
    assert reponse.status_code == 404
    assert "Ce fichier manque" in reponse.content.decode()
    page = BeautifulSoup(client.get(document.get_absolute_url()).content, "html.parser")
    assert "Le fichier n'est plus sur le serveur" in texte(page.main)
    monkeypatch.setitem(FABRIQUES, "essai", lambda document, suivi: b"de retour")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(page.select_one("#avancement form")["action"])
    assert b"de retour" in client.get(reverse("document_fichier", args=[document.uuid])).getvalue()


def test_l_export_dit_l_avancement(page, client, monde):
    DocumentFactory(organisation=monde.nous.structure, titre="C", en_cours=True, progression=40)
    page()
    exporte = client.get(reverse("documents"), {"export": "csv"}).getvalue().decode("utf-8-sig").splitlines()
    assert exporte[0] == "Titre;État;Demandé le;Taille (Ko);Avancement (%);Expire le"
    assert ";40;" in exporte[1]
