"""Le profil d'une personne au jour près, et ses participations : l'interruption tolérée. Pur, sans base."""

import datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from beneficiaires.enums import CodeCritere, NiveauFormation
from reporting.calcul import participations, profils
from reporting.lecture.releve import Contrat, Domicile, Fait, LigneHeures, Personne, Quartier
from socle.periodes import Periode
from territoires.enums import Millesime

JOUR = datetime.date(2026, 6, 1)


def le(texte: str | None) -> datetime.date | None:
    return texte and datetime.date.fromisoformat(texte)


def fait(valeur: str, depuis=None, jusqu_a=None, rang=1) -> Fait:
    return Fait(rang, valeur, le(depuis), le(jusqu_a))


def personne(**faits) -> Personne:
    return Personne(**{"id": 1, "sexe": "F", "date_naissance": datetime.date(1990, 1, 1), **faits})


@pytest.mark.parametrize(
    ("naissance", "jeune", "senior"),
    [
        ("2000-06-02", True, False),
        ("2000-06-01", False, False),  # vingt-six ans ce jour-là
        ("1976-06-02", False, False),
        ("1976-06-01", False, True),  # cinquante ans ce jour-là
    ],
)
def test_l_age_au_jour_de_l_anniversaire(naissance, jeune, senior):
    une = personne(date_naissance=le(naissance))
    assert (profils.a_moins_de_26_ans(une, JOUR), profils.a_50_ans_ou_plus(une, JOUR)) == (jeune, senior)


def test_le_fait_en_vigueur_est_le_plus_recent_puis_le_dernier_saisi():
    ancien, recent = fait("3"), fait("4", "2026-01-01", None, 2)
    fini, futur = fait("5", "2026-02-01", "2026-05-31", 3), fait("6", "2026-06-02", None, 4)
    assert profils.dernier_valable([recent, ancien, fini, futur], JOUR) == recent
    assert profils.dernier_valable([fait("3", rang=9), recent], JOUR) == recent  # sans date, il est le plus ancien
    redit = fait("aucun", "2026-01-01", None, 9)
    assert profils.dernier_valable([redit, recent], JOUR) == redit
    assert profils.dernier_valable([fini, futur], JOUR) is None
    assert profils.dernier_valable([fait("x", None, "2026-06-01")], JOUR).valeur == "x"  # le dernier jour compte


def test_un_niveau_inconnu_n_est_pas_une_absence_de_qualification():
    assert profils.niveau(personne(), JOUR) == ""
    assert not profils.est_sans_qualification(personne(), JOUR)
    assert profils.est_sans_qualification(personne(niveaux=(fait(NiveauFormation.AUCUN),)), JOUR)
    assert not profils.est_sans_qualification(personne(niveaux=(fait("3"),)), JOUR)


def test_les_criteres_du_jour():
    une = personne(criteres=(fait("RSA"), fait("QPV", "2026-06-02"), fait("ASS", None, "2026-05-31")))
    assert profils.criteres(une, JOUR) == {"RSA"}
    assert profils.a_le_critere(une, CodeCritere.RSA, JOUR)
    assert not profils.a_le_critere(une, CodeCritere.QPV, JOUR)
    assert not profils.a_le_critere(une, CodeCritere.PLIE, JOUR)


def test_le_public_principal_est_celui_de_l_eligibilite():
    """Le marqué ; sinon le premier de la liste ; jamais un critère que l'âge ou l'inscription démentent."""
    principal = profils.public_principal
    assert principal(personne(), JOUR) == ""
    plie, rsa, jeune = fait("PLIE"), fait("RSA"), fait("JEUNE_SQ")
    assert principal(personne(criteres=(plie, rsa)), JOUR) == "RSA"
    assert principal(personne(criteres=(plie, rsa), principaux=(plie,)), JOUR) == "PLIE"
    assert principal(personne(criteres=(plie, rsa), principaux=(fait("PLIE", None, "2026-05-31"),)), JOUR) == "RSA"
    assert principal(personne(criteres=(jeune, plie), principaux=(jeune,)), JOUR) == "PLIE"  # trente-six ans
    assert principal(personne(inscriptions=(fait("", "2025-06-01"),)), JOUR) == "DELD"
    assert principal(personne(inscriptions=(fait("", "2025-06-02"),)), JOUR) == ""
    finie, sans_debut = fait("", "2020-01-01", "2026-05-31"), fait("")
    assert principal(personne(inscriptions=(finie, sans_debut)), JOUR) == ""
    anciennement, depuis_peu = fait("RSA", "2025-01-01"), fait("PLIE", "2026-01-01")
    deux = {"criteres": (plie, rsa), "principaux": (anciennement, depuis_peu)}
    assert principal(personne(**deux), JOUR) == "PLIE"  # le plus récemment marqué
    court = {"criteres": (fait("DELD"), plie), "inscriptions": (fait("", "2025-06-02"),)}
    assert principal(personne(**court), JOUR) == "PLIE"
    finie = fait("RSA", None, "2026-05-31")
    assert principal(personne(criteres=(finie, plie), principaux=(finie,)), JOUR) == "PLIE"


@pytest.mark.parametrize(
    ("depuis", "jusqu_a", "longue"),
    [
        ("2025-06-01", None, True),
        ("2025-06-02", None, False),
        ("2020-01-01", "2026-06-01", True),
        ("2020-01-01", "2026-05-31", False),
        (None, None, False),
    ],
)
def test_la_longue_duree_se_prouve_par_une_inscription_datee_en_cours(depuis, jusqu_a, longue):
    une = personne(inscriptions=(fait("", depuis, jusqu_a),))
    assert profils.est_demandeur_de_longue_duree(une, JOUR) is longue
    reinscrite = personne(inscriptions=(*une.inscriptions, fait("", "2026-05-01")))
    assert profils.est_demandeur_de_longue_duree(reinscrite, JOUR) is longue


