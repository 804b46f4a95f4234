"""Le quartier d'un point à une date, et le territoire d'une structure."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptes.acteur import Acteur
from comptes.enums import FACILITATEURS, Role
from socle.models import EntreeJournal
from socle.regles import AccesRefuse, RegleViolee
from territoires import enums, services
from territoires.enums import Millesime, millesime_en_vigueur
from territoires.models import Commune, QuartierPrioritaire, Territoire
from territoires.services import DISTANCE_A_VERIFIER_M, classer_points, definir_territoire, quartier_a
from tests.fabriques.comptes import OrganisationFactory
from tests.fabriques.territoires import CommuneFactory, EpciFactory, QuartierFactory, TerritoireFactory, carre
from tests.territoires.test_geometrie import deplacer

AVANT, APRES = datetime.date(2023, 12, 12), datetime.date(2024, 1, 2)
EMPRISE = (-1.65, 49.62, -1.63, 49.64)
DEDANS = {"latitude": 49.63, "longitude": -1.64}


# --- La géographie en vigueur ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("jour", "millesime"),
    [
        (datetime.date(2017, 5, 1), 2015),
        (AVANT, 2015),
        (datetime.date(2023, 12, 31), 2015),
        (datetime.date(2024, 1, 1), 2024),
        (APRES, 2024),
        (datetime.date(2026, 11, 24), 2024),
    ],
)
def test_la_geographie_change_au_premier_janvier_2024(jour, millesime):
    assert millesime_en_vigueur(jour) == millesime


@given(st.dates())
def test_toute_date_a_une_geographie_et_une_seule(jour):
    assert millesime_en_vigueur(jour) in Millesime


def test_les_roles_ecrits_ici_sont_ceux_des_comptes():
    """Étages voisins : les valeurs sont redites, elles ne doivent pas diverger."""
    assert enums.ROLES_FACILITATEURS == FACILITATEURS
    assert enums.ROLE_RESPONSABLE == Role.RESPONSABLE
    assert enums.ROLE_ADMINISTRATEUR == Role.ADMINISTRATEUR


# --- Le quartier d'un point --------------------------------------------------------------------------------------
@pytest.fixture
def quartiers(db):
    """Le même endroit, dans deux géographies : celle de 2024 est plus large."""
    return {
        2015: QuartierFactory(code="QP050001", millesime=2015, emprise=EMPRISE),
        2024: QuartierFactory(code="QN05001M", millesime=2024, emprise=(-1.65, 49.62, -1.60, 49.64)),
    }


def test_un_contrat_du_12_decembre_2023_se_lit_en_2015_un_du_2_janvier_2024_en_2024(quartiers):
    avant, apres = quartier_a(**DEDANS, le=AVANT), quartier_a(**DEDANS, le=APRES)
    assert (avant.quartier, avant.millesime) == (quartiers[2015], Millesime.GEOGRAPHIE_2015)
    assert (apres.quartier, apres.millesime) == (quartiers[2024], Millesime.GEOGRAPHIE_2024)
    assert not avant.a_verifier and not apres.a_verifier


def test_un_quartier_elargi_n_a_pas_d_effet_avant_sa_date(quartiers):
    agrandi = {"latitude": 49.63, "longitude": -1.61}
    assert quartier_a(**agrandi, le=AVANT).quartier is None
    assert quartier_a(**agrandi, le=APRES).quartier == quartiers[2024]


@pytest.mark.parametrize(
    ("metres", "a_verifier"), [(-60, False), (-40, True), (0, True), (40, True), (49, True), (51, False)]
)
def test_a_moins_de_cinquante_metres_du_bord_ni_oui_ni_non(quartiers, metres, a_verifier):
    longitude, latitude = deplacer(-1.63, 49.63, metres, 0)
    localisation = quartier_a(latitude=latitude, longitude=longitude, le=AVANT)
    assert localisation.distance_m == pytest.approx(abs(metres), abs=0.05)
    assert localisation.a_verifier is a_verifier
    assert DISTANCE_A_VERIFIER_M == 50


def test_le_motif_dit_de_quel_cote_du_bord(quartiers):
    longitude, latitude = deplacer(-1.63, 49.63, -20, 0)
    assert quartier_a(latitude=latitude, longitude=longitude, le=AVANT).motif.endswith(
        "20 m du bord d'un quartier, à l'intérieur."
    )
    longitude, latitude = deplacer(-1.63, 49.63, 20, 0)
    assert quartier_a(latitude=latitude, longitude=longitude, le=AVANT).motif.endswith("à l'extérieur.")
    assert quartier_a(**DEDANS, le=AVANT).motif == ""


def test_sans_contour_charge_la_reponse_est_a_verifier_pas_non(db):
    localisation = quartier_a(**DEDANS, le=APRES)
    assert (localisation.quartier, localisation.distance_m, localisation.a_verifier) == (None, None, True)
    assert "2024" in localisation.motif


@pytest.mark.parametrize(
    ("latitude", "longitude", "extrait"),
    [
        (-1.64, 49.63, "inversées"),
        (40.7, -74.0, "France"),
        (float("nan"), 1.0, "France"),
        (float("inf"), 1.0, "France"),
    ],
)
def test_un_point_hors_de_france_est_refuse(db, latitude, longitude, extrait):
    with pytest.raises(RegleViolee, match=extrait):
        quartier_a(latitude=latitude, longitude=longitude, le=APRES)


def test_l_index_se_reconstruit_quand_un_quartier_change_s_ajoute_ou_part(quartiers):
    assert quartier_a(**DEDANS, le=AVANT).quartier == quartiers[2015]
    quartier = quartiers[2015]
    quartier.geometrie = carre(-1.60, 49.62, -1.59, 49.64)
    quartier.save()
    assert quartier_a(**DEDANS, le=AVANT).quartier is None
    ajoute = QuartierFactory(code="QP050002", millesime=2015, emprise=EMPRISE)
    assert quartier_a(**DEDANS, le=AVANT).quartier == ajoute
    ajoute.delete()
    assert quartier_a(**DEDANS, le=AVANT).quartier is None


def test_deux_requetes_par_point_l_index_deja_construit(quartiers, django_assert_num_queries):
    quartier_a(**DEDANS, le=AVANT)
    with django_assert_num_queries(2):
        quartier_a(**DEDANS, le=AVANT)
    with django_assert_num_queries(1):
        quartier_a(latitude=49.5, longitude=-1.5, le=AVANT)


def test_le_contour_officiel_d_une_commune_fait_taire_celui_de_la_demonstration(db):
    ville, voisine = CommuneFactory(), CommuneFactory()
    fictif = QuartierFactory(code="DEM24-01", emprise=EMPRISE, demonstration=True, communes=[ville])
    ailleurs = QuartierFactory(
        code="DEM24-02", emprise=(-1.5, 49.5, -1.4, 49.6), demonstration=True, communes=[voisine]
    )
    assert quartier_a(**DEDANS, le=APRES).quartier == fictif
    officiel = QuartierFactory(code="QN05001M", emprise=(-1.60, 49.62, -1.59, 49.64), communes=[ville])
    assert quartier_a(**DEDANS, le=APRES).quartier is None
    assert set(QuartierPrioritaire.objects.en_service()) == {officiel, ailleurs}
    assert quartier_a(latitude=49.55, longitude=-1.45, le=APRES).quartier == ailleurs


# --- Le territoire d'une structure -------------------------------------------------------------------------------
@pytest.fixture
def structure(db):
    return OrganisationFactory()


@pytest.fixture
def epci(db):
    agglomeration = EpciFactory(nom="CA du Cotentin")
    CommuneFactory.create_batch(3, epci=agglomeration)
    return agglomeration


def test_un_territoire_est_l_ensemble_des_communes_d_un_epci(structure, epci):
    territoire = definir_territoire(acteur=Acteur.systeme(structure), structure=structure, epci=epci)
    assert territoire.nom == "CA du Cotentin"
    assert set(territoire.communes.all()) == set(epci.communes.all())
    assert set(Commune.objects.du_territoire_de(structure)) == set(epci.communes.all())


def test_ou_une_liste_de_communes_avec_son_nom(structure, epci):
    choisies = list(epci.communes.all())[:2]
    territoire = definir_territoire(
        acteur=Acteur.systeme(structure), structure=structure, communes=choisies, nom="Bassin d'emploi"
    )
    assert (territoire.nom, territoire.communes.count()) == ("Bassin d'emploi", 2)


def test_deux_fois_la_meme_chose_une_seule_ligne_au_journal(structure, epci):
    acteur = Acteur.systeme(structure)
    premier = definir_territoire(acteur=acteur, structure=structure, epci=epci)
    assert definir_territoire(acteur=acteur, structure=structure, epci=epci) == premier
    assert Territoire.objects.count() == 1
    entree = EntreeJournal.objects.get(action="territoire_defini")
    donnees = {"nom": "CA du Cotentin", "communes": 3, "ajoutees": 3, "retirees": 0}
    assert (entree.structure, entree.donnees) == (structure, donnees)


def test_redefinir_remplace(structure, epci):
    acteur, autre = Acteur.systeme(structure), CommuneFactory()
    definir_territoire(acteur=acteur, structure=structure, epci=epci)
    territoire = definir_territoire(acteur=acteur, structure=structure, communes=[autre])
    assert list(territoire.communes.all()) == [autre]
    derniere = EntreeJournal.objects.filter(action="territoire_defini").first()
    assert derniere.donnees == {"nom": structure.nom, "communes": 1, "ajoutees": 1, "retirees": 3}


def test_sans_commune_c_est_refuse(structure):
    with pytest.raises(RegleViolee, match="au moins une commune"):
        definir_territoire(acteur=Acteur.systeme(structure), structure=structure, epci=EpciFactory())
    assert not Territoire.objects.exists()


def test_qui_peut_definir(structure, epci):
    autre = OrganisationFactory()
    for refuse in (Acteur.systeme(autre), Acteur(None, structure, Role.EDITION), Acteur(None, structure, Role.LECTURE)):
        with pytest.raises(AccesRefuse, match="responsable"):
            definir_territoire(acteur=refuse, structure=structure, epci=epci)
    definir_territoire(acteur=Acteur.exploitant(), structure=structure, epci=epci)
    assert structure.territoire.communes.count() == 3


def test_le_calcul_des_versions_ne_lit_pas_les_contours(quartiers, django_assert_num_queries):
    services._index(2015)
    with django_assert_num_queries(1) as releve:
        services._index(2015)
    assert "geometrie" not in releve.captured_queries[0]["sql"]


# --- Qui voit quoi -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("qui", ["responsable", "lecture", "entreprise", "financeur", "administrateur"])
def test_les_referentiels_se_voient_de_toute_organisation(monde, qui):
    acteur = monde.acteur(qui)
    assert monde.referentiel.ville in Commune.objects.visibles_par(acteur)
    assert monde.referentiel.quartier in QuartierPrioritaire.objects.visibles_par(acteur)


@pytest.mark.parametrize("qui", [None, "inconnu"])
def test_mais_de_personne_sans_organisation(monde, qui):
    acteur = monde.acteur(qui) if qui else None
    for modele in (Commune, QuartierPrioritaire, Territoire):
        assert not modele.objects.visibles_par(acteur).exists()


def test_le_territoire_est_a_sa_structure(monde):
    Territoire.objects.all().delete()
    notre, autre = TerritoireFactory(structure=monde.nous.structure), TerritoireFactory(structure=monde.autre.structure)
    assert set(Territoire.objects.visibles_par(monde.acteur("edition"))) == {notre}
    assert set(Territoire.objects.visibles_par(monde.acteur("autre.edition"))) == {autre}
    assert set(Territoire.objects.visibles_par(monde.acteur("entreprise"))) == set()
    assert set(Territoire.objects.visibles_par(monde.acteur("administrateur"))) == {notre, autre}


# --- Un fichier partiel ---------------------------------------------------------------------------------------------
DEHORS = {"latitude": 49.70, "longitude": -1.70}


def _doute(commune, le=APRES) -> str:
    return quartier_a(**DEHORS, le=le, commune=commune).motif


def test_hors_de_tout_contour_non_n_est_sur_que_si_la_commune_est_couverte(quartiers):
    ville, voisine, ailleurs = (CommuneFactory(code_departement=code) for code in ("50", "50", "61"))
    quartiers[2024].communes.set([ville])
    assert _doute(ville) == _doute(voisine) == ""  # un fichier couvre le département
    assert "Aucun contour de la géographie 2024" in _doute(ailleurs)
    assert quartier_a(**DEDANS, le=APRES, commune=ailleurs).quartier  # dedans, le contour suffit


def test_les_seuls_quartiers_d_un_territoire_ne_disent_rien_du_departement(quartiers):
    """Un responsable ne charge que les siens : son territoire est couvert, le reste du département ne l'est pas."""
    ville, campagne, ailleurs = (CommuneFactory(code_departement="50") for _ in range(3))
    TerritoireFactory(communes=[ville, campagne])
    quartiers[2024].communes.set([ville])
    QuartierPrioritaire.objects.update(fichier_entier=False)
    assert _doute(ville) == _doute(campagne) == ""
    assert "pour cette commune" in _doute(ailleurs)


