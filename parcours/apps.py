from django.apps import AppConfig


class ParcoursConfig(AppConfig):
    name = "parcours"
    verbose_name = "Parcours"

    def ready(self) -> None:
        from parcours import a_faire, panneaux  # noqa: F401  (inscrit les panneaux, ce qui attend)
