"""Les feuilles d'un fichier déposé, quel qu'en soit le format : XLSX, XLS, ODS ou CSV. Le contenu le dit, pas le nom."""

from socle.feuilles.archive import ClasseurRefuse
from socle.feuilles.cellules import est_vide, montrer
from socle.feuilles.feuille import Feuille
from socle.feuilles.lecture import Format, Lecture, ouvrir

__all__ = ["ClasseurRefuse", "Feuille", "Format", "Lecture", "est_vide", "montrer", "ouvrir"]
