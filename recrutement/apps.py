from django.apps import AppConfig


class RecrutementConfig(AppConfig):
    name = "recrutement"
    verbose_name = "Recrutement"

    def ready(self) -> None:
        from recrutement import (  # noqa: F401  (inscrit les panneaux et ce qui attend)
            a_faire,
            a_faire_entreprise,
            panneaux,
            panneaux_entreprise,
        )
