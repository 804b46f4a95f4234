from django.apps import AppConfig


class EntreprisesConfig(AppConfig):
    name = "entreprises"
    verbose_name = "Entreprises"

    def ready(self) -> None:
        from entreprises import panneaux, preuves, services  # noqa: F401  (inscrit les panneaux, et ce que fait un rebond)
