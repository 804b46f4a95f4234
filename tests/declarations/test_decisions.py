"""Ce qu'on décide d'une ligne et d'un mois : chaque refus dit sa raison à côté de son champ, et n'écrit rien."""

import datetime
from decimal import Decimal

import pytest

from declarations.annonces.services.personnes import (
    ANNONCES_MAX,
    annoncer_personne,
    rattacher_personne,
    retirer_annonce,
)
from declarations.annonces.services.traitement import ecarter_annonce
from declarations.enums import DecisionLigne, StatutAnnonce
from declarations.models import Declaration, DepartAnnonce, LigneHeures, PersonneAnnoncee
from declarations.services import decider_lignes, rouvrir_mois, valider_mois
from declarations.services.decisions import Decision, ecarts, rendre_declaration
from declarations.services.declarations import HeuresDeclarees, garder_brouillon
from declarations.services.ouverture import ouvrir_mois
from recrutement.enums import TypeContrat
from socle.models import EntreeJournal
from socle.regles import RegleViolee
from tests.fabriques.declarations import DeclarationFactory, LigneHeuresFactory, PersonneAnnonceeFactory
from tests.fabriques.recrutement import ContratFactory
from tests.monde import JUIN
from tests.saisie import rien_ne_s_ecrit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]  # le 15 octobre 2026
TABLES = (Declaration, LigneHeures)


@pytest.fixture
def ligne(monde) -> LigneHeures:
    """Soixante heures déclarées en juin, à décider."""
    return monde.mois_declare.lignes.get()


def decider(monde, ligne, *decision) -> LigneHeures:
    decider_lignes(acteur=monde.acteur(), declaration=monde.mois_declare, decisions={ligne.pk: Decision(*decision)})
    return LigneHeures.objects.get(pk=ligne.pk)


@pytest.mark.parametrize(
    ("decision", "etat", "heures", "motif"),
    [
        (("accepter", None, "Oublié ensuite"), DecisionLigne.ACCEPTEE, 60, ""),
        (("refuser", None, " Autre chantier "), DecisionLigne.REFUSEE, 0, "Autre chantier"),
        (("reduire", Decimal("59.99"), "Absence"), DecisionLigne.PARTIELLE, Decimal("59.99"), "Absence"),
        (("reduire", Decimal("0.01"), "Absence"), DecisionLigne.PARTIELLE, Decimal("0.01"), "Absence"),
    ],
)
def test_une_decision_retient_ce_qu_elle_dit(monde, ligne, decision, etat, heures, motif):
    lue = decider(monde, ligne, *decision)
    assert (lue.decision, lue.heures, lue.motif_decision) == (etat, heures, motif)
    with rien_ne_s_ecrit(*TABLES):  # la même, une seconde fois
        decider(monde, ligne, *decision)


@pytest.mark.parametrize(
    ("decision", "champ", "phrase"),
    [
        (("refuser", None, "  "), "motif", "Dites pourquoi : l'entreprise le lira."),
        (("refuser", None, "Absence de madame LEMAIRE"), "motif", "n'y écrivez pas le nom d'une personne"),
        (("reduire", None, "Absence"), "retenues", "Donnez les heures retenues."),
        (("reduire", Decimal(60), "Absence"), "retenues", "sont moins que les heures déclarées"),
        (("reduire", Decimal(-1), "Absence"), "retenues", "sont moins que les heures déclarées"),
        (("reduire", Decimal(0), "Absence"), "retenues", "Pour ne rien retenir, refusez la ligne."),
    ],
)
def test_une_decision_fausse_se_dit_a_cote_et_n_ecrit_rien(monde, ligne, decision, champ, phrase):
    with rien_ne_s_ecrit(*TABLES), pytest.raises(RegleViolee, match=phrase) as refus:
        decider(monde, ligne, *decision)
    (nom,) = refus.value.message_dict
    assert nom.startswith(champ)


def test_un_mot_court_n_est_pas_un_nom(monde, ligne):
    """« Le » est dans bien des noms : seuls les mots assez longs nomment quelqu'un."""
    monde.beneficiaire.nom = "Le Goff"
    monde.beneficiaire.save()
    assert decider(monde, ligne, "refuser", None, "Le chantier").decision == DecisionLigne.REFUSEE
    with pytest.raises(RegleViolee, match="nom d'une personne"):
        decider(monde, ligne, "reduire", Decimal(1), "Absence de Legoff")


