from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = "Bilans"

    def ready(self) -> None:
        from reporting import a_faire, fabriques, panneaux, premiers_pas, verifications  # noqa: F401  (inscrit les bilans, ce qui attend, ce qui se contrôle)
