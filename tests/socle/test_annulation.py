"""« Annuler » : le dernier geste se défait d'un bouton, par qui l'a fait, tout de suite, et si personne n'y a touché."""

import datetime

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from marches.enums import StatutMarche, StatutProjet
from marches.models import Marche
from recrutement.enums import StatutCandidature
from socle.models import EntreeJournal

pytestmark = pytest.mark.django_db


def lire(reponse) -> BeautifulSoup:
    return BeautifulSoup(reponse.content, "html.parser")


def dits(reponse) -> str:
    return " ".join(p.get_text(" ", strip=True) for p in lire(reponse).select(".toast-message p"))


def bouton(reponse) -> str:
    """Le jeton du bouton « Annuler » du message ; vide s'il n'y en a pas."""
    champ = lire(reponse).select_one(".toast-message form [name=jeton]")
    return champ["value"] if champ else ""


def poster(client, nom: str, *arguments, **champs):
    return client.post(reverse(nom, args=arguments), champs, follow=True)


def archiver(client, marche: Marche) -> str:
    return bouton(poster(client, "marches:marche_archiver", marche.uuid))


def test_archiver_s_annule_et_se_note(connecte, monde):
    client, marche = connecte("edition"), monde.marche
    jeton = archiver(client, marche)
    marche.refresh_from_db()
    assert jeton and marche.est_archive
    reponse = poster(client, "annuler", jeton=jeton)
    marche.refresh_from_db()
    assert not marche.est_archive and "sorti de l'archive" in dits(reponse)
    assert reponse.redirect_chain[-1][0] == marche.get_absolute_url()
    assert EntreeJournal.objects.filter(action="marche_reactive", objet_uuid=marche.uuid).count() == 1


def test_une_deuxieme_fois_ne_fait_rien(connecte, monde):
    client, marche = connecte("edition"), monde.marche
    jeton = archiver(client, marche)
    poster(client, "annuler", jeton=jeton)
    assert "touché depuis" in dits(poster(client, "annuler", jeton=jeton))


def test_ce_qu_un_autre_a_touche_ne_s_annule_plus(connecte, monde):
    client, marche = connecte("edition"), monde.marche
    jeton = archiver(client, marche)
    marche.refresh_from_db()
    marche.objet = "Corrigé par un collègue"
    marche.save()
    reponse = poster(client, "annuler", jeton=jeton)
    marche.refresh_from_db()
    assert marche.est_archive and "touché depuis" in dits(reponse)


def test_trop_tard(connecte, monde):
    client, marche = connecte("edition"), monde.marche
    jeton = archiver(client, marche)
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=11), tick=False):
        reponse = poster(connecte("edition"), "annuler", jeton=jeton)
    marche.refresh_from_db()
    assert marche.est_archive and "dix minutes" in dits(reponse)


@pytest.mark.parametrize("qui", ["responsable", "autre.edition", "entreprise"])
def test_le_jeton_d_un_autre_ne_sert_pas(connecte, monde, qui):
    jeton = archiver(connecte("edition"), monde.marche)
    poster(connecte(qui), "annuler", jeton=jeton)
    monde.marche.refresh_from_db()
    assert monde.marche.est_archive


@pytest.mark.parametrize("jeton", ["", "invente", "a:b:c"])
def test_un_jeton_invente_ne_fait_rien(connecte, monde, jeton):
    assert "ne peut pas être annulé" in dits(poster(connecte("edition"), "annuler", jeton=jeton))


def test_l_inverse_garde_ses_droits(connecte, monde):
    """Passé en lecture entre-temps, on n'annule plus."""
    client, marche = connecte("edition"), monde.marche
    jeton = archiver(client, marche)
    monde.personne("edition").adhesions.update(role="lecture")
    assert client.post(reverse("annuler"), {"jeton": jeton}).status_code == 403
    marche.refresh_from_db()
    assert marche.est_archive


def test_archiver_une_entreprise_s_annule_chez_soi(connecte, monde):
    client = connecte("edition")
    jeton = bouton(poster(client, "entreprises:archiver", monde.entreprise.uuid))
    assert "sortie de l'archive" in dits(poster(client, "annuler", jeton=jeton))


def test_un_refus_s_annule_a_l_etape_ou_l_on_en_etait(connecte, monde):
    client, candidature = connecte("edition"), monde.candidature
    etape = candidature.statut
    reponse = poster(client, "recrutement:candidature_refuser", candidature.uuid, motif="permis")
    candidature.refresh_from_db()
    assert candidature.statut == StatutCandidature.REFUSEE
    poster(client, "annuler", jeton=bouton(reponse))
    candidature.refresh_from_db()
    assert (candidature.statut, candidature.motif, candidature.decidee_le) == (etape, "", None)


def test_un_prescripteur_revient_sur_son_retrait(connecte, monde):
    client, candidature = connecte("prescripteur"), monde.candidature
    etape = candidature.statut
    reponse = poster(client, "recrutement:candidature_retirer", candidature.uuid)
    assert "Candidature retirée" in dits(reponse)
    reponse = poster(client, "annuler", jeton=bouton(reponse))
    candidature.refresh_from_db()
    assert candidature.statut == etape
    assert reponse.redirect_chain[-1][0] == reverse("recrutement:ma_personne", args=[candidature.beneficiaire.uuid])


def test_un_prescripteur_ne_revient_pas_sur_un_refus(connecte, monde):
    candidature = monde.candidature
    poster(connecte("edition"), "recrutement:candidature_refuser", candidature.uuid, motif="permis")
    adresse = reverse("recrutement:candidature_retablir", args=[candidature.uuid])
    assert connecte("prescripteur").post(adresse).status_code == 403


def test_solder_s_annule_sans_laisser_de_date(connecte, monde):
    client, marche = connecte("edition"), monde.marche
    assert marche.statut == StatutMarche.EXECUTION and marche.fin_reelle is None
    reponse = poster(client, "marches:statut", marche.uuid, "solder")
    marche.refresh_from_db()
    assert marche.statut == StatutMarche.SOLDE and marche.fin_reelle
    poster(client, "annuler", jeton=bouton(reponse))
    marche.refresh_from_db()
    assert (marche.statut, marche.fin_reelle) == (StatutMarche.EXECUTION, None)


def test_ecarter_un_projet_a_l_etude_s_annule(connecte, monde):
    client, projet = connecte("edition"), monde.projet
    projet.statut = StatutProjet.ETUDE
    projet.save()
    reponse = poster(client, "marches:projet_ecarter", projet.uuid, motif="Trop court")
    poster(client, "annuler", jeton=bouton(reponse))
    projet.refresh_from_db()
    assert projet.statut == StatutProjet.ETUDE
