"""Ce que Prometheus lit : les requêtes servies, comptées à mesure, et l'état de l'installation, lu au moment où il le demande.

Ni adresse ni personne dans une étiquette : une page se nomme par sa vue. Plusieurs processus comptent ensemble dans le dossier
`PROMETHEUS_MULTIPROC_DIR`, que la bibliothèque lit à son chargement.
"""

import shutil
import time
from collections.abc import Callable, Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY

from socle.enums import EtatCourriel
from socle.models import Courriel, EchecTravail, PassageTravail
from socle.services.etat import attente_des_courriels, attente_des_documents, longueurs_des_files

REQUETES = Counter("clauses_requetes", "Requêtes servies", ["vue", "methode", "statut"])
DUREES = Histogram(
    "clauses_requete_secondes", "Durée des requêtes", ["vue"], buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
)
METHODES = {"GET", "HEAD", "POST"}


class MesuresMiddleware:
    """Compte chaque requête. Le premier de tous : il mesure aussi ce que les autres coûtent."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        debut = time.perf_counter()
        reponse = self.get_response(request)
        vue = (request.resolver_match and request.resolver_match.view_name) or "aucune"
        methode = request.method if request.method in METHODES else "autre"
        REQUETES.labels(vue, methode, reponse.status_code).inc()
        DUREES.labels(vue).observe(time.perf_counter() - debut)
        return reponse


class Etat:
    """Les files, les courriels, les attentes, les travaux : ce qui est vrai maintenant, quel que soit le processus."""

    def collect(self) -> Iterator[Metric]:
        files = GaugeMetricFamily("clauses_file_messages", "Messages qui attendent dans une file", labels=["file"])
        for file, longueur in (longueurs_des_files() or {}).items():
            files.add_metric([file], longueur)
        yield files
        en_attente = Courriel.objects.filter(etat=EtatCourriel.EN_ATTENTE).count()
        yield GaugeMetricFamily("clauses_courriels_en_attente", "Courriels qui attendent de partir", en_attente)
        attentes = GaugeMetricFamily("clauses_attente_secondes", "Âge de la plus vieille ligne due", labels=["quoi"])
        attentes.add_metric(["documents"], attente_des_documents())
        attentes.add_metric(["courriels"], attente_des_courriels())
        yield attentes
        echecs = EchecTravail.objects.count()
        yield GaugeMetricFamily("clauses_echecs", "Lignes qu'un travail périodique n'a pas pu traiter", echecs)
        yield self._passages()
        libre = shutil.disk_usage(settings.VAR_DIR).free
        yield GaugeMetricFamily("clauses_disque_libre_octets", "Place libre où vivent les données", libre)

    def _passages(self) -> Metric:
        depuis = GaugeMetricFamily(
            "clauses_travail_reussi_depuis_secondes",
            "Depuis le dernier passage réussi d'un travail",
            labels=["travail"],
        )
        for passage in PassageTravail.objects.order_by("travail"):
            if passage.reussi_le is not None:
                depuis.add_metric([passage.travail], max(0.0, (timezone.now() - passage.reussi_le).total_seconds()))
        return depuis


def exposer() -> bytes:
    """Tout, au format texte de Prometheus."""
    etat = CollectorRegistry()
    etat.register(Etat())
    requetes = REGISTRY
    if settings.PROMETHEUS_MULTIPROC_DIR:
        requetes = CollectorRegistry()
        MultiProcessCollector(requetes)
    return generate_latest(requetes) + generate_latest(etat)
