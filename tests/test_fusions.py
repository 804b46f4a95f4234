"""Fusionner deux fiches : ce qui passe, ce qui reste, qui le peut, et comment cela se défait."""

import datetime

import pytest
from django.apps import apps
from django.db.models import Model
from django.urls import reverse

from beneficiaires import services as dossiers
from beneficiaires.models import Beneficiaire, Critere, Ressemblance
from entreprises.models import Entreprise, FicheEntreprise
from entreprises.services import fusionner_les_entreprises, suivre_entreprise
from marches.models import MaitreOuvrage
from marches.services import fusionner_les_maitres_ouvrage
from recrutement.models import Contrat
from reporting.models import Bilan
from socle.fusions import nom_de, relations_vers, sorts
from socle.models import EntreeJournal, Fusion
from socle.regles import AccesRefuse, RegleViolee
from socle.services.fusions import TROP_TARD, defaire_la_fusion
from tests.fabriques.beneficiaires import BeneficiaireFactory
from tests.fabriques.entreprises import ContactEntrepriseFactory, EntrepriseFactory, FicheEntrepriseFactory
from tests.fabriques.marches import EngagementFactory, MarcheFactory
from tests.fabriques.recrutement import ContratFactory

pytestmark = pytest.mark.django_db
REUNIS = (Beneficiaire, Entreprise, FicheEntreprise, MaitreOuvrage, apps.get_model("marches.FicheMaitreOuvrage"))


# --- Aucune relation oubliée ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("modele", REUNIS, ids=lambda modele: modele.__name__)
def test_chaque_relation_d_une_fiche_a_son_sort(modele: type[Model]):
    oubliees = {nom_de(relation) for relation in relations_vers(modele)} - set(sorts())
    assert not oubliees, f"relations sans sort dans fusions.py : {sorted(oubliees)}"


def test_aucun_sort_d_une_relation_disparue():
    reelles = {nom_de(relation) for modele in REUNIS for relation in relations_vers(modele)}
    assert set(sorts()) <= reelles


# --- Deux dossiers ----------------------------------------------------------------------------------------------------
@pytest.fixture
def double(monde) -> Beneficiaire:
    """Le second dossier d'Awa Lemaire, avec un contrat, un critère principal et un téléphone."""
    dossier = monde.nous.double
    dossier.courriel = "awa@exemple.fr"
    dossier.save()
    ContratFactory(engagement=monde.engagement, beneficiaire=dossier, identifiant="C-DOUBLE")
    Critere.objects.create(beneficiaire=dossier, code="DELD", principal=True, depuis=datetime.date(2024, 1, 1))
    return dossier


def fusionner(monde, double) -> Fusion:
    return dossiers.fusionner_les_dossiers(
        acteur=monde.acteur("edition"), beneficiaire=monde.beneficiaire, autre=double
    )


def distinctes(monde) -> int:
    return Contrat.objects.filter(structure=monde.structure).values("beneficiaire").distinct().count()


def test_tout_passe_et_les_personnes_distinctes_sont_vraies(monde, double):
    avant, contrats = distinctes(monde), Contrat.objects.count()
    fusionner(monde, double)
    double.refresh_from_db()
    monde.beneficiaire.refresh_from_db()
    assert (distinctes(monde), Contrat.objects.count()) == (avant - 1, contrats)
    assert double.est_archive and not double.contrats.exists()
    assert monde.beneficiaire.courriel == "awa@exemple.fr" and monde.beneficiaire.telephone == monde.nous.marque
    criteres = monde.beneficiaire.criteres.values_list("code", "principal").order_by("code")
    assert list(criteres) == [("DELD", False), ("RSA", True)]  # un seul critère principal, aucun de perdu


