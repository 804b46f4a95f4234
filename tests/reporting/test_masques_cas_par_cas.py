"""Les masques cas par cas, sur les effectifs où la règle bascule : chaque ligne se refait à la main.

`test_masques` et `test_masques_bilans` attaquent au hasard ; ici, une borne qui bouge d'une personne se voit aussitôt.
"""

import pytest

from parcours.enums import Terme
from reporting.bilan.masques import (
    MASQUE,
    PETIT,
    _croiser,
    _croiser_a_demi,
    _familles_a_cacher,
    masquer,
    proteger_des_parts,
    proteger_une_part,
)
from tests.reporting.donnees_bilan import donnees_2018
from tests.reporting.test_masques import JEUNES_SQ, profil


# --- Un « dont » ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("valeur", "total", "lu"),
    [
        (0, 5, 0),
        (1, 5, MASQUE),  # de cinq personnes, « < 5 » dirait que ce n'est pas toutes
        (5, 5, MASQUE),
        (0, 6, 0),
        (1, 6, PETIT),
        (4, 6, PETIT),
        (5, 6, MASQUE),  # il en manque une
        (5, 9, MASQUE),
        (9, 9, MASQUE),  # toutes, mais si peu
        (5, 10, 5),
        (6, 10, MASQUE),
        (10, 10, 10),
        (4, 146, PETIT),
        (5, 146, 5),
        (141, 146, 141),
        (142, 146, MASQUE),
        (146, 146, 146),
    ],
)
def test_un_dont_se_cache_petit_ou_par_son_complement(valeur, total, lu):
    assert proteger_une_part(valeur, total) == lu


# --- Des parts qui font un total ------------------------------------------------------------------------------------
def parts(valeurs, **options) -> list:
    return list(proteger_des_parts(dict(zip("abcd", valeurs, strict=False)), sum(valeurs), **options).values())


@pytest.mark.parametrize(
    ("valeurs", "lues"),
    [
        ([0, 10], [0, 10]),
        ([5, 30], [5, 30]),
        ([3, 20], [PETIT, MASQUE]),
        ([3, 20, 7], [PETIT, 20, MASQUE]),  # la plus petite des autres suffit
        ([3, 6, 6], [PETIT, MASQUE, 6]),
        ([3, 5, 5, 5], [PETIT, MASQUE, 5, 5]),
        ([2, 3, 20], [PETIT, PETIT, 20]),  # deux petites s'abritent
        ([1, 1, 20], [PETIT, PETIT, MASQUE]),  # sauf une et une, qui font deux
        ([4, 4], [MASQUE, MASQUE]),  # huit en deux petites : quatre et quatre
        ([1, 5], [MASQUE, MASQUE]),
        ([1, 6], [PETIT, MASQUE]),
        ([4, 5, 0], [PETIT, MASQUE, 0]),
        ([2, 2, 2], [PETIT, PETIT, PETIT]),
        ([1, 1, 5], [MASQUE, MASQUE, MASQUE]),
        ([4, 1, 5, 30], [PETIT, PETIT, 5, 30]),
        ([4, 5, 6], [PETIT, MASQUE, 6]),
        ([1, 5, 6], [PETIT, MASQUE, MASQUE]),  # avec cinq seul, la somme six dirait un et cinq
    ],
)
def test_une_petite_part_en_cache_juste_assez_d_autres(valeurs, lues):
    assert parts(valeurs) == lues


def test_une_part_se_cache_aussi_quand_le_reste_est_petit():
    """Vingt-sept sur trente, et trois : c'est le complément qui est petit, même si d'autres abriteraient mieux."""
    assert parts([1, 2, 27]) == [PETIT, PETIT, MASQUE]
    assert parts([1, 2, 5]) == [PETIT, PETIT, MASQUE]
    assert parts([2, 2, 0, 30]) == [PETIT, PETIT, 0, MASQUE]


def test_ce_qu_on_demande_de_cacher_de_plus_se_cache():
    assert parts([3, 20, 7], aussi={"b"}) == [PETIT, MASQUE, 7]
    assert parts([2, 3, 20, 7], aussi={"d"}) == [PETIT, PETIT, 20, MASQUE]


