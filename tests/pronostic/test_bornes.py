"""La projection aux bornes : le calendrier au jour près, le rythme, les contrats, l'intervalle recalculé à la main. Pur."""

import datetime
import math
from dataclasses import replace
from decimal import Decimal as D

import pytest

from pronostic.calendrier import MoisDExecution, calendrier
from pronostic.enums import Pronostic
from pronostic.evaluation import EngagementFini, evaluer, rejouer, vu_le
from pronostic.projection import (
    PARAMETRES,
    Allure,
    ContratSigne,
    Execution,
    Projection,
    _heures_des_contrats,
    _mois_a_venir,
    _on_embauche,
    _partager,
    _presence,
    _pronostic,
    _rythme,
    projeter,
    voir,
)
from pronostic.trajectoire import trajectoire

JANVIER, DECEMBRE = datetime.date(2026, 1, 1), datetime.date(2026, 12, 31)
MARS = MoisDExecution(datetime.date(2026, 3, 1), datetime.date(2026, 3, 31), D(1))


def le(texte: str) -> datetime.date:
    return datetime.date.fromisoformat(texte)


def execution(dues=1000, **plus) -> Execution:
    return Execution(**{"dues": D(dues), "debut": JANVIER, "fin": DECEMBRE, **plus})


# --- Les suspensions et le calendrier -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("jour", "suspendue"),
    [("2026-02-28", False), ("2026-03-01", True), ("2026-03-09", True), ("2026-03-10", False)],
)
def test_une_suspension_va_de_son_premier_jour_a_la_veille_de_la_reprise(jour, suspendue):
    bornee = execution(suspensions=((le("2026-03-01"), le("2026-03-10")),))
    assert bornee.est_suspendue(le(jour)) is suspendue
    assert execution(suspensions=((le("2026-03-01"), None),)).est_suspendue(le("2026-12-31"))


@pytest.mark.parametrize(
    ("jour", "arrets"),
    [
        ("2026-02-28", ()),
        ("2026-03-01", (("2026-03-01", "2026-03-01"),)),
        ("2026-03-05", (("2026-03-01", "2026-03-05"),)),
        ("2026-03-10", (("2026-03-01", "2026-03-10"),)),
        ("2026-03-11", (("2026-03-01", "2026-03-10"),)),
    ],
)
def test_un_arret_se_lit_tel_qu_on_le_connait_ce_jour(jour, arrets):
    bornee = execution(suspensions=((le("2026-03-01"), le("2026-03-10")),))
    assert bornee.arrets(le(jour)) == tuple((le(du), le(au)) for du, au in arrets)


def test_chaque_mois_compte_pour_ses_jours():
    mois = calendrier(le("2026-01-20"), le("2026-03-10"), ())
    assert [(rang.mois.month, rang.fin.day) for rang in mois] == [(1, 31), (2, 28), (3, 31)]
    assert [rang.part for rang in mois] == [D(12) / 31, 1, D(10) / 31]
    assert [rang.part for rang in calendrier(le("2026-01-01"), le("2026-02-28"), ())] == [1, 1]
    (seul,) = calendrier(le("2026-03-31"), le("2026-03-31"), ())
    assert seul.part == D(1) / 31


def test_le_mois_en_cours_et_le_silence_sont_a_venir():
    toute = calendrier(JANVIER, DECEMBRE, ())
    silencieuse = execution(
        validees={le("2026-01-01"): D(10)},
        declarees={le("2026-01-01"): D(5)},
        mois_attendus=frozenset({le("2026-02-01"), le("2026-03-01")}),
    )
    connus, a_venir = _partager(silencieuse, toute, le("2026-05-15"))
    assert [rang.mois.month for rang, _ in connus] == [1, 2, 4]  # mars se tait depuis deux mois, février depuis trois
    assert [rang.mois.month for rang, _ in a_venir] == [3, 5, 6, 7, 8, 9, 10, 11, 12]
    assert connus[0][1] == 15
    arretee = (MARS._replace(part=D(0)),)
    assert _partager(silencieuse, arretee, le("2026-05-15")) == ([], [])


