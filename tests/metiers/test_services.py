"""Préciser un métier tapé librement : ce qui le portait change, rien d'autre ; un mot de la structure ne s'ajoute qu'une fois."""

import pytest

from metiers.models import Appellation, Metier
from metiers.services import ajouter_nom_de_metier, garder_les_metiers, preciser_metier
from socle.regles import RegleViolee
from tests.fabriques.recrutement import OffreFactory
from tests.saisie import rien_ne_s_ecrit

pytestmark = pytest.mark.django_db
LONG = "Chaumier " * 17  # 152 caractères une fois plié


def libre(monde, libelle="Chaumier") -> Metier:
    return garder_les_metiers(monde.structure, {"metier": Metier(libelle=libelle)})["metier"]


def connu(code: str) -> Metier:
    return Metier.objects.get(code=code)


def test_le_meme_mot_tape_deux_fois_est_une_seule_ligne(monde):
    un = libre(monde)
    assert un.structure == monde.structure and un.a_preciser
    assert libre(monde, "CHAUMIER") == un
    assert libre(monde.autre) != un
    assert libre(monde, "Vannier") != un
    assert libre(monde, LONG.strip()[:150]) == libre(monde, LONG.strip()[:150].upper())


def test_une_liste_garde_ce_qui_est_connu_et_ecrit_ce_qui_ne_l_est_pas(monde):
    macon = connu("F1703")
    tapes = [macon, Metier(libelle="Chaumier"), Metier(libelle="chaumier")]
    gardes = garder_les_metiers(monde.structure, {"metiers": tapes, "mots": ["a", "b", "a"], "rayon": 10})
    assert gardes["metiers"] == [macon, libre(monde)]
    assert (gardes["mots"], gardes["rayon"]) == (["a", "b", "a"], 10)


def test_preciser_remplace_le_mot_et_lui_seul(monde):
    chaumier, vannier, couvreur = libre(monde), libre(monde, "Vannier"), connu("F1610")
    offre = OffreFactory(engagement=monde.engagement, metier=chaumier)
    autre = OffreFactory(engagement=monde.engagement, metier=vannier)
    monde.beneficiaire.metiers.set([chaumier, vannier])
    ajouter_nom_de_metier(acteur=monde.acteur(), libelle="Tâcheron", metier=connu("F1703"))
    assert preciser_metier(acteur=monde.acteur(), metier=chaumier, vers=couvreur) == 2
    offre.refresh_from_db()
    autre.refresh_from_db()
    assert (offre.metier, autre.metier) == (couvreur, vannier)
    assert set(monde.beneficiaire.metiers.all()) == {couvreur, vannier}
    noms = Appellation.objects.filter(structure=monde.structure).values_list("libelle", "metier__code")
    assert set(noms) == {("Tâcheron", "F1703"), ("Chaumier", "F1610")}


def test_un_mot_deja_dans_la_liste_n_y_entre_pas_deux_fois(monde):
    ajouter_nom_de_metier(acteur=monde.acteur(), libelle="Chaumier", metier=connu("F1703"))
    assert preciser_metier(acteur=monde.acteur(), metier=libre(monde), vers=connu("F1610")) == 0
    assert Appellation.objects.filter(structure=monde.structure).count() == 1


def test_un_metier_a_preciser_n_en_precise_pas_un_autre(monde):
    chaumier, vannier = libre(monde), libre(monde, "Vannier")
    with rien_ne_s_ecrit(Metier, Appellation):
        with pytest.raises(RegleViolee, match="métier du répertoire"):
            preciser_metier(acteur=monde.acteur(), metier=chaumier, vers=vannier)
        with pytest.raises(RegleViolee, match="métier du répertoire"):
            ajouter_nom_de_metier(acteur=monde.acteur(), libelle="Tâcheron", metier=chaumier)
