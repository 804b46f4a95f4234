"""Du projet d'achat au marché attribué : les heures dues à chaque pas, par les services que tout le monde emprunte."""

import datetime
from decimal import Decimal as D

import pytest

from comptes.enums import Role
from marches import services
from marches.enums import Assiette, Derogation, Formule, GenreCommande, RoleEngagement, StatutMarche, StatutProjet
from marches.models import Engagement, Lot
from marches.propositions import heures_d_un_affermissement, heures_d_un_avenant
from socle.regles import AccesRefuse, RegleViolee
from tests.fabriques.marches import (
    EngagementFactory,
    LotFactory,
    MarcheFactory,
    OperationFactory,
    ProjetAchatFactory,
    TrancheFactory,
)
from tests.monde import Cote

pytestmark = pytest.mark.django_db
JOUR = datetime.date(2026, 11, 24)
VALEURS = {"montant": D(1200000), "part_main_oeuvre": D(45), "taux": D(7), "cout_horaire": D(32)}


@pytest.fixture
def cote(monde) -> Cote:
    return monde.nous


def chiffrer(cote, support, **changements):
    return services.ajouter_scenario(
        acteur=cote.acteur(),
        support=support,
        nom=changements.pop("nom", "Médian"),
        formule=Formule.MO_TAUX_COUT,
        valeurs={**VALEURS, **changements},
    )


def lot_chiffre(cote, **changements) -> Lot:
    lot = LotFactory(marche=cote.marche, numero="90", montant_ht=D(1200000))
    chiffrer(cote, lot, **changements)
    lot.refresh_from_db()
    return lot


def test_le_projet_devient_un_marche_avec_ses_heures(cote):
    projet = ProjetAchatFactory(structure=cote.structure, maitre_ouvrage=cote.maitre_ouvrage)
    premier = chiffrer(cote, projet, nom="Prudent", taux=D(5))
    median = chiffrer(cote, projet)
    chiffrer(cote, projet, nom="Ambitieux", taux=D(10))
    premier.refresh_from_db()
    assert premier.retenu and premier.heures == 844
    services.retenir_scenario(acteur=cote.acteur(), scenario=median)
    for transition in ("etudier", "proposer", "retenir"):
        services.avancer_projet(acteur=cote.acteur(), projet=projet, transition=transition)
    marche = services.transformer_projet(
        acteur=cote.acteur(),
        projet=projet,
        reference="2027-001",
        type_clause="condition",
        debut=datetime.date(2027, 2, 1),
        fin_prevue=datetime.date(2028, 3, 31),
    )
    projet.refresh_from_db()
    lot = marche.lots.get()
    assert (projet.statut, projet.marche, marche.statut) == (StatutProjet.MARCHE, marche, StatutMarche.REDACTION)
    assert (lot.heures_calculees, lot.heures_contractuelles) == (1181, 1181)
    assert lot.scenarios.filter(retenu=True).get() == median
    assert lot.scenarios.count() == 3
    with pytest.raises(AccesRefuse):
        services.modifier_projet(acteur=cote.acteur(), projet=projet, objet="Autre")


def test_ecarter_demande_un_motif_et_se_reprend(cote):
    with pytest.raises(RegleViolee):
        services.avancer_projet(acteur=cote.acteur(), projet=cote.projet, transition="ecarter", motif="  ")
    projet = services.avancer_projet(
        acteur=cote.acteur(), projet=cote.projet, transition="ecarter", motif="Durée trop courte"
    )
    assert (projet.statut, projet.motif_ecart) == (StatutProjet.ECARTE, "Durée trop courte")
    projet = services.avancer_projet(acteur=cote.acteur(), projet=projet, transition="reprendre")
    assert (projet.statut, projet.motif_ecart) == (StatutProjet.ETUDE, "")


def test_une_derogation_sans_motif_est_refusee(cote):
    with pytest.raises(RegleViolee):
        services.consigner_derogation(
            acteur=cote.acteur(), projet=cote.projet, derogation=Derogation.CONCURRENCE, motif=""
        )
    projet = services.consigner_derogation(
        acteur=cote.acteur(),
        projet=cote.projet,
        derogation=Derogation.CONCURRENCE,
        motif="Un seul fournisseur.",
        le=JOUR,
    )
    assert (projet.derogation, projet.date_derogation) == (Derogation.CONCURRENCE, JOUR)
    projet = services.consigner_derogation(acteur=cote.acteur(), projet=projet, derogation="", motif="")
    assert (projet.derogation, projet.motif_derogation, projet.date_derogation) == ("", "", None)


