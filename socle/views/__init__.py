from socle.views.bases import CreationView, EditionView, FicheView, ListeView, VueProtegee, objet_ou_404
from socle.views.verbes import verbe

__all__ = ["CreationView", "EditionView", "FicheView", "ListeView", "VueProtegee", "objet_ou_404", "verbe"]
