"""L'amont au navigateur : l'acheteur dépose, le facilitateur étudie, chiffre, rédige, attribue ; les heures dues à chaque pas."""

import io

import pytest
from docx import Document as DocumentWord

from comptes.enums import Role, TypeOrganisation
from comptes.models import Organisation, Partenariat
from entreprises.models import Entreprise, FicheEntreprise
from marches.models import FicheMaitreOuvrage, Lot, MaitreOuvrage
from tests.fabriques.commun import siret
from tests.parcours.conftest import membre

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def acheteur(facilitatrice):
    """Le compte d'un acheteur que la structure suit, et une entreprise à engager."""
    structure = Organisation.objects.get(slug="essai")
    ville = Organisation.objects.create(type=TypeOrganisation.MAITRE_OUVRAGE, nom="Ville d'Essai", slug="ville-essai")
    Partenariat.objects.create(structure=structure, organisation=ville)
    maitre_ouvrage = MaitreOuvrage.objects.create(nom="Ville d'Essai", siret=siret(77), organisation=ville)
    FicheMaitreOuvrage.objects.create(structure=structure, maitre_ouvrage=maitre_ouvrage)
    entreprise = Entreprise.objects.create(siret=siret(78), raison_sociale="Bâtisseurs du Val")
    FicheEntreprise.objects.create(structure=structure, entreprise=entreprise)
    return membre(ville, "acheteur@essai.example", Role.MAITRE_OUVRAGE)


def quitter(visite) -> None:
    visite.page.context.clear_cookies()


def l_acheteur_depose(visite) -> None:
    visite.voit("Vos achats et leurs clauses", "Rien ne vous attend")
    visite.suivre("Déposer un projet d'achat")
    visite.remplir(
        objet="Rénovation du lycée",
        nature="Travaux",
        montant_estime_ht="5 404 000",
        duree_mois="14",
        date_publication="2026-12-01",
        date_notification="2026-11-15",
    )
    visite.cliquer("Déposer le projet")
    visite.voit("La notification précède la publication")
    assert visite.page.locator("[name=objet]").input_value() == "Rénovation du lycée"
    visite.remplir(date_notification="2027-03-15")
    visite.cliquer("Déposer le projet")
    visite.voit("Rénovation du lycée", "Obligatoire", "L2112-2-1", "Votre facilitateur chiffre des scénarios")


def le_facilitateur_etudie(visite) -> None:
    visite.suivre("Rénovation du lycée")
    visite.cliquer("Mettre à l'étude")
    for nom, taux in (("Prudent", "5"), ("Médian", "7"), ("Ambitieux", "10")):
        if visite.page.locator("details.ajout-scenario:not([open])").count():
            visite.page.locator("details.ajout-scenario summary").click()
        visite.suivre("Part de main-d'œuvre × taux")
        visite.remplir(nom=nom, montant="1 200 000", part_main_oeuvre="45", taux=taux, cout_horaire="32")
        visite.cliquer("Calculer")
    visite.voit("Prudent", "Ambitieux", "37 800 € ÷ 32 € par heure = 1 181,25 h", "1 688 h")
    visite.cliquer("Retenir Médian")
    visite.cliquer("Proposer à l'acheteur")


def l_acheteur_voit_la_proposition(visite) -> None:
    visite.voit("À décider", "Rénovation du lycée")
    visite.suivre("Rénovation du lycée")
    visite.voit("1 181 h", "Qui pourrait prendre ces emplois ?")
    visite.cliquer("Retenir la clause")
    visite.voit("Projet passé à « Retenu »")


def le_facilitateur_en_fait_un_marche(visite) -> None:
    visite.suivre("Projets d'achat", dans="nav")
    visite.suivre("Voir en tableau")
    visite.suivre("Rénovation du lycée")
    visite.suivre("Échéances, notes et pièces")
    visite.cliquer("Établir le rétroplanning")
    visite.voit("Calibrer les heures")
    visite.page.go_back()
    visite.page.go_back()
    visite.page.reload()
    visite.suivre("En faire un marché")
    visite.remplir(
        reference="2027-001", type_clause="Condition d'exécution", debut="2027-04-01", fin_prevue="2028-06-30"
    )
    visite.cliquer("Créer le marché")
    visite.voit("En rédaction", "1 181 h au contrat")


