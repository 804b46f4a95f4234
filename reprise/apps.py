from django.apps import AppConfig


class RepriseConfig(AppConfig):
    name = "reprise"
    verbose_name = "Reprise"

    def ready(self) -> None:
        from reprise import fabriques  # noqa: F401  (inscrit les fabriques des rapports et du classeur)
