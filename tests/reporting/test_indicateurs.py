"""Chaque indicateur, chaque ventilation, sur une année écrite à la main : aux dates, aux âges et aux statuts où elle bascule.

`test_recalcul` les recompte autrement sur des mondes au hasard ; ici, on lit d'un coup d'œil ce qui compte et ce qui ne compte pas.
"""

import dataclasses
import datetime
from decimal import Decimal

import pytest

from beneficiaires.enums import NiveauFormation, Sexe
from marches.enums import Nature, StatutMarche, StatutProjet, TypeClause, TypeMaitreOuvrage
from reporting.calcul import indicateurs as i
from reporting.calcul import participations, profils
from reporting.calcul import ventilations as v
from reporting.calcul.arrondis import grandeur, part_grand_public
from reporting.calcul.indicateurs import GenreLigne, LigneSource, Resultat, Unite
from reporting.calcul.ratios import ratios
from reporting.calcul.registre import AJOUTES, INDICATEURS, PAR_CLE
from reporting.calcul.repartitions import repartitions
from reporting.lecture.releve import (
    Contrat,
    Domicile,
    Engagement,
    Entreprise,
    Fait,
    LigneHeures,
    MaitreOuvrage,
    Marche,
    Personne,
    Projet,
    Quartier,
    Releve,
    Sortie,
)
from socle.periodes import Periode
from territoires.enums import Millesime


def le(texte: str | None) -> datetime.date | None:
    return texte and datetime.date.fromisoformat(texte)


def fait(valeur: str, depuis: str | None = None) -> Fait:
    return Fait(1, valeur, le(depuis), None)


PROVINCES, AMONT = Quartier("QN1", "Les Provinces"), Quartier("QN2", "Amont")


def domicile(quartier: Quartier, depuis: str | None = None) -> Domicile:
    return Domicile(1, "", le(depuis), None, {Millesime.GEOGRAPHIE_2024: quartier})


def personne(cle: int, sexe: str, naissance: str, **faits) -> Personne:
    return Personne(cle, sexe, le(naissance), **faits)


def contrat(cle: int, qui: int, engagement: int, employeur: int, debut: str, **valeurs) -> Contrat:
    commun = {"modalite": "embauche_directe", "type_contrat": "cdd", "fin": None}
    return Contrat(cle, f"C-{cle:03}", qui, engagement, employeur, debut=le(debut), **{**commun, **valeurs})


def marche(
    cle: int, acheteur: int, nature: str, statut: str, debut: str, fin: str, structure=7, archive=False
) -> Marche:
    clause = TypeClause.RESERVE if cle == 2 else TypeClause.CONDITION
    return Marche(cle, f"M-{cle}", "", acheteur, nature, clause, statut, le(debut), le(fin), archive, structure)


def par_cle(*objets) -> dict:
    return {objet.id: objet for objet in objets}


