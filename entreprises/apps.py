from django.apps import AppConfig


class EntreprisesConfig(AppConfig):
    name = "entreprises"
    verbose_name = "Entreprises"

    def ready(self) -> None:
        from entreprises import departs, ensemble, panneaux, preuves, services, trouvables  # noqa: F401  (inscrit ce qu'un autre étage leur demande)
