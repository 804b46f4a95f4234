"""L'entreprise déclare : par son compte ou par son lien, brouillon, relecture, envoi, correction ; la structure rend ou valide."""

import datetime
import re
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from declarations.enums import StatutDeclaration
from declarations.models import Declaration, LigneHeures
from declarations.services import valider_mois
from declarations.services.decisions import rendre_declaration
from declarations.services.declarations import (
    HeuresDeclarees,
    declarer_aucune_heure,
    envoyer_declaration,
    garder_brouillon,
)
from declarations.services.liens import envoyer_le_lien
from socle.models import Courriel, EntreeJournal
from socle.regles import AccesRefuse, RegleViolee
from tests.fabriques.declarations import DeclarationFactory
from tests.fabriques.recrutement import ContratFactory

pytestmark = pytest.mark.django_db


def statut(declaration: Declaration) -> str:
    declaration.refresh_from_db()
    return declaration.statut


def lu(reponse) -> str:
    """La page, chaque blanc rendu par une espace."""
    return " ".join(reponse.content.decode().split())


def champs(monde, travail: str = "80,5", absence: str = "7") -> dict:
    cle = monde.contrat.uuid.hex
    return {f"heures_{cle}": travail, f"absence_{cle}": absence}


@pytest.fixture
def par_lien(monde) -> Client:
    """Le correspondant, entré par le lien reçu."""
    envoyer_le_lien(acteur=monde.acteur("edition"), engagement=monde.engagement, courriel="paie@chantier.fr")
    courriel = Courriel.objects.latest("pk")
    assert courriel.repondre_a == monde.personne("edition").email and "Lemaire" not in courriel.corps
    client = Client()
    lien = re.search(r"https?://[^/]+(/lien/\S+)", courriel.corps)[1]
    assert client.get(lien).status_code == 200 and "Lemaire" not in client.get(lien).content.decode()
    assert client.post(lien).url == reverse("suivi:mes_declarations_par_lien", args=[monde.fiche.uuid])
    return client


def test_par_lien_du_brouillon_a_l_envoi(monde, par_lien):
    liste = reverse("suivi:mes_declarations_par_lien", args=[monde.fiche.uuid])
    assert "Mai 2026" in par_lien.get(liste).content.decode()
    remplir = reverse("suivi:declarer_par_lien", args=[monde.fiche.uuid, monde.mois_attendu.uuid])
    page = lu(par_lien.get(remplir))
    assert "Comme en avril 2026 : 80 h" in page and 'value="80' not in page  # un repère, pas une valeur
    faux = par_lien.post(remplir, champs(monde, travail="beaucoup"))
    assert faux.status_code == 200 and "beaucoup" in faux.content.decode()
    assert "Comme en avril 2026 : 80 h" in lu(faux)  # une faute n'efface pas le repère
    par_lien.post(remplir, champs(monde))
    assert statut(monde.mois_attendu) == StatutDeclaration.COMMENCEE
    verifier = par_lien.post(remplir, {**champs(monde, "90"), "verifier": "1"}).url
    assert "90 h travaillées" in lu(par_lien.get(verifier))
    assert par_lien.post(verifier).url == liste
    assert statut(monde.mois_attendu) == StatutDeclaration.A_VALIDER
    assert monde.mois_attendu.declaree_par == "paie@chantier.fr"
    ligne = LigneHeures.objects.get(declaration=monde.mois_attendu)
    assert (ligne.heures, ligne.heures_absence) == (90, 7)
    par_lien.post(remplir, {**champs(monde, "85"), "verifier": "1"})  # une correction avant validation
    par_lien.post(verifier)
    valider_mois(acteur=monde.acteur(), declaration=monde.mois_attendu, accepter_le_reste=True)
    ferme = par_lien.post(remplir, champs(monde, "1"), follow=True)
    assert "validé" in ferme.content.decode()
    assert LigneHeures.objects.get(declaration=monde.mois_attendu).heures == 85


def test_aucune_heure_en_un_geste(monde, par_lien):
    adresse = reverse("suivi:aucune_heure_par_lien", args=[monde.fiche.uuid, monde.mois_attendu.uuid])
    assert par_lien.get(adresse).status_code == 302 and statut(monde.mois_attendu) == StatutDeclaration.ATTENDUE
    par_lien.post(adresse)
    assert statut(monde.mois_attendu) == StatutDeclaration.A_VALIDER
    assert list(monde.mois_attendu.lignes.values_list("heures", flat=True)) == [Decimal(0)]


