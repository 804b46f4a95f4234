"""La documentation dit ce que fait le code : ce qui s'en déduit est comparé, ou réécrit par `RELEVE=1 make test ARGS="-k documentation"`."""

import ast
import importlib
import io
import os
import re
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import get_commands

from socle import panneaux
from socle.transitions import TableTransitions

RACINE = Path(__file__).parent.parent
DOCS, LISEZ_MOI = RACINE / "docs", (RACINE / "README.md").read_text()
PROJET = tomllib.loads((RACINE / "pyproject.toml").read_text())
NOS_APPS = [app for app in apps.get_app_configs() if Path(app.path).parent == RACINE]

ENTETE = """# Les états et leurs passages

Cette page est écrite par `RELEVE=1 make test ARGS="-k documentation"`, à partir des tables que lisent les services et les boutons.
"""


def tables() -> list[tuple[str, TableTransitions, type]]:
    """(titre, table, énumération de ses états) de chaque agrégat qui en a une."""
    trouvees = []
    for app in NOS_APPS:
        try:
            enums = importlib.import_module(f"{app.name}.enums")
        except ModuleNotFoundError:
            continue
        for table in vars(enums).values():
            if isinstance(table, TableTransitions):
                etats = type(next(iter(table.values())).vers)
                trouvees.append((_nom_de_l_agregat(app, etats), table, etats))
    return trouvees


def _modeles(app) -> list:
    return [modele for modele in app.get_models() if not modele.__name__.startswith("Historical")]


def _nom_de_l_agregat(app, etats: type) -> str:
    porteurs = (m for m in _modeles(app) if any(champ.choices == etats.choices for champ in m._meta.fields))
    return str(next(porteurs)._meta.verbose_name).capitalize()


def page_des_etats() -> str:
    sections = [ENTETE]
    for titre, table, etats in tables():
        lignes = [f"## {titre}", "", "| geste | depuis | vers |", "| --- | --- | --- |"]
        for transition in table.values():
            depuis = ", ".join(etat.label for etat in etats if etat in transition.depuis)
            lignes.append(f"| {transition.libelle} | {depuis} | {etats(transition.vers).label} |")
        sections.append("\n".join(lignes) + "\n")
    return "\n".join(sections)


def test_la_page_des_etats_est_a_jour():
    page = DOCS / "etats.md"
    if os.environ.get("RELEVE"):
        page.write_text(page_des_etats())
    assert len(tables()) >= 4
    assert page.read_text() == page_des_etats()


def test_le_glossaire_a_chaque_modele():
    glossaire = (DOCS / "glossaire.md").read_text()
    modeles = {modele.__name__ for app in NOS_APPS for modele in _modeles(app)}
    nommes = set(re.findall(r"`([A-Z]\w+)`", glossaire))
    assert not modeles - nommes, "modèles sans mot"
    assert not nommes - modeles, "mots sans modèle"


def test_l_architecture_nomme_chaque_etage_dans_l_ordre():
    page = (DOCS / "architecture.md").read_text()
    contrat = next(c for c in PROJET["tool"]["importlinter"]["contracts"] if c["id"] == "etages")
    etages = [[nom.strip() for nom in etage.split("|")] for etage in contrat["layers"] if not etage.startswith("(")]
    ecrits = [re.findall(r"`(\w+)`", ligne.split("|")[1]) for ligne in page.splitlines() if ligne.startswith("| `")]
    assert ecrits[: len(etages)] == etages
    assert {nom for etage in etages for nom in etage} == {app.name for app in NOS_APPS} | {"clauses_sociales"}


PIECES = {
    "models",
    "services",
    "forms",
    "views",
    "panneaux",
    "a_faire",
    "urls",
    "management",
    "migrations",
    "templatetags",
}


def _sujets(app: str) -> set[str]:
    """Les paquets d'une app qui ne sont pas une pièce commune à toutes."""
    dossiers = {p.parent.name for p in (RACINE / app).glob("*/*.py")}
    return dossiers - PIECES


def test_l_architecture_nomme_chaque_sujet():
    page = (DOCS / "architecture.md").read_text()
    table = page.split("| app | ses sujets |")[1].split("\n\n")[0]
    lignes = [ligne.split("|")[1:3] for ligne in table.splitlines() if ligne.startswith("| `")]
    ecrits = {re.findall(r"`(\w+)`", app)[0]: set(re.findall(r"`(\w+)`", sujets)) for app, sujets in lignes}
    noms = [*(app.name for app in NOS_APPS), "clauses_sociales"]
    assert ecrits == {nom: _sujets(nom) for nom in noms if _sujets(nom)}


def test_chaque_chemin_nomme_par_l_architecture_existe():
    chemins = re.findall(r"`((?:\w+/)+[\w.]*)`", (DOCS / "architecture.md").read_text())
    assert chemins
    assert [chemin for chemin in chemins if not (RACINE / chemin).exists()] == []


# Les apps d'hier : qui en nomme encore une parle d'un code qui n'existe plus.
DISPARUES = {"suivi"}


