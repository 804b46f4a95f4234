"""Changer le rôle d'un membre, le retirer."""

import threading

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from comptes.departs import restes_de
from comptes.enums import Role
from comptes.models import Adhesion
from comptes.services import changer_role, retirer_membre
from entreprises.models import ContactEntreprise
from socle.models import EntreeJournal
from socle.regles import AccesRefuse, RegleViolee
from tests.comptes.outils import courriels_a
from tests.fabriques.comptes import AdhesionFactory
from tests.monde import construire_monde


def adhesion_de(monde, qui: str) -> Adhesion:
    return monde.personne(qui).adhesions.get()


def test_le_responsable_change_un_role(monde):
    changer_role(acteur=monde.acteur("responsable"), adhesion=monde.adhesion, role=Role.LECTURE)
    assert adhesion_de(monde, "edition").role == Role.LECTURE
    donnees = EntreeJournal.objects.get(action="role_change").donnees
    assert (donnees["avant"], donnees["apres"]) == ("edition", "lecture")


def test_donner_le_meme_role_ne_fait_rien(monde):
    changer_role(acteur=monde.acteur("responsable"), adhesion=monde.adhesion, role=Role.EDITION)
    assert not EntreeJournal.objects.filter(action="role_change").exists()


@pytest.mark.parametrize("qui", ["edition", "lecture", "autre.responsable", "prescripteur"])
def test_personne_d_autre_ne_change_un_role(monde, qui):
    with pytest.raises(AccesRefuse):
        changer_role(acteur=monde.acteur(qui), adhesion=monde.adhesion, role=Role.RESPONSABLE)


@pytest.mark.parametrize("role", [Role.ADMINISTRATEUR, Role.PRESCRIPTEUR, "", "roi"])
def test_un_role_d_un_autre_type_d_organisation_est_refuse(monde, role):
    with pytest.raises(RegleViolee, match="ce rôle"):
        changer_role(acteur=monde.acteur("responsable"), adhesion=monde.adhesion, role=role)


def test_chez_un_partenaire_il_n_y_a_qu_un_role(monde):
    with pytest.raises(AccesRefuse, match="seul rôle"):
        changer_role(
            acteur=monde.acteur("responsable"), adhesion=adhesion_de(monde, "prescripteur"), role=Role.PRESCRIPTEUR
        )


def test_le_dernier_responsable_ne_se_declasse_ni_ne_part(monde):
    seul, acteur = adhesion_de(monde, "responsable"), monde.acteur("responsable")
    with pytest.raises(RegleViolee, match="Facilitateur responsable"):
        changer_role(acteur=acteur, adhesion=seul, role=Role.LECTURE)
    with pytest.raises(RegleViolee, match="Facilitateur responsable"):
        retirer_membre(acteur=acteur, adhesion=seul)
    with pytest.raises(RegleViolee):
        retirer_membre(acteur=monde.acteur("administrateur"), adhesion=seul)


def test_un_compte_ferme_ne_compte_pas_pour_un_responsable(monde):
    AdhesionFactory(organisation=monde.structure, role=Role.RESPONSABLE, utilisateur__is_active=False)
    with pytest.raises(RegleViolee):
        retirer_membre(acteur=monde.acteur("responsable"), adhesion=adhesion_de(monde, "responsable"))


def test_le_dernier_administrateur_ne_part_pas(monde):
    with pytest.raises(RegleViolee, match="Administrateur"):
        retirer_membre(acteur=monde.acteur("administrateur"), adhesion=monde.administrateur.adhesions.get())


def test_avec_un_autre_responsable_on_peut_partir(monde):
    AdhesionFactory(organisation=monde.structure, role=Role.RESPONSABLE)
    retirer_membre(acteur=monde.acteur("responsable"), adhesion=adhesion_de(monde, "responsable"))
    assert not adhesion_de(monde, "responsable").active


def test_le_responsable_retire_un_membre_et_le_journal_le_dit(monde):
    retirer_membre(acteur=monde.acteur("responsable"), adhesion=monde.adhesion)
    assert not adhesion_de(monde, "edition").active
    assert EntreeJournal.objects.get(action="membre_retire").objet_uuid == monde.structure.uuid


def test_le_retirer_deux_fois_se_dit(monde):
    retirer_membre(acteur=monde.acteur("responsable"), adhesion=monde.adhesion)
    with pytest.raises(RegleViolee, match="déjà plus membre"):
        retirer_membre(acteur=monde.acteur("responsable"), adhesion=monde.adhesion)
    with pytest.raises(RegleViolee, match="déjà plus membre"):
        changer_role(acteur=monde.acteur("responsable"), adhesion=monde.adhesion, role=Role.LECTURE)


