"""Importer les communes : le paquet npm sous ses trois formes, rejouable, et chaque mauvais fichier avec sa phrase."""

import gzip
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from territoires.composition import Composition, composer
from territoires.designation import designer
from territoires.forms import EpciField
from territoires.importation import ImportRefuse, importer_communes, source
from territoires.models import Commune, Epci
from tests.territoires.outils import PAQUET_OFFICIEL, RAISON_SANS_PAQUET, archive, commune, epci, poser_paquet

pytestmark = pytest.mark.django_db

COMMUNES = [
    commune(anciensCodes=["50173", "50203"]),
    commune("50041", "La Hague", population=11_484, codesPostaux=["50440", "50460"]),
    commune("2A004", "Ajaccio", departement="2A"),
    commune("75056", "Paris", codesPostaux=["75001", "75012"]),
    commune("75112", "Paris 12e Arrondissement", type="arrondissement-municipal", commune="75056"),
    commune(
        "50460", "Sainte-Croix-Hague", type="commune-deleguee", chefLieu="50041", codesPostaux=None, population=None
    ),
    commune("50041", "Beaumont-Hague", type="commune-deleguee", chefLieu="50041", codesPostaux=None, population=None),
    commune("98412", "Archipel des Kerguelen", departement="984", codesPostaux=None, population=None),
]
INTERCOMMUNALITES = [epci(membres=["50129", "50041"]), epci("200054781", "Métropole du Grand Paris", ["75056"])]


@pytest.fixture
def paquet(tmp_path):
    return poser_paquet(tmp_path, COMMUNES, INTERCOMMUNALITES)


def en_json(*arguments) -> dict:
    sortie = StringIO()
    call_command("importer_communes", *arguments, "--format", "json", stdout=sortie)
    return json.loads(sortie.getvalue())


def refus(chemin) -> list[str]:
    with pytest.raises(ImportRefuse) as releve:
        importer_communes(chemin)
    assert not Commune.objects.exists() and not Epci.objects.exists()
    return releve.value.erreurs


def test_seules_les_communes_actuelles_deviennent_des_lignes(paquet):
    rapport = en_json(paquet)
    assert rapport["cree"] == {"epci": 2, "communes": 5, "autres_noms": 3}
    assert set(Commune.objects.values_list("code_insee", flat=True)) == {"50129", "50041", "2A004", "75056", "98412"}


GRAND_PARIS = [
    commune("75056", "Paris"),
    *(commune(code, nom) for code, nom in (("93001", "Aubervilliers"), ("93027", "La Courneuve"), ("93051", "Noisy"))),
]


def test_un_etablissement_du_grand_paris_est_un_territoire(tmp_path):
    """Sa métropole reste l'intercommunalité de ses communes ; lui se choisit par son nom, et se relit tel quel."""
    membres = [ligne["code"] for ligne in GRAND_PARIS]
    paquet = poser_paquet(tmp_path, GRAND_PARIS, [epci("200054781", "Métropole du Grand Paris", membres)])
    plaine = epci("200057867", "Plaine Commune", ["93001", "93027"])
    (paquet / "data" / "ept.json").write_text(json.dumps([plaine]))
    assert en_json(paquet)["cree"] == {"epci": 2, "communes": 4, "autres_noms": 0}
    assert not any(en_json(paquet)["cree"].values())
    etablissement = EpciField().clean("plaine commune")
    assert {commune.nom for commune in etablissement.membres} == {"Aubervilliers", "La Courneuve"}
    assert {commune.epci.nom for commune in etablissement.membres} == {"Métropole du Grand Paris"}
    retenues = Composition(epci=[etablissement]).retenues()
    relue = composer(retenues, epci_max=5)
    assert (relue.epci, relue.communes, relue.sauf) == ([etablissement], [], [])
    (paquet / "data" / "ept.json").write_text(json.dumps([plaine, plaine]))
    with pytest.raises(ImportRefuse, match=r"ept\.json, ligne 2 \(200057867\) : SIREN en double"):
        importer_communes(paquet)


