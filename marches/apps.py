from django.apps import AppConfig


class MarchesConfig(AppConfig):
    name = "marches"
    verbose_name = "Marchés"

    def ready(self) -> None:
        from marches import a_faire, panneaux, premiers_pas  # noqa: F401  (inscrit les panneaux et ce qui attend)
