from django.apps import AppConfig


class RecrutementConfig(AppConfig):
    name = "recrutement"
    verbose_name = "Recrutement"

    def ready(self) -> None:
        from recrutement import panneaux, panneaux_entreprise  # noqa: F401  (inscrit les panneaux)
