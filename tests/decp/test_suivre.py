"""Suivre un avis public : le marché qui en sort porte ce que l'avis dit, et rien d'inventé."""

import datetime
from decimal import Decimal

import pytest

from decp import services
from decp.enums import StatutAvis, TypeContrat
from marches.enums import Forme, Nature, RoleEngagement, TypeClause
from marches.models import Engagement, MaitreOuvrage, Marche
from socle.regles import RegleViolee
from tests.fabriques.commun import siret
from tests.fabriques.decp import AvisDecpFactory
from tests.fabriques.marches import FicheMaitreOuvrageFactory, MaitreOuvrageFactory
from tests.saisie import rien_ne_s_ecrit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]  # le 15 octobre 2026
D = datetime.date
FAUX_SIRET = "12345678901234"


def suivre(monde, **valeurs) -> Marche:
    avis = AvisDecpFactory(structure=monde.structure, **valeurs)
    marche = services.suivre_avis(acteur=monde.acteur(), avis=avis)
    avis.refresh_from_db()
    assert (avis.marche, avis.statut) == (marche, StatutAvis.SUIVI)
    return marche


@pytest.mark.parametrize(
    ("notifie", "mois", "debut", "fin"),
    [
        (D(2026, 10, 1), 6, D(2026, 10, 1), D(2027, 3, 31)),
        (D(2026, 10, 1), None, D(2026, 10, 1), D(2027, 9, 30)),  # durée inconnue : un an, à corriger
        (None, 6, D(2026, 10, 15), D(2027, 4, 14)),  # date inconnue : aujourd'hui
    ],
)
def test_les_dates_viennent_de_l_avis(monde, notifie, mois, debut, fin):
    marche = suivre(monde, date_notification=notifie, duree_mois=mois)
    assert (marche.date_notification, marche.debut, marche.fin_prevue) == (notifie, debut, fin)


@pytest.mark.parametrize(
    ("valeurs", "attendu"),
    [
        ({"nature": "fournitures"}, {"nature": Nature.FOURNITURES, "forme": Forme.MARCHE}),
        ({"nature": ""}, {"nature": Nature.SERVICES}),
        ({"contrat": TypeContrat.CONCESSION}, {"forme": Forme.CONCESSION}),
        ({"montant": Decimal("1234.50")}, {"montant_ht": Decimal("1234.50")}),
        ({"objet": "o" * 301}, {"objet": "o" * 300}),
        ({"identifiant": "i" * 41}, {"identifiant_decp": "i" * 40, "reference": "i" * 41}),
    ],
)
def test_le_marche_dit_ce_que_dit_l_avis(monde, valeurs, attendu):
    marche = suivre(monde, **valeurs)
    assert {champ: getattr(marche, champ) for champ in attendu} == attendu


def test_le_lot_unique_porte_le_montant(monde):
    lot = suivre(monde, montant=Decimal("1234.50")).lots.get()
    assert (lot.numero, lot.montant_ht) == ("1", Decimal("1234.50"))


@pytest.mark.parametrize(
    ("lues", "clause"),
    [
        (["Clause sociale"], TypeClause.CONDITION),
        (["Critère social"], TypeClause.CRITERE),
        (["Clause sociale", "Critère social"], TypeClause.CONDITION_ET_CRITERE),
        (["Marché réservé"], TypeClause.RESERVE),
        (["Concession réservée"], TypeClause.RESERVE),
        (["Clause sociale", "Critère social", "Marché réservé"], TypeClause.RESERVE),
        ([], TypeClause.CONDITION),
    ],
)
def test_la_clause_est_celle_que_l_avis_declare(monde, lues, clause):
    assert suivre(monde, considerations=lues).type_clause == clause


def test_un_identifiant_deja_pris_se_complete_de_la_fin_du_siret(monde):
    """Deux acheteurs numérotent leurs marchés pareil : les deux se suivent, sous deux références."""
    acheteur = siret(2_345_678)
    assert suivre(monde, identifiant="2026-01").reference == "2026-01"
    assert suivre(monde, identifiant="2026-01", acheteur_siret=acheteur).reference == f"2026-01-{acheteur[-9:]}"
    long = "L" * 60
    suivre(monde, identifiant=long)
    assert suivre(monde, identifiant=long, acheteur_siret=acheteur).reference == f"{'L' * 48}-{acheteur[-9:]}"


def test_la_reference_prise_par_une_autre_structure_ne_gene_pas(monde):
    Marche.objects.filter(pk=monde.autre.marche.pk).update(reference="2026-77")
    assert suivre(monde, identifiant="2026-77").reference == "2026-77"


