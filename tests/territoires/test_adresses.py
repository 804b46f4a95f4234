"""Le service d'adresses, vu d'un formulaire : bon, lent, en panne, faux, saturé. La saisie passe toujours."""

import datetime
import json
import time
from io import StringIO

import pytest
import shapely
import time_machine
from django.core.cache import cache
from django.core.management import call_command
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from beneficiaires.enums import SituationAdresse, StatutQuartier
from beneficiaires.models import Domicile
from beneficiaires.services import decider_quartier, declarer_domicile, domiciles
from beneficiaires.services.domiciles import ESSAIS_MAX
from beneficiaires.tasks import situer_domiciles
from clauses_sociales.demonstration.territoire import charger_territoire_de_demonstration
from territoires.adresses import Adresse, ServiceIndisponible, chercher
from territoires.adresses.client import CLE_REPOS
from territoires.adresses.doublure import MODES, Doublure
from territoires.enums import Millesime
from territoires.geometrie import en_geojson, unir
from territoires.models import QuartierPrioritaire
from tests.fabriques.beneficiaires import BeneficiaireFactory

pytestmark = pytest.mark.django_db
AILLEURS = unir([shapely.box(2.0, 48.0, 2.01, 48.01)])
PANNES = [mode for mode in MODES if mode not in ("normal", "rien", "faux")]


@pytest.fixture
def doublure():
    with Doublure() as serveur, override_settings(ADRESSES_URL=serveur.url):
        yield serveur


@pytest.fixture
def personne(monde):
    charger_territoire_de_demonstration()
    # Le monde a déjà un contour officiel dans cette commune : ceux-ci doivent compter aussi.
    QuartierPrioritaire.objects.filter(code__startswith="DEM").update(demonstration=False)
    return BeneficiaireFactory(structure=monde.structure)


def habiter(monde, personne, adresse: str, **reste) -> Domicile:
    return declarer_domicile(acteur=monde.acteur(), beneficiaire=personne, adresse=adresse, **reste)


def statuts(domicile: Domicile) -> dict[int, str]:
    return dict(domicile.rattachements.values_list("millesime", "statut"))


def test_la_reponse_se_lit_et_se_garde(doublure):
    (adresse,) = chercher("12 rue des Tanneurs Cherbourg", limite=1)
    assert (adresse.libelle, adresse.code_insee) == ("12 Rue des Tanneurs 50100 Cherbourg-en-Cotentin", "50129")
    assert (adresse.latitude, adresse.longitude, adresse.score) == (49.6225, -1.6440, 1.0)
    chercher("12  Rue des TANNEURS Cherbourg", limite=1)
    assert doublure.demandes == 1, "la même question ne se pose pas deux fois"


@pytest.mark.parametrize("mode", PANNES)
def test_une_panne_se_dit_vite_et_laisse_le_service_en_paix(doublure, mode):
    doublure.mode = mode
    debut = time.monotonic()
    with pytest.raises(ServiceIndisponible):
        chercher("12 rue des Tanneurs")
    assert time.monotonic() - debut < 4
    doublure.mode, demandes = "normal", doublure.demandes
    with pytest.raises(ServiceIndisponible):
        chercher("12 rue des Tanneurs")
    assert doublure.demandes == demandes
    cache.delete(CLE_REPOS)
    assert chercher("12 rue des Tanneurs")


@pytest.mark.parametrize("mode", PANNES)
def test_en_panne_le_formulaire_enregistre_et_un_travail_reessaie(monde, connecte, doublure, personne, mode):
    doublure.mode = mode
    saisie = {"adresse": "12 rue des Tanneurs", "code_postal": "50100"}
    reponse = connecte("edition").post(reverse("beneficiaires:domicile", args=[personne.uuid]), saisie)
    assert reponse.status_code == 302
    domicile = personne.domiciles.get()
    assert (domicile.adresse, domicile.situation) == ("12 rue des Tanneurs", SituationAdresse.A_SITUER)
    assert set(statuts(domicile).values()) == {StatutQuartier.A_VERIFIER}
    assert "À vérifier" in connecte("edition").get(personne.get_absolute_url()).content.decode()
    assert situer_domiciles() == 0, "l'essai n'est pas encore dû"
    doublure.mode = "normal"
    cache.delete(CLE_REPOS)
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=11)):
        assert situer_domiciles() == 1
        assert situer_domiciles() == 0
    domicile.refresh_from_db()
    assert domicile.situation == SituationAdresse.BAN
    assert set(statuts(domicile).values()) == {StatutQuartier.OUI}


def test_un_service_muet_finit_par_se_dire_inconnu(monde, doublure, personne):
    doublure.mode = "panne"
    domicile = habiter(monde, personne, "12 rue des Tanneurs")
    maintenant = timezone.now()
    for essai in range(1, ESSAIS_MAX + 2):
        cache.delete(CLE_REPOS)
        with time_machine.travel(maintenant + datetime.timedelta(days=2 * essai)):
            situer_domiciles()
    domicile.refresh_from_db()
    assert (domicile.situation, domicile.essais) == (SituationAdresse.INCONNUE, ESSAIS_MAX)


