"""Une colonne déclarée dans `reprise.feuilles` se lit, s'écrit, se corrige et s'exporte : celle qu'on oublie se voit ici.

Les cas sont tirés des feuilles : une colonne ajoutée demande sa valeur dans `CHANGEE`, puis doit revenir de l'export.
"""

import dataclasses
import io
from pathlib import Path

import pytest
from django.core.management import call_command
from python_calamine import CalamineWorkbook

from reprise.controles import controler
from reprise.donnees import LIRE
from reprise.feuilles import FEUILLES, HEURES, Colonne
from reprise.lecture.classeur import lire
from reprise.rapport import Rapport
from socle.texte import plier
from tests.fabriques.commun import siret
from tests.fabriques.territoires import CommuneFactory, QuartierFactory
from tests.reprise import outils
from tests.reprise.outils import TEMPO, classeur_juste, ecrire, exporter, importer, jour

VERT, AILLEURS, AUTRE_QUARTIER = siret(903), "50041", "QN05002M"
# (rang de la ligne, ce que la cellule devient), pour chaque colonne qui n'est pas de la clé de sa ligne.
CHANGEE = {
    "Maîtres d'ouvrage": {
        "nom": (0, "Port-Rochel"),
        "siret": (1, siret(904)),
        "type": (0, "Département"),
        "commune": (0, AILLEURS),
    },
    "Entreprises": {"raison_sociale": (0, "Bâti Cap et fils"), "type": (0, "EI"), "commune": (0, AILLEURS)},
    "Marchés": {
        "objet": (0, "Gymnase"),
        "maitre_ouvrage": (0, "Office du Cap"),
        "nature": (0, "Services"),
        "type_clause": (0, "Marché réservé"),
        "montant_ht": (0, "900000"),
        "date_notification": (0, "06/12/2017"),
        "debut": (0, jour(2018, 1, 2)),
        "fin": (0, jour(2020, 1, 31)),
        "statut": (0, "Soldé"),
        "operation": (0, "Le port"),
    },
    "Lots": {
        "intitule": (0, "Second œuvre"),
        "attributaire": (1, VERT),
        "montant_ht": (0, "750000"),
        "heures_dues": (0, "1600"),
        "cotraitants": (0, f"{TEMPO}=200,5"),
    },
    "Bénéficiaires": {
        "nom": (0, "Lemercier"),
        "prenom": (0, "Ava"),
        "date_naissance": (0, "15/07/1995"),
        "sexe": (0, "H"),
        "adresse": (0, "13 rue du Port"),
        "code_postal": (0, "50110"),
        "commune": (0, AILLEURS),
        "quartiers": (0, AUTRE_QUARTIER),
        "niveau": (0, "5"),
        "rsa": (0, "non"),
        "rqth": (0, "oui"),
        "inscrit_depuis": (0, jour(2016, 6, 1)),
        "referent": (0, "PLIE"),
    },
    "Contrats": {
        "beneficiaire": (0, "P2"),
        "marche": (0, "2018-02"),
        "lot": (0, "2"),
        "employeur": (0, TEMPO),
        "modalite": (0, "Sous-traitance"),
        "type_contrat": (0, "CDDI"),
        "debut": (0, jour(2018, 2, 5)),
        "fin": (0, jour(2018, 11, 30)),
        "engagee": (0, TEMPO),
    },
    "Heures": {"heures": (0, "99,5")},
}


# Ce qui ne se corrige pas en même temps que le reste : un contrat n'a qu'un lot, un acheteur qu'une façon d'être nommé, un
# critère repris vaut du premier contrat, dont le début se corrige aussi.
SEULES = {("Contrats", "marche"), ("Contrats", "lot"), ("Maîtres d'ouvrage", "siret"), ("Bénéficiaires", "rsa")}
FOIS = [
    pytest.param({f.nom: {c for c in CHANGEE[f.nom] if (f.nom, c) not in SEULES} for f in FEUILLES}, id="ensemble"),
    *(pytest.param({nom: {cle}}, id=f"{nom}-{cle}") for nom, cle in sorted(SEULES)),
]


@pytest.fixture
def complete(structure):
    """La structure, avec de quoi changer de commune et de quartier."""
    ailleurs = CommuneFactory(code_insee=AILLEURS, nom="Barneville-Carteret", codes_postaux="50110 50270")
    QuartierFactory(code=AUTRE_QUARTIER, communes=[ailleurs])
    return structure


def classeur_plein() -> outils.Feuilles:
    """Le petit classeur juste, chaque colonne remplie ; les heures du premier contrat, qui le figeraient, sont au second."""
    feuilles = classeur_juste()
    feuilles["Entreprises"].append(outils.entreprise(**{"Raison sociale*": "Cap Vert", "SIRET*": VERT, "Type*": "ACI"}))
    feuilles["Marchés"][0]["Statut"] = "En exécution"
    feuilles["Lots"][0]["Cotraitants (SIRET)"] = f"{TEMPO}=120,5"
    feuilles["Lots"].append(outils.lot(**{"Lot*": "2", "Intitulé*": "Peinture"}))
    feuilles["Contrats"][1]["Entreprise engagée (SIRET)"] = ""
    feuilles["Heures"] = [feuilles["Heures"][1]]
    return feuilles


def lignes_de(chemin: Path) -> dict[str, list]:
    """Les lignes lues, feuille par feuille ; une faute de lecture fait échouer le test."""
    rapport = Rapport()
    with lire(chemin) as classeur:
        lues = controler(classeur, rapport, lambda *_: None, {}).lignes
    assert rapport.erreurs == []
    return lues


