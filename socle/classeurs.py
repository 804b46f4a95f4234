"""Les classeurs, seul module qui connaisse xlsxwriter : un texte y reste un texte, et rien d'invisible n'abîme le fichier."""

from collections.abc import Mapping
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from socle.texte import nettoyer

# Ni formule, ni lien, ni nombre deviné : un texte qui commence par « = » reste un texte.
_SURS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "dd/mm/yyyy",
}


class FeuilleSure(Worksheet):
    """Une feuille dont chaque texte est nettoyé : un caractère de contrôle rendrait le classeur illisible."""

    def _write_string(self, row: int, col: int, string: str, cell_format=None):
        return super()._write_string(row, col, nettoyer(string), cell_format)


class Classeur(Workbook):
    """Un classeur à écrire, dans un `with` ; `options` : celles de xlsxwriter qui changent sa mémoire."""

    worksheet_class = FeuilleSure

    def __init__(self, sortie, **options: Any):
        super().__init__(sortie, {**_SURS, **options})

    def add_worksheet(self, name: str | None = None, worksheet_class: type[Worksheet] | None = None) -> Worksheet:
        return super().add_worksheet(nettoyer(name, une_ligne=True) if name else None, worksheet_class)

    def set_properties(self, properties: Mapping[str, Any]) -> None:
        propres = {cle: nettoyer(v, une_ligne=True) if isinstance(v, str) else v for cle, v in properties.items()}
        super().set_properties(propres)
