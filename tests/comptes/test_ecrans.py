"""Les écrans des organisations et des invitations, par le client strict."""

import datetime

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from comptes.enums import Role
from comptes.middleware import CLE_ORGANISATION
from comptes.models import Adhesion, Invitation, Organisation, Utilisateur
from socle.exports import TYPE_XLSX
from tests.client_strict import ClientStrict
from tests.comptes.outils import courriels_a, jeton_du_courriel
from tests.fabriques.comptes import MOT_DE_PASSE, AdhesionFactory, InvitationFactory, UtilisateurFactory

ADRESSE = "nouvelle@exemple.fr"
IDENTITE = {
    "prenom": "Nour",
    "nom": "Velle",
    "mot_de_passe": "cheval pile agrafe juste",
    "confirmation": "cheval pile agrafe juste",
}


def lien(jeton: str) -> str:
    return reverse("comptes:invitation", args=[jeton])


def texte(reponse) -> str:
    return reponse.content.decode()


# --- Membres -----------------------------------------------------------------------------------------------------
def test_le_responsable_voit_membres_et_invitations_et_invite(connecte, monde):
    client = connecte("responsable")
    page = client.get(reverse("comptes:membres"))
    assert monde.personne("edition").email in texte(page)
    assert monde.invitation.email in texte(page)
    page = client.post(
        reverse("comptes:inviter", args=[monde.structure.uuid]), {"email": ADRESSE, "role": "lecture"}, follow=True
    )
    assert ADRESSE in texte(page)
    assert "envoyée" in texte(page)
    assert len(courriels_a(ADRESSE)) == 1


def test_un_facilitateur_voit_ses_collegues_sans_gestes(connecte, monde):
    page = texte(connecte("edition").get(reverse("comptes:membres")))
    assert monde.personne("lecture").email in page
    assert "Envoyer l'invitation" not in page
    assert monde.invitation.email not in page
    assert monde.autre.personnes[Role.EDITION].email not in page


def test_une_invitation_refusee_garde_la_saisie_et_dit_pourquoi(connecte, monde):
    page = connecte("responsable").post(
        reverse("comptes:inviter", args=[monde.structure.uuid]),
        {"email": monde.personne("edition").email, "role": "lecture"},
    )
    assert page.status_code == 200
    assert "déjà membre" in page.context["form"].errors["email"][0]
    assert monde.personne("edition").email in texte(page)


@pytest.mark.parametrize(("qui", "statut"), [("edition", 403), ("lecture", 403), ("autre.responsable", 404)])
def test_le_formulaire_d_invitation_ne_s_ouvre_pas_aux_autres(connecte, monde, qui, statut):
    adresse = reverse("comptes:inviter", args=[monde.structure.uuid])
    client = connecte(qui)
    assert client.get(adresse).status_code == statut
    assert client.post(adresse, {"email": ADRESSE, "role": "edition"}).status_code == statut
    assert not Invitation.objects.filter(email=ADRESSE).exists()


def test_un_prescripteur_invite_un_collegue(connecte, monde):
    client, organisation = connecte("prescripteur"), monde.organisations[Role.PRESCRIPTEUR]
    assert "Rôle : prescripteur" in texte(client.get(reverse("comptes:membres")))
    client.post(reverse("comptes:inviter", args=[organisation.uuid]), {"email": ADRESSE, "role": "prescripteur"})
    assert Invitation.objects.get(email=ADRESSE).organisation == organisation


def test_renvoyer_et_revoquer(connecte, monde):
    client = connecte("responsable")
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=5)):
        client.post(reverse("comptes:invitation_renvoyer", args=[monde.invitation.uuid]))
        assert len(courriels_a(monde.invitation.email)) == 1
        client.post(reverse("comptes:invitation_revoquer", args=[monde.invitation.uuid]))
    monde.invitation.refresh_from_db()
    assert monde.invitation.revoquee_le


@pytest.mark.parametrize("geste", ["renvoyer", "revoquer"])
def test_les_invitations_d_une_autre_structure_n_existent_pas(connecte, monde, geste):
    adresse = reverse(f"comptes:invitation_{geste}", args=[monde.autre.invitation.uuid])
    client = connecte("responsable")
    assert client.post(adresse).status_code == 404
    assert client.get(adresse).status_code == 405


def test_changer_un_role(connecte, monde):
    client = connecte("responsable")
    page = client.post(reverse("comptes:adhesion_role", args=[monde.adhesion.uuid]), {"role": "lecture"}, follow=True)
    assert "Le rôle est changé" in texte(page)
    monde.adhesion.refresh_from_db()
    assert monde.adhesion.role == Role.LECTURE


