"""Ce qu'un import a fait, ou pourquoi il n'a rien fait."""

from collections import Counter
from dataclasses import dataclass, field


class ImportRefuse(Exception):
    """Rien n'a été écrit ; `erreurs` les dit toutes."""

    def __init__(self, *erreurs: str):
        super().__init__(" ".join(erreurs))
        self.erreurs = list(erreurs)


@dataclass(slots=True)
class Rapport:
    """Des comptes par genre d'objet. « absent » : connu ici, pas dans le fichier, donc gardé ; « ignore » : lu, laissé."""

    cree: Counter[str] = field(default_factory=Counter)
    modifie: Counter[str] = field(default_factory=Counter)
    inchange: Counter[str] = field(default_factory=Counter)
    absent: Counter[str] = field(default_factory=Counter)
    ignore: Counter[str] = field(default_factory=Counter)
    avertissements: list[str] = field(default_factory=list)

    def en_dict(self, *genres: str) -> dict:
        comptes = {nom: {genre: getattr(self, nom)[genre] for genre in genres} for nom in COMPTES}
        return {**comptes, "avertissements": self.avertissements, "erreurs": []}


COMPTES = ("cree", "modifie", "inchange", "absent")