def test_le_responsable_retire_un_membre_de_son_partenaire(monde):
    retirer_membre(acteur=monde.acteur("responsable"), adhesion=adhesion_de(monde, "prescripteur"))
    assert not adhesion_de(monde, "prescripteur").active


def test_chacun_peut_partir(monde):
    retirer_membre(acteur=monde.acteur("lecture"), adhesion=adhesion_de(monde, "lecture"))
    assert not adhesion_de(monde, "lecture").active


@pytest.mark.parametrize("qui", ["lecture", "prescripteur", "autre.responsable"])
def test_les_autres_ne_retirent_personne(monde, qui):
    with pytest.raises(AccesRefuse):
        retirer_membre(acteur=monde.acteur(qui), adhesion=monde.adhesion)


@pytest.mark.django_db(transaction=True)
def test_deux_responsables_ne_se_retirent_pas_l_un_l_autre():
    """Au même instant, chacun retire l'autre : l'un des deux est refusé, la structure garde un responsable."""
    monde = construire_monde()
    second = AdhesionFactory(organisation=monde.structure, role=Role.RESPONSABLE)
    premier = adhesion_de(monde, "responsable")
    acteur, depart, refus = monde.acteur("responsable"), threading.Barrier(2), []

    def retirer(adhesion):
        depart.wait()
        try:
            retirer_membre(acteur=acteur, adhesion=adhesion)
        except RegleViolee as motif:
            refus.append(motif)
        finally:
            connections.close_all()

    fils = [threading.Thread(target=retirer, args=[adhesion]) for adhesion in (premier, second)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    restants = Adhesion.objects.filter(organisation=monde.structure, role=Role.RESPONSABLE, active=True)
    assert (len(refus), restants.count()) == (1, 1)


def test_retire_par_un_autre_on_le_lui_dit_et_le_dernier_est_prevenu(monde, connecte):
    adhesion = monde.adhesion_partenaire
    page = connecte("responsable").get(reverse("comptes:adhesion_confirmer_retrait", args=[adhesion.uuid]))
    assert "C&#x27;est la dernière personne de" in page.text
    retirer_membre(acteur=monde.acteur("responsable"), adhesion=adhesion)
    (courriel,) = courriels_a(adhesion.utilisateur.email)
    assert "a fermé votre accès" in courriel.corps
    assert courriel.repondre_a == monde.personne("responsable").email


def test_qui_part_de_lui_meme_n_en_recoit_pas_le_courriel(monde):
    adhesion = Adhesion.objects.get(utilisateur=monde.personne("entreprise"))
    retirer_membre(acteur=monde.acteur("entreprise"), adhesion=adhesion)
    assert not courriels_a(adhesion.utilisateur.email)


def test_un_membre_retire_encore_contact_d_une_fiche_se_dit_au_responsable(monde, connecte):
    """Le compte se ferme, la fiche reste : la page puis le message la nomment, avec son lien. L'autre structure n'en sait rien."""
    adhesion = Adhesion.objects.get(utilisateur=monde.personne("entreprise"))
    ContactEntreprise.objects.filter(pk=monde.contact.pk).update(courriel=adhesion.utilisateur.email.upper())
    entreprise, client = monde.contact.fiche.entreprise, connecte("responsable")
    lien = f'href="{entreprise.get_absolute_url()}"'
    page = client.get(reverse("comptes:adhesion_confirmer_retrait", args=[adhesion.uuid])).text
    assert "Encore un contact" in page
    assert lien in page
    suite = client.post(reverse("comptes:adhesion_retirer", args=[adhesion.uuid]), follow=True).text
    assert f"encore un contact de « {entreprise.raison_sociale} »" in suite
    assert lien in suite
    assert restes_de(monde.acteur("autre.responsable"), adhesion) == []
    assert restes_de(monde.acteur("entreprise"), adhesion) == []


def test_un_membre_retire_qui_n_est_contact_de_rien_ou_d_un_contact_archive_ne_dit_rien(monde, connecte):
    adhesion = Adhesion.objects.get(utilisateur=monde.personne("entreprise"))
    ContactEntreprise.objects.filter(pk=monde.contact.pk).update(
        courriel=adhesion.utilisateur.email, archive_le=timezone.now()
    )
    client = connecte("responsable")
    page = client.get(reverse("comptes:adhesion_confirmer_retrait", args=[adhesion.uuid])).text
    assert "Encore un contact" not in page
    suite = client.post(reverse("comptes:adhesion_retirer", args=[adhesion.uuid]), follow=True).text
    assert "encore un contact" not in suite
