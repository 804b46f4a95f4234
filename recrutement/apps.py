from django.apps import AppConfig


class RecrutementConfig(AppConfig):
    name = "recrutement"
    verbose_name = "Recrutement"

    def ready(self) -> None:
        from recrutement import a_faire, panneaux  # noqa: F401  (inscrit les panneaux et ce qui attend)
