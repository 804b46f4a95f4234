"""Un geste sur plusieurs lignes : toutes celles du filtre, un verdict par ligne, une seule fois, et dit tel qu'il est arrivé."""

from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone
from python_calamine import CalamineWorkbook

from comptes.models import Adhesion
from marches.enums import StatutMarche
from marches.models import Marche
from marches.views.marches import MarcheListeView
from socle import file
from socle.enums import EtatDocument
from socle.models import Document, EntreeJournal
from socle.services import ensemble as services
from socle.services.documents import fabriquer
from socle.views import ensemble as vue
from tests.fabriques.marches import MarcheFactory

pytestmark = pytest.mark.django_db
LISTE = "/marches/"
REPERES = f"{LISTE}?statut=repere"


@pytest.fixture
def marches(monde) -> list[Marche]:
    """Trois marchés repérés : le filtre en laisse d'autres dehors."""
    commun = {
        "structure": monde.structure,
        "maitre_ouvrage": monde.marche.maitre_ouvrage,
        "statut": StatutMarche.REPERE,
    }
    return [MarcheFactory(reference=f"ENS-{rang}", **commun) for rang in range(3)]


def page(reponse) -> BeautifulSoup:
    return BeautifulSoup(reponse.content, "html.parser")


def champs_caches(reponse) -> dict[str, str]:
    formulaire = page(reponse).select_one("main form.formulaire")
    return {champ["name"]: champ["value"] for champ in formulaire.select("input[type=hidden]")}


def dits(reponse) -> str:
    return " ".join(p.get_text(" ", strip=True) for p in page(reponse).select(".toast-message p"))


def faire(client, adresse: str, **precisions):
    """Relire, puis confirmer, comme on le fait à l'écran."""
    return client.post(adresse, {**champs_caches(client.get(adresse)), **precisions}, follow=True)


def test_le_geste_porte_sur_toutes_les_lignes_filtrees_et_sur_elles_seules(connecte, monde, marches):
    reponse = faire(connecte("edition"), f"{REPERES}&geste=archiver")
    assert "3\xa0marchés archivés." in dits(reponse)
    archives = Marche.objects.exclude(archive_le=None)
    assert set(archives.values_list("reference", flat=True)) == {marche.reference for marche in marches}
    assert EntreeJournal.objects.filter(action="marche_archive").count() == 3
    assert reponse.redirect_chain[-1][0] == REPERES


def test_toutes_les_pages_et_pas_la_premiere(connecte, monde, marches, monkeypatch):
    monkeypatch.setattr(MarcheListeView, "paginate_by", 2)
    assert "3\xa0marchés archivés." in dits(faire(connecte("edition"), f"{REPERES}&geste=archiver"))


def test_une_coche_limite_le_geste_sans_sortir_du_filtre(connecte, monde, marches):
    cochees = f"&ligne={marches[1].uuid}&ligne={monde.marche.uuid}&ligne=pas-un-uuid"
    faire(connecte("edition"), f"{REPERES}&geste=archiver{cochees}")
    assert list(Marche.objects.exclude(archive_le=None)) == [marches[1]]


def test_une_ligne_refusee_n_arrete_pas_les_autres_et_dit_pourquoi(connecte, monde, marches):
    marches[0].archive_le = timezone.now()
    marches[0].save()
    moi = monde.personne("edition")
    marches[1].facilitateur = moi
    marches[1].save()
    texte = dits(faire(connecte("edition"), f"{REPERES}&archives=tous&geste=confier", facilitateur=moi.pk))
    assert "1\xa0marché confié." in texte
    assert "(ENS-0) : Ce marché est archivé" in texte and "(ENS-1) : cette personne le suit déjà." in texte
    assert set(Marche.objects.filter(facilitateur=moi, statut="repere")) == {marches[1], marches[2]}


def test_le_meme_envoi_ne_fait_rien_deux_fois(connecte, monde, marches):
    client, adresse = connecte("edition"), f"{REPERES}&geste=archiver"
    champs = champs_caches(client.get(adresse))
    client.post(adresse, champs)
    Marche.objects.update(archive_le=None)
    assert "rien n'a été fait deux fois" in dits(client.post(adresse, champs, follow=True))
    assert not Marche.objects.exclude(archive_le=None).exists()


