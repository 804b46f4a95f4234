"""Qui déclare, décide, valide, rouvre, rend, relance ; et dans quel état du mois."""

import pytest

from comptes.acteur import Acteur
from comptes.enums import Role
from declarations import permissions as p
from declarations.enums import StatutAnnonce
from socle.permissions import LECTURE_SEULE
from tests.verdicts import ECRIVENT, PARTOUT, motif, qui_passe

pytestmark = pytest.mark.django_db
ETRANGER = "Ce marché n'est pas le vôtre."


@pytest.mark.parametrize(
    ("predicat", "passent"),
    [
        (lambda m, a: p.peut_tenir_les_mois(a), PARTOUT),
        (lambda m, a: p.peut_saisir_les_heures(a, m.mois_a_valider), PARTOUT),
        (lambda m, a: p.peut_decider(a, m.mois_a_valider), PARTOUT),
        (lambda m, a: p.peut_valider(a, m.mois_a_valider), PARTOUT),
        (lambda m, a: p.peut_rouvrir(a, m.mois_valide), PARTOUT),
        (lambda m, a: p.peut_reprendre_des_heures(a), PARTOUT),
        (lambda m, a: p.peut_declarer(a, m.mois_attendu), {"entreprise"}),
        (lambda m, a: p.peut_rendre(a, m.mois_declare), PARTOUT),
        (lambda m, a: p.peut_traiter_l_annonce(a, m.depart_annonce), ECRIVENT),
        (lambda m, a: p.peut_traiter_l_annonce(a, m.personne_annoncee), ECRIVENT),
        (lambda m, a: p.peut_envoyer_le_lien(a, m.engagement), ECRIVENT),
        (lambda m, a: p.peut_relancer(a), PARTOUT),
        (lambda m, a: p.peut_regler_les_declarations(a), PARTOUT),
        (lambda m, a: p.peut_allumer_les_relances(a), {"responsable", "autre.responsable"}),
    ],
)
def test_qui_passe(monde, predicat, passent):
    assert qui_passe(monde, lambda acteur: predicat(monde, acteur)) == passent


@pytest.mark.parametrize(
    ("predicat", "mois", "dit"),
    [
        (p.peut_saisir_les_heures, "mois_valide", "Ce mois est validé : rectifiez-le pour le corriger."),
        (p.peut_decider, "mois_valide", "« Valider le mois » n'est pas possible dans l'état actuel."),
        (p.peut_valider, "mois_valide", "« Valider le mois » n'est pas possible dans l'état actuel."),
        (p.peut_valider, "mois_attendu", "« Valider le mois » n'est pas possible dans l'état actuel."),
        (p.peut_rouvrir, "mois_a_valider", "« Rectifier le mois » n'est pas possible dans l'état actuel."),
        (p.peut_rendre, "mois_a_valider", "Ce mois est saisi par la structure : corrigez-le ici."),
    ],
)
def test_l_etat_du_mois_se_dit_a_qui_ecrit_et_le_role_aux_autres(monde, predicat, mois, dit):
    assert motif(predicat(monde.acteur("edition"), getattr(monde, mois))) == dit
    assert motif(predicat(monde.acteur("lecture"), getattr(monde, mois))) == LECTURE_SEULE


def test_un_mois_valide_ne_se_rend_plus(monde):
    monde.mois_declare.statut = monde.mois_valide.statut
    assert motif(p.peut_rendre(monde.acteur(), monde.mois_declare)).startswith("« Rendre à l'entreprise » n'est pas")


def test_l_entreprise_declare_par_son_compte_ou_par_le_lien_de_la_structure(monde):
    mois = monde.mois_attendu
    par_lien, d_ailleurs = (
        Acteur.par_lien(cote.lien_declaration, Role.ENTREPRISE) for cote in (monde.nous, monde.autre)
    )
    assert p.peut_declarer(par_lien, mois)
    sans_lien = Acteur(None, monde.structure, Role.ENTREPRISE)
    facilitateur_par_lien = Acteur.par_lien(monde.lien_declaration, Role.EDITION)
    for acteur in (d_ailleurs, sans_lien, facilitateur_par_lien, monde.acteur("autre.entreprise")):
        assert motif(p.peut_declarer(acteur, mois)) == "Cette déclaration n'est pas celle de votre entreprise."
    assert motif(p.peut_declarer(par_lien, monde.mois_valide)).startswith("Ce mois est validé : pour le corriger")


def test_une_annonce_se_traite_une_fois_par_la_structure_du_marche(monde):
    annonce = monde.depart_annonce
    assert motif(p.peut_traiter_l_annonce(monde.acteur("lecture"), annonce)) == LECTURE_SEULE
    assert motif(p.peut_traiter_l_annonce(monde.acteur("autre.edition"), annonce)) == ETRANGER
    annonce.statut = StatutAnnonce.ECARTEE
    assert motif(p.peut_traiter_l_annonce(monde.acteur("edition"), annonce)) == "Cette annonce est déjà traitée."


def test_le_lien_part_de_la_structure_du_marche(monde):
    assert motif(p.peut_envoyer_le_lien(monde.acteur("lecture"), monde.engagement)) == LECTURE_SEULE
    assert motif(p.peut_envoyer_le_lien(monde.acteur("autre.edition"), monde.engagement)) == ETRANGER
