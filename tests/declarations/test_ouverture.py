"""L'ouverture du mois : qui est attendu, pour quand, une seule fois."""

import datetime
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from declarations.enums import StatutDeclaration
from declarations.models import Declaration, ReglagesDeclaration
from declarations.ouverture import echeance, engagements_attendus
from declarations.services import saisir_heures
from declarations.services.ouverture import ouvrir_les_mois_clos, ouvrir_mois
from marches.enums import Periodicite, StatutMarche
from marches.models import Engagement, Marche, Suspension
from tests.fabriques.marches import EngagementFactory, LotFactory, MarcheFactory

pytestmark = pytest.mark.django_db
SEPTEMBRE, OCTOBRE = datetime.date(2026, 9, 1), datetime.date(2026, 10, 1)
LE = datetime.date(2026, 10, 16)


def engagement(**marche) -> Engagement:
    return EngagementFactory(lot=LotFactory(marche=MarcheFactory(**marche)), heures_initiales=500)


@pytest.mark.parametrize(
    ("periodicite", "mois", "jour", "attendue"),
    [
        (Periodicite.MENSUELLE, datetime.date(2026, 10, 1), 15, datetime.date(2026, 11, 15)),
        (Periodicite.MENSUELLE, datetime.date(2026, 12, 1), 5, datetime.date(2027, 1, 5)),
        (Periodicite.TRIMESTRIELLE, datetime.date(2026, 7, 1), 15, datetime.date(2026, 10, 15)),
        (Periodicite.TRIMESTRIELLE, datetime.date(2026, 9, 1), 15, datetime.date(2026, 10, 15)),
        (Periodicite.TRIMESTRIELLE, datetime.date(2026, 11, 1), 15, datetime.date(2027, 1, 15)),
    ],
)
def test_l_echeance(periodicite, mois, jour, attendue):
    assert echeance(periodicite, mois, jour) == attendue


def test_13_le_troisieme_trimestre_est_du_le_15_octobre_et_en_retard_le_16(monde, client, horloge):
    horloge.move_to(datetime.datetime(2026, 10, 1, 9, tzinfo=datetime.UTC))
    trimestriel = engagement(structure=monde.structure, periodicite=Periodicite.TRIMESTRIELLE)
    for mois in (7, 8, 9):
        ouvrir_mois(datetime.date(2026, mois, 1))
    horloge.move_to(datetime.datetime(2026, 10, 15, 9, tzinfo=datetime.UTC))
    ouvertes = Declaration.objects.filter(engagement=trimestriel)
    assert set(ouvertes.values_list("echeance", flat=True)) == {datetime.date(2026, 10, 15)} and ouvertes.count() == 3
    assert not ouvertes.en_retard(datetime.date(2026, 10, 15)).exists()
    assert ouvertes.en_retard(datetime.date(2026, 10, 16)).count() == 3
    horloge.move_to(datetime.datetime(2026, 10, 16, 9, tzinfo=datetime.UTC))
    client.force_login(monde.personne("lecture"))
    reference = trimestriel.lot.marche.reference
    assert reference in client.get(f"{reverse('suivi:declarations')}?retard=oui").content.decode()
    assert "En retard" in client.get(ouvertes.first().get_absolute_url()).content.decode()


@pytest.mark.parametrize("statut", [s for s in StatutMarche if s != StatutMarche.EXECUTION])
def test_seul_un_marche_en_execution_est_attendu(statut):
    autre = engagement(statut=statut)
    assert autre not in engagements_attendus(OCTOBRE)


