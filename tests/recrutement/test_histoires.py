"""Les histoires 14 à 19 et 21 de la conception, avec leurs nombres."""

import datetime
from decimal import Decimal

import pytest

from beneficiaires.eligibilite import examiner_personne
from beneficiaires.enums import CodeCritere, VerdictEligibilite
from declarations.services import saisir_heures
from recrutement.eligibilite import derniers_jours_valorisables, est_valorisable
from recrutement.enums import TypeContrat
from recrutement.models import Contrat
from reporting.calcul import indicateurs
from reporting.lecture.lignes import charger
from socle.periodes import Periode
from socle.regles import RegleViolee
from territoires.enums import Millesime, millesime_en_vigueur
from tests.fabriques.beneficiaires import BeneficiaireFactory, CritereFactory, InscriptionFactory
from tests.fabriques.declarations import DeclarationFactory
from tests.fabriques.marches import EngagementFactory
from tests.fabriques.recrutement import ContratFactory

pytestmark = pytest.mark.django_db
JOUR = datetime.date


def test_14_trois_contrats_deux_marches_420_heures():
    premier = EngagementFactory()
    structure = premier.lot.marche.structure
    second = EngagementFactory(lot__marche__structure=structure)
    personne = BeneficiaireFactory(structure=structure)
    for engagement, mois, heures in (
        (premier, JOUR(2026, 3, 1), "120"),
        (premier, JOUR(2026, 4, 1), "150"),
        (second, JOUR(2026, 5, 1), "150"),
    ):
        contrat = ContratFactory(engagement=engagement, beneficiaire=personne)
        DeclarationFactory(engagement=engagement, mois=mois, validee=True, lignes={contrat: heures})
    releve = charger(structure, Periode.annee(2026))
    assert indicateurs.beneficiaires(releve).valeur == 1
    assert indicateurs.heures_realisees(releve).valeur == Decimal(420)
    assert {contrat.engagement.lot.marche_id for contrat in Contrat.objects.all()} == {
        premier.lot.marche_id,
        second.lot.marche_id,
    }
    assert Contrat.objects.filter(beneficiaire=personne).count() == 3
    assert round(Decimal(10_070_000) / 25_484, 1) == Decimal("395.1")
    assert round(Decimal(38_014) / 25_484, 2) == Decimal("1.49")


@pytest.mark.parametrize(
    ("embauche", "verdict"),
    [(JOUR(2026, 6, 14), VerdictEligibilite.OUI), (JOUR(2026, 6, 15), VerdictEligibilite.NON)],
)
def test_15_un_jeune_l_est_jusqu_a_la_veille_de_ses_26_ans(embauche, verdict):
    personne = BeneficiaireFactory(date_naissance=JOUR(2000, 6, 15))
    CritereFactory(
        beneficiaire=personne, code=CodeCritere.JEUNE_SQ, depuis=JOUR(2020, 1, 1), piece_vue_le=JOUR(2026, 6, 1)
    )
    examen = examiner_personne(personne, embauche)
    assert examen.verdict == verdict
    if verdict == VerdictEligibilite.NON:
        assert "26 ans le 15/06/2026" in examen.phrase


def test_16_la_fenetre_finit_le_09_03_2027():
    engagement = EngagementFactory(lot__marche__debut=JOUR(2025, 1, 1), lot__marche__fin_prevue=JOUR(2028, 1, 1))
    contrat = ContratFactory(engagement=engagement, debut=JOUR(2025, 3, 10), fin_prevue=JOUR(2027, 12, 31))
    assert derniers_jours_valorisables([contrat])[contrat.pk] == JOUR(2027, 3, 9)
    assert est_valorisable(contrat, JOUR(2027, 3, 9))
    refus = est_valorisable(contrat, JOUR(2027, 3, 10))
    assert not refus and "09/03/2027" in refus.motif


@pytest.mark.parametrize(
    ("mois", "heures", "accepte"), [((2027, 3), "60", True), ((2027, 3), "91", False), ((2027, 4), "1", False)]
)
def test_16_les_heures_d_apres_sont_rejetees_avec_leur_motif(monde, mois, heures, accepte):
    contrat = ContratFactory(
        engagement=monde.engagement,
        beneficiaire=BeneficiaireFactory(structure=monde.structure),
        debut=JOUR(2025, 3, 10),
        fin_prevue=JOUR(2027, 12, 31),
    )
    geste = {
        "acteur": monde.acteur(),
        "engagement": monde.engagement,
        "mois": JOUR(*mois, 1),
        "heures": {contrat: Decimal(heures)},
    }
    if accepte:
        saisir_heures(**geste)
        assert contrat.lignes_heures.get().heures == Decimal(heures)
        return
    with pytest.raises(RegleViolee, match="09/03/2027"):
        saisir_heures(**geste)
    assert not contrat.lignes_heures.exists()