def test_une_fusion_est_une_entree_au_journal_sans_un_nom(monde, double):
    deja = EntreeJournal.objects.count()
    fusion = fusionner(monde, double)
    (entree,) = EntreeJournal.objects.order_by("-pk")[: EntreeJournal.objects.count() - deja]
    assert entree.action == "fiches_fusionnees" and entree.objet_uuid == monde.beneficiaire.uuid
    assert "Lemaire" not in str(entree.donnees) and "awa@" not in str(fusion.passages)


def test_defaire_rend_a_chacun_ce_qui_etait_a_lui(monde, double):
    avant = sorted(Contrat.objects.values_list("pk", "beneficiaire"))
    fusion = fusionner(monde, double)
    nouveau = ContratFactory(engagement=monde.engagement, beneficiaire=monde.beneficiaire)
    defaire_la_fusion(acteur=monde.acteur("edition"), fusion=fusion)
    double.refresh_from_db()
    monde.beneficiaire.refresh_from_db()
    assert sorted(Contrat.objects.exclude(pk=nouveau.pk).values_list("pk", "beneficiaire")) == avant
    assert not double.est_archive and monde.beneficiaire.courriel == ""
    assert double.criteres.get().principal and nouveau.beneficiaire == monde.beneficiaire


def test_ce_qui_a_change_depuis_reste(monde, double):
    fusion = fusionner(monde, double)
    dossiers.modifier_beneficiaire(
        acteur=monde.acteur("edition"), beneficiaire=monde.beneficiaire, courriel="neuve@exemple.fr"
    )
    defaire_la_fusion(acteur=monde.acteur("edition"), fusion=fusion)
    monde.beneficiaire.refresh_from_db()
    assert monde.beneficiaire.courriel == "neuve@exemple.fr"


def test_passe_une_semaine_elle_ne_se_defait_plus(monde, double, horloge):
    fusion = fusionner(monde, double)
    horloge.shift(datetime.timedelta(days=8))
    with pytest.raises(RegleViolee, match="pendant une semaine"):
        defaire_la_fusion(acteur=monde.acteur("edition"), fusion=fusion)
    assert TROP_TARD


def test_elle_ne_se_defait_qu_une_fois_et_dans_l_ordre(monde, double):
    premiere = fusionner(monde, double)
    troisieme = BeneficiaireFactory(structure=monde.structure)
    acteur = monde.acteur("edition")
    seconde = dossiers.fusionner_les_dossiers(acteur=acteur, beneficiaire=troisieme, autre=monde.beneficiaire)
    with pytest.raises(RegleViolee, match="à son tour"):
        defaire_la_fusion(acteur=acteur, fusion=premiere)
    defaire_la_fusion(acteur=acteur, fusion=seconde)
    defaire_la_fusion(acteur=acteur, fusion=premiere)
    with pytest.raises(RegleViolee, match="déjà défaite"):
        defaire_la_fusion(acteur=acteur, fusion=premiere)


def test_un_dossier_fusionne_ne_sort_pas_seul_de_l_archive(monde, double):
    fusionner(monde, double)
    with pytest.raises(RegleViolee, match="fusionnée"):
        dossiers.archiver_beneficiaire(acteur=monde.acteur("edition"), beneficiaire=double, archiver=False)


def test_pas_avec_soi_meme_ni_d_une_autre_structure(monde):
    acteur = monde.acteur("edition")
    with pytest.raises(RegleViolee, match="elle-même"):
        dossiers.fusionner_les_dossiers(acteur=acteur, beneficiaire=monde.beneficiaire, autre=monde.beneficiaire)
    with pytest.raises(AccesRefuse):
        dossiers.fusionner_les_dossiers(acteur=acteur, beneficiaire=monde.beneficiaire, autre=monde.autre.beneficiaire)
    assert not Fusion.objects.exists()


