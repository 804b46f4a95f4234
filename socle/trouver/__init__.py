"""« Rechercher » : chaque étage déclare ce qui se trouve ; un mot tapé le cherche partout, dans la portée de qui cherche."""

from socle.trouver.recherche import Groupe, chercher, retrouver
from socle.trouver.registre import Pages, Trouvables, Trouvaille, trouvable

__all__ = ["Groupe", "Pages", "Trouvables", "Trouvaille", "chercher", "retrouver", "trouvable"]
