"""Les comptes d'une entreprise ou d'un acheteur : ouverts de sa fiche, et ce qu'ils voient avant d'être confirmés."""

import html
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.urls import reverse

from comptes.acteur import Acteur
from comptes.destinataires import membres_joignables
from comptes.enums import Role, TypeOrganisation
from comptes.models import Adhesion, Invitation, Organisation
from comptes.services import (
    accepter_invitation,
    confirmer_compte,
    inviter,
    inviter_depuis_une_fiche,
    relier_un_compte,
    retirer_membre,
    rompre_le_lien,
)
from declarations.models import Declaration
from entreprises.models import ContactEntreprise
from entreprises.services import archiver_entreprise, suivre_entreprise
from marches.models import Engagement, Marche
from recrutement.models import Contrat, Offre
from socle.models import Document, EntreeJournal
from socle.regles import AccesRefuse, RegleViolee
from tests.comptes.outils import courriels_a, jeton_du_courriel
from tests.fabriques.comptes import OrganisationFactory, PartenariatFactory, UtilisateurFactory
from tests.fabriques.entreprises import ContactEntrepriseFactory
from tests.fabriques.marches import EngagementFactory, LotFactory, MarcheFactory
from tests.fabriques.socle import DocumentFactory
from tests.gestes.commun import RACINE
from tests.saisie import annonce, envoyer, fautes, journal, lue

pytestmark = pytest.mark.django_db
IDENTITE = {"prenom": "Jean", "nom": "Lesage", "mot_de_passe": "cheval pile agrafe juste"}


def accepter(adresse: str) -> Adhesion:
    return accepter_invitation(jeton=jeton_du_courriel(adresse), **IDENTITE)


def ouvrir(monde, cote: str, fiche, adresse: str) -> Acteur:
    """Quelqu'un de l'entreprise, invité par cette structure, qui a accepté."""
    qui = f"{cote}.responsable" if cote else "responsable"
    inviter_depuis_une_fiche(acteur=monde.acteur(qui), fiche=fiche, email=adresse)
    return Acteur.membre(accepter(adresse))


@pytest.fixture
def partagee(monde):
    """Une entreprise suivie des deux structures, engagée chez chacune."""
    entreprise = monde.referentiel.entreprise_partagee
    engagements = {
        nom: EngagementFactory(lot=LotFactory(marche=MarcheFactory(structure=cote.structure)), entreprise=entreprise)
        for nom, cote in (("nous", monde.nous), ("autre", monde.autre))
    }
    return SimpleNamespace(entreprise=entreprise, **engagements)


# --- Inviter depuis une fiche -------------------------------------------------------------------------------------
def test_on_ne_demande_que_la_personne_et_son_organisation_est_celle_de_la_fiche(monde, connecte, partagee):
    client, entreprise = connecte("responsable"), partagee.entreprise
    page = lue(client, reverse("entreprises:compte_inviter", args=[entreprise.uuid]))
    assert "SIRET" not in page and "Rôle" not in page
    saisie = {"email": "Jean@Batir.fr", "prenom": "Jean", "nom": "Lesage"}
    reponse = envoyer(client, "entreprises:compte_inviter", entreprise, **saisie)
    entreprise.refresh_from_db()
    compte = entreprise.organisation
    assert reponse.url == compte.get_absolute_url()
    assert "Un courriel part à jean@batir.fr." in annonce(reponse)
    assert (compte.type, compte.nom) == (TypeOrganisation.ENTREPRISE, entreprise.raison_sociale)
    assert "Compte relié à la fiche" in journal(entreprise)[0] + journal(entreprise)[-1]
    invitation = Invitation.objects.get(organisation=compte)
    assert (invitation.email, invitation.role, invitation.prenom) == ("jean@batir.fr", Role.ENTREPRISE, "Jean")
    assert "jean@batir.fr" in lue(client, compte.get_absolute_url())
    assert "Un compte est ouvert" in lue(client, entreprise.get_absolute_url())


def test_le_nom_donne_est_propose_a_qui_accepte(monde, client):
    inviter_depuis_une_fiche(
        acteur=monde.acteur(), fiche=monde.cotraitante, email="jean@batir.fr", prenom="Jean", nom="Lesage"
    )
    page = client.get(reverse("comptes:invitation", args=[jeton_du_courriel("jean@batir.fr")]))
    assert 'value="Jean"' in page.text and 'value="Lesage"' in page.text


