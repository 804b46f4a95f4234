"""Les fonctions visées, vivantes : quels tests les traversent, et comment l'une d'elles se remplace en mémoire."""

import ast
import gc
import itertools
import sys
from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import CodeType, FunctionType

from scripts.mutations.banc import Banc
from scripts.mutations.enfants import menager
from scripts.mutations.mutants import Mutant, arbre_mute, codes, constantes, fonctions, mutants, noms_lus

RACINE = Path(__file__).resolve().parent.parent.parent
OUTIL = 4  # le numéro de sonde que sys.monitoring laisse libre


@dataclass
class Trace:
    """Un test, sans mutant : sa durée et les fonctions qu'il traverse."""

    duree: float
    unites: list[str]
    echec: str = ""


class Cibles:
    """Les modules visés, leurs fonctions vivantes et leurs mutants."""

    def __init__(self, fichiers: list[str]):
        self.sources = {fichier: (RACINE / fichier).read_text() for fichier in fichiers}
        self.arbres = {fichier: ast.parse(source) for fichier, source in self.sources.items()}
        chemins = {str(RACINE / fichier): fichier for fichier in fichiers}
        self.vivantes: dict[str, list[FunctionType]] = defaultdict(list)
        gc.unfreeze()  # la suite soustrait ses modules au ramasse-miettes : il ne les énumérerait pas
        for objet in gc.get_objects():
            if type(objet) is FunctionType and (fichier := chemins.get(objet.__code__.co_filename)):
                self.vivantes[fichier].append(objet)
        introuvables = [f for f, arbre in self.arbres.items() if any(fonctions(arbre)) and not self.vivantes[f]]
        if introuvables:
            raise SystemExit(f"Rien à muter en mémoire : {introuvables}")

    def unites(self) -> dict[CodeType, str]:
        """{code: « fichier::fonction » qui le contient}."""
        trouvees: dict[CodeType, str] = {}
        for fichier, arbre in self.arbres.items():
            noms = [nom for nom, _ in fonctions(arbre)]
            for fonction in self.vivantes[fichier]:
                nom = _unite(fonction.__code__)
                if nom in noms:
                    trouvees |= {code: f"{fichier}::{nom}" for code in codes(fonction.__code__)}
        return trouvees

    def mutants(self) -> list[Mutant]:
        return [m for fichier, source in self.sources.items() for m in mutants(fichier, source)]

    def traverse(self, mutant: Mutant) -> set[str]:
        """Les fonctions par où un test doit passer pour le voir : celle qu'il change, celles qui lisent une constante changée."""
        changees = self._constantes_touchees(mutant)
        lectrices = {
            f"{fichier}::{nom}"
            for fichier, arbre in self.arbres.items()
            for nom, fonction in fonctions(arbre)
            if changees and not changees.isdisjoint(noms_lus(fonction))
        }
        return lectrices if mutant.constante else lectrices | {f"{mutant.fichier}::{mutant.unite}"}

    def _constantes_touchees(self, mutant: Mutant) -> set[str]:
        """La constante mutée, et celles que le module en tire : une table écrite avec une fonction change avec elle."""
        touchees, changees = {mutant.unite}, set()
        for nom, valeur in constantes(self.arbres[mutant.fichier]):
            if nom == mutant.constante or not touchees.isdisjoint(noms_lus(valeur)):
                touchees.add(nom)
                changees.add(nom)
        return changees

    def poser(self, mutant: Mutant) -> None:
        """Remplace la fonction et les constantes en mémoire, partout où elles sont tenues."""
        arbre = arbre_mute(self.sources[mutant.fichier], mutant)
        chemin = str(RACINE / mutant.fichier)
        neufs = {(c.co_qualname, c.co_firstlineno): c for c in codes(compile(arbre, chemin, "exec"))}
        for fonction in self.vivantes[mutant.fichier]:
            ancien = fonction.__code__
            neuf = neufs.get((ancien.co_qualname, ancien.co_firstlineno))
            # Une fermeture déjà faite ne change pas de variables : elle garde son code.
            if neuf and neuf.co_freevars == ancien.co_freevars and _unite(ancien) == mutant.unite:
                fonction.__code__ = neuf
        module = vars(sys.modules[mutant.fichier.removesuffix(".py").removesuffix("/__init__").replace("/", ".")])
        touchees = self._constantes_touchees(mutant)
        for nom, valeur in constantes(arbre):
            if nom in touchees:
                calculer = FunctionType(compile(ast.Expression(valeur), chemin, "eval"), module)
                self._remplacer(nom, module[nom], calculer())

    @staticmethod
    def _remplacer(nom: str, ancienne: object, neuve: object) -> None:
        for module in list(sys.modules.values()):
            espace = getattr(module, "__dict__", {})
            if espace.get(nom) is ancienne:
                espace[nom] = neuve


def _unite(code: CodeType) -> str:
    return code.co_qualname.split(".<locals>")[0]


def mesurer(banc: Banc, cibles: Cibles, noms: list[str], enfants: int) -> dict[str, Trace]:
    """Un passage de tous les tests, sans mutant ; les fichiers se partagent entre les enfants."""
    unites = cibles.unites()

    def passer(les_miens: list[str]) -> dict[str, list]:
        vues: set[str] = set()
        traces: dict[str, list] = {}

        def voir(code: CodeType, _: int) -> object:
            vues.add(unites[code])
            return sys.monitoring.DISABLE

        def noter(nom: str, passe: bool, duree: float) -> bool:
            traces[nom] = [round(duree, 4), sorted(vues), banc.echec]
            vues.clear()
            sys.monitoring.restart_events()
            return True

        sys.monitoring.use_tool_id(OUTIL, "mutations")
        sys.monitoring.register_callback(OUTIL, sys.monitoring.events.PY_START, voir)
        for code in unites:
            sys.monitoring.set_local_events(OUTIL, code, sys.monitoring.events.PY_START)
        banc.derouler(les_miens, noter, lambda nom: 600)
        return traces

    lots: list[list[str]] = [[] for _ in range(enfants * 8)]
    par_fichier = itertools.groupby(noms, key=lambda nom: nom.split("::")[0])
    for rang, (_, groupe) in enumerate(par_fichier):
        lots[rang % len(lots)] += groupe
    mesure: dict[str, Trace] = {}
    for lot, traces in menager(((lot, partial(passer, lot)) for lot in lots if lot), enfants):
        if traces is None:
            raise SystemExit(
                f"La mesure s'est arrêtée dans l'un de ces fichiers : {sorted({n.split('::')[0] for n in lot})}"
            )
        mesure |= {nom: Trace(*trace) for nom, trace in traces.items()}
    return mesure
