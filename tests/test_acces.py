"""Chaque URL × chaque rôle × notre structure ou l'autre : ce que dit la matrice, et rien d'autre."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

from comptes.enums import Role
from socle.acces import CONNECTES, PUBLIC, acces_declare
from tests.client_strict import ClientStrict
from tests.matrice_acces import MATRICE, TOUS, Ligne
from tests.monde import Cote, Monde, construire_monde

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.un_moteur,
    pytest.mark.usefixtures("pdf_sans_mise_en_page", "refus_rendus_une_fois"),
]
DU_PROJET = [ligne for ligne in MATRICE if not ligne.externe]
AVEC_PORTEE = [ligne for ligne in MATRICE if (ligne.objet and ligne.entrent != TOUS) or ligne.hors_portee]

QUI = [*Role, "inconnu"]


def noms_du_resolveur(motifs=None, prefixe: str = "") -> Iterator[str]:
    for motif in get_resolver().url_patterns if motifs is None else motifs:
        if isinstance(motif, URLResolver):
            yield from noms_du_resolveur(
                motif.url_patterns, prefixe + (f"{motif.namespace}:" if motif.namespace else "")
            )
        elif isinstance(motif, URLPattern):
            yield f"{prefixe}{motif.name}" if motif.name else f"sans nom : {motif.pattern}"


def test_chaque_url_a_sa_ligne():
    connues = {ligne.nom for ligne in MATRICE}
    reelles = set(noms_du_resolveur())
    assert not reelles - connues, f"URL sans ligne dans tests/matrice_acces.py : {sorted(reelles - connues)}"
    assert not connues - reelles, f"lignes de tests/matrice_acces.py sans URL : {sorted(connues - reelles)}"
    assert len(connues) == len(MATRICE), "une URL a deux lignes dans tests/matrice_acces.py"


@pytest.fixture(scope="module")
def partage(django_db_setup, django_db_blocker) -> Iterator["Partage"]:
    """Un monde pour tout le fichier : chaque essai s'y défait."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield Partage(construire_monde())
        transaction.set_rollback(True)


class Partage:
    """Le monde, et une session ouverte par personne."""

    def __init__(self, monde: Monde):
        self.monde = monde
        self.canaris = monde.autre.canaris()
        self._clients = {qui: ClientStrict() for qui in (*QUI, None)}
        self._temoins = {qui: self._connecter(qui) for qui in QUI} | {None: {}}

    def _connecter(self, qui: str) -> dict[str, str]:
        client = self._clients[qui]
        client.force_login(self.monde.personne(qui))
        return {nom: temoin.value for nom, temoin in client.cookies.items()}

    @contextmanager
    def essai(self, qui: str | None, *, controler: bool = False) -> Iterator[ClientStrict]:
        """Le client de quelqu'un, tel qu'à sa connexion ; ce qu'il fait est défait ensuite."""
        client = self._clients[qui]
        client.controler = controler
        client.cookies = SimpleCookie(self._temoins[qui])
        with transaction.atomic():
            yield client
            transaction.set_rollback(True)