ANNEE = Periode.annee(2026)
E, A = StatutMarche.EXECUTION, StatutMarche.ATTRIBUE
HISTOIRE = (
    LigneHeures(90, 5, le("2025-12-01"), Decimal(1)),  # la personne 5 travaillait déjà
    LigneHeures(91, 1, le("2025-12-01"), Decimal(0)),  # zéro heure n'est pas avoir travaillé
    LigneHeures(1, 1, le("2026-06-01"), Decimal(10)),
    LigneHeures(2, 1, le("2026-07-01"), Decimal(0)),
    LigneHeures(3, 2, le("2026-06-01"), Decimal("20.5")),
    LigneHeures(4, 3, le("2026-12-01"), Decimal(5)),
    LigneHeures(5, 4, le("2026-06-01"), Decimal(0)),  # son contrat n'a aucune heure : elle ne compte pas
    LigneHeures(6, 5, le("2026-01-01"), Decimal(2)),
    LigneHeures(7, 7, le("2026-10-01"), Decimal(7)),
)
RELEVE = Releve(
    periode=Periode(le("2025-01-01"), ANNEE.fin),
    lignes=HISTOIRE,
    contrats=par_cle(
        contrat(1, 1, 1, 1, "2026-06-01", fin=le("2026-08-31")),
        contrat(2, 2, 2, 2, "2026-06-01", modalite="alternance", type_contrat="apprentissage"),
        contrat(3, 3, 4, 3, "2026-03-01"),
        contrat(4, 4, 1, 1, "2026-03-01"),
        contrat(5, 5, 2, 2, "2025-11-01", fin=le("2026-01-31")),
        contrat(7, 3, 1, 1, "2026-09-01"),
    ),
    personnes=par_cle(
        personne(  # vingt-cinq ans et cent pour cent des publics, le jour même
            1,
            Sexe.FEMME,
            "2000-06-02",
            niveaux=(fait(NiveauFormation.AUCUN),),
            criteres=(fait("RSA", "2026-06-01"), fait("PLIE")),
            principaux=(fait("PLIE"),),
            inscriptions=(fait("", "2025-06-01"),),
            domiciles=(domicile(PROVINCES),),
        ),
        personne(  # cinquante ans ce jour-là
            2, Sexe.HOMME, "1976-06-01", niveaux=(fait("3"),), criteres=(fait("RQTH"), fait("RSA", "2026-06-02"))
        ),
        personne(  # au RSA et dans un quartier depuis, mais pas à son entrée
            3,
            Sexe.FEMME,
            "1990-01-01",
            criteres=(fait("RSA", "2026-08-01"),),
            domiciles=(domicile(AMONT, "2026-08-01"),),
        ),
        personne(4, Sexe.HOMME, "1990-01-01", criteres=(fait("RSA"),)),
        personne(5, Sexe.HOMME, "2000-01-01", niveaux=(fait(NiveauFormation.AUCUN, "2025-11-02"),)),
    ),
    marches=par_cle(
        marche(1, 1, Nature.TRAVAUX, E, "2026-01-01", "2026-12-31"),
        marche(2, 2, Nature.SERVICES, A, "2025-01-01", "2026-01-01", structure=8),  # son dernier jour est le premier
        marche(3, 1, Nature.SERVICES, StatutMarche.PUBLIE, "2026-01-01", "2026-12-31"),  # pas attribué
        marche(4, 2, Nature.TRAVAUX, E, "2025-01-01", "2025-12-31"),  # fini la veille, mais des heures ensuite
        marche(5, 1, Nature.FOURNITURES, StatutMarche.SOLDE, "2026-12-31", "2027-12-31", archive=True),
        marche(6, 2, Nature.TRAVAUX, E, "2027-01-01", "2027-12-31"),
    ),
    engagements=par_cle(
        Engagement(1, 1, "1", 1, Decimal(100), Decimal(0)),
        Engagement(2, 2, "1", 2, Decimal(50), Decimal(0)),
        Engagement(3, 3, "1", 3, Decimal(70), Decimal(0)),
        Engagement(4, 4, "1", 2, Decimal(30), Decimal(0)),
        Engagement(5, 5, "1", 1, Decimal("0.5"), Decimal(0)),
        Engagement(6, 6, "1", 4, Decimal(40), Decimal(0)),
    ),
    entreprises=par_cle(
        Entreprise(1, "1" * 14, "Bâtir", "classique", 50),
        Entreprise(2, "2" * 14, "Nettoyer", "ei", 75),
        Entreprise(3, "3" * 14, "Intérim", "etti", None),
        Entreprise(4, "4" * 14, "Plus tard", "classique", 50),
    ),
    maitres_ouvrage=par_cle(
        MaitreOuvrage(1, "Ville", TypeMaitreOuvrage.COMMUNE), MaitreOuvrage(2, "Bailleur", TypeMaitreOuvrage.BAILLEUR)
    ),
    communes=frozenset({50, 51}),
    heures_par_etp=Decimal(1600),
    sorties=(
        Sortie(1, 1, 1, 6, le("2026-01-01"), "cdi", False),
        Sortie(2, 1, 1, 6, le("2026-12-31"), "recherche", False),
        Sortie(3, 1, 1, 6, le("2027-01-01"), "cdi", False),
        Sortie(4, 1, 1, 3, le("2026-05-01"), "cdi", False),
        Sortie(5, 1, 1, 6, le("2026-05-01"), "neutralisee", False),
        Sortie(6, 1, 1, 6, le("2026-05-01"), "", True),
        Sortie(7, 1, 1, 6, le("2025-12-31"), "cdi", False),
        Sortie(8, 1, 1, 6, le("2026-05-01"), "formation", False),
        Sortie(9, 1, 1, 6, le("2026-05-01"), "cdd_court", False),
    ),
    projets=(
        Projet(1, 1, StatutProjet.REPERE, Nature.TRAVAUX, le("2026-01-01")),
        Projet(2, 1, StatutProjet.REPERE, Nature.TRAVAUX, le("2026-12-31")),
        Projet(3, 1, StatutProjet.RETENU, Nature.TRAVAUX, le("2025-12-31")),
        Projet(4, 1, StatutProjet.RETENU, Nature.TRAVAUX, le("2027-01-01")),
        Projet(5, 1, StatutProjet.ECARTE, Nature.TRAVAUX, le("2026-06-01")),
    ),
).sur(ANNEE)
AVANT = RELEVE.sur(Periode.annee(2025))