@pytest.mark.parametrize(
    ("valeurs", "plafonds", "lues"),
    [
        ([3, 20, 7], {"c": 7}, [PETIT, 20, MASQUE]),  # cinq, six ou sept
        (
            [3, 20, 5],
            {"c": 5},
            [MASQUE, MASQUE, MASQUE],
        ),  # cinq seulement : cachée seule parmi les grandes, elle se lirait
        ([3, 20, 7], {"a": 3}, [PETIT, 20, MASQUE]),
        ([1, 20, 7], {"a": 1}, [MASQUE, MASQUE, MASQUE]),
        ([3, 5, 0], {"b": 5, "c": 0}, [MASQUE, MASQUE, 0]),  # rien ne se cache là où rien ne peut être
        ([3, 5, 0], {"b": 5}, [MASQUE, MASQUE, MASQUE]),
    ],
)
def test_ce_qui_se_lit_ailleurs_borne_une_part(valeurs, plafonds, lues):
    assert parts(valeurs, plafonds=plafonds) == lues


# --- Jeunes et sans qualification -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("jeunes_sq", "jeunes", "sans", "total", "lu"),
    [
        (0, 10, 10, 30, 0),
        (5, 10, 10, 30, 5),
        (5, 10, 10, 20, 5),
        (5, 9, 10, 30, MASQUE),  # quatre jeunes qualifiés
        (5, 10, 9, 30, MASQUE),  # quatre adultes sans qualification
        (5, 10, 10, 19, MASQUE),  # quatre ni l'un ni l'autre
        (5, 10, 10, 15, 5),
        (3, 10, 10, 30, PETIT),
        (4, 11, 12, 20, PETIT),  # au moins trois : un, deux, trois, quatre restent… trois ou quatre
        (4, 12, 12, 20, MASQUE),  # au moins quatre : « < 5 » dirait quatre
        (4, 12, 12, 21, PETIT),
        (0, 5, 5, 14, MASQUE),
        (0, 5, 5, 15, 0),
        (10, 10, 10, 10, 10),
        (0, 0, 0, 30, 0),
        # L'un des deux est caché : l'autre borne encore.
        (0, MASQUE, 24, 30, 0),
        (0, MASQUE, 25, 30, MASQUE),  # cinq autres : zéro bornerait le caché
        (0, 25, PETIT, 30, MASQUE),
        (0, MASQUE, 0, 3, 0),
        (0, MASQUE, PETIT, 30, 0),
        (3, MASQUE, MASQUE, 20, PETIT),
        (3, MASQUE, MASQUE, 19, MASQUE),
        (3, MASQUE, 5, 30, MASQUE),
        (3, 6, MASQUE, 30, PETIT),
        (5, MASQUE, MASQUE, 30, MASQUE),
    ],
)
def test_le_tableau_croise_se_lit_tout_entier_ou_pas_du_tout(jeunes_sq, jeunes, sans, total, lu):
    assert _croiser(jeunes_sq, jeunes, sans, total) == lu


def test_les_deux_lus_a_la_fois_bornent_chacun():
    assert _croiser_a_demi(4, [6, 7], 20) == PETIT
    assert _croiser_a_demi(4, [7, 5], 20) == MASQUE


# --- Un bilan entier ------------------------------------------------------------------------------------------------
def annee(**changements) -> dict:
    """Une grande année où rien n'est petit : cent personnes."""
    chiffres = {
        "beneficiaires": 100,
        "beneficiaires_femmes": 40,
        "beneficiaires_moins_26_ans": 30,
        "beneficiaires_50_ans_et_plus": 20,
        "beneficiaires_sans_qualification": 40,
        JEUNES_SQ: 10,
        "beneficiaires_rsa": 50,
        "beneficiaires_deld": 30,
        "beneficiaires_th": 10,
        "beneficiaires_qpv": 40,
        "contrats": 120,
    }
    grande = {
        "sexe": {"F": 40, "H": 60},
        "ages": {"moins_26": 30, "26_49": 50, "50_plus": 20},
        "niveaux": {"aucun": 40, "3": 60},
        "publics": {"RSA": 50, "DELD": 30, "RQTH": 10, "QPV": 40, "JEUNE_SQ": 10, "PLIE": 20},
        "quartiers": {"QN1": 10, "QN2": 30},
        "heures": [1000.0, 3000.0],
    }
    return {"chiffres": chiffres | changements.pop("chiffres", {}), **grande, **changements}


