"""D'une installation vide au premier bilan, sans donnée de démonstration : chacun entre par son courriel, et voit ce qui est à lui."""

import datetime
import io
import re
from pathlib import Path

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command

from declarations.services.ouverture import ouvrir_les_mois_clos
from metiers.importation import installer_metiers_courants
from tests.parcours.conftest import MOT_DE_PASSE, au_bureau, au_telephone, changer_de_personne
from tests.parcours.test_du_marche_aux_heures import (
    accueillir_et_embaucher,
    creer_un_acheteur,
    creer_un_marche,
    creer_une_entreprise,
)
from tests.territoires.outils import commune, epci, poser_paquet

pytestmark = pytest.mark.django_db(transaction=True)
EXPLOITANT, RESPONSABLE = "exploitant@service.example", "responsable@mde.example"
ENTREPRISE, ACHETEUR, PRESCRIPTEUR = "paie@batisseurs.example", "achats@ville.example", "referente@mission.example"
MARS = datetime.datetime(2026, 3, 3, 9, tzinfo=datetime.UTC)


def test_depuis_zero(visite, tmp_path):
    with time_machine.travel(MARS, tick=True):
        l_exploitant_ouvre_le_service(visite, tmp_path)
        l_administrateur_cree_une_structure(visite)
        le_responsable_suit_les_premiers_pas(visite)
        il_saisit_un_marche_et_embauche(visite)
        il_invite_depuis_les_fiches(visite)
        l_entreprise_voit_son_engagement_et_declare(visite)
        le_prescripteur_voit_son_offre(visite)
        le_responsable_valide(visite)
        l_acheteur_lit_la_jauge(visite)
        le_bilan_se_telecharge(visite)


def l_exploitant_ouvre_le_service(visite, tmp_path: Path) -> None:
    """Les commandes du README, dans leur ordre, sur une base vide."""
    dit = io.StringIO()
    call_command("creer_administrateur", EXPLOITANT, "--lien", stdout=dit)
    paquet = poser_paquet(tmp_path, [commune(), commune("50041", "La Hague")], [epci(membres=("50129", "50041"))])
    call_command("importer_communes", paquet, stdout=io.StringIO())
    installer_metiers_courants()
    accepter(visite, re.search(r"https?://[^/]+(/invitation/\S+)", dit.getvalue())[1], "Andrée", "Binet")


def accepter(visite, lien: str, prenom: str, nom: str) -> None:
    """Le lien du courriel, un nom, un mot de passe : on est entré."""
    visite.page.context.clear_cookies()
    visite.ouvrir(lien)
    visite.remplir(prenom=prenom, nom=nom, mot_de_passe=MOT_DE_PASSE, confirmation=MOT_DE_PASSE)
    visite.cliquer("Créer mon compte et accepter")


def lien_d_invitation(adresse: str) -> str:
    recus = [courriel.body for courriel in mail.outbox if adresse in courriel.to and "/invitation/" in courriel.body]
    return re.search(r"https?://[^/]+(/invitation/\S+)", recus[-1])[1]


def l_administrateur_cree_une_structure(visite) -> None:
    visite.suivre("Organisations", dans="nav")
    visite.suivre("Créer une organisation")
    visite.remplir(nom="MDE du Cotentin", email=RESPONSABLE)
    visite.cliquer("Créer")
    visite.voit("Territoire de MDE du Cotentin")
    visite.remplir(communes="Cherbourg-en-Cotentin\nLa Hague")
    visite.cliquer("Enregistrer")
    visite.voit("Territoire enregistré : 2 communes")


def le_responsable_suit_les_premiers_pas(visite) -> None:
    accepter(visite, lien_d_invitation(RESPONSABLE), "Zoé", "Hardy")
    visite.suivre("Premiers pas", dans="nav")
    visite.voit("Premiers pas", "MDE du Cotentin")
    visite.cliquer("Passer")
    visite.voit("Laissés de côté")
    visite.cliquer("Reprendre")
    visite.page.get_by_role("heading", name="Laissés de côté").wait_for(state="detached")


def il_saisit_un_marche_et_embauche(visite) -> None:
    creer_un_acheteur(visite)
    creer_une_entreprise(visite)
    creer_un_marche(visite)
    accueillir_et_embaucher(visite)


