"""Les gestes du parcours et de ses questions, par leurs formulaires : une fois, deux fois, par un autre."""

import pytest

from parcours.models import DemandeNouvelles, Questionnaire
from tests.gestes_postes import Poste, essayer, essayer_par_un_autre

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]  # le 15 octobre 2026

QUESTION = {"public": "employeur", "texte": "Recommenceriez-vous ?", "genre": "oui_non", "rang": 9}
REGLAGES = {"qui_demande": "facilitateur", "essais": 4, "jours_entre_essais": 10, "conservation_mois": 36}
DE_CHEZ_NOUS = ("lecture", "financeur")


def sans_demande(c):
    DemandeNouvelles.objects.filter(beneficiaire=c.beneficiaire).delete()
    type(c.contrat).objects.filter(beneficiaire=c.beneficiaire).update(archive_le="2026-01-01T12:00Z")


POSTES = [
    Poste(
        "suivi:question_nouvelle",
        "question_enregistree",
        saisie=lambda c: QUESTION,
        refuses=DE_CHEZ_NOUS,
    ),
    Poste(
        "suivi:question",
        "question_enregistree",
        lambda c: (c.question,),
        lambda c: {"texte": "L'accueil était-il bon ?", "rang": 3},
    ),
    Poste("suivi:question_retirer", "question_retiree", lambda c: (c.question,)),
    Poste(
        "suivi:questionnaire_demander",
        "questionnaire_demande",
        lambda c: (c.contrat, "employeur"),
        lambda c: {"courriel": "chef@chantier.fr"},
        prepare=lambda c: Questionnaire.objects.filter(contrat=c.contrat).delete(),
        encore="un lien perdu se renvoie",
    ),
    Poste(
        "suivi:point",
        "situation_connue",
        lambda c: (c.point,),
        lambda c: {"situation": "cdi"},
    ),
    Poste(
        "suivi:demande",
        "",
        lambda c: (c.demande,),
        lambda c: {"reponse": "suivie"},
        par="prescripteur",
        refuses=("autre.prescripteur", "financeur"),
    ),
    Poste(
        "suivi:reglages_parcours",
        "parcours_regle",
        saisie=lambda c: REGLAGES,
        refuses=DE_CHEZ_NOUS,
    ),
]


@pytest.mark.parametrize("poste", POSTES, ids=str)
def test_il_s_ecrit_une_fois(monde, connecte, poste):
    essayer(poste, monde, connecte)


@pytest.mark.parametrize("poste", POSTES, ids=str)
def test_personne_d_autre(monde, connecte, poste):
    essayer_par_un_autre(poste, monde, connecte)
