import datetime

import factory

from parcours.enums import GenreQuestion, PublicInterroge, StatutPoint, Terme
from parcours.models import DemandeNouvelles, PointSuivi, Question, Questionnaire, Reponse
from tests.fabriques.commun import Fabrique
from tests.fabriques.recrutement import ContratFactory


class PointSuiviFactory(Fabrique):
    """Un point à 3 mois, demandé."""

    class Meta:
        model = PointSuivi

    contrat = factory.SubFactory(ContratFactory)
    terme = Terme.TROIS
    du_le = datetime.date(2026, 11, 20)
    statut = StatutPoint.DEMANDE


class QuestionFactory(Fabrique):
    """Une note demandée à la personne."""

    class Meta:
        model = Question

    public = PublicInterroge.BENEFICIAIRE
    texte = factory.Sequence(lambda n: f"Question {n}")
    genre = GenreQuestion.NOTE


class QuestionnaireFactory(Fabrique):
    class Meta:
        model = Questionnaire

    contrat = factory.SubFactory(ContratFactory)
    public = PublicInterroge.BENEFICIAIRE
    demande_le = datetime.date(2026, 9, 1)
    essais = 1


class ReponseFactory(Fabrique):
    class Meta:
        model = Reponse

    note = 4


class DemandeNouvellesFactory(Fabrique):
    class Meta:
        model = DemandeNouvelles

    organisation = factory.SelfAttribute("beneficiaire.prescripteur")
