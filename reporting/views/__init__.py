from reporting.views.accueil import accueil

__all__ = ["accueil"]
