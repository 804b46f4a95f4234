"""Un fichier public abîmé ou hostile : mémoire bornée, le mauvais enregistrement refusé avec sa raison, les autres lus."""

import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decp.lecture import Avis, Refus, lire_flux
from tests.decp.test_importation import BON

MO = 1024 * 1024
RACINE = Path(__file__).resolve().parents[2]
BORNE = 96 * MO  # ce que la lecture peut prendre de plus que le programme déjà chargé
LECTEUR = """
import resource, sys
import django
django.setup()
from pathlib import Path
from decp.lecture import lire
occupe = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (occupe + int(sys.argv[2]),) * 2)
for fichier in sorted(Path(sys.argv[1]).iterdir()):
    print(fichier.stem, *{lu.identifiant for lu in lire(fichier)} - {""}, flush=True)
"""


def marche(**changements) -> str:
    return json.dumps({**BON, **changements}, ensure_ascii=False)


def entre_deux(mauvais: str) -> str:
    return f'{{"marches": {{"marche": [{marche(id="A")}, {mauvais}, {marche(id="C")}]}}}}'


def gonfler(valeur: str, champ: str = "montant") -> str:
    return marche(**{"id": "B", champ: "@"}).replace('"@"', valeur)


HOSTILES = {
    "un exposant démesuré": entre_deux(gonfler("1e1000000000")),
    "un exposant dans chaque champ": entre_deux(", ".join(gonfler("1e1000000000", champ) for champ in BON)),
    "un exposant négatif": entre_deux(", ".join(gonfler("1e-1000000000", champ) for champ in BON)),
    "un exposant que personne ne sait lire": entre_deux(gonfler("1e99999999999999999999999999")),
    "un entier sans fin": entre_deux(gonfler("9" * 3 * MO)),
    "une imbrication": entre_deux(gonfler("[" * 20_000 + "]" * 20_000)),
    "une imbrication sans fin": "[" * (MO // 2),
    "des objets imbriqués sans fin": '{"a":' * (MO // 4),
    "une imbrication à côté": f'{{"x": {"[" * 20_000}{"]" * 20_000}, "marches": [{marche(id="A")}, {marche(id="C")}]}}',
    "un texte sans fin": entre_deux(marche(id="B", objet="x" * 4 * MO)),
    "un texte jamais fermé": f'[{marche(id="A")}, {marche(id="C")}, {{"id": "' + "\\\\" * 2 * MO,
    "un enregistrement démesuré": entre_deux(marche(id="B", titulaires=[{"id": str(n)} for n in range(60_000)])),
    "des millions de rien": f"[{marche(id='A')}, {'null,' * (MO // 8)} {marche(id='C')}]",
}


def test_la_memoire_est_bornee_quoi_qu_on_lise(tmp_path):
    """Un seul programme, à qui la mémoire est comptée, les lit tous : tué en route, il dit où."""
    for rang, contenu in enumerate(HOSTILES.values()):
        (tmp_path / f"{rang:02}.json").write_text(contenu)
    programme = [sys.executable, "-c", LECTEUR, str(tmp_path), str(BORNE)]
    fait = subprocess.run(programme, capture_output=True, text=True, cwd=RACINE, timeout=300)
    lus = [set(ligne.split()[1:]) for ligne in fait.stdout.splitlines()]
    assert fait.returncode == 0, (list(HOSTILES)[len(lus)], fait.stderr[-500:])
    for (nom, contenu), identifiants in zip(HOSTILES.items(), lus, strict=True):
        assert identifiants >= ({"A", "C"} if '"id": "C"' in contenu else set()), nom


def lus(texte: str | bytes) -> list[Avis | Refus]:
    octets = texte if isinstance(texte, bytes) else texte.encode()
    return list(lire_flux(io.BytesIO(octets)))


@pytest.mark.parametrize(
    "mauvais",
    [
        marche(id="B").replace('"montant": 250000.5', '"montant": 250000.5,,'),
        marche(id="B").replace('"montant": 250000.5', '"montant": NC'),
        marche(id="B").replace('"objet": "Réfection', '"objet": "Réfection "de"'),
        marche(id="B")[:-1],
        marche(id="B").replace('"nom": "Ville de Cherbourg"}', '"nom": "Ville de Cherbourg"'),
        marche(id="B").replace("]}}", "}}", 1),
        '12, null, "texte"',
        "[[1]]",
        marche(id=""),
    ],
)
def test_un_enregistrement_abime_n_emporte_pas_ses_voisins(mauvais):
    resultats = lus(entre_deux(mauvais))
    assert [lu.identifiant for lu in resultats if isinstance(lu, Avis)] == ["A", "C"]
    refus = [lu for lu in resultats if isinstance(lu, Refus)]
    assert refus and not any(lu.interrompt for lu in refus)
    assert all(re.match("[A-ZÉ«]", lu.motif) and lu.motif.endswith((".", ")")) for lu in refus)


@pytest.mark.parametrize("ecrit", ["NaN", "Infinity", "-Infinity", '"nan"', '"NC"', "null"])
def test_ce_qui_n_est_pas_un_nombre_est_inconnu_sans_un_mot(ecrit):
    (avis,) = lus(f"[{gonfler(ecrit)}]")
    assert (avis.montant, avis.avertissements) == (None, [])


@pytest.mark.parametrize(("coupe", "entiers"), [(1, "ABC"), (50, "AB"), (300, "AB"), (700, "A")])
def test_un_fichier_coupe_se_dit(coupe, entiers):
    *debut, fin = lus(entre_deux(marche(id="B"))[:-coupe])
    assert fin.interrompt and "plus du JSON" in fin.motif
    assert [lu.identifiant for lu in debut if isinstance(lu, Avis)] == list(entiers)


@pytest.mark.parametrize(
    ("octets", "identifiants"),
    [
        (f"[{marche()}]".encode("utf-16"), ["M1"]),
        (f"[{marche()}]".encode("utf-16-le"), ["M1"]),
        (f"[{marche()}]".encode("utf-16-be"), ["M1"]),
        (f"[{marche()}]".encode("cp1252"), ["M1"]),
        (f"{marche(id='A')}\n{marche(id='B')}\r\n".encode(), ["A", "B"]),
        (marche().encode(), ["M1"]),
    ],
)
def test_chaque_encodage_et_chaque_decoupage_se_lit(octets, identifiants):
    resultats = lus(octets)
    assert [lu.identifiant for lu in resultats] == identifiants
    assert resultats[0].objet == "Réfection de la voirie"


def test_un_enregistrement_se_lit_quel_que_soit_l_endroit_ou_tombe_un_bloc(monkeypatch):
    texte = entre_deux(marche(id="B", objet='Une "citation", des {accolades}, é\\'))
    entier = lus(texte)
    for bloc in (1, 2, 3, 7, 64):
        monkeypatch.setattr("decp.lecture.decoupage.BLOC", bloc)
        assert lus(texte) == entier
    assert len(entier) == 3


def test_un_million_de_caracteres_dans_une_cle_du_sommet_n_empeche_pas_la_suite():
    texte = f'{{"a": "{"x" * 3 * MO}", "marches": {{"meta": {{"marche": 1}}, "marche": [{marche()}]}}}}'
    assert [lu.identifiant for lu in lus(texte)] == ["M1"]


VALEURS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda dedans: (
        st.lists(dedans, max_size=3) | st.dictionaries(st.sampled_from([*BON, "titulaire", "id"]), dedans, max_size=3)
    ),
    max_leaves=8,
)


@settings(deadline=None)  # la machine qui l'essaie peut être occupée
@given(st.dictionaries(st.sampled_from([*BON, "modifications", "_type", "acheteur.id", "autoriteConcedante"]), VALEURS))
def test_aucune_valeur_ne_casse_la_lecture(changements):
    (lu,) = lus(json.dumps([{**BON, **changements}]))
    assert isinstance(lu, Avis | Refus) and not getattr(lu, "interrompt", False)


@settings(deadline=None)  # la machine qui l'essaie peut être occupée
@given(st.binary(max_size=200) | st.text(alphabet='{}[]":,\\ 1a', max_size=60).map(str.encode))
def test_aucune_suite_d_octets_ne_casse_la_lecture(octets):
    assert all(isinstance(lu, Avis | Refus) for lu in lus(octets))