@pytest.mark.parametrize("mode", ["rien", "faux"])
def test_une_adresse_inconnue_ou_absurde_est_a_verifier(monde, doublure, personne, mode):
    doublure.mode = mode
    domicile = habiter(monde, personne, "12 rue des Tanneurs")
    assert domicile.situation == SituationAdresse.INCONNUE and domicile.latitude is None
    assert set(statuts(domicile).values()) == {StatutQuartier.A_VERIFIER}


def test_la_commune_et_le_code_postal_se_remplissent(monde, doublure, personne):
    domicile = habiter(monde, personne, "3 rue des Halles Valognes")
    assert (domicile.commune.nom, domicile.code_postal) == ("Valognes", "50700")
    assert set(statuts(domicile).values()) == {StatutQuartier.NON}


def test_19_un_score_faible_ou_un_bord_proche_est_a_verifier(monde, doublure, personne):
    sure = habiter(monde, personne, "12 rue des Tanneurs")
    assert set(statuts(sure).values()) == {StatutQuartier.OUI}
    douteuse = habiter(monde, personne, "tanneurs pres du vieux lavoir bleu", depuis=datetime.date(2026, 2, 1))
    assert douteuse.score < 0.5
    assert set(statuts(douteuse).values()) == {StatutQuartier.A_VERIFIER}
    au_bord = habiter(monde, personne, "4 rue du Bord", depuis=datetime.date(2026, 3, 1))
    lu = au_bord.rattachements.get(millesime=Millesime.GEOGRAPHIE_2024)
    assert au_bord.score >= 0.5 and lu.distance_m < 50
    assert lu.statut == StatutQuartier.A_VERIFIER


@pytest.mark.parametrize(("score", "statut"), [(0.45, StatutQuartier.A_VERIFIER), (0.5, StatutQuartier.OUI)])
def test_19_le_score_0_45_est_a_verifier(monde, personne, score, statut, monkeypatch):
    trouvee = Adresse("12 Rue des Tanneurs", "", "50100", "50129", "Cherbourg", 49.6225, -1.6440, score)
    monkeypatch.setattr(domiciles, "chercher", lambda *args, **options: [trouvee])
    domicile = habiter(monde, personne, "12 rue des Tanneurs")
    assert set(statuts(domicile).values()) == {statut}


def test_19_la_decision_est_signee_datee_et_reste(monde, doublure, personne):
    domicile = habiter(monde, personne, "4 rue du Bord")
    quartier = QuartierPrioritaire.objects.get(code="DEM24-01")
    decide = decider_quartier(acteur=monde.acteur("edition"), domicile=domicile, millesime=2024, quartier=quartier)
    assert (decide.statut, decide.verifie_par) == (StatutQuartier.OUI, monde.personne("edition"))
    assert decide.verifie_le.date() == timezone.now().date()
    habiter(monde, personne, "4 rue du Bord")
    assert statuts(domicile)[2024] == StatutQuartier.OUI


def test_les_suggestions_se_taisent_en_panne(connecte, doublure):
    adresse = reverse("territoires:adresses_suggestions")
    client = connecte("prescripteur")
    assert "12 Rue des Tanneurs" in client.get(adresse, {"q": "12 rue des tann tanneurs"}).content.decode()
    doublure.mode = "panne"
    reponse = client.get(adresse, {"q": "3 rue des halles"})
    assert reponse.status_code == 200 and "<option" not in reponse.content.decode()


def test_un_nouveau_contour_reclasse_les_domiciles_et_respecte_les_decisions(monde, doublure, personne):
    domicile = habiter(monde, personne, "12 rue des Tanneurs")
    decide = habiter(monde, BeneficiaireFactory(structure=monde.structure), "12 rue des Tanneurs")
    decider_quartier(acteur=monde.acteur(), domicile=decide, millesime=2024, quartier=None)
    QuartierPrioritaire.objects.get(code="DEM24-01").communes.clear()
    QuartierPrioritaire.objects.filter(code="DEM24-01").update(
        geometrie=en_geojson(AILLEURS), modifie_le=timezone.now()
    )
    sortie = StringIO()
    call_command("reclasser_domiciles", "--millesime", "2024", stdout=sortie)
    assert json.loads(sortie.getvalue())["changes"] >= 1
    assert statuts(domicile) == {2015: StatutQuartier.OUI, 2024: StatutQuartier.NON}
    assert statuts(decide)[2024] == StatutQuartier.NON
    assert decide.rattachements.get(millesime=2024).verifie_par == monde.personne("responsable")
    call_command("reclasser_domiciles", stdout=(encore := StringIO()))
    assert json.loads(encore.getvalue())["changes"] == 0
