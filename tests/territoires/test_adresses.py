"""Le service d'adresses, vu d'un formulaire : bon, lent, en panne, faux, saturé. La saisie passe toujours."""

import datetime
import json
from io import StringIO

import pytest
import shapely
import time_machine
from django.core.cache import cache
from django.core.management import call_command
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from beneficiaires.enums import OrigineRattachement, SituationAdresse, StatutQuartier
from beneficiaires.models import Domicile, RattachementQuartier
from beneficiaires.services import decider_quartier, declarer_domicile, domiciles
from beneficiaires.services.domiciles import ESSAIS_MAX
from beneficiaires.tasks import situer_domiciles
from clauses_sociales.demonstration.territoire import charger_territoire_de_demonstration
from socle.regles import RegleViolee
from territoires.adresses import Adresse, ServiceIndisponible, chercher, client
from territoires.adresses.client import CLE_REPOS, cle_de_cache
from territoires.adresses.doublure import MODES, Doublure
from territoires.enums import Millesime
from territoires.geometrie import en_geojson, unir
from territoires.models import AutreNom, Commune, QuartierPrioritaire
from tests.fabriques.beneficiaires import BeneficiaireFactory
from tests.fabriques.territoires import CommuneFactory, QuartierFactory

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
    Commune.objects.filter(code_insee="50129").update(autres_codes=" 50602 ")
    AutreNom.objects.get_or_create(
        commune=Commune.objects.get(code_insee="50129"),
        code_insee="50602",
        nom="Tourlaville",
        nom_compact="tourlaville",
    )
    return BeneficiaireFactory(structure=monde.structure)


def habiter(monde, personne, adresse: str, **reste) -> Domicile:
    return declarer_domicile(acteur=monde.acteur(), beneficiaire=personne, adresse=adresse, **reste)


def statuts(domicile: Domicile) -> dict[int, str]:
    return dict(domicile.rattachements.values_list("millesime", "statut"))


def test_la_reponse_se_lit_et_se_garde(doublure):
    (adresse,) = chercher("12 rue des Tanneurs Cherbourg", limite=1)
    assert (adresse.libelle, adresse.code_insee) == ("12 Rue des Tanneurs 50100 Cherbourg-en-Cotentin", "50129")
    assert (adresse.latitude, adresse.longitude, adresse.score) == (49.6225, -1.6440, 1.0)
    assert adresse.est_precise
    chercher("12  Rue des TANNEURS Cherbourg", limite=1)
    assert doublure.demandes == 1, "la même question ne se pose pas deux fois"


def test_deux_longues_adresses_ont_deux_cles_et_aucune_ne_se_lit_dans_le_cache():
    longue = "résidence étudiante « les jardins de la mer », bâtiment B, escalier 3, appartement 214, chez Monsieur "
    cles = {
        cle_de_cache(f"{longue}12 rue de la République {commune}", limite=1, completion=False)
        for commune in ("Valognes", "Cherbourg")
    }
    assert len(cles) == 2
    assert not any(mot in cle for cle in cles for mot in ("residence", "monsieur", "republique"))


@pytest.mark.parametrize("mode", PANNES)
def test_une_panne_se_dit_sans_attendre_et_laisse_le_service_en_paix(doublure, mode, monkeypatch):
    """Lente ou goutte à goutte, la doublure finit par bien répondre : qui l'attendrait lirait sa réponse."""
    monkeypatch.setattr(client, "DELAI_SECONDES", 0.5)
    doublure.mode = mode
    with pytest.raises(ServiceIndisponible):
        chercher("12 rue des Tanneurs")
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
    sure = habiter(monde, personne, "12 rue des Tanneurs 50100")
    assert set(statuts(sure).values()) == {StatutQuartier.OUI}
    douteuse = habiter(
        monde,
        personne,
        "12 tanneurs pres du vieux lavoir bleu du bas de la cote 50100",
        depuis=datetime.date(2026, 2, 1),
    )
    assert douteuse.score < 0.5
    assert set(statuts(douteuse).values()) == {StatutQuartier.A_VERIFIER}
    au_bord = habiter(monde, personne, "4 rue du Bord 50100", depuis=datetime.date(2026, 3, 1))
    lu = au_bord.rattachements.get(millesime=Millesime.GEOGRAPHIE_2024)
    assert au_bord.score >= 0.5 and lu.distance_m < 50
    assert lu.statut == StatutQuartier.A_VERIFIER


@pytest.mark.parametrize(("score", "statut"), [(0.45, StatutQuartier.A_VERIFIER), (0.5, StatutQuartier.OUI)])
def test_19_le_score_0_45_est_a_verifier(monde, personne, score, statut, monkeypatch):
    trouvee = Adresse("12 Rue des Tanneurs", "", "50100", "50129", "Cherbourg", 49.6225, -1.6440, score, "housenumber")
    monkeypatch.setattr(domiciles, "chercher", lambda *args, **options: [trouvee])
    domicile = habiter(monde, personne, "12 rue des Tanneurs", code_postal="50100")
    assert set(statuts(domicile).values()) == {statut}