# --- Les contrats ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("debut", "fin", "semaine", "heures"),
    [
        ("2026-01-01", None, 35, 155),
        ("2026-01-01", None, None, 155),
        ("2026-01-01", None, 21, 93),
        ("2026-03-31", None, 35, 5),
        ("2026-04-01", None, 35, 0),
        ("2026-01-01", "2026-03-01", 35, 5),
        ("2026-01-01", "2026-02-28", 35, 0),
        ("2026-01-01", "2026-01-31", 35, 0),
        ("2026-06-01", None, 35, 0),
        ("2026-06-01", "2026-08-31", 35, 0),
        ("2026-03-10", "2026-03-16", 35, 35),
        ("2026-01-01", "2026-03-31", 35, 155),
        ("2026-01-01", "2026-04-30", 35, 155),
    ],
)
def test_un_contrat_prevoit_ses_jours_du_mois(debut, fin, semaine, heures):
    contrat = ContratSigne(le(debut), fin and le(fin), semaine and D(semaine))
    assert _heures_des_contrats([contrat], MARS) == heures
    assert _heures_des_contrats([contrat, contrat], MARS) == 2 * heures
    assert _heures_des_contrats([contrat], MARS._replace(part=D("0.5"))) == D(heures) / 2


def mois_a_venir(n=0, deja=0, contrats=(), taux=(100, 100, 100), on_embauche=True, presence="0.8", part=1):
    """Mars, `n` mois après le premier à venir, quand cent heures par mois sont dues."""
    taux = [D(h) for h in taux]
    allure = Allure(sum(taux) / len(taux), taux, D(presence), D(100), on_embauche)
    lu = _mois_a_venir(n, MARS._replace(part=D(part)), D(deja), allure, contrats, PARAMETRES)
    return lu.bas, lu.milieu, lu.haut


def test_un_mois_a_venir_vaut_ses_contrats_puis_le_rythme_qui_les_complete():
    plein, quart = (ContratSigne(JANVIER, None, D(35)),), (ContratSigne(JANVIER, None, D(7)),)
    assert mois_a_venir(contrats=plein) == (93, 124, 124)  # 155 h prévues, 80 % de présence
    assert mois_a_venir(contrats=quart) == (D("18.6"), 100, 100)
    assert mois_a_venir(contrats=quart, taux=(60, 90, 150)) == (D("18.6"), 100, 150)
    assert mois_a_venir(contrats=quart, part="0.5") == (D("9.3"), 50, 50)
    assert mois_a_venir(deja=150, contrats=plein) == (150, 150, 150)
    assert mois_a_venir(deja=110, contrats=plein) == (110, 124, 124)
    # Aucun contrat connu : le moins bon des derniers mois en tient lieu.
    assert mois_a_venir(taux=(60, 90, 150)) == (45, 100, 150)


@pytest.mark.parametrize(("n", "milieu"), [(0, 24.8), (2, 24.8), (3, 49.87), (4, 74.93), (5, 100), (40, 100)])
def test_sans_embauche_le_rythme_ne_revient_qu_apres_trois_mois(n, milieu):
    contrat = (ContratSigne(JANVIER, None, D(7)),)
    bas, lu, haut = mois_a_venir(n, contrats=contrat, on_embauche=False)
    assert (bas, float(lu), haut) == (D("18.6"), pytest.approx(milieu, abs=0.01), 100)


def test_a_l_arret_le_haut_ne_repart_qu_apres_trois_mois_au_rythme_du():
    hauts = [mois_a_venir(n, contrats=(ContratSigne(JANVIER, JANVIER),), taux=(0, 0, 0))[2] for n in range(6)]
    assert hauts[:3] == [0, 0, 0] and hauts[3:] == [pytest.approx(D(h)) for h in (100 / 3, 200 / 3, 100)]


