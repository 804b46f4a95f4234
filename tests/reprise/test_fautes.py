"""Un classeur gâté de plus de trente façons : chaque faute est dite, à sa place, et rien n'est écrit."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

import pytest

from declarations.models import LigneHeures
from marches.models import Marche
from reprise import cellules
from socle.models import EntreeJournal
from tests.fabriques.commun import siret
from tests.reprise.outils import (
    BATI,
    CONTRATS,
    ENTREPRISES,
    HEURES,
    LIGNE,
    LOTS,
    MARCHES,
    MO,
    PERSONNES,
    VILLE,
    classeur_juste,
    ecrire,
    importer,
    jour,
)

pytestmark = pytest.mark.django_db
NIR = "1 85 05 78 006 084 91"


@dataclass(frozen=True)
class Faute:
    """Une ligne de plus dans `feuille`, juste sauf `valeurs` ; l'erreur attendue vise `colonne` et dit `raison`."""

    feuille: str
    valeurs: dict
    colonne: str
    raison: str
    valeur: str | None = None


def marche(reference: str, **valeurs) -> dict:
    return {"Référence*": reference, **valeurs}


def personne(identifiant: str, **valeurs) -> dict:
    return {"Identifiant*": identifiant, **valeurs}


FAUTES = [
    Faute(MO, {"SIRET": "12345678901234"}, "SIRET", "SIRET", "12345678901234"),
    Faute(MO, {"SIRET": siret(910), "Commune (code INSEE)": "99999"}, "Commune (code INSEE)", "ommune", "99999"),
    Faute(ENTREPRISES, {"SIRET*": "4000"}, "SIRET", "14 chiffres", "4000"),
    Faute(ENTREPRISES, {"SIRET*": siret(911), "Type*": "Filiale"}, "Type", "Valeur inconnue", "Filiale"),
    Faute(ENTREPRISES, {"SIRET*": ""}, "SIRET", "obligatoire", ""),
    Faute(ENTREPRISES, {}, "SIRET", "Doublon", BATI),
    Faute(MARCHES, marche("M-date", **{"Début*": "31/02/2018"}), "Début", "n'existe pas", "31/02/2018"),
    Faute(MARCHES, marche("M-fin", **{"Fin*": jour(2017, 1)}), "Fin", "précède le début", "01/01/2017"),
    Faute(
        MARCHES,
        marche("M-an", **{"Date de notification": "05/12/0017"}),
        "Date de notification",
        "quatre chiffres de son année",
    ),
    Faute(MARCHES, marche("M-mo", **{"Maître d'ouvrage*": "Inconnu"}), "Maître d'ouvrage", "Introuvable", "Inconnu"),
    Faute(MARCHES, marche("M-nature", **{"Nature*": "Peinture"}), "Nature", "Choisissez : Travaux", "Peinture"),
    Faute(MARCHES, marche("M-clause", **{"Type de clause*": "Autre"}), "Type de clause", "Valeur inconnue", "Autre"),
    Faute(MARCHES, marche("M-montant", **{"Montant HT": "beaucoup"}), "Montant HT", "un nombre", "beaucoup"),
    Faute(MARCHES, marche("M-moins", **{"Montant HT": -5}), "Montant HT", "négatif", "-5"),
    Faute(MARCHES, marche("2018-02"), "Référence", "Doublon", "2018-02"),
    Faute(MARCHES, marche("M-nir", **{"Objet*": f"Dossier {NIR}"}), "Objet", "sécurité sociale"),
    Faute(LOTS, {"Référence marché*": "M-absent"}, "Référence marché", "Introuvable", "M-absent"),
    Faute(LOTS, {"Lot*": "9", "Attributaire (SIRET)*": siret(912)}, "Attributaire (SIRET)", "Introuvable", siret(912)),
    Faute(LOTS, {"Lot*": "10", "Heures dues*": "=10*3"}, "Heures dues", "formule"),
    Faute(PERSONNES, personne("P-naissance", **{"Date de naissance*": "13/13/1990"}), "Date de naissance", "n'existe"),
    Faute(PERSONNES, personne("P-sexe", **{"Sexe*": "X"}), "Sexe", "Choisissez : F, H", "X"),
    Faute(PERSONNES, personne("P-qpv", **{"QPV (code)": "QN99999Z"}), "QPV (code)", "Quartier inconnu", "QN99999Z"),
    Faute(PERSONNES, personne("P-rsa", **{"RSA": "peut-être"}), "RSA", "oui ou non", "peut-être"),
    Faute(PERSONNES, personne("P-cp", **{"Code postal": "501"}), "Code postal", "5 chiffres", "501"),
    Faute(PERSONNES, personne("P-prog", **{"Nom*": "{{7*7}}"}), "Nom", "ne contient pas le signe"),
    Faute(HEURES, {"Mois*": "2018-07", "Heures*": "1.234"}, "Heures", "deux façons", "1.234"),
    Faute(PERSONNES, personne("P-26", **{"Date de naissance*": "02/05/26"}), "Date de naissance", "quatre chiffres"),
    Faute(PERSONNES, personne("P-nom", **{"Nom*": ""}), "Nom", "obligatoire", ""),
    Faute(PERSONNES, personne("P-code", **{"Prénom*": "{{7*7}}"}), "Prénom", "ne contient pas le signe", "{{7*7}}"),
    Faute(ENTREPRISES, {"SIRET*": siret(913), "Raison sociale*": "<b>Bâti"}, "Raison sociale", "le signe « < »"),
    Faute(PERSONNES, personne("P1"), "Identifiant", "Doublon", "P1"),
    Faute(PERSONNES, personne("P-nir", **{"Référent": NIR}), "Référent", "sécurité sociale"),
    Faute(
        PERSONNES,
        personne("P-ft", **{"Inscrit à France Travail depuis": jour(2090, 1)}),
        "Inscrit à France Travail depuis",
        "avenir",
        "01/01/2090",
    ),
    Faute(CONTRATS, {"Identifiant*": "C-fin", "Fin": jour(2018, 1)}, "Fin", "précède le début", "01/01/2018"),
    Faute(CONTRATS, {"Identifiant*": "C-qui", "Bénéficiaire*": "P9"}, "Bénéficiaire", "Introuvable", "P9"),
    Faute(CONTRATS, {"Identifiant*": "C-lot", "Lot*": "77"}, "Lot", "Introuvable", "77"),
    Faute(CONTRATS, {"Identifiant*": "C-mod", "Modalité*": "Stage"}, "Modalité", "Valeur inconnue", "Stage"),
    Faute(CONTRATS, {"Identifiant*": "C-type", "Type de contrat*": "CDX"}, "Type de contrat", "Valeur inconnue", "CDX"),
    Faute(HEURES, {"Mois*": "2018-04", "Heures*": -3}, "Heures", "négatives", "-3"),
    Faute(HEURES, {"Mois*": "2018-05", "Heures*": 250.01}, "Heures", "Pas plus de 250", "250,01"),
    Faute(HEURES, {"Mois*": "2018-06", "Heures*": "douze"}, "Heures", "un nombre", "douze"),
    Faute(HEURES, {}, "Mois", "Doublon", "C1 / 2018-03"),
    Faute(HEURES, {"Mois*": "2017-12"}, "Mois", "hors du contrat", "2017-12"),
    Faute(HEURES, {"Mois*": "2018-13"}, "Mois", "mois", "2018-13"),
    Faute(HEURES, {"Contrat*": "C-absent"}, "Contrat", "Introuvable", "C-absent"),
]