def publier(actuelle: dict, avant: dict | None = None, **ajouts) -> dict:
    return masquer(profil((actuelle, avant or annee())) | ajouts)


def lues(publiees: dict, cle: str, colonne: str = "valeur") -> dict:
    return {part["cle"]: part[colonne] for part in publiees["repartitions"][cle]["parts"]}


def test_une_grande_annee_se_lit_telle_quelle():
    publiees = publier(annee())
    assert {cle: publiees["chiffres"][cle]["valeur"] for cle in annee()["chiffres"]} == annee()["chiffres"]
    assert publiees["chiffres"]["heures_qpv"]["valeur"] == 4000
    for cle in ("sexe", "ages", "niveaux", "publics", "quartiers"):
        assert lues(publiees, cle) == annee()[cle]
    assert [part["heures"] for part in publiees["repartitions"]["quartiers"]["parts"]] == [3000, 1000]


@pytest.mark.parametrize("total", [0, 4, 5])
def test_quatre_personnes_effacent_tout_croisement_cinq_non(total):
    """La colonne de l'année d'avant a sa propre règle : l'autre n'y change rien."""
    petite = annee(
        chiffres=dict.fromkeys(annee()["chiffres"], 0) | {"beneficiaires": total, "contrats": total},
        sexe={"F": 0, "H": total},
        ages={"moins_26": 0, "26_49": total, "50_plus": 0},
        niveaux={"aucun": 0, "3": total},
        publics=dict.fromkeys(annee()["publics"], 0),
        quartiers={"QN1": 0, "QN2": 0},
        heures=[0, 0],
    )
    publiees = publier(annee(), petite)
    avant = {cle: chiffre["precedente"] for cle, chiffre in publiees["chiffres"].items() if cle in petite["chiffres"]}
    if total == 4:
        assert avant == dict.fromkeys(avant, PETIT) | {"contrats": MASQUE}
        assert publiees["chiffres"]["heures_qpv"]["precedente"] == MASQUE
        assert publiees["repartitions"]["sexe"]["total_precedent"] == PETIT
        assert set(lues(publiees, "publics", "precedente").values()) == {PETIT}
        assert [part["heures"] for part in publiees["repartitions"]["quartiers"]["parts"]] == [3000, 1000]
    else:
        assert avant == dict.fromkeys(avant, 0) | {"beneficiaires": total, "contrats": total}
        assert publiees["repartitions"]["sexe"]["total_precedent"] == total
    assert publiees["chiffres"]["beneficiaires"]["valeur"] == 100
    assert publiees["chiffres"]["contrats"]["valeur"] == 120


def test_sous_cinq_les_heures_des_quartiers_et_du_rsa_se_cachent_aussi():
    petite = annee(chiffres=dict.fromkeys(annee()["chiffres"], 2), quartiers={"QN1": 1, "QN2": 1}, heures=[10.0, 20.0])
    donnees = profil((petite, annee()))
    donnees["chiffres"]["heures_rsa"] = {**donnees["chiffres"]["heures_qpv"], "cle": "heures_rsa", "valeur": 30}
    publiees = masquer(donnees)
    assert publiees["chiffres"]["heures_qpv"]["valeur"] == publiees["chiffres"]["heures_rsa"]["valeur"] == MASQUE
    assert {part["heures"] for part in publiees["repartitions"]["quartiers"]["parts"]} == {MASQUE}
    assert not any("heures" in part for part in publiees["repartitions"]["sexe"]["parts"])
    assert publiees["chiffres"]["heures_qpv"]["precedente"] == 4000


def test_ce_que_le_bilan_n_a_pas_ne_se_masque_pas():
    """Sans la répartition par sexe, le reste se protège ; sans ligne « aucun diplôme », le chiffre reste zéro."""
    donnees = profil((annee(), annee()))
    del donnees["repartitions"]["sexe"]
    assert masquer(donnees)["chiffres"]["beneficiaires_femmes"]["valeur"] == 40
    sans = {"beneficiaires_sans_qualification": 0, JEUNES_SQ: 0}
    tous_diplomes = annee(chiffres=sans, niveaux={"3": 100}, publics=annee()["publics"] | {"JEUNE_SQ": 0})
    publiees = publier(tous_diplomes, annee(niveaux={"3": 100}))
    assert publiees["chiffres"]["beneficiaires_sans_qualification"]["valeur"] == 0


