"""D'une installation vide au bilan du financeur, sans démonstration : chacun entre par son courriel, et voit ce qui est à lui."""

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
from tests.parcours.conftest import MOT_DE_PASSE, attendre, au_bureau, au_telephone, changer_de_personne
from tests.reprise.outils import (
    CONTRATS,
    ENTREPRISES,
    HEURES,
    LOTS,
    MARCHES,
    MO,
    PERSONNES,
    contrat,
    ecrire,
    entreprise,
    lot,
    maitre_ouvrage,
    marche,
    personne,
)
from tests.territoires.outils import commune, epci, poser_paquet

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("file_de_l_installation")]
EXPLOITANT, RESPONSABLE = "exploitant@service.example", "responsable@mde.example"
ENTREPRISE, ACHETEUR, PRESCRIPTEUR = "paie@batisseurs.example", "achats@ville.example", "referente@mission.example"
FINANCEUR = "suivi@departement.example"
SIRET = "73282932000074"
MARS = datetime.datetime(2026, 3, 3, 9, tzinfo=datetime.UTC)
AVRIL = datetime.datetime(2026, 4, 2, 9, tzinfo=datetime.UTC)


def test_depuis_zero(visite, tmp_path):
    with time_machine.travel(MARS, tick=True):
        l_exploitant_ouvre_le_service(visite, tmp_path)
        l_administrateur_cree_une_structure(visite)
        le_responsable_suit_les_premiers_pas(visite)
        il_reprend_son_classeur(visite, classeur(tmp_path / "suivi.xlsx"))
        il_invite_depuis_les_fiches(visite)
        il_cherche_quelqu_un(visite)
        le_prescripteur_voit_son_offre_et_propose(visite)
        le_responsable_transmet(visite)
        l_entreprise_voit_son_engagement_et_retient(visite)
        le_responsable_conclut_le_contrat(visite)
        l_acheteur_et_le_financeur_entrent(visite)
    with time_machine.travel(AVRIL, tick=True):
        l_entreprise_declare(visite)
        le_responsable_valide(visite)
        l_acheteur_lit_la_jauge(visite)
        le_responsable_publie_le_bilan(visite)
        le_financeur_telecharge_le_bilan(visite)


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
    def recus() -> list[str]:
        return [courriel.body for courriel in mail.outbox if adresse in courriel.to and "/invitation/" in courriel.body]

    attendre(recus)
    return re.search(r"https?://[^/]+(/invitation/\S+)", recus()[-1])[1]


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


def classeur(chemin: Path) -> Path:
    """Le tableur d'avant : un acheteur, une entreprise, un marché de deux lots, une personne déjà en contrat."""
    marche_suivi = {"Référence marché*": "2026-001"}
    du_marche = {"Attributaire (SIRET)*": SIRET, **marche_suivi}
    return ecrire(
        chemin,
        {
            MO: [maitre_ouvrage(**{"Nom*": "Ville d'Essai"})],
            ENTREPRISES: [entreprise(**{"Raison sociale*": "Bâtisseurs du Val", "SIRET*": SIRET})],
            MARCHES: [
                marche(
                    **{"Référence*": "2026-001", "Objet*": "Réhabilitation d'une école", "Date de notification": ""},
                    **{"Début*": datetime.date(2026, 1, 5), "Fin*": datetime.date(2027, 6, 30)},
                )
            ],
            LOTS: [
                lot(**du_marche, **{"Heures dues*": "1 181"}),
                lot(**du_marche, **{"Lot*": "2", "Intitulé*": "Second œuvre", "Heures dues*": "400,5"}),
            ],
            PERSONNES: [personne(**{"QPV (code)": "non"})],
            CONTRATS: [
                contrat(
                    **marche_suivi,
                    **{"Lot*": "2", "Employeur (SIRET)*": SIRET},
                    **{"Début*": datetime.date(2026, 3, 2), "Fin": datetime.date(2026, 8, 31)},
                )
            ],
            HEURES: [],
        },
    )


