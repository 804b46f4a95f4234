"""La forme commune des lignes d'une union : des colonnes par nature, sans nom du métier.

Une source nomme et type ce qu'elle lit (`Lue`) ; chaque champ prend, dans l'ordre, une colonne libre de sa nature. Rien d'autre
ne connaît ces colonnes.
"""

import datetime
import uuid
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from typing import Any

from django.db.models import DateField, DecimalField, IntegerField, TextField, UUIDField

NATURES: dict[type, tuple[int, Any]] = {
    datetime.date: (3, DateField()),
    str: (3, TextField()),
    int: (1, IntegerField()),
    Decimal: (1, DecimalField(max_digits=12, decimal_places=2)),
    uuid.UUID: (1, UUIDField()),
}
FORME: dict[str, Any] = {
    f"{nature.__name__.lower()}_{rang}": champ for nature, (nombre, champ) in NATURES.items() for rang in range(nombre)
}


def colonnes_de(champs: Mapping[str, type]) -> dict[str, str]:
    """{champ: sa colonne}. `TypeError` si un champ n'est d'aucune nature, ou s'il n'en reste plus de colonne."""
    prises: dict[type, int] = {}
    colonnes = {}
    for nom, type_ in champs.items():
        nature = next((nature for nature in NATURES if issubclass(type_, nature)), None)
        if nature is None or prises.get(nature, 0) == NATURES[nature][0]:
            raise TypeError(f"« {nom} » : aucune colonne libre pour {type_.__name__} dans une ligne d'« À faire ».")
        colonnes[nom] = f"{nature.__name__.lower()}_{prises.get(nature, 0)}"
        prises[nature] = prises.get(nature, 0) + 1
    return colonnes


def typee(type_: type, valeur: Any) -> Any:
    """La valeur lue, dans le type du champ : un code redevient le membre de son énumération."""
    return type_(valeur) if valeur is not None and issubclass(type_, Enum) else valeur