@pytest.mark.parametrize(
    ("rsa", "heures", "lu"),
    [(50, 900, 900), (4, 90, MASQUE), (97, 900, MASQUE), (0, 0, 0), (0, 12, MASQUE)],
)
def test_les_heures_du_rsa_se_cachent_avec_leurs_allocataires(rsa, heures, lu):
    """Zéro allocataire et des heures : ce sont celles de quelqu'un que l'on ne compte pas parmi eux."""
    donnees = profil((annee(chiffres={"beneficiaires_rsa": rsa}), annee()))
    modele = donnees["chiffres"]["heures_qpv"]
    donnees["chiffres"]["heures_rsa"] = {**modele, "cle": "heures_rsa", "valeur": heures, "precedente": 700}
    chiffre = masquer(donnees)["chiffres"]["heures_rsa"]
    assert (chiffre["valeur"], chiffre["precedente"]) == (lu, 700)


def test_un_chiffre_cle_se_lit_comme_sa_part():
    """Trois femmes : le chiffre clé et la part disent « < 5 » ; les hommes se cachent avec elles."""
    publiees = publier(annee(chiffres={"beneficiaires_femmes": 3}, sexe={"F": 3, "H": 97}))
    assert lues(publiees, "sexe") == {"F": PETIT, "H": MASQUE}
    assert publiees["chiffres"]["beneficiaires_femmes"]["valeur"] == PETIT
    assert lues(publiees, "sexe", "precedente") == {"F": 40, "H": 60}


@pytest.mark.parametrize(
    ("publics", "principaux", "attendus"),
    [
        # Sept au RSA : leur public principal peut en valoir cinq, six ou sept.
        ({"RSA": 7}, {"RSA": 7, "PLIE": 90, "RQTH": 3}, {"RSA": MASQUE, "PLIE": 90, "RQTH": PETIT}),
        # Cinq au RSA se lisent : « masqué » ne vaudrait que cinq, tout se cache.
        ({"RSA": 5}, {"RSA": 5, "PLIE": 92, "RQTH": 3}, dict.fromkeys(["RSA", "PLIE", "RQTH"], MASQUE)),
        # Aucun au RSA : cette ligne dit zéro, cachée ou non.
        ({"RSA": 0, "PLIE": 20}, {"RSA": 0, "PLIE": 20, "RQTH": 3}, {"RSA": 0, "PLIE": MASQUE, "RQTH": PETIT}),
        # Quatre et deux au plus se savent déjà par leur « < 5 » : la borne n'en dit pas plus.
        (
            {"PLIE": 4, "ASS": 2, "RQTH": 95},
            {"PLIE": 4, "ASS": 2, "RQTH": 94},
            {"PLIE": PETIT, "ASS": PETIT, "RQTH": 94},
        ),
        # Un public caché ne borne rien : on ne sait pas combien ils sont.
        ({"PLIE": 3, "RQTH": 97}, {"PLIE": 3, "RQTH": 97}, {"PLIE": PETIT, "RQTH": MASQUE}),
        # La longue durée a sa définition : son critère ne borne rien.
        ({"DELD": 5}, {"DELD": 5, "PLIE": 92, "RQTH": 3}, {"DELD": MASQUE, "PLIE": 92, "RQTH": PETIT}),
    ],
)
def test_un_public_principal_ne_depasse_pas_son_public(publics, principaux, attendus):
    tous = annee()["publics"] | {"PLIE": 95, "RQTH": 50} | publics
    chiffres = {"beneficiaires_rsa": tous["RSA"], "beneficiaires_deld": tous["DELD"], "beneficiaires_th": tous["RQTH"]}
    donnees = profil((annee(publics=tous, chiffres=chiffres), annee(publics=dict.fromkeys(tous, 20))))
    total = donnees["repartitions"]["niveaux"]
    donnees["repartitions"]["public_principal"] = {
        **total,
        "cle": "public_principal",
        "parts": [{"cle": c, "libelle": c, "valeur": v, "precedente": 30} for c, v in principaux.items()],
    }
    assert lues(masquer(donnees), "public_principal") == attendus