def il_reprend_son_classeur(visite, chemin: Path) -> None:
    visite.suivre("Reprendre un classeur")
    visite.page.locator("main input[type=file]").set_input_files(chemin)
    visite.cliquer("Vérifier ce classeur")
    attendre_a_l_ecran(visite, "Aucune erreur")
    visite.suivre("Reprendre pour de vrai")
    visite.voit("7 lignes à créer, 0 à modifier")
    visite.cliquer("Reprendre pour de vrai")
    attendre_a_l_ecran(visite, "Tout est enregistré")
    visite.suivre("Marchés", dans="nav")
    visite.suivre("2026-001")
    visite.voit("Gros œuvre", "Second œuvre", "1 581,5 h")


def attendre_a_l_ecran(visite, texte: str) -> None:
    """La page suit d'elle-même ce que la file fabrique ; relue ensuite en entier."""
    visite.page.get_by_text(texte).first.wait_for()
    visite.ouvrir(visite.page.url)
    visite.voit(texte)


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
    il_ajoute_un_partenaire(visite, "Mission locale du Cotentin", type="Prescripteur", sorte="Mission locale")
    visite.remplir(email=PRESCRIPTEUR)
    visite.cliquer("Envoyer l'invitation")
    visite.voit("Mission locale du Cotentin", PRESCRIPTEUR)
    il_ajoute_un_partenaire(visite, "Département de la Manche", type="Financeur", email=FINANCEUR)
    visite.voit("Département de la Manche")


def il_ajoute_un_partenaire(visite, nom: str, **champs: str) -> None:
    visite.suivre("Partenaires", dans="nav")
    visite.suivre("Ajouter un partenaire")
    visite.remplir(nom=nom, **champs)
    visite.cliquer("Ajouter")


def il_cherche_quelqu_un(visite) -> None:
    visite.suivre("Marchés", dans="nav")
    visite.suivre("2026-001")
    visite.suivre("Bâtisseurs du Val")
    visite.suivre("Nouvelle offre")
    visite.remplir(intitule="Maçon", metier="maçonnerie", postes="1", debut="2026-03-09", fin="2026-10-31")
    visite.cliquer("Enregistrer l'offre")
    visite.suivre("Diffuser l'offre")
    visite.page.get_by_label("Mission locale du Cotentin").check()
    visite.cliquer("Diffuser")
    visite.voit("Ouverte", "Mission locale du Cotentin, le")


def le_prescripteur_voit_son_offre_et_propose(visite) -> None:
    au_telephone(visite)
    accepter(visite, lien_d_invitation(PRESCRIPTEUR), "Inès", "Caradec")
    visite.voit("Mission locale du Cotentin", "Vos personnes et les offres", "Maçon")
    visite.suivre("Maçon")
    visite.suivre("Proposer une nouvelle personne")
    visite.remplir(nom="Renouf", prenom="Karim", date_naissance="2001-04-12", sexe="Homme", avis="Très motivé.")
    visite.page.get_by_label("Bénéficiaire du RSA").check()
    visite.cliquer("Proposer cette personne")
    visite.voit("Personne proposée", "Karim Renouf", "Proposée")


def le_responsable_transmet(visite) -> None:
    au_bureau(visite)
    changer_de_personne(visite, RESPONSABLE)
    visite.suivre("Offres", dans="nav")
    visite.suivre("Maçon")
    for geste in ("Présélectionner les personnes cochées", "Transmettre à l'entreprise les personnes cochées"):
        visite.page.locator("[name=candidature]").check()
        visite.cliquer(geste)
    visite.voit("Transmise à l'entreprise (1)")


