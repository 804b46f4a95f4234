"""Ce que tout test reçoit : un cache neuf, des listes sans ordre mélangées, des gabarits surveillés, un client strict."""

import gc
import os
import pickle
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import hypothesis
import pytest
import redis
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.test import override_settings

from socle import erreurs, pdf
from territoires.services import _INDEX
from tests import moteurs, variables_indefinies
from tests.base_migree import Copie, copie_migree
from tests.client_strict import ClientStrict
from tests.monde import Monde, construire_monde
from tests.photo import Photo

# L'intégration fixe les exemples d'Hypothesis : une panne s'y relit. Ce profil en cherche de neufs, d'une graine imprimée
# (scripts/essais_au_hasard.sh) ; rien n'est gardé d'un passage à l'autre, la graine suffit à le rejouer.
hypothesis.settings.register_profile("hasard", derandomize=False, database=None, deadline=None, print_blob=True)


@pytest.fixture(scope="session")
def _copie_migree(django_db_modify_db_settings, django_db_blocker) -> Copie:
    """Après que pytest-django a donné à la base le nom de son processus : la copie se poserait sinon à côté."""
    copie = copie_migree()
    with django_db_blocker.unblock():
        copie.prendre()
    return copie


@pytest.fixture(scope="session")
def django_db_keepdb(_copie_migree) -> bool:
    """Sur SQLite, la copie posée est la base même ; le dossier privé du processus l'effacera."""
    return connection.vendor == "sqlite" and _copie_migree.posee


@pytest.fixture(scope="session")
def django_db_setup(_copie_migree, django_db_setup, django_db_blocker) -> None:
    with django_db_blocker.unblock():
        _copie_migree.rendre()


@pytest.fixture(autouse=True, scope="session")
def _listes_sans_ordre_melangees() -> Iterator[None]:
    """Une liste sans ordre déclaré sort dans un ordre quelconque : un test qui s'y fie échoue ici, pas en service."""
    lire = QuerySet._fetch_all

    def lire_et_melanger(self):
        neuve = self._result_cache is None
        lire(self)
        if neuve and not self.ordered:
            random.shuffle(self._result_cache)

    QuerySet._fetch_all = lire_et_melanger
    yield
    QuerySet._fetch_all = lire


@pytest.fixture(autouse=True, scope="session")
def _gabarits_surveilles() -> Iterator[None]:
    with variables_indefinies.surveillance():
        yield


@pytest.fixture(autouse=True, scope="session")
def _courriels_par_la_boite_d_envoi(django_test_environment) -> Iterator[None]:
    """Django remplace tous les envois des tests ; le nôtre écrit en base d'abord, et c'est lui que l'on essaie."""
    with override_settings(MAILERS={**settings.MAILERS, "default": {"BACKEND": "socle.courriels.BoiteDEnvoi"}}):
        yield


@pytest.fixture(autouse=True)
def _aucune_variable_indefinie(_gabarits_surveilles) -> Iterator[None]:
    """Attrape aussi les gabarits rendus hors du client : courriels, PDF."""
    variables_indefinies.relever()
    yield
    trouvees = variables_indefinies.relever()
    assert not trouvees, f"variables indéfinies dans les gabarits : {trouvees}"


@pytest.fixture(autouse=True)
def _cache_neuf() -> Iterator[None]:
    cache.clear()
    _INDEX.clear()  # horloge arrêtée et clés réemployées : deux tests auraient la même version des quartiers
    yield
    cache.clear()


@pytest.fixture
def client() -> ClientStrict:
    """Un visiteur anonyme."""
    return ClientStrict()


class MondeDuFichier:
    """Un monde écrit une fois par fichier de tests : chaque test en reçoit une copie, et ce qu'il écrit est défait."""

    ouvert: "MondeDuFichier | None" = None
    photo: Photo | None = None  # construit une fois par processus, remis pour chaque fichier

    def __init__(self):
        self._transaction = transaction.atomic()
        self._transaction.__enter__()
        if MondeDuFichier.photo is None:
            MondeDuFichier.photo = Photo(lambda: pickle.dumps(construire_monde()))
        else:
            MondeDuFichier.photo.remettre()
        self._image = MondeDuFichier.photo.rendu
        MondeDuFichier.ouvert = self

    def copie(self) -> Monde:
        return pickle.loads(self._image)  # quatre fois plus vite que copy.deepcopy

    def fermer(self) -> None:
        if MondeDuFichier.ouvert is self:
            MondeDuFichier.ouvert = None
            transaction.set_rollback(True)
            self._transaction.__exit__(None, None, None)


OUVRENT_LA_BASE = {"db", "transactional_db", "django_db_setup", "monde", "live_server"}
# Les plus longs, dans l'ordre : commencé en dernier, l'un d'eux laisserait l'autre cœur sans travail.
FICHIERS_LONGS = (
    "test_acces.py",
    "parcours/test_chaque_role.py",
    "parcours/test_depuis_zero.py",
    "test_aller_retour.py",
    "test_canaris.py",
    "test_hors_mesure.py",
    "reporting/test_recalcul_bilan.py",
    "test_hostile.py",
    "demonstration/test_monde.py",
    "decp/test_importation.py",
    "test_gestes.py",
    "test_requetes.py",
    "test_sauvegarde.py",
    "test_recherches.py",
    "test_bornes.py",
    "parcours/test_du_marche_aux_heures.py",
    "parcours/test_du_projet_au_marche.py",
    "parcours/test_du_bilan_au_financeur.py",
    "parcours/test_declarer_ses_heures.py",
    "parcours/test_de_l_offre_au_suivi.py",
    "parcours/test_de_la_liste_aux_avis.py",
    "parcours/test_espace_entreprise.py",
    "reporting/test_ecrans_bilans.py",
    "test_isolation.py",
    "reporting/test_masques_bilans.py",
    "reporting/test_recalcul.py",
    "reporting/test_a_faire.py",
    "reporting/test_pdf.py",
    "parcours_des_personnes/test_parcours.py",
    "reprise/test_fichiers_hostiles.py",
    "territoires/test_importation_communes.py",
    "pronostic/test_projection.py",
)


