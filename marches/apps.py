from django.apps import AppConfig


class MarchesConfig(AppConfig):
    name = "marches"
    verbose_name = "Marchés"

    def ready(self) -> None:
        from marches import agenda, panneaux  # noqa: F401  (inscrit les panneaux et les événements de l'agenda)