def test_l_acheteur_depose_et_corrige_jusqu_a_l_etude(cote):
    acheteur = cote.acteur(Role.MAITRE_OUVRAGE)
    projet = services.deposer_projet(acteur=acheteur, objet="Nettoyage des écoles", nature="services")
    assert (projet.structure, projet.maitre_ouvrage) == (cote.structure, cote.maitre_ouvrage)
    assert projet.depose_par_acheteur
    services.modifier_projet(acteur=acheteur, projet=projet, objet="Nettoyage des écoles et gymnases")
    services.avancer_projet(acteur=cote.acteur(), projet=projet, transition="etudier")
    with pytest.raises(AccesRefuse):
        services.modifier_projet(acteur=acheteur, projet=projet, objet="Encore autre chose")
    with pytest.raises(AccesRefuse):
        services.avancer_projet(acteur=acheteur, projet=projet, transition="proposer")


def test_les_heures_contractuelles_font_foi(cote):
    lot = lot_chiffre(cote)
    services.modifier_lot(acteur=cote.acteur(), lot=lot, heures_contractuelles=D(1200))
    autre = chiffrer(cote, lot, nom="Prudent", taux=D(5))
    services.retenir_scenario(acteur=cote.acteur(), scenario=autre)
    lot.refresh_from_db()
    assert (lot.heures_calculees, lot.heures_contractuelles) == (844, 1200)


def test_histoire_6_l_avenant_propose_et_la_valeur_saisie_fait_foi(cote):
    engagement = EngagementFactory(lot=lot_chiffre(cote), heures_initiales=D(1181))
    assert heures_d_un_avenant(engagement, D(150000)) == 148
    for saisie in (D(148), D(-48)):
        services.ajouter_avenant(
            acteur=cote.acteur(),
            engagement=engagement,
            heures_delta=saisie,
            montant_delta_ht=D(150000),
            date_notification=JOUR,
            motif="Travaux supplémentaires",
        )
    engagement.refresh_from_db()
    assert (engagement.heures_initiales, engagement.heures_dues) == (1181, 1281)
    premier = engagement.avenants.order_by("pk").first()
    assert (premier.heures_proposees, premier.heures_delta) == (148, 148)


def test_histoire_6_sans_scenario_la_proportion_du_montant(cote):
    lot = LotFactory(marche=cote.marche, numero="91", montant_ht=D(1200000))
    engagement = EngagementFactory(lot=lot, heures_initiales=D(1181))
    assert heures_d_un_avenant(engagement, D(150000)) == 148


def test_histoire_7_l_affermissement_donne_1181_et_pas_1182(cote):
    lot = lot_chiffre(cote, montant=D(800000))
    assert lot.heures_contractuelles == 788
    engagement = EngagementFactory(lot=lot, heures_initiales=lot.heures_contractuelles)
    TrancheFactory(lot=lot, numero="TF", optionnelle=False, montant_ht=D(800000))
    option = TrancheFactory(lot=lot, numero="TO", montant_ht=D(400000))
    assert engagement.heures_dues == 788
    heures = heures_d_un_affermissement(option)
    services.affermir_tranche(acteur=cote.acteur(), tranche=option, le=JOUR, heures=heures)
    engagement.refresh_from_db()
    assert engagement.heures_dues == 1181
    with pytest.raises(RegleViolee):
        services.affermir_tranche(acteur=cote.acteur(), tranche=option, le=JOUR, heures=heures)


def accord_cadre(cote, assiette=Assiette.FACTURES) -> Lot:
    return LotFactory(marche=cote.marche, numero="92", assiette=assiette, euros_par_heure=D(2000))


def facturer(cote, engagement, montant, numero, genre=GenreCommande.FACTURE):
    return services.enregistrer_commande(
        acteur=cote.acteur(), engagement=engagement, genre=genre, numero=numero, date=JOUR, montant_ht=D(montant)
    )


def dues(*engagements):
    return [Engagement.objects.get(pk=engagement.pk).heures_dues for engagement in engagements]


