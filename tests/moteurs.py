"""Ce que PostgreSQL doit voir de la suite : chaque forme de requête, et tout ce qui dépend des valeurs ou du moment.

Sur SQLite, la suite entière relève ce que chaque essai demande à la base (RELEVE_DES_REQUETES=dossier). Sur PostgreSQL, ce
relevé choisit (CHOIX_D_APRES=dossier) : de quoi passer chaque forme de requête au moins une fois, verrous compris, au moindre
nombre de requêtes. Passe aussi tout essai que la base a contredit, qui veut de vraies transactions, qui se dit « deux_moteurs »,
ou que le relevé ne connaît pas. Sans relevé, tout passe.
"""

import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest
from django.db.backends.signals import connection_created
from django.db.models.sql.compiler import SQLCompiler

CHAQUE_FORME = 1  # autant d'essais, au moins, pour chacune


@dataclass
class Demande:
    """Ce qu'un essai demande à la base."""

    formes: set[str] = field(default_factory=set)
    nombre: int = 0
    refusee: bool = False


class Releve:
    """Note ce que demande chaque essai réussi."""

    def __init__(self, dossier: Path):
        self._dossier = dossier
        self.entendu = Demande()
        self._reussis: dict[str, Demande] = {}

    def pytest_sessionstart(self) -> None:
        connection_created.connect(self._ecouter)
        SQLCompiler.as_sql = self.noter_les_verrous(SQLCompiler.as_sql)

    def noter_les_verrous(self, ecrire: Callable) -> Callable:
        """SQLite, sans verrou de ligne, tait dans sa requête celui qui est demandé."""

        def ecrire_et_noter(compilateur, *args, **options):
            sql, parametres = ecrire(compilateur, *args, **options)
            if compilateur.query.select_for_update:
                self.entendu.formes.add(_forme(f"{sql} FOR UPDATE {_verrou(compilateur.query)}"))
            return sql, parametres

        return ecrire_et_noter

    def _ecouter(self, connection: Any, **_: Any) -> None:
        if self.noter not in connection.execute_wrappers:
            connection.execute_wrappers.insert(0, self.noter)

    def noter(self, executer: Callable, sql: Any, parametres: Any, plusieurs: bool, contexte: Mapping) -> Any:
        self.entendu.nombre += 1
        self.entendu.formes.add(_forme(str(sql)))
        try:
            return executer(sql, parametres, plusieurs, contexte)
        except Exception:
            self.entendu.refusee = True
            raise

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self) -> Iterator[None]:
        self.entendu = Demande()
        return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and report.passed:
            self._reussis[report.nodeid] = self.entendu

    def pytest_sessionfinish(self) -> None:
        ecrit = {nom: [sorted(d.formes), d.nombre, d.refusee] for nom, d in self._reussis.items()}
        processus = os.environ.get("PYTEST_XDIST_WORKER", "principal")
        (self._dossier / f"{processus}.json").write_text(json.dumps(ecrit))


class Choix:
    """Ne laisse que ce que ce moteur doit voir."""

    def __init__(self, dossier: Path):
        self._releve = {
            nom: Demande(set(formes), nombre, refusee)
            for fichier in sorted(dossier.glob("*.json"))
            for nom, (formes, nombre, refusee) in json.loads(fichier.read_text()).items()
        }

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        candidats = {item.nodeid: self._releve.get(item.nodeid) for item in items}
        d_office = {item.nodeid for item in items if _d_office(item, candidats[item.nodeid])}
        choisis = choisir({nom: demande for nom, demande in candidats.items() if demande}, d_office)
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid not in choisis])
        items[:] = [item for item in items if item.nodeid in choisis]


def _d_office(item: pytest.Item, demande: Demande | None) -> bool:
    base = item.get_closest_marker("django_db")
    vraies_transactions = base is not None and bool(base.kwargs.get("transaction"))
    deux_moteurs = item.get_closest_marker("deux_moteurs") is not None
    return demande is None or not demande.formes or demande.refusee or vraies_transactions or deux_moteurs


def choisir(demandes: Mapping[str, Demande], d_office: set[str]) -> set[str]:
    """Ceux d'office, puis du moins au plus demandeur ceux dont une forme manque encore ; puis sans ceux devenus inutiles."""
    vues = Counter(forme for nom in d_office & demandes.keys() for forme in demandes[nom].formes)
    restants = sorted(demandes.keys() - d_office, key=lambda nom: (demandes[nom].nombre, nom))
    pris = []
    for nom in restants:
        if any(vues[forme] < CHAQUE_FORME for forme in demandes[nom].formes):
            pris.append(nom)
            vues.update(demandes[nom].formes)
    inutiles = set()
    for nom in reversed(pris):
        if all(vues[forme] > CHAQUE_FORME for forme in demandes[nom].formes):
            inutiles.add(nom)
            vues.subtract(demandes[nom].formes)
    return d_office | set(pris) - inutiles


def brancher(config: pytest.Config) -> None:
    """Un processus de test ne le dit pas à ceux qu'il lance : une suite dans la suite n'en relève ni n'en choisit rien."""
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        return  # ce processus ne fait que répartir
    if releve := os.environ.pop("RELEVE_DES_REQUETES", None):
        config.pluginmanager.register(Releve(Path(releve)))
    if choix := os.environ.pop("CHOIX_D_APRES", None):
        config.pluginmanager.register(Choix(Path(choix)))


@lru_cache(maxsize=50_000)
def _forme(sql: str) -> str:
    """La même pour deux requêtes qui ne diffèrent que par leurs valeurs, leur nombre, ou le rang d'un alias."""
    sql = re.sub(r"%s(?:, %s)+", "%s", re.sub(r"\d+", "0", sql))
    sql = re.sub(r"\(%s\)(?:, \(%s\))+", "(%s)", sql)
    return blake2b(sql.encode(), digest_size=8).hexdigest()


def _verrou(requete: Any) -> str:
    return f"{requete.select_for_update_of} {requete.select_for_update_nowait} {requete.select_for_update_skip_locked}"