def test_17_un_cdi_compte_quatre_ans_puis_s_arrete():
    marche = {"lot__marche__debut": JOUR(2022, 1, 1), "lot__marche__fin_prevue": JOUR(2027, 12, 31)}
    engagement = EngagementFactory(**marche, lot__marche__regle_cdi_mois=48)
    contrat = ContratFactory(
        engagement=engagement, type_contrat=TypeContrat.CDI, debut=JOUR(2022, 1, 1), fin_prevue=None
    )
    assert derniers_jours_valorisables([contrat])[contrat.pk] == JOUR(2025, 12, 31)
    sans_regle = EngagementFactory(**marche)
    autre = ContratFactory(engagement=sans_regle, type_contrat=TypeContrat.CDI, debut=JOUR(2022, 1, 1), fin_prevue=None)
    assert derniers_jours_valorisables([autre])[autre.pk] == JOUR(2023, 12, 31)


def test_17_la_fin_du_marche_borne_un_cdi_plus_court():
    engagement = EngagementFactory(
        lot__marche__debut=JOUR(2022, 1, 1), lot__marche__fin_prevue=JOUR(2024, 6, 30), lot__marche__regle_cdi_mois=48
    )
    contrat = ContratFactory(
        engagement=engagement, type_contrat=TypeContrat.CDI, debut=JOUR(2022, 1, 1), fin_prevue=None
    )
    assert derniers_jours_valorisables([contrat])[contrat.pk] == JOUR(2024, 6, 30)


def test_18_le_millesime_est_celui_du_jour_du_contrat():
    assert millesime_en_vigueur(JOUR(2023, 12, 12)) == Millesime.GEOGRAPHIE_2015
    assert millesime_en_vigueur(JOUR(2024, 1, 2)) == Millesime.GEOGRAPHIE_2024


def test_21_une_allocataire_du_rsa_releve_du_rsa_pas_de_la_longue_duree():
    personne = BeneficiaireFactory()
    vue = {"piece_vue_le": JOUR(2025, 5, 20)}
    CritereFactory(beneficiaire=personne, code=CodeCritere.DELD, principal=False, depuis=JOUR(2025, 1, 2), **vue)
    CritereFactory(beneficiaire=personne, code=CodeCritere.RSA, principal=False, depuis=JOUR(2024, 9, 1), **vue)
    InscriptionFactory(beneficiaire=personne, depuis=JOUR(2025, 1, 2))
    examen = examiner_personne(personne, JOUR(2025, 6, 1))
    assert (examen.verdict, examen.public) == (VerdictEligibilite.OUI, CodeCritere.RSA)


def test_l_inscription_trop_courte_ne_fait_pas_la_longue_duree():
    personne = BeneficiaireFactory()
    CritereFactory(beneficiaire=personne, code=CodeCritere.DELD, depuis=None, piece_vue_le=JOUR(2025, 5, 20))
    InscriptionFactory(beneficiaire=personne, depuis=JOUR(2025, 1, 2))
    examen = examiner_personne(personne, JOUR(2025, 6, 1))
    assert examen.verdict == VerdictEligibilite.NON and "moins de 12 mois" in examen.phrase
    assert examiner_personne(personne, JOUR(2026, 1, 2)).verdict == VerdictEligibilite.OUI


def test_une_piece_non_vue_ou_perimee_est_a_verifier_pas_un_refus():
    personne = BeneficiaireFactory()
    critere = CritereFactory(beneficiaire=personne, code=CodeCritere.RSA, piece_vue_le=None)
    assert examiner_personne(personne, JOUR(2026, 6, 1)).verdict == VerdictEligibilite.A_VERIFIER
    critere.piece_vue_le, critere.piece_valable_jusqu_au = JOUR(2026, 2, 1), JOUR(2026, 4, 30)
    critere.save()
    examen = examiner_personne(personne, JOUR(2026, 6, 1))
    assert examen.verdict == VerdictEligibilite.A_VERIFIER and "30/04/2026" in examen.phrase
    assert examiner_personne(personne, JOUR(2026, 4, 30)).verdict == VerdictEligibilite.OUI
