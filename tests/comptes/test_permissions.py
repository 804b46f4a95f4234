"""Qui crée, relie, invite, retire : l'administrateur partout, le responsable chez lui et ses partenaires à lui seul."""

import pytest
from django.utils import timezone

from comptes import permissions as p
from comptes.acteur import Acteur
from comptes.enums import Role, TypeOrganisation
from tests.fabriques.comptes import OrganisationFactory, PartenariatFactory
from tests.verdicts import motif, qui_passe

pytestmark = pytest.mark.django_db
RESPONSABLES, ADMINISTRATEUR = {"responsable", "autre.responsable"}, {"administrateur"}
LE_NOTRE = {"responsable", "administrateur"}


def notre_prescripteur(m):
    return m.organisations[Role.PRESCRIPTEUR]


def partagee(m):
    PartenariatFactory(structure=m.autre.structure, organisation=notre_prescripteur(m))
    return notre_prescripteur(m)


@pytest.mark.parametrize(
    ("predicat", "passent"),
    [
        (lambda m, a: p.peut_administrer(a), ADMINISTRATEUR),
        (lambda m, a: p.peut_creer_partenaire(a), RESPONSABLES),
        (lambda m, a: p.peut_relier(a), RESPONSABLES | ADMINISTRATEUR),
        (lambda m, a: p.peut_gerer_membres(a, m.structure), LE_NOTRE),
        (lambda m, a: p.peut_gerer_membres(a, notre_prescripteur(m)), LE_NOTRE),
        (lambda m, a: p.peut_gerer_membres(a, OrganisationFactory(prescripteur=True)), ADMINISTRATEUR),
        (lambda m, a: p.peut_modifier_organisation(a, m.structure), LE_NOTRE),
        (lambda m, a: p.peut_inviter(a, m.structure), LE_NOTRE),
        (lambda m, a: p.peut_inviter(a, notre_prescripteur(m)), LE_NOTRE | {"prescripteur"}),
        (lambda m, a: p.peut_inviter(a, OrganisationFactory(prescripteur=True, archivee=True)), set()),
        (lambda m, a: p.peut_changer_role(a, m.structure), LE_NOTRE),
        (lambda m, a: p.peut_changer_role(a, notre_prescripteur(m)), set()),
        (lambda m, a: p.peut_retirer(a, m.adhesion), LE_NOTRE | {"edition"}),
        (lambda m, a: p.peut_nouer_partenariat(a, m.structure, OrganisationFactory(prescripteur=True)), LE_NOTRE),
        # Des personnes y travaillent déjà : elles n'ont pas à changer de mains.
        (lambda m, a: p.peut_nouer_partenariat(a, m.structure, notre_prescripteur(m)), ADMINISTRATEUR),
        (lambda m, a: p.peut_nouer_partenariat(a, m.structure, OrganisationFactory()), set()),
        (lambda m, a: p.peut_nouer_partenariat(a, OrganisationFactory(reseau=True), notre_prescripteur(m)), set()),
    ],
)
def test_qui_passe(monde, predicat, passent):
    assert qui_passe(monde, lambda acteur: predicat(monde, acteur)) == passent


def test_ce_qui_travaille_avec_plusieurs_structures_est_a_l_administrateur(monde):
    organisation = partagee(monde)
    for predicat in (p.peut_gerer_membres, p.peut_modifier_organisation):
        assert qui_passe(monde, lambda acteur, demander=predicat: demander(acteur, organisation)) == ADMINISTRATEUR
    assert "plusieurs structures" in motif(p.peut_gerer_membres(monde.acteur(), organisation))
    assert qui_passe(monde, lambda a: p.peut_inviter(a, organisation)) == ADMINISTRATEUR | {"prescripteur"}


def test_un_partenaire_sans_personne_mais_a_un_autre_ne_se_relie_pas(monde):
    vide = OrganisationFactory(prescripteur=True)
    PartenariatFactory(structure=monde.autre.structure, organisation=vide)
    verdict = p.peut_nouer_partenariat(monde.acteur(), monde.structure, vide)
    assert motif(verdict).startswith("Cette organisation travaille déjà ici")
    assert p.peut_nouer_partenariat(monde.acteur("administrateur"), monde.structure, vide)


def test_le_refus_dit_a_qui_demander(monde):
    neuve = OrganisationFactory(prescripteur=True)
    assert motif(p.peut_gerer_membres(monde.acteur(), neuve)) == (
        "Cette organisation n'est pas partenaire de votre structure."
    )
    assert motif(p.peut_gerer_membres(monde.acteur("edition"), monde.structure)).startswith("Demandez à un responsable")
    assert motif(p.peut_nouer_partenariat(monde.acteur("autre.responsable"), monde.structure, neuve)) == (
        "Vous ne nouez de partenariat que pour votre structure."
    )


def test_chacun_tient_son_profil_l_automate_n_en_a_pas(monde):
    assert len(qui_passe(monde, p.peut_tenir_son_profil)) == 2 * 8 + 2
    assert not p.peut_tenir_son_profil(Acteur.systeme(monde.structure))


def test_l_automate_retire_comme_un_responsable_mais_n_est_personne(monde):
    assert p.peut_retirer(Acteur.systeme(monde.structure), monde.adhesion)
    assert not p.peut_retirer(Acteur.systeme(monde.autre.structure), monde.adhesion)


@pytest.mark.parametrize(
    ("qui", "type_organisation", "roles"),
    [
        ("responsable", TypeOrganisation.FACILITATRICE, [Role.RESPONSABLE, Role.EDITION, Role.LECTURE]),
        ("administrateur", TypeOrganisation.FACILITATRICE, [Role.RESPONSABLE]),
        ("administrateur", TypeOrganisation.PRESCRIPTEUR, [Role.PRESCRIPTEUR]),
        ("responsable", TypeOrganisation.OPERATEUR, [Role.ADMINISTRATEUR]),
    ],
)
def test_les_roles_qu_on_donne(monde, qui, type_organisation, roles):
    assert p.roles_proposables(monde.acteur(qui), OrganisationFactory.build(type=type_organisation)) == roles


def test_une_organisation_archivee_n_invite_plus_ses_collegues(monde):
    notre_prescripteur(monde).archive_le = timezone.now()
    verdict = p.peut_inviter(monde.acteur("prescripteur"), notre_prescripteur(monde))
    assert motif(verdict) == "Cette organisation est archivée."
