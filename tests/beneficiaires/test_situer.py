"""Situer une adresse : ce que la réponse vaut, ce qui se réessaie, ce qu'une décision humaine garde. Le service est doublé."""

import datetime

import pytest
from django.utils import timezone

from beneficiaires.enums import OrigineRattachement, SituationAdresse, StatutQuartier
from beneficiaires.models import Domicile, RattachementQuartier
from beneficiaires.services import domiciles as d
from socle.regles import AccesRefuse, RegleViolee
from territoires.adresses import Adresse, ServiceIndisponible
from territoires.enums import Millesime
from tests.fabriques.beneficiaires import DomicileFactory
from tests.fabriques.territoires import QuartierFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]  # le 15 octobre 2026
S = SituationAdresse
CHERBOURG, LA_HAGUE = "50129", "50041"


@pytest.fixture
def service(monkeypatch, settings):
    """`service.append(adresse)` : ce qu'il répondra ; vide, il ne connaît pas ; None, il est en panne."""
    settings.ADRESSES_URL = "http://doublure"
    reponses: list[Adresse | None] = []

    def chercher(question: str, *, limite: int):
        chercher.questions.append((question, limite))
        if None in reponses:
            raise ServiceIndisponible("panne")
        return reponses

    chercher.questions = []
    monkeypatch.setattr(d, "chercher", chercher)
    chercher.reponses = reponses
    return chercher


def trouvee(code_insee=CHERBOURG, precision="housenumber", score=0.9) -> Adresse:
    return Adresse("12 rue A", "rue A", "50100", code_insee, "Cherbourg", 49.63, -1.62, score, precision)


def test_ce_qui_est_tape_a_la_main_ou_vide_ne_se_cherche_pas(service):
    assert d.situer({"latitude": 1.0, "adresse": "x"}) == {"situation": S.MAIN, "score": None}
    assert d.situer({"code_postal": "50100"}) == {"situation": S.SANS, "score": None}
    assert service.questions == []


def test_la_question_dit_l_adresse_le_code_et_la_commune(monde, service):
    d.situer({"adresse": "12 rue A", "code_postal": "50100", "commune": monde.referentiel.ville})
    d.situer({"adresse": "12 rue A", "code_postal": None, "commune": None})
    assert service.questions == [("12 rue A 50100 Cherbourg-en-Cotentin", 1), ("12 rue A", 1)]


@pytest.mark.parametrize(("url", "situation"), [("http://doublure", S.A_SITUER), ("", S.SANS)])
def test_une_panne_se_reessaie_si_un_service_est_regle(service, settings, url, situation):
    settings.ADRESSES_URL = url
    service.reponses.append(None)
    attendu = {"situation": situation, "score": None}
    if url:
        attendu["prochain_essai_le"] = timezone.now() + datetime.timedelta(minutes=10)
    assert d.situer({"adresse": "12 rue A"}) == attendu


def test_ce_que_le_service_ne_connait_pas_est_inconnu(service):
    assert d.situer({"adresse": "12 rue A"}) == {"situation": S.INCONNUE, "score": None, "prochain_essai_le": None}


@pytest.mark.parametrize(
    ("demandee", "ecrite", "reponse", "situation"),
    [
        (CHERBOURG, "12 rue A", {}, S.BAN),
        (CHERBOURG, "12 rue A", {"precision": "street"}, S.BAN),
        (CHERBOURG, "12 rue A", {"precision": "municipality"}, S.IMPRECISE),
        (LA_HAGUE, "12 rue A", {}, S.AILLEURS),
        (LA_HAGUE, "12 rue A", {"code_insee": ""}, S.AILLEURS),
        (None, "12 rue A, Cherbourg-en-Cotentin", {}, S.BAN),
        (None, "12 rue A 50100", {}, S.BAN),
        (None, "12 rue A", {}, S.SANS_COMMUNE),
        (None, "12 rue A 75001", {}, S.AILLEURS),
        (None, "12 rue A", {"code_insee": ""}, S.SANS_COMMUNE),
        (None, "12 rue A 50100", {"code_insee": "99999"}, S.AILLEURS),
    ],
)
def test_la_reponse_vaut_dans_la_commune_dite_et_au_numero_ou_a_la_rue(
    monde, service, demandee, ecrite, reponse, situation
):
    communes = {CHERBOURG: monde.referentiel.ville, LA_HAGUE: monde.referentiel.village}
    service.reponses.append(trouvee(**reponse))
    lu = d.situer({"adresse": ecrite, "commune": communes.get(demandee)})
    assert (lu["situation"], lu["prochain_essai_le"]) == (situation, None)
    if situation == S.AILLEURS:
        assert lu == {"situation": S.AILLEURS, "score": None, "prochain_essai_le": None}
    else:
        assert (lu["latitude"], lu["longitude"], lu["score"], lu["code_postal"]) == (49.63, -1.62, 0.9, "50100")
        assert lu["commune"] == (monde.referentiel.ville if reponse.get("code_insee") != "" else None)