def test_une_adresse_fausse_se_dit_et_la_saisie_reste(connecte, partagee):
    saisie = {"email": "jean@", "nom": "Lesage"}
    reponse = envoyer(connecte("responsable"), "entreprises:compte_inviter", partagee.entreprise, **saisie)
    assert "email" in fautes(reponse, **saisie)
    partagee.entreprise.refresh_from_db()
    assert partagee.entreprise.organisation is None


@pytest.mark.parametrize("qui", ["edition", "lecture", "entreprise", "administrateur"])
def test_seul_un_responsable_invite(connecte, partagee, qui):
    assert envoyer(connecte(qui), "entreprises:compte_inviter", partagee.entreprise, email="j@b.fr").status_code == 403


def test_une_entreprise_que_la_structure_ne_suit_pas_ou_plus_ne_s_invite_pas(monde):
    with pytest.raises(AccesRefuse):
        inviter_depuis_une_fiche(acteur=monde.acteur(), fiche=monde.autre.cotraitante, email="j@b.fr")
    archiver_entreprise(acteur=monde.acteur(), entreprise=monde.cotraitante, archiver=True)
    with pytest.raises(RegleViolee, match="archivée"):
        inviter_depuis_une_fiche(acteur=monde.acteur(), fiche=monde.cotraitante, email="j@b.fr")


def test_une_seule_organisation_pour_toutes_les_structures(monde, partagee):
    une = inviter_depuis_une_fiche(acteur=monde.acteur(), fiche=partagee.entreprise, email="jean@batir.fr")
    autre = inviter_depuis_une_fiche(
        acteur=monde.acteur("autre.responsable"), fiche=partagee.entreprise, email="jean@batir.fr"
    )
    assert une.organisation == autre.organisation
    with pytest.raises(RegleViolee, match="déjà en cours"):
        inviter_depuis_une_fiche(acteur=monde.acteur(), fiche=partagee.entreprise, email="jean@batir.fr")


# --- Une structure hostile ------------------------------------------------------------------------------------------
def _dossiers(acteur: Acteur) -> set:
    lus = (Engagement, Marche, Declaration, Contrat, Offre, Document)
    return {(modele.__name__, ligne.pk) for modele in lus for ligne in modele.objects.visibles_par(acteur)}


def test_qui_connait_un_siret_n_ouvre_rien_des_autres(monde):
    """Une structure se met à suivre l'entreprise d'une autre, et invite un complice : il ne voit rien d'elle."""
    victime, hostile = monde.nous, monde.acteur("autre.responsable")
    siens = _dossiers(monde.acteur("entreprise"))
    assert siens
    suivre_entreprise(acteur=hostile, siret=victime.entreprise.siret, raison_sociale="Peu importe")
    complice = ouvrir(monde, "autre", victime.entreprise, "complice@gmail.com")
    assert complice.organisation == victime.organisations[Role.ENTREPRISE]
    assert _dossiers(complice) == set()
    # Ni les gens de l'entreprise, ni ce qu'ils ont demandé ; et rien ne lui est écrit.
    assert list(Adhesion.objects.visibles_par(complice).values_list("utilisateur", flat=True)) == [
        complice.utilisateur.pk
    ]
    DocumentFactory(organisation=complice.organisation, demandeur=victime.personnes[Role.ENTREPRISE])
    assert not Document.objects.visibles_par(complice).exists()
    ecrits = membres_joignables(complice.organisation.pk, pour=victime.structure.pk)
    assert "complice@gmail.com" not in [ecrit.adresse for ecrit in ecrits]
    # Il ne se confirme pas lui-même, ni par un second complice, ni par sa structure.
    adhesion = Adhesion.objects.get(utilisateur=complice.utilisateur)
    for acteur in (complice, hostile):
        with pytest.raises(AccesRefuse):
            confirmer_compte(acteur=acteur, adhesion=adhesion)
    inviter(acteur=complice, organisation=complice.organisation, email="second@gmail.com", role=Role.ENTREPRISE)
    assert _dossiers(Acteur.membre(accepter("second@gmail.com"))) == set()


