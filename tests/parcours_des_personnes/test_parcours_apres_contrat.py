"""Ce que deviennent les personnes : points dus, demandés, relancés, injoignables ; le taux de sorties dynamiques."""

import datetime
import re
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from comptes.enums import Role
from parcours.enums import FamilleSortie, Situation, StatutPoint, Terme
from parcours.models import PointSuivi, ReglagesParcours
from parcours.services import demander_situations, preparer_points, repondre_point
from parcours.sorties import FAMILLES, compter_sorties
from parcours.tasks import suivre_les_parcours
from recrutement.models import Contrat
from socle.models import Courriel
from tests.fabriques.beneficiaires import BeneficiaireFactory
from tests.fabriques.parcours import PointSuiviFactory
from tests.fabriques.recrutement import ContratFactory

pytestmark = pytest.mark.django_db
JOUR = datetime.date


def test_24_quarante_sorties_vingt_six_dynamiques():
    situations = (
        [Situation.CDI] * 7
        + [Situation.CDD_LONG] * 5
        + [Situation.CDD_COURT] * 8
        + [Situation.FORMATION] * 4
        + [Situation.AUTRE_SIAE] * 2
        + [Situation.RECHERCHE] * 10
        + [Situation.NEUTRALISEE] * 4
    )
    sorties = compter_sorties(situations, injoignables=9)
    assert (sorties.connues, sorties.dynamiques, sorties.comptees) == (40, 26, 36)
    assert round(sorties.taux_dynamique, 1) == Decimal("72.2")
    assert sorties.par_famille[FamilleSortie.DURABLE] == 12


def test_chaque_situation_a_sa_famille_et_rien_n_a_de_taux():
    assert set(FAMILLES) == set(Situation.values)
    assert compter_sorties([Situation.NEUTRALISEE]).taux_dynamique is None


@pytest.fixture
def contrat(monde):
    personne = BeneficiaireFactory(
        structure=monde.structure,
        prescripteur=monde.organisations[Role.PRESCRIPTEUR],
        referent_courriel="referente@mission.example",
    )
    PointSuivi.objects.all().delete()
    Contrat.objects.update(archive_le=timezone.now())  # les autres contrats du monde ont fini aussi
    return ContratFactory(
        engagement=monde.engagement, beneficiaire=personne, debut=JOUR(2026, 1, 5), fin_prevue=JOUR(2026, 8, 31)
    )


def points(contrat) -> dict[int, PointSuivi]:
    return {point.terme: point for point in contrat.points_suivi.all()}


def recus(destinataire: str = "referente@mission.example") -> list[str]:
    return list(Courriel.objects.filter(destinataire=destinataire).order_by("pk").values_list("sujet", flat=True))


def test_les_points_naissent_a_la_fin_du_contrat_et_une_fois(contrat):
    assert preparer_points(JOUR(2026, 8, 30)) == 0
    preparer_points(JOUR(2026, 9, 1))
    assert {t: p.du_le for t, p in points(contrat).items()} == {
        3: JOUR(2026, 11, 30),
        6: JOUR(2027, 2, 28),
        12: JOUR(2027, 8, 31),
    }
    preparer_points(JOUR(2026, 9, 2))
    assert contrat.points_suivi.count() == 3


def test_une_fin_avancee_recale_les_points_sans_reponse(contrat):
    preparer_points(JOUR(2026, 9, 1))
    contrat.fin_reelle = JOUR(2026, 6, 15)
    contrat.save()
    preparer_points(JOUR(2026, 9, 2))
    assert points(contrat)[Terme.TROIS].du_le == JOUR(2026, 9, 15)


def test_la_question_des_3_mois_part_le_jour_dit(contrat):
    preparer_points(JOUR(2026, 9, 1))
    assert demander_situations(JOUR(2026, 11, 29)) == 0 and recus() == []
    assert demander_situations(JOUR(2026, 11, 30)) == 1
    assert demander_situations(JOUR(2026, 11, 30)) == 0, "deux passages le même jour ne demandent qu'une fois"
    assert recus() == [f"Où en est {contrat.beneficiaire.initiales}, 3 mois après son contrat ?"]
    assert contrat.beneficiaire.nom not in Courriel.objects.latest("pk").corps


def test_injoignable_apres_trois_essais(contrat):
    preparer_points(JOUR(2026, 9, 1))
    for jour in range(0, 61, 5):
        demander_situations(JOUR(2026, 11, 30) + datetime.timedelta(days=jour))
    point = points(contrat)[Terme.TROIS]
    assert (point.statut, point.essais) == (StatutPoint.INJOIGNABLE, 3)
    assert len(recus()) == 3


