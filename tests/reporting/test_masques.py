"""Les masques : rien de petit ne se lit, et rien ne se déduit. L'attaquant essaie toutes les valeurs possibles."""

import copy
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.bilan.masques import JEUNES_SQ, MASQUE, PETIT, masquer, proteger_des_parts, proteger_une_part
from tests.reporting.donnees_bilan import donnees_2018

PETITS = range(1, 5)


def possibles(texte, total: int, *, tout_cache: bool) -> list[int]:
    """Ce qu'une case peut valoir pour qui la lit : « masqué » à côté d'un « < 5 » en cache cinq ou plus ; seul, tout, zéro compris."""
    if texte == PETIT:
        return list(PETITS)
    if texte == MASQUE:
        return list(range(0 if tout_cache else 5, total + 1))
    return [texte]


def solutions(lues: dict, total: int) -> list[tuple[int, ...]]:
    tout_cache = PETIT not in lues.values()
    domaines = [possibles(texte, total, tout_cache=tout_cache) for texte in lues.values()]
    return [cases for cases in product(*domaines[:-1]) if (total - sum(cases)) in domaines[-1]]


def deduites(valeurs: dict[str, int], lues: dict) -> list[str]:
    """Les petites cases qui n'ont plus qu'une valeur possible."""
    total = sum(valeurs.values())
    trouvees = [(*cases, total - sum(cases)) for cases in solutions(lues, total)]
    assert tuple(valeurs.values()) in trouvees, "l'attaque doit garder la vérité parmi ses solutions"
    return [
        cle
        for rang, (cle, valeur) in enumerate(valeurs.items())
        if valeur in PETITS and len({cases[rang] for cases in trouvees}) < 2
    ]


VENTILATIONS = st.lists(st.integers(0, 12), min_size=1, max_size=4).filter(lambda cases: sum(cases) >= 5)


@given(VENTILATIONS)
@settings(max_examples=400, deadline=None)
def test_aucune_petite_part_ne_se_deduit_de_son_total(cases):
    valeurs = {f"c{rang}": valeur for rang, valeur in enumerate(cases)}
    lues = proteger_des_parts(valeurs, sum(cases))
    assert not [cle for cle, valeur in valeurs.items() if valeur in PETITS and lues[cle] == valeur]
    assert not deduites(valeurs, lues)


def test_l_attaque_sait_deduire_un_masque_seul():
    """L'attaquant n'est pas complaisant : sans masque secondaire, il trouve."""
    assert deduites({"a": 3, "b": 20}, {"a": PETIT, "b": 20}) == ["a"]
    assert deduites({"a": 1, "b": 5}, {"a": PETIT, "b": MASQUE}) == ["a"]
    assert deduites({"a": 4, "b": 4}, {"a": PETIT, "b": PETIT}) == ["a", "b"]