def test_chaque_champ_est_repris(paquet):
    importer_communes(paquet)
    cherbourg = Commune.objects.select_related("epci").get(code_insee="50129")
    assert (cherbourg.nom, cherbourg.nom_plie) == ("Cherbourg-en-Cotentin", "cherbourg-en-cotentin")
    assert (cherbourg.code_departement, cherbourg.population) == ("50", 78_258)
    assert (cherbourg.epci.siren, cherbourg.epci.nom) == ("200067205", "CA du Cotentin")
    assert Commune.objects.get(code_insee="50041").liste_codes_postaux == ["50440", "50460"]
    kerguelen = Commune.objects.get(code_insee="98412")
    assert (kerguelen.epci_id, kerguelen.population, kerguelen.codes_postaux) == (None, None, "")


@pytest.mark.parametrize(
    ("code", "attendu"),
    [
        ("50129", "50129"),
        ("50173", "50129"),
        ("75112", "75056"),
        ("50460", "50041"),
        ("50041", "50041"),
        ("99999", None),
    ],
)
def test_un_ancien_code_un_code_delegue_un_arrondissement_designent_leur_commune(paquet, code, attendu):
    importer_communes(paquet)
    trouvee = Commune.objects.de_code(code)
    assert (trouvee and trouvee.code_insee) == attendu
    par_lot = Commune.objects.par_codes([code, "50129"])
    assert par_lot["50129"].code_insee == "50129"
    assert (par_lot.get(code) and par_lot[code].code_insee) == attendu


def test_rejoue_il_ne_change_rien(paquet, django_assert_max_num_queries):
    importer_communes(paquet)
    with django_assert_max_num_queries(12):  # dont quatre notent le passage
        rapport = importer_communes(paquet)
    assert (rapport.cree.total(), rapport.modifie.total()) == (0, 0)
    assert rapport.inchange == {"epci": 2, "communes": 5, "autres_noms": 3}


def test_ce_qui_change_est_mis_a_jour_ce_qui_manque_est_garde(paquet, tmp_path):
    importer_communes(paquet)
    cles = dict(Commune.objects.values_list("code_insee", "pk"))
    nouveau = poser_paquet(
        tmp_path / "nouveau", [commune(nom="Cherbourg", population=80_000)], [epci(nom="Agglo", membres=["50129"])]
    )
    rapport = en_json(nouveau)
    assert rapport["modifie"] == {"epci": 1, "communes": 1, "autres_noms": 0}
    assert rapport["absent"] == {"epci": 1, "communes": 4, "autres_noms": 3}
    assert dict(Commune.objects.values_list("code_insee", "pk")) == cles
    cherbourg = Commune.objects.get(code_insee="50129")
    assert (cherbourg.nom, cherbourg.nom_plie, cherbourg.population) == ("Cherbourg", "cherbourg", 80_000)


def test_une_commune_qui_quitte_son_epci_n_en_a_plus(paquet, tmp_path):
    importer_communes(paquet)
    importer_communes(poser_paquet(tmp_path / "apres", COMMUNES, [epci(membres=["50129"])]))
    assert Commune.objects.get(code_insee="50041").epci is None


def test_le_dossier_deplie_son_parent_son_dossier_data_et_l_archive_donnent_la_meme_chose(paquet, tmp_path):
    donnees = paquet / "data"
    fichiers = {f"package/data/{nom}": (donnees / nom).read_bytes() for nom in ("communes.json", "epci.json")}
    tgz = archive(tmp_path / "paquet.tgz", {"package/package.json": b"{}", **fichiers})
    premier = importer_communes(paquet)
    assert premier.cree["communes"] == 5
    for forme in (paquet.parent, donnees, tgz):
        assert importer_communes(forme).inchange["communes"] == 5


def test_la_commande_dit_ce_qu_elle_a_fait(paquet):
    sortie = StringIO()
    call_command("importer_communes", paquet, stdout=sortie)
    assert "EPCI : 2 créés, 0 modifiés, 0 inchangés, 0 absents du fichier (gardés)" in sortie.getvalue()
    assert "communes : 5 créés" in sortie.getvalue()


# --- Les mauvais fichiers ----------------------------------------------------------------------------------------
def test_un_fichier_absent(tmp_path):
    assert refus(tmp_path / "rien.tgz") == [f"Fichier introuvable : {tmp_path / 'rien.tgz'}."]


