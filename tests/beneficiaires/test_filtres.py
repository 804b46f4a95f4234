"""Les filtres de la liste des personnes lisent les faits en vigueur aujourd'hui, dernier jour compris."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from beneficiaires.enums import CodeCritere
from beneficiaires.querysets import vrai_le
from tests.fabriques.beneficiaires import BeneficiaireFactory, CritereFactory, DomicileFactory, RattachementFactory

pytestmark = pytest.mark.django_db
HIER, AUJOURD_HUI, DEMAIN = (datetime.timedelta(days=ecart) for ecart in (-1, 0, 1))


@pytest.mark.parametrize(
    ("depuis", "jusqu_a", "trouvee"),
    [
        (None, None, True),
        (AUJOURD_HUI, None, True),
        (HIER, AUJOURD_HUI, True),
        (HIER, DEMAIN, True),
        (AUJOURD_HUI, AUJOURD_HUI, True),
        (DEMAIN, None, False),
        (None, HIER, False),
    ],
)
def test_le_critere_et_le_domicile_filtres_sont_ceux_d_aujourd_hui(monde, connecte, depuis, jusqu_a, trouvee):
    jour = timezone.localdate()
    dates = {nom: None if ecart is None else jour + ecart for nom, ecart in (("depuis", depuis), ("jusqu_a", jusqu_a))}
    personne = BeneficiaireFactory(structure=monde.structure, nom="Filtrée", prenom="Zélie")
    CritereFactory(beneficiaire=personne, code=CodeCritere.PSMJ, **dates)
    domicile = DomicileFactory(beneficiaire=personne, **dates)
    RattachementFactory(domicile=domicile, millesime=2024, quartier=monde.referentiel.quartier, statut="oui")
    assert personne.criteres.filter(vrai_le(jour)).exists() is trouvee
    for filtre in ({"critere": "PSMJ"}, {"quartier": "oui"}):
        page = connecte("lecture").get(reverse("beneficiaires:liste"), filtre).content.decode()
        assert ("Filtrée" in page) is trouvee, filtre
