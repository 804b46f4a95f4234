"""Les contrôles, un par un, à leurs bornes : des signaux avec leurs nombres, jamais un blocage."""

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest

from beneficiaires.enums import VerdictEligibilite
from declarations.controles import Ailleurs, LigneControlee, controler_ligne, controler_mois, jours_ouvres
from declarations.enums import DecisionLigne, Gravite, NatureSignal

JOUR = datetime.date
SAINE = LigneControlee(
    mois=JOUR(2026, 10, 1),
    presence=Decimal(120),
    debut=JOUR(2026, 1, 5),
    fin=None,
    hebdomadaires=Decimal(35),
    dernier_jour_valorisable=JOUR(2028, 1, 4),
    eligibilite=VerdictEligibilite.OUI,
    raison="RSA",
)


def natures(**changes) -> list[str]:
    return [signal.nature for signal in controler_ligne(replace(SAINE, **changes))]


def test_une_ligne_saine_et_une_ligne_a_zero_n_etonnent_pas():
    assert natures() == []
    assert (
        natures(presence=Decimal(0), eligibilite=VerdictEligibilite.NON, dernier_jour_valorisable=JOUR(2020, 1, 1))
        == []
    )


@pytest.mark.parametrize(
    ("changes", "attendues"),
    [
        # octobre 2026 : 22 jours ouvrés, 220 h ; novembre, deux jours fériés : 20 jours, 200 h
        ({"presence": Decimal(220), "hebdomadaires": None}, []),
        ({"presence": Decimal("220.25"), "hebdomadaires": None}, [NatureSignal.TROP_POUR_LE_MOIS]),
        (
            {"presence": Decimal(201), "hebdomadaires": None, "mois": JOUR(2026, 11, 1)},
            [NatureSignal.TROP_POUR_LE_MOIS],
        ),
        # entré le lundi 26 : cinq jours ouvrés, 50 h
        (
            {"presence": Decimal(51), "hebdomadaires": None, "debut": JOUR(2026, 10, 26)},
            [NatureSignal.TROP_POUR_LE_MOIS],
        ),
        # 35 h × 31/7 × 1,25 = 193,75 h
        ({"presence": Decimal("193.75")}, []),
        ({"presence": Decimal(194)}, [NatureSignal.TROP_POUR_LE_CONTRAT]),
        (
            {"presence": Decimal(40), "fin": JOUR(2026, 9, 30)},
            [NatureSignal.HORS_CONTRAT, NatureSignal.TROP_POUR_LE_MOIS],
        ),
        ({"ailleurs": (Ailleurs("Autre", Decimal(100)),)}, []),
        ({"ailleurs": (Ailleurs("Autre", Decimal(101)),)}, [NatureSignal.DEUX_ENTREPRISES]),
        ({"mois_d_avant": Decimal(80)}, []),  # +50 % tout juste
        ({"mois_d_avant": Decimal(79)}, [NatureSignal.SAUT]),
        ({"presence": Decimal(30), "mois_d_avant": Decimal(15)}, []),  # le double, mais 15 h
        ({"presence": Decimal(30), "mois_d_avant": Decimal(120)}, [NatureSignal.SAUT]),
        ({"mois_d_avant": Decimal(20), "debut": JOUR(2026, 9, 15)}, []),  # le premier mois n'était pas entier
        ({"mois_d_avant": Decimal(20), "debut": JOUR(2026, 9, 2)}, []),
        ({"mois_d_avant": Decimal(20), "debut": JOUR(2026, 9, 1)}, [NatureSignal.SAUT]),
        ({"presence": Decimal(30), "mois_d_avant": Decimal(120), "fin": JOUR(2026, 10, 15)}, []),  # ni le dernier
        ({"presence": Decimal(50), "mois_d_avant": Decimal(30)}, []),  # vingt heures tout juste
        ({"presence": Decimal(6), "fin": JOUR(2026, 10, 1)}, []),  # un seul jour est un mois
        ({"dernier_jour_valorisable": JOUR(2026, 10, 31)}, []),
        ({"eligibilite": VerdictEligibilite.NON}, [NatureSignal.SANS_CRITERE]),
        ({"eligibilite": VerdictEligibilite.NON, "motif_consigne": True}, []),
        ({"eligibilite": VerdictEligibilite.A_VERIFIER}, [NatureSignal.SANS_ELIGIBILITE]),
    ],
)
def test_chaque_controle_a_sa_borne(changes, attendues):
    assert natures(**changes) == attendues


