from django.apps import AppConfig


class DecpConfig(AppConfig):
    name = "decp"
    verbose_name = "Données essentielles de la commande publique"

    def ready(self) -> None:
        from decp import fabriques  # noqa: F401  (inscrit la fabrique du rapport)
