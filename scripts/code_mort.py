"""Le code que rien n'appelle : vulture lit l'arbre, et tient pour vivant ce que nomment gabarits, réglages et filtres.

Les essais n'y comptent pas : ce qui ne sert qu'à eux est mort. Ce qu'une bibliothèque appelle par son nom, et que vulture ne peut
pas voir, est dans `APPELES_PAR_LEUR_NOM`, avec sa raison. Sort avec le code 1 en listant ce qu'il trouve.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from vulture import Vulture
from vulture.core import Item

RACINE = Path(__file__).resolve().parent.parent
PAS_LUS = {"tests", "templates", "static", "docs", "deploiement", "var"}
# Lus, pour ce qu'ils appellent ; ce qu'ils gardent en réserve ne se dit pas mort.
SANS_VERDICT = {"bench", "settings.py", "settings_test.py", "formats.py"}
# Un décorateur qui inscrit : la fonction est appelée par son registre, sa balise ou son signal.
INSCRIVENT = [
    "@register*",
    "@panneau",
    "@source",
    "@trouvable",
    "@fabrique",
    "@tache",
    "@controle",
    "@premier_pas",
    "@preuve_de_compte",
    "@reste_d_un_depart",
    "@*.connect",
    "@shared_task",
    "@receiver",
    "@*.register_lookup",
]
APPELES_PAR_LEUR_NOM = {
    "Django, une app et ses commandes": [
        "*Config",
        "ready",
        "Command",
        "handle",
        "app_name",
        "handler4*",
        "handler500",
    ],
    "Django, une clé étrangère écrite par sa colonne": ["ept_id"],
    "Django, une vue": ["get_initial", "get_template_names", "process_view", "process_exception"],
    "Django, un formulaire": ["clean_*", "_post_clean", "compress", "decompress"],
    "Django, un modèle": ["create_superuser", "get_by_natural_key", "clone", "app_configs", "reason"],
    "le registre de conservation, lu app par app": ["RELATIONS"],
    "allauth": ["is_open_for_signup"],
    "crispy, un FormHelper": ["form_tag", "disable_csrf", "form_show_errors", "use_custom_control", "empty_permitted"],
    "Django, un champ": ["use_required_attribute"],
    "le module de courrier de la bibliothèque standard": ["connection_class", "_send"],
    "le serveur HTTP de la bibliothèque standard": ["do_GET", "log_message"],
    "expat": ["CharacterDataHandler", "EndElementHandler", "StartElementHandler", "StartDoctypeDeclHandler"],
    "WeasyPrint et pikepdf": ["fetch", "AF", "Scope", "A"],
    "python-docx": [
        *("space_after", "space_before", "page_*", "*_margin", "author", "language", "comments", "bold", "italic"),
        *("keep_with_next", "widow_control", "rgb", "autofit"),
    ],
    "tarfile": ["mtime"],
    "pytest": ["pytest_*", "__new__"],
    "les migrations à venir, quand la façon de plier change": ["replier"],
    "Celery": ["beat_schedule"],
    "vulture": ["used_names"],
}


def modules() -> Iterator[Path]:
    for chemin in sorted(RACINE.rglob("*.py")):
        parties = chemin.relative_to(RACINE).parts
        if not PAS_LUS & set(parties) and "migrations" not in parties and not parties[0].startswith("."):
            yield chemin


def noms_des_gabarits() -> Iterator[str]:
    for chemin in (RACINE / "templates").rglob("*.*"):
        for balise in re.findall(r"{[{%].*?[%}]}", chemin.read_text()):
            yield from re.findall(r"[A-Za-z_]\w*", balise)


def noms_ecrits(arbre: ast.Module) -> Iterator[str]:
    """Ce qu'un texte nomme : « comptes.middleware.ActeurMiddleware », ou la méthode d'un filtre."""
    for noeud in ast.walk(arbre):
        if isinstance(noeud, ast.keyword) and noeud.arg == "method" and isinstance(noeud.value, ast.Constant):
            yield str(noeud.value.value)
        elif (
            isinstance(noeud, ast.Constant)
            and isinstance(noeud.value, str)
            and re.fullmatch(r"\w+(\.\w+)+", noeud.value)
        ):
            yield noeud.value.rpartition(".")[2]


def attributs_de_classe(arbre: ast.Module) -> Iterator[tuple[str, int]]:
    """(nom, ligne) des champs, des réglages d'une vue ou d'un formulaire, des membres d'une énumération : Django les lit seul."""
    classes = (noeud for noeud in ast.walk(arbre) if isinstance(noeud, ast.ClassDef))
    for ligne in (n for classe in classes for n in classe.body if isinstance(n, ast.Assign | ast.AnnAssign)):
        for cible in ligne.targets if isinstance(ligne, ast.Assign) else [ligne.target]:
            yield ast.unparse(cible), ligne.lineno


def morts() -> Iterator[Item]:
    exceptions = [nom for noms in APPELES_PAR_LEUR_NOM.values() for nom in noms]
    vulture = Vulture(ignore_names=exceptions, ignore_decorators=INSCRIVENT)
    vulture.scavenge([str(chemin) for chemin in modules()])
    arbres = {chemin: ast.parse(chemin.read_text()) for chemin in modules()}
    vulture.used_names.update(noms_des_gabarits(), *map(noms_ecrits, arbres.values()))
    de_classe = {chemin: set(attributs_de_classe(arbre)) for chemin, arbre in arbres.items()}
    champs = {nom for attributs in de_classe.values() for nom, _ in attributs}
    for item in vulture.get_unused_code():
        chemin = Path(item.filename).resolve()
        champ_pose = item.typ == "attribute" and item.name in champs
        de_la_classe = item.typ == "variable" and (item.name, item.first_lineno) in de_classe[chemin]
        if not SANS_VERDICT & set(chemin.relative_to(RACINE).parts) and not champ_pose and not de_la_classe:
            yield item


def main() -> int:
    trouves = list(morts())
    for item in trouves:
        print(f"{Path(item.filename).resolve().relative_to(RACINE)}:{item.first_lineno} : {item.typ} {item.name}")
    return bool(trouves)


if __name__ == "__main__":
    sys.exit(main())
