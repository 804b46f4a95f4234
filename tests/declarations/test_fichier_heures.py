"""Le fichier d'heures d'un employeur : déposé, relu, déclaré ; jamais validé, jamais deviné en silence."""

import datetime
from decimal import Decimal

import pytest
import xlsxwriter
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from comptes.acteur import Acteur
from declarations.enums import StatutDeclaration
from declarations.fichiers.lecture import cle_du_titre, est_complete, grouper, lire_le_tableau, reconnaitre
from declarations.models import Declaration, LigneHeures
from declarations.services.fichiers import colonnes_retenues, retenir_les_colonnes
from entreprises.models import FicheEntreprise
from tests.fabriques.beneficiaires import BeneficiaireFactory
from tests.fabriques.entreprises import FicheEntrepriseFactory
from tests.fabriques.recrutement import ContratFactory

pytestmark = pytest.mark.django_db
LE, SEPTEMBRE = datetime.date(2026, 10, 15), datetime.date(2026, 9, 1)


@pytest.fixture
def contrats(monde, horloge):
    """Trois personnes de l'entreprise, en septembre."""
    noms = [("Lepoittevin", "Anaïs"), ("Le Goff", "Yann"), ("Đorđević", "Miloš")]
    return [
        ContratFactory(
            engagement=monde.engagement,
            structure=monde.structure,
            beneficiaire=BeneficiaireFactory(structure=monde.structure, nom=nom, prenom=prenom),
            debut=datetime.date(2026, 9, 1),
            fin_prevue=datetime.date(2026, 12, 31),
        )
        for nom, prenom in noms
    ]


def fichier(texte: str, encodage="utf-8", nom="heures.csv"):
    return SimpleUploadedFile(nom, texte.encode(encodage))


def deposer(client, monde, texte: str, **options) -> BeautifulSoup:
    adresse = reverse("suivi:fichier_heures", args=[monde.entreprise.uuid])
    reponse = client.post(adresse, {"fichier": fichier(texte, **options)}, follow=True)
    assert reponse.status_code == 200
    return BeautifulSoup(reponse.content, "html.parser")


def saisie(page: BeautifulSoup) -> dict[str, str]:
    champs = {champ["name"]: champ.get("value", "") for champ in page.select("main form input[name]")}
    for choix in page.select("main form select[name]"):
        choisi = choix.select_one("option[selected]")
        champs[choix["name"]] = choisi["value"] if choisi else ""
    return champs


def lu(page: BeautifulSoup) -> str:
    return " ".join(page.get_text(" ").split())


def declarer(client, monde, champs) -> BeautifulSoup:
    adresse = reverse("suivi:fichier_heures_relecture", args=[monde.entreprise.uuid])
    return BeautifulSoup(client.post(adresse, champs, follow=True).content, "html.parser")


def heures_de(contrat, mois=SEPTEMBRE):
    ligne = LigneHeures.objects.filter(contrat=contrat, mois=mois).first()
    return ligne.heures_declarees if ligne else None


def test_un_fichier_ordinaire_se_declare_en_deux_ecrans(connecte, monde, contrats):
    client = connecte("edition")
    page = deposer(
        client,
        monde,
        "Relevé d'heures;;\nNom;Prénom;Mois;Nb d'heures (h)\nLEPOITTEVIN;Anais;09/2026;151,67\nYann;Le Goff;09/2026;35\n"
        "Dordevic;Milos;sept. 2026;20\nTOTAL;;;206,67\n",
        encodage="cp1252",
    )
    champs = saisie(page)
    assert [champs[f"contrat_{rang}"] for rang in range(3)] == [str(contrat.uuid) for contrat in contrats]
    assert page.select(".fichier-signal") == [] and "contrat_3" not in champs
    arrivee = declarer(client, monde, champs)
    assert "1 mois déclaré" in lu(arrivee)
    assert [heures_de(contrat) for contrat in contrats] == [Decimal("151.67"), Decimal(35), Decimal(20)]
    declaration = Declaration.objects.get(engagement=monde.engagement, mois=SEPTEMBRE)
    assert declaration.statut == StatutDeclaration.A_VALIDER
    suite = client.get(reverse("suivi:fichier_heures_relecture", args=[monde.entreprise.uuid]))
    assert suite.status_code == 302  # plus aucun nom dans la session


