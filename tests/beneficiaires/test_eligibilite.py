"""Le verdict lu sur les faits du dossier, et les critères tels que la structure les règle."""

import datetime

import pytest

from beneficiaires.eligibilite import examiner, examiner_personne, fin_de_validite, reglages_d_eligibilite
from beneficiaires.enums import CodeCritere, VerdictEligibilite
from beneficiaires.forms import CritereForm, criteres_retenus
from beneficiaires.models import Critere, InscriptionEmploi, ReglageCritere, ReglagesEligibilite
from beneficiaires.services import regler_critere
from tests.fabriques.beneficiaires import BeneficiaireFactory, InscriptionFactory

pytestmark = pytest.mark.django_db
JOUR = datetime.date(2026, 6, 1)


@pytest.mark.parametrize(
    ("depuis", "verdict"),
    [
        (datetime.date(2025, 6, 1), VerdictEligibilite.A_VERIFIER),
        (datetime.date(2025, 6, 2), VerdictEligibilite.NON),
        (None, VerdictEligibilite.NON),
    ],
)
def test_une_inscription_d_un_an_se_signale_sans_critere(monde, depuis, verdict):
    personne = BeneficiaireFactory(structure=monde.structure)
    InscriptionEmploi.objects.filter(beneficiaire=personne).delete()
    if depuis:
        InscriptionFactory(beneficiaire=personne, depuis=depuis)
    examen = examiner_personne(personne, JOUR)
    assert examen.verdict == verdict
    assert (examen.public == CodeCritere.DELD) is (verdict == VerdictEligibilite.A_VERIFIER)


def test_un_critere_abandonne_ne_se_propose_plus_et_prend_le_nom_regle(monde):
    regler_critere(
        acteur=monde.acteur(),
        code=CodeCritere.PLIE,
        libelle="Parcours PLIE du Cotentin",
        justificatif="Attestation",
        jusqu_a=datetime.date(2020, 12, 31),
    )
    regler_critere(
        acteur=monde.acteur(), code=CodeCritere.RSA, libelle="Allocataire du RSA (CAF)", justificatif="Attestation"
    )
    proposes = dict(CritereForm(acteur=monde.acteur()).fields["code"].choices)
    assert CodeCritere.PLIE not in proposes and proposes[CodeCritere.RSA] == "Allocataire du RSA (CAF)"
    assert CodeCritere.PLIE in dict(criteres_retenus(monde.structure, CodeCritere.PLIE))  # un dossier qui l'a déjà
    assert CodeCritere.PLIE in dict(CritereForm(acteur=monde.acteur("autre.edition")).fields["code"].choices)


# --- Pur : les faits déjà lus, le verdict et sa phrase, au jour près ------------------------------------------------
OUI, NON, A_VERIFIER = VerdictEligibilite.OUI, VerdictEligibilite.NON, VerdictEligibilite.A_VERIFIER
ADULTE = datetime.date(1990, 1, 1)


def critere(code=CodeCritere.RSA, **valeurs) -> Critere:
    return Critere(**{"code": code, "piece_vue_le": JOUR, "piece_valable_jusqu_au": None, **valeurs})


def jour_de(texte: str) -> datetime.date:
    return datetime.date.fromisoformat(texte)


@pytest.mark.parametrize(
    ("code", "naissance", "verdict", "raison"),
    [
        (CodeCritere.SENIOR, "1976-06-01", OUI, "Plus de 50 ans demandeur d'emploi"),  # cinquante ans ce jour-là
        (CodeCritere.SENIOR, "1976-06-02", NON, "49 ans le 01/06/2026 : ce critère demande plus de 50 ans"),
        (CodeCritere.JEUNE_SQ, "2000-06-02", OUI, "Moins de 26 ans sans qualification"),
        (CodeCritere.JEUNE_SQ, "2000-06-01", NON, "26 ans le 01/06/2026 : ce critère demande moins de 26 ans"),
        (CodeCritere.RSA, "2000-06-01", OUI, "Bénéficiaire du RSA ou ayant droit"),
    ],
)
def test_l_age_se_compte_au_jour_de_l_anniversaire(code, naissance, verdict, raison):
    examen = examiner(jour_de(naissance), [critere(code)], [], JOUR)
    assert (examen.verdict, examen.phrase) == (verdict, raison)
    assert examen.public == (code if verdict == OUI else "")


@pytest.mark.parametrize(
    ("valable_jusqu_au", "verdict"), [(None, OUI), ("2026-06-01", OUI), ("2026-05-31", A_VERIFIER)]
)
def test_une_piece_vaut_son_dernier_jour_et_pas_le_suivant(valable_jusqu_au, verdict):
    fin = jour_de(valable_jusqu_au) if valable_jusqu_au else None
    examen = examiner(ADULTE, [critere(piece_valable_jusqu_au=fin)], [], JOUR)
    assert (examen.verdict, examen.public) == (verdict, CodeCritere.RSA)
    assert ("valable jusqu'au 31/05/2026, à revoir" in examen.phrase) is (verdict == A_VERIFIER)


def test_une_piece_non_vue_se_demande():
    examen = examiner(ADULTE, [critere(piece_vue_le=None)], [], JOUR)
    assert examen.verdict == A_VERIFIER
    assert examen.phrase == "Bénéficiaire du RSA ou ayant droit : pièce à voir (attestation CAF ou MSA)"


