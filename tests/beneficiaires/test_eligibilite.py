"""Le verdict lu sur les faits du dossier, et les critères tels que la structure les règle."""

import datetime

import pytest

from beneficiaires.eligibilite import examiner_personne
from beneficiaires.enums import CodeCritere, VerdictEligibilite
from beneficiaires.forms import CritereForm, criteres_retenus
from beneficiaires.models import InscriptionEmploi
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
