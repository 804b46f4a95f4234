"""L'obligation, ses seuils et ses dérogations : l'histoire 20 et les bords de la loi."""

import dataclasses
import datetime
import itertools
from decimal import Decimal as D

import pytest

from marches.cadre_legal import (
    SEUILS,
    Situation,
    clauses_adaptees,
    examiner_faisabilite,
    examiner_obligation,
    seuil_applicable,
    seuils_le,
)
from marches.enums import Derogation, Forme, Nature, Technicite, TypeAcheteur, TypeClause

TRAVAUX = Situation(
    Nature.TRAVAUX, Forme.MARCHE, TypeAcheteur.COLLECTIVITE, datetime.date(2026, 9, 1), D("5404000.00"), 12
)
SERVICES = dataclasses.replace(TRAVAUX, nature=Nature.SERVICES, montant=D(216000))


def avec(situation, **changements):
    return examiner_obligation(dataclasses.replace(situation, **changements))


def test_histoire_20_au_seuil_on_est_soumis_un_centime_dessous_non():
    assert examiner_obligation(TRAVAUX).soumis is True
    assert examiner_obligation(TRAVAUX).article == "L2112-2-1"
    assert avec(TRAVAUX, montant=D("5403999.99")).soumis is False
    assert examiner_obligation(SERVICES).soumis is True
    assert avec(SERVICES, montant=D("215999.99")).soumis is False


def test_histoire_20_des_travaux_de_cinq_mois_ont_la_quatrieme_derogation():
    courts = avec(TRAVAUX, montant=D(5600000), duree_mois=5)
    assert courts.soumis is True
    assert Derogation.TRAVAUX_COURTS in courts.derogations
    assert Derogation.TRAVAUX_COURTS not in avec(TRAVAUX, duree_mois=6).derogations
    assert Derogation.TRAVAUX_COURTS not in avec(TRAVAUX, duree_mois=None).derogations
    assert Derogation.TRAVAUX_COURTS not in avec(SERVICES, duree_mois=2).derogations


def test_une_concession_a_deux_derogations_et_le_seuil_des_travaux():
    concession = avec(SERVICES, forme=Forme.CONCESSION, montant=D(5404000), duree_mois=3)
    assert (concession.soumis, concession.article) == (True, "L3114-2-1")
    assert concession.derogations == (Derogation.LIEN_INSUFFISANT, Derogation.CONCURRENCE)
    assert avec(SERVICES, forme=Forme.CONCESSION).soumis is False


@pytest.mark.parametrize(
    ("changements", "article"),
    [
        ({"date": datetime.date(2026, 8, 21)}, "L2112-2"),
        ({"defense": True}, "L2312-1-1"),
        ({"acheteur": TypeAcheteur.PRIVE}, "contrat"),
        ({"forme": Forme.PRIVE}, "contrat"),
    ],
)
def test_hors_du_champ_ce_n_est_pas_du(changements, article):
    obligation = avec(TRAVAUX, **changements)
    assert (obligation.soumis, obligation.article, obligation.derogations) == (False, article, ())


def test_le_jour_de_l_entree_en_vigueur_compte():
    assert avec(TRAVAUX, date=datetime.date(2026, 8, 22)).soumis is True


@pytest.mark.parametrize(
    ("acheteur", "seuil"),
    [(TypeAcheteur.CENTRAL, 140000), (TypeAcheteur.COLLECTIVITE, 216000), (TypeAcheteur.ENTITE, 432000)],
)
def test_le_seuil_depend_de_l_acheteur(acheteur, seuil):
    assert avec(SERVICES, acheteur=acheteur, montant=D(seuil)).soumis is True
    assert avec(SERVICES, acheteur=acheteur, montant=D(seuil) - D("0.01")).soumis is False


def test_les_services_sociaux_ont_leur_seuil():
    assert avec(SERVICES, services_sociaux=True, montant=D(749999)).soumis is False
    assert avec(SERVICES, services_sociaux=True, montant=D(750000)).soumis is True
    entite = {"services_sociaux": True, "acheteur": TypeAcheteur.ENTITE}
    assert avec(SERVICES, **entite, montant=D("999999.99")).soumis is False
    assert avec(SERVICES, **entite, montant=D(1000000)).soumis is True


def test_ni_des_travaux_ni_une_concession_ne_sont_des_services_sociaux():
    assert avec(TRAVAUX, services_sociaux=True).seuil == 5404000
    assert avec(SERVICES, services_sociaux=True, forme=Forme.CONCESSION).seuil == 5404000


def test_sans_montant_on_ne_tranche_pas():
    assert avec(TRAVAUX, montant=None).soumis is None


def test_au_dela_de_la_table_les_derniers_seuils_servent_avec_une_reserve():
    obligation = avec(TRAVAUX, date=datetime.date(2028, 3, 1))
    assert obligation.soumis is True
    assert "2026-2027" in obligation.reserve