@pytest.mark.parametrize(("debut", "embauche"), [("2026-02-10", False), ("2026-02-11", True), ("2026-06-01", True)])
def test_on_embauche_depuis_un_mois_ou_bientot(debut, embauche):
    assert _on_embauche([ContratSigne(JANVIER, None), ContratSigne(le(debut), None)], le("2026-03-10")) is embauche
    assert _on_embauche([], le("2026-03-10"))


def test_la_presence_part_de_l_usuelle_et_suit_ce_qui_se_constate():
    contrat = [ContratSigne(JANVIER, None, D(35))]
    assert _presence([], []) == D("0.88")
    assert _presence(contrat, [(MARS, D(155))]) == (155 + D("0.88") * 300) / (155 + 300)
    assert _presence(contrat, [(MARS, D(900))]) == 1


@pytest.mark.parametrize(
    ("taux", "rythme"),
    [
        ([10, 20], 15),
        ([0, 10, 80], 30),
    ],
)
def test_le_rythme_est_une_moyenne(taux, rythme):
    assert _rythme([D(h) for h in taux], [], JANVIER, PARAMETRES) == rythme


def test_sans_assez_de_mois_les_contrats_disent_l_allure():
    plein = D(35) * D("0.88") * 52 / 12
    contrats = [ContratSigne(JANVIER, le("2026-03-01"), D(35)), ContratSigne(JANVIER, None)]
    assert _rythme([], contrats, le("2026-03-01"), PARAMETRES) == pytest.approx(2 * plein)
    assert _rythme([], contrats, le("2026-03-02"), PARAMETRES) == plein
    assert _rythme([D(900)], contrats, JANVIER, PARAMETRES) == 900
    assert _rythme([], [], JANVIER, PARAMETRES) == 0


# --- L'intervalle -----------------------------------------------------------------------------------------------------
def test_les_bornes_se_recomptent():
    """Deux mois à venir à 60, 90 puis 120 h : le rythme est de 90 h, pour 100 h dues par mois."""
    heures = (100, 100, 100, 100, 100, 100, 100, 60, 90, 120)
    lue = execution(1200, validees={datetime.date(2026, m, 1): D(h) for m, h in enumerate(heures, start=1)})
    marge = D(2).sqrt() * (D("0.3") * 100 + D("0.15") * 35 * 52 / 12)
    plus = 2 * 120 + marge
    vue = voir(lue, le("2026-11-10"), PARAMETRES)
    assert vue.acquis == 970 and vue.fin_probable(D(1200), 0, PARAMETRES) == (970, 970, 970)
    assert vue.fin_probable(D(1200), 2, PARAMETRES) == (1060, 1150, math.ceil(970 + plus))
    # À portée du dû, l'entreprise se presse d'un cinquième ; au-delà, on n'en attend pas plus.
    assert vue.fin_probable(D(1320), 2, PARAMETRES)[2] == 1320
    assert vue.fin_probable(D(5000), 2, PARAMETRES)[2] == math.ceil(970 + D("1.2") * plus)


def test_une_vue_ne_garde_que_les_trois_derniers_mois_pleins():
    validees = {datetime.date(2026, m, 1): D(m * 10) for m in range(1, 8)}
    vue = voir(execution(1200, validees=validees), le("2026-08-10"), PARAMETRES)
    assert (vue.taux, vue.mois_connus, vue.acquis, vue.rythme) == ([50, 60, 70], 7, 280, 60)
    assert (vue.rythme_du, vue.dernier_connu) == (100, le("2026-07-01"))
    assert len(vue.a_venir) == 5
    courte = execution(debut=le("2026-01-17"), validees={JANVIER: D(10)})
    assert voir(courte, le("2026-02-10"), PARAMETRES).mois_connus == 0  # quinze jours sur trente et un
    assert voir(replace(courte, debut=le("2026-01-16")), le("2026-02-10"), PARAMETRES).mois_connus == 1
    vide = voir(execution(), JANVIER, PARAMETRES)
    assert (vide.dernier_connu, vide.mois_connus) == (None, 0)