def test_les_semaines_s_ajoutent_dans_le_mois_de_leur_jeudi(connecte, monde, contrats):
    lignes = ["Semaine;Salarié;Heures", "S36 2026;Anaïs Lepoittevin;35", "2026-W39;LEPOITTEVIN Anaïs;35,5"]
    lignes += ["28/09/2026;Lepoittevin Anaïs;7"]  # le lundi d'une semaine dont le jeudi est le 1er octobre
    champs = saisie(deposer(connecte("edition"), monde, "\n".join(lignes)))
    dits = {champs[f"mois_{rang}"]: champs[f"heures_{rang}"] for rang in range(3) if f"mois_{rang}" in champs}
    assert dits == {"2026-09": "70,5", "2026-10": "7"} or dits == {"2026-09": "35,5", "2026-10": "7"}
    declarer(connecte("edition"), monde, champs)


def test_des_titres_a_soi_se_disent_une_fois(connecte, monde, contrats):
    client = connecte("edition")
    texte = "Matricule\tQui\tTps\n12\tLe Goff Yann\t88h30\n"
    page = deposer(client, monde, texte)
    assert page.h1.get_text(strip=True) == "Que disent ces colonnes ?"
    adresse = reverse("suivi:fichier_heures_colonnes", args=[monde.entreprise.uuid])
    incomplet = client.post(adresse, {"personne": "1", "heures": "2"})
    assert "Dites quelle colonne donne le mois" in incomplet.content.decode()
    reponse = client.post(adresse, {"personne": "1", "heures": "2", "mois_du_fichier": "2026-09"})
    page = BeautifulSoup(client.get(reponse["Location"]).content, "html.parser")
    declarer(client, monde, saisie(page))
    assert heures_de(contrats[1]) == Decimal("88.5")
    fiche = FicheEntreprise.objects.get(structure=monde.structure, entreprise=monde.entreprise)
    assert fiche.colonnes_d_heures == {"qui": "personne", "tps": "heures"}
    page = deposer(client, monde, "Mois\tQui\tTps\n10/2026\tLe Goff Yann\t70\n")
    assert page.h1.get_text(strip=True) == "Relire puis déclarer"


def test_une_faute_se_voit_et_se_corrige_sur_place(connecte, monde, contrats):
    client = connecte("edition")
    page = deposer(
        client,
        monde,
        "Personne;Mois;Heures\nLepoitevin Anais;09/2026;151\nInconnu Bernard;09/2026;10\nLe Goff Yann;09/2026;douze\n",
    )
    dits = page.get_text(" ", strip=True)
    assert "Écrit autrement que dans le dossier" in dits and "Aucun contrat à ce nom" in dits and "« douze »" in dits
    champs = saisie(page)
    refus = declarer(client, monde, champs)
    assert Declaration.objects.filter(engagement=monde.engagement, mois=SEPTEMBRE).count() == 0
    assert refus.find(id="id_contrat_1")["aria-invalid"] == "true" and refus.find(id="id_heures_2")["value"] == "douze"
    champs |= {"contrat_1": "laisser", "heures_2": "12"}
    assert "1 ligne laissée de côté" in lu(declarer(client, monde, champs))
    assert [heures_de(contrat) for contrat in contrats] == [Decimal(151), Decimal(12), None]


def test_un_mois_hors_du_contrat_ou_valide_se_refuse_et_rien_ne_s_ecrit(connecte, monde, contrats):
    client = connecte("edition")
    champs = saisie(
        deposer(client, monde, "Personne;Mois;Heures\nLe Goff Yann;02/2027;12\nAnaïs Lepoittevin;09/2026;3\n")
    )
    assert "hors des dates du contrat" in declarer(client, monde, champs).get_text()
    Declaration.objects.create(engagement=monde.engagement, mois=SEPTEMBRE, statut=StatutDeclaration.VALIDEE)
    champs |= {"mois_0": "2026-10"}
    assert "Ce mois est validé" in declarer(client, monde, champs).get_text()
    assert not LigneHeures.objects.filter(contrat__in=contrats).exists()


