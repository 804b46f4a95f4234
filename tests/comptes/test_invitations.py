"""Inviter, renvoyer, révoquer, accepter : les services."""

import datetime
import hashlib

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from comptes.acteur import Acteur
from comptes.enums import Role
from comptes.models import Adhesion, Invitation, Utilisateur
from comptes.services import (
    LienPerime,
    accepter_invitation,
    invitation_du_jeton,
    inviter,
    nouer_partenariat,
    renvoyer_invitation,
    revoquer_invitation,
)
from comptes.services.invitations import INVITATIONS_PAR_HEURE
from socle.models import Courriel, EntreeJournal
from socle.regles import AccesRefuse, RegleViolee
from tests.comptes.outils import courriels_a, jeton_du_courriel
from tests.fabriques.comptes import AdhesionFactory, InvitationFactory, UtilisateurFactory

ADRESSE = "nouvelle@exemple.fr"
IDENTITE = {"prenom": "Nour", "nom": "Velle", "mot_de_passe": "cheval pile agrafe juste"}


def inviter_chez_nous(monde, **valeurs) -> Invitation:
    return inviter(
        acteur=monde.acteur("responsable"),
        **{"organisation": monde.structure, "email": ADRESSE, "role": Role.EDITION, **valeurs},
    )


# --- Inviter -----------------------------------------------------------------------------------------------------
def test_l_invitation_part_avec_un_lien_dont_seule_l_empreinte_est_gardee(monde):
    invitation = inviter_chez_nous(monde, email="  Nouvelle@Exemple.FR ")
    (courriel,) = courriels_a(ADRESSE)
    jeton = jeton_du_courriel(ADRESSE)
    assert len(jeton) == 43  # 256 bits
    assert invitation.empreinte_jeton == hashlib.sha256(jeton.encode()).hexdigest()
    assert courriel.repondre_a == monde.personne("responsable").email
    assert "Claire Le Goff vous invite à rejoindre « Maison de l'emploi »" in courriel.corps
    assert "&#x27;" not in courriel.sujet + courriel.corps
    entree = EntreeJournal.objects.get(action="invitation_envoyee")
    assert ADRESSE not in str(entree.donnees)


def test_elle_vaut_quatorze_jours(monde, horloge):
    invitation = inviter_chez_nous(monde)
    assert invitation.expire_le == timezone.now() + datetime.timedelta(days=14)


@pytest.mark.parametrize("qui", ["edition", "lecture", "prescripteur", "autre.responsable", "inconnu"])
def test_seul_le_responsable_invite_dans_sa_structure(monde, qui):
    with pytest.raises(AccesRefuse):
        inviter(acteur=monde.acteur(qui), organisation=monde.structure, email=ADRESSE, role=Role.EDITION)
    assert not courriels_a(ADRESSE)


def test_le_responsable_invite_chez_un_partenaire(monde):
    partenaire = monde.organisations[Role.PRESCRIPTEUR]
    invitation = inviter_chez_nous(monde, organisation=partenaire, role=Role.PRESCRIPTEUR)
    assert (invitation.organisation, invitation.emettrice) == (partenaire, monde.structure)


def test_pas_chez_le_partenaire_d_une_autre_structure(monde):
    with pytest.raises(AccesRefuse):
        inviter_chez_nous(monde, organisation=monde.autre.organisations[Role.PRESCRIPTEUR], role=Role.PRESCRIPTEUR)


def test_ni_chez_un_partenaire_que_deux_structures_partagent(monde):
    partage = monde.autre.organisations[Role.FINANCEUR]
    nouer_partenariat(acteur=Acteur.exploitant(), organisation=partage, structure=monde.structure)
    with pytest.raises(AccesRefuse, match="plusieurs structures"):
        inviter_chez_nous(monde, organisation=partage, role=Role.FINANCEUR)
    assert inviter(acteur=monde.autre.acteur(Role.FINANCEUR), organisation=partage, email=ADRESSE, role=Role.FINANCEUR)