def test_la_fin_d_eligibilite_dit_son_jour_et_propose_la_decision():
    """Histoire 16 : dernier jour 09/03/2027, sept jours ouvrés mais neuf jours au plus de 10 h."""
    fin = {"dernier_jour_valorisable": JOUR(2027, 3, 9), "mois": JOUR(2027, 3, 1)}
    (doute,) = controler_ligne(replace(SAINE, **fin, presence=Decimal(60)))
    assert (doute.gravite, doute.decision) == (Gravite.ATTENTION, None) and "09/03/2027" in doute.phrase
    (trop,) = controler_ligne(replace(SAINE, **fin, presence=Decimal(120)))
    assert (trop.gravite, trop.decision) == (Gravite.FORTE, DecisionLigne.PARTIELLE) and "09/03/2027" in trop.motif
    (apres,) = controler_ligne(replace(SAINE, **{**fin, "mois": JOUR(2027, 4, 1)}))
    assert apres.decision == DecisionLigne.REFUSEE and apres.motif == trop.motif


def test_les_plus_graves_d_abord_et_une_phrase_en_francais():
    signaux = controler_ligne(replace(SAINE, mois_d_avant=Decimal(20), ailleurs=(Ailleurs("Bâtir", Decimal(150)),)))
    assert [signal.nature for signal in signaux] == [NatureSignal.DEUX_ENTREPRISES, NatureSignal.SAUT]
    assert "Bâtir" in signaux[0].phrase and "270" in signaux[0].phrase


def test_un_marche_suspendu_se_voit_des_le_mois_ou_il_l_est():
    octobre = JOUR(2026, 10, 1)
    assert controler_mois(octobre, None, False) == () == controler_mois(octobre, JOUR(2026, 11, 1), False)
    (signal,) = controler_mois(octobre, JOUR(2026, 10, 31), False)
    assert signal.nature == NatureSignal.MARCHE_SUSPENDU and "31/10/2026" in signal.phrase


def test_les_jours_ouvres_comptent_les_feries():
    assert jours_ouvres(JOUR(2026, 10, 1), JOUR(2026, 10, 31)) == 22
    assert jours_ouvres(JOUR(2026, 11, 1), JOUR(2026, 11, 30)) == 20  # le 11 est un mercredi ; le 1er, un dimanche
    assert jours_ouvres(JOUR(2026, 11, 2), JOUR(2026, 11, 1)) == 0


def test_le_premier_jour_du_mois_compte_encore():
    (signal,) = controler_ligne(replace(SAINE, dernier_jour_valorisable=JOUR(2026, 10, 1)))
    assert signal.decision == DecisionLigne.PARTIELLE


def test_sans_critere_pese_plus_qu_une_piece_a_voir_et_propose_de_refuser():
    (signal,) = controler_ligne(replace(SAINE, eligibilite=VerdictEligibilite.A_VERIFIER))
    assert (signal.gravite, signal.phrase, signal.decision) == (
        Gravite.ATTENTION,
        "Éligibilité non vérifiée : RSA.",
        None,
    )
    (signal,) = controler_ligne(replace(SAINE, eligibilite=VerdictEligibilite.NON))
    assert (signal.gravite, signal.decision) == (Gravite.FORTE, DecisionLigne.REFUSEE)
    assert signal.phrase == "Non éligible à l'embauche : RSA. Sans motif consigné, ces heures ne comptent pas."


def test_ce_qui_manque_au_mois_entier_se_signale():
    preuve, personnes = controler_mois(JOUR(2026, 10, 1), None, True, 2)
    assert (preuve.nature, preuve.fois) == (NatureSignal.SANS_PREUVE, 1)
    assert (personnes.nature, personnes.fois) == (NatureSignal.A_RATTACHER, 2)
    assert personnes.phrase.replace("\xa0", " ").startswith("2 personnes annoncées à rattacher.")


def test_les_jours_se_comptent_vers_l_avant():
    assert jours_ouvres(JOUR(2026, 11, 10), JOUR(2026, 11, 11)) == 1
