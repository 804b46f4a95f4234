"""Les pénalités : le calcul refait autrement, le contradictoire, la décision de l'acheteur, et tout ce qui ne se peut pas."""

import datetime
import html
import json
import math
from collections.abc import Iterator
from decimal import Decimal as D
from fractions import Fraction

import pytest
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloture.calcul import MoisDu, calculer_les_heures, retards
from cloture.carences.services import annuler_carence, constater_carence, mettre_en_demeure, remettre_la_mise_en_demeure
from cloture.constat import constater
from cloture.enums import DecisionPenalite, GenrePenalite, RemiseLettre, StatutPenalite
from cloture.lettres.pdf import contexte_de_la_lettre
from cloture.lettres.services import constater_les_lettres
from cloture.lettres.services import envoyer_la_lettre as preparer_la_lettre
from cloture.models import Attestation, Carence, MiseEnDemeure, Penalite, ReglagesCloture
from cloture.penalites.services import (
    decider_penalite,
    demander_les_decisions,
    notifier_penalite,
    proposer_penalite,
    recevoir_observations,
    retirer_penalite,
)
from cloture.tasks import demander_les_decisions_attendues
from comptes.acteur import Acteur
from comptes.enums import Role
from declarations.enums import StatutDeclaration
from declarations.models import Declaration
from entreprises.models import ContactEntreprise, Entreprise
from marches.models import Engagement, Marche, ReglagesClause
from socle.models import Courriel
from socle.regles import AccesRefuse, RegleViolee
from socle.services.rebonds import consigner_rebond
from tests.fabriques.declarations import DeclarationFactory, RelanceFactory
from tests.monde import Monde, construire_monde
from tests.saisie import rien_ne_s_ecrit

pytestmark = pytest.mark.django_db
HEURES, RETARD = GenrePenalite.HEURES, GenrePenalite.RETARD


def jour(texte: str) -> datetime.date:
    return datetime.date.fromisoformat(texte)


def lu(reponse) -> str:
    return lu_texte(reponse.content.decode())


def lu_texte(texte: str) -> str:
    return " ".join(texte.split())


