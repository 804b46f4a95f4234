"""Un domicile se déclare par une adresse, une commune ou un point ; la décision d'un facilitateur l'emporte sur le calcul."""

import datetime

import pytest

from beneficiaires.enums import OrigineRattachement, SituationAdresse, StatutQuartier
from beneficiaires.models import Domicile, RattachementQuartier
from beneficiaires.services import anonymiser_dossier, reclasser_domiciles
from socle.regles import AccesRefuse
from territoires.enums import Millesime
from tests.fabriques.beneficiaires import BeneficiaireFactory, DomicileFactory, RattachementFactory
from tests.fabriques.recrutement import ContratFactory
from tests.fabriques.territoires import CommuneFactory, QuartierFactory
from tests.saisie import adresse, annonce, envoyer, fautes, journal, motif_du_refus, rien_ne_s_ecrit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]  # le 15 octobre 2026
DEDANS = {"latitude": "49.63", "longitude": "-1.63"}  # au milieu des Provinces
DEHORS = {"latitude": "49.70", "longitude": "-1.63"}


@pytest.fixture
def dossier(monde):
    return BeneficiaireFactory(structure=monde.structure)


def declarer(client, dossier, **valeurs):
    return envoyer(client, "beneficiaires:domicile", dossier, **valeurs)


@pytest.mark.parametrize(
    ("saisie", "dites"),
    [
        ({}, {"adresse": "Donnez une adresse, une commune ou des coordonnées."}),
        (
            {"adresse": "3 rue du Port", "latitude": "49.63"},
            {"longitude": "Donnez la latitude et la longitude, ou aucune des deux."},
        ),
        (
            {"adresse": "3 rue du Port", "longitude": "-1.63"},
            {"longitude": "Donnez la latitude et la longitude, ou aucune des deux."},
        ),
    ],
)
def test_ce_qui_ne_dit_pas_ou_est_refuse(connecte, dossier, saisie, dites):
    with rien_ne_s_ecrit(Domicile):
        assert fautes(declarer(connecte("edition"), dossier, **saisie), **saisie) == dites


@pytest.mark.parametrize(
    ("latitude", "longitude", "champ"),
    [("91", "-1.63", "latitude"), ("49.63", "-181", "longitude"), ("-1.63", "49.63", "latitude")],
)
def test_un_point_est_en_france(connecte, dossier, latitude, longitude, champ):
    """Latitude et longitude interverties désignent l'océan Indien."""
    point = {"latitude": latitude, "longitude": longitude}
    with rien_ne_s_ecrit(Domicile):
        assert list(fautes(declarer(connecte("edition"), dossier, **point), **point)) == [champ]


def test_un_point_tape_situe_dans_chaque_geographie(connecte, monde, dossier):
    client = connecte("edition")
    reponse = declarer(client, dossier, **DEDANS, depuis="2026-01-05")
    assert (reponse.url, annonce(reponse)) == (dossier.get_absolute_url(), "Domicile enregistré.")
    domicile = dossier.domiciles.get()
    assert (domicile.situation, domicile.depuis) == (SituationAdresse.MAIN, datetime.date(2026, 1, 5))
    recent = domicile.rattachements.get(millesime=Millesime.GEOGRAPHIE_2024)
    assert (recent.statut, recent.quartier) == (StatutQuartier.OUI, monde.referentiel.quartier)
    ancien = domicile.rattachements.get(millesime=Millesime.GEOGRAPHIE_2015)  # dont aucun contour n'est chargé
    assert (ancien.statut, bool(ancien.motif)) == (StatutQuartier.A_VERIFIER, True)
    assert "Les Provinces" in client.get(reponse.url).content.decode()
    assert journal(dossier) == ["Domicile enregistré"]


def test_une_commune_seule_laisse_le_quartier_a_verifier(connecte, monde, dossier):
    declarer(connecte("edition"), dossier, commune="Cherbourg-en-Cotentin")
    domicile = dossier.domiciles.get()
    assert (domicile.commune, domicile.situation) == (monde.referentiel.ville, SituationAdresse.SANS)
    assert set(domicile.rattachements.values_list("statut", "motif")) == {("a_verifier", "Sans coordonnées.")}


# --- La décision --------------------------------------------------------------------------------------------------
@pytest.fixture
def domicile(monde, dossier):
    domicile = DomicileFactory(beneficiaire=dossier, commune=monde.referentiel.ville)
    RattachementFactory(domicile=domicile, a_verifier=True)
    return domicile


def decider(client, domicile, quartier=None, millesime=Millesime.GEOGRAPHIE_2024):
    choix = quartier.uuid if quartier else ""
    return envoyer(client, "beneficiaires:quartier", domicile, millesime=int(millesime), quartier=choix)


