"""Reprendre des dossiers d'un coup, relire des rattachements : ce qui s'écrit, ce qui s'arrête, ce qui se compte."""

import datetime

import pytest
from django.utils import timezone

from beneficiaires.enums import CodeCritere, StatutQuartier
from beneficiaires.models import Beneficiaire, Critere
from beneficiaires.services import orienter_personne, reprendre_dossiers, reprendre_faits
from beneficiaires.services.reclassement import _relire, reclasser_domiciles
from comptes.acteur import Acteur
from socle.regles import RegleViolee
from territoires.enums import Millesime
from tests.fabriques.beneficiaires import CritereFactory
from tests.gestes.beneficiaires import dossiers_a_reprendre, faits_a_reprendre
from tests.saisie import rien_ne_s_ecrit

pytestmark = pytest.mark.django_db


def test_ce_qui_est_repris_se_retrouve_par_son_nom_sans_accents(monde):
    dossiers = dossiers_a_reprendre(monde.nous)
    ne, tenu = datetime.date(1990, 1, 1), timezone.now()
    anonyme = Beneficiaire(structure=monde.structure, identifiant="B-9002", date_naissance=ne, anonymise_le=tenu)
    reprendre_dossiers(acteur=monde.acteur(), **{**dossiers, "nouveaux": [*dossiers["nouveaux"], anonyme]})
    plies = Beneficiaire.objects.filter(structure=monde.structure).values_list("identifiant", "nom_plie")
    assert dict(plies)[monde.beneficiaire.identifiant] == "lemaire aicha"
    assert dict(plies)["B-9001"].islower() and dict(plies)["B-9002"].strip() == ""


@pytest.mark.parametrize("lequel", ["nouveaux", "modifies"])
def test_un_dossier_d_ailleurs_arrete_toute_la_reprise(monde, lequel):
    notres, leurs = dossiers_a_reprendre(monde.nous), dossiers_a_reprendre(monde.autre)
    melanges = {**notres, lequel: [*notres[lequel], *leurs[lequel]]}
    with rien_ne_s_ecrit(Beneficiaire), pytest.raises(RegleViolee, match="pas de votre structure"):
        reprendre_dossiers(acteur=monde.acteur(), **melanges)


def test_un_numero_de_securite_sociale_ne_se_reprend_pas(monde):
    dossiers = dossiers_a_reprendre(monde.nous)
    dossiers["modifies"][0].notes = "1 85 05 78 006 084 36"
    with rien_ne_s_ecrit(Beneficiaire), pytest.raises(Exception, match="numéro"):
        reprendre_dossiers(acteur=monde.acteur(), **{**dossiers, "champs": ["notes"]})


def test_les_faits_repris_s_ajoutent_se_corrigent_et_se_retirent(monde):
    garde = CritereFactory(beneficiaire=monde.beneficiaire, code=CodeCritere.PLIE, principal=False)
    faits = faits_a_reprendre(monde.nous)
    reprendre_faits(acteur=monde.acteur(), **faits)
    codes = dict(Critere.objects.filter(beneficiaire=monde.beneficiaire).values_list("code", "principal"))
    assert codes == {monde.critere.code: False, CodeCritere.ASS: False, garde.code: False}


# --- Relire les rattachements calculés ------------------------------------------------------------------------------
def test_une_geographie_relue_ne_touche_ni_l_autre_ni_les_decisions(monde):
    exploitant = Acteur.exploitant()
    for millesime in Millesime:
        rapport = reclasser_domiciles(acteur=exploitant, millesime=millesime)
        assert (
            rapport.lus
            == monde.rattachement.__class__.objects.filter(
                millesime=millesime, origine="polygone", domicile__latitude__isnull=False
            ).count()
        )
    assert reclasser_domiciles(acteur=exploitant, millesime=Millesime.GEOGRAPHIE_2024).changes == 0


@pytest.mark.parametrize(
    ("situation", "quartier", "metres", "motif", "statut", "distance"),
    [
        ("main", 1, 12.6, "", StatutQuartier.OUI, 13),
        ("main", None, None, "", StatutQuartier.NON, 99),  # loin de tout bord, la distance d'avant reste
        ("main", 1, 3.2, "Près du bord.", StatutQuartier.A_VERIFIER, 3),
        ("imprecise", 1, None, "", StatutQuartier.A_VERIFIER, 99),
    ],
)
def test_un_rattachement_relu_dit_s_il_change(monde, situation, quartier, metres, motif, statut, distance):
    ligne = monde.rattachement
    ligne.domicile.situation, ligne.domicile.score, ligne.distance_m, ligne.motif = situation, None, 99, "Ancien"
    assert _relire(ligne, quartier, metres, motif) is True
    assert (ligne.statut, ligne.quartier_id, ligne.distance_m) == (statut, quartier, distance)
    assert _relire(ligne, quartier, metres, motif) is False


def test_le_rapport_compte_ce_qui_change(monde):
    rattachements = type(monde.rattachement).objects
    rattachements.filter(millesime=Millesime.GEOGRAPHIE_2024).update(motif="Ancien", origine="polygone")
    comptes = reclasser_domiciles(acteur=Acteur.exploitant(), millesime=Millesime.GEOGRAPHIE_2024)
    assert comptes.lus == comptes.changes == rattachements.filter(millesime=Millesime.GEOGRAPHIE_2024).count() > 0


def test_l_orientation_marque_le_premier_critere(monde):
    personne = orienter_personne(
        acteur=monde.acteur("prescripteur"),
        structure=monde.structure,
        criteres=[CodeCritere.ASS, CodeCritere.RSA],
        nom="Martin",
        prenom="Léa",
        date_naissance=datetime.date(1990, 1, 1),
        sexe="F",
    )
    assert dict(personne.criteres.values_list("code", "principal")) == {"ASS": True, "RSA": False}