# --- L'acheteur et les titulaires -----------------------------------------------------------------------------------
def test_un_acheteur_connu_par_son_siret_ne_se_double_pas(monde):
    """Un SIRET juste désigne l'acheteur, quel que soit le nom publié."""
    marche = suivre(monde, acheteur_siret=monde.maitre_ouvrage.siret, acheteur_nom="VILLE DE CHERBOURG EN COTENTIN")
    assert marche.maitre_ouvrage == monde.maitre_ouvrage
    assert marche.maitre_ouvrage.nom == "Ville de Cherbourg"


def test_un_acheteur_sans_siret_juste_se_reconnait_a_son_nom_parmi_les_siens(monde):
    connu = MaitreOuvrageFactory(nom="Syndicat des eaux", siret=None)
    FicheMaitreOuvrageFactory(structure=monde.structure, maitre_ouvrage=connu)
    ailleurs = MaitreOuvrageFactory(nom="Office du littoral", siret=None)
    FicheMaitreOuvrageFactory(structure=monde.autre.structure, maitre_ouvrage=ailleurs)
    assert suivre(monde, acheteur_siret=FAUX_SIRET, acheteur_nom="Syndicat des eaux").maitre_ouvrage == connu
    neuf = suivre(monde, acheteur_siret=FAUX_SIRET, acheteur_nom="Office du littoral").maitre_ouvrage
    assert neuf != ailleurs and (neuf.nom, neuf.siret) == ("Office du littoral", None)


def test_un_acheteur_neuf_garde_son_siret(monde):
    neuf = siret(2_345_679)
    assert suivre(monde, acheteur_siret=neuf, acheteur_nom="Port du Nord").maitre_ouvrage.siret == neuf
    assert MaitreOuvrage.objects.suivis_par(monde.structure).filter(siret=neuf).exists()


def test_le_premier_titulaire_porte_le_lot_les_autres_sont_cotraitants(monde):
    """Qui n'a pas de SIRET juste reste lisible sur l'avis ; qui est connu garde son nom ; sans nom, son numéro en tient lieu."""
    neuf, anonyme = siret(4_000_001), siret(4_000_002)
    marche = suivre(
        monde,
        titulaires=[
            {"type": "TVA", "id": "FR40303265045", "nom": "Étrangère"},
            {"type": "SIRET", "id": monde.entreprise.siret, "nom": "TRAVAUX COTENTIN SA"},
            {"type": "SIRET", "id": neuf, "nom": "Neuve SARL"},
            {"type": "SIRET", "id": anonyme, "nom": ""},
        ],
    )
    engages = Engagement.objects.filter(lot__marche=marche).order_by("pk")
    assert [(e.role, e.entreprise.siret, e.entreprise.raison_sociale) for e in engages] == [
        (RoleEngagement.ATTRIBUTAIRE, monde.entreprise.siret, "Travaux du Cotentin"),
        (RoleEngagement.COTRAITANT, neuf, "Neuve SARL"),
        (RoleEngagement.COTRAITANT, anonyme, f"Établissement {anonyme}"),
    ]


# --- Rattacher, écarter ---------------------------------------------------------------------------------------------
def test_rattacher_garde_l_identifiant_public_et_dit_deja_suivi(monde):
    avis = AvisDecpFactory(structure=monde.structure, identifiant="R" * 41)
    services.rattacher_avis(acteur=monde.acteur(), avis=avis, marche=monde.marche)
    avis.refresh_from_db()
    monde.marche.refresh_from_db()
    assert (avis.statut, avis.marche, monde.marche.identifiant_decp) == (StatutAvis.CONNU, monde.marche, "R" * 40)


@pytest.mark.parametrize("depart", [StatutAvis.A_EXAMINER, StatutAvis.ECARTE])
@pytest.mark.parametrize("geste", ["suivre", "rattacher"])
def test_un_avis_ecarte_se_suit_encore_un_avis_suivi_non(monde, depart, geste):
    avis = AvisDecpFactory(structure=monde.structure, statut=depart)
    suite = {"marche": monde.marche} if geste == "rattacher" else {}
    faire = getattr(services, f"{geste}_avis")
    faire(acteur=monde.acteur(), avis=avis, **suite)
    with rien_ne_s_ecrit(Marche), pytest.raises(RegleViolee):
        faire(acteur=monde.acteur(), avis=avis, **suite)


def test_ecarter_garde_le_motif_et_reprendre_remet_a_examiner(monde):
    avis = AvisDecpFactory(structure=monde.structure)
    services.ecarter_avis(acteur=monde.acteur(), avis=avis, motif="Hors clause")
    avis.refresh_from_db()
    assert (avis.statut, avis.motif) == (StatutAvis.ECARTE, "Hors clause")
    with pytest.raises(RegleViolee):
        services.ecarter_avis(acteur=monde.acteur(), avis=avis, motif="Encore")
    assert services.reprendre_avis(acteur=monde.acteur(), avis=avis) == avis
    avis.refresh_from_db()
    assert avis.statut == StatutAvis.A_EXAMINER
    with pytest.raises(RegleViolee):
        services.reprendre_avis(acteur=monde.acteur(), avis=avis)
