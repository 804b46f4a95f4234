"""Reprendre d'un coup : ce que d'autres structures suivent ne bouge pas, ce qu'elles seules connaissent ne se suit pas."""

import pytest

from entreprises.services import reprendre_entreprises
from marches import services
from marches.models import FicheMaitreOuvrage
from socle.regles import RegleViolee
from tests.fabriques.marches import MaitreOuvrageFactory

pytestmark = pytest.mark.django_db


def test_une_entreprise_que_d_autres_suivent_garde_son_identite(monde):
    partagee = monde.referentiel.entreprise_partagee
    partagee.raison_sociale = "Renommée"
    with pytest.raises(RegleViolee, match="d'autres structures"):
        reprendre_entreprises(acteur=monde.acteur(), nouvelles=[], modifiees=[partagee])
    partagee.refresh_from_db()
    assert partagee.raison_sociale == "Bâtir ensemble"


def test_un_acheteur_que_d_autres_suivent_garde_son_identite(monde):
    partage = MaitreOuvrageFactory(nom="Région", suivi_par=monde.structure)
    FicheMaitreOuvrage.objects.create(maitre_ouvrage=partage, structure=monde.autre.structure)
    partage.nom = "Renommée"
    with pytest.raises(RegleViolee, match="d'autres structures"):
        services.reprendre_maitres_ouvrage(acteur=monde.acteur(), nouveaux=[], modifies=[partage])
    partage.refresh_from_db()
    assert partage.nom == "Région"


@pytest.mark.parametrize("siret", [None, "21500129200014"])
def test_sans_siret_un_acheteur_est_a_qui_le_suit(monde, siret):
    """Avec un SIRET, c'est la ligne commune : qui le connaît la suit."""
    connu = MaitreOuvrageFactory(nom="Syndicat", siret=siret, suivi_par=monde.autre.structure)
    if siret:
        services.reprendre_maitres_ouvrage(acteur=monde.acteur(), nouveaux=[], a_suivre=[connu])
    else:
        with pytest.raises(RegleViolee):
            services.reprendre_maitres_ouvrage(acteur=monde.acteur(), nouveaux=[], a_suivre=[connu])
    assert FicheMaitreOuvrage.objects.filter(maitre_ouvrage=connu, structure=monde.structure).exists() is bool(siret)