def lus(resultat: Resultat) -> tuple:
    """(valeur, clés de ses lignes). La somme des poids est la valeur, ou ce que le diviseur en fait."""
    somme = sum(ligne.poids for ligne in resultat.lignes)
    assert resultat.nombre == (somme / resultat.diviseur if resultat.diviseur else somme)
    return resultat.nombre, [ligne.id for ligne in resultat.lignes]


@pytest.mark.parametrize(
    ("indicateur", "genre", "valeur", "lignes"),
    [
        (i.heures_realisees, GenreLigne.HEURES, Decimal("44.5"), [1, 3, 4, 6, 7]),
        (i.beneficiaires, GenreLigne.PERSONNE, 4, [1, 2, 3, 5]),
        (i.beneficiaires_femmes, GenreLigne.PERSONNE, 2, [1, 3]),
        (i.beneficiaires_moins_26_ans, GenreLigne.PERSONNE, 2, [1, 5]),
        (i.beneficiaires_50_ans_et_plus, GenreLigne.PERSONNE, 1, [2]),
        (i.beneficiaires_sans_qualification, GenreLigne.PERSONNE, 1, [1]),
        (i.beneficiaires_moins_26_ans_sans_qualification, GenreLigne.PERSONNE, 1, [1]),
        (i.beneficiaires_rsa, GenreLigne.PERSONNE, 1, [1]),
        (i.beneficiaires_deld, GenreLigne.PERSONNE, 1, [1]),
        (i.beneficiaires_th, GenreLigne.PERSONNE, 1, [2]),
        (i.beneficiaires_qpv, GenreLigne.PERSONNE, 1, [1]),
        (i.contrats, GenreLigne.CONTRAT, 5, [1, 2, 3, 5, 7]),
        (i.marches_suivis, GenreLigne.MARCHE, 3, [1, 2, 5]),
        (i.marches_travaux, GenreLigne.MARCHE, 1, [1]),
        (i.maitres_ouvrage, GenreLigne.MAITRE_OUVRAGE, 2, [1, 2]),
        (i.entreprises_engagees, GenreLigne.ENTREPRISE, 3, [1, 2, 3]),
        (i.entreprises_locales, GenreLigne.ENTREPRISE, 1, [1]),
        (i.heures_dues, GenreLigne.ENGAGEMENT, Decimal("150.5"), [1, 2, 5]),
        (i.heures_qpv, GenreLigne.HEURES, Decimal(17), [1, 7]),
        (i.heures_rsa, GenreLigne.HEURES, Decimal(17), [1, 7]),
        (i.etp, GenreLigne.HEURES, Decimal("44.5") / 1600, [1, 3, 4, 6, 7]),
        (i.nouveaux_beneficiaires, GenreLigne.PERSONNE, 3, [1, 2, 3]),
        (i.projets_etudies, GenreLigne.PROJET, 3, [1, 2, 5]),
        (i.participations_entrees, GenreLigne.CONTRAT, 3, [1, 2, 3]),
        (i.participations_sorties, GenreLigne.CONTRAT, 2, [1, 5]),
    ],
)
def test_ce_que_chaque_indicateur_compte(indicateur, genre, valeur, lignes):
    resultat = indicateur(RELEVE)
    assert resultat.genre == genre
    assert lus(resultat) == (valeur, lignes)


