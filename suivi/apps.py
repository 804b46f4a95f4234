from django.apps import AppConfig


class SuiviConfig(AppConfig):
    name = "suivi"
    verbose_name = "Suivi"

    def ready(self) -> None:
        from suivi import fabriques, panneaux, panneaux_cloture  # noqa: F401  (inscrit les fabriques et les panneaux)