def test_un_critere_deux_fois_apres_une_fusion_se_dit_une_fois_et_une_piece_suffit():
    sans_piece = [critere(piece_vue_le=None), critere(piece_vue_le=None)]
    assert len(examiner(ADULTE, sans_piece, [], JOUR).raisons) == 1
    assert examiner(ADULTE, [*sans_piece, critere()], [], JOUR).verdict == OUI


@pytest.mark.parametrize(
    ("depuis", "jusqu_a", "verdict"),
    [
        ("2025-06-01", None, OUI),  # douze mois ce jour-là
        ("2025-06-02", None, NON),
        ("2025-06-02", "2026-05-31", OUI),  # finie : la pièce dira la durée
        (None, None, OUI),
    ],
)
def test_une_inscription_trop_courte_dement_la_longue_duree(depuis, jusqu_a, verdict):
    inscription = InscriptionEmploi(depuis=depuis and jour_de(depuis), jusqu_a=jusqu_a and jour_de(jusqu_a))
    examen = examiner(ADULTE, [critere(CodeCritere.DELD)], [inscription], JOUR)
    assert examen.verdict == verdict
    if verdict == NON:
        assert examen.phrase == "inscription à France Travail depuis moins de 12 mois le 01/06/2026"
    assert examiner(ADULTE, [critere()], [inscription], JOUR).verdict == OUI


def test_une_inscription_assez_longue_suffit_parmi_d_autres():
    inscriptions = [InscriptionEmploi(depuis=jour_de(jour)) for jour in ("2026-01-01", "2024-01-01")]
    assert examiner(ADULTE, [critere(CodeCritere.DELD)], inscriptions, JOUR).verdict == OUI
    assert examiner(ADULTE, [critere(CodeCritere.DETLD)], inscriptions, JOUR).verdict == OUI
    assert examiner(ADULTE, [critere(CodeCritere.DETLD)], inscriptions[:1], JOUR).verdict == NON


def test_sans_critere_vrai_ce_jour_la_c_est_non_et_pourquoi():
    passe = critere(jusqu_a=datetime.date(2026, 5, 31))
    assert examiner(ADULTE, [passe], [], JOUR).raisons == ("aucun critère d'éligibilité valable à cette date",)
    finie = InscriptionEmploi(depuis=datetime.date(2020, 1, 1), jusqu_a=datetime.date(2026, 5, 31))
    assert examiner(ADULTE, [], [finie], JOUR).verdict == NON
    deux = examiner(ADULTE, [critere(CodeCritere.SENIOR), critere(CodeCritere.JEUNE_SQ)], [], JOUR)
    assert (deux.verdict, len(deux.raisons)) == (NON, 2)


def test_le_public_est_le_principal_sinon_le_premier_du_referentiel_et_seul_lui_montre_ses_pieces():
    rsa, qpv = critere(), critere(CodeCritere.QPV, piece_vue_le=None)
    assert examiner(ADULTE, [qpv, rsa], [], JOUR).public == CodeCritere.RSA
    assert examiner(ADULTE, [qpv, rsa], [], JOUR).verdict == OUI
    qpv.principal = True
    assert examiner(ADULTE, [rsa, qpv], [], JOUR).public == CodeCritere.QPV
    assert examiner(ADULTE, [rsa, qpv], [], JOUR).verdict == A_VERIFIER
    # Un principal que l'âge dément ne l'est plus.
    ecarte = critere(CodeCritere.JEUNE_SQ, principal=True)
    assert examiner(ADULTE, [ecarte, rsa], [], JOUR).public == CodeCritere.RSA


def test_la_duree_d_eligibilite_est_celle_de_la_structure(monde):
    assert reglages_d_eligibilite(monde.structure).duree_mois == 24
    ReglagesEligibilite.objects.create(structure=monde.autre.structure, duree_mois=36)
    assert reglages_d_eligibilite(monde.structure).duree_mois == 24
    assert reglages_d_eligibilite(monde.autre.structure.pk).duree_mois == 36


def test_la_validite_d_une_piece_est_celle_que_la_structure_regle(monde):
    vue = datetime.date(2026, 3, 31)
    assert fin_de_validite(monde.structure, CodeCritere.RSA, None) is None
    assert fin_de_validite(monde.structure, CodeCritere.RQTH, vue) is None  # la pièce porte sa date
    assert fin_de_validite(monde.structure, CodeCritere.RSA, vue) == datetime.date(2026, 6, 30)
    ReglageCritere.objects.create(structure=monde.autre.structure, code=CodeCritere.RSA, validite_mois=1)
    ReglageCritere.objects.create(structure=monde.structure, code=CodeCritere.QPV, validite_mois=1)
    assert fin_de_validite(monde.structure, CodeCritere.RSA, vue) == datetime.date(2026, 6, 30)
    assert fin_de_validite(monde.autre.structure, CodeCritere.RSA, vue) == datetime.date(2026, 4, 30)


def test_une_inscription_sans_debut_ne_prouve_rien():
    assert examiner(ADULTE, [], [InscriptionEmploi(depuis=None)], JOUR).verdict == NON