# --- Les quartiers et leurs heures ----------------------------------------------------------------------------------
def quartiers(habitants: dict, heures: list, avant: dict | None = None) -> dict:
    qpv = sum(habitants.values())
    actuelle = annee(chiffres={"beneficiaires_qpv": qpv}, quartiers=habitants, heures=heures)
    ancienne = annee()
    if avant is not None:
        ancienne = annee(chiffres={"beneficiaires_qpv": sum(avant.values())}, quartiers=avant, heures=[0] * len(avant))
    else:
        ancienne |= {"quartiers": dict.fromkeys(habitants, 10), "heures": [100] * len(habitants)}
        ancienne["chiffres"]["beneficiaires_qpv"] = 10 * len(habitants)
    publiees = publier(actuelle, ancienne)
    lus = {p["cle"]: (p["valeur"], p["heures"]) for p in publiees["repartitions"]["quartiers"]["parts"]}
    return lus | {
        "total": (publiees["chiffres"]["beneficiaires_qpv"]["valeur"], publiees["chiffres"]["heures_qpv"]["valeur"])
    }


def test_les_heures_se_cachent_avec_les_habitants_et_jamais_seules():
    assert quartiers({"A": 3, "B": 20, "C": 7}, [30, 200, 70]) == {
        "B": (20, 200),
        "A": (PETIT, MASQUE),
        "C": (MASQUE, MASQUE),
        "total": (30, 300),
    }
    # Personne n'y habitait à l'entrée, mais quelqu'un y a travaillé : ses heures, et celles du plus petit avec elles.
    assert quartiers({"A": 0, "B": 20, "C": 7}, [30, 200, 70]) == {
        "B": (20, 200),
        "C": (7, MASQUE),
        "A": (0, MASQUE),
        "total": (27, 300),
    }
    # Rien d'autre à cacher : c'est le total qui se cache.
    assert quartiers({"A": 0, "B": 20}, [30, 0]) == {"B": (20, 0), "A": (0, MASQUE), "total": (20, MASQUE)}


@pytest.mark.parametrize("avant", [None, 0, 4])
def test_les_heures_se_cachent_quelle_que_soit_l_annee_d_avant(avant):
    donnees = profil((annee(quartiers={"QN1": 3, "QN2": 37}, chiffres={"beneficiaires_qpv": 40}), annee()))
    for chiffre in donnees["chiffres"].values():
        chiffre["precedente"] = avant
    for repartition in donnees["repartitions"].values():
        repartition["total_precedent"] = avant
        for part in repartition["parts"]:
            part["precedente"] = avant
    lus = {p["cle"]: p["heures"] for p in masquer(donnees)["repartitions"]["quartiers"]["parts"]}
    assert lus == {"QN1": MASQUE, "QN2": MASQUE}


def test_tous_les_quartiers_caches_leur_total_d_heures_l_est_aussi():
    assert quartiers({"A": 4, "B": 4}, [40, 50]) == {"A": (MASQUE, MASQUE), "B": (MASQUE, MASQUE), "total": (8, MASQUE)}


def test_trop_peu_d_habitants_ou_trop_peu_d_autres_et_rien_ne_s_en_lit():
    for habitants in ({"A": 1, "B": 2}, {"A": 48, "B": 49}):
        lus = quartiers(habitants, [40, 50])
        assert lus["total"][1] == MASQUE and isinstance(lus["total"][0], str)
        assert {heures for _, heures in lus.values()} == {MASQUE}


def test_sans_habitant_compte_des_heures_se_cachent():
    assert quartiers({"A": 0, "B": 0}, [0, 0])["total"] == (0, 0)
    assert quartiers({"A": 0, "B": 0}, [10, 0])["total"] == (0, MASQUE)


def test_une_ligne_qu_aucune_annee_lisible_ne_justifie_s_en_va():
    """Quatre et quatre se cachent entièrement : le quartier que l'année d'avant n'a pas n'a plus de raison d'être là."""
    lus = quartiers({"A": 4, "B": 4}, [40, 50], avant={"A": 10, "B": 0})
    assert lus == {"A": (MASQUE, MASQUE), "total": (8, MASQUE)}
    lus = quartiers({"A": 3, "B": 20, "C": 0}, [30, 200, 0], avant={"A": 0, "B": 10, "C": 9})
    assert lus == {"C": (0, 0), "A": (PETIT, MASQUE), "B": (MASQUE, MASQUE), "total": (23, 230)}