def test_un_membre_d_un_partenaire_invite_un_collegue_dans_son_role(monde):
    acteur = monde.acteur("prescripteur")
    invitation = inviter(acteur=acteur, organisation=acteur.organisation, email=ADRESSE, role=Role.PRESCRIPTEUR)
    assert invitation.emettrice == acteur.organisation


@pytest.mark.parametrize("role", [Role.RESPONSABLE, Role.ADMINISTRATEUR, Role.FINANCEUR, "", "roi"])
def test_mais_dans_aucun_autre_role(monde, role):
    acteur = monde.acteur("prescripteur")
    with pytest.raises(RegleViolee, match="ce rôle"):
        inviter(acteur=acteur, organisation=acteur.organisation, email=ADRESSE, role=role)


def test_l_administrateur_n_installe_que_des_responsables_dans_une_structure(monde):
    admin = monde.acteur("administrateur")
    with pytest.raises(RegleViolee, match="ce rôle"):
        inviter(acteur=admin, organisation=monde.structure, email=ADRESSE, role=Role.EDITION)
    assert inviter(acteur=admin, organisation=monde.structure, email=ADRESSE, role=Role.RESPONSABLE)


def test_une_seule_invitation_en_cours_par_adresse(monde):
    inviter_chez_nous(monde)
    with pytest.raises(RegleViolee, match="déjà en cours"):
        inviter_chez_nous(monde, email=ADRESSE.upper())
    assert len(courriels_a(ADRESSE)) == 1


def test_une_invitation_perimee_cede_la_place(monde):
    ancienne = InvitationFactory(organisation=monde.structure, email=ADRESSE, perimee=True)
    assert inviter_chez_nous(monde).pk != ancienne.pk
    ancienne.refresh_from_db()
    assert ancienne.revoquee_le


def test_on_n_invite_pas_un_membre(monde):
    with pytest.raises(RegleViolee, match="déjà membre"):
        inviter_chez_nous(monde, email=monde.personne("edition").email)


def test_pas_dans_une_organisation_archivee(monde):
    monde.structure.archive_le = timezone.now()
    monde.structure.save()
    with pytest.raises(AccesRefuse, match="archivée"):
        inviter_chez_nous(monde)


def test_une_organisation_n_ecrit_pas_a_la_terre_entiere(monde):
    InvitationFactory.create_batch(INVITATIONS_PAR_HEURE, organisation=monde.structure)
    with pytest.raises(RegleViolee, match="par heure"):
        inviter_chez_nous(monde)
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=2), tick=False):
        assert inviter_chez_nous(monde)


# --- Renvoyer, révoquer ------------------------------------------------------------------------------------------
def test_renvoyer_donne_un_lien_neuf_et_tue_l_ancien(monde):
    invitation = inviter_chez_nous(monde)
    ancien = jeton_du_courriel(ADRESSE)
    with time_machine.travel(timezone.now() + datetime.timedelta(days=20), tick=False):  # périmée entre-temps
        renvoyer_invitation(acteur=monde.acteur("responsable"), invitation=invitation)
        nouveau = jeton_du_courriel(ADRESSE)
        assert invitation_du_jeton(nouveau) == invitation
        with pytest.raises(LienPerime):
            invitation_du_jeton(ancien)


def test_un_double_clic_ne_renvoie_pas_deux_fois(monde):
    invitation = inviter_chez_nous(monde)
    with pytest.raises(RegleViolee, match="attendez une minute"):
        renvoyer_invitation(acteur=monde.acteur("responsable"), invitation=invitation)
    assert len(courriels_a(ADRESSE)) == 1


def test_revoquer_tue_le_lien(monde):
    invitation = inviter_chez_nous(monde)
    revoquer_invitation(acteur=monde.acteur("responsable"), invitation=invitation)
    with pytest.raises(LienPerime):
        accepter_invitation(jeton=jeton_du_courriel(ADRESSE), **IDENTITE)
    assert not Utilisateur.objects.filter(email=ADRESSE).exists()


