"""Définir un territoire à l'écran : le composer, le relire, le corriger ; charger ses quartiers."""

import html
import io
import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from comptes.models import Organisation
from socle.models import EntreeJournal
from territoires.composition import composer
from territoires.models import Commune, QuartierPrioritaire, Territoire
from tests.fabriques.territoires import CommuneFactory, EpciFactory
from tests.territoires.outils import collection, element

pytestmark = pytest.mark.django_db
DEFINIR, CHARGER = "territoires:definir", "territoires:quartiers_charger"
VIDE = {f"epci_{rang}": "" for rang in range(6)} | {"departements": "", "communes": "", "sauf": "", "nom": ""}


@pytest.fixture
def france():
    """Une métropole de quatre communes, un département de deux, une commune seule."""
    metropole = EpciFactory(siren="200046977", nom="Métropole de Lyon")
    CommuneFactory(code_insee="69123", nom="Lyon", epci=metropole, code_departement="69")
    for rang, nom in enumerate(("Vénissieux", "Bron", "Saint-Priest")):
        CommuneFactory(code_insee=f"6920{rang}", nom=nom, epci=metropole, code_departement="69")
    creuse = EpciFactory(siren="242300135", nom="CC Creuse")
    for code in ("23001", "23002"):
        CommuneFactory(code_insee=code, nom=f"Creusoise {code}", epci=creuse, code_departement="23")
    CommuneFactory(code_insee="2A004", nom="Ajaccio", code_departement="2A", epci=None)
    CommuneFactory(code_insee="69999", nom="Villefranche", code_departement="69", epci=None)


def lu(reponse) -> str:
    return html.unescape(reponse.content.decode())


def communes(monde) -> set[str]:
    territoire = Territoire.objects.get(structure=monde.structure)
    return set(territoire.communes.values_list("code_insee", flat=True))


@pytest.mark.parametrize(
    ("saisie", "attendues", "nom"),
    [
        ({"epci_0": "métropole lyon"}, {"69123", "69200", "69201", "69202"}, "Métropole de Lyon"),
        ({"epci_2": "200046977"}, {"69123", "69200", "69201", "69202"}, "Métropole de Lyon"),
        (
            {"epci_0": "Lyon", "epci_1": "CC Creuse (242300135)"},
            {"69123", "69200", "69201", "69202", "23001", "23002"},
            "",
        ),
        ({"departements": "23, 2a"}, {"23001", "23002", "2A004"}, ""),
        ({"communes": "Bron\n69123\r\nAjaccio (2A004);bron"}, {"69201", "69123", "2A004"}, ""),
        ({"epci_0": "Lyon", "sauf": "Lyon\nBron", "nom": "Lyon sud"}, {"69200", "69202"}, "Lyon sud"),
    ],
)
def test_composer_son_territoire(france, monde, connecte, saisie, attendues, nom):
    reponse = connecte("responsable").post(reverse(DEFINIR), VIDE | saisie, follow=True)
    assert f"Territoire enregistré : {len(attendues)} commune" in lu(reponse)
    assert communes(monde) == attendues
    assert Territoire.objects.get(structure=monde.structure).nom == (nom or monde.structure.nom)
    assert EntreeJournal.objects.filter(action="territoire_defini", structure=monde.structure).exists()


@pytest.mark.parametrize(
    ("saisie", "phrase"),
    [
        ({}, "Dites au moins une intercommunalité"),
        ({"epci_0": "Atlantide"}, "Intercommunalité inconnue : « Atlantide »"),
        ({"departements": "99"}, "Département inconnu : 99"),
        ({"communes": "Bron\nNullepart"}, "Commune inconnue : « Nullepart »"),
        ({"epci_0": "Lyon", "sauf": "Ajaccio"}, "Ajaccio (2A004) n'est pas dans le territoire"),
        ({"communes": "Bron", "sauf": "Bron"}, "Dites au moins une intercommunalité"),
    ],
)
def test_une_saisie_fausse_se_dit_et_reste(france, monde, connecte, saisie, phrase):
    avant = communes(monde)
    page = lu(connecte("responsable").post(reverse(DEFINIR), VIDE | saisie))
    assert phrase in page and all(valeur.split("\n")[0] in page for valeur in saisie.values())
    assert communes(monde) == avant


