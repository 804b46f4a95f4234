import pytest

from tests.fabriques.comptes import OrganisationFactory
from tests.fabriques.territoires import CommuneFactory, QuartierFactory
from tests.reprise.outils import QUARTIER


@pytest.fixture
def structure(db):
    """Une structure neuve, dans une ville connue du référentiel, avec un quartier prioritaire."""
    ville = CommuneFactory(code_insee="50129", nom="Cherbourg-en-Cotentin", codes_postaux="50100")
    QuartierFactory(code=QUARTIER, communes=[ville])
    return OrganisationFactory(nom="Structure neuve", slug="structure-neuve")