@pytest.fixture(scope="module")
def partage(django_db_setup, django_db_blocker) -> Iterator[Monde]:
    """Un monde pour tout le fichier : chaque essai s'y défait."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield construire_monde()
        transaction.set_rollback(True)


@pytest.fixture
def monde(partage, db) -> Iterator[Monde]:
    with transaction.atomic():
        yield partage
        transaction.set_rollback(True)


@pytest.fixture
def manquement(monde, horloge) -> Engagement:
    """L'histoire 11 : soldé, 1 181 h dues, 1 000 faites, 200 € l'heure et 75 € le jour ; tout le reste est à zéro."""
    for modele in (Penalite, MiseEnDemeure, Carence):
        modele.objects.all().delete()
    Attestation.objects.all()._raw_delete("default")
    Declaration.objects.filter(engagement=monde.engagement).exclude(pk=monde.mois_valide.pk).delete()
    Marche.objects.filter(pk=monde.marche.pk).update(
        statut="solde", penalite_par_heure=D(200), penalite_par_jour=D(75), facilitateur=monde.personne("edition")
    )
    Engagement.objects.filter(pk=monde.engagement.pk).update(
        heures_initiales=D(1181), heures_avenants=0, heures_realisees=D(1000)
    )
    return Engagement.objects.avec_contexte().get(pk=monde.engagement.pk)


def proposer(monde, engagement, genre=HEURES) -> Penalite:
    return proposer_penalite(acteur=monde.acteur("edition"), engagement=engagement, genre=genre)


def envoyer_la_lettre(*, acteur, penalite, **valeurs) -> Penalite:
    """Prête, puis partie : le travailleur envoie son courriel, le passage périodique le constate."""
    dit_a = preparer_la_lettre(acteur=acteur, penalite=penalite, **valeurs).dit_a
    Courriel.objects.filter(etat="en_attente").update(etat="envoye", envoye_le=timezone.now())
    assert constater_les_lettres() == 1 and constater_les_lettres() == 0
    penalite = Penalite.objects.get(pk=penalite.pk)
    penalite.dit_a = dit_a
    return penalite


def demeurer(engagement, le: str, recue: str, objet: str) -> MiseEnDemeure:
    acteur = Acteur.systeme(engagement.lot.marche.structure)
    mise = mettre_en_demeure(acteur=acteur, engagement=engagement, le=jour(le), objet=objet)
    return remettre_la_mise_en_demeure(
        acteur=acteur, mise_en_demeure=mise, remise=RemiseLettre.RECOMMANDE, le=jour(recue)
    )


def jusqu_a_la_decision(monde, engagement) -> Penalite:
    penalite = envoyer_la_lettre(acteur=monde.acteur("edition"), penalite=proposer(monde, engagement))
    return recevoir_observations(acteur=monde.acteur(Role.ENTREPRISE), penalite=penalite, texte="Chantier arrêté.")


def declarer_en_retard(engagement, echeance: str, recue: str | None, mois: str = "2026-06-01") -> Declaration:
    return DeclarationFactory(
        engagement=engagement,
        mois=jour(mois),
        echeance=jour(echeance),
        statut=StatutDeclaration.VALIDEE if recue else StatutDeclaration.ATTENDUE,
        declaree_le=f"{recue}T10:00+02:00" if recue else None,
        lignes={},
    )


# --- Le calcul --------------------------------------------------------------------------------------------------------
def test_histoire_11_les_heures_manquantes(monde, manquement):
    penalite = proposer(monde, manquement)
    assert penalite.montant_propose == 36_200
    assert penalite.preuves["heures"]["retenues"] == "181.00"
    valeurs = {
        ligne["libelle"]: ligne["valeur"].replace("\u202f", " ").replace("\xa0", " ")
        for ligne in penalite.preuves["calcul"]
    }
    assert valeurs["Heures manquantes"] == "181 h" and valeurs["181\xa0h × 200\xa0€"] == "36 200 €"


def test_histoire_11_douze_jours_de_retard_depuis_l_echeance(monde, manquement):
    Marche.objects.update(mise_en_demeure_prealable=False)
    manquement.lot.marche.refresh_from_db()
    declarer_en_retard(manquement, "2026-07-15", "2026-07-27")
    penalite = proposer(monde, manquement, RETARD)
    assert penalite.montant_propose == 900
    assert penalite.preuves["retards"] == [
        {"echeance": "2026-07-15", "mois": ["2026-06-01"], "recu_le": "2026-07-27", "depart": "2026-07-15", "jours": 12}
    ]


def test_douze_jours_apres_la_mise_en_demeure_quand_le_marche_la_demande(monde, manquement):
    declarer_en_retard(manquement, "2026-07-15", "2026-08-20")
    with pytest.raises(RegleViolee, match="mise en demeure"):
        proposer(monde, manquement, RETARD)
    demeurer(manquement, "2026-08-06", "2026-08-08", "Déclarer juin")
    assert proposer(monde, manquement, RETARD).montant_propose == 900


def test_une_mise_en_demeure_d_avant_l_echeance_ne_fait_rien_courir(monde, manquement):
    declarer_en_retard(manquement, "2026-07-15", "2026-08-20")
    demeurer(manquement, "2026-07-01", "2026-07-20", "Déclarer mai")
    assert not constater(manquement).verdict(RETARD)


def test_trois_mois_d_un_trimestre_ne_font_qu_un_retard(monde, manquement):
    Marche.objects.update(mise_en_demeure_prealable=False)
    manquement.lot.marche.refresh_from_db()
    for mois in ("2026-04-01", "2026-05-01", "2026-06-01"):
        declarer_en_retard(manquement, "2026-07-15", "2026-07-20", mois)
    assert sum(retard.jours for retard in constater(manquement).retards) == 5


def test_un_mois_jamais_recu_court_jusqu_a_ce_jour_et_un_mois_saisi_par_la_structure_ne_retarde_pas(monde, manquement):
    Marche.objects.update(mise_en_demeure_prealable=False)
    manquement.lot.marche.refresh_from_db()
    declarer_en_retard(manquement, "2026-10-05", None)
    saisi = declarer_en_retard(manquement, "2026-05-15", None, "2026-04-01")
    Declaration.objects.filter(pk=saisi.pk).update(statut=StatutDeclaration.VALIDEE)
    assert [(r.jours, r.recu_le) for r in constater(manquement).retards] == [(10, None)]  # le 15 octobre


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    dues=st.decimals(0, 200_000, places=2),
    validees=st.decimals(0, 200_000, places=2),
    neutralisees=st.decimals(0, 5_000, places=2),
    bareme=st.decimals(0, 999, places=2),
)
def test_le_montant_se_refait_en_fractions(dues, validees, neutralisees, bareme):
    exact = max(Fraction(dues) - Fraction(validees) - Fraction(neutralisees), Fraction(0)) * Fraction(bareme)
    centimes = math.floor(exact * 100 + Fraction(1, 2))
    assert calculer_les_heures(dues, validees, neutralisees, bareme).montant == D(centimes) / 100


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.integers(0, 60), st.one_of(st.none(), st.integers(0, 90))), max_size=6),
    st.integers(0, 90),
    st.booleans(),
)
def test_les_jours_se_recomptent_un_a_un(dus, demeure, prealable):
    """Chaque jour de retard est un jour d'après l'échéance (et d'après la mise en demeure), avant ou le jour de la réception."""
    zero, fin = jour("2026-01-01"), 100
    mois = [
        MoisDu(zero, zero + datetime.timedelta(e), None if r is None else zero + datetime.timedelta(r)) for e, r in dus
    ]
    attendu = 0
    for echeance in {e for e, _ in dus}:
        recus = [fin if r is None else r for e, r in dus if e == echeance]
        depart = demeure if prealable else echeance
        if not prealable or demeure > echeance:
            attendu += len([j for j in range(fin + 1) if j > echeance and j > depart and j <= max(recus)])
    trouves = retards(
        mois, [(zero + datetime.timedelta(demeure),) * 2], prealable=prealable, le=zero + datetime.timedelta(fin)
    )
    assert sum(retard.jours for retard in trouves) == attendu


# --- Ce qui ne se propose pas -----------------------------------------------------------------------------------------
def test_histoire_12_rien_sur_un_engagement_qui_a_fait_le_double(monde, manquement):
    Marche.objects.update(mise_en_demeure_prealable=False)
    declarer_en_retard(manquement, "2026-07-15", "2026-07-27")
    Engagement.objects.filter(pk=manquement.pk).update(heures_initiales=D(71500), heures_realisees=D(143000))
    for genre in GenrePenalite:
        with pytest.raises(RegleViolee, match="heures dues sont faites"):
            proposer(monde, manquement, genre)


@pytest.mark.parametrize(
    ("changement", "phrase"),
    [
        ({"statut": "abandonne"}, "abandonné"),
        ({"statut": "suspendu"}, "en exécution ou soldé"),
        ({"statut": "execution", "fin_prevue": jour("2027-01-01")}, "court jusqu'au 01/01/2027"),
        ({"penalite_par_heure": None}, "barème"),
        ({"penalite_par_heure": D(0)}, "zéro"),
        ({"archive_le": "2026-09-01T00:00Z"}, "archivé"),
    ],
)
def test_ce_qui_empeche_de_proposer_se_dit(monde, manquement, changement, phrase, connecte):
    Marche.objects.filter(pk=monde.marche.pk).update(**changement)
    with pytest.raises(RegleViolee, match=phrase):
        proposer(monde, manquement)
    adresse = reverse("suivi:penalite_proposer", args=[manquement.uuid, "heures"])
    assert phrase in lu(connecte("edition").get(adresse)).replace("&#x27;", "'")


def test_un_mois_a_valider_se_regle_d_abord(monde, manquement):
    DeclarationFactory(engagement=manquement, mois=jour("2026-05-01"))
    with pytest.raises(RegleViolee, match="mai 2026"):
        proposer(monde, manquement)


def test_une_carence_sort_ses_heures_si_quelqu_un_le_decide(monde, manquement):
    valeurs = {"constatee_le": jour("2026-06-10"), "postes": 1, "motif": "Aucun candidat"}
    acteur = monde.acteur("edition")
    constater_carence(acteur=acteur, engagement=manquement, **valeurs)
    assert proposer(monde, manquement).montant_propose == 36_200
    with pytest.raises(Exception, match="d'où viennent ces heures"):
        constater_carence(acteur=acteur, engagement=manquement, heures_neutralisees=D(81), **valeurs)
    carence = constater_carence(
        acteur=acteur, engagement=manquement, heures_neutralisees=D(81), motif_heures="un poste", **valeurs
    )
    penalite = proposer(monde, manquement)
    assert (penalite.montant_propose, Penalite.objects.count()) == (20_000, 1)
    assert [c["heures"] for c in penalite.preuves["carences"]] == ["0.00", "81.00"]
    annuler_carence(acteur=acteur, carence=carence)
    annuler_carence(acteur=acteur, carence=carence)
    assert proposer(monde, manquement).montant_propose == 36_200
    constater_carence(acteur=acteur, engagement=manquement, heures_neutralisees=D(500), motif_heures="x", **valeurs)
    with pytest.raises(RegleViolee, match="neutralisées"):
        proposer(monde, manquement)


def test_une_carence_ne_dit_ni_plus_de_postes_que_l_offre_ni_l_offre_d_un_autre(monde, manquement):
    valeurs = {"constatee_le": jour("2026-06-10"), "motif": "Aucun candidat"}
    with pytest.raises(RegleViolee, match="3 poste"):
        constater_carence(acteur=monde.acteur(), engagement=manquement, offre=monde.offre, postes=4, **valeurs)
    with pytest.raises(RegleViolee, match="pas de cet engagement"):
        constater_carence(acteur=monde.acteur(), engagement=manquement, offre=monde.autre.offre, postes=1, **valeurs)
    with pytest.raises(RegleViolee, match="à venir"):
        constater_carence(
            acteur=monde.acteur(), engagement=manquement, postes=1, motif="x", constatee_le=jour("2026-12-01")
        )


# --- Le contradictoire et la décision ---------------------------------------------------------------------------------
def test_de_la_lettre_a_la_notification(monde, manquement):
    RelanceFactory(declaration=monde.mois_valide)
    penalite = proposer(monde, manquement)
    assert not Penalite.objects.visibles_par(monde.acteur(Role.ENTREPRISE)).exists()
    ReglagesCloture.objects.create(structure=monde.structure, jours_pour_repondre=20)
    penalite = envoyer_la_lettre(acteur=monde.acteur("edition"), penalite=penalite)
    assert (penalite.statut, penalite.repondre_avant) == (StatutPenalite.CONTRADICTOIRE, jour("2026-11-04"))
    courriel = Courriel.objects.get(cle__startswith="penalite_lettre")
    assert courriel.destinataire == monde.personne(Role.ENTREPRISE).email
    assert reverse("suivi:penalite", args=[penalite.uuid]) in courriel.corps and "Lemaire" not in courriel.corps
    with pytest.raises(RegleViolee, match="jusqu'au 04/11/2026"):
        decider_penalite(acteur=monde.acteur(Role.MAITRE_OUVRAGE), penalite=penalite, decision="retenue")
    entreprise = monde.acteur(Role.ENTREPRISE)
    assert list(Penalite.objects.a_repondre_par(entreprise)) == [penalite]
    recevoir_observations(acteur=entreprise, penalite=penalite, texte="Chantier arrêté.")
    penalite = recevoir_observations(acteur=entreprise, penalite=penalite, texte="Et deux départs.")
    assert penalite.observations == "Chantier arrêté.\n\nEt deux départs."
    acheteur = monde.acteur(Role.MAITRE_OUVRAGE)
    assert list(Penalite.objects.a_decider_par(acheteur)) == [penalite]
    assert Courriel.objects.filter(cle__startswith="penalite-a-decider").count() == 1
    penalite = decider_penalite(
        acteur=acheteur, penalite=penalite, decision=DecisionPenalite.REDUITE, montant=D(10000), motif="Intempéries"
    )
    assert (penalite.montant_decide, penalite.decidee_par, penalite.consignee) == (10_000, acheteur.utilisateur, False)
    assert "10 000 €" in Courriel.objects.get(cle__startswith="penalite_decidee").corps.replace("\u202f", " ").replace(
        "\xa0", " "
    )
    assert (
        Courriel.objects.get(cle__startswith="penalite-decision-prise").destinataire == monde.personne("edition").email
    )
    assert list(Penalite.objects.a_notifier_par(monde.acteur("edition"))) == [penalite]
    penalite = notifier_penalite(acteur=acheteur, penalite=penalite, le=jour("2026-10-15"))
    assert penalite.statut == StatutPenalite.NOTIFIEE
    for geste in (
        lambda: decider_penalite(acteur=acheteur, penalite=penalite, decision="retenue"),
        lambda: recevoir_observations(acteur=entreprise, penalite=penalite, texte="Encore"),
        lambda: envoyer_la_lettre(acteur=monde.acteur(), penalite=penalite),
        lambda: retirer_penalite(acteur=monde.acteur(), penalite=penalite, motif="Erreur"),
        lambda: notifier_penalite(acteur=acheteur, penalite=penalite, le=jour("2026-10-15")),
        lambda: proposer(monde, manquement),
    ):
        with pytest.raises(RegleViolee, match="n'est pas possible"):
            geste()


def test_le_delai_passe_l_acheteur_est_prevenu_une_fois_et_peut_decider(monde, manquement, horloge):
    penalite = envoyer_la_lettre(acteur=monde.acteur("edition"), penalite=proposer(monde, manquement))
    assert demander_les_decisions() == 0
    horloge.move_to(datetime.datetime(2026, 10, 31, 9, tzinfo=datetime.UTC))
    demander_les_decisions_attendues()
    demander_les_decisions_attendues()
    courriel = Courriel.objects.get(cle__startswith="penalite-a-decider")
    assert courriel.destinataire == monde.personne(Role.MAITRE_OUVRAGE).email and "n'a pas répondu" in courriel.corps
    decider_penalite(acteur=monde.acteur(Role.MAITRE_OUVRAGE), penalite=penalite, decision="retenue")


@pytest.mark.parametrize(
    ("decision", "phrase"),
    [
        ({"decision": "reduite", "montant": D(10)}, "Dites pourquoi"),
        ({"decision": "abandonnee"}, "Dites pourquoi"),
        ({"decision": "reduite", "motif": "x"}, "entre 0 et"),
        ({"decision": "reduite", "montant": D(0), "motif": "x"}, "entre 0 et"),
        ({"decision": "reduite", "montant": D(36200), "motif": "x"}, "entre 0 et"),
    ],
)
def test_une_decision_qui_ne_tient_pas(monde, manquement, decision, phrase):
    penalite = jusqu_a_la_decision(monde, manquement)
    with pytest.raises(RegleViolee, match=phrase):
        decider_penalite(acteur=monde.acteur(Role.MAITRE_OUVRAGE), penalite=penalite, **decision)


def test_le_facilitateur_ne_decide_pas_il_consigne_un_document_date(monde, manquement):
    penalite = jusqu_a_la_decision(monde, manquement)
    with pytest.raises(RegleViolee, match="date du document"):
        decider_penalite(acteur=monde.acteur("edition"), penalite=penalite, decision="retenue")
    with pytest.raises(RegleViolee, match="à venir"):
        decider_penalite(acteur=monde.acteur("edition"), penalite=penalite, decision="retenue", le=jour("2026-10-16"))
    penalite = decider_penalite(
        acteur=monde.acteur("edition"), penalite=penalite, decision="abandonnee", motif="Carence", le=jour("2026-10-15")
    )
    assert (penalite.consignee, penalite.montant_decide) == (True, 0)


@pytest.mark.parametrize("qui", ["lecture", "entreprise", "autre.edition", "autre.maitre_ouvrage"])
def test_qui_ne_decide_pas(monde, manquement, qui):
    penalite = jusqu_a_la_decision(monde, manquement)
    with pytest.raises(AccesRefuse):
        decider_penalite(acteur=monde.acteur(qui), penalite=penalite, decision="retenue", le=jour("2026-10-15"))


@pytest.mark.parametrize("qui", ["lecture", "entreprise", "maitre_ouvrage", "autre.edition"])
def test_qui_n_instruit_pas(monde, manquement, qui):
    with pytest.raises(AccesRefuse):
        proposer_penalite(acteur=monde.acteur(qui), engagement=manquement, genre=HEURES)
    penalite = proposer(monde, manquement)
    with pytest.raises(AccesRefuse):
        envoyer_la_lettre(acteur=monde.acteur(qui), penalite=penalite)
    with pytest.raises(AccesRefuse):
        retirer_penalite(acteur=monde.acteur(qui), penalite=penalite, motif="x")


def test_une_proposition_retiree_laisse_la_place_a_une_autre(monde, manquement):
    penalite = envoyer_la_lettre(acteur=monde.acteur("edition"), penalite=proposer(monde, manquement))
    with pytest.raises(RegleViolee, match="pas possible"):
        proposer(monde, manquement)
    retirer_penalite(acteur=monde.acteur("edition"), penalite=penalite, motif="Heures retrouvées")
    assert Courriel.objects.filter(cle__startswith="penalite_retiree").count() == 1
    assert proposer(monde, manquement).pk != penalite.pk


def test_une_echeance_decidee_ne_se_compte_pas_deux_fois(monde, manquement):
    Marche.objects.update(mise_en_demeure_prealable=False)
    manquement.lot.marche.refresh_from_db()
    declarer_en_retard(manquement, "2026-07-15", "2026-07-27")
    penalite = envoyer_la_lettre(acteur=monde.acteur(), penalite=proposer(monde, manquement, RETARD))
    recevoir_observations(acteur=monde.acteur(), penalite=penalite, texte="Rien à dire", recues_le=jour("2026-10-15"))
    decider_penalite(acteur=monde.acteur(Role.MAITRE_OUVRAGE), penalite=penalite, decision="retenue")
    assert not constater(manquement).verdict(RETARD)
    declarer_en_retard(manquement, "2026-08-15", "2026-08-17", "2026-07-01")
    assert proposer(monde, manquement, RETARD).montant_propose == 150


# --- Les écrans -------------------------------------------------------------------------------------------------------
def test_l_acheteur_relit_avant_de_confirmer_et_ce_qui_est_tape_reste(monde, manquement, connecte):
    penalite = jusqu_a_la_decision(monde, manquement)
    client = connecte(Role.MAITRE_OUVRAGE)
    assert penalite.get_absolute_url() in lu(client.get(reverse("marches:espace_acheteur")))
    assert penalite.get_absolute_url() in lu(client.get(monde.marche.get_absolute_url()))
    adresse = reverse("suivi:penalite_decider", args=[penalite.uuid])
    assert adresse in lu(client.get(penalite.get_absolute_url()))
    faux = lu(client.post(adresse, {"decision": "reduite", "montant": "99 000", "motif": "Intempéries"}))
    assert "entre 0 et 36 200 €" in faux and "Intempéries" in faux and "99 000" in faux
    saisie = {"decision": "reduite", "montant": "12 000,50", "motif": "Intempéries"}
    relue = lu(client.post(adresse, saisie))
    assert "12 000,50 €" in relue and "ne se change plus" in relue
    penalite.refresh_from_db()
    assert penalite.decision == ""
    assert "12 000,50" in lu(client.post(adresse, {**saisie, "corriger": "oui"}))
    assert client.post(adresse, {**saisie, "confirmer": "oui"}).url == penalite.get_absolute_url()
    penalite.refresh_from_db()
    assert penalite.montant_decide == D("12000.50")
    for demander in (client.get, lambda page, **suite: client.post(page, {**saisie, "confirmer": "oui"}, **suite)):
        deja = demander(adresse, follow=True)  # ni formulaire, ni jargon : la décision prise
        assert deja.redirect_chain[0][0] == penalite.get_absolute_url()
        assert "Décision déjà prise le 15 oct. 2026 : 12 000,50 €." in lu(deja)
    assert "Heures manquantes : 12 000,50 € décidés (36 200 € proposés)" in lu(client.get(penalite.get_absolute_url()))
    assert "Heures manquantes, 12 000,50 € décidés" in lu(client.get(monde.marche.get_absolute_url()))
    fin = lu(connecte("edition").get(reverse("suivi:fin", args=[manquement.uuid])))
    assert "Heures manquantes, 12 000,50 € décidés (36 200 € proposés)" in fin


def test_le_montant_se_dit_comme_il_vaut():
    def dit(decide) -> str:
        return lu_texte(Penalite(montant_propose=D(32900), montant_decide=decide).montant_dit)

    assert dit(None) == "32 900 € proposés"
    assert dit(D(10000)) == "10 000 € décidés (32 900 € proposés)"
    assert dit(D(32900)) == "32 900 € décidés"
    assert dit(D(0)) == "aucune pénalité (32 900 € proposés)"


@pytest.mark.parametrize(
    ("geste", "etat", "phrase"),
    [
        ("envoyer", {"statut": "contradictoire"}, "La lettre contradictoire est déjà partie, le 1er août 2026."),
        ("decider", {"statut": "proposee"}, "pas encore partie"),
        ("observer", {"statut": "proposee"}, "pas encore partie"),
        ("notifier", {"statut": "observations"}, "rien à notifier"),
        ("retirer", {"statut": "retiree"}, "retirée"),
    ],
)
def test_un_geste_que_l_etat_interdit_le_dit_des_qu_on_l_ouvre(monde, connecte, horloge, geste, etat, phrase):
    Penalite.objects.filter(pk=monde.penalite.pk).update(**etat, decision="", montant_decide=None)
    page = connecte("edition").get(reverse(f"suivi:penalite_{geste}", args=[monde.penalite.uuid]), follow=True)
    assert page.redirect_chain[0][0] == monde.penalite.get_absolute_url()
    assert phrase in lu(page) and "dans l'état actuel" not in html.unescape(lu(page))


def test_une_penalite_des_heures_decidee_ne_se_propose_plus(monde, manquement, connecte):
    penalite = jusqu_a_la_decision(monde, manquement)
    decider_penalite(
        acteur=monde.acteur(Role.MAITRE_OUVRAGE), penalite=penalite, decision="abandonnee", motif="Intempéries"
    )
    proposition = reverse("suivi:penalite_proposer", args=[manquement.uuid, HEURES])
    page = connecte("edition").get(proposition, follow=True)
    assert page.redirect_chain[0][0] == penalite.get_absolute_url()
    assert "Décision déjà prise le 15 oct. 2026 : aucune pénalité." in lu(page)
    assert "Heures manquantes : aucune pénalité (36 200 € proposés)" in lu(page)


def test_l_entreprise_lit_la_lettre_et_repond_sans_numero_national(monde, manquement, connecte):
    penalite = envoyer_la_lettre(acteur=monde.acteur("edition"), penalite=proposer(monde, manquement))
    client = connecte(Role.ENTREPRISE)
    assert penalite.get_absolute_url() in lu(client.get(reverse("suivi:penalites")))
    assert penalite.get_absolute_url() in lu(client.get(reverse("marches:mon_engagement", args=[manquement.uuid])))
    page = lu(client.get(penalite.get_absolute_url()))
    assert "36 200 €" in page and "Répondre" in page and "Lemaire" not in page and "Retirer" not in page
    adresse = reverse("suivi:penalite_observer", args=[penalite.uuid])
    assert "numéro" in lu(client.post(adresse, {"texte": "Dossier 1 85 05 78 006 084 36"}))
    assert client.post(adresse, {"texte": "Chantier arrêté six semaines."}).status_code == 302
    penalite.refresh_from_db()
    assert penalite.statut == StatutPenalite.OBSERVATIONS


@pytest.mark.parametrize(
    ("adresse", "ou"), [("", "par courrier adressé à"), ("3 quai Alexandre-III", "par courrier à l’adresse ci-dessus")]
)
def test_la_lettre_ne_renvoie_pas_a_une_adresse_qu_elle_ne_porte_pas(monde, manquement, adresse, ou):
    structure = monde.acteur("edition").organisation
    ReglagesClause.objects.update_or_create(structure=structure, defaults={"adresse": adresse})
    penalite = envoyer_la_lettre(acteur=monde.acteur("edition"), penalite=proposer(monde, manquement))
    lettre = render_to_string("cloture/pdf/lettre.html", contexte_de_la_lettre(penalite))
    assert ou in lettre and adresse in lettre


def test_la_page_de_fin_propose_le_geste_qui_suit(monde, manquement, connecte):
    client = connecte("edition")
    adresse = reverse("suivi:fin", args=[manquement.uuid])
    assert "manque 181 h" in lu(client.get(manquement.get_absolute_url()))
    assert "Proposer une pénalité de 36 200 €" in lu(client.get(adresse))
    apres = client.post(reverse("suivi:penalite_proposer", args=[manquement.uuid, "heures"]))
    penalite = Penalite.objects.get()
    assert apres.url == penalite.get_absolute_url()
    assert "Suivre la pénalité" in lu(client.get(adresse))
    Engagement.objects.filter(pk=manquement.pk).update(heures_realisees=D(1100))
    assert "ont changé depuis ce calcul" in lu(client.get(penalite.get_absolute_url()))
    Marche.objects.update(penalite_par_heure=None, penalite_par_jour=None)
    penalite.delete()
    sans_bareme = lu(client.get(adresse))
    assert (
        "pas de barème par heure manquante" in sans_bareme
        and reverse("marches:modifier", args=[monde.marche.uuid]) in sans_bareme
    )


def test_les_preuves_pour_un_tableur_ne_nomment_personne(monde, manquement, connecte):
    penalite = proposer(monde, manquement)
    reponse = connecte("lecture").get(reverse("suivi:penalite_preuves", args=[penalite.uuid]))
    assert reponse["Content-Type"].startswith("application/vnd.openxml")
    assert "Lemaire" not in json.dumps(penalite.preuves)


@pytest.mark.parametrize(
    ("qui", "phrase"),
    [
        ("lecture", "depuis la page d'un engagement"),
        ("maitre_ouvrage", "votre facilitateur l'instruit et vous décidez"),
        ("entreprise", "vous recevriez une lettre"),
    ],
)
def test_sans_penalite_chacun_lit_ce_qui_le_concerne(monde, connecte, qui, phrase):
    Penalite.objects.all().delete()
    page = html.unescape(lu(connecte(qui).get(reverse("suivi:penalites"))))
    assert phrase in page and ("page d'un engagement" in page) == (qui == "lecture")


# --- Le délai court du jour où la lettre est partie -------------------------------------------------------------------
def test_sans_adresse_rien_ne_court_avant_la_remise(monde, manquement, connecte, horloge):
    Entreprise.objects.update(organisation=None)
    ContactEntreprise.objects.update(courriel="", telephone="02 33 10 20 30")
    client, penalite = connecte("edition"), proposer(monde, manquement)
    envoi = reverse("suivi:penalite_envoyer", args=[penalite.uuid])
    page = lu(client.post(envoi, {"repondre_avant": "2026-10-30"}, follow=True))
    assert "À poster ou à remettre" in page and "02 33 10 20 30" in page and not Courriel.objects.exists()
    penalite.refresh_from_db()
    assert (penalite.statut, penalite.lettre_le) == (StatutPenalite.LETTRE_PRETE, None)
    assert "le délai ne court pas" in lu(client.get(reverse("accueil")))
    fiche = lu(client.get(penalite.get_absolute_url()))
    assert fiche.index("Dater sa remise") < fiche.index("Consigner la décision")  # le premier geste fait avancer
    assert "Aucun courriel ne la porte : postez-la" in fiche and "part dans quelques minutes" not in fiche
    horloge.move_to(datetime.datetime(2026, 11, 10, 9, tzinfo=datetime.UTC))  # le délai qu'elle porte est passé
    assert constater_les_lettres() == 0 and demander_les_decisions() == 0
    with pytest.raises(RegleViolee, match="pas encore partie"):
        decider_penalite(acteur=monde.acteur(Role.MAITRE_OUVRAGE), penalite=penalite, decision="retenue")
    remise = reverse("suivi:penalite_remettre", args=[penalite.uuid])
    assert connecte("edition").post(remise, {"remise": "recommande", "le": "2026-11-09"}).status_code == 302
    penalite.refresh_from_db()
    assert (penalite.statut, penalite.remise) == (StatutPenalite.CONTRADICTOIRE, "recommande")
    assert penalite.repondre_avant == jour("2026-11-24")  # quinze jours, comme la lettre les laissait
    with pytest.raises(RegleViolee, match="jusqu'au 24/11/2026"):
        decider_penalite(acteur=monde.acteur(Role.MAITRE_OUVRAGE), penalite=penalite, decision="retenue")


def test_une_lettre_qui_revient_arrete_le_delai(monde, manquement):
    penalite = envoyer_la_lettre(acteur=monde.acteur("edition"), penalite=proposer(monde, manquement))
    assert (penalite.statut, penalite.remise) == (StatutPenalite.CONTRADICTOIRE, RemiseLettre.COURRIEL)
    for courriel in Courriel.objects.filter(cle__startswith="penalite_lettre"):
        consigner_rebond(courriel=courriel, motif="inconnu")
    assert constater_les_lettres() == 1 and constater_les_lettres() == 0
    penalite.refresh_from_db()
    assert (penalite.statut, penalite.lettre_le, penalite.remise) == (StatutPenalite.LETTRE_PRETE, None, "")
    assert penalite in Penalite.objects.a_envoyer_par(monde.acteur("edition"))


def test_une_mise_en_demeure_ne_fait_rien_courir_avant_sa_reception(monde, manquement, connecte):
    declarer_en_retard(manquement, "2026-07-15", "2026-08-20")
    mise = mettre_en_demeure(
        acteur=monde.acteur("edition"), engagement=manquement, le=jour("2026-08-01"), objet="Déclarer juin"
    )
    assert not constater(manquement).verdict(RETARD)
    client = connecte("edition")
    assert "rien ne court avant sa réception" in lu(client.get(reverse("accueil")))
    dater = reverse("suivi:mise_en_demeure_remettre", args=[mise.uuid])
    assert "précède" in lu(client.post(dater, {"remise": "main_propre", "le": "2026-07-30"}))
    assert client.post(dater, {"remise": "main_propre", "le": "2026-08-08"}).status_code == 302
    assert proposer(monde, manquement, RETARD).montant_propose == 900  # douze jours, du 8 au 20 août
    with pytest.raises(RegleViolee, match="déjà datée"):
        remettre_la_mise_en_demeure(
            acteur=monde.acteur("edition"), mise_en_demeure=mise, remise="main_propre", le=jour("2026-08-09")
        )


def test_l_entreprise_ouvre_sa_penalite_des_que_le_courriel_l_y_mene(monde, manquement, connecte):
    """Le lien du courriel ne mène jamais à « Page introuvable », que le passage ait constaté son départ ou non."""
    penalite = preparer_la_lettre(acteur=monde.acteur("edition"), penalite=proposer(monde, manquement))
    page = lu(connecte(Role.ENTREPRISE).get(penalite.get_absolute_url()))
    assert "vous pourrez répondre ici dès" in page and "postez" not in page
    page = lu(connecte("edition").get(penalite.get_absolute_url()))
    assert "Son courriel part dans quelques minutes" in page and "postez" not in page
    decider_penalite(
        acteur=monde.acteur("edition"), penalite=penalite, decision="abandonnee", motif="Erreur", le=jour("2026-10-15")
    )
    page = lu(connecte(Role.ENTREPRISE).get(penalite.get_absolute_url()))
    assert "Erreur" in page and "Elle n'est pas partie." in page and "pas encore partie" not in page


# --- Le dernier jour du contradictoire est à l'entreprise ---------------------------------------------------------------
@pytest.mark.parametrize(("le", "a_l_entreprise"), [("2026-08-15", True), ("2026-08-16", True), ("2026-08-17", False)])
def test_jusqu_a_son_terme_compris_l_entreprise_repond_ensuite_l_acheteur_decide(monde, horloge, le, a_l_entreprise):
    horloge.move_to(datetime.datetime.fromisoformat(f"{le}T23:30:00+02:00"))
    Penalite.objects.filter(pk=monde.penalite.pk).update(statut=StatutPenalite.CONTRADICTOIRE, observations="")
    penalite, acheteur = Penalite.objects.get(pk=monde.penalite.pk), monde.acteur("maitre_ouvrage")
    assert (penalite in Penalite.objects.a_repondre_par(monde.acteur("entreprise"))) is a_l_entreprise
    assert (penalite in Penalite.objects.a_decider_par(acheteur)) is not a_l_entreprise
    if a_l_entreprise:
        with rien_ne_s_ecrit(Penalite), pytest.raises(RegleViolee, match="jusqu'au 16/08/2026 pour répondre"):
            decider_penalite(acteur=acheteur, penalite=penalite, decision="retenue")
    else:
        assert decider_penalite(acteur=acheteur, penalite=penalite, decision="retenue").montant_decide == 900


# --- Ce que le service tient, d'où qu'on l'appelle ------------------------------------------------------------------
@pytest.mark.parametrize(
    ("geste", "objet", "saisie", "phrase"),
    [
        (recevoir_observations, "penalite", {"texte": "  "}, "Écrivez les observations"),
        (
            recevoir_observations,
            "penalite",
            {"texte": "Oui", "recues_le": datetime.date(2026, 10, 16)},
            "Cette date est à venir",
        ),
        (
            recevoir_observations,
            "penalite",
            {"texte": "Oui", "recues_le": datetime.date(2026, 7, 31)},
            "Cette date précède le 01/08/2026",
        ),
        (recevoir_observations, "penalite_decidee", {"texte": "Oui"}, "n'est pas possible"),
        (retirer_penalite, "penalite", {"motif": " "}, "Dites pourquoi la proposition est retirée"),
        (notifier_penalite, "penalite", {"le": datetime.date(2026, 10, 1)}, "n'est pas possible"),
        (notifier_penalite, "penalite_decidee", {"le": datetime.date(2026, 8, 19)}, "précède le 20/08/2026"),
        (
            preparer_la_lettre,
            "penalite_proposee",
            {"repondre_avant": datetime.date(2026, 10, 15)},
            "Laissez au moins un jour",
        ),
    ],
)
def test_une_saisie_fausse_ou_un_mauvais_etat_n_ecrit_rien(monde, horloge, geste, objet, saisie, phrase):
    with rien_ne_s_ecrit(Penalite), pytest.raises(RegleViolee, match=phrase):
        geste(acteur=monde.acteur("edition"), penalite=getattr(monde, objet), **saisie)


def test_un_courrier_recopie_garde_son_jour_et_l_entreprise_repond_aujourd_hui(monde, horloge):
    recue = recevoir_observations(
        acteur=monde.acteur("edition"), penalite=monde.penalite, texte="Grue", recues_le=jour("2026-08-12")
    )
    assert recue.observations_le == jour("2026-08-12")
    dite = recevoir_observations(acteur=monde.acteur("entreprise"), penalite=monde.penalite, texte="Grue")
    assert dite.observations_le == jour("2026-10-15")


@pytest.mark.parametrize(("le", "phrase"), [("2025-12-31", "précède le 01/01/2026"), ("2026-10-16", "est à venir")])
def test_une_mise_en_demeure_est_du_temps_du_marche(monde, horloge, le, phrase):
    with rien_ne_s_ecrit(MiseEnDemeure), pytest.raises(RegleViolee, match=phrase):
        mettre_en_demeure(acteur=monde.acteur("edition"), engagement=monde.engagement, le=jour(le), objet="Déclarer")


def test_une_mise_en_demeure_garde_sa_lettre(monde, horloge):
    acteur = monde.acteur("edition")
    mise = mettre_en_demeure(acteur=acteur, engagement=monde.engagement, le=jour("2026-06-15"), objet="Déclarer")
    assert MiseEnDemeure.objects.get(pk=mise.pk).document is not None


def test_une_penalite_d_un_genre_n_en_empeche_pas_une_de_l_autre(monde, manquement):
    proposer(monde, manquement)
    Marche.objects.update(mise_en_demeure_prealable=False)
    declarer_en_retard(manquement, "2026-07-15", "2026-07-27")
    engagement = Engagement.objects.avec_contexte().get(pk=manquement.pk)
    assert proposer(monde, engagement, GenrePenalite.RETARD).genre == GenrePenalite.RETARD
