"""La projection d'un engagement : ses histoires, ses propriétés, et ce qu'elle vaut sur des engagements finis."""

import datetime
from dataclasses import replace
from decimal import Decimal as D

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marches.avancement import heures_attendues
from pronostic.enums import Pronostic
from pronostic.evaluation import EngagementFini, evaluer, rejouer, vu_le
from pronostic.projection import ContratSigne, Execution, personnes_a_embaucher, projeter
from pronostic.trajectoire import trajectoire
from socle.periodes import ajouter_mois, dernier_jour, premier_jour

JANVIER, DECEMBRE = datetime.date(2026, 1, 1), datetime.date(2026, 12, 31)
GRAVITE = list(Pronostic)


def mois(rang: int) -> datetime.date:
    return datetime.date(2026, rang, 1)


def annee(dues, *heures, **plus) -> Execution:
    """Une exécution de l'année 2026 dont les premiers mois ont ces heures."""
    validees = {mois(rang): D(h) for rang, h in enumerate(heures, start=1)}
    return Execution(dues=D(dues), debut=JANVIER, fin=DECEMBRE, validees=validees, **plus)


def ecrite(projection) -> str:
    return projection.phrase.replace("\u202f", " ").replace("\u00a0", " ")


# --- Les histoires -----------------------------------------------------------------------------------------------
def test_histoire_11_il_manquera_des_heures_et_la_phrase_dit_combien():
    """Objectif 1 181 h, 1 000 faites à la fin d'octobre, un rythme qui tombe."""
    projection = projeter(annee(1181, *[120] * 8, 20, 20), datetime.date(2026, 11, 10))
    assert (projection.faites, projection.dues) == (1000, 1181)
    assert projection.rythme == 53  # 120, 20, 20
    assert projection.a_la_fin == 1107
    assert ecrite(projection).startswith("1 000 h sur 1 181, 1 016 attendues à ce jour ; à ce rythme 1 107 h à la fin,")
    assert ecrite(projection).endswith("il manquerait 74 h ≈ 1 personne")
    assert projection.pronostic is Pronostic.A_SURVEILLER


def test_histoire_12_le_double_n_alerte_pas():
    projection = projeter(annee(71500, *[13000] * 11), datetime.date(2026, 12, 5))
    assert projection.pronostic is Pronostic.ATTEINT
    assert (projection.manque, projection.besoin) == (0, "")
    assert ecrite(projection) == "143 000 h sur 71 500 (200 %) : engagement tenu"


def test_rouge_seulement_si_meme_le_haut_manque():
    au_point_mort = projeter(annee(1000, 100, 100, 100, 0, 0, 0, 0, 0, 0), datetime.date(2026, 10, 15))
    assert au_point_mort.pronostic is Pronostic.EN_PERIL
    assert au_point_mort.haut < au_point_mort.dues
    un_peu_court = projeter(annee(1000, *[81] * 9), datetime.date(2026, 10, 15))
    assert un_peu_court.a_la_fin < 1000 <= un_peu_court.haut
    assert un_peu_court.pronostic is Pronostic.A_SURVEILLER


def test_en_bonne_voie_au_rythme_du():
    projection = projeter(annee(1000, *[90] * 6), datetime.date(2026, 7, 10))
    assert (projection.a_la_fin, projection.manque) == (1080, 0)
    assert projection.pronostic is Pronostic.BONNE_VOIE
    assert projection.bas <= 1000 <= projection.haut


def test_trop_tot_sans_mois_ni_contrat():
    assert projeter(annee(1000, 20), datetime.date(2026, 2, 20)).pronostic is Pronostic.TROP_TOT
    signe = annee(1000, 20, contrats=(ContratSigne(datetime.date(2026, 2, 1), DECEMBRE, D(35)),))
    projection = projeter(signe, datetime.date(2026, 2, 20))
    assert projection.pronostic is Pronostic.BONNE_VOIE