def test_le_lien_n_ouvre_que_cette_entreprise_dans_cette_structure(monde, par_lien):
    for fiche, declaration in (
        (monde.fiche, monde.autre.mois_attendu),
        (monde.autre.fiche, monde.autre.mois_attendu),
        (monde.autre.fiche, monde.mois_attendu),
    ):
        for page in ("declarer", "verifier", "aucune_heure"):
            adresse = reverse(f"suivi:{page}_par_lien", args=[fiche.uuid, declaration.uuid])
            assert par_lien.get(adresse).status_code == 404 and par_lien.post(adresse).status_code == 404
    assert Client().get(reverse("suivi:mes_declarations_par_lien", args=[monde.fiche.uuid])).status_code == 404


def test_par_compte_l_entreprise_ne_declare_que_pour_elle(monde, client):
    client.force_login(monde.personne("entreprise"))
    assert "Mai 2026" in client.get(reverse("suivi:mes_declarations")).content.decode()
    client.post(reverse("suivi:declarer", args=[monde.mois_attendu.uuid]), champs(monde))
    assert statut(monde.mois_attendu) == StatutDeclaration.COMMENCEE
    for qui in ("autre.entreprise", "prescripteur", "edition"):
        with pytest.raises(AccesRefuse):
            declarer_aucune_heure(acteur=monde.acteur(qui), declaration=monde.mois_attendu)


def test_envoyer_vingt_fois_n_envoie_qu_une(monde):
    acteur = monde.acteur("entreprise")
    garder_brouillon(
        acteur=acteur, declaration=monde.mois_attendu, heures={monde.contrat: HeuresDeclarees(travail=Decimal(35))}
    )
    for _ in range(20):
        envoyer_declaration(acteur=acteur, declaration=monde.mois_attendu)
    assert EntreeJournal.objects.filter(action="declaration_envoyee").count() == 1
    assert LigneHeures.objects.filter(declaration=monde.mois_attendu).count() == 1


def test_rien_a_envoyer_se_dit(monde):
    with pytest.raises(RegleViolee, match="aucune heure ce mois-ci"):
        envoyer_declaration(acteur=monde.acteur("entreprise"), declaration=monde.mois_attendu)


def test_rendre_previent_qui_a_declare(monde):
    declaration = monde.mois_declare
    with pytest.raises(RegleViolee):
        rendre_declaration(acteur=monde.acteur(), declaration=declaration, motif=" ")
    rendre_declaration(acteur=monde.acteur(), declaration=declaration, motif="Il manque la dernière semaine.")
    assert statut(declaration) == StatutDeclaration.RENDUE
    courriel = Courriel.objects.latest("pk")
    assert courriel.destinataire == declaration.declaree_par and "dernière semaine" in courriel.corps
    with pytest.raises(AccesRefuse):
        valider_mois(acteur=monde.acteur(), declaration=declaration)
    envoyer_declaration(acteur=monde.acteur("entreprise"), declaration=declaration)
    assert statut(declaration) == StatutDeclaration.A_VALIDER and declaration.motif_retour == ""
    with pytest.raises(Exception, match="saisi par la structure"):
        rendre_declaration(acteur=monde.acteur(), declaration=monde.mois_a_valider, motif="Encore")


def test_corriger_un_mois_envoye_le_reprend_et_le_dit_sans_changement_il_reste_envoye(monde, connecte):
    mois, client = monde.mois_declare, connecte("entreprise")
    adresse = reverse("suivi:declarer", args=[mois.uuid])
    page = lu(client.get(adresse))
    assert "Ce mois est déjà envoyé." in page and "envoyiez de nouveau" in page
    attendu = reverse("suivi:declarer", args=[monde.mois_attendu.uuid])
    assert "déjà envoyé" not in lu(client.get(attendu))
    cle, depart = monde.contrat.uuid.hex, monde.depart_annonce
    memes = {f"heures_{cle}": "60", f"depart_{cle}": f"{depart.parti_le:%Y-%m-%d}", f"motif_{cle}": depart.motif}
    for suite in ({}, {"verifier": "1"}):
        reponse = client.post(adresse, memes | suite, follow=True)
        assert statut(mois) == StatutDeclaration.A_VALIDER
        assert suite or "Rien n&#x27;a changé : ce mois reste envoyé." in lu(reponse)
    corrige = lu(client.post(adresse, {**memes, f"heures_{cle}": "61"}, follow=True))
    assert statut(mois) == StatutDeclaration.COMMENCEE and "envoyez-le de nouveau" in corrige
    assert "Brouillon gardé" in lu(client.post(adresse, {**memes, f"heures_{cle}": "61"}, follow=True))


