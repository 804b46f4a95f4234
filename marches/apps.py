from django.apps import AppConfig


class MarchesConfig(AppConfig):
    name = "marches"
    verbose_name = "Marchés"

    def ready(self) -> None:
        from marches import a_faire, ensemble, panneaux, premiers_pas, trouvables, verifications  # noqa: F401  (inscrit les panneaux, ce qui attend, ce qui se contrôle)