def pytest_configure(config: pytest.Config) -> None:
    config.option.loadscopereorder = False  # xdist rangerait les fichiers par nombre de tests, non par durée
    moteurs.brancher(config)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Un test qui n'ouvre pas la base ne dépend pas de son moteur."""
    if not (item.get_closest_marker("django_db") or OUVRENT_LA_BASE & set(getattr(item, "fixturenames", ()))):
        item.add_marker(pytest.mark.un_moteur)


def pytest_collection_finish() -> None:
    """Modules et tests restent jusqu'à la fin : les relire à chaque passage du ramasse-miettes coûte un septième de la suite."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 50, 100)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Les fichiers longs d'abord ; dans un fichier, ceux qui reçoivent le monde partagé : les autres ne doivent pas le voir."""
    for item in items:
        # pytest-django ne prépare que les bases que les marques demandent : qui reçoit le monde en demande une.
        if "monde" in item.fixturenames and not item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.django_db)
    longs = [Path(__file__).parent / nom for nom in FICHIERS_LONGS]
    par_hasard = dict.fromkeys(item.path for item in items)
    fichiers = {chemin: rang for rang, chemin in enumerate(dict.fromkeys([*longs, *par_hasard]))}
    items.sort(key=lambda item: (fichiers[item.path], _en_vraies_transactions(item), "monde" not in item.fixturenames))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Un test sans le monde, ou qui veut de vraies transactions, ne court pas dans celle du monde partagé."""
    if _en_vraies_transactions(item):
        MondeDuFichier.photo = None  # il vide la base : ce que la photo désigne sans l'avoir écrit y change de clé
    if MondeDuFichier.ouvert and (_en_vraies_transactions(item) or "monde" not in item.fixturenames):
        MondeDuFichier.ouvert.fermer()


def _en_vraies_transactions(item: pytest.Item) -> bool:
    marque = item.get_closest_marker("django_db")
    return bool(marque and marque.kwargs.get("transaction"))


@pytest.fixture(scope="module")
def _monde_du_fichier(django_db_setup, django_db_blocker) -> Iterator[MondeDuFichier]:
    with django_db_blocker.unblock():
        partage = MondeDuFichier()
        yield partage
        partage.fermer()


@pytest.fixture
def monde(_monde_du_fichier, request) -> Monde:
    """Le petit monde commun : voir tests/monde.py."""
    if _en_vraies_transactions(request.node):
        _monde_du_fichier.fermer()
    request.getfixturevalue("db")
    ouvert = MondeDuFichier.ouvert is _monde_du_fichier
    return _monde_du_fichier.copie() if ouvert else construire_monde()


@pytest.fixture
def connecte(monde) -> Callable[[str], ClientStrict]:
    """`connecte("responsable")` : le client de cette personne du monde ; `connecte("autre.edition")` : de l'autre structure."""

    def connecter(qui: str) -> ClientStrict:
        client = ClientStrict()
        client.force_login(monde.personne(qui))
        return client

    return connecter


@pytest.fixture
def pdf_sans_mise_en_page(monkeypatch) -> None:
    """Un PDF est ici le HTML de son gabarit : de quoi essayer ce qui l'entoure sans payer sa mise en page."""
    faux = SimpleNamespace(lecteur=lambda images: None, couleurs=lambda: None)
    faux.HTML = lambda string, **_: SimpleNamespace(write_pdf=lambda **_: string.encode())
    monkeypatch.setattr(pdf, "_moteur", lambda: faux)
    monkeypatch.setattr(pdf, "_styles", lambda feuilles: (None, ()))
    monkeypatch.setattr(pdf, "finir", lambda octets, pieces=(): octets)


@pytest.fixture(scope="module")
def _pages_de_refus() -> dict[tuple, HttpResponse]:
    return {}


@pytest.fixture
def refus_rendus_une_fois(monkeypatch, _pages_de_refus) -> None:
    """Les milliers de refus d'une matrice n'ont que quelques pages, une par personne et par motif : rendues une fois, relues ensuite."""
    rendre = erreurs._page

    def rendre_une_fois(request, statut, titre, texte, **contexte):
        cle = (request.user.pk, statut, titre, texte, *sorted(contexte.items()))
        if cle not in _pages_de_refus:
            _pages_de_refus[cle] = rendre(request, statut, titre, texte, **contexte)
        page = _pages_de_refus[cle]
        return HttpResponse(page.content, status=page.status_code)

    monkeypatch.setattr(erreurs, "_page", rendre_une_fois)


@pytest.fixture
def horloge() -> Iterator[time_machine.Traveller]:
    """Arrête le temps, sur demande : le 15 octobre 2026 à midi ; `horloge.shift(…)` et `horloge.move_to(…)` l'avancent."""
    with time_machine.travel("2026-10-15T12:00:00+02:00", tick=False) as voyageur:
        yield voyageur


@pytest.fixture(scope="module")
def seuls_sur_la_file() -> Iterator[None]:
    """Les essais de la vraie file se suivent : deux travailleurs d'essai sur le même Redis se prendraient leurs messages."""
    serveur = redis.Redis.from_url(os.environ["CELERY_BROKER_URL"])
    with serveur.lock("essais-de-la-file", timeout=600, blocking_timeout=900):
        yield
    serveur.close()
