from socle.views.bases import (
    CreationView,
    EditionView,
    FicheView,
    GesteView,
    ReglagesView,
    VueProtegee,
    objet_ou_404,
)
from socle.views.listes import ListeView
from socle.views.verbes import verbe

__all__ = [
    "CreationView",
    "EditionView",
    "FicheView",
    "GesteView",
    "ListeView",
    "ReglagesView",
    "VueProtegee",
    "objet_ou_404",
    "verbe",
]