def test_le_facilitateur_peut_se_reserver_la_question(monde, contrat):
    ReglagesParcours.objects.create(structure=monde.structure, qui_demande="facilitateur")
    preparer_points(JOUR(2026, 9, 1))
    assert demander_situations(JOUR(2026, 11, 30)) == 1
    assert recus() == []
    assert PointSuivi.objects.visibles_par(monde.acteur()).attendus(JOUR(2026, 11, 30)).count() == 1


def test_sans_referent_connu_les_membres_du_prescripteur_sont_prevenus(monde, contrat):
    contrat.beneficiaire.referent_courriel = ""
    contrat.beneficiaire.save()
    preparer_points(JOUR(2026, 9, 1))
    demander_situations(JOUR(2026, 11, 30))
    assert recus(monde.personne("prescripteur").email) != []


def test_le_referent_repond_par_lien_signe_sans_compte(client, contrat):
    with time_machine.travel(datetime.datetime(2026, 11, 30, 9, tzinfo=datetime.UTC)):
        suivre_les_parcours()
        corps = Courriel.objects.get(destinataire="referente@mission.example").corps
        adresse = re.search(r"https?://[^/]+(/lien/\S+)", corps)[1]
        assert contrat.beneficiaire.nom not in client.get(adresse).content.decode()
        page = client.post(adresse).url
        assert "Ce champ est obligatoire" in client.post(page, {}).content.decode()
        assert client.post(page, {"situation": "cdi", "precision": "Chez le même employeur"}).status_code == 302
    point = points(contrat)[Terme.TROIS]
    assert (point.statut, point.situation) == (StatutPoint.REPONDU, Situation.CDI)


def test_une_reponse_tardive_vaut_mieux_qu_injoignable(monde, contrat):
    point = PointSuiviFactory(contrat=contrat, statut=StatutPoint.INJOIGNABLE)
    repondre_point(acteur=monde.acteur("prescripteur"), point=point, situation=Situation.FORMATION)
    point.refresh_from_db()
    assert point.statut == StatutPoint.REPONDU


def test_la_synthese_du_marche_compte_chaque_personne_une_fois(monde, connecte, contrat):
    for terme, situation in ((3, Situation.RECHERCHE), (6, Situation.CDI)):
        PointSuiviFactory(
            contrat=contrat,
            terme=terme,
            du_le=JOUR(2026, 8 + terme // 3, 1),
            statut=StatutPoint.REPONDU,
            situation=situation,
        )
    page = connecte("edition").get(monde.marche.get_absolute_url()).content.decode()
    assert "100" in page and "1 sur 1" in page
    assert contrat.beneficiaire.nom not in page


def test_un_prescripteur_repond_depuis_son_espace(monde, connecte, contrat):
    point = PointSuiviFactory(contrat=contrat)
    client = connecte("prescripteur")
    accueil = client.get(reverse("recrutement:espace_prescripteur")).content.decode()
    adresse = reverse("suivi:point_referent", args=[point.uuid])
    assert adresse in accueil
    assert client.post(adresse, {"situation": "cdd_court"}).status_code == 302
    assert adresse not in client.get(reverse("recrutement:espace_prescripteur")).content.decode()


def test_l_acheteur_ne_lit_aucun_petit_effectif(monde, connecte):
    def arrivent(situation: Situation, combien: int) -> None:
        for _ in range(combien):
            contrat = ContratFactory(
                engagement=monde.engagement, beneficiaire=BeneficiaireFactory(structure=monde.structure)
            )
            PointSuiviFactory(contrat=contrat, statut=StatutPoint.REPONDU, situation=situation)

    def panneau(qui: str) -> str:
        page = connecte(qui).get(monde.marche.get_absolute_url()).content.decode()
        return page.split("Ce que deviennent les personnes")[1].split("</section>")[0]

    PointSuivi.objects.all().delete()
    arrivent(Situation.CDI, 2)
    assert "Moins de 5 personnes" in panneau("maitre_ouvrage") and "<dd>" not in panneau("maitre_ouvrage")
    assert "2 sur 2" in panneau("edition") and "<dd>2</dd>" in panneau("edition")  # la structure les suit
    arrivent(Situation.RECHERCHE, 6)
    cache = panneau("maitre_ouvrage")  # 6 et 8 en tout diraient les deux autres
    assert "trop petits" in cache and "<dd>" not in cache and "sorties dynamiques" not in cache
    arrivent(Situation.CDI, 3)
    assert "5 sur 11" in panneau("maitre_ouvrage") and "<dd>6</dd>" in panneau("maitre_ouvrage")