def test_arrivee_la_premiere_elle_ne_lit_pas_davantage(monde, partagee):
    """Le compte est né chez elle : l'entreprise qu'une autre engage ensuite ne s'ouvre pas à son complice."""
    complice = ouvrir(monde, "autre", partagee.entreprise, "complice@gmail.com")
    jean = ouvrir(monde, "", partagee.entreprise, "jean@batir.fr")
    assert list(Engagement.objects.visibles_par(complice)) == [partagee.autre]
    assert list(Engagement.objects.visibles_par(jean)) == [partagee.nous]
    hostile, compte = monde.acteur("autre.responsable"), jean.organisation
    assert [a.utilisateur for a in Adhesion.objects.visibles_par(hostile).filter(organisation=compte)] == [
        complice.utilisateur
    ]
    assert not Invitation.objects.visibles_par(hostile).filter(email="jean@batir.fr").exists()
    with pytest.raises(AccesRefuse):
        retirer_membre(acteur=hostile, adhesion=Adhesion.objects.get(utilisateur=jean.utilisateur))
    with pytest.raises(AccesRefuse):
        rompre_le_lien(acteur=hostile, fiche=partagee.entreprise)


def test_ses_propres_contacts_ne_prouvent_rien(monde, partagee):
    """Elle inscrit sur sa fiche le domaine de son complice : une structure n'atteste pas pour elle-même."""
    ContactEntrepriseFactory(
        fiche=partagee.entreprise.fiches.get(structure=monde.autre.structure), courriel="x@complice.fr"
    )
    complice = ouvrir(monde, "autre", partagee.entreprise, "complice@complice.fr")
    assert list(Engagement.objects.visibles_par(complice)) == [partagee.autre]


def test_les_pages_d_un_compte_a_confirmer_ne_montrent_que_sa_structure(monde, client, partagee):
    complice = ouvrir(monde, "autre", partagee.entreprise, "complice@gmail.com")
    client.force_login(complice.utilisateur)
    page = lue(client, reverse("suivi:espace_entreprise"))
    assert partagee.autre.lot.marche.reference in page and partagee.nous.lot.marche.reference not in page
    assert client.get(partagee.nous.get_absolute_url()).status_code == 404


# --- Confirmer ----------------------------------------------------------------------------------------------------
def test_l_administrateur_confirme_puis_le_compte_voit_tout(monde, connecte, partagee):
    jean = ouvrir(monde, "", partagee.entreprise, "jean@gmail.com")
    adhesion = Adhesion.objects.get(utilisateur=jean.utilisateur)
    client = connecte("administrateur")
    assert "À confirmer" in lue(client, jean.organisation.get_absolute_url())
    envoyer(client, "comptes:adhesion_confirmer", adhesion)
    adhesion.refresh_from_db()
    assert not adhesion.a_confirmer
    assert set(Engagement.objects.visibles_par(Acteur.membre(adhesion))) == {partagee.nous, partagee.autre}
    assert EntreeJournal.objects.filter(action="compte_confirme", objet_uuid=jean.organisation.uuid).exists()
    with pytest.raises(RegleViolee, match="n'a pas à être confirmé"):
        confirmer_compte(acteur=monde.acteur("administrateur"), adhesion=adhesion)


def test_un_membre_confirme_confirme_son_collegue_ou_le_retire(monde):
    entreprise, collegue = monde.entreprise, monde.acteur("entreprise")
    ouvrir(monde, "", entreprise, "neuf@gmail.com")
    intrus = ouvrir(monde, "", entreprise, "intrus@gmail.com")
    neuf = Adhesion.objects.get(utilisateur__email="neuf@gmail.com")
    confirmer_compte(acteur=collegue, adhesion=neuf)
    retirer_membre(acteur=collegue, adhesion=Adhesion.objects.get(utilisateur=intrus.utilisateur))
    neuf.refresh_from_db()
    assert not neuf.a_confirmer
    assert not Adhesion.objects.get(utilisateur=intrus.utilisateur).active


def test_le_domaine_connu_d_une_autre_structure_confirme(monde, partagee):
    fiche = partagee.entreprise.fiches.get(structure=monde.autre.structure)
    ContactEntrepriseFactory(fiche=fiche, courriel="compta@Batir.fr")
    jean = ouvrir(monde, "", partagee.entreprise, "jean@batir.fr")
    assert jean.structures is None
    assert set(Engagement.objects.visibles_par(jean)) == {partagee.nous, partagee.autre}
    assert EntreeJournal.objects.filter(action="compte_prouve").exists()