def il_redige(visite) -> None:
    marche = visite.page.url
    visite.suivre("Rédiger la clause")
    visite.suivre("Donnez un téléphone")
    visite.remplir(telephone="02 33 00 00 00", contact="Service clauses")
    visite.cliquer("Enregistrer")
    visite.voit("L. 2112-2-1", "1 181 h")
    visite.suivre("Produire les textes")
    visite.cliquer("Produire les textes")
    with visite.page.expect_download() as telechargement:
        visite.page.get_by_role("link", name="Télécharger en DOCX : Cahier").click()
    document = DocumentWord(io.BytesIO(telechargement.value.path().read_bytes()))
    texte = "\n".join(p.text for p in document.paragraphs).replace("\u202f", " ").replace("\u00a0", " ")
    assert "1 181 h" in texte and "Bénéficiaire du RSA" in texte and "02 33 00 00 00" in texte
    visite.ouvrir(marche)


def il_attribue_et_suit_les_heures_dues(visite) -> None:
    visite.suivre("Attribuer le marché")
    lot = Lot.objects.get()
    assert visite.page.locator(f"[name=heures_{lot.pk}]").input_value() == "1\u202f181"
    visite.remplir(**{f"entreprise_{lot.pk}": "Bâtisseurs du Val"}, date_notification="2026-11-30")
    visite.cliquer("Attribuer le marché")
    visite.voit("sur 1 181 h")
    visite.suivre("Bâtisseurs du Val")
    visite.suivre("Ajouter un avenant")
    visite.remplir(montant_delta_ht="150 000", date_notification="2027-06-01", motif="Travaux supplémentaires")
    visite.cliquer("Enregistrer l'avenant")
    visite.voit("À proportion du montant, ce serait 148 h")
    assert visite.page.locator("[name=heures_delta]").input_value() == "148"
    visite.cliquer("Enregistrer l'avenant")
    visite.voit("1 329 h")


def il_ajoute_un_lot_a_bons_de_commande(visite) -> None:
    visite.suivre("2027-001", dans="body")
    visite.suivre("Ajouter un lot")
    visite.remplir(
        numero="2",
        intitule="Entretien",
        assiette="Cumul des bons de commande",
        euros_par_heure="2 000",
        entreprise="Bâtisseurs du Val",
        heures_initiales="0",
    )
    visite.cliquer("Ajouter le lot")
    visite.suivre("Lot 2 · Entretien")
    for numero, montant, dues in (("BC-1", "62 500", "31 h"), ("BC-2", "61 500", "62 h")):
        visite.suivre("Ajouter un bon de commande ou une facture")
        visite.remplir(genre="Bon de commande", numero=numero, montant_ht=montant, date="2027-07-01")
        visite.cliquer("Enregistrer la pièce")
        visite.voit(f"Dues aujourd'hui {dues}")


def test_du_projet_au_marche_attribue(visite, facilitatrice, acheteur):
    visite.connecter(acheteur.email)
    l_acheteur_depose(visite)
    quitter(visite)
    visite.connecter(facilitatrice.email)
    le_facilitateur_etudie(visite)
    quitter(visite)
    visite.connecter(acheteur.email)
    l_acheteur_voit_la_proposition(visite)
    quitter(visite)
    visite.connecter(facilitatrice.email)
    le_facilitateur_en_fait_un_marche(visite)
    il_redige(visite)
    il_attribue_et_suit_les_heures_dues(visite)
    il_ajoute_un_lot_a_bons_de_commande(visite)
    visite.suivre("2027-001", dans="body")
    visite.voit("sur 1 391 h")
