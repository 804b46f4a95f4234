"""Les mots et les colonnes d'un bilan vivent une fois, dans `recit` : la page, le PDF et le classeur n'en sont que le rendu."""

import ast
from pathlib import Path
from typing import get_type_hints

import pytest

from reporting import donnees, rendu
from reporting.bilan.sources import SOURCES
from reporting.calcul.indicateurs import Unite
from reporting.calcul.registre import PAR_CLE
from reporting.recit.ecriture import unite_accordee
from reporting.recit.listes import (
    CHARTE,
    DU_BILAN,
    ENTREPRISES,
    ENTREPRISES_ENTIERES,
    EVOLUTION,
    MOIS,
    Liste,
    Nature,
)
from reporting.recit.listes_du_suivi import DU_SUIVI
from reporting.recit.phrases import parmi_les_beneficiaires, parmi_les_personnes
from tests.reporting.donnees_bilan import donnees_2018

LIGNES = {
    "marches": donnees.LigneMarche,
    "maitres_ouvrage": donnees.LigneMaitreOuvrage,
    "entreprises": donnees.LigneEntreprise,
    "structures": donnees.LigneStructure,
    "evolution": donnees.LignePeriode,
    "mois": donnees.LigneMois,
    "profils_quartiers": donnees.LigneQuartier,
    "objectifs": donnees.LigneObjectif,
    "operations": donnees.LigneOperation,
    "cohorte": donnees.LigneTerme,
    "avis": donnees.LigneAvis,
    "reperes": donnees.LigneRepere,
}
# La liste d'avant que chaque entreprise n'y soit se relit encore : c'est celle d'aujourd'hui que l'on contrôle.
LISTES = (*(liste for liste in DU_BILAN if liste is not ENTREPRISES), ENTREPRISES_ENTIERES, EVOLUTION, MOIS)
DU_BILAN_SEULEMENT = ("page", "classeur", "tuiles", "pdf/chapitres", "pdf/tableaux", "pdf/document")


def colonnes(liste: Liste):
    return {id(colonne): colonne for colonne in (*liste.export, *liste.ecran, *liste.papier)}.values()


@pytest.mark.parametrize("module", DU_BILAN_SEULEMENT)
def test_un_rendu_n_a_pas_de_mots_a_lui(module):
    """Ni phrase, ni titre de colonne : rien qui commence par une capitale ou porte une espace ou un accent."""
    arbre = ast.parse((Path(rendu.__path__[0]) / f"{module}.py").read_text())
    muets = {id(n.value) for n in ast.walk(arbre) if isinstance(n, ast.Expr)}
    muets |= {id(n) for a in ast.walk(arbre) if isinstance(a, ast.Assign) and _est_all(a) for n in ast.walk(a)}
    dits = {
        n.value
        for n in ast.walk(arbre)
        if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in muets and _se_lit(n.value)
    }
    assert dits == set()


def _est_all(affectation: ast.Assign) -> bool:
    return any(isinstance(cible, ast.Name) and cible.id == "__all__" for cible in affectation.targets)


def _se_lit(texte: str) -> bool:
    return texte[:1].isupper() or " " in texte.strip() or any(signe in texte for signe in "éèêàçœ’'")


@pytest.mark.parametrize(
    ("unite", "valeur", "dite"),
    [
        (Unite.ENTREPRISES, 1, "entreprise"),
        (Unite.ENTREPRISES, 3, "entreprises"),
        (Unite.MARCHES, 0.0, "marché"),
        (Unite.MAITRES_OUVRAGE, 1, "maître d'ouvrage"),
        (Unite.HEURES, 1, "h"),
        (Unite.ETP, 0.5, "ETP"),
        (Unite.PERSONNES, "< 5", "personnes"),
        ("", 1, ""),
    ],
)
def test_une_unite_s_accorde_a_son_nombre(unite, valeur, dite):
    assert unite_accordee(unite, valeur) == dite


@pytest.mark.parametrize("liste", LISTES, ids=lambda liste: liste.nom)
def test_une_donnee_de_la_ligne_ne_s_oublie_pas_dans_les_fichiers(liste):
    exportees = [colonne.cle for colonne in liste.export]
    # `structures` n'est que dans l'évolution d'un réseau, dont la liste a sa colonne (`EVOLUTION_DU_RESEAU`).
    d_un_reseau = {"structures"} if liste.nom == "evolution" else set()
    assert sorted(exportees) == sorted(set(get_type_hints(LIGNES[liste.nom])) - {"id"} - d_un_reseau)


@pytest.mark.parametrize("liste", LISTES, ids=lambda liste: liste.nom)
def test_une_colonne_lit_sa_donnee_et_ouvre_de_vraies_lignes(liste):
    ligne = dict.fromkeys(get_type_hints(LIGNES[liste.nom]), "2018-01-15")
    for colonne in colonnes(liste):
        assert colonne.lire(ligne) is not None
        assert colonne.titre == colonne.titre.strip() != ""
        assert colonne.source in ("", *SOURCES)
        assert not colonne.chiffre or (colonne.chiffre in PAR_CLE and colonne.nature.s_additionne)
        assert not colonne.source or colonne.nature in (Nature.HEURES, Nature.EFFECTIF)
    assert set(liste.rang) <= {colonne.cle for colonne in liste.papier}


@pytest.mark.parametrize("liste", LISTES, ids=lambda liste: liste.nom)
def test_une_colonne_montree_est_aussi_dans_les_fichiers_ou_se_calcule_d_eux(liste):
    exportees = {colonne.cle for colonne in liste.export}
    for colonne in (*liste.ecran, *liste.papier):
        assert colonne.cle in exportees or colonne.calcul, colonne.titre


def test_un_total_de_liste_n_additionne_que_ce_qui_s_additionne():
    assert [liste for liste in DU_BILAN if not liste.ensemble] == [ENTREPRISES, *DU_SUIVI.values()]
    assert donnees_2018().keys() >= {liste.nom for liste in LISTES if liste not in DU_SUIVI.values()}
    for liste in DU_SUIVI.values():
        assert liste.note, "une liste sans total dit pourquoi"


def test_la_charte_dit_chacune_de_ses_mesures():
    dits_autrement = {"reservee", "quartiers"}  # par une phrase
    assert [mesure.cle for mesure in CHARTE] == [c for c in get_type_hints(donnees.Charte) if c not in dits_autrement]


@pytest.mark.parametrize(("combien", "titre"), [(0, "Parmi les bénéficiaires"), (1, "Parmi les bénéficiaires")])
def test_on_ne_compte_pas_parmi_un_seul(combien, titre):
    bilan = {"chiffres": {"beneficiaires": {"valeur": combien}}}
    assert parmi_les_personnes(combien) == parmi_les_beneficiaires(bilan) == titre
    assert parmi_les_personnes(12) == "Parmi les 12 bénéficiaires"
