from django.apps import AppConfig


class SuiviConfig(AppConfig):
    name = "suivi"
    verbose_name = "Suivi"

    def ready(self) -> None:
        from suivi import a_faire, panneaux  # noqa: F401  (inscrit les panneaux et ce qui attend)