def test_les_seuils_se_suivent_sans_trou():
    for avant, apres in itertools.pairwise(SEUILS):
        assert apres.debut - avant.fin == datetime.timedelta(days=1)
    seuil, _ = seuil_applicable(dataclasses.replace(SERVICES, date=datetime.date(2021, 6, 1)))
    assert seuil == 214000


@pytest.mark.parametrize(
    ("annee", "travaux", "central", "collectivite", "entite"),
    [
        (2018, 5548000, 144000, 221000, 443000),
        (2020, 5350000, 139000, 214000, 428000),
        (2022, 5382000, 140000, 215000, 431000),
        (2024, 5538000, 143000, 221000, 443000),
        (2026, 5404000, 140000, 216000, 432000),
    ],
)
def test_les_seuils_publies_valent_du_premier_au_dernier_jour(annee, travaux, central, collectivite, entite):
    for jour in (datetime.date(annee, 1, 1), datetime.date(annee + 1, 12, 31)):
        seuils = seuils_le(jour)
        assert seuils and list(seuils.montants.values()) == [travaux, central, collectivite, entite]


def test_hors_de_la_table_on_ne_devine_pas_le_passe():
    assert seuil_applicable(dataclasses.replace(SERVICES, date=datetime.date(2017, 12, 31))) == (None, "")
    assert seuil_applicable(dataclasses.replace(SERVICES, date=datetime.date(2027, 12, 31))) == (216000, "")
    assert seuil_applicable(dataclasses.replace(SERVICES, date=datetime.date(2028, 1, 1)))[1] != ""


def test_la_defense_a_le_seuil_des_entites():
    assert seuil_applicable(dataclasses.replace(SERVICES, defense=True)) == (432000, "")


def faisabilite(situation, heures):
    return [c.ok for c in examiner_faisabilite(situation, heures, duree_minimale=2, heures_minimales=35)]


def test_la_faisabilite_dit_oui_non_ou_ne_sait_pas():
    assert faisabilite(TRAVAUX, D(1181)) == [True, True, True]
    assert faisabilite(dataclasses.replace(TRAVAUX, duree_mois=1, technicite=Technicite.FORTE), D(34)) == [False] * 3
    assert faisabilite(dataclasses.replace(TRAVAUX, duree_mois=None), None)[:2] == [None, None]
    assert faisabilite(dataclasses.replace(TRAVAUX, duree_mois=2, technicite=Technicite.FAIBLE), D(35)) == [True] * 3


def test_les_clauses_adaptees_suivent_la_situation():
    assert clauses_adaptees(TRAVAUX)[0].type == TypeClause.CONDITION
    constats = examiner_faisabilite(
        dataclasses.replace(TRAVAUX, technicite=Technicite.FORTE), None, duree_minimale=2, heures_minimales=35
    )
    assert clauses_adaptees(TRAVAUX, constats)[0].type == TypeClause.CRITERE
    types = {proposition.type for proposition in clauses_adaptees(SERVICES)}
    assert {TypeClause.RESERVE, TypeClause.MARCHE_INSERTION} <= types
    prive = clauses_adaptees(dataclasses.replace(TRAVAUX, acheteur=TypeAcheteur.PRIVE))
    assert [proposition.type for proposition in prive] == [TypeClause.PRIVEE]


def test_seul_un_point_qui_manque_fait_preferer_la_note():
    tous_bons = examiner_faisabilite(TRAVAUX, D(1181), duree_minimale=2, heures_minimales=35)
    inconnus = examiner_faisabilite(
        dataclasses.replace(TRAVAUX, duree_mois=None), None, duree_minimale=2, heures_minimales=35
    )
    for constats in (tous_bons, inconnus):
        assert clauses_adaptees(TRAVAUX, constats)[0].type == TypeClause.CONDITION


@pytest.mark.parametrize(
    ("forme", "articles"),
    [
        (
            Forme.MARCHE,
            {
                TypeClause.CONDITION: "L2112-2",
                TypeClause.CRITERE: "L2152-7, R2152-7",
                TypeClause.CONDITION_ET_CRITERE: "L2112-2 et L2152-7, R2152-7",
                TypeClause.RESERVE: "L2113-12 à L2113-14",
                TypeClause.MARCHE_INSERTION: "R2123-1, 3°",
            },
        ),
        (
            Forme.CONCESSION,
            {
                TypeClause.CONDITION: "L3114-2",
                TypeClause.CRITERE: "L3124-5",
                TypeClause.CONDITION_ET_CRITERE: "L3114-2 et L3124-5",
                TypeClause.RESERVE: "L3113-1 et L3113-2",
                TypeClause.MARCHE_INSERTION: "R3126-1",
            },
        ),
    ],
)
def test_chaque_clause_cite_son_article(forme, articles):
    propositions = clauses_adaptees(dataclasses.replace(SERVICES, forme=forme))
    assert {proposition.type: proposition.article for proposition in propositions} == articles


def test_un_travail_tres_technique_ne_se_reserve_pas():
    types = {p.type for p in clauses_adaptees(dataclasses.replace(SERVICES, technicite=Technicite.FORTE))}
    assert TypeClause.RESERVE not in types and TypeClause.MARCHE_INSERTION in types
