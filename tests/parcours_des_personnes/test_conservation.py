"""Histoire 25 : prévenir, anonymiser, garder les heures."""

import datetime
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from beneficiaires.models import Beneficiaire
from declarations.models import LigneHeures
from parcours.enums import StatutPoint
from parcours.services.conservation import appliquer_la_conservation, echeances
from recrutement.models import Candidature, Contrat
from reporting.calcul import indicateurs
from reporting.lecture.lignes import charger
from socle.models import Courriel, EntreeJournal
from socle.periodes import Periode
from tests.fabriques.beneficiaires import (
    BeneficiaireFactory,
    CritereFactory,
    DomicileFactory,
    NoteParcoursFactory,
    RattachementFactory,
)
from tests.fabriques.comptes import AdhesionFactory
from tests.fabriques.declarations import DeclarationFactory
from tests.fabriques.marches import EngagementFactory
from tests.fabriques.parcours import PointSuiviFactory, QuestionnaireFactory
from tests.fabriques.recrutement import CandidatureFactory, ContratFactory, OffreFactory

pytestmark = pytest.mark.django_db
JOUR = datetime.date
LE_9_AU_SOIR = datetime.datetime(2025, 3, 9, 23, 30, tzinfo=datetime.UTC)  # le 10, à Paris


@pytest.fixture
def dossier() -> Beneficiaire:
    """Dernier contact le 30/11/2024 : la fin de son contrat, après 310 heures."""
    engagement = EngagementFactory(lot__marche__debut=JOUR(2024, 1, 1), lot__marche__fin_prevue=JOUR(2025, 12, 31))
    structure = engagement.lot.marche.structure
    AdhesionFactory(organisation=structure, role="responsable", utilisateur__email="chef@mde.example")
    personne = BeneficiaireFactory(
        structure=structure, nom="Duvivier", prenom="Margaux", telephone="06 11 22 33 44", notes="Rappeler le soir"
    )
    contrat = ContratFactory(
        engagement=engagement, beneficiaire=personne, debut=JOUR(2024, 8, 1), fin_prevue=JOUR(2024, 11, 30)
    )
    for mois, heures in ((9, "150"), (10, "160")):
        DeclarationFactory(engagement=engagement, mois=JOUR(2024, mois, 1), validee=True, lignes={contrat: heures})
    CritereFactory(beneficiaire=personne, depuis=JOUR(2024, 1, 15), piece_vue_le=JOUR(2024, 7, 1))
    RattachementFactory(
        domicile=DomicileFactory(beneficiaire=personne, adresse="8 rue Cachée", latitude=49.63817, longitude=-1.6)
    )
    Beneficiaire.objects.update(cree_le=datetime.datetime(2024, 7, 1, tzinfo=datetime.UTC))
    return personne


def tout_ce_qui_est_ecrit(structure) -> str:
    """Chaque texte que la base garde encore de cette structure."""
    textes = []
    for modele in (Beneficiaire, Candidature, Contrat, EntreeJournal, Courriel):
        for ligne in modele.objects.all():
            textes += [str(getattr(ligne, champ.attname)) for champ in ligne._meta.concrete_fields]
    for personne in Beneficiaire.objects.filter(structure=structure):
        for relation in (personne.domiciles, personne.criteres, personne.notes_parcours):
            textes += [str(vars(ligne)) for ligne in relation.all()]
    return " ".join(textes)


def test_25_les_dates(dossier):
    (echeance,) = echeances(dossier.structure)
    assert (echeance.dernier_contact, echeance.annonce_le, echeance.terme) == (
        JOUR(2024, 11, 30),
        JOUR(2026, 10, 31),
        JOUR(2026, 11, 30),
    )


def test_25_le_jour_de_l_import_ne_compte_pas(dossier):
    """Un vieux dossier repris aujourd'hui garde le terme que lui donne son dernier contrat."""
    Beneficiaire.objects.update(cree_le=timezone.now())
    (echeance,) = echeances(dossier.structure)
    assert (echeance.dernier_contact, echeance.terme) == (JOUR(2024, 11, 30), JOUR(2026, 11, 30))


def test_un_dossier_sans_aucun_fait_date_compte_du_jour_de_son_ouverture(dossier):
    neuf = BeneficiaireFactory(structure=dossier.structure)
    Beneficiaire.objects.filter(pk=neuf.pk).update(cree_le=LE_9_AU_SOIR)
    termes = {echeance.dossier: echeance.dernier_contact for echeance in echeances(dossier.structure)}
    assert termes[neuf.pk] == JOUR(2025, 3, 10)


CONTACTS = {
    "note": lambda contrat: NoteParcoursFactory(beneficiaire=contrat.beneficiaire, jour=JOUR(2025, 3, 10)),
    "pièce": lambda contrat: contrat.beneficiaire.criteres.update(piece_vue_le=JOUR(2025, 3, 10)),
    "candidature": lambda contrat: Candidature.objects.filter(
        pk=CandidatureFactory(offre=OffreFactory(engagement=contrat.engagement), beneficiaire=contrat.beneficiaire).pk
    ).update(cree_le=LE_9_AU_SOIR),
    "nouvelle": lambda contrat: PointSuiviFactory(
        contrat=contrat, du_le=JOUR(2025, 2, 28), statut=StatutPoint.INJOIGNABLE, repondu_le=LE_9_AU_SOIR
    ),
    "avis": lambda contrat: QuestionnaireFactory(contrat=contrat, repondu_le=LE_9_AU_SOIR),
    "avenant": lambda contrat: Contrat.objects.filter(pk=contrat.pk).update(fin_reelle=JOUR(2025, 3, 10)),
    "heures": lambda contrat: DeclarationFactory(
        engagement=contrat.engagement, mois=JOUR(2025, 3, 1), validee=True, lignes={contrat: "10"}
    ),
}