def test_ni_hors_des_dates_ni_archive_ni_suspendu_tout_le_mois():
    attendu = engagement()
    engagement(debut=datetime.date(2026, 11, 1), fin_prevue=datetime.date(2027, 11, 1))
    engagement(debut=datetime.date(2025, 1, 1), fin_prevue=datetime.date(2026, 9, 30))
    archive = engagement()
    Marche.objects.filter(pk=archive.lot.marche.pk).update(archive_le="2026-01-01T00:00Z")
    arret, arret_court = engagement(), engagement()
    Suspension.objects.create(marche=arret.lot.marche, du=OCTOBRE, au=datetime.date(2026, 10, 31), motif="Crue")
    Suspension.objects.create(marche=arret_court.lot.marche, du=OCTOBRE, au=datetime.date(2026, 10, 30), motif="Gel")
    sans_heures = EngagementFactory(lot=LotFactory(marche=MarcheFactory()), heures_initiales=0)
    attendus = set(engagements_attendus(OCTOBRE))
    assert {attendu, arret_court} == attendus and sans_heures not in attendus


def test_ouvrir_deux_fois_n_ouvre_qu_une_fois_et_ne_touche_pas_ce_qui_est_saisi(monde, horloge):
    horloge.move_to(datetime.datetime(2026, 10, 16, 9, tzinfo=datetime.UTC))
    avril = datetime.date(2026, 4, 1)
    avant = Declaration.objects.get(pk=monde.mois_a_valider.pk)
    ouvertes: list[Declaration] = []
    assert ouvrir_mois(avril, dire=ouvertes.extend) == len(ouvertes) > 0
    assert monde.engagement.pk not in {d.engagement_id for d in ouvertes}
    assert ouvrir_mois(avril) == 0
    apres = Declaration.objects.get(pk=avant.pk)
    assert (apres.statut, apres.modifie_le) == (avant.statut, avant.modifie_le)


def test_un_mois_s_ouvre_structure_par_structure(horloge):
    """Jamais tout le pays en mémoire : chaque structure est dite dès que ses mois sont ouverts."""
    horloge.move_to(datetime.datetime(2026, 10, 16, 9, tzinfo=datetime.UTC))
    engagements = [engagement(), engagement()]
    paquets: list[list[Declaration]] = []

    def dire(ouvertes: list[Declaration]) -> None:
        assert Declaration.objects.count() == sum(map(len, paquets)) + len(ouvertes)  # la suivante n'est pas commencée
        paquets.append(ouvertes)

    assert ouvrir_mois(SEPTEMBRE, dire=dire) == 2
    assert [[ouverte.engagement for ouverte in ouvertes] for ouvertes in paquets] == [[e] for e in engagements]


def test_saisir_les_heures_d_un_mois_attendu_le_rend_a_valider(monde, horloge):
    horloge.move_to(datetime.datetime(2026, 10, 16, 9, tzinfo=datetime.UTC))
    juillet = datetime.date(2026, 7, 1)
    ouvrir_mois(juillet)
    declaration = Declaration.objects.get(engagement=monde.engagement, mois=juillet)
    assert declaration.statut == StatutDeclaration.ATTENDUE
    saisir_heures(acteur=monde.acteur(), engagement=monde.engagement, mois=juillet, heures={monde.contrat: 35})
    declaration.refresh_from_db()
    assert declaration.statut == StatutDeclaration.A_VALIDER


def test_le_passage_du_matin_rattrape_deux_mois(horloge):
    horloge.move_to(datetime.datetime(2026, 10, 16, 9, tzinfo=datetime.UTC))
    engagement()
    assert ouvrir_les_mois_clos() == 3
    assert ouvrir_les_mois_clos() == 0
    mois = Declaration.objects.order_by("mois").values_list("mois", flat=True)
    assert list(mois) == [datetime.date(2026, 7, 1), datetime.date(2026, 8, 1), SEPTEMBRE]


def test_la_commande_est_a_blanc_par_defaut(horloge):
    horloge.move_to(datetime.datetime(2026, 11, 2, 9, tzinfo=datetime.UTC))
    attendu = engagement()

    def lancer(*options) -> str:
        sortie = StringIO()
        call_command("ouvrir_mois", "2026-10", *options, stdout=sortie)
        return sortie.getvalue()

    assert "1 déclaration à ouvrir" in lancer() and not Declaration.objects.exists()
    rapport = json.loads(lancer("--pour-de-vrai", "--format", "json"))
    assert rapport["declarations"][0]["marche"] == attendu.lot.marche.reference
    assert rapport["declarations"][0]["echeance"] == "2026-11-15"
    assert "0 déclaration ouverte" in lancer("--pour-de-vrai")
    for mois, phrase in (("octobre", "Mois illisible"), ("2027-01", "n'a pas commencé")):
        with pytest.raises(CommandError, match=phrase):
            call_command("ouvrir_mois", mois)


