"""Vingt envois à la fois, deux personnes sur le même mois, une base qui lâche : une déclaration, un courriel, rien de perdu."""

import html
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from declarations.enums import StatutDeclaration
from declarations.models import Declaration, LigneHeures
from declarations.services import saisir_heures
from declarations.services.declarations import HeuresDeclarees, garder_brouillon
from socle.models import Courriel, EntreeJournal
from tests.declarations.test_annonces import PERSONNE
from tests.fabriques.recrutement import ContratFactory
from tests.monde import construire_monde

VINGT = 20


def lu(reponse) -> str:
    return " ".join(html.unescape(reponse.content.decode()).split())


def vu(client: Client, adresse: str) -> str:
    """Ce que la page montrait, tel que son formulaire le renverra."""
    return client.get(adresse).context["form"]["version"].value()


def vingt_fois(geste: Callable[[], int]) -> list[int]:
    depart = threading.Barrier(VINGT)

    def lancer(_: int) -> int:
        try:
            depart.wait(30)
            return geste()
        finally:
            connection.close()

    with ThreadPoolExecutor(VINGT) as fils:
        return list(fils.map(lancer, range(VINGT)))


@pytest.mark.django_db(transaction=True)
def test_vingt_envois_ensemble_une_declaration_une_entree_un_courriel():
    monde = construire_monde()
    session = Client()
    session.force_login(monde.personne("entreprise"))
    remplir, verifier, aucune = (
        reverse(f"suivi:{page}", args=[monde.mois_attendu.uuid]) for page in ("declarer", "verifier", "aucune_heure")
    )
    saisie = {f"heures_{monde.contrat.uuid.hex}": "72", "version": vu(session, remplir), "verifier": "1"}

    def poster(adresse: str, donnees: dict) -> Callable[[], int]:
        def geste() -> int:
            client = Client()
            client.cookies = session.cookies
            return client.post(adresse, donnees).status_code

        return geste

    assert vingt_fois(poster(remplir, saisie)) == [302] * VINGT
    assert LigneHeures.objects.get(declaration=monde.mois_attendu).heures == 72
    for _ in range(2):
        assert vingt_fois(poster(verifier, {})) == [302] * VINGT
    assert vingt_fois(poster(aucune, {})) == [302] * VINGT  # des heures sont notées : rien n'est remis à zéro
    declaration = Declaration.objects.get(pk=monde.mois_attendu.pk)
    assert declaration.statut == StatutDeclaration.A_VALIDER
    assert LigneHeures.objects.get(declaration=declaration).heures == 72
    assert EntreeJournal.objects.filter(action="declaration_envoyee").count() == 1
    (recu,) = Courriel.objects.filter(cle__startswith=f"declaration-recue-{declaration.uuid}")
    assert recu.destinataire == monde.personne("entreprise").email and "Lemaire" not in recu.corps
    assert "72 h au total" in recu.corps.replace("\xa0", " ").replace("\u202f", " ")


@pytest.mark.django_db
def test_la_seconde_personne_voit_ce_qui_a_change_et_garde_sa_saisie(monde, connecte):
    client, adresse = connecte("entreprise"), reverse("suivi:declarer", args=[monde.mois_attendu.uuid])
    champ = f"heures_{monde.contrat.uuid.hex}"
    avant = vu(client, adresse)
    saisir_heures(
        acteur=monde.acteur("edition"),
        engagement=monde.engagement,
        mois=monde.mois_attendu.mois,
        heures={monde.contrat: Decimal(40)},
    )
    reponse = client.post(adresse, {champ: "90", "version": avant, "verifier": "1"})
    page = lu(reponse)
    assert (
        reponse.status_code == 200 and "Awa Lemaire, heures travaillées (h) : rien avant, <strong>40 h</strong>" in page
    )
    assert 'value="90"' in page and LigneHeures.objects.get(declaration=monde.mois_attendu).heures == 40
    relue = reponse.context["form"]["version"].value()
    assert client.post(adresse, {champ: "90", "version": relue, "verifier": "1"}).status_code == 302
    assert LigneHeures.objects.get(declaration=monde.mois_attendu).heures == 90
    # Ce que les deux disent pareil n'est pas un désaccord, et un jeton illisible n'arrête personne.
    for jeton in (relue, "faux"):
        assert client.post(adresse, {champ: "90", "version": jeton}).status_code == 302


@pytest.mark.django_db
def test_la_base_lache_pendant_l_envoi_rien_n_est_perdu(monde, connecte, monkeypatch):
    client, adresse = connecte("entreprise"), reverse("suivi:declarer", args=[monde.mois_attendu.uuid])

    def couper(**_):
        raise OperationalError("server closed the connection unexpectedly")

    champ = f"heures_{monde.contrat.uuid.hex}"
    monkeypatch.setattr("declarations.views.saisie.garder_brouillon", couper)
    panne = client.post(adresse, {champ: "81", **PERSONNE})
    assert panne.status_code == 503
    assert "rien n'est enregistré" in lu(panne) and 'value="81"' in lu(panne) and 'value="Inès"' in lu(panne)
    monkeypatch.undo()
    assert client.post(adresse, {champ: "81"}).status_code == 302
    assert LigneHeures.objects.get(declaration=monde.mois_attendu).heures == 81
    monkeypatch.setattr("declarations.views.declarations.envoyer_declaration", couper)
    verifier = reverse("suivi:verifier", args=[monde.mois_attendu.uuid])
    refus = client.post(verifier)
    assert refus.status_code == 503 and "Rien n'est envoyé" in lu(refus) and "81 h" in lu(refus)


@pytest.mark.django_db
def test_plus_de_250_heures_se_dit_a_cote_et_tout_reste(monde, connecte):
    client, adresse = connecte("entreprise"), reverse("suivi:declarer", args=[monde.mois_attendu.uuid])
    cle = monde.contrat.uuid.hex
    page = lu(client.post(adresse, {f"heures_{cle}": "251", f"absence_{cle}": "7"}))
    assert "Pas plus de 250 heures dans un mois." in page and 'value="251"' in page and 'value="7"' in page
    assert not LigneHeures.objects.filter(declaration=monde.mois_attendu).exists()


@pytest.mark.django_db
def test_aucune_heure_n_efface_pas_ce_qui_est_note(monde, connecte):
    acteur, declaration = monde.acteur("entreprise"), monde.mois_attendu
    garder_brouillon(
        acteur=acteur, declaration=declaration, heures={monde.contrat: HeuresDeclarees(travail=Decimal(8))}
    )
    reponse = connecte("entreprise").post(reverse("suivi:aucune_heure", args=[declaration.uuid]), follow=True)
    assert "Des heures sont déjà notées" in lu(reponse)
    assert LigneHeures.objects.get(declaration=declaration).heures == 8


@pytest.mark.django_db
def test_un_mois_de_260_personnes_s_enregistre(monde, connecte):
    contrats = [monde.contrat, *ContratFactory.create_batch(259, engagement=monde.engagement)]
    client, adresse = connecte("entreprise"), reverse("suivi:declarer", args=[monde.mois_attendu.uuid])
    envoi = dict(client.get(adresse).context["form"].initial)
    for rang, contrat in enumerate(contrats):
        cle = contrat.uuid.hex
        envoi |= {f"heures_{cle}": str(rang % 150), f"absence_{cle}": "", f"parti_le_{cle}": "", f"motif_{cle}": ""}
    assert client.post(adresse, envoi).status_code == 302
    assert LigneHeures.objects.filter(declaration=monde.mois_attendu, heures__gt=0).count() == 258
