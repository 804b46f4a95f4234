import factory

from territoires.enums import Millesime
from territoires.models import Commune, Epci, QuartierPrioritaire, Territoire
from tests.fabriques.commun import Fabrique
from tests.fabriques.comptes import OrganisationFactory


def carre(ouest: float, sud: float, est: float, nord: float) -> dict:
    """Le contour GeoJSON d'un rectangle."""
    anneau = [[ouest, sud], [est, sud], [est, nord], [ouest, nord], [ouest, sud]]
    return {"type": "MultiPolygon", "coordinates": [[anneau]]}


class EpciFactory(Fabrique):
    class Meta:
        model = Epci

    siren = factory.Sequence(lambda n: f"{200_000_000 + n}")
    nom = factory.Sequence(lambda n: f"Agglomération {n}")


class CommuneFactory(Fabrique):
    class Meta:
        model = Commune

    # Loin des vrais codes que les tests écrivent (50129, 50041…) : une suite ne tombe jamais sur eux.
    code_insee = factory.Sequence(lambda n: f"8{n % 10_000:04d}")
    nom = factory.Sequence(lambda n: f"Commune-{n}")
    code_departement = "50"
    codes_postaux = "50100"
    epci = factory.SubFactory(EpciFactory)


class TerritoireFactory(Fabrique):
    """Le territoire d'une structure ; `communes=[…]` le remplit."""

    class Meta:
        model = Territoire

    structure = factory.SubFactory(OrganisationFactory)
    nom = factory.LazyAttribute(lambda t: f"Territoire de {t.structure.nom}")

    @factory.post_generation
    def communes(self, cree, communes):
        if cree and communes:
            self.communes.set(communes)


class QuartierFactory(Fabrique):
    """Un quartier carré : `emprise=(ouest, sud, est, nord)` ; `communes=[…]` les traverse."""

    class Meta:
        model = QuartierPrioritaire
        exclude = ["emprise"]

    emprise = (-1.64, 49.62, -1.62, 49.64)
    code = factory.Sequence(lambda n: f"QN{n:05d}M"[:8])
    nom = factory.Sequence(lambda n: f"Quartier {n}")
    millesime = Millesime.GEOGRAPHIE_2024
    geometrie = factory.LazyAttribute(lambda q: carre(*q.emprise))
    ouest = factory.LazyAttribute(lambda q: q.emprise[0])
    sud = factory.LazyAttribute(lambda q: q.emprise[1])
    est = factory.LazyAttribute(lambda q: q.emprise[2])
    nord = factory.LazyAttribute(lambda q: q.emprise[3])

    @factory.post_generation
    def communes(self, cree, communes):
        if cree and communes:
            self.communes.set(communes)