@pytest.mark.parametrize(
    ("indicateur", "terme", "lignes"),
    [
        (i.sorties_connues, 6, [1, 2, 5, 8, 9]),
        (i.sorties_comptees, 6, [1, 2, 8, 9]),
        (i.sorties_dynamiques, 6, [1, 8, 9]),
        (i.sorties_connues, 3, [4]),
        (i.sorties_connues, 12, []),
    ],
)
def test_les_sorties_dues_dans_la_periode_bornes_comprises(indicateur, terme, lignes):
    assert lus(indicateur(RELEVE, terme)) == (len(lignes), lignes)


def test_une_periode_commencee_en_cours_de_mois_compte_son_mois():
    """Du 15 janvier : la personne dont la première heure est en janvier est nouvelle."""
    releve = RELEVE.sur(Periode(le("2026-06-15"), ANNEE.fin))
    assert i.nouveaux_beneficiaires(releve).nombre == 3


@pytest.mark.parametrize(
    ("ventilation", "attendu"),
    [
        (v.personnes_par_sexe, {"F": 2, "H": 2}),
        (v.personnes_par_age, {"moins_26": 2, "50_plus": 1, "26_49": 1}),
        (v.personnes_par_niveau, {"aucun": 1, "3": 1, "non_renseigne": 2}),
        (v.personnes_par_public, {"PLIE": 1, "RSA": 1, "RQTH": 1, "DELD": 1, "JEUNE_SQ": 1, "QPV": 1}),
        (v.personnes_par_public_principal, {"PLIE": 1, "RQTH": 1, "autre": 2}),
        (v.personnes_par_quartier, {"QN1": 1}),
        (v.heures_par_quartier, {"QN1": 10, "QN2": 7}),
        (v.entrees_par_sexe, {"F": 2, "H": 1}),
        (v.entrees_par_age, {"moins_26": 1, "50_plus": 1, "26_49": 1}),
        (v.entrees_par_niveau, {"aucun": 1, "3": 1, "non_renseigne": 1}),
        (v.sorties_par_famille(6), {"durable": 1, "transition": 1, "positive": 1, "autre": 1, "neutralisee": 1}),
        (v.sorties_par_famille(3), {"durable": 1}),
        (v.heures_par_mois, {"2026-06": Decimal("30.5"), "2026-12": 5, "2026-01": 2, "2026-10": 7}),
        (v.entreprises_par_type, {"classique": 1, "ei": 1, "etti": 1}),
        (v.projets_par_statut, {"repere": 2, "ecarte": 1}),
        (v.heures_par_marche, {"1": 17, "2": Decimal("22.5"), "4": 5}),
        (v.dues_par_marche, {"1": 100, "2": 50, "5": Decimal("0.5")}),
        (v.heures_par_maitre_ouvrage, {"1": 17, "2": Decimal("27.5")}),
        (v.dues_par_maitre_ouvrage, {"1": Decimal("100.5"), "2": 50}),
        (v.marches_par_maitre_ouvrage, {"1": 2, "2": 1}),
        (v.heures_par_entreprise_engagee, {"1": 17, "2": Decimal("27.5")}),
        (v.heures_par_employeur, {"1": 17, "2": Decimal("22.5"), "3": 5}),
        (v.heures_par_structure, {"7": 22, "8": Decimal("22.5")}),
        (i.heures_par_modalite, {"embauche_directe": 24, "alternance": Decimal("20.5")}),
        (i.heures_par_type_contrat, {"cdd": 24, "apprentissage": Decimal("20.5")}),
    ],
)
def test_ce_que_chaque_ventilation_range(ventilation, attendu):
    resultat = ventilation(RELEVE)
    assert resultat.par_groupe == attendu
    for groupe, valeur in attendu.items():
        assert sum(ligne.poids for ligne in resultat.lignes if ligne.groupe == groupe) == valeur
    assert all(ligne.poids for ligne in resultat.lignes)


def test_une_ventilation_suit_l_ordre_donne_et_n_ouvre_pas_de_groupe_vide():
    lignes = [LigneSource(1, 2, "b"), LigneSource(2, 3, "a"), LigneSource(3, 1, "b")]
    sans_ordre = Resultat.ventile(GenreLigne.HEURES, lignes)
    assert list(sans_ordre.par_groupe.items()) == [("b", 3), ("a", 3)]
    assert list(Resultat.ventile(GenreLigne.HEURES, lignes, "cab").par_groupe) == ["a", "b"]


