"""Confier un travail à la file, après la transaction. La file peut se taire : ce qui est dû est une ligne, redonnée ensuite."""

import logging
from importlib import import_module

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

journal_technique = logging.getLogger(__name__)


class FileInjoignable(Exception):
    """Redis ne répond pas : la tâche n'est pas partie."""


def confier(tache: str, *arguments) -> None:
    """Met la tâche en file une fois la transaction validée. File injoignable : le passage périodique la retrouvera."""
    transaction.on_commit(lambda: _deposer(tache, arguments))


def _deposer(tache: str, arguments: tuple) -> None:
    try:
        mettre_en_file(tache, *arguments)
    except FileInjoignable:
        journal_technique.warning("File injoignable, %s sera repris au prochain passage", tache)


def mettre_en_file(tache: str, *arguments) -> None:
    """Met la tâche en file, aussitôt ; lève `FileInjoignable`."""
    if tache not in current_app.tasks:
        import_module(tache.rpartition(".")[0])  # un processus web n'a lu aucun module de tâches
    try:
        current_app.tasks[tache].delay(*arguments)
    except (OperationalError, OSError) as panne:
        raise FileInjoignable(tache) from panne