def test_une_liste_qui_a_change_se_relit(connecte, monde, marches):
    client, adresse = connecte("edition"), f"{REPERES}&geste=archiver"
    champs = champs_caches(client.get(adresse))
    MarcheFactory(structure=monde.structure, maitre_ouvrage=monde.marche.maitre_ouvrage, statut=StatutMarche.REPERE)
    reponse = client.post(adresse, champs)
    assert "La liste a changé" in dits(reponse) and "4\xa0lignes" not in dits(reponse)
    assert not Marche.objects.exclude(archive_le=None).exists()


def test_une_precision_manquante_se_dit_a_cote_du_champ(connecte, monde, marches):
    reponse = faire(connecte("edition"), f"{REPERES}&geste=confier")
    assert "Ce champ est obligatoire" in page(reponse).select_one("main form").get_text()


def test_un_collegue_d_ailleurs_n_est_pas_propose(connecte, monde, marches):
    ailleurs = monde.personne("autre.edition").pk
    faire(connecte("edition"), f"{REPERES}&geste=confier", facilitateur=ailleurs)
    assert not Marche.objects.filter(facilitateur=ailleurs).exists()


@pytest.mark.parametrize(("qui", "statut"), [("lecture", 403), ("maitre_ouvrage", 403)])
def test_qui_lit_seulement_n_agit_pas(connecte, monde, marches, qui, statut):
    client, adresse = connecte(qui), f"{REPERES}&geste=archiver"
    assert client.get(adresse).status_code == statut
    assert client.post(adresse, {"empreinte": "x"}).status_code == statut
    assert not page(client.get(LISTE)).select("#ensemble")


def test_un_geste_inconnu_montre_la_liste(connecte, monde):
    assert page(connecte("edition").get(f"{LISTE}?geste=inconnu")).select_one("h1").get_text(strip=True) == "Marchés"


def test_beaucoup_de_lignes_passent_par_la_file_et_rendent_compte(connecte, monde, marches, monkeypatch):
    monkeypatch.setattr(vue, "AUSSITOT", 2)
    marches[0].facilitateur = moi = monde.personne("edition")
    marches[0].save()
    reponse = faire(connecte("edition"), f"{REPERES}&geste=confier", facilitateur=moi.pk)
    document = Document.objects.get(genre=services.GENRE)
    assert reponse.redirect_chain[-1][0] == document.get_absolute_url()
    assert document.etat == EtatDocument.PRET, document.message
    assert document.message == "2\xa0marchés confiés. 1\xa0ligne laissée (ENS-0) : cette personne le suit déjà."
    assert Marche.objects.filter(facilitateur=moi, statut="repere").count() == 3
    with document.fichier.open("rb") as fichier:
        feuille = CalamineWorkbook.from_filelike(BytesIO(fichier.read())).get_sheet_by_index(0).to_python()
    assert sorted(rangee[:2] for rangee in feuille[1:]) == [["ENS-0", "non"], ["ENS-1", "oui"], ["ENS-2", "oui"]]


def test_qui_est_parti_n_agit_plus_par_la_file(connecte, monde, marches, monkeypatch):
    monkeypatch.setattr(vue, "AUSSITOT", 2)
    monkeypatch.setattr(file, "mettre_en_file", lambda *demande: None)
    faire(connecte("edition"), f"{REPERES}&geste=archiver")
    document = Document.objects.get(genre=services.GENRE)
    Adhesion.objects.filter(utilisateur=document.demandeur).update(active=False)
    fabriquer(document.pk)
    document.refresh_from_db()
    assert document.etat == EtatDocument.ECHEC and "n'est plus membre" in document.message
    assert not Marche.objects.exclude(archive_le=None).exists()


def test_l_export_suit_les_coches(connecte, monde, marches):
    texte = connecte("edition").get(f"{REPERES}&export=csv&ligne={marches[2].uuid}").getvalue().decode("utf-8-sig")
    assert "ENS-2" in texte and "ENS-1" not in texte


def test_chaque_liste_qui_a_des_gestes_les_montre(connecte, monde):
    for adresse in ("/entreprises/", "/beneficiaires/", "/heures/", "/offres/", "/contrats/", "/projets/"):
        assert page(connecte("responsable").get(adresse)).select("#ensemble [name=geste]"), adresse
