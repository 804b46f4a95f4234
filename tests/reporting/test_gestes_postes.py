"""Les gestes d'un bilan, par leurs formulaires : une fois, deux fois, par un autre."""

import pytest

from comptes.enums import Role
from reporting.enums import StatutBilan
from reporting.models import Bilan
from tests.fabriques.socle import DocumentFactory
from tests.gestes_postes import Poste, essayer, essayer_par_un_autre
from tests.reporting.donnees_bilan import donnees_publiees

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge", "pdf_sans_mise_en_page")]  # le 15 octobre 2026

TEXTES = {"promotion": "Des visites", "difficultes": "Peu de candidats", "perspectives": "Un atelier"}
REGLAGES = {"heures_par_etp": "1820", "jour_du_bilan": "15"}


def bilan(c):
    return (c.bilan,)


def pret(statut):
    """Le brouillon du monde, fabriqué et dans cet état."""
    return lambda c: Bilan.objects.filter(pk=c.bilan.pk).update(
        statut=statut,
        empreinte="e" * 64,
        donnees=donnees_publiees(2026),
        document=DocumentFactory(organisation=c.structure, pret=True),
    )


POSTES = [
    Poste("reporting:refaire", "bilan_prepare", bilan, encore="ses chiffres ont pu changer"),
    Poste(
        "reporting:publier",
        "bilan_publie",
        bilan,
        lambda c: {"destinataires": [c.organisations[Role.FINANCEUR].uuid]},
        par="responsable",
        prepare=pret(StatutBilan.RELU),
        refuses=("edition", "lecture", "financeur", "autre.responsable"),
    ),
    Poste("reporting:textes", "bilan_prepare", bilan, lambda c: TEXTES),
    Poste("reporting:relire", "bilan_relu", bilan, prepare=pret(StatutBilan.BROUILLON)),
    Poste("reporting:ecarter", "bilan_ecarte", bilan),
    Poste(
        "reporting:reglages",
        "reglages_bilan",
        saisie=lambda c: REGLAGES,
        par="responsable",
        refuses=("edition", "lecture", "financeur"),
    ),
    Poste(
        "reporting:objectifs",
        "objectifs_fixes",
        saisie=lambda c: {"heures_realisees": "12000"},
        par="responsable",
        refuses=("edition", "lecture", "financeur"),
    ),
]


@pytest.mark.parametrize("poste", POSTES, ids=str)
def test_il_s_ecrit_une_fois(monde, connecte, poste):
    essayer(poste, monde, connecte)


@pytest.mark.parametrize("poste", POSTES, ids=str)
def test_personne_d_autre(monde, connecte, poste):
    essayer_par_un_autre(poste, monde, connecte)
