"""Une date de contrat ne laisse dehors aucune heure, si petite soit-elle ; un contrat sans fin n'en a pas à craindre."""

import datetime

import pytest

from recrutement.enums import TypeContrat
from recrutement.models import Contrat
from recrutement.services import modifier_contrat
from socle.regles import RegleViolee
from tests.fabriques.declarations import DeclarationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]  # le 15 octobre 2026
D = datetime.date


@pytest.mark.parametrize(("heures", "refuse"), [("0", False), ("0.25", True), ("1", True)])
def test_la_plus_petite_heure_retient_la_date(monde, heures, refuse):
    contrat = monde.contrat
    DeclarationFactory(engagement=monde.engagement, mois=D(2026, 7, 1), lignes={contrat: heures})
    if refuse:
        with pytest.raises(RegleViolee, match="après cette date"):
            modifier_contrat(acteur=monde.acteur(), contrat=contrat, fin_prevue=D(2026, 6, 30))
    else:
        modifier_contrat(acteur=monde.acteur(), contrat=contrat, fin_prevue=D(2026, 6, 30))
    contrat.refresh_from_db()
    assert contrat.fin_prevue == (D(2026, 8, 31) if refuse else D(2026, 6, 30))


def test_un_contrat_sans_fin_n_a_pas_d_heures_apres(monde):
    Contrat.objects.filter(pk=monde.contrat.pk).update(type_contrat=TypeContrat.CDI, fin_prevue=None)
    modifie = modifier_contrat(acteur=monde.acteur(), contrat=monde.contrat, debut=D(2026, 3, 31))
    assert (modifie.debut, modifie.fin) == (D(2026, 3, 31), None)
    with pytest.raises(RegleViolee, match="avant cette date"):
        modifier_contrat(acteur=monde.acteur(), contrat=modifie, debut=D(2026, 4, 1))