def test_le_refus_d_un_role_se_lit_sur_la_page(connecte, monde):
    seul = monde.personne("responsable").adhesions.get()
    page = connecte("responsable").post(
        reverse("comptes:adhesion_role", args=[seul.uuid]), {"role": "lecture"}, follow=True
    )
    assert "plus personne dans le rôle" in texte(page)


def test_un_membre_retire_est_refuse_a_sa_requete_suivante(connecte, monde):
    son_client, client = connecte("edition"), connecte("responsable")
    assert son_client.get(reverse("comptes:membres")).status_code == 200
    confirmation = client.get(reverse("comptes:adhesion_confirmer_retrait", args=[monde.adhesion.uuid]))
    assert "Retirer ce membre" in texte(confirmation)
    client.post(reverse("comptes:adhesion_retirer", args=[monde.adhesion.uuid]))
    for adresse in (reverse("comptes:membres"), reverse("accueil"), reverse("documents")):
        refus = son_client.get(adresse)
        assert refus.status_code == 403, adresse
        assert "membre d'aucune organisation" in texte(refus).replace("&#x27;", "'")
    assert son_client.post(reverse("comptes:inviter", args=[monde.structure.uuid])).status_code == 403
    assert son_client.get(reverse("comptes:mon_compte")).status_code == 200


def test_quitter_soi_meme(connecte, monde):
    client = connecte("edition")
    assert "Quitter" in texte(client.get(reverse("comptes:membres")))
    reponse = client.post(reverse("comptes:adhesion_retirer", args=[monde.adhesion.uuid]))
    assert reponse.url == reverse("accueil")
    assert client.get(reverse("accueil")).status_code == 403


def test_inconnu_n_ouvre_que_ses_propres_pages(connecte):
    client = connecte("inconnu")
    assert client.get(reverse("accueil")).status_code == 403
    for nom in ("comptes:mon_compte", "comptes:qui_peut_quoi", "account_change_password", "mfa_index"):
        assert client.get(reverse(nom)).status_code == 200, nom


# --- Organisations -----------------------------------------------------------------------------------------------
def test_le_responsable_ajoute_un_partenaire(connecte):
    client = connecte("responsable")
    assert client.get(reverse("comptes:partenaire_creer")).status_code == 200
    page = client.post(
        reverse("comptes:partenaire_creer"), {"type": "financeur", "nom": "Département", "email": ADRESSE}, follow=True
    )
    assert ADRESSE in texte(page)
    liste = client.get(reverse("comptes:partenaires"), {"recherche": "departement"})
    assert [organisation.nom for organisation in liste.context["object_list"]] == ["Département"]


def test_la_liste_des_partenaires_s_exporte(connecte):
    reponse = connecte("edition").get(reverse("comptes:partenaires"), {"export": "xlsx"})
    assert reponse["Content-Type"] == TYPE_XLSX


def test_la_page_d_un_partenaire_montre_ses_membres_au_responsable_seulement(connecte, monde):
    partenaire = monde.organisations[Role.PRESCRIPTEUR]
    membre = monde.personne("prescripteur").email
    assert membre in texte(connecte("responsable").get(partenaire.get_absolute_url()))
    assert membre not in texte(connecte("edition").get(partenaire.get_absolute_url()))


@pytest.mark.parametrize("qui", ["responsable", "edition", "prescripteur", "financeur"])
def test_les_organisations_d_une_autre_structure_n_existent_pas(connecte, monde, qui):
    client = connecte(qui)
    for organisation in (monde.autre.structure, monde.autre.organisations[Role.PRESCRIPTEUR]):
        assert client.get(organisation.get_absolute_url()).status_code == 404


def test_l_administrateur_cree_une_structure_et_la_relie(connecte, monde):
    client = connecte("administrateur")
    assert client.get(reverse("comptes:organisations")).status_code == 200
    page = client.post(
        reverse("comptes:organisation_creer"),
        {"type": "facilitatrice", "nom": "Maison neuve", "slug": "neuve", "email": ADRESSE},
        follow=True,
    )
    assert ADRESSE in texte(page)
    structure = Organisation.objects.get(slug="neuve")
    financeur = monde.organisations[Role.FINANCEUR]
    assert client.get(reverse("comptes:organisation_relier", args=[financeur.uuid])).status_code == 200
    client.post(reverse("comptes:organisation_relier", args=[financeur.uuid]), {"structure": structure.pk})
    assert financeur.partenariats.filter(structure=structure).exists()