def test_ce_que_l_entreprise_lira_des_ecarts(monde, ligne):
    assert not ecarts([ligne])
    decider(monde, ligne, "reduire", Decimal(50), "Absence")
    dits = ecarts(LigneHeures.objects.filter(pk=ligne.pk))
    assert (dits.declarees, dits.retenues, dits.motifs) == (60, 50, (("Acceptée en partie", "Absence", 1),))


@pytest.mark.parametrize(
    ("geste", "mois", "saisie", "phrase"),
    [
        (rendre_declaration, "mois_declare", {"motif": " "}, "Dites ce qui est à corriger"),
        (rouvrir_mois, "mois_valide", {"motif": " "}, "Dites pourquoi ce mois est rectifié"),
        (valider_mois, "mois_declare", {}, "Il reste 1 ligne à décider"),
    ],
)
def test_un_mois_ne_bouge_pas_sans_ce_qu_il_demande(monde, geste, mois, saisie, phrase):
    with rien_ne_s_ecrit(*TABLES), pytest.raises(RegleViolee, match=phrase):
        geste(acteur=monde.acteur(), declaration=getattr(monde, mois), **saisie)


def test_un_mois_sans_ligne_ne_se_valide_pas(monde):
    monde.mois_a_valider.lignes.all().delete()
    with pytest.raises(RegleViolee, match="n'a aucune ligne"):
        valider_mois(acteur=monde.acteur(), declaration=monde.mois_a_valider, accepter_le_reste=True)


def test_accepter_le_reste_ne_touche_pas_ce_qui_est_decide(monde, ligne):
    decider(monde, ligne, "reduire", Decimal(50), "Absence")
    valider_mois(acteur=monde.acteur(), declaration=monde.mois_declare, accepter_le_reste=True)
    ligne.refresh_from_db()
    assert (ligne.decision, ligne.heures) == (DecisionLigne.PARTIELLE, 50)
    monde.engagement.refresh_from_db()
    assert monde.engagement.heures_realisees == Decimal("170.50")  # mars, et ce qui est retenu de juin
    with rien_ne_s_ecrit(*TABLES):  # le second clic
        valider_mois(acteur=monde.acteur(), declaration=monde.mois_declare)


# --- Les personnes annoncées ------------------------------------------------------------------------------------------
def annoncer(monde, nom="Dubois", jour="2026-06-30", heures=70) -> PersonneAnnoncee:
    return annoncer_personne(
        acteur=monde.acteur("entreprise"),
        declaration=monde.mois_declare,
        nom=nom,
        prenom="Léa",
        embauchee_le=datetime.date.fromisoformat(jour),
        type_contrat=TypeContrat.CDD,
        heures=Decimal(heures),
    )


def test_on_s_embauche_jusqu_au_dernier_jour_du_mois(monde):
    assert annoncer(monde).embauchee_le == datetime.date(2026, 6, 30)
    with pytest.raises(RegleViolee, match="postérieure au mois"):
        annoncer(monde, jour="2026-07-01")


def test_la_meme_personne_annoncee_deux_fois_n_en_fait_qu_une(monde):
    premiere = annoncer(monde, "Du Bois")
    seconde = annoncer(monde, "DUBOIS", heures=35)
    assert (seconde.pk, seconde.heures) == (premiere.pk, 35)
    assert annoncer(monde, "Dubois", "2026-06-29").pk != premiere.pk


def test_vingt_personnes_au_plus_attendent(monde):
    deja = monde.mois_declare.personnes_annoncees.count()
    for rang in range(ANNONCES_MAX - deja):
        annoncer(monde, f"Personne {'abcdefghijklmnopqrst'[rang]}")
    with pytest.raises(RegleViolee, match="Vingt personnes"):
        annoncer(monde, "De trop")
    assert annoncer(monde, "Personne a", heures=12).heures == 12  # celle-là y est déjà


def test_l_entreprise_retire_son_annonce_une_fois_et_jamais_celle_d_une_autre(monde):
    annonce = annoncer(monde)
    retirer_annonce(
        acteur=monde.acteur("entreprise"),
        declaration=monde.mois_declare,
        annonce=monde.autre.personne_annoncee.uuid,
    )
    monde.autre.personne_annoncee.refresh_from_db()
    assert monde.autre.personne_annoncee.est_a_traiter
    for _ in range(2):
        retirer_annonce(acteur=monde.acteur("entreprise"), declaration=monde.mois_declare, annonce=annonce.uuid)
    annonce.refresh_from_db()
    assert annonce.statut == StatutAnnonce.RETIREE