def test_ce_qui_est_dit_l_emporte_sur_ce_qui_est_trouve(monde, service):
    service.reponses.append(trouvee())
    lu = d.situer({"adresse": "12 rue A", "commune": monde.referentiel.ville, "code_postal": "50130"})
    assert (lu["code_postal"], lu["commune"]) == ("50130", monde.referentiel.ville)


def test_une_adresse_d_une_traite(service):
    assert d.situer_adresse("  ") is None
    assert d.situer_adresse("12 rue A") == {
        "adresse": "12 rue A",
        "situation": S.INCONNUE,
        "score": None,
        "prochain_essai_le": None,
    }


# --- Réessayer ------------------------------------------------------------------------------------------------------
def a_situer(monde, **valeurs) -> Domicile:
    due = {"situation": S.A_SITUER, "prochain_essai_le": timezone.now(), "latitude": None, "longitude": None}
    return DomicileFactory(
        beneficiaire=monde.beneficiaire,
        depuis=datetime.date(2010, 1, 1),
        jusqu_a=datetime.date(2010, 12, 31),
        commune=monde.referentiel.ville,
        **{**due, **valeurs},
    )


@pytest.mark.parametrize(
    ("essais", "situation", "minutes"),
    [
        (0, S.A_SITUER, 20),
        (3, S.A_SITUER, 160),
        (7, S.A_SITUER, 1_440),
        (10, S.A_SITUER, 1_440),
        (11, S.INCONNUE, None),
    ],
)
def test_la_panne_espace_les_essais_puis_renonce(monde, service, essais, situation, minutes):
    domicile = a_situer(monde, essais=essais)
    service.reponses.append(None)
    assert d.situer_plus_tard(domicile.pk) is False
    domicile.refresh_from_db()
    prochain = minutes and timezone.now() + datetime.timedelta(minutes=minutes)
    assert (domicile.essais, domicile.situation, domicile.prochain_essai_le) == (essais + 1, situation, prochain)


def test_le_service_revenu_situe_et_rattache(monde, service):
    domicile = a_situer(monde)
    service.reponses.append(trouvee())
    assert list(d.domiciles_a_situer()) == [domicile]
    assert d.situer_les_domiciles() == 1
    domicile.refresh_from_db()
    assert (domicile.situation, domicile.latitude) == (S.BAN, 49.63)
    assert domicile.rattachements.count() == len(Millesime)
    assert d.situer_plus_tard(domicile.pk) is False  # c'est fait
    assert d.situer_plus_tard(0) is False


@pytest.mark.parametrize("change", [{"adresse": "Ailleurs"}, {"situation": S.MAIN}])
def test_ce_qui_a_change_pendant_la_recherche_l_emporte(monde, service, change, monkeypatch):
    domicile = a_situer(monde)

    def changer(*_):
        Domicile.objects.filter(pk=domicile.pk).update(**change)
        return {"situation": S.BAN, "latitude": 49.63, "longitude": -1.62, "score": 0.9, "prochain_essai_le": None}

    monkeypatch.setattr(d, "situer", changer)
    assert d.situer_plus_tard(domicile.pk) is False
    domicile.refresh_from_db()
    assert domicile.latitude is None