def test_histoire_8_les_heures_se_comptent_sur_le_cumul(cote):
    engagement = EngagementFactory(lot=accord_cadre(cote), heures_initiales=0)
    facturer(cote, engagement, 62500, "F1")
    assert dues(engagement) == [31]
    seconde = facturer(cote, engagement, 61500, "F2")
    assert dues(engagement) == [62]
    facturer(cote, engagement, 900000, "BC1", GenreCommande.BON)
    assert dues(engagement) == [62]  # commandé n'est pas facturé : c'est une prévision
    facturer(cote, engagement, -24000, "A1")
    assert dues(engagement) == [50]
    services.annuler_commande(acteur=cote.acteur(), commande=seconde)
    services.annuler_commande(acteur=cote.acteur(), commande=seconde)
    assert dues(engagement) == [19]


def test_histoire_8_un_numero_ne_compte_qu_une_fois(cote):
    engagement = EngagementFactory(lot=accord_cadre(cote), heures_initiales=0)
    facturer(cote, engagement, 62500, "F1")
    with pytest.raises(Exception, match="déjà enregistré"):
        facturer(cote, engagement, 62500, "F1")
    assert dues(engagement) == [31]


def test_un_groupement_se_partage_au_prorata_de_ce_qu_il_facture(cote):
    lot = accord_cadre(cote)
    premier = EngagementFactory(lot=lot, heures_initiales=0)
    second = EngagementFactory(lot=lot, heures_initiales=0, role=RoleEngagement.COTRAITANT)
    facturer(cote, premier, 62500, "F1")
    facturer(cote, second, 61500, "F2")
    assert dues(premier, second) == [31, 31]
    assert sum(dues(premier, second)) == 62


def test_changer_l_assiette_recompte(cote):
    lot = accord_cadre(cote)
    engagement = EngagementFactory(lot=lot, heures_initiales=0)
    facturer(cote, engagement, 62500, "F1")
    facturer(cote, engagement, 124000, "BC1", GenreCommande.BON)
    services.modifier_lot(acteur=cote.acteur(), lot=lot, assiette=Assiette.COMMANDES)
    assert dues(engagement) == [62]
    services.modifier_lot(acteur=cote.acteur(), lot=lot, assiette=Assiette.CONTRAT)
    assert dues(engagement) == [0]


def test_les_parts_d_un_groupement_ne_depassent_pas_le_tout(cote):
    lot = LotFactory(marche=cote.marche, numero="93")
    EngagementFactory(lot=lot, part=D(60))
    with pytest.raises(RegleViolee):
        services.engager_entreprise(
            acteur=cote.acteur(),
            lot=lot,
            entreprise=cote.cotraitante,
            role=RoleEngagement.COTRAITANT,
            heures_initiales=D(1),
            part=D("40.01"),
        )


def test_une_tranche_affermie_se_repartit_selon_les_parts(cote):
    lot = LotFactory(marche=cote.marche, numero="94")
    premier = EngagementFactory(lot=lot, part=D(60), heures_initiales=0)
    second = EngagementFactory(lot=lot, part=D(40), heures_initiales=0, role=RoleEngagement.COTRAITANT)
    tranche = TrancheFactory(lot=lot)
    services.affermir_tranche(acteur=cote.acteur(), tranche=tranche, le=JOUR, heures=D(393))
    assert dues(premier, second) == [236, 157]


def test_histoire_9_l_objectif_d_une_operation_suit_sa_charte():
    npnru = OperationFactory(programme="npnru", heures_travaillees=D(42000))
    gup = OperationFactory(programme="gup", heures_travaillees=D(8000))
    choisi = OperationFactory(programme="autre", heures_travaillees=D(1000), taux_cible=D(8))
    assert [operation.heures_visees for operation in (npnru, gup, choisi)] == [2100, 800, 80]
    assert OperationFactory().heures_visees is None


def test_suspendre_garde_ses_dates_et_son_motif(cote):
    marche = MarcheFactory(structure=cote.structure, maitre_ouvrage=cote.maitre_ouvrage)
    with pytest.raises(RegleViolee):
        services.changer_statut(acteur=cote.acteur(), marche=marche, transition="suspendre")
    services.changer_statut(
        acteur=cote.acteur(), marche=marche, transition="suspendre", le=JOUR, motif="Chantier arrêté d'un commun accord"
    )
    services.changer_statut(
        acteur=cote.acteur(), marche=marche, transition="reprendre", le=JOUR + datetime.timedelta(30)
    )
    suspension = marche.suspensions.get()
    assert (suspension.du, suspension.au) == (JOUR, JOUR + datetime.timedelta(30))


def test_rien_ne_s_ecrit_chez_l_autre_structure(cote):
    with pytest.raises(AccesRefuse):
        chiffrer(cote, ProjetAchatFactory())
