"""Ce qui rapproche une personne d'un poste : chaque palier, chaque phrase, chaque règle qui exclut. Sans base."""

import datetime
from dataclasses import replace

import pytest

from recrutement.correspondance import Poste, Situation, points_et_raisons, proximite_des_metiers, regles

DEBUT = datetime.date(2026, 12, 1)
UN_JOUR = datetime.timedelta(days=1)
POSTE = Poste("F1703", DEBUT, "cdd", reserve_qpv=False, commune=1, epci=10, latitude=49.6, longitude=-1.6)
# Ce que vaut la personne dont on ne sait rien d'autre que ceci : 5 points, « disponibilité à demander ».
NEUTRE = Situation(
    metier="autre",
    disponible_le=None,
    rayon_km=None,
    commune=None,
    epci=None,
    distance_km=None,
    quartier="",
    a_un_critere=True,
    fin_eligibilite=None,
    en_contrat=False,
)
BASE = 5


def lu(poste: Poste = POSTE, **faits) -> tuple[int, str]:
    points, raisons = points_et_raisons(replace(NEUTRE, **faits), poste)
    return points - BASE, " · ".join(raisons)


@pytest.mark.parametrize(
    ("recherche", "proximite"),
    [("F1703", "meme"), ("F1704", "famille"), ("F1799", "famille"), ("F1603", "domaine"), ("K2204", "autre")],
)
def test_deux_metiers_sont_proches_par_leur_code(recherche, proximite):
    assert proximite_des_metiers(recherche, "F1703") == proximite


@pytest.mark.parametrize(
    ("metier", "points", "phrase"),
    [
        ("meme", 40, "même métier"),
        ("famille", 25, "même famille de métiers"),
        ("domaine", 10, "même grand domaine de métiers"),
        ("autre", 0, "cherche un autre métier"),
        ("inconnu", 0, "métier recherché à renseigner"),
    ],
)
def test_le_metier_compte_le_plus(metier, points, phrase):
    gagnes, raisons = lu(metier=metier)
    assert gagnes == points and raisons.startswith(phrase)


@pytest.mark.parametrize(
    ("distance", "points", "phrase"),
    [
        (0.4, 20, "à moins de 1 km"),
        (1, 20, "à 1 km"),
        (5, 20, "à 5 km"),
        (5.1, 15, "à 5 km"),
        (15, 15, "à 15 km"),
        (15.1, 8, "à 15 km"),
        (30, 8, "à 30 km"),
        (30.1, 0, "à 30 km"),
    ],
)
def test_la_distance_a_ses_paliers(distance, points, phrase):
    gagnes, raisons = lu(distance_km=distance)
    assert gagnes == points and phrase in raisons


@pytest.mark.parametrize(
    ("distance", "rayon", "points", "au_dela"),
    [(10, 10, 15, False), (10.1, 10, 5, True), (40, 10, -10, True), (40, None, 0, False), (40, 0, 0, False)],
)
def test_au_dela_de_sa_mobilite_le_poste_est_loin(distance, rayon, points, au_dela):
    gagnes, raisons = lu(distance_km=distance, rayon_km=rayon)
    assert (gagnes, "au-delà des" in raisons) == (points, au_dela)


@pytest.mark.parametrize(
    ("commune", "epci", "points", "phrase"),
    [
        (1, 10, 20, "même commune"),
        (2, 10, 10, "même intercommunalité"),
        (2, 20, 0, "autre intercommunalité"),
        (2, None, 0, "autre intercommunalité"),
        (None, None, 0, "distance inconnue"),
    ],
)
def test_sans_distance_la_commune_la_dit(commune, epci, points, phrase):
    gagnes, raisons = lu(commune=commune, epci=epci)
    assert gagnes == points and phrase in raisons
    assert "distance inconnue" in lu(replace(POSTE, commune=None), commune=commune, epci=epci)[1]


@pytest.mark.parametrize(
    ("jour", "points", "phrase"),
    [
        (DEBUT, 20, "disponible le 01/12/2026"),
        (DEBUT - UN_JOUR, 20, "disponible le 30/11/2026"),
        (DEBUT + UN_JOUR, 0, "disponible après le début, le 02/12/2026"),
        (None, 5, "disponibilité à demander"),
    ],
)
def test_la_disponibilite_se_compte_au_jour_du_poste(jour, points, phrase):
    gagnes, raisons = lu(disponible_le=jour)
    assert gagnes + BASE == points and phrase in raisons


@pytest.mark.parametrize(
    ("quartier", "reserve", "points", "phrase"),
    [
        ("oui", False, 10, "habite un quartier prioritaire"),
        ("oui", True, 10, "habite un quartier prioritaire"),
        ("a_verifier", True, 0, "quartier prioritaire à vérifier"),
        ("", True, 0, "quartier prioritaire à vérifier"),
        ("non", False, 0, ""),
    ],
)
def test_le_quartier_compte_et_se_verifie(quartier, reserve, points, phrase):
    gagnes, raisons = lu(replace(POSTE, reserve_qpv=reserve), quartier=quartier)
    assert gagnes == points and phrase in raisons
    assert phrase or "quartier" not in raisons


def test_qui_est_deja_en_contrat_passe_apres():
    assert lu(en_contrat=True) == (
        -20,
        "cherche un autre métier · distance inconnue · disponibilité à demander · déjà en contrat à cette date",
    )


@pytest.mark.parametrize(
    ("faits", "reserve", "refus"),
    [
        ({}, False, []),
        ({"a_un_critere": False}, False, ["aucun critère d'éligibilité valable à cette date"]),
        ({"fin_eligibilite": DEBUT}, False, []),  # le dernier jour compte
        ({"fin_eligibilite": DEBUT - UN_JOUR}, False, ["éligibilité terminée le 30/11/2026"]),
        ({"quartier": "non"}, True, ["n'habite pas un quartier prioritaire, et l'offre leur est réservée"]),
        ({"quartier": "non"}, False, []),
        ({"quartier": "a_verifier"}, True, []),  # à vérifier n'exclut pas
        ({"quartier": ""}, True, []),
    ],
)
def test_seule_une_regle_exclut(faits, reserve, refus):
    assert regles(replace(NEUTRE, **faits), replace(POSTE, reserve_qpv=reserve)) == refus


def test_toutes_les_regles_qui_excluent_se_disent():
    situation = replace(NEUTRE, a_un_critere=False, fin_eligibilite=DEBUT - UN_JOUR, quartier="non")
    assert len(regles(situation, replace(POSTE, reserve_qpv=True))) == 3
