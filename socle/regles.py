"""Le vocabulaire des règles : un refus porte toujours sa raison, en français, lisible par la personne refusée."""

from collections.abc import Collection
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError


class RegleViolee(ValidationError):
    """Une règle du métier s'oppose au geste demandé. `motif` se montre tel quel, au besoin à côté de `champ` ou de `champs`."""

    def __init__(self, motif: str, *, champ: str | None = None, champs: Collection[str] = ()):
        nommes = [champ] if champ else champs
        super().__init__({nom: [motif] for nom in nommes} if nommes else motif)
        self.motif = motif


class AccesRefuse(PermissionDenied):
    """L'acteur voit l'objet mais n'a pas le droit de ce geste."""

    def __init__(self, motif: str):
        super().__init__(motif)
        self.motif = motif


@dataclass(frozen=True, slots=True)
class Verdict:
    """La réponse d'un prédicat : oui, ou non et pourquoi. Boutons et services posent la même question."""

    ok: bool
    motif: str = ""

    def __bool__(self) -> bool:
        return self.ok

    def exiger(self) -> None:
        if not self.ok:
            raise AccesRefuse(self.motif)


OUI = Verdict(True)


def non(motif: str) -> Verdict:
    return Verdict(False, motif)
