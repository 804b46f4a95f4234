"""Demander l'avis de la personne et de son employeur à la fin d'un contrat, et le recevoir."""

import datetime
from collections.abc import Mapping

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from comptes.acteur import Acteur
from comptes.models import Organisation
from parcours.enums import GenreQuestion, PublicInterroge
from parcours.models import Question, Questionnaire, Reponse
from parcours.permissions import peut_questionner, peut_repondre_au_questionnaire
from parcours.questions import PROPOSEES
from parcours.services.points import reglages_de
from recrutement.models import Contrat
from socle.avis import Avis, Destinataire
from socle.regles import RegleViolee
from socle.services.courriels import ecrire_courriel
from socle.services.enregistrement import changements, ecrire, modifier, relire, verrouiller
from socle.services.journal import declarer_actions, noter
from socle.services.liens import declarer_usage, donner_lien
from socle.services.lots import pour_chacun, travail
from socle.services.portee import exiger_la_portee

declarer_actions(
    questionnaire_demande="Avis demandé à la fin du contrat",
    questionnaire_repondu="Avis reçu à la fin du contrat",
    question_enregistree="Question du bilan qualitatif enregistrée",
    question_modifiee="Question du bilan qualitatif modifiée",
    question_retiree="Question du bilan qualitatif retirée",
)
USAGE_QUESTIONNAIRE = "questionnaire"
declarer_usage(
    USAGE_QUESTIONNAIRE,
    titre="Donner votre avis",
    phrase="Un contrat s'est terminé. Quelques questions, deux minutes : vos réponses aident à faire mieux.",
    adresse=lambda lien: reverse("suivi:questionnaire_par_lien", args=[lien.objet_uuid]),
)
DEMANDES_MAX = 2  # la demande, et un seul rappel
ANCIENNETE_MAX = datetime.timedelta(days=45)  # plus tard, on ne se souvient plus ; un classeur repris ne réveille rien


def poser_les_questions_proposees(*, acteur: Acteur) -> int:
    """Donne à la structure les questions proposées, pour chaque public qui n'en a aucune. Rend leur nombre."""
    peut_questionner(acteur).exiger()
    return _poser_les_proposees(acteur.agit_pour)


@transaction.atomic
def _poser_les_proposees(structure: Organisation) -> int:
    Organisation.objects.select_for_update().get(pk=structure.pk)
    posees = 0
    for public, questions in PROPOSEES.items():
        if Question.objects.filter(structure=structure, public=public).exists():
            continue
        for rang, (texte, genre) in enumerate(questions, start=1):
            ecrire(Question(structure=structure), {"public": public, "rang": rang * 10, "texte": texte, "genre": genre})
            posees += 1
    return posees


@transaction.atomic
def ajouter_question(*, acteur: Acteur, **valeurs) -> Question:
    peut_questionner(acteur).exiger()
    exiger_la_portee(acteur, valeurs)
    question = Question(structure=acteur.organisation)
    ecrire(question, valeurs)
    noter(acteur=acteur, action="question_enregistree", objet=acteur.agit_pour)
    return question


@transaction.atomic
def modifier_question(*, acteur: Acteur, question: Question, **valeurs) -> Question:
    """Corrige une question. Si elle a déjà des réponses, un autre texte en fait une nouvelle, et l'ancienne se retire."""
    peut_questionner(acteur).exiger()
    question = verrouiller(Question.objects, acteur, question)
    if question.retiree_le:
        raise RegleViolee("Cette question est retirée.")
    if "texte" in changements(question, valeurs) and question.reponses.exists():
        retirer_question(acteur=acteur, question=question)
        return ajouter_question(acteur=acteur, **{"public": question.public, "genre": question.genre, **valeurs})
    modifier(question, valeurs, acteur=acteur, action="question_modifiee", sur=acteur.organisation)
    return question


@transaction.atomic
def retirer_question(*, acteur: Acteur, question: Question) -> None:
    """Ne la pose plus ; ses réponses restent dans les synthèses. Sans danger deux fois."""
    peut_questionner(acteur).exiger()
    question = verrouiller(Question.objects, acteur, question)
    if question.retiree_le is None:
        ecrire(question, {"retiree_le": timezone.now()})
        noter(acteur=acteur, action="question_retiree", objet=acteur.agit_pour)


