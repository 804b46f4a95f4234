"""Ce qu'une construction a écrit, gardé tel quel : le remettre coûte vingt fois moins que de le refaire."""

from collections.abc import Callable, Iterator

from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import connection, models


class Photo:
    """Les lignes et les fichiers que `construire` ajoute, et ce qu'elle rend."""

    def __init__(self, construire: Callable[[], bytes]):
        avant = {modele: {ligne[0] for ligne in _lignes(modele)} for modele in _modeles()}
        self.rendu = construire()
        neuves = {
            modele: [ligne for ligne in _lignes(modele) if ligne[0] not in deja] for modele, deja in avant.items()
        }
        self._neuves = {modele: lignes for modele, lignes in neuves.items() if lignes}
        self._fichiers = list(self._lire_les_fichiers())

    def remettre(self) -> None:
        """Dans la transaction en cours : les clés étrangères ne se contrôlent qu'à sa fin."""
        with connection.cursor() as curseur:
            for modele, lignes in self._neuves.items():
                curseur.executemany(_ecriture(modele), lignes)
        for rangement, nom, octets in self._fichiers:
            if not rangement.exists(nom):
                rangement.save(nom, ContentFile(octets))

    def _lire_les_fichiers(self) -> Iterator[tuple[Storage, str, bytes]]:
        for modele, lignes in self._neuves.items():
            for rang, champ in enumerate(_champs(modele)):
                if isinstance(champ, models.FileField):
                    for nom in filter(None, (ligne[rang] for ligne in lignes)):
                        with champ.storage.open(nom) as fichier:
                            yield champ.storage, nom, fichier.read()


def _modeles() -> Iterator[type[models.Model]]:
    for modele in apps.get_models(include_auto_created=True):
        if modele._meta.managed and not modele._meta.proxy:
            yield modele


def _champs(modele: type[models.Model]) -> list[models.Field]:
    """La clé d'abord."""
    cle = modele._meta.pk
    return [cle, *(champ for champ in modele._meta.local_concrete_fields if champ is not cle and not champ.generated)]


def _colonnes(modele: type[models.Model]) -> list[str]:
    return [connection.ops.quote_name(champ.column) for champ in _champs(modele)]


def _table(modele: type[models.Model]) -> str:
    return connection.ops.quote_name(modele._meta.db_table)


def _lignes(modele: type[models.Model]) -> list[tuple]:
    with connection.cursor() as curseur:
        curseur.execute(f"SELECT {', '.join(_colonnes(modele))} FROM {_table(modele)}")
        return curseur.fetchall()


def _ecriture(modele: type[models.Model]) -> str:
    colonnes = _colonnes(modele)
    places = ", ".join(["%s"] * len(colonnes))
    return f"INSERT INTO {_table(modele)} ({', '.join(colonnes)}) VALUES ({places})"
