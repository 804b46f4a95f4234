"""Jusqu'à quand les heures d'un contrat comptent : le dernier jour, la dernière heure, la règle des CDI."""

import datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from beneficiaires.enums import VerdictEligibilite
from beneficiaires.models import ReglagesEligibilite
from marches.eligibilite import Regle, regle_du_marche
from marches.models import Marche
from recrutement.eligibilite import (
    avec_fenetre,
    dernier_jour_valorisable,
    derniers_jours_valorisables,
    examiner_contrat,
    fin_de_la_fenetre,
    lire_les_emplois,
    ouverture_de_la_fenetre,
    verdict_du_mois,
)
from recrutement.enums import TypeContrat
from recrutement.models import Contrat
from socle.periodes import fin_de_delai
from tests.fabriques.beneficiaires import BeneficiaireFactory, CritereFactory
from tests.fabriques.recrutement import ContratFactory

MARS = datetime.date(2027, 3, 1)


def jour(texte: str) -> datetime.date:
    return datetime.date.fromisoformat(texte)


@pytest.mark.parametrize(
    ("dernier", "heures", "refus"),
    [
        ("2027-03-31", 999, ""),
        ("2027-04-01", 999, ""),
        ("2027-03-09", 90, ""),  # neuf jours, dix heures au plus chacun : la dernière heure compte
        ("2027-03-09", "90.01", "pas plus de 90 h"),
        ("2027-03-01", 10, ""),
        ("2027-03-01", 11, "pas plus de 10 h"),
        ("2027-02-28", 1, "Éligibilité terminée : les heures comptent jusqu'au 28/02/2027."),
        ("2027-02-28", 0, ""),
    ],
)
def test_le_mois_ou_la_fenetre_finit_ses_premiers_jours_comptent(dernier, heures, refus):
    verdict = verdict_du_mois(jour(dernier), MARS, Decimal(heures))
    assert bool(verdict) is not bool(refus)
    assert refus in verdict.motif


@pytest.mark.parametrize(
    ("type_contrat", "regle", "duree_marche", "attendu"),
    [
        (TypeContrat.CDD, None, None, "2027-12-31"),  # 24 mois depuis la première mise à l'emploi
        (TypeContrat.CDD, 48, None, "2027-12-31"),  # la règle n'est que des CDI
        (TypeContrat.CDI, None, None, "2027-12-31"),
        (TypeContrat.CDI, 12, None, "2027-04-30"),  # 12 mois depuis l'embauche
        (TypeContrat.CDI, 48, None, "2028-06-30"),  # au plus la fin du marché
        (TypeContrat.CDD, None, 36, "2028-12-31"),  # le marché a sa durée
    ],
)
def test_le_dernier_jour_valorisable(type_contrat, regle, duree_marche, attendu):
    marche = Marche(fin_prevue=jour("2028-06-30"), regle_cdi_mois=regle, duree_eligibilite_mois=duree_marche)
    contrat = Contrat(debut=jour("2026-05-01"), type_contrat=type_contrat)
    lue = SimpleNamespace(emplois="2026-01-01/2026-02-28 2026-05-01/", regles_duree=None, regles_interruption=None)
    assert dernier_jour_valorisable(contrat, lue, marche) == jour(attendu)


@pytest.mark.parametrize(
    ("emplois", "interruption", "ouverte_le"),
    [
        ("", 12, "2026-05-01"),  # jamais employée en clause
        ("2018-01-01/2019-06-30", 12, "2026-05-01"),
        ("2018-01-01/2019-06-30", None, "2018-01-01"),  # l'éligibilité ne s'ouvre qu'une fois
        ("2018-01-01/2025-05-01", 12, "2018-01-01"),  # un jour de moins que douze mois pleins
        ("2018-01-01/2025-04-30", 12, "2026-05-01"),
        ("2018-01-01/", 12, "2018-01-01"),  # un contrat sans terme court encore
        ("2018-01-01/2019-06-30 2025-09-01/2025-12-31", 12, "2025-09-01"),  # rouverte une première fois déjà
        ("2025-09-01/2025-12-31 2018-01-01/2019-06-30", 12, "2025-09-01"),
        ("2018-01-01/2026-01-31 2019-01-01/2019-02-28", 12, "2018-01-01"),  # le plus long recouvre l'autre
        ("2026-06-01/2026-12-31", 12, "2026-05-01"),  # plus tard : n'y change rien
        ("2025-11-01/2025-11-30", 4, "2026-05-01"),
        ("2025-11-01/2025-11-30", 5, "2026-05-01"),
        ("2025-11-01/2025-11-30", 6, "2025-11-01"),
    ],
)
def test_une_interruption_ouvre_une_nouvelle_fenetre(emplois, interruption, ouverte_le):
    lus = lire_les_emplois(emplois)
    assert ouverture_de_la_fenetre(jour("2026-05-01"), lus, interruption) == jour(ouverte_le)
    attendue = fin_de_delai(jour(ouverte_le), 24)
    assert fin_de_la_fenetre(jour("2026-05-01"), TypeContrat.CDD, lus, Regle(24, interruption)) == attendue