def l_entreprise_voit_son_engagement_et_retient(visite) -> None:
    au_telephone(visite)
    accepter(visite, lien_d_invitation(ENTREPRISE), "Jean", "Lesage")
    visite.voit("Mon espace", "Bâtisseurs du Val", "2026-001", "Votre compte est à confirmer")
    visite.suivre("Maçon")
    visite.voit("1 candidature à examiner", "Karim Renouf", "Très motivé.")
    visite.page.locator("summary").filter(has_text=re.compile(r"^\s*Retenir")).click()
    visite.cliquer("Oui, retenir Karim Renouf")
    visite.voit("Personne retenue", "Pourvue")


def le_responsable_conclut_le_contrat(visite) -> None:
    au_bureau(visite)
    changer_de_personne(visite, RESPONSABLE)
    visite.suivre("Offres", dans="nav")
    visite.suivre("Maçon")
    visite.suivre("Établir le contrat")
    visite.cliquer("Établir le contrat")
    visite.voit("Contrat établi", "Karim Renouf")


def l_acheteur_et_le_financeur_entrent(visite) -> None:
    accepter(visite, lien_d_invitation(ACHETEUR), "Claire", "Duval")
    visite.voit("2026-001", "Réhabilitation d'une école")
    accepter(visite, lien_d_invitation(FINANCEUR), "Paul", "Quesnel")
    visite.voit("Département de la Manche")


def l_entreprise_declare(visite) -> None:
    assert ouvrir_les_mois_clos() >= 2  # un mois par engagement
    au_telephone(visite)
    changer_de_personne(visite, ENTREPRISE)
    visite.suivre("Déclarer mes heures")
    visite.voit("Mars 2026")
    visite.suivre("Déclarer mars 2026, marché 2026-001, lot 1")
    visite.page.get_by_role("group", name="Karim Renouf").get_by_label("Heures travaillées").fill("121,5")
    visite.cliquer("Vérifier puis envoyer")
    visite.voit("121,5 h travaillées")
    visite.cliquer("Envoyer la déclaration")
    visite.voit("Mars 2026, marché 2026-001", "À valider")


def le_responsable_valide(visite) -> None:
    au_bureau(visite)
    changer_de_personne(visite, RESPONSABLE)
    visite.suivre("Heures", dans="nav")
    visite.page.locator("tr", has_text="À valider").get_by_role("link").first.click()
    visite.controler()
    visite.voit("121,5 h", "À valider")
    visite.cliquer("Valider")
    visite.voit("Validée")


def l_acheteur_lit_la_jauge(visite) -> None:
    changer_de_personne(visite, ACHETEUR)
    visite.voit("2026-001", "121,5 h")
    visite.suivre("2026-001")
    visite.voit("121,5 h faites sur 1 581,5 h dues")


def le_responsable_publie_le_bilan(visite) -> None:
    changer_de_personne(visite, RESPONSABLE)
    visite.ouvrir("/annee/?annee=2026")
    visite.voit("121,5 h")
    visite.suivre("Préparer ce bilan")
    visite.cliquer("Préparer le bilan")
    attendre_a_l_ecran(visite, "Télécharger le PDF")
    visite.voit("Brouillon", "121,5 h")
    visite.cliquer("Marquer relu")
    visite.suivre("Publier…")
    visite.page.get_by_label("Département de la Manche").check()
    visite.page.get_by_label("Publier avec ce qui manque").check()  # l'année n'est pas finie, et la page dit quoi
    visite.cliquer("Publier le bilan")
    visite.voit("Ces chiffres ne changent plus", "Remis à : Département de la Manche")
    attendre_a_l_ecran(visite, "Télécharger le PDF")


def le_financeur_telecharge_le_bilan(visite) -> None:
    changer_de_personne(visite, FINANCEUR)
    visite.voit("Bilan 2026")
    visite.suivre("Bilan 2026")
    visite.voit("121,5 h", "MDE du Cotentin")
    with visite.page.expect_download() as telechargement:
        visite.page.get_by_role("link", name="Télécharger le PDF").first.click()
    assert telechargement.value.path().read_bytes().startswith(b"%PDF")
