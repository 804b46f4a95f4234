"""Ce que tout le monde demande : écrire, garder une vue, demander un document, renvoyer un courriel."""

import pytest
from django.utils import timezone

from comptes.acteur import Acteur
from socle import permissions as p
from tests.verdicts import ECRIVENT, PARTOUT, motif, qui_passe

pytestmark = pytest.mark.django_db


def test_qui_passe(monde):
    tous = 2 * 8 + 1  # les deux côtés, et l'administrateur ; l'inconnu n'est d'aucune organisation
    assert qui_passe(monde, p.peut_ecrire) == PARTOUT
    assert len(qui_passe(monde, p.peut_enregistrer_une_vue)) == tous
    assert len(qui_passe(monde, p.peut_demander_un_document)) == tous
    courriel = monde.courriel
    assert qui_passe(monde, lambda acteur: p.peut_renvoyer(acteur, courriel)) == ECRIVENT


def test_l_automate_demande_un_document_mais_n_a_pas_de_vue(monde):
    automate = Acteur.systeme(monde.structure)
    assert p.peut_demander_un_document(automate)
    assert not p.peut_enregistrer_une_vue(automate)


def test_un_courriel_se_renvoie_abandonne_et_son_contenu_garde(monde):
    courriel, acteur = monde.courriel, monde.acteur("edition")
    assert motif(p.peut_renvoyer(monde.acteur("autre.edition"), courriel)) == p.LECTURE_SEULE
    courriel.etat = "envoye"
    assert "n'est pas possible" in motif(p.peut_renvoyer(acteur, courriel))
    courriel.corps_efface_le = timezone.now()
    assert motif(p.peut_renvoyer(acteur, courriel)).startswith("Le contenu de ce courriel est effacé")