def semblables(colonne: Colonne, voulue, exportee) -> bool:
    """Un maître d'ouvrage se nomme sans regarder accents ni casse."""
    if colonne.cle == "maitre_ouvrage":
        return plier(voulue) == plier(exportee or "")
    return voulue == exportee


def test_une_colonne_et_un_champ_de_ligne_vont_ensemble():
    inconnue = dataclasses.replace(HEURES.colonnes[0], cle="prime")
    for colonnes in (HEURES.colonnes[:-1], (*HEURES.colonnes, inconnue), tuple(reversed(HEURES.colonnes))):
        with pytest.raises(TypeError, match="les colonnes"):
            dataclasses.replace(HEURES, colonnes=colonnes)


def test_chaque_feuille_se_lit_de_la_base():
    assert list(LIRE) == [feuille.nom for feuille in FEUILLES]


def test_le_modele_et_son_mode_d_emploi_ont_toutes_les_colonnes(tmp_path):
    chemin = tmp_path / "modele.xlsx"
    call_command("exporter_classeur", vide=True, sortie=str(chemin), stdout=io.StringIO())
    classeur = CalamineWorkbook.from_path(str(chemin))
    for feuille in FEUILLES:
        entetes = classeur.get_sheet_by_name(feuille.nom).to_python()[0]
        assert entetes == [colonne.entete for colonne in feuille.colonnes]
    dites = {(ligne[0], ligne[1]) for ligne in classeur.get_sheet_by_name("Lisez-moi").to_python()}
    assert {(feuille.nom, colonne.entete) for feuille in FEUILLES for colonne in feuille.colonnes} <= dites


@pytest.mark.django_db
def test_aucune_colonne_ne_prend_n_importe_quoi(structure, tmp_path):
    """Trop long pour un texte, et ni un nombre, ni une date, ni un choix : chaque cellule se refuse, à sa place."""
    feuilles = {f.nom: [{colonne.entete: "?" * 3000 for colonne in f.colonnes}] for f in FEUILLES}
    rapport, code = importer(ecrire(tmp_path / "faux.xlsx", feuilles), structure, pour_de_vrai=True)
    refusees = {(faute["feuille"], faute["ligne"], faute["colonne"]) for faute in rapport["erreurs"]}
    assert (code, refusees) == (1, {(f.nom, 2, colonne.titre) for f in FEUILLES for colonne in f.colonnes})


@pytest.mark.django_db
def test_chaque_cellule_reprise_revient_de_l_export(complete, tmp_path):
    chemin = ecrire(tmp_path / "repris.xlsx", classeur_plein())
    rapport, code = importer(chemin, complete, pour_de_vrai=True)
    assert (code, rapport["erreurs"]) == (0, [])
    reprises, exportees = lignes_de(chemin), lignes_de(exporter(tmp_path / "exporte.xlsx", complete))
    perdues, jamais = [], []
    for feuille in FEUILLES:
        par_cle = {ligne.cle(): ligne for ligne in exportees[feuille.nom]}
        assert par_cle.keys() == {ligne.cle() for ligne in reprises[feuille.nom]}
        for colonne in feuille.colonnes:
            if all(getattr(ligne, colonne.cle) is None for ligne in exportees[feuille.nom]):
                jamais.append((feuille.nom, colonne.cle))
            perdues += [
                (feuille.nom, colonne.cle, voulue)
                for ligne in reprises[feuille.nom]
                if (voulue := getattr(ligne, colonne.cle)) is not None
                and not semblables(colonne, voulue, getattr(par_cle[ligne.cle()], colonne.cle))
            ]
    assert (perdues, jamais) == ([], [])


@pytest.mark.parametrize("feuille", FEUILLES, ids=lambda feuille: feuille.nom)
def test_chaque_colonne_a_de_quoi_se_corriger(feuille):
    """Hors de la clé, qui ne se corrige pas ; un maître d'ouvrage n'en a pas de fixe : son SIRET, ou son nom."""
    assert list(CHANGEE[feuille.nom]) == [c.cle for c in feuille.colonnes if c.cle not in feuille.ligne.colonnes_cle]


@pytest.mark.django_db
@pytest.mark.parametrize("changees", FOIS)
def test_une_cellule_corrigee_arrive_jusqu_a_l_export(changees, complete, tmp_path):
    feuilles = classeur_plein()
    importer(ecrire(tmp_path / "avant.xlsx", feuilles), complete, pour_de_vrai=True)
    cellules = [
        (feuille, colonne, *CHANGEE[feuille.nom][colonne.cle])
        for feuille in FEUILLES
        for colonne in feuille.colonnes
        if colonne.cle in changees.get(feuille.nom, ())
    ]
    for feuille, colonne, rang, valeur in cellules:
        feuilles[feuille.nom][rang][colonne.entete] = valeur
    avant = lignes_de(tmp_path / "avant.xlsx")
    chemin = ecrire(tmp_path / "apres.xlsx", feuilles)
    rapport, code = importer(chemin, complete, pour_de_vrai=True)
    assert (code, rapport["erreurs"]) == (0, [])
    voulues, exportees = lignes_de(chemin), lignes_de(exporter(tmp_path / "exporte.xlsx", complete))
    oubliees = []
    for feuille, colonne, rang, _ in cellules:
        voulue = voulues[feuille.nom][rang]
        (exportee,) = [ligne for ligne in exportees[feuille.nom] if ligne.cle() == voulue.cle()]
        lue = getattr(voulue, colonne.cle)
        assert lue != getattr(avant[feuille.nom][rang], colonne.cle), "la cellule ne change pas"
        if not semblables(colonne, lue, getattr(exportee, colonne.cle)):
            oubliees.append((feuille.nom, colonne.cle))
    assert oubliees == []
