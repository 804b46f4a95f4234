from django.apps import AppConfig


class PronosticConfig(AppConfig):
    name = "pronostic"
    verbose_name = "Pronostic"

    def ready(self) -> None:
        from pronostic import a_faire, panneaux  # noqa: F401  (inscrit les panneaux, ce qui attend)