def il_invite_depuis_les_fiches(visite) -> None:
    visite.suivre("Entreprises", dans="nav")
    visite.suivre("Bâtisseurs du Val")
    visite.voit("Personne n'a encore de compte")
    visite.suivre("Inviter")
    visite.remplir(email=ENTREPRISE, prenom="Jean", nom="Lesage")
    visite.cliquer("Envoyer l'invitation")
    visite.voit(f"Un courriel part à {ENTREPRISE}", "Invitations en attente")
    visite.suivre("Marchés", dans="nav")
    visite.suivre("2026-001")
    visite.suivre("Inviter l'acheteur")
    visite.remplir(email=ACHETEUR)
    visite.cliquer("Envoyer l'invitation")
    visite.voit("Ville d'Essai")
    visite.suivre("Partenaires", dans="nav")
    visite.suivre("Ajouter un partenaire")
    visite.remplir(type="Prescripteur", sorte="Mission locale", nom="Mission locale du Cotentin", email=PRESCRIPTEUR)
    visite.cliquer("Ajouter")
    visite.voit("Mission locale du Cotentin", PRESCRIPTEUR)


def l_entreprise_voit_son_engagement_et_declare(visite) -> None:
    assert ouvrir_les_mois_clos() >= 1
    au_telephone(visite)
    accepter(visite, lien_d_invitation(ENTREPRISE), "Jean", "Lesage")
    visite.voit("Mon espace", "Bâtisseurs du Val", "2026-001", "Votre compte est à confirmer")
    visite.suivre("Déclarer mes heures")
    visite.voit("Février 2026")
    visite.suivre("Déclarer février 2026, marché 2026-001")
    visite.page.get_by_role("group", name="Inès Lefèvre").get_by_label("Heures travaillées").fill("121,5")
    visite.cliquer("Vérifier puis envoyer")
    visite.voit("121,5 h travaillées")
    visite.cliquer("Envoyer la déclaration")
    visite.voit("Février 2026, marché 2026-001, lot 1 À valider")


def le_prescripteur_voit_son_offre(visite) -> None:
    au_bureau(visite)
    accepter(visite, lien_d_invitation(PRESCRIPTEUR), "Inès", "Caradec")
    visite.voit("Mission locale du Cotentin")
    changer_de_personne(visite, RESPONSABLE)
    visite.suivre("Marchés", dans="nav")
    visite.suivre("2026-001")
    visite.suivre("Bâtisseurs du Val")
    visite.suivre("Nouvelle offre")
    visite.remplir(intitule="Maçon", metier="maçonnerie", postes="1", debut="2026-05-01", fin="2026-10-31")
    visite.cliquer("Enregistrer l'offre")
    visite.suivre("Diffuser l'offre")
    visite.page.get_by_label("Mission locale du Cotentin").check()
    visite.cliquer("Diffuser")
    changer_de_personne(visite, PRESCRIPTEUR)
    visite.voit("Vos personnes et les offres", "Maçon")


def le_responsable_valide(visite) -> None:
    changer_de_personne(visite, RESPONSABLE)
    visite.suivre("Heures", dans="nav")
    visite.page.locator("tr", has_text="À valider").get_by_role("link").first.click()
    visite.controler()
    visite.voit("121,5 h", "À valider")
    visite.cliquer("Valider")
    visite.voit("Validée")


def l_acheteur_lit_la_jauge(visite) -> None:
    accepter(visite, lien_d_invitation(ACHETEUR), "Claire", "Duval")
    visite.voit("2026-001", "121,5 h")
    visite.suivre("2026-001")
    visite.voit("121,5 h faites sur 1 581,5 h dues")


def le_bilan_se_telecharge(visite) -> None:
    changer_de_personne(visite, RESPONSABLE)
    visite.ouvrir("/annee/?annee=2026")
    visite.voit("121,5 h")
    visite.suivre("Préparer ce bilan")
    visite.cliquer("Préparer le bilan")
    visite.voit("Brouillon", "121,5 h")
    with visite.page.expect_download() as telechargement:
        visite.page.get_by_role("link", name="Télécharger le PDF").click()
    assert telechargement.value.path().read_bytes().startswith(b"%PDF")
