"""La base, ligne à ligne : lue par paquets, réécrite telle quelle, d'un moteur à l'autre si l'on veut.

La structure des tables n'est pas dans l'archive : elle naît des migrations que le manifeste nomme. Les lignes se réécrivent
par les modèles de ce moment-là ; les migrations venues depuis passent ensuite, comme pour une mise à jour.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

# Chacun se reconnectera : une session ouverte garde, entre autres, les noms cherchés. Un passage dit ce que fait cette machine.
NON_GARDES = {"sessions.Session", "usersessions.UserSession", "socle.PassageTravail"}
PAQUET = 2000


def modeles_gardes(registre: Any = apps) -> list[type[models.Model]]:
    """Toutes les tables, liaisons comprises, sauf ce qui n'est qu'à l'installation du moment."""
    return [modele for modele in _tous(registre) if modele._meta.label not in NON_GARDES]


def _tous(registre: Any) -> Iterator[type[models.Model]]:
    modeles = registre.get_models(include_auto_created=True)
    yield from (modele for modele in modeles if modele._meta.managed and not modele._meta.proxy)


def migrations_appliquees() -> list[list[str]]:
    return sorted([app, nom] for app, nom in MigrationRecorder(connection).applied_migrations())


# --- Lire --------------------------------------------------------------------------------------------------------------
def paquets_de(modele: type[models.Model]) -> Iterator[tuple[bytes, int]]:
    """Les lignes d'une table en paquets : la première ligne nomme les colonnes, chaque autre est un tableau de valeurs."""
    champs = _champs(modele)
    entete = json.dumps([champ.attname for champ in champs])
    paquet: list[str] = []
    for objet in modele._base_manager.order_by("pk").iterator(chunk_size=PAQUET):
        valeurs = [_ecrite(champ, objet) for champ in champs]
        paquet.append(json.dumps(valeurs, ensure_ascii=False, separators=(",", ":")))
        if len(paquet) == PAQUET:
            yield _octets(entete, paquet), len(paquet)
            paquet = []
    if paquet:
        yield _octets(entete, paquet), len(paquet)


def _octets(entete: str, paquet: list[str]) -> bytes:
    return "\n".join([entete, *paquet]).encode()


def _champs(modele: type[models.Model]) -> list[models.Field]:
    return [champ for champ in modele._meta.concrete_fields if not champ.generated]


def _ecrite(champ: models.Field, objet: models.Model) -> Any:
    """Telle quelle si JSON la connaît ; sinon le texte d'où Django la relit, à la microseconde et au centime près."""
    valeur = champ.value_from_object(objet)
    if valeur is None or isinstance(valeur, bool | int | str | float) or isinstance(champ, models.JSONField):
        return valeur
    return champ.value_to_string(objet)


# --- Réécrire ------------------------------------------------------------------------------------------------------------
class Reprise:
    """Une base vide, menée au jour de l'archive, puis remplie paquet par paquet."""

    def __init__(self, migrations: Iterable[Iterable[str]]):
        self._migrations = {(app, nom) for app, nom in migrations}
        self._modeles: dict[str, type[models.Model]] = {}

    def inconnues(self) -> list[str]:
        """Les migrations de l'archive que ce code n'a pas : elle vient d'une version plus neuve."""
        connues = MigrationExecutor(connection).loader.disk_migrations
        return sorted(f"{app}.{nom}" for app, nom in self._migrations - set(connues))

    def preparer(self) -> None:
        """Refait les tables telles qu'elles étaient, et les vide de ce que les migrations y mettent."""
        _oter_les_tables()
        executeur = MigrationExecutor(connection)
        graphe = executeur.loader.graph
        cibles = [cle for cle in self._migrations if not set(graphe.node_map[cle].children) & self._noeuds(graphe)]
        etat = executeur.migrate(sorted(cibles))
        self._modeles = {modele._meta.label: modele for modele in modeles_gardes(etat.apps)}
        tables = [modele._meta.db_table for modele in _tous(etat.apps)]
        connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), tables))

    def _noeuds(self, graphe: Any) -> set[Any]:
        return {graphe.node_map[cle] for cle in self._migrations}

    def remplir(self, label: str, contenu: bytes) -> int:
        """Écrit un paquet sans rien recalculer : ni date de modification, ni signal."""
        modele = self._modeles[label]
        entete, *lignes = contenu.decode().split("\n")
        par_nom = {champ.attname: champ for champ in _champs(modele)}
        champs = [par_nom[nom] for nom in json.loads(entete)]
        objets = [_objet(modele, champs, json.loads(ligne)) for ligne in lignes]
        pas = connection.ops.bulk_batch_size(champs, objets) or len(objets)
        gestionnaire: Any = modele._base_manager
        for debut in range(0, len(objets), pas):
            gestionnaire._insert(objets[debut : debut + pas], fields=champs, using=connection.alias, raw=True)
        return len(objets)

    def conclure(self) -> None:
        """Chaque relation mène quelque part, et la prochaine ligne prendra un numéro libre."""
        connection.check_constraints()
        with connection.cursor() as curseur:
            for ordre in connection.ops.sequence_reset_sql(no_style(), list(self._modeles.values())):
                curseur.execute(ordre)


def _objet(modele: type[models.Model], champs: list[models.Field], valeurs: list[Any]) -> models.Model:
    lues = zip(champs, valeurs, strict=True)
    return modele(**{champ.attname: champ.to_python(valeur) for champ, valeur in lues})


def _oter_les_tables() -> None:
    """Une base d'une autre version ne se ramène pas en arrière : vide, elle se refait."""
    tables = [
        *connection.introspection.django_table_names(only_existing=True),
        MigrationRecorder.Migration._meta.db_table,
    ]
    with connection.constraint_checks_disabled(), transaction.atomic(), connection.cursor() as curseur:
        suite = " CASCADE" if connection.vendor == "postgresql" else ""
        for table in tables:
            curseur.execute(f"DROP TABLE IF EXISTS {connection.ops.quote_name(table)}{suite}")
