"""Ce qui arrive coup sur coup à la même personne part en un courriel, et rien ne se perd en route."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from recrutement.services import avancer_candidature
from socle.models import Courriel
from socle.services import courriels
from socle.services.regroupement import FENETRE, ecrire_au_groupe

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def horloge():
    with time_machine.travel(datetime.datetime(2026, 11, 24, 9, 0, tzinfo=datetime.UTC), tick=False) as horloge:
        yield horloge


def _contexte(monde, suite: str) -> dict:
    return {
        "initiales": "I. L.",
        "offre": monde.offre,
        "statut": "Retenue",
        "suite": suite,
        "motif": "",
        "precision": "",
        "entretien_le": None,
        "lien": "https://exemple.fr/1",
    }


def _ecrire(monde, suite: str, **valeurs) -> Courriel:
    adresses = {"destinataire": "ref@ml.fr", "structure": monde.structure, "repondre_a": "a@s.fr", **valeurs}
    return ecrire_au_groupe(
        groupe="candidatures", gabarit="courriels/candidature_avancee", contexte=_contexte(monde, suite), **adresses
    )


def test_trois_pas_en_vingt_secondes_font_un_courriel(monde, horloge, mailoutbox):
    for suite in ("est présélectionnée.", "est transmise à l'entreprise.", "mène à un entretien."):
        _ecrire(monde, suite)
        horloge.shift(datetime.timedelta(seconds=7))
    (courriel,) = Courriel.objects.filter(destinataire="ref@ml.fr")
    assert courriel.sujet == "Plusieurs nouvelles de vos candidatures"
    places = [courriel.corps.index(mot) for mot in ("présélectionnée", "transmise", "entretien")]
    assert places == sorted(places)
    assert courriel.corps.count("Bonjour") == courriel.corps.count("Une question") == 1
    courriels.envoyer_lot()
    assert not mailoutbox, "la fenêtre n'est pas finie"
    horloge.shift(FENETRE)
    assert courriels.envoyer_lot() == (1, False)
    assert len(mailoutbox) == 1 and "entretien" in mailoutbox[0].body


def test_seule_elle_garde_son_sujet_et_part_a_son_heure(monde, horloge, mailoutbox):
    courriel = _ecrire(monde, "est retenue.")
    assert courriel.sujet.startswith("Retenue : I. L.") and courriel.prochain_essai_le == timezone.now() + FENETRE
    horloge.shift(FENETRE + MINUTE)
    courriels.envoyer_lot()
    _ecrire(monde, "reste sans suite.")
    assert Courriel.objects.filter(destinataire="ref@ml.fr").count() == 2, (
        "le premier est parti : le suivant en ouvre un"
    )


def test_l_heure_ne_recule_pas(monde, horloge):
    premiere = _ecrire(monde, "est présélectionnée.").prochain_essai_le
    horloge.shift(4 * MINUTE)
    assert _ecrire(monde, "est retenue.").prochain_essai_le - premiere < MINUTE
    horloge.shift(MINUTE + MINUTE)
    assert Courriel.objects.dus().count() == 1


@pytest.mark.parametrize("autre", [{"destinataire": "autre@ml.fr"}, {"structure": None}, {"repondre_a": "b@s.fr"}])
def test_une_autre_personne_une_autre_structure_une_autre_main_a_le_sien(monde, horloge, autre):
    _ecrire(monde, "est retenue.")
    if "structure" in autre:
        autre = {"structure": monde.autre.structure}
    _ecrire(monde, "est retenue.", **autre)
    assert Courriel.objects.filter(groupe="candidatures").count() == 2


def test_ce_qu_un_travailleur_tient_deja_ne_change_pas_sous_lui(monde, horloge):
    courriel = _ecrire(monde, "est présélectionnée.")
    lu = Courriel.objects.get(pk=courriel.pk)
    _ecrire(monde, "est retenue.")
    assert not courriels._prendre(lu, None), "il l'aurait envoyé sans la seconde nouvelle"
    Courriel.objects.filter(pk=courriel.pk).update(tentatives=1)
    _ecrire(monde, "reste sans suite.")
    assert Courriel.objects.filter(groupe="candidatures").count() == 2


def test_l_ecran_et_le_courriel_disent_le_delai(monde):
    candidature = avancer_candidature(acteur=monde.acteur(), candidature=monde.candidature, transition="classer")
    assert "dans les cinq minutes" in candidature.dit_a.phrase
    courriel = Courriel.objects.get(destinataire=monde.personne("prescripteur").email, groupe="candidatures")
    assert "moins de cinq minutes" in courriel.corps