def test_ne_sont_dus_que_ceux_dont_l_heure_est_venue(monde, service):
    dans_une_minute = timezone.now() + datetime.timedelta(minutes=1)
    a_situer(monde, prochain_essai_le=dans_une_minute)
    a_situer(monde, situation=S.INCONNUE)
    hier = a_situer(monde, prochain_essai_le=timezone.now() - datetime.timedelta(days=1))
    maintenant = a_situer(monde)
    assert list(d.domiciles_a_situer()) == [hier, maintenant]
    service.reponses.append(trouvee())
    assert d.situer_les_domiciles(limite=1) == 1
    assert list(d.domiciles_a_situer()) == [maintenant]


# --- Rattacher à un quartier ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("situation", "score", "motif"),
    [
        (S.BAN, 0.9, ""),
        (S.BAN, 0.5, ""),
        (S.BAN, 0.49, "Adresse sûre à 49 % seulement."),
        (S.BAN, None, ""),
        (S.MAIN, None, ""),
        (S.IMPRECISE, 0.9, "Trouvée à la Base adresse nationale, sans le numéro ni la rue."),
    ],
)
def test_une_adresse_peu_sure_demande_a_verifier(situation, score, motif):
    assert d.motif_de_l_adresse(Domicile(situation=situation, score=score)) == motif
    assert d.statut_calcule(dedans=True, motif=motif) == (StatutQuartier.A_VERIFIER if motif else StatutQuartier.OUI)
    assert d.statut_calcule(dedans=False, motif=motif) == (StatutQuartier.A_VERIFIER if motif else StatutQuartier.NON)


def test_rattacher_dit_un_statut_par_millesime_et_garde_les_decisions(monde):
    domicile = monde.domicile
    domicile.rattachements.all().delete()
    domicile.situation = S.IMPRECISE
    d.rattacher(domicile)
    lus = {ligne.millesime: ligne for ligne in domicile.rattachements.all()}
    assert {ligne.statut for ligne in lus.values()} == {StatutQuartier.A_VERIFIER}
    assert {ligne.motif for ligne in lus.values()} == {"Trouvée à la Base adresse nationale, sans le numéro ni la rue."}
    decide = lus[Millesime.GEOGRAPHIE_2024]
    d.decider_quartier(acteur=monde.acteur(), domicile=domicile, millesime=decide.millesime, quartier=None)
    domicile.situation = S.BAN
    d.rattacher(domicile)
    lus = {ligne.millesime: ligne for ligne in domicile.rattachements.all()}
    assert lus[Millesime.GEOGRAPHIE_2024].origine == OrigineRattachement.DECISION
    assert lus[Millesime.GEOGRAPHIE_2024].statut == StatutQuartier.NON
    assert lus[Millesime.GEOGRAPHIE_2015].origine == OrigineRattachement.POLYGONE
    assert lus[Millesime.GEOGRAPHIE_2015].motif != "Trouvée à la Base adresse nationale, sans le numéro ni la rue."


@pytest.mark.parametrize("manque", ["latitude", "longitude"])
def test_sans_point_on_ne_repond_pas(manque):
    domicile = Domicile(situation=S.MAIN, **{"latitude": 49.63, "longitude": -1.62, manque: None})
    lu = d._rattachement_calcule(domicile, Millesime.GEOGRAPHIE_2024)
    assert (lu["statut"], lu["quartier"], lu["distance_m"]) == (StatutQuartier.A_VERIFIER, None, None)


def test_un_quartier_d_un_autre_territoire_ne_se_decide_pas(monde):
    loin = QuartierFactory(code="QN07501M", nom="Loin", communes=[])
    with pytest.raises(RegleViolee, match="pas de votre territoire"):
        d.decider_quartier(
            acteur=monde.acteur(), domicile=monde.domicile, millesime=Millesime.GEOGRAPHIE_2024, quartier=loin
        )
    RattachementQuartier.objects.all().delete()
    ici = monde.referentiel.quartier
    for _ in range(2):
        d.decider_quartier(
            acteur=monde.acteur(), domicile=monde.domicile, millesime=Millesime.GEOGRAPHIE_2024, quartier=ici
        )
    assert RattachementQuartier.objects.get().quartier == ici


def test_qui_lit_ne_fait_pas_meme_chercher_une_adresse(monde, service):
    with pytest.raises(AccesRefuse):
        d.declarer_domicile(acteur=monde.acteur("lecture"), beneficiaire=monde.beneficiaire, adresse="12 rue A")
    assert service.questions == []
