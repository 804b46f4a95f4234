"""Deux gestes au même instant : l'un après l'autre, jamais l'un sur l'autre. Sur SQLite comme sur PostgreSQL."""

import datetime
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection

from beneficiaires.models import Beneficiaire
from beneficiaires.services import creer_beneficiaire
from cloture.attestations.services import emettre_attestation
from cloture.models import Attestation
from cloture.penalites.services import decider_penalite
from comptes.enums import Role
from declarations.models import Declaration, LigneHeures, ReglagesDeclaration, Relance
from declarations.relances.services.passage import relancer
from declarations.services import recompter, saisir_heures, valider_mois
from declarations.services.declarations import HeuresDeclarees, envoyer_declaration, garder_brouillon
from marches.models import Engagement, Marche
from marches.services import engager_entreprise
from recrutement.enums import StatutCandidature, StatutOffre
from recrutement.models import Contrat
from recrutement.services import avancer_candidature, conclure_contrat
from socle.models import Courriel, EntreeJournal
from socle.regles import AccesRefuse, RegleViolee
from tests.fabriques.entreprises import ContactEntrepriseFactory
from tests.fabriques.recrutement import CandidatureFactory, OffreFactory
from tests.monde import construire_monde

pytestmark = pytest.mark.django_db(transaction=True)
ENSEMBLE = 6


@pytest.fixture
def monde(db):
    return construire_monde()


def ensemble(geste: Callable[[int], object]) -> list[Exception | None]:
    """Le même geste, lancé de plusieurs fils qui s'attendent ; rend l'erreur de chacun, ou rien."""
    depart = threading.Barrier(ENSEMBLE)

    def lancer(rang: int) -> Exception | None:
        try:
            depart.wait(10)
            geste(rang)
        except Exception as erreur:
            return erreur
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(ENSEMBLE) as fils:
        return list(fils.map(lancer, range(ENSEMBLE)))


def test_le_meme_mois_saisi_de_partout_n_a_qu_une_ligne(monde):
    mois = datetime.date(2026, 5, 1)

    def saisir(rang: int) -> None:
        saisir_heures(
            acteur=monde.acteur(), engagement=monde.engagement, mois=mois, heures={monde.contrat: Decimal(10 + rang)}
        )

    assert ensemble(saisir) == [None] * ENSEMBLE
    assert Declaration.objects.filter(engagement=monde.engagement, mois=mois).count() == 1
    assert LigneHeures.objects.filter(contrat=monde.contrat, mois=mois).count() == 1


def test_un_mois_valide_de_partout_ne_l_est_qu_une_fois(monde):
    recompter([monde.engagement.pk])
    monde.engagement.refresh_from_db()
    avant = monde.engagement.heures_realisees
    erreurs = ensemble(lambda rang: valider_mois(acteur=monde.acteur(), declaration=monde.mois_a_valider))
    assert erreurs == [None] * ENSEMBLE
    monde.engagement.refresh_from_db()
    assert monde.engagement.heures_realisees == avant + 80
    assert EntreeJournal.objects.filter(action="mois_valide", objet_uuid=monde.marche.uuid).count() == 1


def test_valider_pendant_que_l_entreprise_corrige_une_seule_version_compte(monde):
    """Chacun son tour : ce qui est validé est ce qui est écrit, et qui arrive après l'apprend."""
    mois, entreprise = monde.mois_declare, monde.acteur("entreprise")
    recompter([monde.engagement.pk])
    monde.engagement.refresh_from_db()
    avant = monde.engagement.heures_realisees

    def agir(rang: int) -> None:
        if rang % 2:
            valider_mois(acteur=monde.acteur(), declaration=mois, accepter_le_reste=True)
            return
        heures = {monde.contrat: HeuresDeclarees(Decimal(70 + rang))}
        garder_brouillon(acteur=entreprise, declaration=mois, heures=heures)
        envoyer_declaration(acteur=entreprise, declaration=mois)

    erreurs = [erreur for erreur in ensemble(agir) if erreur]
    assert all(isinstance(erreur, AccesRefuse | RegleViolee) for erreur in erreurs), erreurs
    mois.refresh_from_db()
    monde.engagement.refresh_from_db()
    ligne = LigneHeures.objects.get(declaration=mois)
    assert ligne.heures in {60, 70, 72, 74} and ligne.est_decidee == mois.est_validee
    assert monde.engagement.heures_realisees == avant + (ligne.heures if mois.est_validee else 0)


