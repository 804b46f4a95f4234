"""La file de travaux. Tout le calendrier périodique tient dans `beat_schedule`, ci-dessous."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clauses_sociales.settings")

app = Celery("clauses_sociales")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Ce qui est dû est une ligne de la base : ces passages ne font que chercher les lignes restées en arrière.
app.conf.beat_schedule = {
    "courriels-en-attente": {"task": "socle.tasks.envoyer_courriels_en_attente", "schedule": 60.0},
    "courriels-anciens": {"task": "socle.tasks.purger_courriels", "schedule": 6 * 3600.0},
    "sessions-expirees": {"task": "socle.tasks.purger_sessions", "schedule": 3600.0},
    "secrets-a-rechiffrer": {"task": "comptes.tasks.rechiffrer_les_secrets", "schedule": 3600.0},
    "documents-en-attente": {"task": "socle.tasks.reprendre_documents", "schedule": 20.0},
    "documents-perimes": {"task": "socle.tasks.purger_documents", "schedule": 3600.0},
    "depots-a-analyser": {"task": "socle.tasks.analyser_depots", "schedule": 30.0},
    "domiciles-a-situer": {"task": "beneficiaires.tasks.situer_domiciles", "schedule": 300.0},
    "mois-a-ouvrir": {"task": "declarations.tasks.ouvrir_les_mois", "schedule": 3600.0},
    "entreprises-a-relancer": {"task": "declarations.tasks.relancer_les_entreprises", "schedule": 3600.0},
    "decisions-attendues": {"task": "cloture.tasks.demander_les_decisions_attendues", "schedule": 3600.0},
    "lettres-parties": {"task": "cloture.tasks.constater_les_lettres_parties", "schedule": 120.0},
    "offres-a-rappeler": {"task": "recrutement.tasks.rappeler_les_offres", "schedule": 3600.0},
    "parcours-a-suivre": {"task": "parcours.tasks.suivre_les_parcours", "schedule": 3600.0},
    "dossiers-au-terme": {"task": "parcours.tasks.conserver_ou_anonymiser", "schedule": 6 * 3600.0},
    "bilans-a-preparer": {"task": "reporting.tasks.preparer_les_bilans", "schedule": 3600.0},
    "points-du-trimestre": {"task": "reporting.tasks.envoyer_les_points", "schedule": 3600.0},
    "avis-decp-a-modifier": {"task": "decp.tasks.modifier_les_avis", "schedule": 3600.0},
    "imports-decp-perimes": {"task": "decp.tasks.purger_imports", "schedule": 3600.0},
    "reprises-perimees": {"task": "reprise.tasks.purger_reprises", "schedule": 3600.0},
}