def test_un_identifiant_court_pris_se_dit_a_cote_du_champ(connecte, monde):
    page = connecte("administrateur").post(
        reverse("comptes:organisation_creer"),
        {"type": "facilitatrice", "nom": "Maison", "slug": monde.structure.slug, "email": ""},
    )
    assert "déjà pris" in page.context["form"].errors["slug"][0]
    assert "Maison" in texte(page)


def test_l_administrateur_archive_et_rouvre(connecte, monde):
    client = connecte("administrateur")
    args = [monde.autre.structure.uuid]
    assert "Archiver «" in texte(client.get(reverse("comptes:organisation_confirmer_archivage", args=args)))
    page = client.post(reverse("comptes:organisation_archiver", args=args), follow=True)
    assert "Archivée" in texte(page)
    client.post(reverse("comptes:organisation_reactiver", args=args))
    assert not Organisation.objects.get(uuid=args[0]).est_archive


def test_renommer(connecte, monde):
    client, adresse = connecte("responsable"), reverse("comptes:organisation_modifier", args=[monde.structure.uuid])
    assert client.get(adresse).status_code == 200
    page = client.post(adresse, {"nom": "Maison renommée"}, follow=True)
    assert "Maison renommée" in texte(page)


# --- Agir pour ---------------------------------------------------------------------------------------------------
def test_changer_d_organisation_parmi_les_siennes(connecte, monde):
    AdhesionFactory(utilisateur=monde.personne("edition"), organisation=monde.autre.structure, role=Role.LECTURE)
    client = connecte("edition")
    for structure in (monde.autre.structure, monde.structure):
        reponse = client.post(reverse("comptes:changer_organisation"), {"organisation": structure.uuid})
        assert reponse.url == reverse("accueil")
        assert client.get(reverse("comptes:membres")).wsgi_request.acteur.organisation == structure


@pytest.mark.parametrize("demande", ["", "n'importe quoi", "autre"])
def test_jamais_pour_celle_d_un_autre(connecte, monde, demande):
    client = connecte("edition")
    uuid = str(monde.autre.structure.uuid) if demande == "autre" else demande
    assert client.post(reverse("comptes:changer_organisation"), {"organisation": uuid}).status_code == 404
    assert CLE_ORGANISATION not in client.session
    assert client.get(reverse("comptes:changer_organisation")).status_code == 405


def test_l_organisation_choisie_puis_quittee_cede_la_place(connecte, monde):
    autre = AdhesionFactory(
        utilisateur=monde.personne("edition"), organisation=monde.autre.structure, role=Role.LECTURE
    )
    client = connecte("edition")
    client.post(reverse("comptes:changer_organisation"), {"organisation": monde.autre.structure.uuid})
    Adhesion.objects.filter(pk=autre.pk).update(active=False)
    assert client.get(reverse("comptes:membres")).wsgi_request.acteur.organisation == monde.structure


# --- Accepter une invitation -------------------------------------------------------------------------------------
def test_de_l_invitation_a_la_premiere_page(connecte, monde):
    """Le parcours entier : le responsable invite, la personne ouvre son courriel, crée son compte et entre."""
    connecte("responsable").post(
        reverse("comptes:inviter", args=[monde.structure.uuid]), {"email": ADRESSE, "role": "edition"}
    )
    client, adresse = ClientStrict(), lien(jeton_du_courriel(ADRESSE))
    page = client.get(adresse)
    assert page.status_code == 200
    assert ADRESSE in texte(page)
    assert Utilisateur.objects.filter(email=ADRESSE).count() == 0  # ouvrir le lien n'accepte rien
    reponse = client.post(adresse, IDENTITE)
    assert reponse.url == reverse("accueil")
    page = client.get(reverse("comptes:membres"))
    assert page.wsgi_request.acteur.organisation == monde.structure
    assert page.wsgi_request.acteur.role == Role.EDITION
    assert ClientStrict().get(adresse).status_code == 410


def test_ouvrir_cinq_fois_le_lien_ne_l_use_pas(client, monde):
    for _ in range(5):
        assert client.get(lien("jeton-nous")).status_code == 200
    assert client.head(lien("jeton-nous")).status_code == 200
    monde.invitation.refresh_from_db()
    assert monde.invitation.acceptee_le is None


