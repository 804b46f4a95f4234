"""Un bilan publié hier se relit aujourd'hui à l'octet : son JSON, ses CSV, et tout ce que sa page et son PDF en disent.

`figes/` garde des bilans de la démonstration tels qu'ils ont été publiés, et `empreintes.json` celle de chaque partie qui en
sort. Un mot changé exprès se redit par `RELEVE=1 pytest -n 0 tests/reporting/test_figes.py` ; des données, jamais.
"""

import dataclasses
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from reporting.anciens import a_jour
from reporting.donnees import en_octets
from reporting.enums import Presentation
from reporting.recit.tables import en_csv, tables
from reporting.rendu.page import sections
from reporting.rendu.pdf.document import contexte

FIGES = Path(__file__).parent / "figes"
EMPREINTES = FIGES / "empreintes.json"
# L'empreinte que porte chaque PDF déjà remis : celle-ci ne se relève pas. `schema1` est de la toute première forme.
PUBLIES = {
    "operation": "907fc19e52ab70e5ed739b0f052c8edf10ed4f3d85d0c8f7c29602bc7e557259",
    "reseau": "35c39a4fe1db1bee066f2d37f397c3254bf877ca1a1d66900c4032b09447ae0e",
    "schema1": "c0c4a3fbe8b1af0a8f59770f1685d0a853c1160c9430ee773a6ab7350d6ee578",
    "structure": "1f79f43c5ab0674f5774262aa94b0b58f5e4efdb5fd690340d51d2c5419bcd6b",
}


# Ce qu'une colonne ou une cellule dit aux listes de l'application ; un bilan n'en montre rien.
DES_LISTES = frozenset({"secondaire", "coche"})


def sha(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()


def en_texte(objet: Any) -> Any:
    """Ce que le gabarit lira : des textes, des nombres, des dessins ; les fonctions d'une colonne n'en sont pas."""
    if dataclasses.is_dataclass(objet) and not isinstance(objet, type):
        noms = [champ.name for champ in dataclasses.fields(objet) if champ.name not in DES_LISTES]
        valeurs = {nom: getattr(objet, nom) for nom in noms}
        return {nom: en_texte(valeur) for nom, valeur in valeurs.items() if not callable(valeur)}
    if isinstance(objet, list | tuple):
        return [en_texte(valeur) for valeur in objet]
    return str(objet)


def parties(nom: str) -> dict[str, str]:
    """L'empreinte de chaque fichier, de chaque chapitre du PDF et de chaque section de la page."""
    donnees = a_jour(json.loads((FIGES / f"{nom}.json").read_bytes()))
    lues = {f"csv/{table.nom}": sha(table.titre.encode() + en_csv(table)) for table in tables(donnees)}
    for presentation in Presentation:
        vue = contexte(donnees, presentation)
        lues[f"pdf/{presentation}"] = _empreinte(dataclasses.replace(vue, chapitres=()))
        lues |= {f"pdf/{presentation}/{chapitre.ancre}": _empreinte(chapitre) for chapitre in vue.chapitres}
        ecran = sections(donnees, presentation, lambda *quoi: "/".join(quoi))
        lues |= {f"page/{presentation}/{section.ancre}": _empreinte(section) for section in ecran}
    return lues


def _empreinte(vue: Any) -> str:
    return sha(json.dumps(en_texte(vue), ensure_ascii=False, sort_keys=True).encode())


@pytest.mark.parametrize("nom", PUBLIES)
def test_ses_donnees_sont_celles_que_son_empreinte_signe(nom):
    octets = (FIGES / f"{nom}.json").read_bytes()
    assert en_octets(json.loads(octets)) == octets
    assert sha(octets) == PUBLIES[nom]


@pytest.mark.parametrize("nom", PUBLIES)
def test_ce_qui_en_sort_n_a_pas_bouge(nom):
    lues = parties(nom)
    gardees = json.loads(EMPREINTES.read_text()) if EMPREINTES.exists() else {}
    if os.environ.get("RELEVE"):
        EMPREINTES.write_text(json.dumps(gardees | {nom: lues}, indent=2, sort_keys=True) + "\n")
        return
    assert {cle for cle in lues.keys() | gardees[nom].keys() if lues.get(cle) != gardees[nom].get(cle)} == set()