def test_les_quartiers_habites_sont_ceux_d_un_contrat_qui_a_des_heures():
    assert v.quartiers_habites(RELEVE) == {"QN1": PROVINCES, "QN2": AMONT}
    assert v.quartiers_habites(AVANT) == {}


# --- Les listes -----------------------------------------------------------------------------------------------------
def test_les_marches_du_bilan_sont_les_suivis_et_ceux_qui_ont_des_heures():
    lignes = v.marches_du_bilan(RELEVE, RELEVE.depuis_le_debut())
    assert [(ligne.marche.id, ligne.dues, ligne.heures, ligne.cumul) for ligne in lignes] == [
        (1, 100, 17, 17),
        (2, 50, Decimal("22.5"), Decimal("23.5")),
        (4, None, 5, 5),
        (5, Decimal("0.5"), 0, 0),
    ]
    acheteurs = v.maitres_ouvrage_du_bilan(RELEVE, lignes)
    assert [(a.maitre_ouvrage.nom, a.marches, a.dues, a.heures, a.cumul) for a in acheteurs] == [
        ("Bailleur", 1, 50, Decimal("27.5"), Decimal("28.5")),
        ("Ville", 2, Decimal("100.5"), 17, 17),
    ]


def test_les_entreprises_du_bilan_se_rangent_par_leurs_heures_dans_l_un_ou_l_autre_role():
    lignes = v.entreprises_du_bilan(RELEVE)
    assert [
        (e.entreprise.id, e.locale, e.engagee, e.employeuse, e.sur_engagements, e.comme_employeuse) for e in lignes
    ] == [
        (2, False, True, True, Decimal("27.5"), Decimal("22.5")),
        (1, True, True, True, 17, 17),
        (3, False, False, True, 0, 5),
    ]


def test_a_heures_egales_on_se_range_par_nom():
    sans = RELEVE.sur(Periode(le("2026-02-01"), le("2026-02-28")))
    assert [e.entreprise.nom for e in v.entreprises_du_bilan(sans)] == ["Bâtir"]
    assert not v.entreprises_du_bilan(sans)[0].employeuse
    deux = RELEVE.sur(Periode(le("2026-01-01"), le("2026-01-01")))
    noms = [a.maitre_ouvrage.nom for a in v.maitres_ouvrage_du_bilan(deux, v.marches_du_bilan(deux, deux))]
    assert noms == ["Bailleur", "Ville"]
    rien = [v.HeuresMarche(RELEVE.marches[cle], Decimal(1), Decimal(0), Decimal(0)) for cle in (1, 2)]
    assert [a.maitre_ouvrage.nom for a in v.maitres_ouvrage_du_bilan(RELEVE, rien)] == ["Bailleur", "Ville"]


def test_chaque_structure_d_un_reseau_a_ses_heures_ses_personnes_et_ses_marches():
    lignes = v.structures_du_bilan(RELEVE)
    assert [(s.structure, s.heures, s.personnes, s.marches) for s in lignes] == [
        (8, Decimal("22.5"), 2, 1),
        (7, 22, 2, 2),
    ]
    avant = v.structures_du_bilan(AVANT)
    assert [(s.structure, s.heures, s.personnes, s.marches) for s in avant] == [(8, 1, 1, 1), (7, 0, 0, 1)]


# --- Les répartitions et les moyennes -------------------------------------------------------------------------------
def test_une_repartition_dit_ses_parts_et_son_annee_d_avant():
    lues = repartitions(RELEVE, AVANT, ["sexe", "niveaux", "publics", "quartiers", "entrees_par_sexe"])
    assert list(lues) == ["sexe", "niveaux", "publics", "quartiers", "entrees_par_sexe"]
    sexe = lues["sexe"]
    assert (sexe["titre"], sexe["unite"], sexe["exclusive"]) == ("Bénéficiaires par sexe", "personnes", True)
    assert (sexe["total"], sexe["total_precedent"]) == (4, 1)
    assert [(p["cle"], p["valeur"], p["precedente"]) for p in sexe["parts"]] == [("F", 2, 0), ("H", 2, 1)]
    niveaux = [(p["cle"], p["valeur"], p["precedente"]) for p in lues["niveaux"]["parts"]]
    assert niveaux == [("aucun", 1, 0), ("3", 1, 0), ("non_renseigne", 2, 1)]
    publics = lues["publics"]
    assert publics["exclusive"] is False
    assert [p["libelle"] for p in publics["parts"]] == sorted(p["libelle"] for p in publics["parts"])  # tous à un