def test_deux_mois_sans_rien_ne_suffisent_pas_a_condamner_un_an():
    assert projeter(annee(1000, 0, 0), datetime.date(2026, 3, 5)).pronostic is not Pronostic.BONNE_VOIE
    assert projeter(annee(1000, 0), datetime.date(2026, 2, 5)).pronostic is Pronostic.TROP_TOT


# --- Les contrats, les mois inconnus, les suspensions ----------------------------------------------------------------
def test_un_contrat_signe_donne_un_plancher_puis_le_rythme_reprend():
    """Rien de fait depuis huit mois, mais une embauche à 35 h jusqu'à fin octobre."""
    sans = projeter(annee(1000, *[0] * 8), datetime.date(2026, 9, 1))
    contrat = ContratSigne(datetime.date(2026, 9, 1), datetime.date(2026, 10, 31), D(35))
    avec = projeter(annee(1000, *[0] * 8, contrats=(contrat,)), datetime.date(2026, 9, 1))
    assert sans.a_la_fin == 0
    assert avec.a_la_fin == 268  # 61 jours à 35 h par semaine, 88 % de présence ; rien ensuite, le rythme est nul


def test_un_mois_pas_encore_declare_n_est_ni_zero_ni_rien():
    le = datetime.date(2026, 9, 20)
    zero = projeter(annee(1000, *[90] * 7, 0), le)
    inconnu = projeter(annee(1000, *[90] * 7, mois_attendus=frozenset({mois(8)})), le)
    assert inconnu.rythme == 90
    assert inconnu.a_la_fin == 90 * 12
    assert zero.a_la_fin < inconnu.a_la_fin
    # Au-delà de deux mois, ce silence est un zéro.
    tard = projeter(annee(1000, *[90] * 7, mois_attendus=frozenset({mois(8)})), datetime.date(2026, 12, 20))
    assert tard.a_la_fin == projeter(annee(1000, *[90] * 7, 0), datetime.date(2026, 12, 20)).a_la_fin


def test_les_heures_declarees_comptent_dans_la_projection_pas_dans_le_fait():
    projection = projeter(annee(1000, *[90] * 5, declarees={mois(6): D(90)}), datetime.date(2026, 7, 3))
    assert (projection.faites, projection.declarees, projection.a_la_fin) == (450, 90, 1080)
    assert "450 h sur 1 000 et 90 à valider" in ecrite(projection)


def test_les_mois_suspendus_ne_comptent_pas():
    arret = ((datetime.date(2026, 4, 1), datetime.date(2026, 6, 30)),)
    suspendu = annee(900, 100, 100, 100, 0, 0, 0, 100, 100, suspensions=arret)
    projection = projeter(suspendu, datetime.date(2026, 9, 1))
    assert (projection.rythme, projection.mois_connus, projection.a_la_fin) == (100, 5, 900)
    assert heures_attendues(D(900), JANVIER, DECEMBRE, datetime.date(2026, 6, 30), arret) == heures_attendues(
        D(900), JANVIER, DECEMBRE, datetime.date(2026, 3, 31), arret
    )


def test_suspendu_on_ne_condamne_pas():
    arret = ((datetime.date(2026, 9, 1), None),)
    projection = projeter(annee(1000, *[10] * 8, suspensions=arret), datetime.date(2026, 10, 15))
    assert (projection.suspendue, projection.pronostic) == (True, Pronostic.TROP_TOT)
    assert "la projection reprendra" in projection.phrase


def test_apres_la_fin_il_manque_ce_qui_manque():
    projection = projeter(annee(1000, *[75] * 12), datetime.date(2027, 3, 15))
    assert (projection.pronostic, projection.jours, projection.a_la_fin) == (Pronostic.EN_PERIL, 0, 900)
    assert ecrite(projection) == "900 h sur 1 000, exécution finie : il manque 100 h"


@pytest.mark.parametrize(
    ("manque", "jours", "personnes"),
    [(61, 60, 1), (D(265), 60, 2), (0, 60, 0), (0, 0, 0), (61, 6, None), (1000, 7, 33)],
)
def test_combien_de_personnes(manque, jours, personnes):
    """Une personne à temps plein fait 30,8 h par semaine, absences déduites."""
    assert personnes_a_embaucher(D(manque), jours) == personnes