def test_toutes_les_fautes_sont_dites_chacune_a_sa_place(structure, tmp_path):
    feuilles, attendues = classeur_juste(), []
    for faute in FAUTES:
        feuilles[faute.feuille].append(LIGNE[faute.feuille](**faute.valeurs))
        attendues.append((faute.feuille, len(feuilles[faute.feuille]) + 1, faute.colonne))
    rapport, code = importer(ecrire(tmp_path / "c.xlsx", feuilles), structure, pour_de_vrai=True)
    assert code == 1
    assert not Marche.objects.exists()
    assert not EntreeJournal.objects.filter(action="classeur_repris").exists()
    dites = {(e["feuille"], e["ligne"], e["colonne"]): e for e in rapport["erreurs"]}
    assert set(dites) == set(attendues), "fautes tues, ou dites en trop"
    assert len(rapport["erreurs"]) == len(FAUTES) >= 30
    for faute, place in zip(FAUTES, attendues, strict=True):
        assert faute.raison in dites[place]["raison"], place
        if faute.valeur is not None:
            assert dites[place]["valeur"] == faute.valeur, place


def test_un_numero_de_securite_sociale_ne_se_recopie_pas_dans_le_rapport(structure, tmp_path):
    feuilles = classeur_juste()
    feuilles[PERSONNES][0]["Référent"] = NIR
    rapport, _ = importer(ecrire(tmp_path / "c.xlsx", feuilles), structure)
    (erreur,) = rapport["erreurs"]
    assert (erreur["feuille"], erreur["ligne"], erreur["colonne"]) == (PERSONNES, 2, "Référent")
    assert "78 006 084" not in str(rapport)
    assert erreur["valeur"].startswith("1 85")


