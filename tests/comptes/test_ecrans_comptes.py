"""Les comptes que tient l'administrateur : fermer, rouvrir, clore les sessions, ôter un second facteur perdu."""

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from comptes.enums import Role
from comptes.models import Compte
from socle.models import EntreeJournal
from tests.client_strict import ClientStrict
from tests.comptes.outils import courriels_a
from tests.fabriques.comptes import MOT_DE_PASSE, AdhesionFactory, OrganisationFactory, UtilisateurFactory

pytestmark = pytest.mark.django_db
GESTES = ("bloquer", "rouvrir", "fermer_sessions", "oter_second_facteur")


def adresse(geste: str, personne) -> str:
    return reverse(f"comptes:compte_{geste}", args=[personne.uuid])


def texte(reponse) -> str:
    return reponse.content.decode()


def inscrits(personne) -> list[str]:
    return list(EntreeJournal.objects.filter(objet_uuid=personne.uuid).order_by("pk").values_list("action", flat=True))


def test_un_compte_ferme_n_ouvre_plus_rien_des_la_page_suivante(connecte, monde):
    personne, sien, admin = monde.personne("edition"), connecte("edition"), connecte("administrateur")
    assert sien.get(reverse("documents")).status_code == 200
    assert "Bloquer le compte" in texte(admin.get(reverse("comptes:compte_confirmer_blocage", args=[personne.uuid])))
    page = texte(admin.post(adresse("bloquer", personne), follow=True))
    assert "Le compte est bloqué" in page
    assert "Rouvrir le compte" in page
    assert "Compte bloqué" in page
    assert sien.get(reverse("documents")).status_code == 302
    assert inscrits(personne) == ["compte_bloque"]
    assert len(courriels_a(personne.email)) == 1
    assert "déjà bloqué" in texte(admin.post(adresse("bloquer", personne), follow=True))
    assert inscrits(personne) == ["compte_bloque"]


def test_un_compte_rouvert_se_connecte_de_nouveau(connecte, monde):
    personne, admin = monde.personne("edition"), connecte("administrateur")
    admin.post(adresse("rouvrir", personne))
    assert not inscrits(personne)
    admin.post(adresse("bloquer", personne))
    admin.post(adresse("rouvrir", personne))
    sien = ClientStrict()
    sien.force_login(Compte.objects.get(pk=personne.pk))
    assert sien.get(reverse("documents")).status_code == 200
    assert inscrits(personne) == ["compte_bloque", "compte_rouvert"]


def test_clore_les_sessions_deconnecte_partout_et_personne_d_autre(connecte, monde):
    personne, ici, la = monde.personne("edition"), connecte("edition"), connecte("edition")
    collegue, admin = connecte("responsable"), connecte("administrateur")
    for client in (ici, la, collegue):
        client.get(reverse("documents"))
    assert "2\N{NO-BREAK SPACE}sessions fermées" in texte(admin.post(adresse("fermer_sessions", personne), follow=True))
    assert [client.get(reverse("documents")).status_code for client in (ici, la, collegue)] == [302, 302, 200]
    assert inscrits(personne) == ["sessions_fermees"]
    assert "Aucune session" in texte(admin.post(adresse("fermer_sessions", personne), follow=True))


def test_un_second_facteur_perdu_s_ote_et_la_personne_l_apprend(connecte, monde, client):
    personne, admin = UtilisateurFactory(membre_de=monde.structure), connecte("administrateur")
    assert "Aucun : le mot de passe seul" in texte(admin.get(reverse("comptes:compte", args=[personne.uuid])))
    assert "pas de second facteur" in texte(admin.post(adresse("oter_second_facteur", personne), follow=True))
    Authenticator.objects.create(user=personne, type=Authenticator.Type.TOTP, data={"secret": "x"})
    Authenticator.objects.create(user=personne, type=Authenticator.Type.RECOVERY_CODES, data={"seed": "x"})
    assert "Application de codes" in texte(admin.get(reverse("comptes:compte", args=[personne.uuid])))
    admin.post(adresse("oter_second_facteur", personne))
    assert not Authenticator.objects.filter(user=personne).exists()
    assert inscrits(personne) == ["second_facteur_ote"]
    assert len(courriels_a(personne.email)) == 1
    client.post(reverse("account_login"), {"login": personne.email, "password": MOT_DE_PASSE})
    assert client.get(reverse("documents")).status_code == 200