def test_une_ligne_vide_reste_tant_que_rien_n_est_tu():
    """Habité l'an dernier par quelqu'un que l'on ne compte pas à l'entrée : la ligne est là, et ne dit rien."""
    lus = quartiers({"A": 0, "B": 20}, [0, 200], avant={"A": 0, "B": 10})
    assert lus == {"B": (20, 200), "A": (0, 0), "total": (20, 200)}


def test_des_heures_suffisent_a_garder_une_ligne():
    lus = quartiers({"A": 0, "B": 20, "C": 7}, [30, 200, 70], avant={"A": 4, "B": 4, "C": 0})
    assert lus == {"B": (20, 200), "C": (7, MASQUE), "A": (0, MASQUE), "total": (27, 300)}


def test_un_public_qui_n_etait_que_de_l_an_dernier_garde_sa_ligne():
    """Cinq personnes, toutes cachées : chacune a plusieurs publics, aucune ligne n'en dit plus qu'une autre."""
    cinq = annee(
        chiffres=dict.fromkeys(annee()["chiffres"], 0) | {"beneficiaires": 5, "contrats": 5, "beneficiaires_rsa": 5},
        sexe={"F": 0, "H": 5},
        ages={"moins_26": 0, "26_49": 5, "50_plus": 0},
        niveaux={"aucun": 0, "3": 5},
        publics=dict.fromkeys(annee()["publics"], 0) | {"RSA": 5},
        quartiers={"QN1": 0, "QN2": 0},
        heures=[0, 0],
    )
    sans = annee(publics=annee()["publics"] | {"RSA": 0}, chiffres={"beneficiaires_rsa": 0})
    publiees = publier(sans, cinq)
    assert (lues(publiees, "publics")["RSA"], lues(publiees, "publics", "precedente")["RSA"]) == (0, MASQUE)


def test_un_public_principal_que_rien_ne_justifie_s_en_va():
    """Quatre et quatre se cachent ; zéro se lit. Aucune ligne de cette année ne dit plus rien : reste l'an dernier."""
    huit = annee(
        chiffres=dict.fromkeys(annee()["chiffres"], 0) | {"beneficiaires": 8, "contrats": 8},
        sexe={"F": 0, "H": 8},
        ages={"moins_26": 0, "26_49": 8, "50_plus": 0},
        niveaux={"aucun": 0, "3": 8},
        publics=dict.fromkeys(annee()["publics"], 0) | {"PLIE": 4},
        quartiers={"QN1": 0, "QN2": 0},
        heures=[0, 0],
    )
    donnees = profil((huit, annee()))
    parts_ = [("RSA", 0, 30), ("PLIE", 4, 0), ("ASS", 4, 70)]
    donnees["repartitions"]["public_principal"] = {
        **donnees["repartitions"]["niveaux"],
        "cle": "public_principal",
        "parts": [{"cle": c, "libelle": c, "valeur": v, "precedente": p} for c, v, p in parts_],
    }
    assert lues(masquer(donnees), "public_principal") == {"RSA": 0, "ASS": MASQUE}


def test_les_lignes_cachees_passent_a_la_fin_par_ordre_alphabetique():
    publiees = publier(
        annee(
            publics={"RSA": 50, "DELD": 30, "RQTH": 2, "QPV": 40, "JEUNE_SQ": 10, "PLIE": 3},
            chiffres={"beneficiaires_th": 2},
        )
    )
    assert list(lues(publiees, "publics")) == ["RSA", "QPV", "DELD", "JEUNE_SQ", "PLIE", "RQTH"]


@pytest.mark.parametrize(("habitants", "faites"), [({"QN1": 10, "QN2": 30}, 4000), ({"QN1": 1, "QN2": 2}, MASQUE)])
def test_la_charte_ne_redit_pas_des_heures_cachees(habitants, faites):
    donnees = profil((annee(quartiers=habitants, chiffres={"beneficiaires_qpv": sum(habitants.values())}), annee()))
    donnees["charte"] = {"faites_qpv": 4000}
    assert masquer(donnees)["charte"] == {"faites_qpv": faites}