def test_le_bas_ne_promet_pas_plus_que_le_du_ni_moins_que_l_acquis():
    validees = {datetime.date(2026, m, 1): D(300) for m in range(1, 4)}
    vue = voir(execution(1000, validees=validees), le("2026-04-01"), PARAMETRES)
    bas, milieu, haut = vue.fin_probable(D(1000), 9, PARAMETRES)
    assert (bas, milieu) == (1000, 3600) and haut > milieu
    assert vue.fin_probable(D(1000), 0, PARAMETRES) == (900, 900, 900)
    lente = voir(execution(1000, validees={m: D(1) for m in validees}), le("2026-04-01"), PARAMETRES)
    assert lente.fin_probable(D(1000), 9, PARAMETRES)[0] == 9  # trois faites, et les trois quarts d'une par mois


# --- Le pronostic ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("jour", "faites", "projetees", "haut", "connus", "attendu"),
    [
        ("2026-06-01", 1000, 0, 0, 0, Pronostic.ATTEINT),
        ("2026-06-01", 999, 1000, 1000, 2, Pronostic.BONNE_VOIE),
        ("2026-06-01", 999, 999, 1000, 2, Pronostic.A_SURVEILLER),
        ("2026-06-01", 0, 900, 999, 2, Pronostic.EN_PERIL),
        ("2026-06-01", 0, 900, 999, 1, Pronostic.TROP_TOT),
        ("2026-12-31", 0, 900, 999, 2, Pronostic.EN_PERIL),
        ("2027-01-01", 0, 900, 999, 0, Pronostic.EN_PERIL),
        ("2027-01-01", 0, 900, 1000, 0, Pronostic.A_SURVEILLER),
    ],
)
def test_le_pronostic_change_a_une_heure_pres(jour, faites, projetees, haut, connus, attendu):
    valeurs = (le(jour), D(faites), D(projetees), D(haut), connus, PARAMETRES)
    assert _pronostic(execution(), *valeurs) is attendu
    if attendu is Pronostic.TROP_TOT:
        signee = execution(contrats=(ContratSigne(JANVIER, None),))
        assert _pronostic(signee, *valeurs) is Pronostic.A_SURVEILLER
    arretee = execution(suspensions=((JANVIER, None),))
    if le(jour) <= DECEMBRE and attendu is not Pronostic.ATTEINT:
        assert _pronostic(arretee, *valeurs) is Pronostic.TROP_TOT


BASE = projeter(execution(validees={JANVIER: D(50), le("2026-02-01"): D(50)}), le("2026-03-10"))


def phrase(**change) -> str:
    return replace(BASE, **change).phrase.replace("\u202f", " ").replace("\xa0", " ")


def test_la_fin_et_ce_qui_se_projette():
    assert not replace(BASE, le=DECEMBRE).finie and replace(BASE, le=le("2027-01-01")).finie
    for pronostic in Pronostic:
        dit = replace(BASE, pronostic=pronostic).se_projette
        assert dit is (pronostic not in (Pronostic.TROP_TOT, Pronostic.ATTEINT))
        assert not replace(BASE, pronostic=pronostic, le=le("2027-01-01")).se_projette


@pytest.mark.parametrize(
    ("manque", "personnes", "impossible", "besoin"),
    [
        (0, None, False, ""),
        (0, 0, False, ""),
        (1, None, True, "1 h, impossibles à faire d'ici la fin, même à temps plein"),
        (61, 1, False, "61 h ≈ 1 personne"),
        (90, 2, False, "90 h ≈ 2 personnes"),
    ],
)
def test_le_besoin_en_heures_et_en_personnes(manque, personnes, impossible, besoin):
    dit: Projection = replace(BASE, manque=D(manque), personnes=personnes)
    assert dit.impossible is impossible
    assert dit.besoin.replace("\xa0", " ").replace("\u202f", " ") == besoin


