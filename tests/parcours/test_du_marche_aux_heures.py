"""Le travail principal au navigateur : de l'acheteur au bilan, sans rien d'autre que l'écran."""

import pytest

pytestmark = pytest.mark.django_db(transaction=True)


def creer_un_acheteur(visite) -> None:
    visite.suivre("Maîtres d'ouvrage", dans="nav")
    visite.suivre("Nouveau maître d'ouvrage")
    visite.remplir(nom="Ville d'Essai", type="Commune")
    visite.cliquer("Ajouter")
    visite.voit("Ville d'Essai")


def creer_une_entreprise(visite) -> None:
    visite.suivre("Entreprises", dans="nav")
    visite.suivre("Nouvelle entreprise")
    visite.remplir(siret="732 829 320 00075", raison_sociale="Bâtisseurs du Val", type="Entreprise classique")
    visite.cliquer("Ajouter l'entreprise")
    visite.voit("Ce SIRET est faux")
    assert visite.page.locator("[name=raison_sociale]").input_value() == "Bâtisseurs du Val"
    visite.remplir(siret="732 829 320 00074")
    visite.cliquer("Ajouter l'entreprise")
    visite.voit("Bâtisseurs du Val")


def creer_un_marche(visite) -> None:
    visite.suivre("Marchés", dans="nav")
    visite.suivre("Nouveau marché")
    visite.remplir(
        reference="2026-001",
        objet="Réhabilitation d'une école",
        maitre_ouvrage="Ville d'Essai",
        nature="Travaux",
        type_clause="Condition d'exécution",
        montant_ht="1 200 000,50",
        debut="2026-06-30",
        fin_prevue="2026-01-05",
    )
    visite.cliquer("Créer le marché")
    assert visite.page.locator("[name=debut][aria-invalid=true], [name=fin_prevue][aria-invalid=true]").count()
    assert visite.page.locator("[name=objet]").input_value() == "Réhabilitation d'une école"
    visite.remplir(debut="2026-01-05", fin_prevue="2027-06-30")
    visite.cliquer("Créer le marché")
    for numero, intitule, heures in (("1", "Gros œuvre", "1 181"), ("2", "Second œuvre", "400,5")):
        visite.suivre("Ajouter un lot")
        visite.remplir(numero=numero, intitule=intitule, entreprise="Bâtisseurs du Val", heures_initiales=heures)
        visite.cliquer("Ajouter le lot")
    visite.voit("Gros œuvre", "Second œuvre", "1 581,5 h")


def accueillir_et_embaucher(visite) -> None:
    visite.suivre("Bénéficiaires", dans="nav")
    visite.suivre("Nouveau dossier")
    visite.remplir(nom="Lefèvre", prenom="Inès", date_naissance="2004-04-12", sexe="Femme")
    visite.cliquer("Ouvrir le dossier")
    visite.suivre("Ajouter un critère")
    visite.remplir(code="Bénéficiaire du RSA", depuis="2025-11-01")
    visite.cliquer("Ajouter le critère")
    visite.suivre("Nouveau contrat")
    visite.remplir(
        engagement="2026-001",
        employeur="Bâtisseurs du Val",
        modalite="Embauche directe",
        type_contrat="CDD",
        debut="2026-02-02",
        fin_prevue="2026-07-31",
    )
    visite.cliquer("Enregistrer le contrat")


def saisir_et_valider(visite, mois: str, volume: str) -> None:
    """Un volume impossible d'abord : il reste affiché, avec sa faute à côté."""
    visite.suivre("Saisir des heures")
    visite.suivre("Saisir un mois qui n'est pas ici")
    visite.remplir(mois=mois)
    visite.cliquer("Continuer")
    heures = visite.page.locator("main input[name^=heures_]")
    heures.fill("251")
    visite.cliquer("Enregistrer")
    assert heures.input_value() == "251" and heures.get_attribute("aria-invalid") == "true"
    heures.fill(volume)
    visite.cliquer("Enregistrer")
    visite.voit(f"{volume} h", "À valider")
    visite.cliquer("Valider")
    visite.voit("Validée")


def le_bilan_suit_les_heures(visite, contrat: str) -> None:
    visite.ouvrir("/annee/?annee=2026")
    visite.voit("121,5 h", "1 sur 1")
    visite.suivre("121,5")
    visite.voit("D'où vient ce chiffre", "1 ligne, 121,5 h en tout")
    visite.ouvrir("/annee/?annee=2026")
    visite.suivre("Préparer ce bilan")
    visite.cliquer("Préparer le bilan")
    visite.voit("Brouillon", "121,5 h")
    bilan = visite.page.url
    visite.ouvrir(contrat)
    saisir_et_valider(visite, "2026-03", "100")
    visite.ouvrir(bilan)
    visite.voit("121,5 h")
    visite.cliquer("Refaire avec les heures d'aujourd'hui")
    visite.voit("221,5 h")
    with visite.page.expect_download() as telechargement:
        visite.page.get_by_role("link", name="Télécharger le PDF").click()
    assert telechargement.value.path().read_bytes().startswith(b"%PDF")


def test_de_l_acheteur_au_bilan(visite, facilitatrice):
    visite.connecter(facilitatrice.email)
    creer_un_acheteur(visite)
    creer_une_entreprise(visite)
    creer_un_marche(visite)
    accueillir_et_embaucher(visite)
    contrat = visite.page.url
    saisir_et_valider(visite, "2026-02", "121,5")
    visite.suivre("Marchés", dans="nav")
    visite.suivre("2026-001")
    visite.voit("121,5 h faites sur 1 581,5 h dues")
    le_bilan_suit_les_heures(visite, contrat)