# --- L'évolution, les structures ------------------------------------------------------------------------------------
def evolution(debut: str, fin: str, personnes: list[int], total: int = 100) -> list[tuple]:
    donnees = profil((annee(chiffres={"beneficiaires": total}), annee()))
    donnees["periode"] |= {"debut": debut, "fin": fin}
    donnees["evolution"] = [{"periode": str(n), "beneficiaires": n, "contrats": n + 1} for n in personnes]
    return [(ligne["beneficiaires"], ligne["contrats"]) for ligne in masquer(donnees)["evolution"]]


def test_une_petite_annee_se_cache_seule_si_elles_ne_font_pas_la_periode():
    assert evolution("2018-01-01", "2018-12-31", [4, 5, 0]) == [(PETIT, MASQUE), (5, 6), (0, 1)]


def test_les_annees_d_une_longue_periode_se_cachent_ensemble():
    """Une petite, et toutes se cachent ; aucune petite, et toutes se lisent."""
    assert evolution("2017-01-01", "2018-12-31", [4, 50, 0]) == [(MASQUE, MASQUE), (MASQUE, MASQUE), (0, 1)]
    assert evolution("2017-01-01", "2018-12-31", [5, 50, 0]) == [(5, 6), (50, 51), (0, 1)]
    assert evolution("2017-01-01", "2018-12-31", [2, 1, 0], total=3) == [(PETIT, MASQUE), (PETIT, MASQUE), (0, 1)]
    assert evolution("2017-12-01", "2018-12-31", [4, 50]) == [(MASQUE, MASQUE)] * 2  # treize mois
    assert evolution("2018-02-01", "2019-01-31", [4, 50]) == [(PETIT, MASQUE), (50, 51)]  # douze


def test_les_structures_d_un_reseau_font_un_total():
    def lire(*personnes: int) -> list:
        lignes = [{"id": rang, "nom": str(rang), "beneficiaires": nombre} for rang, nombre in enumerate(personnes)]
        return [ligne["beneficiaires"] for ligne in publier(annee(), structures=lignes)["structures"]]

    assert lire(3, 20, 7) == [PETIT, 20, MASQUE]
    assert lire(5, 20) == [5, 20]
    assert lire() == []


# --- Les sorties, les entrées ---------------------------------------------------------------------------------------
FAMILLES = ("durable", "transition", "positive", "autre", "neutralisee")


def sorties(*valeurs: int) -> dict:
    donnees = profil((annee(), annee()))
    connues = sum(valeurs)
    modele = donnees["chiffres"]["beneficiaires_rsa"]
    for terme in Terme:
        cle = f"sorties_{terme.value}_mois"
        donnees["repartitions"][cle] = {
            "cle": cle,
            "titre": cle,
            "unite": "sorties",
            "exclusive": True,
            "total": connues,
            "total_precedent": 0,
            "parts": [
                {"cle": f, "libelle": f, "valeur": v, "precedente": 0} for f, v in zip(FAMILLES, valeurs, strict=True)
            ],
        }
        nombres = {"connues": connues, "comptees": connues - valeurs[4], "dynamiques": sum(valeurs[:3])}
        for quoi, valeur in nombres.items():
            chiffre = {**modele, "cle": f"sorties_{quoi}_{terme.value}_mois", "valeur": valeur, "precedente": 0}
            donnees["chiffres"][chiffre["cle"]] = chiffre | {"unite": "sorties", "sur": ""}
    publiees = masquer(donnees)
    terme = Terme(6) if 6 in Terme.values else next(iter(Terme))
    chiffres = {
        q: publiees["chiffres"][f"sorties_{q}_{terme.value}_mois"] for q in ("connues", "comptees", "dynamiques")
    }
    assert [chiffre["precedente"] for chiffre in chiffres.values()] == [0, 0, 0]
    return {
        "familles": list(lues(publiees, f"sorties_{terme.value}_mois").values()),
        **{quoi: chiffre["valeur"] for quoi, chiffre in chiffres.items()},
    }


