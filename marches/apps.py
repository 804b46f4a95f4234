from django.apps import AppConfig


class MarchesConfig(AppConfig):
    name = "marches"
    verbose_name = "Marchés"

    def ready(self) -> None:
        from marches import a_faire, agenda, panneaux  # noqa: F401  (inscrit panneaux, agenda et ce qui attend)