@pytest.mark.parametrize("contact", ["compta@gmail.com", "compta@autrebatir.fr", "batir.fr@gmail.com"])
def test_un_fournisseur_public_ou_un_autre_domaine_ne_prouve_rien(monde, partagee, contact):
    fiche = partagee.entreprise.fiches.get(structure=monde.autre.structure)
    ContactEntreprise.objects.filter(fiche=fiche).update(courriel=contact)
    adresse = "jean@gmail.com" if contact == "compta@gmail.com" else "jean@batir.fr"
    assert ouvrir(monde, "", partagee.entreprise, adresse).structures is not None


def test_deux_structures_invitent_la_meme_personne(monde, partagee):
    """Elle voit les deux, et rien de plus ; retirée par l'une, elle garde l'autre."""
    ouvrir(monde, "", partagee.entreprise, "jean@gmail.com")
    inviter_depuis_une_fiche(
        acteur=monde.acteur("autre.responsable"), fiche=partagee.entreprise, email="jean@gmail.com"
    )
    jean = Adhesion.objects.get(utilisateur__email="jean@gmail.com")
    accepter_invitation(jeton=jeton_du_courriel("jean@gmail.com"), utilisateur=jean.utilisateur)
    assert set(Engagement.objects.visibles_par(Acteur.membre(jean))) == {partagee.nous, partagee.autre}
    jean.refresh_from_db()
    assert jean.a_confirmer
    retirer_membre(acteur=monde.acteur(), adhesion=jean)
    jean.refresh_from_db()
    assert jean.active and list(Engagement.objects.visibles_par(Acteur.membre(jean))) == [partagee.autre]
    retirer_membre(acteur=monde.acteur("autre.responsable"), adhesion=jean)
    jean.refresh_from_db()
    assert not jean.active


def test_l_ecran_et_le_courriel_disent_de_quels_dossiers_il_est_retire(monde, partagee, client):
    """La structure n'apprend pas si une autre l'a invité ; lui, oui, lit que le reste ne change pas."""
    ouvrir(monde, "", partagee.entreprise, "jean@gmail.com")
    inviter_depuis_une_fiche(
        acteur=monde.acteur("autre.responsable"), fiche=partagee.entreprise, email="jean@gmail.com"
    )
    jean = Adhesion.objects.get(utilisateur__email="jean@gmail.com")
    accepter_invitation(jeton=jeton_du_courriel("jean@gmail.com"), utilisateur=jean.utilisateur)
    client.force_login(monde.personne("responsable"))
    page = html.unescape(client.get(reverse("comptes:adhesion_confirmer_retrait", args=[jean.uuid])).content.decode())
    assert f"Les dossiers de « {monde.structure.nom} » ne seront plus accessibles" in page
    client.post(reverse("comptes:adhesion_retirer", args=[jean.uuid]))
    recu = courriels_a("jean@gmail.com")[-1]
    assert recu.sujet == f"Les dossiers de {monde.structure.nom} vous sont fermés"
    assert "Ceux des autres structures qui vous ont invité ne changent pas." in recu.corps
    client.force_login(monde.personne("autre.responsable"))
    client.post(reverse("comptes:adhesion_retirer", args=[jean.uuid]))
    assert courriels_a("jean@gmail.com")[-1].sujet == f"Votre accès à {jean.organisation.nom} est fermé"


def test_une_invitation_en_attente_n_en_demande_pas_une_premiere(monde, partagee, client):
    inviter_depuis_une_fiche(acteur=monde.acteur(), fiche=partagee.entreprise, email="jean@gmail.com")
    client.force_login(monde.personne("responsable"))
    compte = Organisation.objects.get(invitations__email="jean@gmail.com")
    page = " ".join(html.unescape(client.get(compte.get_absolute_url()).content.decode()).split())
    assert "Personne n'est encore membre : une invitation attend d'être acceptée." in page


def test_un_membre_revenu_ne_garde_rien_de_ce_qu_il_voyait(monde, partagee):
    jean = Adhesion.objects.get(utilisateur=ouvrir(monde, "", partagee.entreprise, "jean@gmail.com").utilisateur)
    confirmer_compte(acteur=monde.acteur("administrateur"), adhesion=jean)
    retirer_membre(acteur=monde.acteur("administrateur"), adhesion=jean)
    inviter_depuis_une_fiche(
        acteur=monde.acteur("autre.responsable"), fiche=partagee.entreprise, email="jean@gmail.com"
    )
    accepter_invitation(jeton=jeton_du_courriel("jean@gmail.com"), utilisateur=jean.utilisateur)
    jean.refresh_from_db()
    assert list(Engagement.objects.visibles_par(Acteur.membre(jean))) == [partagee.autre]