def test_la_courbe_part_du_fait_et_finit_a_la_projection():
    execution, le = annee(1000, *[70] * 6), datetime.date(2026, 7, 10)
    points, projection = trajectoire(execution, le), projeter(execution, le)
    assert [p.faites for p in points[:6]] == [70, 140, 210, 280, 350, 420]
    assert points[5].projetees == 420 and points[6].faites is None
    assert (points[-1].bas, points[-1].projetees, points[-1].haut) == (
        projection.bas,
        projection.a_la_fin,
        projection.haut,
    )
    assert points[-1].attendues == 1000
    # Juin n'est pas encore déclaré : la courbe du fait s'arrête à mai.
    attendu = annee(1000, *[70] * 5, mois_attendus=frozenset({mois(6)}))
    assert [p.faites for p in trajectoire(attendu, le)][4:6] == [350, None]


# --- Les propriétés ----------------------------------------------------------------------------------------------
HEURES = st.integers(0, 400).map(D)


@st.composite
def executions(draw) -> tuple[Execution, datetime.date]:
    debut = draw(st.dates(datetime.date(2024, 1, 1), datetime.date(2026, 1, 1)))
    fin = debut + datetime.timedelta(days=draw(st.integers(20, 900)))
    suspensions = ()
    if draw(st.booleans()):
        du = debut + datetime.timedelta(days=draw(st.integers(0, 300)))
        suspensions = ((du, draw(st.none() | st.just(du + datetime.timedelta(days=draw(st.integers(0, 120)))))),)
    le = debut + datetime.timedelta(days=draw(st.integers(-30, 950)))
    contrats = draw(
        st.lists(
            st.builds(
                lambda jour, duree, semaine: ContratSigne(
                    debut + datetime.timedelta(days=jour),
                    None if duree is None else debut + datetime.timedelta(days=jour + duree),
                    semaine,
                ),
                st.integers(0, 600),
                st.none() | st.integers(1, 300),
                st.none() | st.integers(5, 40).map(D),
            ),
            max_size=3,
        )
    )
    passes = [m for rang in range(31) if (m := ajouter_mois(premier_jour(debut), rang)) <= min(premier_jour(le), fin)]
    return Execution(
        dues=D(draw(st.integers(0, 6000))),
        debut=debut,
        fin=fin,
        validees={m: draw(HEURES) for m in passes},
        declarees={m: draw(HEURES) for m in passes[-1:] if draw(st.booleans())},
        contrats=tuple(contrats),
        suspensions=suspensions,
    ), le


@given(executions())
@settings(max_examples=300, deadline=None)
def test_l_intervalle_contient_la_projection_et_rien_n_est_negatif(cas):
    execution, le = cas
    projection = projeter(execution, le)
    assert 0 <= projection.bas <= projection.a_la_fin <= projection.haut
    assert projection.a_la_fin >= int(projection.faites)
    assert min(projection.manque, projection.jours, projection.attendues, projection.rythme) >= 0
    assert projection.attendues <= projection.dues
    assert projection == projeter(execution, le)
    assert projection.phrase


@given(executions())
@settings(max_examples=300, deadline=None)
def test_ce_qui_est_fait_n_est_jamais_rouge(cas):
    execution, le = cas
    projection = projeter(replace(execution, dues=sum(execution.validees.values(), D(0))), le)
    assert projection.pronostic is Pronostic.ATTEINT


