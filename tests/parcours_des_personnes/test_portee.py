"""Un lien signé n'ouvre que son point, ou son questionnaire : ni celui d'à côté, ni un autre public, ni d'autres questions."""

import pytest

from comptes.acteur import Acteur
from comptes.enums import Role
from parcours.enums import PublicInterroge
from parcours.models import PointSuivi
from parcours.services import repondre_point, repondre_questionnaire
from socle.regles import AccesRefuse, RegleViolee
from tests.fabriques.parcours import PointSuiviFactory, QuestionnaireFactory
from tests.fabriques.socle import LienFactory

pytestmark = pytest.mark.django_db


def test_le_lien_d_un_point_n_en_ouvre_pas_un_autre(monde):
    voisin = PointSuiviFactory(contrat=monde.contrat_cotraitance)
    lien = LienFactory(structure=monde.structure, objet_uuid=monde.point.uuid)
    par_lien = Acteur.par_lien(lien, Role.PRESCRIPTEUR)
    assert list(PointSuivi.objects.visibles_par(par_lien)) == [monde.point]
    with pytest.raises(AccesRefuse):
        repondre_point(acteur=par_lien, point=voisin, situation="cdi")
    assert repondre_point(acteur=par_lien, point=monde.point, situation="cdi").situation == "cdi"


def test_le_lien_d_un_questionnaire_n_ouvre_ni_un_autre_contrat_ni_un_autre_public(monde):
    QuestionnaireFactory(contrat=monde.contrat, public=PublicInterroge.EMPLOYEUR)
    QuestionnaireFactory(contrat=monde.contrat_cotraitance)
    lien = LienFactory(structure=monde.structure, objet_uuid=monde.questionnaire.uuid)
    par_lien, public = Acteur.par_lien(lien, None), monde.questionnaire.public
    for contrat, demande in ((monde.contrat, PublicInterroge.EMPLOYEUR), (monde.contrat_cotraitance, public)):
        with pytest.raises(AccesRefuse):
            repondre_questionnaire(acteur=par_lien, contrat=contrat, public=demande, reponses={monde.question: 5})
    with pytest.raises(RegleViolee, match="pas de la structure"):
        repondre_questionnaire(
            acteur=par_lien, contrat=monde.contrat, public=public, reponses={monde.autre.question: 5}
        )
    repondu = repondre_questionnaire(
        acteur=par_lien, contrat=monde.contrat, public=public, reponses={monde.question: 5}
    )
    assert repondu.reponses.get(question=monde.question).note == 5
