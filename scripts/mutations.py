"""Les tests mordent-ils ? Une faute à la fois est posée dans les règles, et un test doit la voir.

    .venv/bin/python scripts/mutations.py --modules marches beneficiaires
    .venv/bin/python scripts/mutations.py --changes HEAD^ --minutes 3      les modules changés, en un temps borné

Django démarre une fois, la base migrée et le petit monde sont en mémoire ; un passage note quels tests traversent quelle
fonction. Chaque mutant est ensuite un processus né d'un `fork` : il remplace le code de la fonction, lance les seuls tests qui
la traversent, s'arrête au premier qui échoue. Un survivant est une règle que personne ne garde : on écrit le test, ou on dit
dans `mutants_admis.toml` pourquoi la faute ne change rien.
"""

import argparse
import ast
import gc
import itertools
import json
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest
from mutants import Mutant, admis, arbre_mute, codes, constantes, fonctions, mutants, noms_lus

RACINE = Path(__file__).resolve().parent.parent
REGLES = ("*/**/permissions*.py", "*/**/services.py", "*/**/services/**/*.py")
PURS = (
    "beneficiaires/eligibilite.py",
    "cloture/calcul.py",
    "cloture/constat.py",
    "cloture/penalites/preuves.py",
    "declarations/controles.py",
    "declarations/relances/calendrier.py",
    "marches/avancement.py",
    "marches/calcul.py",
    "marches/cadre_legal.py",
    "marches/retroplanning.py",
    "pronostic/evaluation.py",
    "pronostic/projection.py",
    "pronostic/trajectoire.py",
    "recrutement/eligibilite.py",
    "reporting/bilan/masques.py",
    "reporting/calcul/*.py",
    "reporting/lecture/periodes.py",
    "socle/jours_ouvres.py",
    "socle/periodes.py",
    "socle/transitions.py",
)
# Ce qui ne se rejoue pas dans un enfant : un navigateur, une vraie file, de vraies transactions, un monde entier.
ECARTES = ("navigateur", "redis")
DOSSIERS_ECARTES = ("tests/parcours/", "tests/demonstration/")
TEST_TROP_LONG_S = 15.0
FICHIERS_POUR_CHAUFFER = 20
ATTENTE_S = 900
MEMOIRE_D_UN_ENFANT = 6 * 1024**3
OUTIL = 4  # le numéro de sonde que sys.monitoring laisse libre


@dataclass
class Trace:
    """Un test, sans mutant : sa durée et les fonctions qu'il traverse."""

    duree: float
    unites: list[str]
    echec: str = ""


@dataclass
class Issue:
    mutant: Mutant
    etat: str  # mort, survivant, non couvert
    tueur: str = ""
    essais: int = 0


@dataclass
class Enfant:
    """Un processus né d'un `fork`, et le fichier où il rend son résultat."""

    pid: int
    sortie: Any

    @classmethod
    def naitre(cls, travail: Callable[[], object]) -> "Enfant":
        sortie = tempfile.TemporaryFile()  # noqa: SIM115  (le parent le lit plus tard)
        sys.stdout.flush()
        pid = os.fork()
        if pid:
            return cls(pid, sortie)
        resource.setrlimit(resource.RLIMIT_AS, (MEMOIRE_D_UN_ENFANT, MEMOIRE_D_UN_ENFANT))
        muet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(muet, 1)
        os.dup2(muet, 2)
        try:
            rendu = json.dumps({"rendu": travail()})
        except BaseException:
            rendu = json.dumps({"panne": traceback.format_exc()})
        sortie.write(rendu.encode())
        sortie.flush()
        os._exit(0)

    def resultat(self) -> Any:
        """Rien si un signal l'a arrêté avant qu'il n'ait rendu."""
        self.sortie.seek(0)
        lu = json.loads(self.sortie.read() or '{"rendu": null}')
        self.sortie.close()
        if "panne" in lu:
            raise RuntimeError(lu["panne"])
        return lu["rendu"]


def menager(travaux: Iterable[tuple[Any, Callable[[], object]]], au_plus: int) -> Iterable[tuple[Any, Any]]:
    """(nom, résultat) de chaque travail, dans l'ordre où ils finissent, `au_plus` enfants à la fois."""
    en_cours: dict[int, tuple[Any, Enfant]] = {}
    for nom, travail in itertools.chain(travaux, [(None, None)]):
        while en_cours and (len(en_cours) >= au_plus or travail is None):
            pid, _ = os.wait()
            if pid in en_cours:
                fini, enfant = en_cours.pop(pid)
                yield fini, enfant.resultat()
        if travail is not None:
            enfant = Enfant.naitre(travail)
            en_cours[enfant.pid] = (nom, enfant)


# --- Le banc : les tests collectés, la base en mémoire, le monde partagé ---------------------------------------------


