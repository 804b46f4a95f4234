from django.apps import AppConfig


class SuiviConfig(AppConfig):
    name = "suivi"
    verbose_name = "Suivi"

    def ready(self) -> None:
        from suivi import panneaux, panneaux_entreprise  # noqa: F401  (inscrit les panneaux)