def test_l_ecran_montre_ce_qui_passe_puis_le_fait(monde, double, client):
    client.force_login(monde.personne("edition"))
    page = reverse("beneficiaires:fusion", args=[monde.beneficiaire.uuid, double.uuid])
    lu = " ".join(client.get(page).content.decode().split())
    assert (
        "Contrat : 1" in lu and "Courriel : repris de la fiche rangée" in lu and "bilans publiés ne changent pas" in lu
    )
    assert not Fusion.objects.exists()
    assert client.post(page).url == monde.beneficiaire.get_absolute_url()
    fiche = client.get(monde.beneficiaire.get_absolute_url()).content.decode()
    assert "Défaire la fusion" in fiche
    assert (
        client.post(reverse("comptes:fusion_defaire", args=[Fusion.objects.get().uuid])).url
        == double.get_absolute_url()
    )


def test_le_choix_se_fait_par_le_numero_et_dit_quand_il_n_existe_pas(monde, double, client):
    client.force_login(monde.personne("edition"))
    page = reverse("beneficiaires:fusion_choix", args=[monde.beneficiaire.uuid])
    assert "B-DOUBLE" in client.get(page).content.decode()  # elle se ressemble : proposée
    assert client.post(page, {"autre": "b-double"}).url == reverse(
        "beneficiaires:fusion", args=[monde.beneficiaire.uuid, double.uuid]
    )
    refus = client.post(page, {"autre": "B-INCONNU"}).content.decode()
    assert "Aucun dossier de votre structure ne porte ce numéro" in refus and 'value="B-INCONNU"' in refus


# --- Les doublons, à chaque porte -------------------------------------------------------------------------------------
IDENTITE = {"nom": "LEMAIRE", "prenom": "Awa", "sexe": "F"}


def paires(monde) -> list[str]:
    a_trancher = Ressemblance.objects.visibles_par(monde.acteur("edition")).a_trancher()
    return [paire.dossier.identifiant for paire in a_trancher.select_related("dossier").order_by("pk")]


def test_le_formulaire_et_le_prescripteur_previennent_le_facilitateur(monde):
    naissance = monde.beneficiaire.date_naissance
    dossiers.creer_beneficiaire(
        acteur=monde.acteur("edition"),
        identifiant="B-1",
        date_naissance=naissance,
        nom="Awa",
        prenom="Lemaïre",
        sexe="F",
    )
    assert paires(monde) == ["B-1"]  # ordre et accents
    dossiers.orienter_personne(
        acteur=monde.acteur("prescripteur"),
        structure=monde.structure,
        date_naissance=naissance,
        **{**IDENTITE, "nom": "Lemère"},
    )
    assert len(paires(monde)) > 1  # une faute de frappe, née le même jour


def test_une_personne_corrigee_devient_un_doublon(monde):
    autre = BeneficiaireFactory(structure=monde.structure, nom="Tout", prenom="Autre", identifiant="B-2")
    dossiers.modifier_beneficiaire(acteur=monde.acteur("edition"), beneficiaire=autre, nom="Lemaire", prenom="Awa")
    assert paires(monde) == ["B-2"]


def test_deux_personnes_une_fois_dites_ne_se_redemandent_pas(monde):
    paire = monde.nous.ressemblance
    assert paires(monde) == ["B-DOUBLE"]
    dossiers.ecarter_la_ressemblance(acteur=monde.acteur("edition"), ressemblance=paire)
    dossiers.signaler_les_ressemblances([monde.nous.double])
    assert paires(monde) == []


def test_une_fusion_regle_la_paire_et_l_accueil_la_montrait(monde, double, client):
    _ = monde.nous.ressemblance
    client.force_login(monde.personne("edition"))
    assert "la même personne que" in client.get(reverse("accueil")).content.decode()
    fusionner(monde, double)
    assert paires(monde) == []


def test_le_prescripteur_n_apprend_rien_des_dossiers_d_autrui(monde, client):
    BeneficiaireFactory(structure=monde.structure, nom="Secrète", prenom="Nadia", identifiant="B-SECRET")
    client.force_login(monde.personne("prescripteur"))
    identite = {"nom": "Secrete", "prenom": "Nadia", "date_naissance": "12/03/1995"}
    assert "B-SECRET" not in client.post(reverse("beneficiaires:doublons"), identite).content.decode()


