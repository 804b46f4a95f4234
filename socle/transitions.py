"""Les transitions permises d'un agrégat : UNE table, lue par les services, les boutons et la documentation."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from socle.regles import OUI, RegleViolee, Verdict, non


@dataclass(frozen=True, slots=True)
class Transition:
    nom: str
    libelle: str
    depuis: frozenset[str]
    vers: str

    def __init__(self, nom: str, libelle: str, depuis: Iterable[str], vers: str):
        object.__setattr__(self, "nom", nom)
        object.__setattr__(self, "libelle", libelle)
        object.__setattr__(self, "depuis", frozenset(depuis))
        object.__setattr__(self, "vers", vers)


class TableTransitions(Mapping[str, Transition]):
    """Table des transitions d'un statut ; l'ordre de déclaration est celui des boutons."""

    def __init__(self, *transitions: Transition):
        self._par_nom = {transition.nom: transition for transition in transitions}

    def __getitem__(self, nom: str) -> Transition:
        return self._par_nom[nom]

    def __iter__(self) -> Iterator[str]:
        return iter(self._par_nom)

    def __len__(self) -> int:
        return len(self._par_nom)

    def possibles(self, statut: str) -> list[Transition]:
        return [transition for transition in self.values() if statut in transition.depuis]

    def verdict(self, nom: str, statut: str) -> Verdict:
        transition = self._par_nom.get(nom)
        if transition is None:
            return non("Ce geste n'existe pas.")
        if statut in transition.depuis:
            return OUI
        return non(f"« {transition.libelle} » n'est pas possible dans l'état actuel.")

    def appliquer(self, nom: str, statut: str) -> str:
        """Rend le statut d'arrivée, ou lève `RegleViolee`."""
        verdict = self.verdict(nom, statut)
        if not verdict:
            raise RegleViolee(verdict.motif)
        return self._par_nom[nom].vers