def test_un_acheteur_a_confirmer_ne_voit_que_la_structure_qui_l_invite(monde):
    acheteur = monde.maitre_ouvrage
    hostile = monde.acteur("autre.responsable")
    acheteur.fiches.create(structure=monde.autre.structure)
    inviter_depuis_une_fiche(acteur=hostile, fiche=acheteur, email="complice@gmail.com")
    assert _dossiers(Acteur.membre(accepter("complice@gmail.com"))) == set()


# --- Le lien se montre, se rompt, se reprend -----------------------------------------------------------------------
def test_rompu_le_compte_ne_voit_plus_rien_et_dit_qui_peut_y_remedier(monde, connecte):
    client, entreprise = connecte("responsable"), monde.entreprise
    assert "Séparer de la fiche" in lue(client, monde.organisations[Role.ENTREPRISE].get_absolute_url())
    lue(client, reverse("entreprises:compte_confirmer_rupture", args=[entreprise.uuid]))
    envoyer(client, "entreprises:compte_rompre", entreprise)
    entreprise.refresh_from_db()
    assert entreprise.organisation is None
    assert "Compte séparé de la fiche" in " ".join(journal(entreprise))
    page = lue(connecte("entreprise"), reverse("suivi:espace_entreprise"))
    assert "Votre compte n'est relié à aucune fiche" in page
    assert monde.personne("responsable").email in page
    assert "n'est relié à aucune fiche" in lue(client, monde.organisations[Role.ENTREPRISE].get_absolute_url())


def test_un_compte_deja_ouvert_se_relie_a_confirmer(monde, connecte):
    rompre_le_lien(acteur=monde.acteur("administrateur"), fiche=monde.entreprise)
    compte = monde.organisations[Role.ENTREPRISE]
    envoyer(connecte("responsable"), "entreprises:compte_relier", monde.cotraitante, organisation=compte)
    monde.cotraitante.refresh_from_db()
    assert monde.cotraitante.organisation == compte
    adhesion = Adhesion.objects.get(organisation=compte)
    assert (adhesion.a_confirmer, list(adhesion.structures.all())) == (True, [monde.structure])


def test_le_compte_d_une_autre_structure_ne_se_relie_pas(monde):
    compte = OrganisationFactory(entreprise=True)
    PartenariatFactory(structure=monde.autre.structure, organisation=compte)
    with pytest.raises(AccesRefuse):
        relier_un_compte(acteur=monde.acteur(), fiche=monde.cotraitante, organisation=compte)
    PartenariatFactory(structure=monde.structure, organisation=compte)
    with pytest.raises(AccesRefuse, match="plusieurs structures"):
        relier_un_compte(acteur=monde.acteur(), fiche=monde.cotraitante, organisation=compte)


def test_l_invitation_de_l_administrateur_est_confirmee(monde):
    compte = monde.organisations[Role.ENTREPRISE]
    inviter(acteur=monde.acteur("administrateur"), organisation=compte, email="dg@gmail.com", role=Role.ENTREPRISE)
    assert Acteur.membre(accepter("dg@gmail.com")).structures is None


def test_un_compte_existant_accepte_sans_en_creer_un_second(monde, partagee):
    personne = UtilisateurFactory(email="jean@gmail.com")
    inviter_depuis_une_fiche(acteur=monde.acteur(), fiche=partagee.entreprise, email="jean@gmail.com")
    accepter_invitation(jeton=jeton_du_courriel("jean@gmail.com"), utilisateur=personne)
    assert len(courriels_a("jean@gmail.com")) == 1
    assert Organisation.objects.filter(adhesions__utilisateur=personne).get().entreprise == partagee.entreprise


# --- Une seule façon -------------------------------------------------------------------------------------------------
DEJA_BORNE = {"recrutement/a_faire/structure.py"}  # resserre des contrats déjà pris dans la portée de l'acteur


def test_toute_portee_d_un_compte_passe_par_la_meme_fonction():
    """Un `visibles_par` qui compare lui-même l'organisation oublierait qu'un compte à confirmer ne voit pas tout."""
    egal = re.compile(r"(entreprise|maitre_ouvrage|employeur)__organisation=acteur")
    fautifs = [
        str(chemin.relative_to(RACINE))
        for app in apps.get_app_configs()
        if Path(app.path).parent == RACINE
        for chemin in Path(app.path).rglob("*.py")
        if egal.search(chemin.read_text())
    ]
    assert set(fautifs) == DEJA_BORNE