def test_l_epci_ambigu_montre_ses_choix(france, connecte):
    EpciFactory(siren="200000001", nom="CC du Pays de Lyon")
    page = lu(connecte("responsable").post(reverse(DEFINIR), VIDE | {"epci_0": "lyon"}))
    assert "Plusieurs intercommunalités" in page and "CC du Pays de Lyon" in page


def test_ce_qui_est_defini_se_relit_et_renvoye_ne_change_rien(france, monde, connecte):
    client = connecte("responsable")
    client.post(
        reverse(DEFINIR), VIDE | {"epci_0": "Lyon", "sauf": "Lyon", "departements": "23", "communes": "Ajaccio"}
    )
    page = lu(client.get(reverse(DEFINIR)))
    assert "Métropole de Lyon (200046977)" in page and "Lyon (69123)" in page
    # Ajaccio est toute la Corse-du-Sud connue ici, mais une commune n'est pas un département.
    assert 'value="23"' in page and "Ajaccio (2A004)" in page
    journal = EntreeJournal.objects.filter(action="territoire_defini").count()
    relu = VIDE | {"epci_0": "Métropole de Lyon (200046977)", "sauf": "Lyon (69123)", "departements": "23"}
    suite = client.post(
        reverse(DEFINIR), relu | {"communes": "Ajaccio (2A004)", "nom": monde.structure.nom}, follow=True
    )
    assert "Rien n'a changé" in lu(suite)
    assert EntreeJournal.objects.filter(action="territoire_defini").count() == journal


def test_composer_se_relit_toujours(france):
    """Quel que soit le territoire, le redire rend les mêmes communes."""
    toutes = list(Commune.objects.order_by("pk"))
    for masque in range(1, 2 ** len(toutes)):
        choisies = [commune for rang, commune in enumerate(toutes) if masque >> rang & 1]
        assert composer(choisies, epci_max=1).retenues() == set(choisies)


def test_l_administrateur_definit_celui_d_une_structure_qu_il_vient_de_creer(france, connecte, monde):
    client = connecte("administrateur")
    creee = client.post(
        reverse("comptes:organisation_creer"),
        {"type": "facilitatrice", "nom": "PLIE de Lyon", "slug": "", "email": ""},
    )
    structure = Organisation.objects.get(nom="PLIE de Lyon")
    adresse = reverse("territoires:definir_pour", args=[structure.uuid])
    assert creee.url == adresse
    suite = client.post(adresse, VIDE | {"epci_0": "Lyon"}, follow=True)
    assert "Changer le territoire (4 communes)" in lu(suite).replace("\u00a0", " ")
    assert structure.territoire.communes.count() == 4
    partenaire = monde.organisations["entreprise"]
    assert client.get(reverse("territoires:definir_pour", args=[partenaire.uuid])).status_code == 404


def test_une_intercommunalite_se_propose_a_qui_la_tape(france, connecte):
    page = lu(connecte("responsable").get(reverse("territoires:epci_suggestions"), {"q": "metro"}))
    assert "Métropole de Lyon (200046977)" in page and "Creuse" not in page


# --- Les quartiers ------------------------------------------------------------------------------------------------------


def geojson(*elements, nom="qp.geojson") -> SimpleUploadedFile:
    return SimpleUploadedFile(nom, json.dumps(collection(*elements)).encode())


def archive(**contenus: bytes) -> SimpleUploadedFile:
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w") as zip_:
        for nom, contenu in contenus.items():
            zip_.writestr(nom.replace("_", "."), contenu)
    return SimpleUploadedFile("qp.zip", octets.getvalue())


@pytest.fixture
def seule(monde):
    """Une commune que notre structure est seule à couvrir."""
    commune = CommuneFactory(code_insee="50602", nom="Tourlaville")
    Territoire.objects.get(structure=monde.structure).communes.add(commune)
    return commune


