"""La documentation dit ce que fait le code : ce qui s'en déduit est comparé, ou réécrit par `RELEVE=1 make test ARGS="-k documentation"`."""

import importlib
import os
import re
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import get_commands

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
    variables = set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', reglages))
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


PAGES = [*RACINE.glob("*.md"), *DOCS.rglob("*.md")]


@pytest.mark.parametrize("page", sorted(page.relative_to(RACINE).as_posix() for page in PAGES))
def test_les_liens_internes_existent(page):
    texte = (RACINE / page).read_text()
    liens = [lien for lien in re.findall(r"\]\(([^)#]+)\)", texte) if not lien.startswith("http")]
    assert [lien for lien in liens if not ((RACINE / page).parent / lien).exists()] == []