@given(executions(), st.data())
@settings(max_examples=600, deadline=None)
def test_une_heure_de_plus_n_assombrit_jamais(cas, data):
    execution, le = cas
    if not execution.validees:
        return
    ou = data.draw(st.sampled_from(sorted(execution.validees)))
    plus = {**execution.validees, ou: execution.validees[ou] + data.draw(st.integers(1, 500))}
    avant, apres = projeter(execution, le), projeter(replace(execution, validees=plus), le)
    assert GRAVITE.index(apres.pronostic) >= GRAVITE.index(avant.pronostic) or Pronostic.TROP_TOT in (
        avant.pronostic,
        apres.pronostic,
    )
    assert apres.haut >= avant.haut
    assert apres.a_la_fin >= avant.a_la_fin


@given(executions())
@settings(max_examples=150, deadline=None)
def test_un_mois_suspendu_ne_change_rien_au_rythme(cas):
    """Effacer les heures d'un mois entièrement suspendu ne change pas le rythme : ce mois n'est pas regardé."""
    execution, le = cas
    arrets = execution.arrets(le)
    vides = {
        m: D(0) if any(du <= m and dernier_jour(m) <= au for du, au in arrets) else h
        for m, h in execution.validees.items()
    }
    assert projeter(replace(execution, validees=vides), le).rythme == projeter(execution, le).rythme


def test_l_intervalle_s_ouvre_avec_les_mois_qui_restent():
    """Des heures dues hors de portée : l'élan de la fin n'y joue pas."""
    largeurs = []
    for fin_le in (4, 8, 12, 18):
        execution = replace(annee(9000, 80, 100, 60, 90), fin=ajouter_mois(DECEMBRE, fin_le - 12))
        projection = projeter(execution, datetime.date(2026, 5, 3) if fin_le > 4 else datetime.date(2026, 4, 30))
        largeurs.append(projection.haut - projection.bas)
    assert largeurs == sorted(largeurs) and largeurs[0] < largeurs[-1]


# --- Ce qui se rejoue ---------------------------------------------------------------------------------------------
def test_rejouer_n_utilise_que_ce_qui_etait_connu():
    rompu = ContratSigne(mois(9), datetime.date(2026, 11, 15), D(35), fin_annoncee=DECEMBRE)
    futur = ContratSigne(mois(12), DECEMBRE, D(35))
    execution = annee(1000, *[50] * 12, contrats=(rompu, futur))
    fini = EngagementFini(execution, avenants=((datetime.date(2026, 12, 1), D(200)),))
    vue = vu_le(fini, datetime.date(2026, 10, 31))
    assert vue.dues == 800
    assert max(vue.validees) == mois(9)
    assert [c.fin for c in vue.contrats] == [DECEMBRE]
    assert fini.est_manque
    assert rejouer(fini, 2).le == datetime.date(2026, 10, 31)
    assert rejouer(fini, 24) is None


def test_rien_a_rejouer_ne_se_divise_pas():
    evaluation = evaluer([], 2)
    assert (evaluation.engagements, evaluation.rappel, evaluation.erreur_mediane) == (0, None, None)


def test_une_projection_demesuree_dit_seulement_que_ce_sera_fait():
    """Un gros mois ne promet pas à l'entreprise trois fois ce qu'elle doit."""
    projection = projeter(annee(1720, *[330] * 5), datetime.date(2026, 6, 10))
    assert projection.demesuree and projection.a_la_fin > 3000
    assert ecrite(projection).endswith("à ce rythme, les 1 720 h seront faites avant la fin")


def test_au_dela_de_toute_mesure_le_haut_ne_se_dit_pas():
    """Plusieurs contrats à temps plein promettent trois fois le dû : la phrase ne montre aucun de ces nombres."""
    contrats = tuple(ContratSigne(mois(5), DECEMBRE, D(35)) for _ in range(6))
    projection = projeter(annee(1720, 400, 400, 400, 400, 54, contrats=contrats), datetime.date(2026, 6, 10))
    assert projection.haut > 3 * projection.dues
    assert ecrite(projection).endswith("à ce rythme, les 1 720 h seront faites avant la fin")
    large = replace(projection, a_la_fin=D(1650), bas=D(1600), manque=D(70), personnes=1)
    assert "à ce rythme 1 650 h à la fin, entre 1 600 et plus de 2 580" in ecrite(large)
