"""Les sept formules : les exemples publiés, les histoires du domaine, et ce qui doit rester vrai pour toute valeur."""

import io
import json
from decimal import Decimal as D
from fractions import Fraction

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from marches.calcul import (
    ValeurRefusee,
    arrondir_heures,
    avec_montant,
    calculer,
    delta_proportionnel,
    repartir,
)
from marches.enums import Arrondi, Formule


def mo(montant, part, taux, cout, arrondi=Arrondi.PLUS_PROCHE):
    valeurs = {"montant": D(montant), "part_main_oeuvre": D(part), "taux": D(taux), "cout_horaire": D(cout)}
    return calculer(Formule.MO_TAUX_COUT, valeurs, arrondi)


def tranche(facture, seuil="2700000", pas="2000"):
    return calculer(Formule.TRANCHE_EURO, {"facture": D(facture), "seuil": D(seuil), "euros_par_heure": D(pas)}).heures


@pytest.mark.parametrize(
    ("valeurs", "exactes", "heures", "par_exces"),
    [
        (("1200000", "45", "7", "32"), "1181.25", 1181, 1182),  # histoire 1
        (("1000000", "50", "5", "30"), "833.33", 833, 834),  # histoire 2, publiée
        (("850000", "60", "7", "38"), "939.47", 939, 940),
        (("400000", "80", "10", "25"), "1280.00", 1280, 1280),
        (("96000", "85", "10", "24"), "340.00", 340, 340),
    ],
)
def test_part_de_main_d_oeuvre(valeurs, exactes, heures, par_exces):
    resultat = mo(*valeurs)
    assert (f"{resultat.exactes:.2f}", resultat.heures) == (exactes, heures)
    assert mo(*valeurs, arrondi=Arrondi.SUPERIEUR).heures == par_exces


def lisibles(etapes) -> list[str]:
    return [etape.replace("\u202f", " ").replace("\u00a0", " ") for etape in etapes]


def test_le_calcul_s_ecrit_comme_on_le_ferait_a_la_main():
    assert lisibles(mo("1200000", "45", "7.5", "32").etapes) == [
        "1 200 000 € × 45 % = 540 000 € de main-d'œuvre",
        "540 000 € × 7,5 % = 40 500 € réservés à l'insertion",
        "40 500 € ÷ 32 € par heure = 1 265,63 h",
        "À l'heure la plus proche : 1 266 h",
    ]
    assert len(mo("400000", "80", "10", "25").etapes) == 3  # le compte est rond : rien à arrondir


def test_histoire_3_les_heures_de_main_d_oeuvre():
    valeurs = {"montant": D(1500000), "part_main_oeuvre": D(70), "cout_horaire": D(30), "taux": D(10)}
    resultat = calculer(Formule.HEURES_MO, valeurs)
    assert resultat.heures == 3500
    assert "35 000 h de main-d'œuvre" in resultat.etapes[0].replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize(("facture", "heures"), [("2699999.99", 0), ("2701999", 0), ("2702000", 1), ("4000000", 650)])
def test_histoire_4_une_heure_par_tranche_d_euros(facture, heures):
    assert tranche(facture) == heures


def test_histoire_5_plusieurs_lots_s_arrondissent_un_par_un():
    lots = [("620000", "45", "5"), ("180000", "70", "7"), ("140000", "50", "5"), ("95000", "65", "10")]
    heures = [mo(*lot, "35").heures for lot in lots]
    assert heures == [399, 252, 100, 176]
    assert sum(heures) == 927


def test_histoire_6_un_avenant_propose_la_difference():
    assert f"{mo('1350000', '45', '7', '32').exactes:.2f}" == "1328.91"
    assert mo("1350000", "45", "7", "32").heures - mo("1200000", "45", "7", "32").heures == 148
    assert delta_proportionnel(D(1181), D(1200000), D(150000), Arrondi.PLUS_PROCHE) == 148


def test_histoire_7_les_tranches_s_arrondissent_ensemble():
    ferme, optionnelle = mo("800000", "45", "7", "32"), mo("400000", "45", "7", "32")
    assert ferme.heures == 788
    assert arrondir_heures(ferme.exactes + optionnelle.exactes) == 1181
    assert ferme.heures + optionnelle.heures == 1182


def test_histoire_8_le_cumul_des_bons_de_commande():
    assert tranche("124000", seuil="0") == 62
    assert tranche("62500", seuil="0") + tranche("61500", seuil="0") == 61


def test_histoire_9_les_heures_de_l_anru():
    def part(travaillees, taux):
        return calculer(Formule.PCT_HEURES, {"heures_travaillees": D(travaillees), "taux": D(taux)}).heures

    assert (part(42000, 5), part(8000, 10)) == (2100, 800)


