from django.apps import AppConfig


class ClotureConfig(AppConfig):
    name = "cloture"
    verbose_name = "Clôture"

    def ready(self) -> None:
        from cloture import a_faire, fabriques, panneaux, verifications  # noqa: F401  (inscrit tout ce que lisent les registres)
