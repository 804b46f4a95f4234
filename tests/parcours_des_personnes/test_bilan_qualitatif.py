"""Le bilan qualitatif : demander, rappeler une fois, répondre par lien, lire la synthèse."""

import datetime
import random
import re
from decimal import Decimal

import pytest
from django.test import Client

from parcours.enums import PublicInterroge
from parcours.models import Question, Questionnaire, Reponse
from parcours.questions import PROPOSEES, synthetiser
from parcours.services import (
    demander_avis,
    demander_les_avis,
    modifier_question,
    poser_les_questions_proposees,
    repondre_questionnaire,
    retirer_question,
)
from socle.models import Courriel
from socle.regles import RegleViolee

pytestmark = pytest.mark.django_db
FIN = datetime.date(2026, 8, 31)


@pytest.fixture
def fini(monde):
    """Le contrat du monde, fini, dont la personne et le tuteur ont un courriel ; aucun avis encore."""
    Reponse.objects.all().delete()
    Questionnaire.objects.all().delete()
    Question.objects.all().delete()
    monde.beneficiaire.courriel = "awa@personne.example"
    monde.beneficiaire.save()
    contact = monde.contact
    contact.courriel = "tuteur@entreprise.example"
    contact.save()
    monde.contrat.tuteur = contact
    monde.contrat.save()
    return monde.contrat


def test_a_la_fin_du_contrat_chacun_est_interroge_puis_rappele_une_fois(monde, fini, horloge):
    assert demander_les_avis(FIN - datetime.timedelta(days=1)) == 0
    for jour in (0, 0, 5, 14, 15, 16, 40):
        horloge.move_to(datetime.datetime(2026, 8, 31, 9, tzinfo=datetime.UTC) + datetime.timedelta(days=jour))
        demander_les_avis()
    avis = [c for c in Courriel.objects.all() if "votre avis" in c.sujet.lower()]
    assert sorted((c.destinataire, "Rappel" in c.sujet) for c in avis) == [
        ("awa@personne.example", False),
        ("awa@personne.example", True),
        ("tuteur@entreprise.example", False),
        ("tuteur@entreprise.example", True),
    ]
    assert not any("Lemaire" in c.sujet + c.corps for c in avis)


def test_sans_courriel_ou_sans_reglage_rien_ne_part(monde, fini):
    monde.contrat.tuteur = None
    monde.contrat.save()
    assert demander_les_avis(FIN) == 1
    assert not Questionnaire.objects.filter(public=PublicInterroge.EMPLOYEUR).exists()


def test_la_personne_repond_par_son_lien(monde, fini):
    demander_avis(acteur=monde.acteur(), contrat=fini, public="beneficiaire", courriel="awa@personne.example")
    lien = re.search(r"https?://[^/]+(/lien/\S+)", Courriel.objects.latest("pk").corps)[1]
    visiteur = Client()
    questionnaire = Questionnaire.objects.get()
    adresse = f"/avis/{questionnaire.uuid}/"
    assert visiteur.get(adresse).status_code == 404  # sans passer par le lien
    assert "Awa" not in visiteur.get(lien).content.decode()
    assert visiteur.post(lien).url == adresse
    assert visiteur.get(adresse).status_code == 200
    note = Question.objects.filter(public="beneficiaire", genre="note").first()
    mots = Question.objects.filter(public="beneficiaire", genre="texte").first()
    vide = visiteur.post(adresse, {})
    assert "Répondez à une question au moins" in vide.content.decode()
    numero = visiteur.post(adresse, {f"question_{mots.uuid.hex}": "Mon numéro : 185017512345612"})
    assert numero.status_code == 200 and not Reponse.objects.exists()
    for valeur in ("4", "5"):  # corriger sa réponse ne la double pas
        envoi = visiteur.post(
            adresse, {f"question_{note.uuid.hex}": valeur, f"question_{mots.uuid.hex}": "Coffrer un mur"}
        )
        assert envoi.status_code == 302
    assert sorted(Reponse.objects.values_list("note", "texte"), key=str) == [(5, ""), (None, "Coffrer un mur")]
    with pytest.raises(RegleViolee, match="déjà là"):
        demander_avis(acteur=monde.acteur(), contrat=fini, public="beneficiaire", courriel="awa@personne.example")
    client = Client()
    client.force_login(monde.personne("lecture"))
    synthese = client.get(f"/marches/{monde.marche.uuid}/bilan-qualitatif/").content.decode()
    assert "Coffrer un mur" in synthese and "5 sur 5" in synthese and "Lemaire" not in synthese


def test_une_question_repondue_se_remplace_et_garde_ses_reponses(monde, fini):
    assert poser_les_questions_proposees(acteur=monde.acteur()) == sum(map(len, PROPOSEES.values()))
    assert poser_les_questions_proposees(acteur=monde.acteur()) == 0
    question = Question.objects.filter(public="beneficiaire", genre="note").first()
    repondre_questionnaire(acteur=monde.acteur(), contrat=fini, public="beneficiaire", reponses={question: 3})
    nouvelle = modifier_question(acteur=monde.acteur(), question=question, texte="Et l'accueil ?", rang=10)
    question.refresh_from_db()
    assert nouvelle.pk != question.pk and question.retiree_le and question.reponses.get().note == 3
    retirer_question(acteur=monde.acteur(), question=nouvelle)
    retirer_question(acteur=monde.acteur(), question=nouvelle)
    assert not Question.objects.posees().filter(texte="Et l'accueil ?").exists()


def test_la_synthese_recompte_juste():
    tirer = random.Random(7)
    for _ in range(50):
        notes = [tirer.choice([None, 1, 2, 3, 4, 5]) for _ in range(tirer.randint(0, 12))]
        lue = synthetiser("Accueil ?", "note", [(note, "") for note in notes])
        donnees = [note for note in notes if note is not None]
        assert lue.nombre == len(donnees) == sum(nombre for _, nombre in lue.repartition)
        if donnees:
            assert abs(lue.moyenne - Decimal(sum(donnees)) / len(donnees)) <= Decimal("0.05")
        else:
            assert lue.moyenne is None
    oui_non = synthetiser("Reprendriez-vous ?", "oui_non", [(1, ""), (0, ""), (1, ""), (None, "")])
    assert (oui_non.oui, oui_non.nombre) == (2, 3)


def test_un_public_inconnu_n_existe_pas(monde, client):
    client.force_login(monde.personne("edition"))
    assert client.get(f"/contrats/{monde.contrat.uuid}/avis/financeur/").status_code == 404