def test_l_entreprise_envoie_ses_mois_de_son_fichier(connecte, monde, contrats):
    Declaration.objects.create(engagement=monde.engagement, mois=SEPTEMBRE, statut=StatutDeclaration.ATTENDUE)
    client = connecte("entreprise")
    champs = saisie(deposer(client, monde, "Personne;Mois;Heures\nLe Goff Yann;09/2026;12\n"))
    arrivee = declarer(client, monde, champs)
    assert heures_de(contrats[1]) == 12, arrivee.select_one("main").get_text(" ", strip=True)
    declaration = Declaration.objects.get(engagement=monde.engagement, mois=SEPTEMBRE)
    assert declaration.statut == StatutDeclaration.A_VALIDER and declaration.declaree_le is not None


def test_l_entreprise_d_un_autre_n_existe_pas(connecte, monde, contrats):
    adresse = reverse("suivi:fichier_heures", args=[monde.entreprise.uuid])
    assert connecte("autre.edition").get(adresse).status_code == 404


def test_un_compte_a_confirmer_n_ecrit_rien_chez_une_structure_qui_ne_l_a_pas_invite(monde, contrats):
    """Qui connaît un SIRET ne lit ni ne change, par son fichier, ce qu'une autre structure tient de cette entreprise."""
    ailleurs = FicheEntrepriseFactory(entreprise=monde.entreprise, colonnes_d_heures={"secret": "heures"})
    adhesion = monde.personne("entreprise").adhesions.get()
    adhesion.a_confirmer = True
    adhesion.save()
    adhesion.structures.set([monde.structure])
    acteur = Acteur.membre(adhesion)
    retenir_les_colonnes(acteur=acteur, entreprise=monde.entreprise, colonnes={"h": "heures"})
    assert colonnes_retenues(acteur, monde.entreprise) == {"h": "heures"}
    ailleurs.refresh_from_db()
    assert ailleurs.colonnes_d_heures == {"secret": "heures"}
    adhesion.a_confirmer = False
    assert colonnes_retenues(Acteur.membre(adhesion), monde.entreprise) == {"h": "heures", "secret": "heures"}


@pytest.mark.parametrize("texte", ["", "rien\n", "\x00\x01", "Nom;Prénom;Mois;Heures\n"])
def test_un_fichier_sans_tableau_le_dit(connecte, monde, horloge, texte):
    page = deposer(connecte("edition"), monde, texte)
    assert page.h1.get_text(strip=True) == "Déposer un fichier d'heures"
    assert page.select_one(".invalid-feedback") or page.select_one("[role=alert]")


def test_un_classeur_excel_se_lit_comme_un_csv(tmp_path):
    chemin = tmp_path / "heures"
    with xlsxwriter.Workbook(chemin, {"default_date_format": "dd/mm/yyyy"}) as classeur:
        feuille = classeur.add_worksheet()
        feuille.write_row(0, 0, ["Société d'intérim"])
        feuille.write_row(1, 0, ["Intérimaire", "Période", "Total heures"])
        feuille.write_row(2, 0, ["Anaïs Lepoittevin"])
        feuille.write_datetime(2, 1, SEPTEMBRE)
        feuille.write_number(2, 2, 151.67)
    tableau = lire_le_tableau(chemin, {})
    places = reconnaitre(tableau.titres, {})
    assert est_complete(places)
    (groupe,) = grouper(tableau, places, None, LE)
    assert (groupe.personne, groupe.mois, groupe.heures) == ("Anaïs Lepoittevin", SEPTEMBRE, Decimal("151.67"))
    assert groupe.lignes == [3]


def test_un_titre_se_reconnait_sous_ses_ecritures():
    assert cle_du_titre("  Nb. d'Heures (h) ") == "nb d heures"
    assert reconnaitre(["Nom", "Prénom", "Mois", "Total"], {"total": "heures"}) == {
        "nom": 0,
        "prenom": 1,
        "mois": 2,
        "heures": 3,
    }
