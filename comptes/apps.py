from django.apps import AppConfig


class ComptesConfig(AppConfig):
    name = "comptes"
    verbose_name = "Comptes"

    def ready(self) -> None:
        from comptes import a_faire, fabriques, premiers_pas, trouvables, verifications  # noqa: F401  (inscrit ce qui attend, ce qui se contrôle)