def test_un_responsable_charge_ceux_de_ses_seules_communes(monde, connecte, seule):
    ailleurs = CommuneFactory(code_insee="61001")
    fichier = geojson(
        element(code="QN05009M", nom="Le Maupas", insee_com="50602"),
        element(code="QN06101M", insee_com=ailleurs.code_insee),
        element(code="QN05001M", nom="Faux", insee_com="50129"),  # partagée avec l'autre structure
    )
    reponse = connecte("responsable").post(reverse(CHARGER), {"millesime": "2024", "fichier": fichier}, follow=True)
    page = lu(reponse)
    assert "Quartiers : 1 ajouté, 0 redessiné, 0 inchangé. 2 laissés de côté" in page.replace("\u00a0", " ")
    assert "Le Maupas" in page and "contours officiels chargés" in page
    assert not QuartierPrioritaire.objects.get(code="QN05009M").fichier_entier  # il ne dit rien des communes d'à côté
    assert QuartierPrioritaire.objects.get(code="QN05001M").nom == "Les Provinces"
    assert not QuartierPrioritaire.objects.filter(code="QN06101M").exists()
    assert EntreeJournal.objects.get(action="quartiers_charges").donnees == {
        "millesime": 2024,
        "crees": 1,
        "modifies": 0,
    }


def test_l_administrateur_les_charge_tous_d_une_archive(monde, connecte):
    contenu = json.dumps(collection(element(code="QN05001M", nom="Neuf", insee_com="50129"))).encode()
    fichier = archive(qp_geojson=contenu, LISEZMOI_txt=b"x")
    connecte("administrateur").post(reverse(CHARGER), {"millesime": "2024", "fichier": fichier})
    charge = QuartierPrioritaire.objects.get(code="QN05001M")
    assert (charge.nom, charge.fichier_entier) == ("Neuf", True)


@pytest.mark.parametrize(
    ("fichier", "millesime", "phrase"),
    [
        (lambda: SimpleUploadedFile("x.geojson", b"pas du json"), "2024", "n'est pas un JSON lisible"),
        (lambda: SimpleUploadedFile("x.zip", b"PK\x03\x04abc"), "2024", "n'est pas une archive .zip lisible"),
        (lambda: archive(a_shp=b"x"), "2024", "aucun fichier .geojson"),
        (lambda: archive(a_geojson=b"{}", b_geojson=b"{}"), "2024", "2 fichiers .geojson"),
        (lambda: geojson(element(code="QN05009M", insee_com="50602")), "2015", "ceux de la géographie 2024"),
        (lambda: geojson(element(emprise=(365000, 6960000, 366000, 6961000))), "2024", "Lambert-93"),
    ],
)
def test_un_fichier_refuse_dit_pourquoi(seule, connecte, fichier, millesime, phrase):
    avant = QuartierPrioritaire.objects.count()
    page = lu(connecte("responsable").post(reverse(CHARGER), {"millesime": millesime, "fichier": fichier()}))
    assert phrase in page
    assert QuartierPrioritaire.objects.count() == avant


def test_trop_gros_il_n_est_pas_lu(seule, connecte, monkeypatch):
    monkeypatch.setattr("territoires.forms.FICHIER_MAX", 10)
    page = lu(connecte("responsable").post(reverse(CHARGER), {"millesime": "2024", "fichier": geojson(element())}))
    assert "Ce fichier pèse" in page
    monkeypatch.undo()
    monkeypatch.setattr("territoires.importation.source.DEPOSE_DEPLIE_MAX", 10)
    for fichier in (geojson(element()), archive(a_geojson=b"[1, 2, 3, 4, 5, 6]")):
        page = lu(connecte("responsable").post(reverse(CHARGER), {"millesime": "2024", "fichier": fichier}))
        assert "une fois déplié" in page


def test_sans_territoire_rien_a_charger(monde, connecte):
    Territoire.objects.filter(structure=monde.structure).delete()
    page = lu(connecte("responsable").post(reverse(CHARGER), {"millesime": "2024", "fichier": geojson(element())}))
    assert "Définissez d'abord votre territoire" in page