def test_la_plus_grande_part_d_abord_quand_la_taille_les_range():
    deux = repartitions(RELEVE, None, ["public_principal"])["public_principal"]["parts"]
    assert [(p["cle"], p["valeur"], p["precedente"]) for p in deux] == [
        ("autre", 2, None),
        ("PLIE", 1, None),
        ("RQTH", 1, None),
    ]


def test_les_quartiers_disent_leurs_habitants_et_leurs_heures():
    quartiers = repartitions(RELEVE, AVANT, ["quartiers"])["quartiers"]
    assert (quartiers["total"], quartiers["total_precedent"], quartiers["unite"]) == (1, 0, "personnes")
    assert quartiers["parts"] == [
        {"cle": "QN1", "libelle": "Les Provinces", "valeur": 1, "precedente": 0, "heures": 10},
        {"cle": "QN2", "libelle": "Amont", "valeur": 0, "precedente": 0, "heures": 7},
    ]
    seule = repartitions(RELEVE, None, ["quartiers"])["quartiers"]
    assert seule["total_precedent"] is None
    assert [part["precedente"] for part in seule["parts"]] == [None, None]
    # Ce qui n'était habité que l'an dernier a sa ligne : on y lit d'où l'on vient.
    vide = repartitions(AVANT, RELEVE, ["quartiers"])["quartiers"]["parts"]
    assert [(p["cle"], p["valeur"], p["precedente"], p["heures"]) for p in vide] == [("QN2", 0, 0, 0), ("QN1", 0, 1, 0)]


@pytest.mark.parametrize(
    ("chiffres", "attendus"),
    [
        ({}, {"heures_par_beneficiaire": Decimal("197.9"), "contrats_par_beneficiaire": Decimal("1.25")}),
        ({"beneficiaires": 0}, {}),
        ({"beneficiaires": "< 5"}, {}),
        ({"heures_realisees": None}, {"contrats_par_beneficiaire": Decimal("1.25")}),
        ({"contrats": "masqué"}, {"heures_par_beneficiaire": Decimal("197.9")}),
    ],
)
def test_une_moyenne_ne_se_calcule_que_sur_deux_chiffres_connus(chiffres, attendus):
    base = {"heures_realisees": 28900, "beneficiaires": 146, "contrats": 183, "marches_suivis": 0}
    lus_ = ratios({cle: {"valeur": valeur} for cle, valeur in (base | chiffres).items()})
    par_beneficiaire = {ratio.cle: valeur for ratio, valeur in lus_ if ratio.denominateur == "beneficiaires"}
    assert par_beneficiaire == attendus


@pytest.mark.parametrize(
    ("pour_mille", "lu"),
    [
        (229, "25 %"),
        (230, "près du quart"),
        (239, "près du quart"),
        (240, "¼"),
        (260, "¼"),
        (261, "plus du quart"),
        (270, "plus du quart"),
        (271, "25 %"),
        (313, "30 %"),
        (314, "près du tiers"),
        (323, "près du tiers"),
        (324, "⅓"),
        (343, "⅓"),
        (344, "plus du tiers"),
        (353, "plus du tiers"),
        (354, "35 %"),
        (480, "près de la moitié"),
        (490, "½"),
        (510, "½"),
        (520, "plus de la moitié"),
        (646, "65 %"),
        (647, "près des deux tiers"),
        (656, "près des deux tiers"),
        (657, "⅔"),
        (676, "⅔"),
        (677, "plus des deux tiers"),
        (686, "plus des deux tiers"),
        (687, "70 %"),
        (730, "près des trois quarts"),
        (740, "¾"),
        (760, "¾"),
        (770, "plus des trois quarts"),
        (24, "moins de 5 %"),
        (25, "5 %"),
        (74, "5 %"),
        (75, "10 %"),
        (974, "95 %"),
        (975, "plus de 95 %"),
    ],
)
def test_une_part_de_la_premiere_redaction_garde_ses_mots(pour_mille, lu):
    """Un bilan publié alors se relit tel qu'il était : une fraction à un point, « près de » à deux."""
    assert part_grand_public(pour_mille, 1000, redaction=1).replace("\xa0", " ") == lu


