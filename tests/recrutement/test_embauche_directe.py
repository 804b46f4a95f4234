"""Embaucher d'un coup : une page, un envoi ; un refus ne laisse rien derrière lui."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from beneficiaires.models import Beneficiaire, Critere, Domicile
from recrutement.models import Contrat
from socle.models import EntreeJournal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]
DITE = {
    "nom": "Łęczka",
    "prenom": "Doré",
    "date_naissance": "2000-02-03",
    "sexe": "F",
    "telephone": "06 12 34 56 78",
    "code": "RSA",
    "critere_depuis": "2026-01-15",
    "piece_vue": "on",
    "niveau": "3",
    "modalite": "embauche_directe",
    "type_contrat": "cdd",
    "debut": "2026-11-02",
    "fin_prevue": "2026-12-31",
    "heures_hebdomadaires": "35",
}


@pytest.fixture
def adresse(monde) -> str:
    return reverse("recrutement:embaucher", args=[monde.engagement.uuid])


@pytest.fixture
def dite(monde) -> dict:
    return {**DITE, "employeur": monde.engagement.entreprise.pk, "commune": monde.referentiel.ville.code_insee}


def test_une_page_ouvre_le_dossier_et_etablit_le_contrat(connecte, monde, adresse, dite):
    page = connecte("edition").get(adresse).content.decode()
    assert monde.engagement.entreprise.raison_sociale in page
    suite = connecte("edition").post(adresse, dite)
    contrat = Contrat.objects.get(beneficiaire__nom="Łęczka")
    assert suite.url == contrat.get_absolute_url()
    personne = contrat.beneficiaire
    assert (personne.telephone, personne.structure) == ("06 12 34 56 78", monde.structure)
    (critere,) = personne.criteres.all()
    assert (critere.code, critere.principal, critere.piece_vue_le) == ("RSA", True, datetime.date(2026, 10, 15))
    assert personne.niveaux.get().niveau == "3"
    assert personne.domiciles.get().commune == monde.referentiel.ville
    assert (contrat.engagement, contrat.debut) == (monde.engagement, datetime.date(2026, 11, 2))
    actions = set(
        EntreeJournal.objects.filter(objet_uuid__in=[personne.uuid, contrat.uuid]).values_list("action", flat=True)
    )
    assert {"dossier_cree", "critere_enregistre", "niveau_declare", "domicile_declare", "contrat_conclu"} <= actions


@pytest.mark.parametrize(
    ("champ", "valeur", "phrase"),
    [
        ("nom", "", "obligatoire"),
        ("date_naissance", "2020-01-01", "L'âge"),
        ("fin_prevue", "", "seul un CDI n'en a pas"),
        ("fin_prevue", "2026-10-01", "fin"),
        ("debut", "hier", ""),
        ("code", "", "Dites de quel critère"),
        ("code", "INCONNU", "Sélectionnez"),
        ("referent", "1 85 05 78 006 084 91", "sécurité sociale"),
        ("type_contrat", "x", "Sélectionnez"),
    ],
)
def test_une_faute_se_dit_a_cote_et_ne_laisse_rien(connecte, adresse, dite, champ, valeur, phrase):
    avant = (Beneficiaire.objects.count(), Contrat.objects.count(), Critere.objects.count(), Domicile.objects.count())
    reponse = connecte("edition").post(adresse, {**dite, champ: valeur})
    assert reponse.status_code == 200
    page = BeautifulSoup(reponse.content, "html.parser")
    erreurs = " ".join(bloc.get_text(" ", strip=True) for bloc in page.select(".invalid-feedback, .resume-erreurs"))
    assert erreurs and phrase in erreurs
    assert page.find(attrs={"name": "prenom"})["value"] == "Doré"
    assert avant == (
        Beneficiaire.objects.count(),
        Contrat.objects.count(),
        Critere.objects.count(),
        Domicile.objects.count(),
    )


def test_un_refus_du_contrat_ne_laisse_pas_de_dossier(connecte, monde, adresse, dite):
    """Le marché n'est plus ouvert aux contrats : le refus vient du service, après le dossier."""
    marche = monde.engagement.lot.marche
    marche.statut = "etude"
    marche.save()
    reponse = connecte("edition").post(adresse, dite)
    assert reponse.status_code == 200 and "pas ouvert aux contrats" in reponse.content.decode()
    assert not Beneficiaire.objects.filter(nom="Łęczka").exists()


def test_le_second_clic_n_embauche_pas_deux_fois(connecte, adresse, dite):
    client = connecte("edition")
    jeton = BeautifulSoup(client.get(adresse).content, "html.parser").find("input", {"name": "jeton_envoi"})["value"]
    arrivees = [client.post(adresse, {**dite, "jeton_envoi": jeton}).url for _ in range(2)]
    assert arrivees[0] == arrivees[1] and Contrat.objects.filter(beneficiaire__nom="Łęczka").count() == 1


@pytest.mark.parametrize(("qui", "code"), [("lecture", 403), ("entreprise", 403), ("autre.edition", 404)])
def test_qui_n_y_a_pas_droit_n_embauche_pas(connecte, adresse, dite, qui, code):
    assert connecte(qui).post(adresse, dite).status_code == code
    assert not Beneficiaire.objects.filter(nom="Łęczka").exists()


def test_le_bouton_est_sur_l_engagement(connecte, monde, adresse):
    assert adresse in connecte("edition").get(monde.engagement.get_absolute_url()).content.decode()
    assert adresse not in connecte("lecture").get(monde.engagement.get_absolute_url()).content.decode()