@pytest.mark.parametrize("dedans", [True, False])
def test_la_decision_est_signee_et_la_derniere_compte(connecte, monde, dossier, domicile, dedans):
    quartier = monde.referentiel.quartier if dedans else None
    reponse = decider(connecte("edition"), domicile, quartier)
    assert (reponse.url, annonce(reponse)) == (dossier.get_absolute_url(), "Décision enregistrée.")
    decide = domicile.rattachements.get()
    assert (decide.statut, decide.quartier) == (StatutQuartier.OUI if dedans else StatutQuartier.NON, quartier)
    assert (decide.origine, decide.verifie_par) == (OrigineRattachement.DECISION, monde.personne("edition"))
    decider(connecte("responsable"), domicile, None if dedans else monde.referentiel.quartier)
    decide.refresh_from_db()  # la même ligne : une décision par géographie
    assert (decide.statut == StatutQuartier.OUI, decide.verifie_par) == (not dedans, monde.personne("responsable"))
    assert journal(dossier) == ["Quartier prioritaire décidé"] * 2


def test_l_autre_geographie_garde_son_calcul(connecte, monde, domicile):
    ancien = QuartierFactory(communes=[monde.referentiel.ville], millesime=Millesime.GEOGRAPHIE_2015)
    decider(connecte("edition"), domicile, ancien, Millesime.GEOGRAPHIE_2015)
    statuts = dict(domicile.rattachements.values_list("millesime", "statut"))
    assert statuts == {2015: StatutQuartier.OUI, 2024: StatutQuartier.A_VERIFIER}


@pytest.mark.parametrize("cas", ["autre millésime", "hors du territoire"])
def test_le_quartier_est_de_cette_geographie_et_de_ce_territoire(connecte, monde, domicile, cas):
    ville = monde.referentiel.ville
    if cas == "autre millésime":
        quartier = QuartierFactory(communes=[ville], millesime=Millesime.GEOGRAPHIE_2015)
    else:
        quartier = QuartierFactory(communes=[CommuneFactory()])
    with rien_ne_s_ecrit(RattachementQuartier):
        dites = fautes(decider(connecte("edition"), domicile, quartier), millesime=2024)
    assert list(dites) == ["quartier"]
    assert (dites["quartier"] == "Ce quartier n'est pas de ce millésime.") is (cas == "autre millésime")


def test_ni_qui_lit_ni_la_voisine_ne_decide_et_l_archive_le_dit(connecte, monde, dossier, domicile):
    with rien_ne_s_ecrit(RattachementQuartier):
        assert decider(connecte("lecture"), domicile).status_code == 403
        assert decider(connecte("autre.responsable"), domicile).status_code == 404
    # Un contrat a connu ce domicile : il reste, sans son adresse.
    ContratFactory(beneficiaire=dossier, engagement=monde.engagement, debut=datetime.date(2024, 3, 1))
    anonymiser_dossier(acteur=monde.acteur(), beneficiaire=dossier)
    with rien_ne_s_ecrit(RattachementQuartier):
        assert "anonymisé" in motif_du_refus(decider(connecte("responsable"), domicile))
    assert (
        adresse("beneficiaires:quartier", domicile)
        not in connecte("edition").get(dossier.get_absolute_url()).content.decode()
    )


# --- Le reclassement ----------------------------------------------------------------------------------------------
def test_reclasser_relit_les_calculs_et_laisse_les_decisions(connecte, monde):
    """Un contour a bougé : ce qui était calculé est relu, deux fois sans rien de plus ; ce qui est décidé reste."""
    avant = RattachementQuartier.objects.filter(domicile=monde.domicile).values_list("pk", flat=True)
    dehors, decide = (
        RattachementFactory(
            domicile=DomicileFactory(
                latitude=49.70, longitude=-1.63, situation="main", commune=monde.referentiel.ville
            ),
            quartier=monde.referentiel.quartier,
            origine=origine,
        )
        for origine in (OrigineRattachement.POLYGONE, OrigineRattachement.DECISION)
    )
    rapport = reclasser_domiciles(acteur=monde.acteur("administrateur"), millesime=Millesime.GEOGRAPHIE_2024)
    assert (
        rapport.lus == RattachementQuartier.objects.filter(origine="polygone", millesime=2024).count() >= 2 + len(avant)
    )
    dehors.refresh_from_db()
    decide.refresh_from_db()
    assert (dehors.statut == StatutQuartier.OUI, decide.statut) == (False, StatutQuartier.OUI)
    with rien_ne_s_ecrit(RattachementQuartier):
        second = reclasser_domiciles(acteur=monde.acteur("administrateur"), millesime=Millesime.GEOGRAPHIE_2024)
    assert (second.lus, second.changes) == (rapport.lus, 0)
    with pytest.raises(AccesRefuse):
        reclasser_domiciles(acteur=monde.acteur("responsable"), millesime=Millesime.GEOGRAPHIE_2024)