def test_l_echeance_se_regle(monde, client, horloge):
    horloge.move_to(datetime.datetime(2026, 10, 16, 9, tzinfo=datetime.UTC))
    client.force_login(monde.personne("responsable"))
    adresse = reverse("suivi:reglages_declaration")
    rappels = {"relances": "on", "jours_rappel": 5, "jours_second_contact": 10, "jours_acheteur": 15, "jours_tache": 20}
    assert client.post(adresse, {**rappels, "jour_echeance": "31"}).status_code == 200
    desordre = client.post(adresse, {**rappels, "jour_echeance": "5", "jours_second_contact": 3})
    assert "Chaque rappel vient après le précédent" in desordre.content.decode()
    assert client.post(adresse, {**rappels, "jour_echeance": "5"}).status_code == 302
    assert ReglagesDeclaration.objects.get().structure == monde.structure
    ouvrir_mois(SEPTEMBRE, datetime.date(2026, 10, 1))
    assert set(
        Declaration.objects.filter(engagement__lot__marche__structure=monde.structure, mois=SEPTEMBRE).values_list(
            "echeance", flat=True
        )
    ) == {datetime.date(2026, 10, 5)}


def test_un_mois_ouvert_tard_se_compte_de_son_ouverture(horloge):
    """Un marché saisi le 16 octobre : septembre n'est pas déjà en retard, et le trimestre à venir garde son échéance."""
    horloge.move_to(datetime.datetime(2026, 10, 16, 9, tzinfo=datetime.UTC))
    mensuel, trimestriel = engagement(), engagement(periodicite=Periodicite.TRIMESTRIELLE)
    ouvrir_mois(SEPTEMBRE)
    ouvrir_mois(OCTOBRE)
    dues = dict(Declaration.objects.filter(engagement=mensuel).values_list("mois", "echeance"))
    assert dues == {SEPTEMBRE: datetime.date(2026, 10, 30), OCTOBRE: datetime.date(2026, 11, 15)}
    assert Declaration.objects.get(engagement=trimestriel, mois=OCTOBRE).echeance == datetime.date(2027, 1, 15)
    assert not Declaration.objects.en_retard(LE).exists()


def test_une_structure_a_un_premier_mois(monde, client, horloge):
    horloge.move_to(datetime.datetime(2026, 10, 16, 9, tzinfo=datetime.UTC))
    Declaration.objects.all().delete()
    client.force_login(monde.personne("edition"))
    adresse = reverse("suivi:reglages_declaration")
    assert 'value="2026-10"' in client.get(adresse).content.decode()  # proposé à qui n'a encore rien réglé
    rappels = {"jours_rappel": 5, "jours_second_contact": 10, "jours_acheteur": 15, "jours_tache": 20}
    valeurs = {**rappels, "jour_echeance": 15, "premier_mois": "2026-09"}
    assert client.post(adresse, valeurs).status_code == 302
    ouvrir_les_mois_clos()
    ouverts = Declaration.objects.filter(engagement__lot__marche__structure=monde.structure)
    assert set(ouverts.values_list("mois", flat=True)) == {SEPTEMBRE}
    allumees = client.post(adresse, {**valeurs, "relances": "on"})
    assert "Seul un responsable" in allumees.content.decode() and not ReglagesDeclaration.objects.get().relances
    client.force_login(monde.personne("responsable"))
    assert client.post(adresse, {**valeurs, "relances": "on"}).status_code == 302
    assert ReglagesDeclaration.objects.get().relances
