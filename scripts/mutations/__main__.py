"""Les tests mordent-ils ? Une faute à la fois est posée dans les règles, et un test doit la voir.

    .venv/bin/python -m scripts.mutations --modules marches beneficiaires
    .venv/bin/python -m scripts.mutations --changes HEAD^ --minutes 3      les modules changés, en un temps borné

Django démarre une fois, la base migrée et le petit monde sont en mémoire ; un passage note quels tests traversent quelle
fonction. Chaque mutant est ensuite un processus né d'un `fork` : il remplace le code de la fonction, lance les seuls tests qui
la traversent, s'arrête au premier qui échoue. Un survivant est une règle que personne ne garde : on écrit le test, ou on dit
dans `admis.toml` pourquoi la faute ne change rien.
"""

import argparse
import gc
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from scripts.mutations.banc import Banc
from scripts.mutations.campagne import Campagne, Issue, dossier_des_tests
from scripts.mutations.cibles import RACINE, Cibles, Trace, mesurer
from scripts.mutations.mutants import Mutant, admis

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
    "pronostic/calendrier.py",
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
    "territoires/geometrie/*.py",
)

TESTS_DE_TOUS = ("tests/test_gestes.py", "tests/test_journal.py")


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


def rendre(issues: list[Issue], sans_effet: int) -> float:
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
    lecteur.add_argument("--sorts", default="", metavar="FICHIER", help="garde chaque sort ; un mort n'est pas rejoué")
    return lecteur.parse_args()


def tests_de(modules: list[str]) -> list[str]:
    """Ceux des apps de ces modules, et la porte de chaque service."""
    dossiers = sorted({dossier_des_tests(fichier) for fichier in modules})
    return [chemin for chemin in (*dossiers, *TESTS_DE_TOUS) if (RACINE / chemin).exists()]


def mesure_gardee(fichier: str) -> dict[str, Trace]:
    if not fichier or not Path(fichier).exists():
        return {}
    return {nom: Trace(**trace) for nom, trace in json.loads(Path(fichier).read_text()).items()}


class Sorts:
    """Le sort de chaque mutant, écrit à mesure : un passage interrompu reprend où il en était, un mort reste mort."""

    def __init__(self, fichier: str):
        self.fichier = Path(fichier) if fichier else None
        lignes = self.fichier.read_text().splitlines() if self.fichier and self.fichier.exists() else []
        self.connus = {tuple(nom): etat for nom, etat in map(json.loads, lignes)}

    def garder(self, issue: Issue) -> None:
        if self.fichier:
            with self.fichier.open("a") as sorts:
                sorts.write(json.dumps([issue.mutant.nom, issue.etat], ensure_ascii=False) + "\n")

    def est_mort(self, mutant: Mutant) -> bool:
        return self.connus.get(mutant.nom) == "mort"


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
        sorts = Sorts(self.options.sorts)
        campagne = Campagne(banc, cibles, mesure, self.options.enfants, self.options.secondes, sorts.garder)
        fin = self.debut + 60 * self.options.minutes if self.options.minutes else float("inf")
        issues = [Issue(mutant, "mort") for mutant in liste if sorts.est_mort(mutant)]
        issues += campagne.jouer([mutant for mutant in liste if not sorts.est_mort(mutant)], fin)
        self.score = rendre(issues, sans_effet)
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
    seance = Seance(options, vises)
    arguments = ["-qqs", "-p", "no:cacheprovider", "-p", "no:xdist", "--no-summary", "--tb=line"]
    arguments += [
        "--randomly-dont-reorganize",
        f"--randomly-seed={options.graine}",
        "-o",
        "addopts=--import-mode=importlib",
    ]
    code = pytest.main([*arguments, *(options.tests or tests_de(vises))], plugins=[Banc(seance)])
    rouges_ecartes = pytest.ExitCode.TESTS_FAILED  # dits plus haut ; c'est à la suite de les juger
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED, rouges_ecartes):
        return int(code)
    return int(seance.score < options.seuil)


if __name__ == "__main__":
    sys.exit(main())
