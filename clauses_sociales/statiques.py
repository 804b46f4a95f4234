"""Ce que `collectstatic` laisse dans les paquets : la mise en ligne ne publie que les fichiers servis."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class FichiersStatiquesConfig(StaticFilesConfig):
    """Les roues de Bootstrap, de la police et d'htmx apportent des variantes que personne ne demande.

    Les publier toutes coûte 42 Mo et plus d'une minute de compression à chaque mise en ligne (mesuré le 24/11/2026).
    """

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "*.py",
        "bootstrap.rtl*",
        "bootstrap-*",
        "bootstrap.css*",
        "bootstrap.*js*",
        "SourceSansPro-*Light*",
        "SourceSansPro-Bl*",
        "SourceSansPro-Bold*",
        "SourceSansPro-SemiboldIt*",
        "*.otf",
        "htmx-4*",
        "htmax-4*",
        "ext",
    ]