@pytest.mark.parametrize("ecrit", [NIR, NIR.replace(" ", ""), 1850578006084])
def test_il_ne_se_recopie_d_aucune_colonne(ecrit, structure, tmp_path):
    """Dans la colonne d'un SIRET, d'une date, d'un choix, d'une commune : la valeur refusée est montrée masquée."""
    feuilles = classeur_juste()
    for rangees in feuilles.values():
        rangees[0].update(dict.fromkeys(rangees[0], ecrit))
    rapport, _ = importer(ecrire(tmp_path / "c.xlsx", feuilles), structure)
    assert len(rapport["erreurs"]) > 20
    dit = "".join(str(rapport).split())
    assert "78006084" not in dit and "850578" not in dit


@pytest.mark.parametrize("lire", [cellules.texte(50), cellules.commune, cellules.nom_ou_siret])
def test_une_case_cochee_se_lit_en_francais(lire):
    assert (lire(True), lire(False)) == ("VRAI", "FAUX")


def test_feuille_absente_et_colonne_absente_n_ajoutent_pas_d_erreurs_en_cascade(structure, tmp_path):
    feuilles = classeur_juste()
    del feuilles[ENTREPRISES]
    chemin = ecrire(tmp_path / "c.xlsx", feuilles, sans_colonne={MARCHES: "Objet*", MO: "Nom*"})
    rapport, code = importer(chemin, structure, pour_de_vrai=True)
    assert code == 1
    places = {(e["feuille"], e["ligne"], e["colonne"]) for e in rapport["erreurs"]}
    assert places == {(ENTREPRISES, None, ""), (MARCHES, 1, "Objet"), (MO, 1, "Nom")}


def test_colonne_et_feuille_inconnues_sont_signalees_sans_empecher(structure, tmp_path):
    def ajouter(classeur):
        classeur.get_worksheet_by_name(HEURES).write_string(0, 8, "Commentaire")
        classeur.add_worksheet("Brouillon")

    chemin = ecrire(tmp_path / "c.xlsx", classeur_juste(), avant=ajouter)
    rapport, code = importer(chemin, structure)
    assert (code, rapport["erreurs"]) == (0, [])
    signales = {(a["feuille"], a["colonne"]) for a in rapport["avertissements"]}
    assert {(HEURES, "Commentaire"), ("Brouillon", "")} <= signales


def test_les_avertissements_n_empechent_rien(structure, tmp_path):
    feuilles = classeur_juste()
    feuilles[HEURES] += [
        LIGNE[HEURES](**{"Mois*": "2018-05", "Heures*": 230}),
        LIGNE[HEURES](**{"Contrat*": "C2", "Mois*": "2020-03"}),
        LIGNE[HEURES](**{"Contrat*": "C3", "Mois*": "2018-02", "Heures*": 90}),
    ]
    feuilles[CONTRATS].append(
        LIGNE[CONTRATS](**{"Identifiant*": "C3", "Début*": jour(2018, 2, 26), "Fin": jour(2020, 2, 1)})
    )
    rapport, code = importer(ecrire(tmp_path / "c.xlsx", feuilles), structure, pour_de_vrai=True)
    assert (code, rapport["erreurs"]) == (0, [])
    raisons = " ".join(a["raison"] for a in rapport["avertissements"])
    for attendu in ("Plus de 220 heures", "jours du contrat", "fin du marché", "24 mois d'éligibilité"):
        assert attendu in raisons