def test_la_phrase_dit_chaque_cas():
    assert phrase(dues=D(0), faites=D(0)) == "Aucune heure due"
    assert phrase(dues=D(0), faites=D(3)) == "3 h faites, aucune due"
    assert phrase(pronostic=Pronostic.ATTEINT, faites=D(1500)) == "1 500 h sur 1 000 (150 %) : engagement tenu"
    assert phrase(declarees=D(7)).startswith("100 h sur 1 000 et 7 à valider, ")
    assert phrase(le=le("2027-01-01")) == "100 h sur 1 000, exécution finie : il manque 900 h"
    assert phrase(suspendue=True).endswith("; l'exécution est suspendue, la projection reprendra avec elle")
    assert phrase(pronostic=Pronostic.TROP_TOT).endswith("trop peu de mois connus pour dire comment cela finira")
    assert "manquerait" not in phrase(manque=D(0)) and " : il manquerait 61 h" in phrase(manque=D(61), personnes=1)


def test_les_jours_qui_restent_commencent_demain():
    assert projeter(execution(), le("2026-12-30")).jours == 1
    assert projeter(execution(), DECEMBRE).jours == 0
    assert projeter(execution(), le("2025-06-01")).jours == 365
    assert projeter(execution(), le("2027-06-01")).jours == 0


# --- La courbe, et ce qui se rejoue -----------------------------------------------------------------------------------
def test_la_courbe_cumule_le_fait_puis_projette_du_dernier_mois_connu():
    lue = execution(1200, validees={JANVIER: D(100), le("2026-02-01"): D(50)}, declarees={le("2026-02-01"): D(10)})
    points = trajectoire(lue, le("2026-03-10"))
    assert [point.faites for point in points[:3]] == [100, 160, None]
    assert points[0].projetees is None
    assert (points[1].projetees, points[1].bas, points[1].haut) == (160, 160, 160)
    assert points[2].projetees == 240 and points[-1].projetees == 160 + 80 * 10
    assert all(point.bas <= point.projetees <= point.haut for point in points[1:])
    assert points[-1].attendues == 1200
    assert trajectoire(execution(), JANVIER)[0].faites is None


def test_on_ne_rejoue_qu_avec_ce_qui_se_savait():
    avenants = ((le("2026-06-01"), D(100)), (le("2026-06-02"), D(50)))
    rompu = ContratSigne(JANVIER, le("2026-06-02"), D(35), fin_annoncee=DECEMBRE)
    fini = EngagementFini(
        execution(
            1000,
            validees={le("2026-05-01"): D(10), le("2026-06-01"): D(20)},
            declarees={le("2026-05-01"): D(1)},
            contrats=(rompu, replace(rompu, fin=le("2026-06-01")), ContratSigne(le("2026-06-02"), None)),
            suspensions=((le("2026-06-01"), None), (le("2026-06-02"), None)),
        ),
        avenants,
    )
    vu = vu_le(fini, le("2026-06-01"))
    assert (vu.dues, vu.validees, vu.declarees) == (950, {le("2026-05-01"): 10}, {})
    assert [contrat.fin for contrat in vu.contrats] == [DECEMBRE, le("2026-06-01")]
    assert len(vu.suspensions) == 1
    assert (fini.realisees, fini.est_manque) == (30, True)
    assert rejouer(fini, 11).le == le("2026-01-31") and rejouer(fini, 12) is None


def test_une_evaluation_compte_juste():
    tenu = EngagementFini(execution(100, validees={datetime.date(2026, m, 1): D(10) for m in range(1, 13)}))
    rate = EngagementFini(execution(1000, validees={datetime.date(2026, m, 1): D(10) for m in range(1, 13)}))
    sans_du = EngagementFini(execution(0))
    lue = evaluer([tenu, rate, sans_du], 2)
    assert (lue.mois_avant, lue.engagements, lue.manques, lue.signales, lue.signales_a_raison) == (2, 2, 1, 1, 1)
    assert (lue.precision, lue.rappel, lue.fausses_alertes, lue.tenus_signales) == (100, 100, 0, 0)


def fini(dues: int, *heures: int, **plus) -> EngagementFini:
    validees = {datetime.date(2026, rang, 1): D(h) for rang, h in enumerate(heures, start=1)}
    return EngagementFini(execution(dues, validees=validees, **plus))