class Banc:
    """Le greffon de pytest : il collecte, prépare la base, et remplace la boucle des tests par `seance`."""

    def __init__(self, seance: Callable[["Banc"], None]):
        self.seance = seance
        self.tests: dict[str, pytest.Item] = {}
        self.echec = ""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        self.tests = {item.nodeid: item for item in items if _se_rejoue(item)}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.echec = report.longreprtext[-200:]

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        from pytest_django.plugin import blocking_manager_key  # noqa: PLC0415  (pytest le récrit d'abord)

        premier = max(self.tests.values(), key=_rang)
        if not self._lancer(premier, session):  # dresse ce que toute la session partage, base comprise
            raise SystemExit(f"{premier.nodeid} échoue sans mutant : rien ne peut se mesurer.")
        session.config.stash[blocking_manager_key].unblock()
        _passer_en_memoire()
        self._partager_le_monde(session.config)
        self._chauffer(session)
        self.seance(self)
        return True

    def _chauffer(self, session: pytest.Session) -> None:
        """Routes, gabarits, traductions se chargent ici une fois, non dans chaque enfant."""
        premiers = {item.path: item for item in self.tests.values() if _rang(item) == 1}
        for item in list(premiers.values())[:FICHIERS_POUR_CHAUFFER]:
            self._lancer(item, session)

    def _partager_le_monde(self, config: pytest.Config) -> None:
        """Le petit monde, construit ici, sert à tous les enfants : ses fichiers croient l'ouvrir et le fermer."""
        conftest: Any = next(p for p in config.pluginmanager.get_plugins() if hasattr(p, "MondeDuFichier"))
        classe = conftest.MondeDuFichier
        commun = classe()
        commun.fermer = lambda: None

        class MondeCommun:
            ouvert = commun

            def __new__(cls) -> Any:
                return commun

        conftest.MondeDuFichier = MondeCommun

        def fermer() -> None:
            conftest.MondeDuFichier = classe
            if classe.ouvert is commun:
                del commun.fermer
                commun.fermer()

        self.fermer_le_monde = fermer

    def _lancer(self, item: pytest.Item, suivant: pytest.Item | pytest.Session | None = None) -> bool:
        """Vrai si le test passe. Le suivant dit ce qui reste dressé."""
        self.echec = ""
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=suivant or item)
        return not self.echec

    def derouler(
        self, noms: list[str], apres: Callable[[str, bool, float], bool], delai: Callable[[str], float]
    ) -> None:
        """Les tests dans cet ordre, ceux du monde partagé avant ceux qui ne doivent pas le voir, tant qu'`apres` le veut.

        Durées et délais se comptent en temps de processeur : une machine chargée n'y change rien.
        """
        noms = sorted(noms, key=lambda nom: _rang(self.tests[nom]))
        for rang, nom in enumerate(noms):
            item = self.tests[nom]
            if _rang(item) == 2:
                self.fermer_le_monde()
            signal.setitimer(signal.ITIMER_PROF, delai(nom))
            signal.alarm(ATTENTE_S)
            debut = time.process_time()
            passe = self._lancer(item, self.tests[noms[rang + 1]] if rang + 1 < len(noms) else None)
            if not apres(nom, passe, time.process_time() - debut):
                return


def _se_rejoue(item: pytest.Item) -> bool:
    marque = item.get_closest_marker("django_db")
    vraie = bool(marque and marque.kwargs.get("transaction")) or "transactional_db" in getattr(item, "fixturenames", ())
    ecarte = any(item.get_closest_marker(nom) for nom in ECARTES) or item.nodeid.startswith(DOSSIERS_ECARTES)
    return not vraie and not ecarte


def _rang(item: pytest.Item) -> int:
    """0 sans base, 1 avec le monde partagé, 2 une base vide."""
    recus: list[str] = getattr(item, "fixturenames", [])
    if "_monde_du_fichier" in recus:
        return 1
    return 2 if item.get_closest_marker("django_db") or "db" in recus else 0


def _passer_en_memoire() -> None:
    """La base migrée, recopiée en mémoire : un `fork` l'emporte, transaction ouverte comprise."""
    from django.db import connection  # noqa: PLC0415  (Django n'est prêt qu'ici)

    fichier = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = ":memory:"
    connection.connect()
    source = sqlite3.connect(fichier)
    source.backup(connection.connection)
    source.close()


# --- La mesure : quels tests traversent quelle fonction ---------------------------------------------------------------


