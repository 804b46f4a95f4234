"""Ce qui prouve qu'un compte est bien de l'entreprise dont il porte le nom, sans que personne ait à le confirmer.

Un étage du dessus inscrit sa preuve : `comptes` ne connaît pas les fiches. Une preuve vient toujours d'un autre que la structure
qui invite : elle n'atteste pas pour elle-même.
"""

from collections.abc import Callable

from comptes.models import Organisation

Preuve = Callable[[Organisation, Organisation, str], bool]
_PREUVES: list[Preuve] = []


def preuve_de_compte(preuve: Preuve) -> Preuve:
    """Inscrit une fonction `(organisation, structure qui invite, adresse) -> bool`."""
    _PREUVES.append(preuve)
    return preuve


def est_prouve(organisation: Organisation, emettrice: Organisation, adresse: str) -> bool:
    return any(preuve(organisation, emettrice, adresse) for preuve in _PREUVES)