@given(st.integers(5, 300).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_un_dont_ne_se_lit_ni_petit_ni_par_son_complement(paire):
    valeur, total = paire
    lu = proteger_une_part(valeur, total)
    memes = [v for v in range(total + 1) if proteger_une_part(v, total) == lu]
    for cle, petite in (("part", valeur in PETITS), ("complément", total - valeur in PETITS)):
        assert not petite or len(memes) >= 2, cle
    assert (lu == PETIT) == (valeur in PETITS and total > 5), "de cinq personnes, « < 5 » ferait lire que c'est toutes"


def profil(colonnes: tuple[dict, dict]) -> dict:
    """Des données de bilan dont les croisements des deux années sont ceux-là ; le reste vient de la fiche 2018."""
    donnees = donnees_2018()
    for nom, total_nom, colonne in zip(("valeur", "precedente"), ("total", "total_precedent"), colonnes, strict=True):
        for cle, valeur in colonne["chiffres"].items():
            donnees["chiffres"][cle][nom] = valeur
        for cle in ("sexe", "ages", "niveaux", "publics", "quartiers"):
            donnees["repartitions"][cle][total_nom] = colonne["chiffres"][
                "beneficiaires_qpv" if cle == "quartiers" else "beneficiaires"
            ]
    for cle in ("sexe", "ages", "niveaux", "publics", "quartiers"):
        cases = [colonne[cle] for colonne in colonnes]
        donnees["repartitions"][cle]["parts"] = [
            {"cle": part, "libelle": part, "valeur": cases[0][part], "precedente": cases[1][part]} for part in cases[0]
        ]
    for part, heures in zip(donnees["repartitions"]["quartiers"]["parts"], colonnes[0]["heures"], strict=True):
        part["heures"] = heures
    donnees["chiffres"]["heures_qpv"] |= {
        "valeur": sum(colonnes[0]["heures"]),
        "precedente": sum(colonnes[1]["heures"]),
    }
    return donnees


@st.composite
def annees(draw, plafond: int = 9):
    """Une année cohérente : quatre cases jeunes × qualification, puis tout ce qui en découle."""
    js, jq, aq, autres = (draw(st.integers(0, plafond)) for _ in range(4))
    total, jeunes, sans = js + jq + aq + autres, js + jq, js + aq
    femmes = draw(st.integers(0, total))
    seniors = draw(st.integers(0, total - jeunes))
    qpv = draw(st.integers(0, total))
    coupe = draw(st.integers(0, qpv))
    niveau3 = draw(st.integers(0, total - sans))
    rsa, deld, th, plie = (draw(st.integers(0, total)) for _ in range(4))
    return {
        "chiffres": {
            "beneficiaires": total,
            "beneficiaires_femmes": femmes,
            "beneficiaires_moins_26_ans": jeunes,
            "beneficiaires_50_ans_et_plus": seniors,
            "beneficiaires_sans_qualification": sans,
            JEUNES_SQ: js,
            "beneficiaires_rsa": rsa,
            "beneficiaires_deld": deld,
            "beneficiaires_th": th,
            "beneficiaires_qpv": qpv,
            "contrats": total,
        },
        "sexe": {"F": femmes, "H": total - femmes},
        "ages": {"moins_26": jeunes, "26_49": total - jeunes - seniors, "50_plus": seniors},
        "niveaux": {"aucun": sans, "3": niveau3, "non_renseigne": total - sans - niveau3},
        "publics": {"RSA": rsa, "DELD": deld, "RQTH": th, "QPV": qpv, "JEUNE_SQ": js, "PLIE": plie},
        "quartiers": {"QN1": coupe, "QN2": qpv - coupe},
        # Un habitant arrivé après son entrée : des heures dans un quartier où l'on ne compte personne.
        "heures": [120.5 * coupe + draw(st.sampled_from([0, 35])), 90.25 * (qpv - coupe)],
    }


DE_PERSONNES = ("sexe", "ages", "niveaux", "publics", "quartiers")


@given(annees(), annees())
@settings(max_examples=250, deadline=None)
def test_rien_de_petit_ne_se_lit_dans_un_bilan_public(annee, avant):
    donnees = profil((annee, avant))
    publiees = masquer(donnees)
    assert publiees["public"]
    for cle in DE_PERSONNES:
        exactes = {part["cle"]: part for part in donnees["repartitions"][cle]["parts"]}
        for part in publiees["repartitions"][cle]["parts"]:
            for colonne in ("valeur", "precedente"):
                assert exactes[part["cle"]][colonne] not in PETITS or isinstance(part[colonne], str)
            if cle == "quartiers" and isinstance(part["valeur"], str) and part["heures"]:
                assert part["heures"] == MASQUE
    for cle, chiffre in donnees["chiffres"].items():
        if chiffre["unite"] == "personnes":
            for colonne in ("valeur", "precedente"):
                assert chiffre[colonne] not in PETITS or isinstance(publiees["chiffres"][cle][colonne], str)


@given(annees(), annees())
@settings(max_examples=250, deadline=None)
def test_une_meme_quantite_se_lit_partout_pareil(annee, avant):
    """Le chiffre clé et la part qui disent la même chose portent le même masque : l'un ne trahit pas l'autre."""
    publiees = masquer(profil((annee, avant)))
    chiffres = publiees["chiffres"]
    lies = {
        ("sexe", "F"): "beneficiaires_femmes",
        ("ages", "moins_26"): "beneficiaires_moins_26_ans",
        ("ages", "50_plus"): "beneficiaires_50_ans_et_plus",
        ("niveaux", "aucun"): "beneficiaires_sans_qualification",
        ("publics", "RSA"): "beneficiaires_rsa",
        ("publics", "DELD"): "beneficiaires_deld",
        ("publics", "RQTH"): "beneficiaires_th",
        ("publics", "QPV"): "beneficiaires_qpv",
        ("publics", "JEUNE_SQ"): JEUNES_SQ,
    }
    for (repartition, part), chiffre in lies.items():
        for lue in publiees["repartitions"][repartition]["parts"]:
            if lue["cle"] == part:
                du_chiffre = chiffres[chiffre]["valeur"], chiffres[chiffre]["precedente"]
                assert (lue["valeur"], lue["precedente"]) == du_chiffre
    quartiers = publiees["repartitions"]["quartiers"]
    assert quartiers["total"] == chiffres["beneficiaires_qpv"]["valeur"]


@given(annees(plafond=7))
@settings(max_examples=250, deadline=None)
def test_le_tableau_croise_des_jeunes_sans_qualification_ne_se_deduit_pas(annee):
    """L'attaquant essaie tous les croisements compatibles avec les âges, les niveaux et le « dont »."""
    chiffres = masquer(profil((annee, annee)))["chiffres"]
    total = annee["chiffres"]["beneficiaires"]
    if total < 5:
        return
    lus = [
        chiffres[cle]["valeur"] for cle in ("beneficiaires_moins_26_ans", "beneficiaires_sans_qualification", JEUNES_SQ)
    ]

    def compatible(valeur, texte):
        return valeur == texte if not isinstance(texte, str) else (valeur in PETITS or texte == MASQUE)

    croisements = [
        (js, m - js, s - js, total - m - s + js)
        for m in range(total + 1)
        for s in range(total + 1)
        for js in range(max(0, m + s - total), min(m, s) + 1)
        if all(compatible(v, t) for v, t in zip((m, s, js), lus, strict=True))
    ]
    m, s, js = (
        annee["chiffres"][cle] for cle in ("beneficiaires_moins_26_ans", "beneficiaires_sans_qualification", JEUNES_SQ)
    )
    vrai = (js, m - js, s - js, total - m - s + js)
    assert vrai in croisements
    for rang, case in enumerate(vrai):
        assert case not in PETITS or len({croisement[rang] for croisement in croisements}) > 1


@given(annees(), annees(), annees())
@settings(max_examples=150, deadline=None)
def test_le_masque_d_une_annee_est_le_meme_dans_le_bilan_suivant(avant, annee, apres):
    """Deux bilans qui se suivent ne se complètent pas : l'année d'avant y est masquée comme dans le sien."""
    le_sien, suivant = masquer(profil((annee, avant))), masquer(profil((apres, annee)))
    for cle in (*annee["chiffres"], "heures_qpv"):
        assert le_sien["chiffres"][cle]["valeur"] == suivant["chiffres"][cle]["precedente"]
    for cle in DE_PERSONNES:
        siennes = {part["cle"]: part["valeur"] for part in le_sien["repartitions"][cle]["parts"]}
        for part in suivant["repartitions"][cle]["parts"]:
            assert siennes.get(part["cle"], part["precedente"]) == part["precedente"]


@given(annees(), annees())
@settings(max_examples=150, deadline=None)
def test_ni_l_ordre_ni_la_presence_des_lignes_ne_trahissent(annee, avant):
    publiees = masquer(profil((annee, avant)))
    for cle in ("publics", "quartiers"):
        parts = publiees["repartitions"][cle]["parts"]
        rang = next((rang for rang, part in enumerate(parts) if isinstance(part["valeur"], str)), len(parts))
        cachees = [part["libelle"] for part in parts[rang:]]
        assert all(isinstance(part["valeur"], str) for part in parts[rang:])
        assert cachees == sorted(cachees)
    for cle in ("niveaux", "publics", "quartiers"):
        repartition = publiees["repartitions"][cle]
        if isinstance(repartition["total"], str):
            assert all(part["precedente"] for part in repartition["parts"])


@given(annees(), annees())
@settings(max_examples=150, deadline=None)
def test_les_heures_d_un_quartier_cache_ne_se_soustraient_pas(annee, avant):
    publiees = masquer(profil((annee, avant)))
    cachees = [part for part in publiees["repartitions"]["quartiers"]["parts"] if isinstance(part["heures"], str)]
    assert len(cachees) != 1 or isinstance(publiees["chiffres"]["heures_qpv"]["valeur"], str)


def test_le_seul_quartier_qui_reste_ne_se_lit_pas_comme_le_tout():
    """Quatre habitants dans chaque quartier, aucun et cinq l'année d'avant : une ligne s'en va, le total des heures aussi."""
    annee, avant = (annees_de(js=0, autres=30), annees_de(js=0, autres=30))
    annee |= {"quartiers": {"QN1": 4, "QN2": 4}, "heures": [482, 361]}
    avant |= {"quartiers": {"QN1": 5, "QN2": 0}, "heures": [600, 0]}
    annee["chiffres"]["beneficiaires_qpv"], avant["chiffres"]["beneficiaires_qpv"] = 8, 5
    publiees = masquer(profil((annee, avant)))
    quartiers = publiees["repartitions"]["quartiers"]
    assert [(part["cle"], part["valeur"], part["heures"]) for part in quartiers["parts"]] == [("QN1", MASQUE, MASQUE)]
    assert publiees["chiffres"]["beneficiaires_qpv"]["valeur"] == 8
    heures = publiees["chiffres"]["heures_qpv"]
    assert (heures["valeur"], heures["precedente"]) == (MASQUE, 600)
    suivant = masquer(profil((avant, annee)))  # l'année d'après la redit masquée
    assert suivant["chiffres"]["heures_qpv"]["precedente"] == MASQUE


def test_un_croisement_trop_serre_ne_laisse_pas_lire_moins_de_cinq():
    """10 jeunes, 10 sans qualification, 16 personnes : au moins 4 jeunes sans qualification, « < 5 » dirait donc 4."""
    annee = annees_de(js=4, autres=0) | {
        "ages": {"moins_26": 10, "26_49": 6, "50_plus": 0},
        "niveaux": {"aucun": 10, "3": 6},
        "sexe": {"F": 8, "H": 8},
        "quartiers": {"QN1": 0, "QN2": 0},
        "heures": [0, 0],
    }
    annee["chiffres"] |= {
        "beneficiaires": 16,
        "beneficiaires_qpv": 0,
        "beneficiaires_moins_26_ans": 10,
        "beneficiaires_sans_qualification": 10,
    }
    chiffres = masquer(profil((annee, annee)))["chiffres"]
    assert chiffres["beneficiaires_moins_26_ans"]["valeur"] == 10
    assert chiffres[JEUNES_SQ]["valeur"] == MASQUE


def test_sous_cinq_beneficiaires_il_n_y_a_plus_de_croisement():
    annee = annees_de(js=1, autres=2)
    publiees = masquer(profil((annee, annee)))
    chiffres = publiees["chiffres"]
    assert chiffres["beneficiaires"]["valeur"] == chiffres["beneficiaires_femmes"]["valeur"] == PETIT
    assert (chiffres["contrats"]["valeur"], chiffres["heures_qpv"]["valeur"]) == (MASQUE, MASQUE)
    assert publiees["repartitions"]["quartiers"]["parts"] == []
    assert {part["valeur"] for part in publiees["repartitions"]["ages"]["parts"]} == {PETIT}


def annees_de(*, js: int, autres: int) -> dict:
    total = js + autres
    chiffres = dict.fromkeys(
        [cle for cle in donnees_2018()["chiffres"] if cle.startswith("beneficiaires")] + ["contrats"], 0
    ) | {"beneficiaires": total, JEUNES_SQ: js, "contrats": total, "beneficiaires_qpv": 1}
    return {
        "chiffres": chiffres,
        "sexe": {"F": 0, "H": total},
        "ages": {"moins_26": js, "26_49": autres, "50_plus": 0},
        "niveaux": {"aucun": js, "3": autres},
        "publics": {"JEUNE_SQ": js},
        "quartiers": {"QN1": 1, "QN2": 0},
        "heures": [300.0, 0],
    }


def test_la_fiche_2018_ne_perd_rien_d_inutile():
    """Rien de petit, rien de masqué : un grand effectif se lit tel quel."""
    donnees = donnees_2018()
    for cle in ("publics", "niveaux"):
        donnees["repartitions"][cle]["parts"] = donnees["repartitions"][cle]["parts"][:3]
    donnees["repartitions"]["quartiers"]["total"] = donnees["chiffres"]["beneficiaires_qpv"]["valeur"]
    publiees = masquer(copy.deepcopy(donnees))
    assert publiees["chiffres"]["beneficiaires_rsa"] == donnees["chiffres"]["beneficiaires_rsa"]
    assert publiees["repartitions"]["ages"] == donnees["repartitions"]["ages"]


def test_masquer_ne_touche_pas_a_ses_donnees_et_se_rejoue():
    donnees = donnees_2018()
    avant = copy.deepcopy(donnees)
    publiees = masquer(donnees)
    assert donnees == avant
    assert masquer(publiees) == publiees


@pytest.mark.parametrize("total", [0, None])
def test_une_annee_sans_personne_n_a_rien_a_masquer(total):
    donnees = donnees_2018()
    for chiffre in donnees["chiffres"].values():
        chiffre["precedente"] = total
    publiees = masquer(donnees)
    assert {chiffre["precedente"] for chiffre in publiees["chiffres"].values()} == {total}
