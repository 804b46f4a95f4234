from django.apps import AppConfig


class RepriseConfig(AppConfig):
    name = "reprise"
    verbose_name = "Reprise"

    def ready(self) -> None:
        from reprise import a_faire, fabriques, panneaux, premiers_pas  # noqa: F401  (inscrit fabriques, panneaux et ce qui attend)
