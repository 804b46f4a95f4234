"""Créer une organisation, une structure, un partenaire ; nouer un partenariat."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from comptes.acteur import Acteur
from comptes.enums import Role, TypeOrganisation
from comptes.models import Invitation, Organisation, Partenariat
from comptes.services import (
    archiver_organisation,
    creer_organisation,
    creer_partenaire,
    creer_structure,
    modifier_organisation,
    nouer_partenariat,
)
from socle.models import EntreeJournal
from socle.regles import AccesRefuse, RegleViolee
from tests.fabriques.comptes import OrganisationFactory


def actions(objet) -> list[str]:
    return list(EntreeJournal.objects.filter(objet_uuid=objet.uuid).order_by("pk").values_list("action", flat=True))


@pytest.mark.django_db
def test_la_ligne_de_commande_cree_une_structure():
    structure = creer_structure(acteur=Acteur.exploitant(), slug="mef-cotentin", nom="Maison de l'emploi du Cotentin")
    assert structure.type == TypeOrganisation.FACILITATRICE
    assert structure.nom_plie == "maison de l'emploi du cotentin"
    assert actions(structure) == ["organisation_creee"]


@pytest.mark.django_db
def test_un_identifiant_court_deja_pris_se_dit():
    creer_structure(acteur=Acteur.exploitant(), slug="mef", nom="Maison de l'emploi")
    with pytest.raises(RegleViolee, match="« mef » est déjà pris") as refus:
        creer_structure(acteur=Acteur.exploitant(), slug="mef", nom="Autre maison")
    assert "slug" in refus.value.message_dict
    assert Organisation.objects.count() == 1


def test_l_administrateur_cree_une_structure_et_invite_son_premier_responsable(monde):
    structure = creer_structure(
        acteur=monde.acteur("administrateur"), slug="", nom="Maison de l'emploi", email="Chef@Neuve.FR"
    )
    invitation = Invitation.objects.get(organisation=structure)
    assert (invitation.email, invitation.role) == ("chef@neuve.fr", Role.RESPONSABLE)
    assert structure.slug == "maison-de-lemploi"


def test_deux_organisations_du_meme_nom_ont_des_identifiants_courts_distincts(monde):
    admin = monde.acteur("administrateur")
    premiere = creer_organisation(acteur=admin, type=TypeOrganisation.PRESCRIPTEUR, nom="Mission locale")
    seconde = creer_organisation(acteur=admin, type=TypeOrganisation.PRESCRIPTEUR, nom="Mission locale")
    assert (premiere.slug, seconde.slug) == ("mission-locale", "mission-locale-2")


@pytest.mark.parametrize("qui", ["responsable", "edition", "prescripteur", "financeur", "inconnu"])
def test_personne_d_autre_ne_cree_de_structure(monde, qui):
    avant = Organisation.objects.count()
    with pytest.raises(AccesRefuse):
        creer_structure(acteur=monde.acteur(qui), slug="pirate", nom="Pirate")
    assert Organisation.objects.count() == avant


def test_le_responsable_cree_un_partenaire_et_invite_son_premier_membre(monde):
    acteur = monde.acteur("responsable")
    partenaire = creer_partenaire(acteur=acteur, type="prescripteur", nom="Cap emploi", email="x@cap.fr")
    assert Partenariat.objects.filter(structure=monde.structure, organisation=partenaire).exists()
    assert Invitation.objects.get(organisation=partenaire).role == Role.PRESCRIPTEUR
    assert actions(partenaire) == ["organisation_creee", "partenariat_noue", "invitation_envoyee"]


def test_l_ecran_dit_a_qui_l_invitation_du_partenaire_est_ecrite(monde, connecte):
    saisie = {"type": TypeOrganisation.PRESCRIPTEUR, "nom": "Mission locale neuve", "email": "premier@neuve.fr"}
    page = connecte("responsable").post(reverse("comptes:partenaire_creer"), saisie, follow=True)
    assert "Le partenaire est ajouté. Un courriel part à premier@neuve.fr." in page.content.decode()


@pytest.mark.parametrize("qui", ["edition", "lecture", "prescripteur", "administrateur"])
def test_seul_un_responsable_cree_un_partenaire(monde, qui):
    with pytest.raises(AccesRefuse):
        creer_partenaire(acteur=monde.acteur(qui), type="prescripteur", nom="Cap emploi")


@pytest.mark.parametrize("type_", ["facilitatrice", "operateur", "n'importe quoi"])
def test_une_structure_n_est_pas_un_partenaire(monde, type_):
    with pytest.raises(RegleViolee, match="partenaire"):
        creer_partenaire(acteur=monde.acteur("responsable"), type=type_, nom="Sœur")


def test_une_adresse_fausse_n_enregistre_rien(monde):
    avant = Organisation.objects.count()
    with pytest.raises(ValidationError) as refus:
        creer_partenaire(acteur=monde.acteur("responsable"), type="prescripteur", nom="Cap emploi", email="pas-bonne")
    assert "email" in refus.value.message_dict
    assert Organisation.objects.count() == avant


def test_nouer_deux_fois_ne_fait_qu_un_partenariat(monde):
    organisation = OrganisationFactory(financeur=True)
    acteur = monde.acteur("responsable")
    premier = nouer_partenariat(acteur=acteur, organisation=organisation)
    assert nouer_partenariat(acteur=acteur, organisation=organisation) == premier
    assert actions(organisation) == ["partenariat_noue"]


def test_un_responsable_ne_se_relie_pas_au_partenaire_d_une_autre_structure(monde):
    """Il verrait ses membres, s'y inviterait, et lirait ce que l'autre structure lui confie."""
    financeur = monde.autre.organisations[Role.FINANCEUR]
    with pytest.raises(AccesRefuse, match="administrateur"):
        nouer_partenariat(acteur=monde.acteur("responsable"), organisation=financeur)
    assert not Partenariat.objects.filter(structure=monde.structure, organisation=financeur).exists()


def test_un_responsable_ne_noue_pas_pour_une_autre_structure(monde):
    organisation = OrganisationFactory(financeur=True)
    with pytest.raises(AccesRefuse):
        nouer_partenariat(
            acteur=monde.acteur("responsable"), organisation=organisation, structure=monde.autre.structure
        )


def test_l_administrateur_relie_une_organisation_a_une_structure_de_plus(monde):
    financeur = monde.autre.organisations[Role.FINANCEUR]
    nouer_partenariat(acteur=monde.acteur("administrateur"), organisation=financeur, structure=monde.structure)
    assert financeur in Organisation.objects.visibles_par(monde.acteur("lecture"))


@pytest.mark.django_db
def test_la_ligne_de_commande_doit_dire_la_structure():
    with pytest.raises(RegleViolee, match="quelle structure"):
        nouer_partenariat(acteur=Acteur.exploitant(), organisation=OrganisationFactory(financeur=True))


@pytest.mark.django_db
def test_une_structure_ne_se_relie_pas_a_une_autre():
    une, autre = OrganisationFactory.create_batch(2)
    with pytest.raises(AccesRefuse):
        nouer_partenariat(acteur=Acteur.exploitant(), organisation=une, structure=autre)


def test_le_responsable_renomme_son_partenaire_et_cela_se_cherche(monde):
    partenaire = monde.organisations[Role.PRESCRIPTEUR]
    modifier_organisation(acteur=monde.acteur("responsable"), organisation=partenaire, nom="Cap Emploi Été")
    partenaire.refresh_from_db()
    assert partenaire.nom_plie == "cap emploi ete"
    assert actions(partenaire) == ["organisation_modifiee"]


@pytest.mark.parametrize("qui", ["edition", "prescripteur", "autre.responsable"])
def test_les_autres_ne_le_renomment_pas(monde, qui):
    with pytest.raises(AccesRefuse):
        modifier_organisation(
            acteur=monde.acteur(qui), organisation=monde.organisations[Role.PRESCRIPTEUR], nom="Pirate"
        )


def test_archiver_ferme_l_organisation_et_reactiver_la_rouvre(monde, connecte):
    admin, client = monde.acteur("administrateur"), connecte("edition")
    assert client.get(reverse("comptes:membres")).status_code == 200
    archiver_organisation(acteur=admin, organisation=monde.structure, archiver=True)
    archiver_organisation(acteur=admin, organisation=monde.structure, archiver=True)
    assert client.get(reverse("comptes:membres")).status_code == 403
    archiver_organisation(acteur=admin, organisation=monde.structure, archiver=False)
    assert client.get(reverse("comptes:membres")).status_code == 200
    assert actions(monde.structure) == ["organisation_archivee", "organisation_reactivee"]


def test_l_operateur_ne_s_archive_pas(monde):
    with pytest.raises(RegleViolee):
        archiver_organisation(acteur=monde.acteur("administrateur"), organisation=monde.operateur, archiver=True)


def test_un_responsable_n_archive_pas(monde):
    with pytest.raises(AccesRefuse):
        archiver_organisation(acteur=monde.acteur("responsable"), organisation=monde.structure, archiver=True)


# --- Ce que le service tient, d'où qu'on l'appelle ------------------------------------------------------------------
def test_seul_un_prescripteur_a_une_sorte(monde):
    acteur = monde.acteur("administrateur")
    with pytest.raises(RegleViolee, match="Seul un prescripteur a une sorte"):
        creer_organisation(acteur=acteur, type=TypeOrganisation.FINANCEUR, nom="Région", sorte="mission_locale")
    assert creer_organisation(acteur=acteur, type=TypeOrganisation.FINANCEUR, nom="Région").sorte == ""


def test_un_identifiant_court_se_deduit_du_nom_a_la_suite(monde):
    acteur = monde.acteur("administrateur")
    slugs = [creer_organisation(acteur=acteur, type=TypeOrganisation.RESEAU, nom="Réseau").slug for _ in range(3)]
    assert slugs == ["reseau", "reseau-2", "reseau-3"]
    longue = creer_organisation(acteur=acteur, type=TypeOrganisation.RESEAU, nom="x" * 60)
    assert longue.slug == "x" * 50


def test_nouer_avec_la_sienne_deja_nouee_rend_le_meme_partenariat(monde):
    financeur = monde.organisations[Role.FINANCEUR]
    deja = financeur.partenariats.get()
    assert nouer_partenariat(acteur=monde.acteur(), organisation=financeur) == deja
    with pytest.raises(AccesRefuse):
        nouer_partenariat(acteur=monde.acteur("autre.responsable"), organisation=financeur, structure=monde.structure)