@pytest.mark.parametrize("geste", GESTES)
@pytest.mark.parametrize("qui", ["responsable", "edition", "prescripteur", "financeur"])
def test_personne_d_autre_ne_tient_un_compte(connecte, monde, geste, qui):
    personne = monde.personne("lecture")
    assert connecte(qui).post(adresse(geste, personne)).status_code == 403
    assert not inscrits(personne)


def test_un_administrateur_ne_bloque_pas_son_compte_ni_n_en_ote_le_second_facteur(connecte, monde):
    client, soi = connecte("administrateur"), monde.administrateur
    Authenticator.objects.create(user=soi, type=Authenticator.Type.RECOVERY_CODES, data={})
    assert "Sécurité de la connexion" in texte(client.get(reverse("comptes:compte", args=[soi.uuid])))
    for geste in ("bloquer", "oter_second_facteur"):
        client.post(adresse(geste, soi))
    assert Compte.objects.get(pk=soi.pk).is_active
    assert Authenticator.objects.filter(user=soi).exists()
    assert not inscrits(soi)


def test_fermer_le_dernier_responsable_se_dit_avant(connecte, monde):
    seul = monde.personne("responsable")
    page = reverse("comptes:compte_confirmer_blocage", args=[seul.uuid])
    client = connecte("administrateur")
    assert "n'aura plus de responsable" in texte(client.get(page)).replace("&#x27;", "'")
    AdhesionFactory(organisation=monde.structure, role=Role.RESPONSABLE)
    assert "plus de responsable" not in texte(client.get(page))


def test_la_liste_se_filtre_et_un_nom_n_entre_pas_dans_l_adresse(connecte, monde):
    client, personne = connecte("administrateur"), monde.personne("edition")
    liste = reverse("comptes:comptes")
    assert monde.autre.personnes[Role.EDITION].email in texte(client.get(liste))
    personne.nom = "Érable-Łódź"
    personne.save()
    for cherche in ({"adresse": personne.email}, {"personne": "lodz erable"}):
        reponse = client.post(liste, cherche)
        assert not any(valeur in reponse["Location"] for valeur in cherche.values())
        page = texte(client.get(reponse["Location"]))
        assert personne.email in page
        assert monde.autre.personnes[Role.EDITION].email not in page
    client.post(adresse("bloquer", personne))
    assert monde.personne("lecture").email not in texte(client.get(liste, {"etat": "False"}))


def test_l_administrateur_qui_invite_dans_une_structure_est_annonce_a_chaque_responsable(connecte, monde):
    seconde = AdhesionFactory(organisation=monde.structure, role=Role.RESPONSABLE).utilisateur
    AdhesionFactory(organisation=monde.structure, role=Role.EDITION)
    adresse_d_invitation = reverse("comptes:inviter", args=[monde.structure.uuid])
    connecte("administrateur").post(adresse_d_invitation, {"email": "ada@service.fr", "role": "responsable"})
    for responsable in (monde.personne("responsable"), seconde):
        (annonce,) = courriels_a(responsable.email)
        assert "ada@service.fr" in annonce.corps
    assert not courriels_a(monde.personne("edition").email)
    journal = EntreeJournal.objects.filter(objet_uuid=monde.structure.uuid).order_by("pk")
    assert list(journal.values_list("action", flat=True)) == ["invitation_envoyee", "entree_annoncee"]


def test_un_responsable_qui_invite_n_annonce_rien_et_une_structure_neuve_non_plus(connecte, monde):
    connecte("responsable").post(
        reverse("comptes:inviter", args=[monde.structure.uuid]), {"email": "ici@exemple.fr", "role": "responsable"}
    )
    neuve = OrganisationFactory()
    connecte("administrateur").post(
        reverse("comptes:inviter", args=[neuve.uuid]), {"email": "la@exemple.fr", "role": "responsable"}
    )
    assert not EntreeJournal.objects.filter(action="entree_annoncee").exists()


def test_les_invitations_de_tout_le_service_disent_ce_que_le_serveur_a_repondu(connecte, monde):
    page = texte(connecte("administrateur").get(reverse("comptes:invitations")))
    assert monde.invitation.email in page
    assert monde.autre.invitation.email in page
