"""Les portes de `parcours` : ce que deviennent les personnes, et ce qu'on leur demande."""

from comptes.acteur import Acteur
from comptes.enums import Role
from parcours.enums import GenreQuestion, PublicInterroge
from parcours.models import Question
from tests.fabriques.socle import LienFactory
from tests.gestes.commun import ECRIVENT, PRESCRIPTEUR, Geste
from tests.monde import Cote


def _un_public_sans_question(cote: Cote) -> dict:
    Question.objects.filter(structure=cote.structure, public=PublicInterroge.EMPLOYEUR).delete()
    return {}


def _lien_du_point(cote: Cote) -> Acteur:
    return Acteur.par_lien(LienFactory(structure=cote.structure, objet_uuid=cote.point.uuid), Role.PRESCRIPTEUR)


def _lien_du_questionnaire(cote: Cote) -> Acteur:
    return Acteur.par_lien(LienFactory(structure=cote.structure, objet_uuid=cote.questionnaire.uuid), None)


def _reponses(cote: Cote) -> dict:
    return {"contrat": cote.contrat, "public": cote.questionnaire.public, "reponses": {cote.question: 5}}


S = "parcours.services"
GESTES = {
    f"{S}.demandes.demander_des_nouvelles": Geste(lambda c: {"beneficiaire": c.candidature_proposee.beneficiaire}),
    f"{S}.demandes.donner_des_nouvelles": Geste(
        lambda c: {"demande": c.demande, "reponse": "Elle va bien."}, roles=ECRIVENT | PRESCRIPTEUR
    ),
    f"{S}.points.repondre_point": Geste(
        lambda c: {"point": c.point, "situation": "cdi"}, roles=ECRIVENT | PRESCRIPTEUR, lien=_lien_du_point
    ),
    f"{S}.points.regler_parcours": Geste(lambda c: {"essais": 5}),
    f"{S}.questionnaires.poser_les_questions_proposees": Geste(_un_public_sans_question),
    f"{S}.questionnaires.ajouter_question": Geste(
        lambda c: {"public": PublicInterroge.BENEFICIAIRE, "texte": "Neuve ?", "genre": GenreQuestion.NOTE}
    ),
    f"{S}.questionnaires.modifier_question": Geste(lambda c: {"question": c.question, "rang": 5}),
    f"{S}.questionnaires.retirer_question": Geste(lambda c: {"question": c.question}),
    f"{S}.questionnaires.demander_avis": Geste(
        lambda c: {"contrat": c.contrat, "public": PublicInterroge.EMPLOYEUR, "courriel": "paie@chantier.example"}
    ),
    f"{S}.questionnaires.repondre_questionnaire": Geste(_reponses, lien=_lien_du_questionnaire),
}
MAILLONS: dict[str, str] = {}
TRAVAIL = "un travail : chaque structure par son automate"
EXEMPTES = {
    f"{S}.conservation.echeances": "lit : ce qui arrive à son terme",
    f"{S}.conservation.conserver_chaque_structure": TRAVAIL,
    f"{S}.conservation.appliquer_la_conservation": TRAVAIL,
    f"{S}.conservation.effacer_ce_qui_etait_joint": TRAVAIL,
    f"{S}.points.preparer_points": TRAVAIL,
    f"{S}.points.demander_situations": TRAVAIL,
    f"{S}.points.reglages_de": "lit : les réglages d'une structure",
    f"{S}.points.destinataires": "lit : à qui l'on demandera",
    f"{S}.questionnaires.demander_les_avis": TRAVAIL,
    f"{S}.questionnaires.courriel_connu": "lit : à qui l'on demandera",
}