# --- Entreprises et maîtres d'ouvrage : chacun chez soi --------------------------------------------------------------
def test_une_structure_ne_reunit_que_ce_qui_est_a_elle(monde):
    """L'autre structure emploie la même entreprise : rien n'y bouge, et l'identité commune non plus."""
    partagee, acteur = monde.referentiel.entreprise_partagee, monde.acteur("edition")
    chez_nous = EngagementFactory(lot__marche__structure=monde.structure, entreprise=partagee)
    chez_eux = EngagementFactory(lot__marche__structure=monde.autre.structure, entreprise=partagee)
    contact = ContactEntrepriseFactory(
        fiche=FicheEntreprise.objects.get(structure=monde.structure, entreprise=partagee)
    )
    avant = Entreprise.objects.filter(pk=partagee.pk).values().get()
    fusion = fusionner_les_entreprises(acteur=acteur, entreprise=monde.entreprise, autre=partagee)
    for ligne in (chez_nous, chez_eux, contact):
        ligne.refresh_from_db()
    assert (chez_nous.entreprise, chez_eux.entreprise) == (monde.entreprise, partagee)
    assert contact.fiche.entreprise == monde.entreprise
    assert Entreprise.objects.filter(pk=partagee.pk).values().get() == avant
    assert not FicheEntreprise.objects.get(structure=monde.autre.structure, entreprise=partagee).est_archive
    assert FicheEntreprise.objects.get(structure=monde.structure, entreprise=partagee).est_archive
    assert suivre_entreprise(acteur=acteur, siret=partagee.siret, raison_sociale="Partagée") == monde.entreprise
    defaire_la_fusion(acteur=acteur, fusion=fusion)
    chez_nous.refresh_from_db()
    assert chez_nous.entreprise == partagee


def test_deux_engagees_sur_un_meme_lot_ne_se_fusionnent_pas(monde, client):
    EngagementFactory(lot=monde.lot, entreprise=monde.nous.entreprise_double, cotraitant=True)
    client.force_login(monde.personne("edition"))
    page = reverse("entreprises:fusion", args=[monde.entreprise.uuid, monde.nous.entreprise_double.uuid])
    assert "chacune la leur (engagement)" in client.get(page).content.decode()
    assert client.post(page).status_code == 200 and not Fusion.objects.exists()


def test_un_compte_ne_perd_pas_ses_engagements_de_vue(monde):
    sans_compte = EntrepriseFactory()
    FicheEntrepriseFactory(structure=monde.structure, entreprise=sans_compte)
    assert monde.entreprise.organisation_id
    with pytest.raises(AccesRefuse, match="dans l'autre sens"):
        fusionner_les_entreprises(acteur=monde.acteur("edition"), entreprise=sans_compte, autre=monde.entreprise)
    fusionner_les_entreprises(acteur=monde.acteur("edition"), entreprise=monde.entreprise, autre=sans_compte)


def test_un_bilan_publie_reste_a_qui_il_parlait(monde):
    double = monde.nous.maitre_ouvrage_double
    marche = MarcheFactory(structure=monde.structure, maitre_ouvrage=double)
    Bilan.objects.filter(pk=monde.bilan_publie.pk).update(maitre_ouvrage=double)
    avant = Bilan.objects.filter(pk=monde.bilan_publie.pk).values().get()
    fusionner_les_maitres_ouvrage(acteur=monde.acteur("edition"), maitre_ouvrage=monde.maitre_ouvrage, autre=double)
    marche.refresh_from_db()
    assert marche.maitre_ouvrage == monde.maitre_ouvrage
    assert Bilan.objects.filter(pk=monde.bilan_publie.pk).values().get() == avant
