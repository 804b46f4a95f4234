"""Le banc d'essai : les tests collectés, la base migrée en mémoire, le petit monde partagé."""

import signal
import sqlite3
import time
from collections.abc import Callable
from typing import Any

import pytest

# Ce qui ne se rejoue pas dans un enfant : un navigateur, une vraie file, de vraies transactions, un monde entier.
ECARTES = ("navigateur", "redis")
DOSSIERS_ECARTES = ("tests/parcours/", "tests/demonstration/")
FICHIERS_POUR_CHAUFFER = 20
ATTENTE_S = 3600


class Banc:
    """Le greffon de pytest : il collecte, prépare la base, et remplace la boucle des tests par `seance`."""

    def __init__(self, seance: Callable[["Banc"], None]):
        self.seance = seance
        self.tests: dict[str, pytest.Item] = {}
        self.echec = ""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        self.tests = {item.nodeid: item for item in items if _se_rejoue(item)}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.echec = report.longreprtext[-200:]

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        from pytest_django.plugin import blocking_manager_key  # noqa: PLC0415  (pytest le récrit d'abord)

        premier = max(self.tests.values(), key=_rang)
        if not self._lancer(premier, session):  # dresse ce que toute la session partage, base comprise
            raise SystemExit(f"{premier.nodeid} échoue sans mutant : rien ne peut se mesurer.")
        if _rang(premier):  # des essais purs n'ouvrent aucune base
            session.config.stash[blocking_manager_key].unblock()
            _passer_en_memoire()
            self._partager_le_monde(session.config)
        self._chauffer(session)
        self.seance(self)
        return True

    def _chauffer(self, session: pytest.Session) -> None:
        """Routes, gabarits, traductions se chargent ici une fois, non dans chaque enfant."""
        premiers = {item.path: item for item in self.tests.values() if _rang(item) == 1}
        for item in list(premiers.values())[:FICHIERS_POUR_CHAUFFER]:
            self._lancer(item, session)

    def _partager_le_monde(self, config: pytest.Config) -> None:
        """Le petit monde, construit ici, sert à tous les enfants : ses fichiers croient l'ouvrir et le fermer."""
        conftest: Any = next(p for p in config.pluginmanager.get_plugins() if hasattr(p, "MondeDuFichier"))
        classe = conftest.MondeDuFichier
        commun = classe()
        commun.fermer = lambda: None

        class MondeCommun:
            ouvert = commun

            def __new__(cls) -> Any:
                return commun

        conftest.MondeDuFichier = MondeCommun

        def fermer() -> None:
            conftest.MondeDuFichier = classe
            if classe.ouvert is commun:
                del commun.fermer
                commun.fermer()

        self.fermer_le_monde = fermer

    def _lancer(self, item: pytest.Item, suivant: pytest.Item | pytest.Session | None = None) -> bool:
        """Vrai si le test passe. Le suivant dit ce qui reste dressé."""
        self.echec = ""
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=suivant or item)
        return not self.echec

    def derouler(
        self, noms: list[str], apres: Callable[[str, bool, float], bool], delai: Callable[[str], float]
    ) -> None:
        """Les tests dans cet ordre, ceux du monde partagé avant ceux qui ne doivent pas le voir, tant qu'`apres` le veut.

        Durées et délais se comptent en temps de processeur : une machine chargée n'y change rien.
        """
        noms = sorted(noms, key=lambda nom: _rang(self.tests[nom]))
        for rang, nom in enumerate(noms):
            item = self.tests[nom]
            if _rang(item) == 2:
                self.fermer_le_monde()
            signal.setitimer(signal.ITIMER_PROF, delai(nom))
            signal.alarm(ATTENTE_S)
            debut = time.process_time()
            passe = self._lancer(item, self.tests[noms[rang + 1]] if rang + 1 < len(noms) else None)
            if not apres(nom, passe, time.process_time() - debut):
                return


def _se_rejoue(item: pytest.Item) -> bool:
    marque = item.get_closest_marker("django_db")
    vraie = bool(marque and marque.kwargs.get("transaction")) or "transactional_db" in getattr(item, "fixturenames", ())
    ecarte = any(item.get_closest_marker(nom) for nom in ECARTES) or item.nodeid.startswith(DOSSIERS_ECARTES)
    return not vraie and not ecarte


def _rang(item: pytest.Item) -> int:
    """0 sans base, 1 avec le monde partagé, 2 une base vide."""
    recus: list[str] = getattr(item, "fixturenames", [])
    if "_monde_du_fichier" in recus:
        return 1
    return 2 if item.get_closest_marker("django_db") or "db" in recus else 0


def _passer_en_memoire() -> None:
    """La base migrée, recopiée en mémoire : un `fork` l'emporte, transaction ouverte comprise."""
    from django.db import connection  # noqa: PLC0415  (Django n'est prêt qu'ici)

    fichier = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = ":memory:"
    connection.connect()
    source = sqlite3.connect(fichier)
    source.backup(connection.connection)
    source.close()