def test_un_contrat_d_avant_son_marche_est_dit_quel_que_soit_l_ordre_des_feuilles_et_a_chaque_fois(structure, tmp_path):
    """Les contrats d'abord, les marchés en dernier, les lignes à l'envers : la lecture n'en dépend pas."""
    feuilles = classeur_juste()
    feuilles[CONTRATS].append(
        LIGNE[CONTRATS](**{"Identifiant*": "C3", "Début*": jour(2017, 6, 15), "Fin": jour(2017, 8, 20)})
    )
    renverse = {nom: lignes[::-1] for nom, lignes in reversed(feuilles.items())}
    chemin = ecrire(tmp_path / "c.xlsx", renverse)
    dits = []
    for _ in range(2):
        rapport, code = importer(chemin, structure, pour_de_vrai=True)
        assert (code, rapport["erreurs"]) == (0, [])
        dits.append(
            [(a["feuille"], a["colonne"]) for a in rapport["avertissements"] if "Hors des dates" in a["raison"]]
        )
    assert dits == [[(CONTRATS, "Début")], [(CONTRATS, "Début")]]


def test_une_personne_sous_deux_identifiants_est_signalee(structure, tmp_path):
    feuilles = classeur_juste()
    ecritures = [("le maire", "AWA"), ("Awa", "Le\u00a0Maire "), ("LeMaire", "Awa\u200b"), ("Lemaire", "Awa")]
    feuilles[PERSONNES] += [
        LIGNE[PERSONNES](**{"Identifiant*": f"X{rang}", "Nom*": nom, "Prénom*": prenom})
        for rang, (nom, prenom) in enumerate(ecritures)
    ]
    feuilles[PERSONNES].append(LIGNE[PERSONNES](**{"Identifiant*": "X9", "Date de naissance*": "15/07/1995"}))
    rapport, _ = importer(ecrire(tmp_path / "c.xlsx", feuilles), structure, pour_de_vrai=True)
    assert rapport["erreurs"] == []
    dits = [(a["valeur"], a["raison"]) for a in rapport["avertissements"] if "même personne" in a["raison"]]
    assert [valeur for valeur, _ in dits] == ["X0", "X1", "X2", "X3"] and "de la ligne 2" in dits[0][1]
    feuilles[PERSONNES] = [LIGNE[PERSONNES](**{"Identifiant*": "Y"})]
    feuilles[CONTRATS], feuilles[HEURES] = [], []
    rapport, _ = importer(ecrire(tmp_path / "c.xlsx", feuilles), structure)
    assert ["d'un dossier connu" in a["raison"] for a in rapport["avertissements"] if a["valeur"] == "Y"] == [True]


def test_une_rangee_qui_ne_montre_rien_est_vide(structure, tmp_path):
    feuilles = classeur_juste()
    feuilles[PERSONNES].append(dict.fromkeys(LIGNE[PERSONNES](), "") | {"Nom*": "\u200b", "Prénom*": "\ufeff\u00a0"})
    rapport, _ = importer(ecrire(tmp_path / "c.xlsx", feuilles), structure)
    assert rapport["erreurs"] == [] and rapport["cree"][PERSONNES] == 2


def test_une_duree_de_tableur_est_lue_en_heures(structure, tmp_path):
    def en_duree(classeur):
        page, format_duree = classeur.get_worksheet_by_name(HEURES), classeur.add_format({"num_format": "[h]:mm"})
        page.write_datetime(1, 2, datetime.timedelta(hours=151, minutes=40), format_duree)

    rapport, _ = importer(ecrire(tmp_path / "c.xlsx", classeur_juste(), avant=en_duree), structure, pour_de_vrai=True)
    assert rapport["erreurs"] == []
    assert LigneHeures.objects.filter(heures=Decimal("151.67")).count() == 1


@pytest.mark.parametrize("nom", ["Maîtres d'ouvrage", "MAITRES D OUVRAGE", " maîtres d’ouvrage "])
def test_le_nom_d_une_feuille_tolere_accents_casse_et_espaces(structure, tmp_path, nom, monkeypatch):
    feuilles = classeur_juste()
    feuilles[nom] = feuilles.pop(MO) if nom != MO else feuilles[MO]
    monkeypatch.setitem(LIGNE, nom, LIGNE[MO])
    rapport, _ = importer(ecrire(tmp_path / "c.xlsx", feuilles), structure)
    assert rapport["erreurs"] == []


def test_un_siret_mange_par_le_tableur_retrouve_ses_zeros(structure, tmp_path):
    """Pris pour un nombre, un SIRET perd ses zéros de tête ; il est relu sur quatorze chiffres."""
    feuilles = classeur_juste()
    feuilles[MO][0]["SIRET"] = int(VILLE)
    feuilles[MARCHES][0]["Maître d'ouvrage*"] = int(VILLE)
    rapport, _ = importer(ecrire(tmp_path / "c.xlsx", feuilles), structure)
    assert rapport["erreurs"] == []