def test_l_erreur_et_la_couverture_se_recomptent():
    """Au 31 octobre, neuf mois sont connus : à dix heures par mois, on annonce 120 h."""
    juste, sursaut = fini(1000, *[10] * 12), fini(1000, *[10] * 9, 10, 10, 310)
    for un in (juste, sursaut):
        assert rejouer(un, 2).a_la_fin == 120
    assert evaluer([juste], 2).erreur_mediane == 0 and evaluer([juste], 2).couverture_intervalle == 100
    assert evaluer([sursaut], 2).erreur_mediane == 30  # 420 h faites : trois cents de plus, sur mille dues
    assert evaluer([sursaut], 2).couverture_intervalle == 0
    deux = evaluer([juste, sursaut], 2)
    assert (deux.erreur_mediane, deux.couverture_intervalle) == (15, 50)


def test_la_fin_annoncee_au_bord_de_l_intervalle_est_couverte():
    vue = rejouer(fini(1000, *[10] * 12), 2)
    for total, couverture in ((vue.haut, 100), (vue.haut + 1, 0), (vue.bas, 100), (vue.bas - 1, 0)):
        reste = total - 90
        un = fini(1000, *[10] * 9)
        un.execution.validees[datetime.date(2026, 12, 1)] = reste
        assert evaluer([un], 2).couverture_intervalle == couverture, total


def test_tenir_tout_juste_n_est_pas_manquer():
    tout_juste = fini(120, *[10] * 12)
    assert not tout_juste.est_manque and fini(121, *[10] * 12).est_manque
    # Signalé à tort : l'alerte ne voyait que les premiers mois.
    rattrape = fini(1000, *[10] * 9, 0, 0, 910)
    lue = evaluer([rattrape, tout_juste], 2)
    assert (lue.signales, lue.signales_a_raison, lue.manques) == (1, 0, 0)
    assert (lue.precision, lue.rappel, lue.fausses_alertes, lue.tenus_signales) == (0, None, 100, 50)


def test_un_jour_compte_dans_ce_qu_on_savait():
    rompu = ContratSigne(JANVIER, le("2026-06-01"), D(35), fin_annoncee=DECEMBRE)
    sans_annonce = ContratSigne(le("2026-06-01"), le("2026-12-01"), D(35))
    vu = vu_le(EngagementFini(execution(contrats=(rompu, sans_annonce))), le("2026-06-01"))
    assert [contrat.fin for contrat in vu.contrats] == [le("2026-06-01"), le("2026-12-01")]
    arretee = execution(suspensions=((le("2026-06-01"), None), (le("2026-06-02"), None)))
    assert vu_le(EngagementFini(arretee), le("2026-06-01")).suspensions == ((le("2026-06-01"), None),)
    un_mois = EngagementFini(Execution(D(10), le("2026-11-30"), le("2026-12-30")))
    assert rejouer(un_mois, 1) is not None
    assert rejouer(EngagementFini(Execution(D(10), le("2026-12-01"), le("2026-12-30"))), 1) is None


def test_il_ne_manque_rien_a_qui_a_tout_fait_et_ce_qui_manque_sinon():
    assert projeter(fini(100, 100).execution, le("2026-06-01")).manque == 0
    lente = projeter(fini(1000, *[10] * 9).execution, le("2026-10-31"))
    assert lente.manque == 880  # 120 h annoncées sur 1 000
    assert projeter(fini(100, *[10] * 9).execution, le("2026-10-31")).manque == 0


def test_les_parts_ramenent_a_un_mois_plein():
    courte = execution(debut=le("2026-01-16"), validees={JANVIER: D(16), le("2026-02-01"): D(31)})
    vue = voir(courte, le("2026-03-10"), PARAMETRES)
    assert vue.taux == [pytest.approx(31), 31]  # seize jours sur trente et un
    suspendue = calendrier(JANVIER, le("2026-02-28"), ((le("2026-01-01"), le("2026-01-31")),))
    assert suspendue[0].part < 1 and suspendue[1].part == 1
    assert [rang.mois.month for rang in calendrier(JANVIER, le("2026-02-01"), ())] == [1, 2]