def test_le_marche_a_sa_propre_interruption():
    marche, reglages = Marche(fin_prevue=jour("2028-06-30")), ReglagesEligibilite()
    assert regle_du_marche(marche, reglages)[:2] == (24, 12)
    assert regle_du_marche(marche, ReglagesEligibilite(interruption_mois=None))[:2] == (24, None)
    marche.interruption_eligibilite_mois, marche.duree_eligibilite_mois, marche.regle_cdi_mois = 6, 36, 48
    assert regle_du_marche(marche, reglages) == (36, 6, 48, jour("2028-06-30"))


# --- Lu en base -----------------------------------------------------------------------------------------------------
@pytest.fixture
def contrat(monde) -> Contrat:
    """Une personne éligible, embauchée le 1er mai 2026, après un premier contrat le 1er janvier."""
    personne = BeneficiaireFactory(structure=monde.structure)
    CritereFactory(beneficiaire=personne, piece_vue_le=jour("2026-01-01"), piece_valable_jusqu_au=None)
    premier = {"debut": jour("2026-01-01"), "fin_prevue": jour("2027-09-30")}
    ContratFactory(engagement=monde.engagement, beneficiaire=personne, **premier)
    return ContratFactory(engagement=monde.engagement, beneficiaire=personne, debut=jour("2026-05-01"))


def test_la_fenetre_court_du_premier_contrat_non_archive(monde, contrat):
    assert derniers_jours_valorisables([contrat]) == {contrat.pk: jour("2027-12-31")}
    Contrat.objects.filter(beneficiaire=contrat.beneficiaire, debut=jour("2026-01-01")).update(
        archive_le="2026-06-01T12:00Z"
    )
    assert derniers_jours_valorisables([contrat]) == {contrat.pk: jour("2028-04-30")}
    ReglagesEligibilite.objects.create(structure=monde.structure, duree_mois=12)
    ReglagesEligibilite.objects.create(structure=monde.autre.structure, duree_mois=36)
    assert derniers_jours_valorisables([contrat]) == {contrat.pk: jour("2027-04-30")}


def test_archive_seul_un_contrat_court_de_son_debut(contrat):
    Contrat.objects.filter(beneficiaire=contrat.beneficiaire).update(archive_le="2026-06-01T12:00Z")
    assert derniers_jours_valorisables([contrat]) == {contrat.pk: jour("2028-04-30")}


@pytest.mark.parametrize(("debut", "verdict"), [("2027-12-31", "oui"), ("2028-01-01", "non")])
@pytest.mark.parametrize("lue_d_avance", [True, False])
def test_un_contrat_peut_commencer_le_dernier_jour_de_la_fenetre(contrat, debut, verdict, lue_d_avance):
    Contrat.objects.filter(pk=contrat.pk).update(debut=jour(debut), fin_prevue=None, type_contrat=TypeContrat.CDI)
    lus = Contrat.objects.avec_contexte()
    examen = examiner_contrat((avec_fenetre(lus) if lue_d_avance else lus).get(pk=contrat.pk))
    assert (examen.verdict, examen.dernier_jour) == (verdict, jour("2027-12-31"))
    assert (examen.raison == "Éligibilité terminée : les heures comptent jusqu'au 31/12/2027.") is (verdict == "non")


def test_sans_critere_c_est_la_personne_qui_n_est_pas_eligible(contrat):
    contrat.beneficiaire.criteres.all().delete()
    contrat.beneficiaire.inscriptions.all().delete()
    Contrat.objects.filter(pk=contrat.pk).update(debut=jour("2028-01-01"), fin_prevue=None, type_contrat="cdi")
    examen = examiner_contrat(Contrat.objects.avec_contexte().get(pk=contrat.pk))
    assert (examen.verdict, examen.raison) == (
        VerdictEligibilite.NON,
        "aucun critère d'éligibilité valable à cette date",
    )


def test_qui_revient_apres_une_interruption_retrouve_ses_droits_partout(monde, contrat):
    """Un contrat fini en 2020 ferme tout ; réglée à douze mois, l'interruption rouvre, au contrat comme dans un marché."""
    ContratFactory(
        engagement=monde.engagement,
        beneficiaire=contrat.beneficiaire,
        debut=jour("2018-01-01"),
        fin_prevue=jour("2020-06-30"),
    )
    assert derniers_jours_valorisables([contrat]) == {contrat.pk: jour("2027-12-31")}
    reglages = ReglagesEligibilite.objects.create(structure=monde.structure, interruption_mois=None)
    assert derniers_jours_valorisables([contrat]) == {contrat.pk: jour("2019-12-31")}
    Marche.objects.filter(pk=monde.engagement.lot.marche_id).update(interruption_eligibilite_mois=24)
    contrat = Contrat.objects.get(pk=contrat.pk)
    assert derniers_jours_valorisables([contrat]) == {contrat.pk: jour("2027-12-31")}
    reglages.delete()
    lu = avec_fenetre(Contrat.objects.avec_contexte()).get(pk=contrat.pk)
    assert examiner_contrat(lu).dernier_jour == jour("2027-12-31")