@pytest.mark.parametrize(
    ("pour_mille", "lu"),
    [
        (224, "20 %"),
        (225, "près du quart"),
        (239, "près du quart"),
        (240, "¼"),
        (260, "¼"),
        (261, "plus du quart"),
        (274, "plus du quart"),
        (275, "30 %"),
        (313, "30 %"),
        (314, "près du tiers"),
        (324, "⅓"),
        (343, "⅓"),
        (344, "plus du tiers"),
        (349, "plus du tiers"),
        (350, "35 %"),
        (353, "35 %"),
        (475, "près de la moitié"),
        (490, "½"),
        (524, "plus de la moitié"),
        (525, "55 %"),
        (649, "65 %"),
        (650, "65 %"),
        (651, "près des deux tiers"),
        (657, "⅔"),
        (677, "plus des deux tiers"),
        (686, "plus des deux tiers"),
        (687, "70 %"),
        (725, "près des trois quarts"),
        (760, "¾"),
        (774, "plus des trois quarts"),
        (775, "80 %"),
        (24, "moins de 5 %"),
        (25, "5 %"),
        (974, "95 %"),
        (975, "plus de 95 %"),
    ],
)
def test_un_multiple_de_cinq_est_une_fraction_sur_tout_son_pas(pour_mille, lu):
    assert part_grand_public(pour_mille, 1000).replace("\xa0", " ") == lu


def test_chaque_indicateur_se_lit_dans_son_unite():
    assert Unite.MAITRES_OUVRAGE.singulier == "maître d'ouvrage"
    assert (Unite.HEURES.singulier, Unite.ETP.singulier, Unite.PERSONNES.singulier) == ("h", "ETP", "personne")
    for indicateur in INDICATEURS:
        assert indicateur(RELEVE) == indicateur.fonction(RELEVE)
        assert not indicateur.sur or indicateur.sur in PAR_CLE
    # Ce que les bilans ajoutent n'est pas un chiffre clé.
    assert AJOUTES and AJOUTES.isdisjoint(indicateur.cle for indicateur in INDICATEURS)
    assert set(PAR_CLE) == AJOUTES | {indicateur.cle for indicateur in INDICATEURS}


def test_un_adulte_sans_qualification_n_est_pas_un_jeune():
    adulte = dataclasses.replace(RELEVE.personnes[3], niveaux=(fait(NiveauFormation.AUCUN),))
    releve = dataclasses.replace(RELEVE, personnes={**RELEVE.personnes, 3: adulte})
    assert lus(i.beneficiaires_sans_qualification(releve)) == (2, [1, 3])
    assert lus(i.beneficiaires_moins_26_ans_sans_qualification(releve)) == (1, [1])


def test_le_fait_le_plus_recemment_commence_l_emporte_meme_saisi_avant():
    jour = le("2026-06-01")
    recent, ancien = Fait(1, "4", le("2026-01-01"), None), Fait(2, "3", le("2020-01-01"), None)
    assert profils.dernier_valable([recent, ancien], jour) == recent
    assert profils.dernier_valable([recent, Fait(3, "3", None, None)], jour) == recent


def test_un_contrat_prolonge_la_derniere_suite_non_la_premiere():
    contrats = [
        contrat(1, 1, 1, 1, "2026-01-01", fin=le("2026-01-31")),
        contrat(2, 1, 1, 1, "2026-06-01", fin=le("2026-06-30")),
        contrat(3, 1, 1, 1, "2026-07-05", fin=le("2026-07-31")),
    ]
    lignes = tuple(LigneHeures(un.id, un.id, un.debut.replace(day=1), Decimal(1)) for un in contrats)
    releve = dataclasses.replace(RELEVE, contrats=par_cle(*contrats), lignes=lignes, histoire=lignes)
    assert [[un.id for un in p.contrats] for p in participations.de_chacun(releve)] == [[1], [2, 3]]
    un_jour = dataclasses.replace(releve, periode=Periode(le("2026-01-01"), le("2026-01-01")))
    assert [[un.id for un in p.contrats] for p in participations.de_chacun(un_jour)] == [[1]]


def test_une_valeur_cachee_ne_se_dessine_pas():
    assert (grandeur("masqué"), grandeur(None), grandeur(3)) == (0, 0, 3)