def commentaires(chemin: Path) -> Iterator[str]:
    texte = chemin.read_text()
    if chemin.suffix == ".py":
        jetons = tokenize.generate_tokens(io.StringIO(texte).readline)
        yield from (jeton.string for jeton in jetons if jeton.type == tokenize.COMMENT)
        documentes = (ast.Module, ast.ClassDef, ast.FunctionDef)
        yield from (ast.get_docstring(n) or "" for n in ast.walk(ast.parse(texte)) if isinstance(n, documentes))
    elif chemin.suffix == ".md":
        yield texte
    else:
        yield from re.findall(r"{% comment %}(.*?){% endcomment %}", texte, re.DOTALL)


def existe(nom: str) -> bool:
    """« app.module.objet », un modèle (« marches.marche »), ou une place où un panneau s'ajoute."""
    app, _, reste = nom.partition(".")
    if nom.lower() in panneaux._REGISTRE or (
        apps.is_installed(app) and reste.lower() in apps.get_app_config(app).models
    ):
        return True
    if app in DISPARUES:
        return False
    module, objets = importlib.import_module(app), reste.split(".")
    for rang, objet in enumerate(objets, 1):
        if not hasattr(module, objet):
            try:
                importlib.import_module(".".join([app, *objets[:rang]]))
            except ModuleNotFoundError:
                return False
        module = getattr(module, objet)
    return True


def test_ce_qu_un_commentaire_nomme_existe():
    ours = {app.name for app in NOS_APPS} | {"clauses_sociales"}
    noms = re.compile(rf"\b(?:{'|'.join(sorted(ours | DISPARUES))})(?:\.\w+)+\b(?!/)")
    chemins = re.compile(
        rf"\b(?:{'|'.join(sorted(ours | DISPARUES | {'docs', 'tests', 'scripts', 'templates'}))})/[\w/]+\.\w+"
    )
    lus = [c for nom in ours for c in (RACINE / nom).rglob("*.py") if "migrations" not in c.parts]
    lus += [*(RACINE / "templates").rglob("*.html"), *(RACINE / "templates").rglob("*.txt"), *DOCS.rglob("*.md")]
    fautes = []
    for chemin in lus:
        for texte in commentaires(chemin):
            fautes += [
                f"{chemin.relative_to(RACINE)} : {n}" for n in chemins.findall(texte) if not (RACINE / n).exists()
            ]
            fautes += [
                f"{chemin.relative_to(RACINE)} : {n}"
                for n in noms.findall(chemins.sub("", texte))
                if not n.endswith(".md") and not existe(n)
            ]
    assert sorted(set(fautes)) == []


def test_chaque_dependance_directe_a_sa_ligne():
    page = (DOCS / "dependances.md").read_text()
    directes = [*PROJET["project"]["dependencies"], *PROJET["dependency-groups"]["dev"]]
    noms = {re.split(r"[\[>=<]", exigence)[0] for exigence in directes}
    ecrits = {nom.split("[")[0] for nom in re.findall(r"^\| ([\w\-\[\],]+) \|", page, re.MULTILINE)} - {"paquet", "---"}
    assert noms - ecrits == set(), "dépendances sans raison écrite"
    assert ecrits - noms == set(), "lignes sans dépendance"


def test_le_lisez_moi_donne_chaque_commande_et_chaque_variable():
    commandes = {nom for nom, app in get_commands().items() if app in {a.name for a in NOS_APPS} | {"clauses_sociales"}}
    assert {nom for nom in commandes if f"| `{nom}" not in LISEZ_MOI} == set()
    reglages = (RACINE / "clauses_sociales" / "settings.py").read_text()
    variables = set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z0-9_]+)"', reglages))
    assert {nom for nom in variables if f"`{nom}`" not in LISEZ_MOI} == set()


LIGNES_D_UNE_DECISION = 40


def test_chaque_decision_est_datee_courte_et_dans_l_index():
    index, decisions = (DOCS / "decisions" / "README.md").read_text(), sorted((DOCS / "decisions").glob("[0-9]*.md"))
    assert re.findall(r"\]\((.+?\.md)\)", index) == [decision.name for decision in decisions]
    assert "(decisions/README.md)" in (DOCS / "architecture.md").read_text()
    for rang, decision in enumerate(decisions, 1):
        lignes = decision.read_text().splitlines()
        assert decision.name.startswith(f"{rang:02d}-") and len(lignes) <= LIGNES_D_UNE_DECISION, decision.name
        assert re.match(r"Décidé le \d{1,2}(er)? \w+ 20\d\d", lignes[2]), decision.name
        assert [ligne for ligne in lignes if ligne.startswith("## ")] == ["## Contexte", "## Choix", "## Conséquences"]
        assert f"[{lignes[0].removeprefix('# ')}]({decision.name})" in index, decision.name


def test_ce_qui_change_dit_la_version_du_code():
    ecrites = re.findall(r"^## (.+)$", (RACINE / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert ecrites[:2] == ["Non publié", PROJET["project"]["version"]]


PAGES = [*RACINE.glob("*.md"), *DOCS.rglob("*.md")]


@pytest.mark.parametrize("page", sorted(page.relative_to(RACINE).as_posix() for page in PAGES))
def test_les_liens_internes_existent(page):
    texte = (RACINE / page).read_text()
    liens = [lien for lien in re.findall(r"\]\(([^)#]+)\)", texte) if not lien.startswith("http")]
    assert [lien for lien in liens if not ((RACINE / page).parent / lien).exists()] == []
