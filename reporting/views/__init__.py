from reporting.views.tableau_de_bord import accueil

__all__ = ["accueil"]