def test_une_entreprise_n_est_engagee_qu_une_fois_sur_un_lot(monde):
    def engager(rang: int) -> None:
        engager_entreprise(
            acteur=monde.acteur(), lot=monde.lot_libre, entreprise=monde.entreprise, heures_initiales=Decimal(100)
        )

    erreurs = ensemble(engager)
    assert erreurs.count(None) == 1, erreurs
    assert Engagement.objects.filter(lot=monde.lot_libre, entreprise=monde.entreprise).count() == 1


def test_les_numeros_attribues_ne_se_repetent_pas(monde):
    def accueillir(rang: int) -> None:
        creer_beneficiaire(
            acteur=monde.acteur(),
            nom=f"Nom{rang}",
            prenom="Awa",
            date_naissance=datetime.date(1990, 1, 1 + rang),
            sexe="F",
        )

    deja = Beneficiaire.objects.filter(structure=monde.structure).count()
    assert ensemble(accueillir) == [None] * ENSEMBLE
    identifiants = list(Beneficiaire.objects.filter(structure=monde.structure).values_list("identifiant", flat=True))
    assert len(identifiants) == len(set(identifiants)) == ENSEMBLE + deja

    def embaucher(rang: int) -> None:
        conclure_contrat(
            acteur=monde.acteur(),
            beneficiaire=monde.beneficiaire,
            engagement=monde.engagement,
            employeur=monde.entreprise,
            modalite="embauche_directe",
            type_contrat="cdi",
            debut=datetime.date(2026, 6, 1 + rang),
        )

    assert ensemble(embaucher) == [None] * ENSEMBLE
    numeros = list(Contrat.objects.filter(structure=monde.structure).values_list("identifiant", flat=True))
    assert len(numeros) == len(set(numeros))


def test_la_derniere_place_ne_se_prend_qu_une_fois(monde):
    offre = OffreFactory(engagement=monde.engagement, postes=1)
    candidatures = [CandidatureFactory(offre=offre, statut=StatutCandidature.TRANSMISE) for _ in range(ENSEMBLE)]

    def retenir(rang: int) -> None:
        avancer_candidature(acteur=monde.acteur(), candidature=candidatures[rang], transition="retenir")

    erreurs = ensemble(retenir)
    assert erreurs.count(None) == 1, erreurs
    offre.refresh_from_db()
    assert offre.statut == StatutOffre.POURVUE
    statuts = sorted(offre.candidatures.values_list("statut", flat=True))
    assert statuts == [StatutCandidature.RETENUE] + [StatutCandidature.SANS_SUITE] * (ENSEMBLE - 1)


def test_relancer_de_partout_n_ecrit_qu_une_fois(monde):
    ContactEntrepriseFactory(fiche=monde.fiche, courriel="paie@chantier.fr")
    ReglagesDeclaration.objects.create(structure=monde.structure, relances=True)
    jour = datetime.date(2026, 6, 15)
    assert ensemble(lambda rang: relancer(jour)) == [None] * ENSEMBLE
    assert Relance.objects.filter(declaration=monde.mois_attendu).count() == 2  # l'ouverture et l'échéance
    assert Courriel.objects.filter(cle=f"relance-{monde.fiche.uuid}-2026-06-15").count() == 1


def test_une_penalite_ne_se_decide_qu_une_fois(monde):
    """La cotraitance est finie et sans mois : on l'atteste six fois ensemble, et l'acheteur décide six fois ensemble."""

    def decider(rang: int) -> None:
        decider_penalite(
            acteur=monde.acteur(Role.MAITRE_OUVRAGE),
            penalite=monde.penalite,
            decision="reduite",
            montant=Decimal(100 + rang),
            motif="Intempéries",
        )

    erreurs = ensemble(decider)
    assert erreurs.count(None) == 1, erreurs
    monde.penalite.refresh_from_db()
    assert monde.penalite.montant_decide == 100 + erreurs.index(None)
    assert EntreeJournal.objects.filter(action="penalite_decidee").count() == 1
    assert Courriel.objects.filter(cle__startswith=f"penalite_decidee-{monde.penalite.uuid}").count() == 1

    Marche.objects.filter(pk=monde.marche.pk).update(statut="solde", fin_reelle="2026-06-30")

    def attester(rang: int) -> None:
        emettre_attestation(acteur=monde.acteur(), engagement=monde.cotraitance, signataire=f"Signataire {rang}")

    erreurs = ensemble(attester)
    assert erreurs.count(None) == 1, erreurs
    assert Attestation.objects.filter(engagement=monde.cotraitance).count() == 1
