"""Chaque mutant contre les tests qui le traversent ; un survivant est une règle que personne ne garde."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from scripts.mutations.banc import Banc
from scripts.mutations.cibles import Cibles, Trace
from scripts.mutations.enfants import menager
from scripts.mutations.mutants import Mutant

TEST_TROP_LONG_S = 15.0


def dossier_des_tests(fichier: str) -> str:
    """Ceux de son app ; `tests/parcours` est aux parcours du navigateur."""
    app = fichier.split("/")[0]
    return f"tests/{'parcours_des_personnes' if app == 'parcours' else app}/"


@dataclass
class Issue:
    mutant: Mutant
    etat: str  # mort, survivant, non couvert
    tueur: str = ""
    essais: int = 0


@dataclass
class Campagne:
    banc: Banc
    cibles: Cibles
    mesure: dict[str, Trace]
    enfants: int
    secondes: float
    garder: Callable[[Issue], None]
    tueurs: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    ecartes: set[str] = field(default_factory=set)

    def jouer(self, liste: list[Mutant], fin: float) -> list[Issue]:
        """Chaque mutant contre ses tests, jusqu'à l'heure `fin` ; un tueur qui échoue aussi sans mutant ne compte pas."""
        issues = self._passer(liste, fin)
        while faux := self._faux_tueurs({issue.tueur for issue in issues if issue.tueur}):
            self.ecartes |= faux
            refaire = [issue.mutant for issue in issues if issue.tueur in faux]
            issues = [issue for issue in issues if issue.tueur not in faux] + self._passer(refaire, fin)
        return issues

    def _passer(self, liste: list[Mutant], fin: float) -> list[Issue]:
        issues = [Issue(mutant, "non couvert") for mutant in liste if not self._tests(mutant)]
        for issue in issues:
            self.garder(issue)
        couverts = [mutant for mutant in liste if self._tests(mutant)]

        def travaux() -> Iterable[tuple[Mutant, Callable[[], object]]]:
            for mutant in couverts:
                if time.monotonic() < fin:
                    yield mutant, partial(self._essayer, mutant)

        for rang, (mutant, resultat) in enumerate(menager(travaux(), self.enfants), start=1):
            issues.append(self._juger(mutant, resultat))
            self.garder(issues[-1])
            if rang % 100 == 0:
                print(f"  {rang}/{len(couverts)}", flush=True)
        return issues

    def __post_init__(self) -> None:
        self.par_unite: dict[str, list[str]] = defaultdict(list)
        for nom, trace in self.mesure.items():
            if nom in self.banc.tests and not trace.echec and trace.duree < TEST_TROP_LONG_S:
                for unite in trace.unites:
                    self.par_unite[unite].append(nom)

    def _tests(self, mutant: Mutant) -> list[str]:
        """Les tests qui la traversent : d'abord ceux qui ont déjà tué ici, puis ceux de l'app, puis les plus courts."""
        app = dossier_des_tests(mutant.fichier)
        tueurs = self.tueurs[mutant.fichier] + self.tueurs[f"{mutant.fichier}::{mutant.unite}"]
        noms = {nom for unite in self.cibles.traverse(mutant) for nom in self.par_unite[unite]} - self.ecartes
        return sorted(noms, key=lambda nom: (-tueurs[nom], not nom.startswith(app), self.mesure[nom].duree, nom))

    def _essayer(self, mutant: Mutant) -> dict[str, object]:
        """Dans l'enfant."""
        try:
            self.cibles.poser(mutant)
        except (ValueError, TypeError, ArithmeticError, LookupError, AttributeError) as faute:
            return {"tueur": f"le module ne se charge plus : {faute!r}", "essais": 0}
        essais: list[tuple[str, bool]] = []
        debut = time.process_time()

        def suivre(nom: str, passe: bool, _: float) -> bool:
            essais.append((nom, passe))
            return passe and time.process_time() - debut < self.secondes

        self.banc.derouler(self._tests(mutant), suivre, lambda nom: 5 + 10 * self.mesure[nom].duree)
        dernier, passe = essais[-1]
        return {"tueur": "" if passe else dernier, "essais": len(essais)}

    def _juger(self, mutant: Mutant, resultat: dict[str, Any] | None) -> Issue:
        """Un enfant qu'un délai a arrêté tournait sans fin : le mutant est mort."""
        if resultat is None:
            return Issue(mutant, "mort")
        if not resultat["tueur"]:
            return Issue(mutant, "survivant", essais=resultat["essais"])
        self.tueurs[mutant.fichier][resultat["tueur"]] += 1
        self.tueurs[f"{mutant.fichier}::{mutant.unite}"][resultat["tueur"]] += 100
        return Issue(mutant, "mort", resultat["tueur"], resultat["essais"])

    def _faux_tueurs(self, noms: set[str]) -> set[str]:
        def seul(nom: str) -> list[bool]:
            vus: list[bool] = []

            def voir(_: str, passe: bool, __: float) -> bool:
                vus.append(passe)
                return False

            self.banc.derouler([nom], voir, lambda _: 300)
            return vus

        a_verifier = sorted(nom for nom in noms - self.ecartes if nom in self.banc.tests)
        passages = menager(((nom, partial(seul, nom)) for nom in a_verifier), self.enfants)
        return {nom for nom, resultat in passages if resultat != [True]}