@pytest.mark.parametrize(
    "contenu", [b"", b"bonjour", b"PK\x03\x04" + b"\0" * 600, gzip.compress(b"bonjour", mtime=0), b"\x1f\x8b\x08\0"]
)
def test_un_fichier_qui_n_est_pas_une_archive_npm(tmp_path, contenu):
    fichier = tmp_path / "paquet.tgz"
    fichier.write_bytes(contenu)
    (erreur,) = refus(fichier)
    assert "archive npm" in erreur


def test_une_archive_tronquee(paquet, tmp_path):
    donnees = json.dumps([commune(f"{n:05d}", f"Commune {n * 7919}") for n in range(10_000, 14_000)]).encode()
    tgz = archive(tmp_path / "entiere.tgz", {"package/data/communes.json": donnees, "package/data/epci.json": b"[]"})
    tronquee = tmp_path / "tronquee.tgz"
    tronquee.write_bytes(tgz.read_bytes()[: tgz.stat().st_size // 2])
    (erreur,) = refus(tronquee)
    assert "tronqué" in erreur


def test_une_archive_sans_les_deux_fichiers(tmp_path):
    (erreur,) = refus(archive(tmp_path / "autre.tgz", {"package/data/communes.json": b"[]"}))
    assert "ne contient pas epci.json" in erreur


def test_un_dossier_sans_les_deux_fichiers(tmp_path):
    (erreur,) = refus(tmp_path)
    assert "ne contient pas communes.json ni epci.json" in erreur


def test_une_bombe_de_decompression_est_arretee_en_lisant(tmp_path, monkeypatch):
    """Un million de zéros tient en un kilo-octet : on s'arrête à la borne, sans croire l'en-tête."""
    monkeypatch.setattr(source, "ARCHIVE_DEPLIEE_MAX", 200_000)
    bombe = archive(
        tmp_path / "bombe.tgz", {"package/data/autre.bin": b"\0" * 1_000_000, "package/data/communes.json": b"[]"}
    )
    assert bombe.stat().st_size < 5_000
    (erreur,) = refus(bombe)
    assert "une fois dépliée" in erreur


def test_un_json_demesure_est_refuse(paquet, monkeypatch):
    monkeypatch.setattr(source, "JSON_MAX", 100)
    (erreur,) = refus(paquet)
    assert "dépasse" in erreur


@pytest.mark.parametrize("texte", ["{", '{"a": 1}', "[]", "[" * 200_000, "null"])
def test_un_json_illisible_ou_d_une_autre_forme(paquet, texte):
    (paquet / "data" / "communes.json").write_text(texte)
    assert "communes.json" in refus(paquet)[0]


def test_un_membre_qui_n_est_pas_un_fichier_ordinaire_est_ignore(tmp_path):
    """Un nom qui remonte l'arborescence n'écrit rien : rien n'est déplié."""
    tgz = archive(tmp_path / "malin.tgz", {"../../communes.json": b"[]", "/etc/epci.json": b"[]"})
    (erreur,) = refus(tgz)
    assert "ne contient pas" in erreur


def test_toutes_les_fautes_a_la_fois_et_rien_d_ecrit(tmp_path):
    communes = [
        commune(),
        commune(),
        commune("5012", "Trop court"),
        commune("50130", None),
        commune("50131", "Sans département", departement=None),
        commune("50132", "Postal faux", codesPostaux=["5010"]),
        commune("50133", "Population fausse", population="beaucoup"),
        commune("50134", "x" * 101),
        "pas un objet",
    ]
    intercommunalites = [
        epci(membres=["50129", "99999"]),
        epci("200000001", "Doublon de membre", ["50129"]),
        epci("123", "SIREN court", ["50131"]),
        epci("200000002", "", ["50132"]),
        epci("200000003", "Vide", []),
    ]
    attendues = [
        "ligne 9 : un objet était attendu",
        "ligne 2 (50129) : code INSEE en double",
        "ligne 3 (5012) : code INSEE de 5 caractères attendu",
        "ligne 4 (50130) : nom absent",
        "ligne 5 (50131) : code de département",
        "ligne 6 (50132) : codes postaux illisibles",
        "ligne 7 (50133) : population illisible",
        "ligne 8 (50134) : nom absent ou trop long",
        "ligne 1 (200067205) : commune membre inconnue : 99999",
        "ligne 2 (200000001) : commune 50129 déjà dans l'EPCI 200067205",
        "ligne 3 (123) : SIREN de 9 chiffres attendu",
        "ligne 4 (200000002) : nom absent ou trop long",
        "ligne 5 (200000003) : aucune commune membre",
    ]
    erreurs = refus(poser_paquet(tmp_path, communes, intercommunalites))
    assert len(erreurs) == len(attendues)
    for attendue in attendues:
        assert any(attendue in erreur for erreur in erreurs), attendue


def test_la_commande_refuse_en_francais_et_donne_les_erreurs_en_json(tmp_path):
    chemin = poser_paquet(tmp_path, [commune("1")], [epci(membres=["1"])])
    sortie = StringIO()
    with pytest.raises(CommandError, match=r"rien n'a été écrit"):
        call_command("importer_communes", chemin, "--format", "json", stdout=sortie)
    assert json.loads(sortie.getvalue())["erreurs"]


# --- Le vrai paquet ----------------------------------------------------------------------------------------------
@pytest.mark.skipif(not PAQUET_OFFICIEL.exists(), reason=RAISON_SANS_PAQUET)
def test_la_france_entiere_et_les_129_communes_du_cotentin():
    with CaptureQueriesContext(connection) as requetes:
        rapport = importer_communes(PAQUET_OFFICIEL)
    assert rapport.cree == {"epci": 1_266, "communes": 34_969, "autres_noms": 2_542}
    cotentin = Epci.objects.get(siren="200067205")
    assert (cotentin.nom, cotentin.communes.count()) == ("CA du Cotentin", 129)
    assert Commune.objects.de_code("50173").code_insee == "50129"
    assert Commune.objects.de_code("69388").nom == "Lyon"
    assert Commune.objects.filter(epci=None).count() == 98
    assert importer_communes(PAQUET_OFFICIEL).inchange["communes"] == 34_969
    assert len(requetes) < 2_000  # par paquets : la France a trente-cinq mille communes


def test_les_noms_delegues_et_d_arrondissement_designent_leur_commune(paquet):
    importer_communes(paquet)
    for texte, code in {
        "Sainte-Croix-Hague": "50041",
        "50440 Beaumont-Hague": "50041",
        "Paris 12e": "75056",
        "PARIS 12ème arrondissement": "75056",
    }.items():
        assert designer(texte).code_insee == code


MOUVEMENTS = """MOD,DATE_EFF,TYPECOM_AV,COM_AV,LIBELLE_AV,TYPECOM_AP,COM_AP,LIBELLE_AP
33,2000-03-01,COM,50383,Octeville,COM,50130,Cherbourg-Octeville
32,2016-01-01,COM,50130,Cherbourg-Octeville,COM,50129,Cherbourg-en-Cotentin
21,1980-01-01,COM,50129,Cherbourg,COM,50041,La Hague
10,1961-01-01,COM,50041,Beaumont,COM,50041,La Hague
"""


def test_le_fichier_des_mouvements_ajoute_les_noms_disparus_de_proche_en_proche(paquet, tmp_path):
    mouvements = tmp_path / "v_mvtcommune_2026.csv"
    mouvements.write_text(MOUVEMENTS)
    assert en_json(paquet, "--mouvements", mouvements)["cree"]["autres_noms"] == 6
    assert en_json(paquet, "--mouvements", mouvements)["cree"]["autres_noms"] == 0
    assert designer("octeville").code_insee == designer("Cherbourg-Octeville").code_insee == "50129"
    assert designer("Beaumont").code_insee == "50041"
    assert designer("Cherbourg").code_insee == "50129"  # un rétablissement ne fait pas de La Hague un autre Cherbourg


@pytest.mark.parametrize("contenu", [b"", b"a,b\n1,2\n", b"\xff\xfe", b"\0"])
def test_un_fichier_de_mouvements_inutilisable_est_refuse_sans_rien_ecrire(paquet, tmp_path, contenu):
    mouvements = tmp_path / "mouvements.csv"
    mouvements.write_bytes(contenu)
    with pytest.raises(ImportRefuse, match=r"mouvements\.csv"):
        importer_communes(paquet, mouvements)
    assert not Commune.objects.exists()
