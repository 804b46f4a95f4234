"""L'aide : un guide par rôle, un chapitre par page, une visite qui les montre.

Les textes vivent dans `docs/guides`, un fichier Markdown par guide : on les lit aussi bien là que dans l'application.
"""
