"""Ce qui a trompé un lecteur une fois, et ne doit plus : chaque défaut relevé sur les chiffres a son essai."""

import datetime

import pytest

from beneficiaires.services import anonymiser_dossier
from comptes.acteur import Acteur
from reporting.calcul.profils import quartier
from reporting.calcul.registre import PAR_CLE
from reporting.lecture.lignes import charger
from reporting.lecture.periodes import lire
from territoires.enums import Millesime
from tests.fabriques.beneficiaires import DomicileFactory, RattachementFactory
from tests.fabriques.declarations import DeclarationFactory
from tests.fabriques.recrutement import ContratFactory
from tests.fabriques.territoires import QuartierFactory

pytestmark = pytest.mark.django_db
ENTREE = datetime.date(2024, 5, 2)


@pytest.mark.parametrize(
    ("cle", "phrase"),
    [
        ("nouveaux_beneficiaires", "La première année suivie, ou reprise d'un classeur, ils le sont tous"),
        ("beneficiaires_deld", "Rupture de série en 2026 : les allocataires du RSA, inscrits d'office"),
        ("participations_sorties", "une fin encore à venir le jour où les données sont arrêtées n'est pas une sortie"),
    ],
)
def test_une_definition_previent_de_ce_qui_tromperait(cle, phrase):
    assert phrase in PAR_CLE[cle].definition


def test_l_outre_mer_garde_en_2024_son_quartier_de_2015_meme_anonymise():
    """La géographie de 2024 n'y vaut qu'au 1er janvier 2025 : ce qu'une entrée de 2024 en lisait reste."""
    contrat = ContratFactory(debut=ENTREE, fin_prevue=datetime.date(2024, 8, 31))
    personne, structure = contrat.beneficiaire, contrat.structure
    DeclarationFactory(
        engagement=contrat.engagement, mois=datetime.date(2024, 5, 1), validee=True, lignes={contrat: 10}
    )
    domicile = DomicileFactory(beneficiaire=personne, depuis=datetime.date(2023, 1, 1), code_postal="97200")
    for millesime, code in ((Millesime.GEOGRAPHIE_2015, "QP972001"), (Millesime.GEOGRAPHIE_2024, "QN97201M")):
        du_millesime = QuartierFactory(code=code, millesime=millesime)
        RattachementFactory(domicile=domicile, millesime=millesime, quartier=du_millesime)

    def lu() -> str:
        releve = charger(structure, lire("2024"))
        habite = quartier(releve.personnes[personne.pk], ENTREE)
        return habite.code if habite else ""

    assert lu() == "QP972001"
    assert anonymiser_dossier(acteur=Acteur.systeme(structure), beneficiaire=personne)
    assert lu() == "QP972001"