def test_une_piece_ou_une_personne_qui_change_reprend_aussi_le_mois_envoye(monde, connecte):
    cle, depart = monde.contrat.uuid.hex, monde.depart_annonce
    memes = {f"heures_{cle}": "60", f"depart_{cle}": f"{depart.parti_le:%Y-%m-%d}", f"motif_{cle}": depart.motif}
    adresse = reverse("suivi:declarer", args=[monde.mois_declare.uuid])
    retire = {"retirer_annonce": str(monde.personne_annoncee.uuid)}
    page = lu(connecte("entreprise").post(adresse, memes | retire, follow=True))
    assert statut(monde.mois_declare) == StatutDeclaration.COMMENCEE and "envoyez-le de nouveau" in page


def test_un_mois_qui_commence_par_une_voyelle_s_elide(monde, connecte):
    declaration = monde.mois_declare
    Declaration.objects.filter(pk=declaration.pk).update(mois="2026-10-01")
    declaration.refresh_from_db()
    rendre_declaration(acteur=monde.acteur(), declaration=declaration, motif="Il manque la dernière semaine.")
    courriel = Courriel.objects.latest("pk")
    assert "vos heures d'octobre 2026" in courriel.sujet and "les heures d'octobre 2026" in courriel.corps
    page = lu(connecte("edition").get(declaration.get_absolute_url()))
    assert "<title>Heures d&#x27;octobre 2026" in page


def test_un_mois_qui_n_est_pas_valide_ne_dit_pas_ses_heures_comptees(monde, connecte):
    client = connecte("lecture")
    a_valider = lu(client.get(monde.mois_a_valider.get_absolute_url()))
    assert "Total à valider : 80 h" in a_valider and "À compter" in a_valider
    assert "Comptées" not in a_valider and "Total compté" not in a_valider
    valide = lu(client.get(monde.mois_valide.get_absolute_url()))
    assert "Total compté : 120,5 h" in valide and "Comptées" in valide and "À compter" not in valide


def test_tous_les_mois_passes_s_atteignent(monde, connecte, par_lien):
    for rang in range(24):
        DeclarationFactory(
            engagement=monde.engagement, mois=datetime.date(2023 + rang // 12, 1 + rang % 12, 1), validee=True
        )
    for client, adresse in (
        (connecte("entreprise"), reverse("suivi:mes_declarations")),
        (par_lien, reverse("suivi:mes_declarations_par_lien", args=[monde.fiche.uuid])),
    ):
        pages = [lu(client.get(f"{adresse}?page={page}")) for page in (1, 2, 3)]
        assert "Page <strong>1</strong> sur 3" in pages[0] and "?page=2" in pages[0]
        assert "Janvier 2023" in pages[2] and "Janvier 2023" not in pages[0]
        assert all("Mai 2026" in page for page in pages)  # ce qui reste à déclarer est toujours là


def test_le_marche_et_la_personne_annoncee_se_reconnaissent(monde, connecte):
    client = connecte("entreprise")
    for page in ("declarer", "verifier"):
        assert "2026-014, lot 1 · Groupe scolaire" in lu(
            client.get(reverse(f"suivi:{page}", args=[monde.mois_declare.uuid]))
        )
    relue = lu(client.get(reverse("suivi:verifier", args=[monde.mois_declare.uuid])))
    annonce = monde.personne_annoncee
    assert f"{annonce.nom_complet}, {annonce.get_type_contrat_display()} depuis le" in relue
    assert annonce.precision in relue


def test_260_personnes_se_declarent_d_un_seul_envoi(monde, connecte):
    """Quatre champs par personne : plus de mille en tout, que Django refuse d'ordinaire."""
    contrats = ContratFactory.create_batch(259, engagement=monde.engagement, structure=monde.structure)
    client, remplir = connecte("entreprise"), reverse("suivi:declarer", args=[monde.mois_attendu.uuid])
    formulaire = BeautifulSoup(client.get(remplir).content, "html.parser").main.form
    saisie = {
        champ["name"]: champ.get("value", "")
        for champ in formulaire.find_all(["input", "select"], attrs={"name": True})
    }
    saisie |= {f"heures_{contrat.uuid.hex}": "7,5" for contrat in [*contrats, monde.contrat]}
    assert len(saisie) > 1000
    reponse = client.post(remplir, {**saisie, "verifier": "1"})
    assert reponse.status_code == 302
    assert "1 950" in lu(client.get(reponse.url))
    assert LigneHeures.objects.filter(declaration=monde.mois_attendu).total() == Decimal(1950)