def test_une_commune_dont_une_seule_geographie_a_un_quartier_fait_douter(quartiers):
    ville, voisine = CommuneFactory(code_departement="50"), CommuneFactory(code_departement="50")
    quartiers[2015].communes.set([ville])
    quartiers[2024].communes.set([voisine])
    assert "peut-être partiel" in _doute(ville) and not _doute(ville, AVANT)


def test_beaucoup_de_points_se_lisent_comme_un_seul(quartiers):
    ville, ailleurs = CommuneFactory(code_departement="50"), CommuneFactory(code_departement="61")
    quartiers[2024].communes.set([ville])
    lieux = [(place, commune) for place in (DEDANS, DEHORS) for commune in (ville, ailleurs, None)]
    points = [(place["longitude"], place["latitude"], commune) for place, commune in lieux]
    ensemble = [motif for *_, motif in classer_points(points, Millesime.GEOGRAPHIE_2024)]
    assert ensemble == [quartier_a(**place, le=APRES, commune=commune).motif for place, commune in lieux]


def test_les_quartiers_en_vigueur_suivent_la_date_et_l_outre_mer(quartiers):
    outre_mer = {m: QuartierFactory(code=c, millesime=m) for m, c in ((2015, "QP971001"), (2024, "QN97101M"))}

    def en_vigueur(*jour) -> set:
        return set(QuartierPrioritaire.objects.en_vigueur(datetime.date(*jour)))

    assert en_vigueur(2023, 12, 31) == {quartiers[2015], outre_mer[2015]}
    assert en_vigueur(2024, 6, 1) == {quartiers[2024], outre_mer[2015]}
    assert en_vigueur(2025, 1, 1) == {quartiers[2024], outre_mer[2024]}
