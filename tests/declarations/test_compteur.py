"""Le compteur d'un engagement est toujours la somme de ses heures validées, quoi qu'on fasse et dans quel ordre."""

import datetime
import random
from decimal import Decimal

import pytest

from beneficiaires.services import creer_beneficiaire
from declarations.models import Declaration, LigneHeures
from declarations.services import recompter, rouvrir_mois, saisir_heures, valider_mois
from recrutement.services import conclure_contrat
from socle.models import EntreeJournal
from socle.regles import AccesRefuse, RegleViolee
from tests.fabriques.beneficiaires import CritereFactory

pytestmark = pytest.mark.django_db
MOIS = [datetime.date(2026, rang, 1) for rang in range(3, 7)]


def somme_validee(engagement) -> Decimal:
    """La somme, recomptée ligne à ligne."""
    validees = Declaration.objects.filter(engagement=engagement, statut="validee").values_list("pk", flat=True)
    lignes = LigneHeures.objects.filter(declaration__in=list(validees)).values_list("heures", flat=True)
    return sum(lignes, Decimal(0))


@pytest.mark.parametrize("graine", range(6))
def test_une_suite_de_gestes_au_hasard_garde_le_compte(graine, monde, horloge):
    tirer, acteur, engagement = random.Random(graine), monde.acteur(), monde.engagement
    personne = creer_beneficiaire(
        acteur=acteur, nom="Diallo", prenom="Ali", date_naissance=datetime.date(1999, 5, 5), sexe="H"
    )
    CritereFactory(beneficiaire=personne)
    autre = conclure_contrat(
        acteur=acteur,
        beneficiaire=personne,
        engagement=engagement,
        employeur=monde.entreprise,
        modalite="embauche_directe",
        type_contrat="cdd",
        debut=MOIS[0],
        fin_prevue=datetime.date(2026, 6, 30),
    )
    recompter([engagement.pk])

    def saisir() -> None:
        volumes = {c: tirer.choice([None, Decimal(tirer.randint(0, 25_000)) / 100]) for c in (monde.contrat, autre)}
        saisir_heures(acteur=acteur, engagement=engagement, mois=tirer.choice(MOIS), heures=volumes)

    def valider() -> None:
        valider_mois(acteur=acteur, declaration=tirer.choice(list(declarations())))

    def rouvrir() -> None:
        rouvrir_mois(acteur=acteur, declaration=tirer.choice(list(declarations())), motif="Une erreur de saisie")

    def declarations():
        return Declaration.objects.filter(engagement=engagement).order_by("pk")

    reussis = 0
    for _ in range(30):
        entrees = EntreeJournal.objects.count()
        deja_valides = declarations().filter(statut="validee").count()
        geste = tirer.choice([saisir, saisir, valider, rouvrir])
        try:
            geste()
        except (AccesRefuse, RegleViolee):
            assert EntreeJournal.objects.count() == entrees, "un refus n'écrit rien"
        else:
            second_clic = geste is valider and declarations().filter(statut="validee").count() == deja_valides
            assert EntreeJournal.objects.count() == entrees + (0 if second_clic else 1)
            reussis += 1
        engagement.refresh_from_db()
        assert engagement.heures_realisees == somme_validee(engagement)
    assert reussis > 10


def test_une_correction_garde_l_avant_et_l_apres(monde, horloge):
    acteur, contrat = monde.acteur(), monde.contrat
    rouvrir_mois(acteur=acteur, declaration=monde.mois_valide, motif="Deux heures oubliées")
    saisir_heures(acteur=acteur, engagement=monde.engagement, mois=MOIS[0], heures={contrat: Decimal("122.50")})
    ligne = LigneHeures.objects.get(contrat=contrat, mois=MOIS[0])
    etats = ligne.historique.order_by("history_id").values_list("heures", flat=True)
    assert list(etats) == [Decimal("120.50"), Decimal("122.50")]
    assert ligne.heures == Decimal("122.50")
    assert "Deux heures oubliées" in str(EntreeJournal.objects.filter(action="mois_rouvert").get().donnees)