class Cibles:
    """Les modules visés, leurs fonctions vivantes et leurs mutants."""

    def __init__(self, fichiers: list[str]):
        self.sources = {fichier: (RACINE / fichier).read_text() for fichier in fichiers}
        self.arbres = {fichier: ast.parse(source) for fichier, source in self.sources.items()}
        chemins = {str(RACINE / fichier): fichier for fichier in fichiers}
        self.vivantes: dict[str, list[FunctionType]] = defaultdict(list)
        for objet in gc.get_objects():
            if type(objet) is FunctionType and (fichier := chemins.get(objet.__code__.co_filename)):
                self.vivantes[fichier].append(objet)

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
                self._remplacer(nom, module[nom], eval(compile(ast.Expression(valeur), chemin, "eval"), module))

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


# --- Les mutants ------------------------------------------------------------------------------------------------------


@dataclass
class Campagne:
    banc: Banc
    cibles: Cibles
    mesure: dict[str, Trace]
    enfants: int
    secondes: float
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
        couverts = [mutant for mutant in liste if self._tests(mutant)]

        def travaux() -> Iterable[tuple[Mutant, Callable[[], object]]]:
            for mutant in couverts:
                if time.monotonic() < fin:
                    yield mutant, partial(self._essayer, mutant)

        for rang, (mutant, resultat) in enumerate(menager(travaux(), self.enfants), start=1):
            issues.append(self._juger(mutant, resultat))
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
        app = f"tests/{mutant.fichier.split('/')[0]}/"
        tueurs = self.tueurs[mutant.fichier] + self.tueurs[f"{mutant.fichier}::{mutant.unite}"]
        noms = {nom for unite in self.cibles.traverse(mutant) for nom in self.par_unite[unite]} - self.ecartes
        return sorted(noms, key=lambda nom: (-tueurs[nom], not nom.startswith(app), self.mesure[nom].duree, nom))

    def _essayer(self, mutant: Mutant) -> dict[str, object]:
        """Dans l'enfant."""
        try:
            self.cibles.poser(mutant)
        except (ValueError, TypeError, ArithmeticError, LookupError) as faute:
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


# --- Ce qu'on vise, ce qu'on rend -------------------------------------------------------------------------------------


def modules_vises(filtres: list[str], depuis: str) -> list[str]:
    tous = {p.relative_to(RACINE).as_posix() for motif in (*REGLES, *PURS) for p in RACINE.glob(motif)}
    tous = {fichier for fichier in tous if not fichier.startswith(("tests/", ".", "scripts/"))}
    if depuis:
        git = ["git", "-C", str(RACINE), "diff", "--name-only", depuis]
        diff = subprocess.run(git, capture_output=True, text=True)
        if diff.returncode:
            print(f"{depuis} : ce clone n'a pas ce commit, rien à comparer.")
        tous &= set(diff.stdout.split())
    return sorted(fichier for fichier in tous if not filtres or fichier.startswith(tuple(filtres)))


def separer_les_admis(liste: list[Mutant]) -> tuple[list[Mutant], int]:
    """Les mutants à tuer, et combien sont admis parce qu'ils ne changent rien."""
    connus = admis()
    reste = [mutant for mutant in liste if mutant.cle not in connus]
    return reste, len(liste) - len(reste)


def rendre(issues: list[Issue], sans_effet: int, rapport: str) -> float:
    par_module: dict[str, Counter[str]] = defaultdict(Counter)
    for issue in issues:
        par_module[issue.mutant.fichier][issue.etat] += 1
    for issue in sorted(issues, key=lambda issue: (issue.mutant.fichier, issue.mutant.ligne)):
        if issue.etat != "mort":
            m = issue.mutant
            print(
                f"{m.fichier}:{m.ligne} {issue.etat} ({issue.essais} tests) · {m.faute}\n    - {m.avant}\n    + {m.apres}"
            )
    print(f"\n{'module':<52} morts survivants non couverts    score")
    for fichier, compte in sorted(par_module.items()):
        total = sum(compte.values())
        print(
            f"{fichier:<52} {compte['mort']:>5} {compte['survivant']:>10} {compte['non couvert']:>12}"
            f" {100 * compte['mort'] / total:>7.1f} %"
        )
    morts = sum(compte["mort"] for compte in par_module.values())
    score = 100 * morts / len(issues) if issues else 100.0
    print(f"\n{morts} morts sur {len(issues)} mutants : {score:.1f} % ; {sans_effet} admis sans effet.")
    if rapport:
        lignes = [{**vars(issue.mutant), "etat": issue.etat, "tueur": issue.tueur} for issue in issues]
        Path(rapport).write_text(json.dumps(lignes, ensure_ascii=False, indent=1))
    return score


