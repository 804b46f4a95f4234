"""Ce qu'un prescripteur apprend de ses personnes sans l'avoir fait : un collègue les lui passe, une fusion les réunit."""

import html

import pytest
from django.urls import reverse

from beneficiaires.models import Ressemblance
from beneficiaires.services import (
    corriger_ma_personne,
    fusionner_les_dossiers,
    passer_a_un_collegue,
    signaler_les_ressemblances,
)
from comptes.enums import Role
from comptes.models import Adhesion
from comptes.services import retirer_membre
from socle.models import Courriel
from socle.regles import RegleViolee
from socle.services.fusions import defaire_la_fusion
from tests.fabriques.beneficiaires import BeneficiaireFactory
from tests.fabriques.comptes import AdhesionFactory, OrganisationFactory, PartenariatFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def collegue(monde) -> Adhesion:
    return AdhesionFactory(organisation=monde.nous.organisations[Role.PRESCRIPTEUR], role=Role.PRESCRIPTEUR)


def accueil(client, qui) -> str:
    client.force_login(qui)
    return " ".join(client.get(reverse("recrutement:espace_prescripteur")).content.decode().split())


# --- Recevoir une personne ----------------------------------------------------------------------------------------------
def test_le_collegue_recoit_un_courriel_et_une_ligne_sur_son_accueil(monde, client, collegue):
    client.force_login(monde.personne("prescripteur"))
    adresse = reverse("recrutement:ma_personne_passer", args=[monde.beneficiaire.uuid])
    page = client.post(adresse, {"adhesion": str(collegue.uuid)}, follow=True).content.decode()
    assert "Un courriel part" in page and "dans les cinq minutes" in page
    courriel = Courriel.objects.get(destinataire=collegue.utilisateur.email)
    assert monde.beneficiaire.initiales in courriel.corps and monde.beneficiaire.nom not in courriel.corps
    assert courriel.repondre_a == monde.personne("prescripteur").email
    sienne = f"{monde.beneficiaire.prenom} {monde.beneficiaire.nom} : vous êtes son référent"
    assert sienne in accueil(client, collegue.utilisateur)
    assert sienne not in accueil(client, monde.personne("prescripteur"))


def test_plusieurs_passees_coup_sur_coup_font_un_courriel(monde, collegue):
    acteur, prescripteur = monde.acteur("prescripteur"), monde.nous.organisations[Role.PRESCRIPTEUR]
    for _ in range(3):
        personne = BeneficiaireFactory(structure=monde.structure, prescripteur=prescripteur)
        passer_a_un_collegue(acteur=acteur, beneficiaire=personne, adhesion=collegue)
    assert Courriel.objects.get(destinataire=collegue.utilisateur.email).sujet.startswith("Plusieurs personnes")


def test_se_la_donner_a_soi_meme_n_ecrit_a_personne(monde, collegue):
    soi = monde.personne("prescripteur").adhesions.get(organisation=monde.nous.organisations[Role.PRESCRIPTEUR])
    personne = passer_a_un_collegue(acteur=monde.acteur("prescripteur"), beneficiaire=monde.beneficiaire, adhesion=soi)
    assert personne.dit_a is None and not Courriel.objects.exists()


def test_un_depart_previent_qui_recoit_les_personnes(monde, client, collegue):
    passer_a_un_collegue(acteur=monde.acteur("prescripteur"), beneficiaire=monde.beneficiaire, adhesion=collegue)
    Courriel.objects.all().delete()
    retirer_membre(acteur=monde.acteur("responsable"), adhesion=collegue)
    reste = monde.personne("prescripteur")
    (courriel,) = Courriel.objects.filter(destinataire=reste.email)
    assert "de 1 personne, à la suite d'un départ" in " ".join(courriel.corps.split())
    assert "vous êtes son référent" in accueil(client, reste)


# --- Une fusion ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def autre_prescripteur(monde):
    organisation = OrganisationFactory(type="prescripteur", nom="Mission locale du Nord")
    PartenariatFactory(structure=monde.structure, organisation=organisation)
    return AdhesionFactory(organisation=organisation, role=Role.PRESCRIPTEUR)


@pytest.fixture
def range_(monde, autre_prescripteur):
    return BeneficiaireFactory(
        structure=monde.structure,
        prescripteur=autre_prescripteur.organisation,
        referent_courriel=autre_prescripteur.utilisateur.email,
        nom="Lemaire",
        prenom="Awa",
    )


