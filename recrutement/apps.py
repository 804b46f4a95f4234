from django.apps import AppConfig


class RecrutementConfig(AppConfig):
    name = "recrutement"
    verbose_name = "Recrutement"

    def ready(self) -> None:
        from recrutement import panneaux  # noqa: F401  (inscrit les panneaux)