def lire_les_options() -> argparse.Namespace:
    lecteur = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    lecteur.add_argument("--modules", nargs="+", default=[], help="débuts de chemins : marches, recrutement/services/")
    lecteur.add_argument("--changes", default="", metavar="REF", help="seulement les modules changés depuis ce commit")
    lecteur.add_argument("--unite", default="", help="seulement cette fonction")
    lecteur.add_argument("--tests", nargs="+", default=[], help="les tests à prendre ; sans cela, ceux des apps visées")
    lecteur.add_argument("--mutants", type=int, default=0, help="au plus tant de mutants, tirés au sort")
    lecteur.add_argument("--minutes", type=float, default=0, help="s'arrête après ce temps, mesure comprise")
    lecteur.add_argument("--secondes", type=float, default=10, help="au plus ce temps de processeur par mutant")
    lecteur.add_argument("--seuil", type=float, default=0, help="échoue sous ce pourcentage de morts")
    lecteur.add_argument("--graine", type=int, default=1, help="celle du tirage et des tests")
    lecteur.add_argument("--enfants", type=int, default=2, help="combien de mutants à la fois")
    lecteur.add_argument("--mesure", default="", metavar="FICHIER", help="garde la mesure ; ne mesure que le nouveau")
    lecteur.add_argument("--rapport", default="", metavar="FICHIER", help="les mutants et leur sort, en JSON")
    return lecteur.parse_args()


def tests_de(modules: list[str]) -> list[str]:
    """Ceux des apps de ces modules, et la porte de chaque service."""
    apps = sorted({f"tests/{fichier.split('/')[0]}" for fichier in modules} | {"tests/test_gestes.py"})
    return [chemin for chemin in apps if (RACINE / chemin).exists()]


def mesure_gardee(fichier: str) -> dict[str, Trace]:
    if not fichier or not Path(fichier).exists():
        return {}
    return {nom: Trace(**trace) for nom, trace in json.loads(Path(fichier).read_text()).items()}


@dataclass
class Seance:
    """Ce que demande la ligne de commande, une fois les tests collectés."""

    options: argparse.Namespace
    vises: list[str]
    debut: float = field(default_factory=time.monotonic)
    score: float = 0.0

    def __call__(self, banc: Banc) -> None:
        cibles = Cibles(modules_vises([], "") if self.options.mesure else self.vises)
        gc.freeze()  # le ramasse-miettes d'un enfant ne touche pas, donc ne recopie pas, la mémoire du parent
        mesure = self._mesurer(banc, cibles)
        liste, sans_effet = separer_les_admis([mutant for mutant in cibles.mutants() if mutant.fichier in self.vises])
        liste = self._choisir(liste)
        campagne = Campagne(banc, cibles, mesure, self.options.enfants, self.options.secondes)
        fin = self.debut + 60 * self.options.minutes if self.options.minutes else float("inf")
        issues = campagne.jouer(liste, fin)
        self.score = rendre(issues, sans_effet, self.options.rapport)
        print(f"{len(issues)} mutants essayés sur {len(liste)}, graine {self.options.graine}, {self._duree()}")

    def _mesurer(self, banc: Banc, cibles: Cibles) -> dict[str, Trace]:
        mesure = mesure_gardee(self.options.mesure)
        nouveaux = [nom for nom in banc.tests if nom not in mesure]
        mesure |= mesurer(banc, cibles, nouveaux, self.options.enfants)
        if self.options.mesure:
            Path(self.options.mesure).write_text(json.dumps({nom: vars(trace) for nom, trace in mesure.items()}))
        print(f"{len(banc.tests)} tests, {len(nouveaux)} mesurés, {self._duree()}")
        for nom in banc.tests:
            if mesure[nom].echec:
                print(f"écarté, rouge sans mutant : {nom}\n    {mesure[nom].echec}")
        return mesure

    def _choisir(self, liste: list[Mutant]) -> list[Mutant]:
        liste = [mutant for mutant in liste if self.options.unite in ("", mutant.unite)]
        if self.options.mutants or self.options.minutes:
            random.Random(self.options.graine).shuffle(liste)
        return liste[: self.options.mutants or None]

    def _duree(self) -> str:
        return f"{time.monotonic() - self.debut:.0f} s"


def main() -> int:
    options = lire_les_options()
    vises = modules_vises(options.modules, options.changes)
    if not vises:
        print("Aucun module de règles à muter.")
        return 0
    os.environ["CI"] = "true"  # Hypothesis fixe alors ses exemples, et ne compte pas le temps d'une machine chargée
    sys.path.insert(0, str(RACINE))
    seance = Seance(options, vises)
    arguments = ["-qqs", "-p", "no:cacheprovider", "-p", "no:xdist", "--no-summary", "--tb=line"]
    arguments += [
        "--randomly-dont-reorganize",
        f"--randomly-seed={options.graine}",
        "-o",
        "addopts=--import-mode=importlib",
    ]
    code = pytest.main([*arguments, *(options.tests or tests_de(vises))], plugins=[Banc(seance)])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        return int(code)
    return int(seance.score < options.seuil)


if __name__ == "__main__":
    sys.exit(main())
