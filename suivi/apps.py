from django.apps import AppConfig


class SuiviConfig(AppConfig):
    name = "suivi"
    verbose_name = "Suivi"

    def ready(self) -> None:
        from suivi import (  # noqa: F401  (inscrit les fabriques, les panneaux et ce qui attend)
            a_faire,
            a_faire_cloture,
            a_faire_pronostics,
            fabriques,
            panneaux,
            panneaux_cloture,
            panneaux_entreprise,
        )
