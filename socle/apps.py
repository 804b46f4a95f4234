from django.apps import AppConfig


class SocleConfig(AppConfig):
    name = "socle"
    verbose_name = "Socle"

    def ready(self) -> None:
        from socle import checks  # noqa: F401  (inscrit les contrôles de démarrage)
        from socle.verifications import base, fichiers  # noqa: F401  (inscrit ceux de `verifier`)