def test_revoquer_deux_fois_se_dit(monde):
    invitation = inviter_chez_nous(monde)
    revoquer_invitation(acteur=monde.acteur("responsable"), invitation=invitation)
    with pytest.raises(RegleViolee, match="déjà été révoquée"):
        revoquer_invitation(acteur=monde.acteur("responsable"), invitation=invitation)


@pytest.mark.parametrize("geste", [renvoyer_invitation, revoquer_invitation])
@pytest.mark.parametrize("qui", ["edition", "lecture", "autre.responsable"])
def test_les_autres_n_y_touchent_pas(monde, geste, qui):
    with pytest.raises(AccesRefuse):
        geste(acteur=monde.acteur(qui), invitation=monde.invitation)
    assert not Courriel.objects.exists()


@pytest.mark.parametrize("geste", [renvoyer_invitation, revoquer_invitation])
def test_une_invitation_acceptee_ne_bouge_plus(monde, geste):
    invitation = InvitationFactory(organisation=monde.structure, acceptee=True)
    with pytest.raises(RegleViolee, match="déjà été acceptée"):
        geste(acteur=monde.acteur("responsable"), invitation=invitation)


# --- Accepter ----------------------------------------------------------------------------------------------------
def test_accepter_cree_le_compte_et_l_adhesion(monde):
    inviter_chez_nous(monde)
    adhesion = accepter_invitation(jeton=jeton_du_courriel(ADRESSE), **IDENTITE)
    utilisateur = adhesion.utilisateur
    assert (utilisateur.email, utilisateur.get_full_name()) == (ADRESSE, "Nour Velle")
    assert utilisateur.check_password(IDENTITE["mot_de_passe"])
    assert (adhesion.organisation, adhesion.role, adhesion.active) == (monde.structure, Role.EDITION, True)
    assert EntreeJournal.objects.get(action="invitation_acceptee").utilisateur == utilisateur


def test_accepter_avec_son_compte(monde):
    utilisateur = UtilisateurFactory(email=ADRESSE)
    inviter_chez_nous(monde)
    adhesion = accepter_invitation(jeton=jeton_du_courriel(ADRESSE), utilisateur=utilisateur)
    assert adhesion.utilisateur == utilisateur


def test_un_lien_ne_sert_qu_une_fois(monde):
    inviter_chez_nous(monde)
    jeton = jeton_du_courriel(ADRESSE)
    adhesion = accepter_invitation(jeton=jeton, **IDENTITE)
    with pytest.raises(LienPerime):
        accepter_invitation(jeton=jeton, utilisateur=adhesion.utilisateur)


@pytest.mark.parametrize("etat", ["perimee", "revoquee", "acceptee"])
def test_un_lien_ferme_ne_cree_rien(monde, etat):
    InvitationFactory(organisation=monde.structure, email=ADRESSE, jeton="ferme", **{etat: True})
    with pytest.raises(LienPerime):
        accepter_invitation(jeton="ferme", **IDENTITE)
    assert not Utilisateur.objects.filter(email=ADRESSE).exists()


def test_le_lien_d_un_autre_ne_s_accepte_pas(monde):
    inviter_chez_nous(monde)
    with pytest.raises(RegleViolee, match="autre adresse"):
        accepter_invitation(jeton=jeton_du_courriel(ADRESSE), utilisateur=monde.inconnu)
    assert not monde.inconnu.adhesions.exists()


def test_un_compte_existant_se_connecte_d_abord(monde):
    UtilisateurFactory(email=ADRESSE)
    inviter_chez_nous(monde)
    with pytest.raises(RegleViolee, match="connectez-vous"):
        accepter_invitation(jeton=jeton_du_courriel(ADRESSE), **IDENTITE)