@pytest.mark.parametrize("fait", CONTACTS)
def test_25_chaque_fait_repousse_le_terme(dossier, fait):
    """Compté au jour de Paris ; des heures, au dernier jour de leur mois."""
    CONTACTS[fait](dossier.contrats.get())
    (echeance,) = echeances(dossier.structure)
    assert echeance.dernier_contact == JOUR(2025, 3, 31 if fait == "heures" else 10)


def test_25_prevenue_le_31_octobre_anonymisee_le_30_novembre(dossier):
    structure = dossier.structure
    avant = charger(structure, Periode.annee(2024))
    assert appliquer_la_conservation(structure, JOUR(2026, 10, 30)) == (0, 0)
    assert appliquer_la_conservation(structure, JOUR(2026, 10, 31)) == (1, 0)
    assert appliquer_la_conservation(structure, JOUR(2026, 10, 31)) == (0, 0)
    courriel = Courriel.objects.get(destinataire="chef@mde.example")
    assert "30 novembre 2026" in courriel.corps and "Duvivier" not in courriel.corps
    assert appliquer_la_conservation(structure, JOUR(2026, 11, 29)) == (0, 0)
    assert appliquer_la_conservation(structure, JOUR(2026, 11, 30)) == (0, 1)
    assert appliquer_la_conservation(structure, JOUR(2026, 12, 1)) == (0, 0)
    ecrit = tout_ce_qui_est_ecrit(structure)
    for trace in ("Duvivier", "duvivier", "Margaux", "06 11 22", "Rappeler", "rue Cachée", "49.63817"):
        assert trace not in ecrit
    dossier.refresh_from_db()
    assert (dossier.nom_complet, dossier.date_naissance) == (
        "Personne anonymisée",
        JOUR(1998, 8, 1),
    )  # 26 à 29 ans à son contrat, et rien de plus
    assert dossier.criteres.get().piece_vue_le is None
    apres = charger(structure, Periode.annee(2024))
    assert LigneHeures.objects.filter(contrat__beneficiaire=dossier).total() == Decimal(310)
    for indicateur in (indicateurs.heures_realisees, indicateurs.beneficiaires, indicateurs.beneficiaires_rsa):
        assert indicateur(avant).valeur == indicateur(apres).valeur
    assert indicateurs.heures_realisees(apres).valeur == Decimal(310)


def test_un_contact_apres_l_annonce_repousse_le_terme(dossier):
    structure = dossier.structure
    appliquer_la_conservation(structure, JOUR(2026, 10, 31))
    NoteParcoursFactory(beneficiaire=dossier, jour=JOUR(2026, 11, 10))
    assert appliquer_la_conservation(structure, JOUR(2026, 11, 30)) == (0, 0)
    dossier.refresh_from_db()
    assert dossier.nom == "Duvivier" and dossier.fin_annoncee_le is None


def test_sans_annonce_rien_ne_s_efface(dossier):
    """Le travail arrêté deux ans annonce d'abord : trente jours restent toujours."""
    assert appliquer_la_conservation(dossier.structure, JOUR(2028, 1, 1)) == (1, 0)
    assert appliquer_la_conservation(dossier.structure, JOUR(2028, 1, 30)) == (0, 0)
    assert appliquer_la_conservation(dossier.structure, JOUR(2028, 1, 31)) == (0, 1)


def test_les_textes_des_candidatures_et_des_points_partent_aussi(dossier):
    offre = OffreFactory(engagement=dossier.contrats.get().engagement)
    candidature = CandidatureFactory(offre=offre, beneficiaire=dossier, avis="Margaux est ponctuelle", precision="x")
    point = PointSuiviFactory(contrat=dossier.contrats.get(), precision="Chez Margaux", du_le=JOUR(2025, 2, 28))
    Candidature.objects.update(cree_le=datetime.datetime(2024, 8, 1, tzinfo=datetime.UTC))
    appliquer_la_conservation(dossier.structure, JOUR(2026, 10, 31))
    appliquer_la_conservation(dossier.structure, JOUR(2026, 11, 30))
    candidature.refresh_from_db()
    point.refresh_from_db()
    assert (candidature.avis, point.precision) == ("", "")


def test_25_un_numero_a_15_chiffres_dans_une_note_est_refuse(monde, connecte):
    adresse = reverse("beneficiaires:note", args=[monde.beneficiaire.uuid])
    for numero in ("255081416802538", "2 55 08 14 168 025 38", "2550814168025"):
        saisie = {"genre": "echange", "jour": "2026-11-01", "texte": f"Son numéro : {numero}"}
        page = connecte("edition").post(adresse, saisie)
        assert page.status_code == 200 and "sécurité sociale" in page.content.decode()
        assert numero in page.content.decode(), "ce qui est tapé reste"
    assert not monde.beneficiaire.notes_parcours.filter(texte__contains="numéro").exists()


def test_un_dossier_anonymise_se_lit_sans_casser(dossier, client):
    appliquer_la_conservation(dossier.structure, JOUR(2026, 10, 31))
    appliquer_la_conservation(dossier.structure, JOUR(2026, 11, 30))
    with time_machine.travel(timezone.now()):
        client.force_login(dossier.structure.adhesions.get().utilisateur)
        page = client.get(dossier.get_absolute_url())
    assert page.status_code == 200 and "Personne anonymisée" in page.content.decode()
