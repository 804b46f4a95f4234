from django.apps import AppConfig


class DeclarationsConfig(AppConfig):
    name = "declarations"
    verbose_name = "Déclarations"

    def ready(self) -> None:
        from declarations import a_faire, ensemble, premiers_pas, verifications  # noqa: F401  (inscrit les panneaux, ce qui attend, ce qui se contrôle)
        from declarations.panneaux import entreprise, mois, prescripteur  # noqa: F401
        from declarations.relances import panneaux  # noqa: F401
