"""Ce qui étonne dans un contrat : les mêmes phrases au formulaire et à la reprise, jamais un refus."""

import datetime

import pytest

from recrutement.coherence import CHEVAUCHEMENT, chevauche_sur_le_marche, incoherences
from recrutement.enums import Modalite, TypeContrat
from recrutement.models import Contrat
from tests.fabriques.beneficiaires import BeneficiaireFactory
from tests.fabriques.marches import EngagementFactory, LotFactory
from tests.fabriques.recrutement import ContratFactory
from tests.saisie import adresse, envoyer

pytestmark = pytest.mark.django_db
JOUR = datetime.date(2026, 6, 1)


@pytest.mark.parametrize(
    ("change", "champs"),
    [
        ({}, []),
        ({"modalite": Modalite.MISE_A_DISPOSITION}, ["modalite"]),
        ({"modalite": Modalite.ALTERNANCE}, ["type_contrat"]),
        ({"modalite": Modalite.ALTERNANCE, "type_contrat": TypeContrat.APPRENTISSAGE}, []),
        ({"type_contrat": TypeContrat.CDI}, ["fin_prevue"]),
        ({"type_contrat": TypeContrat.CDI, "fin_prevue": JOUR}, []),  # finie : constatée
        ({"type_contrat": TypeContrat.CDI, "fin_prevue": None}, []),
        ({"modalite": Modalite.MISE_A_DISPOSITION, "type_contrat": TypeContrat.CDI}, ["modalite", "fin_prevue"]),
    ],
)
def test_ce_qui_etonne(monde, change, champs):
    contrat = ContratFactory.build(
        engagement=monde.engagement, beneficiaire=monde.beneficiaire, structure=monde.structure, **change
    )
    assert [champ for champ, _ in incoherences(contrat, JOUR)] == champs


def test_mise_a_disposition_par_un_autre_n_etonne_pas(monde):
    contrat = ContratFactory.build(
        engagement=monde.engagement,
        beneficiaire=monde.beneficiaire,
        structure=monde.structure,
        employeur=monde.cotraitante,
        modalite=Modalite.MISE_A_DISPOSITION,
    )
    assert list(incoherences(contrat, JOUR)) == []


@pytest.mark.parametrize(
    ("debut", "fin", "chevauche"),
    [
        ("2026-08-31", "2026-12-31", True),
        ("2026-09-01", "2026-12-31", False),
        ("2026-01-01", "2026-03-01", True),
        ("2026-01-01", "2026-02-28", False),
        ("2026-01-01", None, True),
    ],
)
def test_deux_contrats_sur_un_marche_se_chevauchent_au_jour_pres(monde, debut, fin, chevauche):
    """Le premier va du 1er mars au 31 août 2026 ; l'autre est sur un autre lot du même marché."""
    personne = BeneficiaireFactory(structure=monde.structure)
    premier = ContratFactory(engagement=monde.engagement, beneficiaire=personne)
    lot = LotFactory(marche=monde.engagement.lot.marche, numero="77")
    autre = ContratFactory(
        engagement=EngagementFactory(lot=lot, entreprise=monde.entreprise),
        beneficiaire=personne,
        debut=datetime.date.fromisoformat(debut),
        fin_prevue=fin and datetime.date.fromisoformat(fin),
    )
    assert chevauche_sur_le_marche(autre) is chevauche
    Contrat.objects.filter(pk=autre.pk).update(meme_contrat_que=premier)
    assert not chevauche_sur_le_marche(Contrat.objects.get(pk=autre.pk))
    assert CHEVAUCHEMENT.startswith("La personne")


def test_le_formulaire_le_dit_et_enregistre(monde, connecte, horloge):
    client = connecte("edition")
    version = client.get(adresse("recrutement:contrat_modifier", monde.contrat)).context["version_montree"]
    saisie = {"employeur": monde.contrat.employeur, "debut": "2026-03-01", "fin_prevue": "2026-08-31"}
    saisie |= {"modalite": Modalite.ALTERNANCE, "type_contrat": TypeContrat.CDD, "version": version}
    reponse = envoyer(client, "recrutement:contrat_modifier", monde.contrat, **saisie)
    assert reponse.status_code == 302
    assert "apprentissage ou de professionnalisation" in client.get(reponse.url).content.decode()
    monde.contrat.refresh_from_db()
    assert monde.contrat.modalite == Modalite.ALTERNANCE