@transaction.atomic
def demander_avis(*, acteur: Acteur, contrat: Contrat, public: str, courriel: str) -> Questionnaire:
    """Envoie le lien signé du questionnaire ; une nouvelle demande ferme le lien précédent."""
    peut_questionner(acteur).exiger()
    contrat = verrouiller(Contrat.objects.avec_contexte(), acteur, contrat)
    _poser_les_proposees(contrat.structure)
    questionnaire, _ = Questionnaire.objects.get_or_create(contrat=contrat, public=PublicInterroge(public))
    if questionnaire.repondu_le:
        raise RegleViolee("La réponse est déjà là : ouvrez-la pour la lire ou la corriger.")
    valeurs = {"destinataire": courriel, "demande_le": timezone.localdate(), "essais": questionnaire.essais + 1}
    ecrire(questionnaire, valeurs)
    lien = donner_lien(
        structure=contrat.structure, usage=USAGE_QUESTIONNAIRE, objet=questionnaire, destinataire=courriel
    )
    ecrire_courriel(
        destinataire=courriel,
        gabarit="courriels/avis_demande",
        structure=contrat.structure,
        contexte={
            "a_la_personne": public == PublicInterroge.BENEFICIAIRE,
            "initiales": contrat.beneficiaire.initiales,
            "employeur": contrat.employeur.raison_sociale,
            "fin": contrat.fin,
            "structure": contrat.structure.nom,
            "essai": questionnaire.essais,
            "lien": lien,
        },
        cle=f"avis-{questionnaire.uuid}-{questionnaire.essais}",
    )
    questionnaire.dit_a = Avis(PublicInterroge(public).label.lower(), (Destinataire(adresse=courriel),))
    noter(acteur=acteur, action="questionnaire_demande", objet=contrat)
    return questionnaire


@transaction.atomic
def repondre_questionnaire(
    *, acteur: Acteur, contrat: Contrat, public: str, reponses: Mapping[Question, int | str | None]
) -> Questionnaire:
    """Enregistre les réponses, celles du formulaire papier comprises ; y revenir les remplace."""
    contrat = _tenir_le_contrat(acteur, contrat, public)
    peut_repondre_au_questionnaire(acteur, contrat).exiger()
    if any(question.structure_id != contrat.structure_id for question in reponses):
        raise RegleViolee("Cette question n'est pas de la structure du contrat.")
    donnees = {question: valeur for question, valeur in reponses.items() if valeur not in (None, "")}
    if not donnees:
        raise RegleViolee("Répondez à une question au moins.")
    questionnaire, _ = Questionnaire.objects.get_or_create(contrat=contrat, public=PublicInterroge(public))
    connues = {reponse.question_id: reponse for reponse in questionnaire.reponses.all()}
    for question in reponses:
        if question not in donnees and question.pk in connues:
            connues[question.pk].delete()
    for question, valeur in donnees.items():
        reponse = connues.get(question.pk) or Reponse(questionnaire=questionnaire, question=question)
        en_mots = question.genre == GenreQuestion.TEXTE
        ecrire(reponse, {"note": None if en_mots else int(valeur), "texte": valeur if en_mots else ""})
    ecrire(questionnaire, {"repondu_le": timezone.now()})
    noter(acteur=acteur, action="questionnaire_repondu", objet=contrat, structure=contrat.structure)
    return questionnaire


def _tenir_le_contrat(acteur: Acteur, contrat: Contrat, public: str) -> Contrat:
    """Sous verrou. Par un lien signé, la portée est celle du questionnaire qu'il ouvre : de ce contrat, pour ce public."""
    if not acteur.objet_ouvert:
        return verrouiller(Contrat.objects, acteur, contrat)
    relire(Questionnaire.objects, acteur, contrat=contrat, public=public)
    return Contrat.objects.select_for_update().get(pk=contrat.pk)


@travail("Avis à demander")
def demander_les_avis(le: datetime.date | None = None) -> int:
    """Demande l'avis de chacun à la fin des contrats, puis le rappelle une fois. Rend le nombre de courriels écrits."""
    le = le or timezone.localdate()
    finis = Contrat.objects.actifs().finis_entre(le - ANCIENNETE_MAX, le).filter(beneficiaire__archive_le__isnull=True)
    contrats = finis.avec_contexte().select_related("structure", "tuteur", "engagement__correspondant")
    par_lots = contrats.order_by("pk").prefetch_related("questionnaires").iterator(200)
    return sum(pour_chacun(par_lots, lambda contrat: _demander_a_chacun(contrat, le)))


def _demander_a_chacun(contrat: Contrat, le: datetime.date) -> int:
    reglages = reglages_de(contrat.structure)
    if not reglages.questionnaires:
        return 0
    return sum(_demander_au_besoin(contrat, public, reglages, le) for public in PublicInterroge)


def _demander_au_besoin(contrat: Contrat, public: PublicInterroge, reglages, le: datetime.date) -> bool:
    connu = next((q for q in contrat.questionnaires.all() if q.public == public), None)
    if connu and (connu.repondu_le or connu.essais >= DEMANDES_MAX):
        return False
    if connu and connu.demande_le and le < connu.demande_le + datetime.timedelta(days=reglages.jours_entre_essais):
        return False
    courriel = (connu and connu.destinataire) or courriel_connu(contrat, public)
    if not courriel:
        return False
    demander_avis(acteur=Acteur.systeme(contrat.structure), contrat=contrat, public=public, courriel=courriel)
    return True


def courriel_connu(contrat: Contrat, public: str) -> str:
    """L'adresse de la personne ; pour l'employeur, celle du tuteur, sinon du correspondant, s'ils reçoivent."""
    if public == PublicInterroge.BENEFICIAIRE:
        return contrat.beneficiaire.courriel
    engage = contrat.employeur_id == contrat.engagement.entreprise_id
    correspondant = contrat.engagement.correspondant if engage else None
    connus = [contact for contact in (contrat.tuteur, correspondant) if contact and contact.est_joignable]
    return connus[0].courriel if connus else ""
