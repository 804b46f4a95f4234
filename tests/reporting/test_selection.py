"""Ce que l'on retient de l'année : la période, les filtres, leur adresse, ce qu'ils gardent d'un relevé. Pur, sans base."""

import datetime
from dataclasses import replace
from types import SimpleNamespace
from uuid import UUID

import pytest

from reporting.calcul.selection import (
    Selection,
    acheteurs_de,
    choix_de_periode,
    est_en_cours,
    quartiers_de,
)
from reporting.lecture.releve import Contrat, Domicile, MaitreOuvrage, Personne, Quartier
from socle.periodes import Periode
from territoires.enums import Millesime

VILLE, REGION = UUID(int=1), UUID(int=2)
PRINTEMPS = Periode(datetime.date(2026, 3, 1), datetime.date(2026, 5, 31))
TOUT = Selection(2026, code="s1", acheteur=VILLE, quartier="QN1", nature="travaux")


@pytest.mark.parametrize(
    ("selection", "debut", "fin", "avant"),
    [
        (Selection(2026), "2026-01-01", "2026-12-31", "2025-01-01"),
        (Selection(2026, code="s1"), "2026-01-01", "2026-06-30", None),
        (Selection(2026, code="t3"), "2026-07-01", "2026-09-30", None),
        (Selection(2026, code="s1", entre=PRINTEMPS), "2026-03-01", "2026-05-31", None),
    ],
)
def test_la_periode_et_celle_d_avant(selection, debut, fin, avant):
    periode = selection.periode
    assert (str(periode.debut), str(periode.fin)) == (debut, fin)
    assert selection.avant.fin < periode.debut
    assert avant is None or str(selection.avant.debut) == avant
    assert selection.etendue == Periode(selection.avant.debut, periode.fin)


def test_l_adresse_dit_tout_ce_qui_est_choisi_et_rien_d_autre():
    assert Selection(2026).parametres == {} and Selection(2026).est_entiere
    assert TOUT.parametres == {"periode": "s1", "quartier": "QN1", "nature": "travaux", "acheteur": str(VILLE)}
    assert not TOUT.est_entiere
    entre = replace(TOUT, entre=PRINTEMPS, acheteur=None)
    assert entre.parametres == {"du": "2026-03", "au": "2026-05", "quartier": "QN1", "nature": "travaux"}
    assert Selection(2026).adresse(page="2") == "?annee=2026&page=2"
    assert entre.d_une_annee(2025) == replace(entre, annee=2025, entre=None)


def test_chaque_puce_mene_a_la_page_sans_elle():
    puces = TOUT.puces({str(VILLE): "Ville"}, {"QN1": "Les Provinces"})
    assert [puce.libelle for puce in puces] == ["1er semestre 2026", "Ville", "Habitants : Les Provinces", "Travaux"]
    assert [puce.sans for puce in puces] == [
        replace(TOUT, **change).adresse()
        for change in ({"code": ""}, {"acheteur": None}, {"quartier": ""}, {"nature": ""})
    ]
    assert [puce.libelle for puce in TOUT.puces({}, {})][1:3] == [
        "Maître d'ouvrage inconnu de vos marchés",
        "Quartier inconnu de vos marchés",
    ]
    assert Selection(2026).puces({}, {}) == []
    (puce,) = Selection(2026, entre=PRINTEMPS).puces({}, {})
    assert puce.sans == "?annee=2026"


# --- Sur un relevé -----------------------------------------------------------------------------------------------------
def contrat(cle: int, personne: int, debut="2026-01-01") -> Contrat:
    return Contrat(cle, f"C-{cle}", personne, 1, 1, "embauche_directe", "cdd", datetime.date.fromisoformat(debut))


def habitant(cle: int, code: str, nom: str) -> Personne:
    quartiers = {Millesime.GEOGRAPHIE_2024: Quartier(code, nom)} if code else {}
    domicile = Domicile(1, "", datetime.date(2026, 2, 1), None, quartiers)
    return Personne(cle, "F", datetime.date(1990, 1, 1), domiciles=(domicile,))


class Releve(SimpleNamespace):
    """Garde ce qu'on lui demande de restreindre."""

    maitres_ouvrage = {
        1: MaitreOuvrage(1, "Ville", "commune", VILLE),
        2: MaitreOuvrage(2, "Région", "region", REGION),
    }
    personnes = {1: habitant(1, "QN1", "Provinces"), 2: habitant(2, "QN2", "Amont"), 3: habitant(3, "", "")}
    contrats = {
        1: contrat(1, 1, "2026-02-01"),
        2: contrat(2, 1, "2026-01-31"),  # avant d'y habiter
        3: contrat(3, 2, "2026-03-01"),
        4: contrat(4, 3, "2026-03-01"),
    }

    def restreint_a(self, garde):
        marches = [SimpleNamespace(maitre_ouvrage=m, nature=n) for m in (1, 2) for n in ("travaux", "services")]
        return Releve(marches=[(m.maitre_ouvrage, m.nature) for m in marches if garde(m)])

    def restreint_aux_contrats(self, garde):
        return Releve(**vars(self), gardes=[cle for cle, un in self.contrats.items() if garde(un)])


@pytest.mark.parametrize(
    ("acheteur", "nature", "gardes"),
    [
        (VILLE, "", [(1, "travaux"), (1, "services")]),
        (None, "travaux", [(1, "travaux"), (2, "travaux")]),
        (REGION, "services", [(2, "services")]),
        (UUID(int=9), "", []),
    ],
)
def test_un_acheteur_et_une_nature_gardent_leurs_marches(acheteur, nature, gardes):
    garde = Selection(2026, acheteur=acheteur, nature=nature).appliquer(Releve())
    assert garde.marches == gardes and not hasattr(garde, "gardes")


def test_un_quartier_garde_qui_l_habitait_au_debut_de_son_contrat():
    assert Selection(2026, quartier="QN1").appliquer(Releve()).gardes == [1]
    assert Selection(2026, quartier="QN2", nature="travaux").appliquer(Releve()).gardes == [3]
    entier = Releve()
    assert Selection(2026, code="s1").appliquer(entier) is entier


def test_les_choix_se_rangent_par_nom():
    assert list(acheteurs_de(Releve()).items()) == [(str(REGION), "Région"), (str(VILLE), "Ville")]
    assert list(quartiers_de(Releve()).items()) == [("QN2", "Amont"), ("QN1", "Provinces")]
    choix = dict(choix_de_periode(2026))
    assert choix[""] == "Toute l'année" and choix["s1"] == "1er semestre 2026" and "t4" in choix


@pytest.mark.parametrize(
    ("jour", "en_cours"),
    [("2026-02-28", False), ("2026-03-01", True), ("2026-05-31", True), ("2026-06-01", False)],
)
def test_une_periode_est_en_cours_bornes_comprises(jour, en_cours):
    assert est_en_cours(PRINTEMPS, datetime.date.fromisoformat(jour)) is en_cours