def test_un_membre_retire_revient_avec_le_nouveau_role(monde):
    adhesion = monde.adhesion
    Adhesion.objects.filter(pk=adhesion.pk).update(active=False)
    inviter_chez_nous(monde, email=adhesion.utilisateur.email, role=Role.LECTURE)
    revenue = accepter_invitation(jeton=jeton_du_courriel(adhesion.utilisateur.email), utilisateur=adhesion.utilisateur)
    assert revenue.pk == adhesion.pk
    assert (revenue.active, revenue.role) == (True, Role.LECTURE)


@pytest.mark.parametrize(
    ("mot_de_passe", "motif"),
    [
        ("quinze lettres.", "16"),
        ("nouvelle@exemple.fr", "adresse de courriel"),
        ("1qaz2wsx3edc4rfv", "courant"),
    ],
)
def test_un_mot_de_passe_faible_est_refuse_a_cote_du_champ(monde, mot_de_passe, motif):
    inviter_chez_nous(monde)
    with pytest.raises(ValidationError) as refus:
        accepter_invitation(jeton=jeton_du_courriel(ADRESSE), **{**IDENTITE, "mot_de_passe": mot_de_passe})
    assert motif in " ".join(refus.value.message_dict["mot_de_passe"])
    assert not Utilisateur.objects.filter(email=ADRESSE).exists()


@pytest.mark.parametrize("mot_de_passe", ["seize lettres ok", "x y" * 40, "🐴🔋📎✅ emoji permis"])
def test_un_mot_de_passe_long_passe_sans_regle_de_composition(monde, mot_de_passe):
    inviter_chez_nous(monde)
    adhesion = accepter_invitation(jeton=jeton_du_courriel(ADRESSE), **{**IDENTITE, "mot_de_passe": mot_de_passe})
    assert adhesion.utilisateur.check_password(mot_de_passe)


# --- Ce que le service tient, aux bornes ----------------------------------------------------------------------------
def test_cinquante_invitations_par_heure_et_pas_une_de_plus(monde, horloge):
    Invitation.objects.all().delete()
    for _ in range(INVITATIONS_PAR_HEURE - 1):
        InvitationFactory(organisation=monde.structure)
    inviter_chez_nous(monde, email="cinquantieme@exemple.fr")
    with pytest.raises(RegleViolee, match="Pas plus de 50 invitations par heure"):
        inviter_chez_nous(monde, email="de.trop@exemple.fr")
    horloge.shift(datetime.timedelta(hours=1))
    assert inviter_chez_nous(monde, email="plus.tard@exemple.fr").pk


def test_une_invitation_se_renvoie_une_minute_apres(monde, horloge):
    invitation = inviter_chez_nous(monde)
    horloge.shift(datetime.timedelta(seconds=59))
    with pytest.raises(RegleViolee, match="attendez une minute"):
        renvoyer_invitation(acteur=monde.acteur(), invitation=invitation)
    horloge.shift(datetime.timedelta(seconds=1))
    renvoyee = renvoyer_invitation(acteur=monde.acteur(), invitation=invitation)
    assert renvoyee.lien.endswith(jeton_du_courriel(ADRESSE) + "/")
    assert Invitation.objects.get(pk=invitation.pk).courriel == renvoyee.courriel is not None


def test_etre_membre_ailleurs_ou_l_avoir_ete_n_empeche_pas_d_entrer_ici(monde):
    for adhesion in ({"organisation": monde.autre.structure}, {"organisation": monde.structure, "active": False}):
        AdhesionFactory(utilisateur=UtilisateurFactory(email=f"{len(adhesion)}{ADRESSE}"), **adhesion)
        assert inviter_chez_nous(monde, email=f"{len(adhesion)}{ADRESSE}").pk


def test_une_invitation_perimee_a_l_instant_cede_la_place(monde, horloge):
    premiere = inviter_chez_nous(monde)
    Invitation.objects.filter(pk=premiere.pk).update(expire_le=timezone.now())
    assert inviter_chez_nous(monde).pk != premiere.pk
