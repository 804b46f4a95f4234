"""La file de travaux. Tout le calendrier périodique tient dans `beat_schedule`, ci-dessous."""

import os
from importlib import import_module
from typing import Any

from celery import Celery, states
from celery.signals import task_failure, task_postrun, task_prerun

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clauses_sociales.settings")

app = Celery("clauses_sociales")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Ce qui est dû est une ligne de la base : ces passages ne font que chercher les lignes restées en arrière.
app.conf.beat_schedule = {
    "courriels-en-attente": {"task": "socle.tasks.envoyer_courriels_en_attente", "schedule": 60.0},
    "courriels-anciens": {"task": "socle.tasks.purger_courriels", "schedule": 6 * 3600.0},
    "rebonds-à-lire": {"task": "socle.tasks.lire_les_rebonds", "schedule": 600.0},
    "sessions-expirées": {"task": "socle.tasks.purger_sessions", "schedule": 3600.0},
    "secrets-à-rechiffrer": {"task": "comptes.tasks.rechiffrer_les_secrets", "schedule": 3600.0},
    "documents-en-attente": {"task": "socle.tasks.reprendre_documents", "schedule": 20.0},
    "documents-périmés": {"task": "socle.tasks.purger_documents", "schedule": 3600.0},
    "dépôts-à-analyser": {"task": "socle.tasks.analyser_depots", "schedule": 30.0},
    "domiciles-à-situer": {"task": "beneficiaires.tasks.situer_domiciles", "schedule": 300.0},
    "mois-à-ouvrir": {"task": "declarations.tasks.ouvrir_les_mois", "schedule": 3600.0},
    "entreprises-à-relancer": {"task": "declarations.tasks.relancer_les_entreprises", "schedule": 3600.0},
    "décisions-attendues": {"task": "cloture.tasks.demander_les_decisions_attendues", "schedule": 3600.0},
    "lettres-parties": {"task": "cloture.tasks.constater_les_lettres_parties", "schedule": 120.0},
    "offres-à-rappeler": {"task": "recrutement.tasks.rappeler_les_offres", "schedule": 3600.0},
    "parcours-à-suivre": {"task": "parcours.tasks.suivre_les_parcours", "schedule": 3600.0},
    "dossiers-au-terme": {"task": "parcours.tasks.conserver_ou_anonymiser", "schedule": 6 * 3600.0},
    "bilans-à-préparer": {"task": "reporting.tasks.preparer_les_bilans", "schedule": 3600.0},
    "points-du-trimestre": {"task": "reporting.tasks.envoyer_les_points", "schedule": 3600.0},
    "avis-publics-à-modifier": {"task": "decp.tasks.modifier_les_avis", "schedule": 3600.0},
    "fichiers-publics-périmés": {"task": "decp.tasks.purger_imports", "schedule": 3600.0},
    "veille-du-service": {"task": "exploitation.tasks.veiller", "schedule": 60.0},
    "reprises-périmées": {"task": "reprise.tasks.purger_reprises", "schedule": 3600.0},
}


def _est_periodique(tache: Any) -> bool:
    return any(entree["task"] == tache.name for entree in app.conf.beat_schedule.values())


@task_prerun.connect
def _noter_le_depart(task: Any, **_: Any) -> None:
    if _est_periodique(task):
        _passages().commencer(task.name)


@task_postrun.connect
def _noter_l_arrivee(task: Any, retval: Any, state: str, **_: Any) -> None:
    if state == states.SUCCESS and _est_periodique(task):
        _passages().finir(task.name, retval if isinstance(retval, int) else None)


@task_failure.connect
def _noter_l_echec(sender: Any, exception: BaseException, **_: Any) -> None:
    """Le travailleur mort en route compris : c'est son parent qui le dit."""
    if _est_periodique(sender):
        _passages().finir(sender.name, erreur=type(exception).__name__)


def _passages() -> Any:
    """Le service des passages : ses modèles ne se lisent qu'une fois Django prêt, et ce module l'est avant lui."""
    return import_module("socle.services.passages")