def test_histoire_10_la_reprise_de_personnel():
    valeurs = {"heures_travaillees": D(10000), "part_reprise": D(80), "taux": D(10)}
    assert calculer(Formule.REPRISE_PERSONNEL, valeurs).heures == 200


def test_emplois_et_forfait():
    assert calculer(Formule.ETP, {"etp": D("1.5"), "heures_par_etp": D(1607)}).heures == 2411
    assert calculer(Formule.FORFAIT, {"heures": D(245)}).heures == 245


@pytest.mark.parametrize(
    ("changement", "parametre"),
    [
        ({"montant": None}, "montant"),
        ({"montant": D(-1)}, "montant"),
        ({"part_main_oeuvre": D("100.01")}, "part_main_oeuvre"),
        ({"cout_horaire": D(0)}, "cout_horaire"),
        ({"taux": D("NaN")}, "taux"),
    ],
)
def test_une_valeur_impossible_se_dit(changement, parametre):
    valeurs = {"montant": D(1), "part_main_oeuvre": D(1), "taux": D(1), "cout_horaire": D(1), **changement}
    with pytest.raises(ValeurRefusee) as refus:
        calculer(Formule.MO_TAUX_COUT, valeurs)
    assert refus.value.parametre == parametre
    assert str(refus.value) == refus.value.motif


def test_une_valeur_au_bord_est_permise():
    assert mo(1000, 100, 100, "0.01").heures == 100000
    assert calculer(Formule.ETP, {"etp": D(100000), "heures_par_etp": D(3000)}).heures == 300000000
    assert (
        calculer(
            Formule.REPRISE_PERSONNEL, dict.fromkeys(("heures_travaillees", "part_reprise", "taux"), D(100))
        ).heures
        == 0
    )


@pytest.mark.parametrize(
    ("formule", "valeurs"),
    [
        (Formule.ETP, {"etp": D(1), "heures_par_etp": D(0)}),
        (Formule.ETP, {"etp": D(1), "heures_par_etp": D(3001)}),
        (Formule.ETP, {"etp": D(100001), "heures_par_etp": D(1607)}),
        (Formule.TRANCHE_EURO, {"facture": D(1), "seuil": D(0), "euros_par_heure": D(0)}),
        (Formule.TRANCHE_EURO, {"facture": D(10**12), "seuil": D(0), "euros_par_heure": D(1)}),
        (Formule.TRANCHE_EURO, {"facture": D(1), "seuil": D(10**12), "euros_par_heure": D(1)}),
        (Formule.PCT_HEURES, {"heures_travaillees": D(10**9), "taux": D(1)}),
        (Formule.FORFAIT, {"heures": D(10**8)}),
        (Formule.MO_TAUX_COUT, {"montant": D(10**12), "part_main_oeuvre": D(1), "taux": D(1), "cout_horaire": D(1)}),
    ],
)
def test_une_valeur_au_dela_du_bord_est_refusee(formule, valeurs):
    with pytest.raises(ValeurRefusee):
        calculer(formule, valeurs)


def test_seule_une_formule_qui_part_d_un_montant_en_change():
    assert avec_montant(Formule.PCT_HEURES, {"heures_travaillees": D(1), "taux": D(1)}, D(5)) is None
    assert avec_montant(Formule.HEURES_MO, {"montant": D(1), "taux": D(7)}, D(5)) == {"montant": D(5), "taux": D(7)}


def test_une_repartition_suit_les_poids_meme_petits_et_le_premier_porte_tout_sans_poids():
    assert repartir(D(10), {7: D("0.5"), 8: D("0.5")}) == {7: 5, 8: 5}
    assert repartir(D(10), {7: D("0.3"), 8: D("0.7")}) == {7: 3, 8: 7}
    assert repartir(D(11), {7: D(1), 8: D(1), 9: D(1)}) == {7: 4, 8: 4, 9: 3}
    assert repartir(D(10), {7: D(0), 8: D(0)}) == {7: 10, 8: 0}
    assert repartir(D(10), {}) == {}


MONTANTS = st.decimals(min_value=0, max_value=10**9, places=2)
TAUX = st.decimals(min_value=0, max_value=100, places=2)
COUTS = st.decimals(min_value=D("0.01"), max_value=500, places=2)


@given(MONTANTS, MONTANTS, TAUX, TAUX, COUTS)
def test_les_heures_montent_avec_le_montant_et_s_ajoutent(a, b, part, taux, cout):
    premier, second, somme = mo(a, part, taux, cout), mo(b, part, taux, cout), mo(a + b, part, taux, cout)
    exact = Fraction(a + b) * Fraction(part) * Fraction(taux) / (10000 * Fraction(cout))
    assert somme.heures == int(exact + Fraction(1, 2))
    assert somme.heures >= max(premier.heures, second.heures)
    # En fractions : l'addition de deux Decimal arrondirait à 28 chiffres, plus gros que l'écart cherché.
    assert abs(Fraction(premier.exactes) + Fraction(second.exactes) - Fraction(somme.exactes)) < Fraction(1, 10**20)
    assert arrondir_heures(premier.exactes + second.exactes) in (somme.heures, somme.heures + 1, somme.heures - 1)
    assert mo(a, part, taux, cout, Arrondi.INFERIEUR).heures <= premier.heures
    assert premier.heures <= mo(a, part, taux, cout, Arrondi.SUPERIEUR).heures


