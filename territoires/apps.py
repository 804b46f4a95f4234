from django.apps import AppConfig


class TerritoiresConfig(AppConfig):
    name = "territoires"
    verbose_name = "Territoires"

    def ready(self) -> None:
        from territoires import panneaux, premiers_pas  # noqa: F401  (inscrit ses panneaux)