class Releve:
    """Les réponses d'une ligne, comparées une à une."""

    def __init__(self, ligne: Ligne, partage: Partage):
        self.ligne, self.partage = ligne, partage
        self.ecarts: list[str] = []

    def adresse(self, cote: Cote) -> str:
        chemin = reverse(self.ligne.nom, args=self.ligne.objet(cote) if self.ligne.objet else [])
        return f"{chemin}?{self.ligne.requete}" if self.ligne.requete else chemin

    def comparer(self, qui: str | None, cote: Cote, methode: str, attendu: int, *, sans_canari: bool = True) -> None:
        titre = f"{qui or 'anonyme'} {methode.upper()} ({cote.structure.slug})"
        with self.partage.essai(qui, controler=attendu == 200 and methode == "get") as client:
            donnees = self.ligne.donnees(cote) if methode == "post" else None
            reponse = getattr(client, methode)(self.adresse(cote), donnees)
            if reponse.status_code != attendu:
                self.ecarts.append(f"{titre} : {reponse.status_code}, attendu {attendu}")
            vers = reponse.headers.get("Location", "")
            if (
                qui is None
                and attendu == 302
                and self.ligne.anonyme != 200
                and not self.ligne.externe
                and reverse("account_login") not in vers
            ):
                self.ecarts.append(f"{titre} : renvoyé vers « {vers} », pas vers la connexion")
            if sans_canari:
                self._chercher_les_canaris(titre, reponse)

    def _chercher_les_canaris(self, titre: str, reponse) -> None:
        corps = reponse.getvalue() if reponse.streaming else reponse.content
        fuites = [canari for canari in self.partage.canaris if canari.encode() in corps]
        if fuites:
            self.ecarts.append(f"{titre} : la page montre l'autre structure ({fuites})")

    def conclure(self) -> None:
        if self.ecarts:
            pytest.fail(f"{self.ligne.nom} :\n  " + "\n  ".join(self.ecarts), pytrace=False)


def attendu_chez_nous(ligne: Ligne, role: Role, succes: int) -> int:
    if role in ligne.acces:
        return succes if succes == 405 else ligne.selon.get(role, succes)
    if succes == 405:
        return 405 if role in ligne.entrent else 403
    return 404 if role in ligne.hors_portee else 403


def attendu_chez_l_autre(ligne: Ligne, role: Role, succes: int) -> int:
    if role not in ligne.entrent:
        return 403
    if succes == 405:
        return 405
    return succes if role in ligne.partout else 404


def methodes(ligne: Ligne) -> list[tuple[str, int]]:
    return [("get", ligne.get), *([("post", ligne.post)] if ligne.post else [])]


@pytest.mark.parametrize("ligne", MATRICE, ids=lambda ligne: ligne.nom)
def test_matrice(ligne: Ligne, partage: Partage):
    monde, releve = partage.monde, Releve(ligne, partage)
    for methode, succes in methodes(ligne):
        for role in Role:
            releve.comparer(role, monde.nous, methode, attendu_chez_nous(ligne, role, succes), sans_canari=_cache(role))
        releve.comparer("inconnu", monde.nous, methode, _inconnu(ligne, succes))
        releve.comparer(None, monde.nous, methode, _anonyme(ligne, succes))
    releve.conclure()


@pytest.mark.parametrize("ligne", AVEC_PORTEE, ids=lambda ligne: ligne.nom)
def test_objet_de_l_autre_structure(ligne: Ligne, partage: Partage):
    monde, releve = partage.monde, Releve(ligne, partage)
    for methode, succes in methodes(ligne):
        for role in Role:
            attendu = attendu_chez_l_autre(ligne, role, succes)
            releve.comparer(role, monde.autre, methode, attendu, sans_canari=_cache(role))
        releve.comparer("inconnu", monde.autre, methode, _inconnu(ligne, succes))
    releve.conclure()


def _cache(role: Role) -> bool:
    """L'administrateur voit toutes les organisations : lui seul peut lire les marques de l'autre."""
    return role != Role.ADMINISTRATEUR


def _inconnu(ligne: Ligne, succes: int) -> int:
    return succes if ligne.inconnu == 200 else ligne.inconnu


def _anonyme(ligne: Ligne, succes: int) -> int:
    return succes if ligne.anonyme == 200 and ligne.inconnu == 200 else ligne.anonyme


@pytest.mark.parametrize("ligne", DU_PROJET, ids=lambda ligne: ligne.nom)
def test_la_matrice_et_le_code_disent_le_meme_acces(ligne: Ligne, partage: Partage):
    vue = resolve(reverse(ligne.nom, args=ligne.objet(partage.monde.nous) if ligne.objet else [])).func
    declare = acces_declare(vue)
    attendu = TOUS if declare is PUBLIC or declare is CONNECTES else frozenset(declare)
    assert ligne.entrent == attendu