def test_une_annonce_rejoint_un_contrat_a_zero_heure_et_non_un_mois_deja_compte(monde):
    with pytest.raises(RegleViolee, match="déjà des heures"):
        rattacher_personne(acteur=monde.acteur(), annonce=monde.personne_annoncee, contrat=monde.contrat)
    monde.mois_declare.lignes.update(heures=0, heures_declarees=0)
    rattacher_personne(acteur=monde.acteur(), annonce=monde.personne_annoncee, contrat=monde.contrat)
    assert monde.mois_declare.lignes.get().heures == monde.personne_annoncee.heures


# --- Les départs ------------------------------------------------------------------------------------------------------
def partir(monde, jour: str, travail=10, motif="chantier") -> DepartAnnonce:
    dites = HeuresDeclarees(travail=Decimal(travail), parti_le=datetime.date.fromisoformat(jour), motif=motif)
    garder_brouillon(acteur=monde.acteur("entreprise"), declaration=monde.mois_declare, heures={monde.contrat: dites})
    return DepartAnnonce.objects.get(pk=monde.depart_annonce.pk)


def test_un_depart_est_du_mois_ou_d_avant_sans_heures(monde):
    assert partir(monde, "2026-06-01").parti_le == JUIN
    assert partir(monde, "2026-05-31", travail=0).parti_le == datetime.date(2026, 5, 31)
    for jour, phrase in (
        ("2026-05-31", "Des heures sont déclarées après ce départ"),
        ("2026-02-28", "le départ vient après"),
        ("2026-10-16", "n'est pas encore passé"),
    ):
        with pytest.raises(RegleViolee, match=phrase):
            partir(monde, jour)


def test_un_depart_ecarte_ne_se_redit_que_s_il_change(monde):
    partir(monde, "2026-06-12")
    ecarter_annonce(acteur=monde.acteur(), annonce=monde.depart_annonce, motif="Erreur")
    assert partir(monde, "2026-06-12").statut == StatutAnnonce.ECARTEE
    assert partir(monde, "2026-06-13").statut == StatutAnnonce.A_TRAITER


# --- La même personne, annoncée plusieurs mois de suite ---------------------------------------------------------------
JUILLET = datetime.date(2026, 7, 1)


@pytest.mark.parametrize(
    ("cas", "suit"),
    [
        ("la même", True),
        ("déjà une ligne à zéro", True),
        ("déjà des heures", False),
        ("déjà les heures d'une autre", True),
        ("mois validé", False),
        ("une autre", False),
        ("autre engagement", False),
    ],
)
def test_rattacher_une_personne_rattache_ses_autres_mois_sans_deviner(monde, cas, suit):
    monde.mois_declare.lignes.all().delete()
    engagement = monde.cotraitance if cas == "autre engagement" else monde.engagement
    juillet = DeclarationFactory(engagement=engagement, mois=JUILLET, declaree_par="paie@chantier.fr")
    autre = PersonneAnnonceeFactory(declaration=juillet, nom="Poulin" if cas == "une autre" else "POULAIN")
    if cas.startswith("déjà"):
        contrat = ContratFactory(engagement=engagement) if "autre" in cas else monde.contrat
        LigneHeuresFactory(declaration=juillet, contrat=contrat, heures=0 if "zéro" in cas else 5)
    if cas == "mois validé":
        Declaration.objects.filter(pk=juillet.pk).update(statut="validee")
    rattacher_personne(acteur=monde.acteur(), annonce=monde.personne_annoncee, contrat=monde.contrat)
    autre.refresh_from_db()
    assert (autre.statut == StatutAnnonce.PRISE_EN_COMPTE) is suit
    assert juillet.lignes.filter(contrat=monde.contrat, heures=autre.heures).exists() is suit


def test_un_mois_qui_n_a_pas_commence_ne_s_ouvre_pas(monde):
    with pytest.raises(RegleViolee, match="n'a pas commencé"):
        ouvrir_mois(datetime.date(2026, 11, 1))
    ouvertes: list[Declaration] = []
    ouvrir_mois(datetime.date(2026, 9, 1), dire=ouvertes.extend)
    assert {mois.engagement for mois in ouvertes} >= {monde.engagement, monde.cotraitance}
    assert {mois.mois for mois in ouvertes} == {datetime.date(2026, 9, 1)}
    noms = EntreeJournal.objects.filter(action="mois_ouvert").values_list("structure", flat=True)
    assert sorted(noms) == sorted([monde.structure.pk, monde.autre.structure.pk])
    assert ouvrir_mois(datetime.date(2026, 9, 1)) == 0