def test_un_mot_de_passe_faible_se_dit_a_cote_et_garde_le_reste(client, monde):
    page = client.post(lien("jeton-nous"), {**IDENTITE, "mot_de_passe": "court", "confirmation": "court"})
    assert "16" in page.context["form"].errors["mot_de_passe"][0]
    assert "Nour" in texte(page)
    assert "court" not in texte(page).replace("trop court", "")
    page = client.post(lien("jeton-nous"), {**IDENTITE, "confirmation": "autre chose"})
    assert "diffèrent" in page.context["form"].errors["confirmation"][0]
    assert not Utilisateur.objects.filter(email=monde.invitation.email).exists()


def test_avec_un_compte_existant_on_se_connecte_puis_on_accepte(client, monde):
    utilisateur = UtilisateurFactory(email=monde.invitation.email)
    page = client.get(lien("jeton-nous"))
    connexion = f"{reverse('account_login')}?next={lien('jeton-nous')}"
    assert connexion in texte(page)
    assert "Créer mon compte" not in texte(page)
    reponse = client.post(connexion, {"login": utilisateur.email, "password": MOT_DE_PASSE})
    assert reponse.url == lien("jeton-nous")
    assert "Accepter l&#x27;invitation" in texte(client.get(reponse.url)) or "Accepter l'invitation" in texte(
        client.get(reponse.url)
    )
    client.post(lien("jeton-nous"))
    assert utilisateur.adhesions.get().organisation == monde.structure


def test_poster_une_identite_sur_un_compte_existant_ne_l_ouvre_pas(client, monde):
    utilisateur = UtilisateurFactory(email=monde.invitation.email)
    page = client.post(lien("jeton-nous"), IDENTITE)
    assert page.status_code == 200
    assert "_auth_user_id" not in client.session
    assert not utilisateur.adhesions.exists()


def test_un_membre_d_ailleurs_accepte_et_agit_aussitot_pour_sa_nouvelle_organisation(connecte, monde):
    jeton = "pour-ailleurs"
    InvitationFactory(organisation=monde.autre.structure, email=monde.personne("edition").email, jeton=jeton)
    client = connecte("edition")
    client.post(lien(jeton))
    page = client.get(reverse("comptes:membres"))
    assert page.wsgi_request.acteur.organisation == monde.autre.structure


def test_connecte_sous_une_autre_adresse_on_ne_prend_pas_la_place(connecte, monde):
    client = connecte("lecture")
    assert "connecté avec une autre adresse" in texte(client.get(lien("jeton-nous")))
    page = client.post(lien("jeton-nous"))
    assert "autre adresse" in texte(page)
    assert monde.personne("lecture").adhesions.count() == 1


@pytest.mark.parametrize("etat", ["perimee", "revoquee", "acceptee"])
@pytest.mark.parametrize("methode", ["get", "post"])
def test_un_lien_ferme_repond_410_avec_un_chemin_de_retour(client, monde, etat, methode):
    InvitationFactory(organisation=monde.structure, email=ADRESSE, jeton="ferme", **{etat: True})
    page = getattr(client, methode)(lien("ferme"), IDENTITE if methode == "post" else None)
    assert page.status_code == 410
    assert "plus valable" in texte(page)
    assert 'href="/"' in texte(page)


@pytest.mark.django_db
def test_un_jeton_inconnu_repond_pareil(client):
    assert client.get(lien("jamais-vu")).status_code == 410


def test_une_organisation_archivee_ferme_ses_invitations(client, monde):
    Organisation.objects.filter(pk=monde.structure.pk).update(archive_le=timezone.now())
    assert client.get(lien("jeton-nous")).status_code == 410


# --- Mon compte, qui peut quoi -----------------------------------------------------------------------------------
def test_mon_compte(connecte, monde):
    client = connecte("edition")
    page = client.post(
        reverse("comptes:mon_compte"),
        {"prenom": "Malo", "nom": "Adam-Hue", "telephone": "02 33 00 00 00", "email": "pirate@y.fr", "is_staff": "1"},
        follow=True,
    )
    assert "Adam-Hue" in texte(page)
    personne = Utilisateur.objects.get(pk=monde.personne("edition").pk)
    assert (personne.telephone, personne.email, personne.is_staff) == ("02 33 00 00 00", "edition@nous.fr", False)


def test_mon_compte_refuse_un_nom_vide(connecte, monde):
    page = connecte("edition").post(reverse("comptes:mon_compte"), {"prenom": "", "nom": "Adam"})
    assert page.context["form"].errors["prenom"]
    assert Utilisateur.objects.get(pk=monde.personne("edition").pk).prenom == "Malo"