def test_qui_l_avait_confiee_sait_ou_est_la_personne_et_rien_d_autre(monde, client, autre_prescripteur, range_):
    fusion = fusionner_les_dossiers(acteur=monde.acteur(), beneficiaire=monde.beneficiaire, autre=range_)
    assert fusion.dit_a.destinataires[0].adresse == autre_prescripteur.utilisateur.email
    courriel = Courriel.objects.get(destinataire=autre_prescripteur.utilisateur.email)
    page_du_sien = reverse("recrutement:ma_personne", args=[range_.uuid])
    client.force_login(autre_prescripteur.utilisateur)
    reponse = client.get(page_du_sien)
    lue = html.unescape(reponse.content.decode())
    assert reponse.status_code == 200 and monde.structure.nom in lue and range_.nom_complet in lue
    premier = monde.nous.organisations[Role.PRESCRIPTEUR].nom
    for su in (premier, monde.beneficiaire.identifiant, str(monde.beneficiaire.uuid)):
        assert su not in courriel.corps and su not in lue
    assert client.get(reverse("recrutement:ma_personne", args=[monde.beneficiaire.uuid])).status_code == 404
    client.force_login(monde.personne("prescripteur"))
    assert client.get(page_du_sien).status_code == 404, "le dossier de l'autre prescripteur n'est pas à lui"
    defaire_la_fusion(acteur=monde.acteur(), fusion=fusion)
    client.force_login(autre_prescripteur.utilisateur)
    assert "ils n'en font plus qu'un" not in client.get(page_du_sien).content.decode()


def test_le_meme_prescripteur_est_mene_au_dossier_garde(monde, client):
    double = BeneficiaireFactory(structure=monde.structure, prescripteur=monde.beneficiaire.prescripteur)
    fusion = fusionner_les_dossiers(acteur=monde.acteur(), beneficiaire=monde.beneficiaire, autre=double)
    assert fusion.dit_a is None and not Courriel.objects.exists()
    client.force_login(monde.personne("prescripteur"))
    reponse = client.get(reverse("recrutement:ma_personne", args=[double.uuid]))
    assert reponse.url == reverse("recrutement:ma_personne", args=[monde.beneficiaire.uuid])


def test_une_fiche_deja_reunie_ne_se_fusionne_plus(monde, client, range_):
    fusionner_les_dossiers(acteur=monde.acteur(), beneficiaire=monde.beneficiaire, autre=range_)
    tiers = BeneficiaireFactory(structure=monde.structure)
    with pytest.raises(RegleViolee, match="déjà réunie"):
        fusionner_les_dossiers(acteur=monde.acteur(), beneficiaire=tiers, autre=range_)
    client.force_login(monde.personne("edition"))
    page = client.get(reverse("beneficiaires:fusion", args=[tiers.uuid, range_.uuid])).content.decode()
    assert "déjà réunie" in page
    choix = client.post(reverse("beneficiaires:fusion_choix", args=[tiers.uuid]), {"autre": range_.identifiant})
    assert "déjà réunie" in choix.content.decode()


# --- Une paire qui ne se ressemble plus -----------------------------------------------------------------------------------
def test_un_nom_corrige_retire_la_paire_et_en_montre_une_neuve(monde):
    lemaire = BeneficiaireFactory(structure=monde.structure, nom="Lemaire", prenom="Awa")
    moreau = BeneficiaireFactory(structure=monde.structure, nom="Moreau", prenom="Zoé")
    lui = monde.beneficiaire
    Ressemblance.objects.all().delete()
    corriger_ma_personne(acteur=monde.acteur("prescripteur"), beneficiaire=lui, nom="Quiniou", prenom="Maël")
    corriger_ma_personne(acteur=monde.acteur("prescripteur"), beneficiaire=lui, nom="Lemaire", prenom="Awa")
    assert Ressemblance.objects.ou_est(lui).filter(dossier=lemaire).exists()
    corriger_ma_personne(acteur=monde.acteur("prescripteur"), beneficiaire=lui, nom="Moreau", prenom="Zoé")
    paires = Ressemblance.objects.ou_est(lui)
    assert {p.dossier for p in paires} | {p.autre for p in paires} == {lui, moreau}
    assert not signaler_les_ressemblances([])
