"""Qui prépare, relit, écarte, publie un bilan ; le réseau fait les siens, qui le reçoit ne fait que lire."""

import pytest

from comptes.enums import Role
from reporting import permissions as p
from reporting.enums import StatutBilan
from socle.permissions import LECTURE_SEULE
from tests.fabriques.reporting import BilanFactory
from tests.fabriques.socle import DocumentFactory
from tests.verdicts import ECRIVENT, PARTOUT, motif, qui_passe

pytestmark = pytest.mark.django_db
RESEAUX, RESPONSABLES = {"reseau", "autre.reseau"}, {"responsable", "autre.responsable"}


def relu(cote, **valeurs):
    document = DocumentFactory(organisation=cote.structure, pret=True)
    return BilanFactory(
        structure=cote.structure, annee=2024, statut=StatutBilan.RELU, document=document, empreinte="e", **valeurs
    )


def brouillon_pret(cote):
    bilan = relu(cote)
    bilan.statut = StatutBilan.BROUILLON
    return bilan


@pytest.mark.parametrize(
    ("predicat", "passent"),
    [
        (lambda m, a: p.peut_preparer_bilan(a), PARTOUT | RESEAUX),
        (lambda m, a: p.peut_preparer_le_bilan_annuel(a), PARTOUT),
        (lambda m, a: p.peut_regler_les_bilans(a), RESPONSABLES),
        (lambda m, a: p.peut_fixer_les_objectifs(a), RESPONSABLES),
        (lambda m, a: p.peut_refaire_bilan(a, m.bilan), ECRIVENT),
        (lambda m, a: p.peut_ecrire_bilan(a, m.bilan), ECRIVENT),
        (lambda m, a: p.peut_ecarter_brouillon(a, m.bilan), ECRIVENT),
        (lambda m, a: p.peut_ecarter_brouillon(a, m.bilan_publie), set()),
        (lambda m, a: p.peut_relire_bilan(a, m.bilan), set()),
    ],
)
def test_qui_passe(monde, predicat, passent):
    assert qui_passe(monde, lambda acteur: predicat(monde, acteur)) == passent


def test_un_brouillon_pret_se_relit_un_bilan_relu_se_publie_par_un_responsable(monde):
    brouillon = brouillon_pret(monde.nous)
    assert qui_passe(monde, lambda acteur: p.peut_relire_bilan(acteur, brouillon)) == ECRIVENT
    brouillon.statut = StatutBilan.RELU
    assert qui_passe(monde, lambda acteur: p.peut_publier_bilan(acteur, brouillon)) == {"responsable"}
    assert motif(p.peut_publier_bilan(monde.acteur("edition"), brouillon)) == p.RESPONSABLE_SEUL


def test_un_reseau_publie_les_siens(monde):
    bilan = relu(monde.nous)
    bilan.structure = monde.organisations[Role.RESEAU]
    assert qui_passe(monde, lambda acteur: p.peut_publier_bilan(acteur, bilan)) == {"reseau"}
    assert p.est_de_son_organisation(monde.acteur("reseau"), bilan)
    for qui in ("responsable", "autre.reseau", "inconnu"):
        assert not p.est_de_son_organisation(monde.acteur(qui), bilan)


@pytest.mark.parametrize(
    ("statut", "relire", "ecrire", "publier"),
    [
        (StatutBilan.BROUILLON, "oui", "oui", "Ce brouillon n'est pas relu : lisez-le, puis marquez-le relu."),
        (StatutBilan.RELU, "« Marquer relu » n'est pas possible dans l'état actuel.", "oui", "oui"),
        (
            StatutBilan.PUBLIE,
            "« Marquer relu » n'est pas possible dans l'état actuel.",
            "Un bilan publié ne change plus : préparez-en une nouvelle version.",
            "Ce bilan est déjà publié. Pour le corriger, préparez-en une nouvelle version.",
        ),
        (
            StatutBilan.REMPLACE,
            "« Marquer relu » n'est pas possible dans l'état actuel.",
            "Un bilan publié ne change plus : préparez-en une nouvelle version.",
            "« Publier » n'est pas possible dans l'état actuel.",
        ),
    ],
)
def test_chaque_etat_dit_ce_qui_manque(monde, statut, relire, ecrire, publier):
    bilan, acteur = relu(monde.nous), monde.acteur("responsable")
    bilan.statut = statut
    predicats = (p.peut_relire_bilan, p.peut_ecrire_bilan, p.peut_publier_bilan)
    assert [motif(predicat(acteur, bilan)) for predicat in predicats] == [relire, ecrire, publier]


def test_pas_pret_on_attend(monde):
    acteur, bilan = monde.acteur("responsable"), relu(monde.nous)
    bilan.document = DocumentFactory(organisation=monde.structure)
    assert motif(p.peut_publier_bilan(acteur, bilan)) == "Ce bilan n'est pas prêt : attendez la fin de sa fabrication."
    assert motif(p.peut_ecrire_bilan(acteur, bilan)) == "Le bilan est en préparation : attendez qu'il soit prêt."
    bilan.statut = StatutBilan.BROUILLON
    assert motif(p.peut_relire_bilan(acteur, bilan)).startswith("Ce brouillon n'est pas prêt")


@pytest.mark.parametrize(
    "predicat",
    [p.peut_refaire_bilan, p.peut_ecrire_bilan, p.peut_relire_bilan, p.peut_ecarter_brouillon, p.peut_publier_bilan],
)
def test_etranger_ou_en_lecture_se_dit(monde, predicat):
    bilan = relu(monde.nous)
    assert motif(predicat(monde.acteur("autre.responsable"), bilan)) == p.ETRANGER
    assert motif(predicat(monde.acteur("financeur"), bilan)) == p.ETRANGER
    assert motif(predicat(monde.acteur("inconnu"), bilan)) == p.ETRANGER
    assert motif(predicat(monde.acteur("lecture"), bilan)) == LECTURE_SEULE