def test_l_outre_mer_change_de_geographie_un_an_plus_tard():
    ancien, nouveau = Quartier("QP971001", "Boissard"), Quartier("QN97101M", "Boissard et le Raizet")
    une = personne(domiciles=(Domicile(1, "", None, None, {2015: ancien, 2024: nouveau}),))
    assert profils.quartier(une, datetime.date(2024, 12, 31)) == ancien
    assert profils.quartier(une, datetime.date(2025, 1, 1)) == nouveau
    neuve = personne(domiciles=(Domicile(1, "", None, None, {2024: nouveau}),))
    assert profils.quartier(neuve, datetime.date(2024, 6, 1)) is None


def test_le_quartier_est_de_la_geographie_en_vigueur():
    ancien, nouveau = Quartier("QP1", "Ancien"), Quartier("QN1", "Nouveau")
    quartiers = {Millesime.GEOGRAPHIE_2015: ancien, Millesime.GEOGRAPHIE_2024: nouveau}
    une = personne(domiciles=(Domicile(1, "", None, None, quartiers),))
    assert profils.quartier(une, JOUR) == nouveau
    assert profils.quartier(une, datetime.date(2024, 1, 1)) == nouveau
    assert profils.quartier(une, datetime.date(2023, 12, 31)) == ancien
    assert profils.quartier(personne(), JOUR) is None
    assert profils.quartier(personne(domiciles=(Domicile(1, "", None, None, {}),)), JOUR) is None


# --- Les participations ------------------------------------------------------------------------------------------------
def contrat(cle: int, debut: str, fin: str | None, qui: int = 1) -> Contrat:
    return Contrat(cle, f"C-{cle}", qui, 1, 1, "embauche_directe", "cdd", le(debut), le(fin))


def releve(contrats, lignes=None, histoire=()):
    faites = [LigneHeures(c.id, c.id, c.debut.replace(day=1), Decimal(10)) for c in contrats]
    return SimpleNamespace(
        periode=Periode.annee(2026),
        contrats={c.id: c for c in contrats},
        lignes=faites if lignes is None else lignes,
        histoire=histoire,
        lu_le=datetime.date.max,
    )


def suites(*contrats) -> list[list[int]]:
    return [[c.id for c in une.contrats] for une in participations.de_chacun(releve(contrats))]


def test_un_mois_d_interruption_ne_coupe_pas_un_parcours():
    un = contrat(1, "2026-01-01", "2026-01-31")
    assert suites(un, contrat(2, "2026-03-03", None)) == [[1, 2]]  # trente et un jours
    assert suites(un, contrat(2, "2026-03-04", None)) == [[1], [2]]
    assert suites(contrat(2, "2026-06-01", "2026-06-30"), contrat(1, "2026-01-01", None)) == [[1, 2]]
    # Le plus long des contrats porte la suite, non le dernier commencé.
    long, court = contrat(1, "2026-01-01", "2026-06-30"), contrat(2, "2026-02-01", "2026-02-28")
    assert suites(long, court, contrat(3, "2026-07-15", None)) == [[1, 2, 3]]
    # Après une coupure, on repart de zéro : l'ancienne fin ne porte plus.
    assert suites(un, contrat(2, "2026-06-01", "2026-06-02"), contrat(3, "2026-09-01", None)) == [[1], [2], [3]]


def test_une_participation_va_du_premier_contrat_au_dernier_fini():
    long, court = contrat(1, "2026-01-01", "2026-06-30"), contrat(2, "2026-02-01", "2026-02-28")
    (une,) = participations.de_chacun(releve([court, long]))
    assert (une.personne, une.debut, une.fin) == (1, long.debut, long.fin)
    (une,) = participations.de_chacun(releve([long, contrat(3, "2026-02-01", None)]))
    assert une.fin is None


def test_seules_les_heures_faites_jusqu_a_la_fin_de_la_periode_comptent():
    contrats = [
        contrat(1, "2026-01-01", None),
        contrat(2, "2026-12-01", None, qui=2),
        contrat(3, "2027-01-01", None, 3),
    ]
    lignes = [
        LigneHeures(1, 1, le("2026-01-01"), Decimal(0)),
        LigneHeures(2, 2, le("2026-12-01"), Decimal(1)),
        LigneHeures(3, 3, le("2027-01-01"), Decimal(1)),
    ]
    assert [une.personne for une in participations.de_chacun(releve(contrats, lignes))] == [2]
    assert [une.personne for une in participations.de_chacun(releve(contrats, [], lignes))] == [2]


@pytest.mark.parametrize(
    ("debut", "fin", "entre", "sort"),
    [
        ("2025-12-31", "2026-01-01", False, True),
        ("2026-01-01", "2026-12-31", True, True),
        ("2026-12-31", "2027-01-01", True, False),
        ("2025-06-01", "2025-12-31", False, False),
        ("2026-06-01", None, True, False),
    ],
)
def test_entrer_et_sortir_dans_la_periode_bornes_comprises(debut, fin, entre, sort):
    lu = releve([contrat(1, debut, fin)])
    assert (bool(participations.entrees(lu)), bool(participations.sorties(lu))) == (entre, sort)
