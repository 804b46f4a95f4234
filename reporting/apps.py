from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = "Bilans"

    def ready(self) -> None:
        from reporting import a_faire, fabriques, premiers_pas  # noqa: F401  (inscrit la fabrique des bilans et ce qui attend)