@given(MONTANTS, MONTANTS, COUTS)
def test_le_cumul_donne_au_moins_la_somme_des_bons(a, b, pas):
    ensemble, separes = tranche(a + b, "0", pas), tranche(a, "0", pas) + tranche(b, "0", pas)
    assert separes <= ensemble <= separes + 1


@given(
    st.integers(0, 10**6),
    st.lists(st.decimals(min_value=0, max_value=10**6, places=2), min_size=1, max_size=6),
)
def test_une_repartition_rend_toujours_le_total(total, poids):
    parts = repartir(D(total), dict(enumerate(poids)))
    somme = sum(poids)
    assert sum(parts.values()) == total
    assert all(abs(parts[rang] - D(total) * p / somme) <= 1 for rang, p in enumerate(poids) if somme)


def commande(*arguments) -> dict:
    sortie = io.StringIO()
    call_command("calculer_heures", *arguments, "--format", "json", stdout=sortie)
    return json.loads(sortie.getvalue())


@pytest.mark.parametrize(
    ("arguments", "attendu"),
    [
        (
            "--formule mo_taux_cout --montant 1000000 --part-main-oeuvre 50 --taux 5 --cout-horaire 30",
            {"heures_exactes": "833.33", "heures": 833},
        ),
        (
            "--formule mo_taux_cout --montant 1200000 --part-main-oeuvre 45 --taux 7 --cout-horaire 32 --arrondi superieur",
            {"heures_exactes": "1181.25", "heures": 1182},
        ),
        (
            "--formule heures_mo --montant 1500000 --part-main-oeuvre 70 --taux 10 --cout-horaire 30",
            {"heures_exactes": "3500.00", "heures": 3500},
        ),
        ("--formule pct_heures --heures-travaillees 42000 --taux 5", {"heures_exactes": "2100.00", "heures": 2100}),
        ("--formule etp --etp 2 --heures-par-etp 1607", {"heures_exactes": "3214.00", "heures": 3214}),
        (
            "--formule tranche_euro --factures 62500 61500 --seuil 0 --euros-par-heure 2000",
            {"heures_exactes": "62.00", "heures": 62},
        ),
        ("--formule forfait --heures 245", {"heures_exactes": "245.00", "heures": 245}),
        (
            "--formule reprise_personnel --heures-travaillees 10000 --part-reprise 80 --taux 10",
            {"heures_exactes": "200.00", "heures": 200},
        ),
    ],
)
def test_la_commande_rend_le_json_annonce(arguments, attendu):
    assert commande(*arguments.split()) == attendu


def test_la_commande_de_plusieurs_lots(tmp_path):
    fichier = tmp_path / "lots.json"
    lots = [(620000, 45, 5), (180000, 70, 7), (140000, 50, 5), (95000, 65, 10)]
    fichier.write_text(
        json.dumps(
            [
                {"formule": "mo_taux_cout", "montant": m, "part_main_oeuvre": p, "taux": t, "cout_horaire": 35}
                for m, p, t in lots
            ]
        )
    )
    rendu = commande("--lots", str(fichier))
    assert (rendu["heures"], [lot["heures"] for lot in rendu["lots"]]) == (927, [399, 252, 100, 176])


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--formule", "mo_taux_cout", "--montant", "1000"],
        ["--formule", "forfait", "--heures", "-3"],
        ["--formule", "forfait", "--heures", "beaucoup"],
        ["--lots", "/nulle/part.json"],
    ],
)
def test_la_commande_dit_ce_qui_manque(arguments):
    with pytest.raises(CommandError):
        call_command("calculer_heures", *arguments, stdout=io.StringIO())


def test_la_commande_dit_un_taux_tape_comme_une_fraction():
    erreurs, valeurs = io.StringIO(), ("--montant", "1000000", "--cout-horaire", "30", "--taux", "0,07")
    arguments = ("--formule", "mo_taux_cout", *valeurs, "--part-main-oeuvre", "50")
    call_command("calculer_heures", *arguments, stdout=io.StringIO(), stderr=erreurs)
    assert "--taux : lu 0,07" in erreurs.getvalue() and "et non 7" in erreurs.getvalue()
    assert "part-main-oeuvre" not in erreurs.getvalue()