@pytest.mark.parametrize(
    ("valeurs", "familles", "connues", "comptees", "dynamiques"),
    [
        ((0, 0, 0, 0, 0), [0] * 5, 0, 0, 0),
        ((10, 5, 5, 6, 7), [10, 5, 5, 6, 7], 33, 26, 20),
        ((2, 0, 0, 2, 0), [PETIT] * 5, PETIT, MASQUE, MASQUE),
        # Une petite famille dynamique et une autre : leur somme se lirait, ou leur reste.
        ((2, 6, 0, 7, 0), [PETIT, MASQUE, 0, 7, 0], 15, 15, 8),
        ((2, 0, 0, 7, 8), [PETIT, 0, 0, MASQUE, 8], 17, 9, MASQUE),
        ((10, 0, 0, 7, 3), [10, 0, 0, MASQUE, PETIT], 20, MASQUE, 10),
        ((10, 9, 0, 0, 3), [10, MASQUE, 0, 0, PETIT], 22, MASQUE, MASQUE),
        # Deux petites dynamiques s'abritent, mais ensemble elles sont petites : une autre se cache avec elles.
        ((2, 2, 0, 7, 8), [PETIT, PETIT, 0, MASQUE, 8], 19, 11, MASQUE),
        ((2, 0, 0, 3, 8), [PETIT, 0, 0, PETIT, 8], 13, 5, MASQUE),
        ((2, 3, 0, 7, 8), [PETIT, PETIT, 0, 7, 8], 20, 12, 5),
        ((20, 9, 8, 2, 2), [20, 9, MASQUE, PETIT, PETIT], 41, MASQUE, MASQUE),
        ((20, 9, 8, 2, 3), [20, 9, 8, PETIT, PETIT], 42, MASQUE, 37),
    ],
)
def test_les_sorties_se_protegent_dans_leur_total(valeurs, familles, connues, comptees, dynamiques):
    assert sorties(*valeurs) == {
        "familles": familles,
        "connues": connues,
        "comptees": comptees,
        "dynamiques": dynamiques,
    }


def test_rien_de_cache_ne_demande_rien_de_plus():
    valeurs = dict(zip(FAMILLES, (1, 1, 0, 7, 8), strict=True))
    assert _familles_a_cacher(valeurs, valeurs) == set()
    assert _familles_a_cacher(valeurs, valeurs | {"durable": PETIT, "transition": PETIT}) == {"autre"}
    assert _familles_a_cacher({"durable": 4, "autre": 7}, {"durable": PETIT, "autre": 7}) == {"autre"}


@pytest.mark.parametrize(
    ("femmes", "hommes", "attendues", "total", "entrees"),
    [
        (10, 20, {"F": 10, "H": 20}, 30, 30),
        (3, 20, {"F": PETIT, "H": MASQUE}, 23, 23),
        (2, 2, {"F": PETIT, "H": PETIT}, PETIT, PETIT),
        (5, 0, {"F": 5, "H": 0}, 5, 5),
        (0, 0, {"F": 0, "H": 0}, 0, 0),
    ],
)
def test_les_entrees_se_protegent_de_meme(femmes, hommes, attendues, total, entrees):
    donnees = profil((annee(), annee()))
    nombre = femmes + hommes
    donnees["repartitions"]["entrees_par_sexe"] = {
        **donnees["repartitions"]["sexe"],
        "cle": "entrees_par_sexe",
        "unite": "participations",
        "total": nombre,
        "total_precedent": None,
        "parts": [
            {"cle": "F", "libelle": "Femmes", "valeur": femmes, "precedente": None},
            {"cle": "H", "libelle": "Hommes", "valeur": hommes, "precedente": None},
        ],
    }
    modele = donnees["chiffres"]["beneficiaires_rsa"] | {"sur": "", "unite": "participations"}
    for cle in ("participations_entrees", "participations_sorties"):
        donnees["chiffres"][cle] = {**modele, "cle": cle, "valeur": nombre, "precedente": None}
    publiees = masquer(donnees)
    assert lues(publiees, "entrees_par_sexe") == attendues
    assert publiees["repartitions"]["entrees_par_sexe"]["total"] == total
    for cle in ("participations_entrees", "participations_sorties"):
        chiffre = publiees["chiffres"][cle]
        assert (chiffre["valeur"], chiffre["precedente"]) == (entrees, None)


def test_ce_qui_est_deja_public_ne_bouge_plus():
    donnees = donnees_2018() | {"public": True}
    assert masquer(donnees) == donnees
