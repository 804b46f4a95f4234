"""La clé secrète d'une installation d'essai : créée une fois, gardée hors du dépôt, lisible du seul propriétaire."""

import os
from pathlib import Path

from django.core.management.utils import get_random_secret_key


def lire_ou_creer(chemin: Path) -> str:
    """Rend la clé du fichier, créé s'il manque ; deux processus lancés ensemble lisent la même."""
    try:
        descripteur = os.open(chemin, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return chemin.read_text()
    with os.fdopen(descripteur, "w") as fichier:
        fichier.write(get_random_secret_key())
    return chemin.read_text()
