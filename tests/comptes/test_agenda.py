"""Le lien secret de l'agenda : un par adhésion, avec les droits du jour, et rien dès que l'un d'eux tombe."""

import pytest
from django.utils import timezone

from comptes.enums import Role
from comptes.models import AbonnementAgenda, Adhesion, Utilisateur
from comptes.services import abonner_agenda, revoquer_agenda
from comptes.services.agenda import acteur_du_jeton
from socle.models import EntreeJournal
from socle.regles import RegleViolee
from tests.fabriques.comptes import AdhesionFactory

pytestmark = pytest.mark.django_db


def test_le_lien_lit_avec_les_droits_d_aujourd_hui(monde):
    jeton = abonner_agenda(acteur=monde.acteur("edition"))
    lu = acteur_du_jeton(jeton)
    assert (lu.utilisateur, lu.organisation, lu.role) == (monde.personne("edition"), monde.structure, Role.EDITION)
    Adhesion.objects.filter(pk=monde.adhesion.pk).update(role=Role.LECTURE)
    assert acteur_du_jeton(jeton).role == Role.LECTURE
    assert acteur_du_jeton("autre") is None and acteur_du_jeton("") is None


@pytest.mark.parametrize("tombe", ["adhésion retirée", "compte fermé", "organisation archivée", "lien révoqué"])
def test_il_n_ouvre_plus_rien_des_qu_un_droit_tombe(monde, tombe):
    jeton = abonner_agenda(acteur=monde.acteur("edition"))
    if tombe == "adhésion retirée":
        Adhesion.objects.filter(pk=monde.adhesion.pk).update(active=False)
    if tombe == "compte fermé":
        Utilisateur.objects.filter(pk=monde.personne("edition").pk).update(is_active=False)
    if tombe == "organisation archivée":
        type(monde.structure).objects.filter(pk=monde.structure.pk).update(archive_le=timezone.now())
    if tombe == "lien révoqué":
        revoquer_agenda(acteur=monde.acteur("edition"))
    assert acteur_du_jeton(jeton) is None


def test_en_creer_un_revoque_le_precedent_et_lui_seul(monde):
    autre = abonner_agenda(acteur=monde.acteur("responsable"))
    premier, second = (abonner_agenda(acteur=monde.acteur("edition")) for _ in range(2))
    assert acteur_du_jeton(premier) is None
    assert acteur_du_jeton(second) and acteur_du_jeton(autre)
    assert len(second) == 43  # 256 bits
    assert not AbonnementAgenda.objects.filter(empreinte_jeton=second).exists()
    for _ in range(2):
        revoquer_agenda(acteur=monde.acteur("edition"))
    assert EntreeJournal.objects.filter(action="agenda_revoque").count() == 1
    assert acteur_du_jeton(autre)


def test_une_personne_de_deux_organisations_a_un_lien_pour_chacune(monde):
    personne = monde.personne("edition")
    AdhesionFactory(utilisateur=personne, organisation=monde.autre.structure, role=Role.LECTURE)
    assert acteur_du_jeton(abonner_agenda(acteur=monde.acteur("edition"))).organisation == monde.structure


def test_sans_adhesion_en_vigueur_pas_de_lien(monde):
    Adhesion.objects.filter(pk=monde.adhesion.pk).update(active=False)
    with pytest.raises(RegleViolee, match="plus en vigueur"):
        abonner_agenda(acteur=monde.acteur("edition"))
    Adhesion.objects.filter(pk=monde.adhesion.pk).update(active=True, role=Role.LECTURE)
    with pytest.raises(RegleViolee, match="plus en vigueur"):
        abonner_agenda(acteur=monde.acteur("edition"))  # son rôle n'est plus celui-là