@pytest.mark.parametrize(
    ("saisie", "code_trouve", "precision", "situation", "motif"),
    [
        ({"code_postal": "50100"}, "50129", "street", SituationAdresse.BAN, ""),
        ({"commune": "50129"}, "50602", "housenumber", SituationAdresse.BAN, ""),  # le code de Tourlaville
        ({"adresse": "12 rue des Tanneurs, Tourlaville"}, "50129", "housenumber", SituationAdresse.BAN, ""),
        ({"commune": "50129"}, "50615", "housenumber", SituationAdresse.AILLEURS, "Trouvée dans une autre commune"),
        ({"code_postal": "50700"}, "50129", "housenumber", SituationAdresse.AILLEURS, "Trouvée dans une autre commune"),
        ({}, "50129", "housenumber", SituationAdresse.SANS_COMMUNE, "sans que la commune soit dite"),
        ({"code_postal": "50100"}, "50129", "municipality", SituationAdresse.IMPRECISE, "sans le numéro ni la rue"),
        ({"code_postal": "50100"}, "50129", "", SituationAdresse.IMPRECISE, "sans le numéro ni la rue"),
    ],
)
def test_seule_une_reponse_precise_dans_la_commune_demandee_dit_oui(
    monde, connecte, personne, monkeypatch, saisie, code_trouve, precision, situation, motif
):
    """La réponse tombe en plein quartier prioritaire : sans commune demandée ni rue, elle ne fait pas dire « oui »."""
    trouvee = Adresse("x", "Rue des Lilas", "69001", code_trouve, "x", 49.6225, -1.6440, 0.62, precision)
    monkeypatch.setattr(domiciles, "chercher", lambda *args, **options: [trouvee])
    reponse = connecte("edition").post(
        reverse("beneficiaires:domicile", args=[personne.uuid]), {"adresse": "12 rue des Lilas", **saisie}
    )
    assert reponse.status_code == 302
    domicile = personne.domiciles.get()
    attendu = StatutQuartier.A_VERIFIER if motif else StatutQuartier.OUI
    assert (domicile.situation, set(statuts(domicile).values())) == (situation, {attendu})
    page = connecte("edition").get(personne.get_absolute_url()).content.decode()
    assert motif in page and (not motif or "D'après les coordonnées" not in page.replace("&#x27;", "'"))
    avant = list(domicile.rattachements.values_list("millesime", "statut", "quartier", "motif"))
    call_command("reclasser_domiciles", stdout=StringIO())
    assert list(domicile.rattachements.values_list("millesime", "statut", "quartier", "motif")) == avant


def test_loin_de_tout_contour_charge_on_ne_dit_pas_non(monde, personne):
    paris = {"latitude": 48.8589, "longitude": 2.3470}
    domicile = habiter(monde, personne, "1 rue de Paris", **paris)
    assert set(statuts(domicile).values()) == {StatutQuartier.A_VERIFIER}
    assert "ne sont sans doute pas chargés" in domicile.rattachements.first().explication
    QuartierPrioritaire.objects.filter(code="DEM24-01").first().communes.add(
        commune := CommuneFactory(code_departement="75", nom="Paris")
    )
    call_command("reclasser_domiciles", "--millesime", "2024", stdout=StringIO())
    assert statuts(domicile)[2024] == StatutQuartier.A_VERIFIER, "le domicile ne dit pas sa commune"
    domicile.commune = commune
    domicile.save()
    call_command("reclasser_domiciles", "--millesime", "2024", stdout=StringIO())
    assert statuts(domicile) == {2015: StatutQuartier.A_VERIFIER, 2024: StatutQuartier.NON}


def test_sans_aucun_contour_la_fiche_dit_pourquoi(monde, connecte):
    RattachementQuartier.objects.all().delete()
    QuartierPrioritaire.objects.all().delete()
    personne = BeneficiaireFactory(structure=monde.structure)
    habiter(monde, personne, "Quai", latitude=49.62, longitude=-1.64)
    page = connecte("edition").get(personne.get_absolute_url()).content.decode()
    assert "À vérifier" in page and "Aucun contour de quartier" in page


def test_19_la_decision_est_signee_datee_et_reste(monde, doublure, personne):
    domicile = habiter(monde, personne, "4 rue du Bord")
    quartier = QuartierPrioritaire.objects.get(code="DEM24-01")
    decide = decider_quartier(acteur=monde.acteur("edition"), domicile=domicile, millesime=2024, quartier=quartier)
    assert (decide.statut, decide.verifie_par) == (StatutQuartier.OUI, monde.personne("edition"))
    assert decide.verifie_le.date() == timezone.now().date()
    habiter(monde, personne, "4 rue du Bord")
    assert statuts(domicile)[2024] == StatutQuartier.OUI


def test_on_ne_decide_que_d_un_quartier_de_son_territoire_et_de_ce_millesime(monde):
    ailleurs = QuartierFactory(code="QN01399X", communes=[CommuneFactory()])
    ancien = QuartierFactory(code="QP05009X", millesime=2015, communes=[monde.referentiel.ville])
    for quartier, motif in ((ailleurs, "territoire"), (ancien, "millésime")):
        with pytest.raises(RegleViolee, match=motif):
            decider_quartier(acteur=monde.acteur(), domicile=monde.domicile, millesime=2024, quartier=quartier)
    assert not RattachementQuartier.objects.filter(
        domicile=monde.domicile, origine=OrigineRattachement.DECISION
    ).exists()


def test_les_suggestions_se_taisent_en_panne(connecte, doublure):
    adresse = reverse("territoires:adresses_suggestions") + "?champ=lieu"
    client = connecte("prescripteur")
    assert "12 Rue des Tanneurs" in client.htmx(adresse, {"lieu": "12 rue tanneurs"}, methode="post").content.decode()
    doublure.mode = "panne"
    reponse = client.htmx(adresse, {"lieu": "3 rue des halles"}, methode="post")
    assert reponse.status_code == 200 and "<option" not in reponse.content.decode()


def test_un_nouveau_contour_reclasse_les_domiciles_et_respecte_les_decisions(monde, doublure, personne):
    domicile = habiter(monde, personne, "12 rue des Tanneurs 50100")
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
