"""Un texte n'est jamais un programme : ce qui compile, ou déclare sûr, ne reçoit qu'un littéral de notre code.

Une valeur lue ou tapée ne passe ni par un compilateur de gabarits, ni par un layout de crispy (qui compile ses textes), ni par
`mark_safe` ou la forme de `format_html`. Les règles lisent l'arbre du code : rien ne s'exécute.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

# Le rang du premier argument qui se compile ou se déclare sûr.
COMPILATEURS = {
    "mark_safe": 0,
    "SafeString": 0,
    "SafeText": 0,
    "format_html": 0,
    "format_html_join": 1,
    "Template": 0,
    "from_string": 0,
    "RawSQL": 0,
    "raw": 0,
    "eval": 0,
    "exec": 0,
}
# Ceux de crispy compilent leur texte comme un gabarit ; `socle.forms.Section` et `Depliant` n'en font rien.
DE_CRISPY = {
    "Fieldset", "HTML", "MultiField", "BaseInput", "Submit", "Button", "Hidden", "Reset", "StrictButton", "Alert",
    "FieldWithButtons", "InlineRadios", "PrependedText", "AppendedText", "PrependedAppendedText", "Tab", "TabHolder",
    "Accordion", "AccordionGroup", "Container", "Modal", "UneditableField",
}  # fmt: skip
MODULES_DE_CRISPY = ("crispy_forms.layout", "crispy_forms.bootstrap", "crispy_bootstrap5.bootstrap5")
# Les seules fonctions qui déclarent sûr un texte calculé, et ce qui les y autorise.
PERMIS = {
    ("socle/balisage.py", "sans_danger"): "nh3 vient de le réduire aux balises permises",
    ("socle/jauges.py", "barre"): "des nombres mis en forme entre des balises littérales",
    ("socle/templatetags/composants.py", "dessin"): "un fichier du paquet lucide",
    ("socle/fichiers.py", "_type_magique"): "puremagic.from_string devine un type de fichier",
}
# Un champ de Word calcule à l'ouverture (DDEAUTO, INCLUDETEXT…) : nos documents n'en portent pas, sauf le numéro de page.
CHAMPS_DE_WORD = ("instrText", "fldSimple", "fldChar")
CHAMPS_PERMIS = {("marches/redaction/docx.py", "w:fldSimple"): "PAGE et NUMPAGES, que l'essai du pied de page relit"}
SURETE_DES_GABARITS = re.compile(r"\|\s*safe\b|\bsafeseq\b|\{%\s*filter\s+safe|\{%\s*autoescape\s+off", re.IGNORECASE)


def manquements(source: str, nom: str) -> Iterator[str]:
    """« fichier:ligne : ce qui s'y compile », pour un fichier de Python."""
    arbre = ast.parse(source)
    constantes = _constantes(arbre)
    for fonction, noeud in _appels(arbre):
        appele = _nom(noeud.func)
        if appele in COMPILATEURS and (nom, fonction) not in PERMIS:
            rang = COMPILATEURS[appele]
            donne = noeud.args[rang] if len(noeud.args) > rang else None
            if not _est_litteral(donne, constantes):
                yield f"{nom}:{noeud.lineno} : {appele} reçoit autre chose qu'un littéral"
    for noeud in ast.walk(arbre):
        if isinstance(noeud, ast.ImportFrom) and noeud.module in MODULES_DE_CRISPY:
            yield from (
                f"{nom}:{noeud.lineno} : {alias.name} de crispy compile son texte : socle.forms.Section"
                for alias in noeud.names
                if alias.name in DE_CRISPY
            )
        elif isinstance(noeud, ast.Import) and any(alias.name in MODULES_DE_CRISPY for alias in noeud.names):
            yield f"{nom}:{noeud.lineno} : un module de crispy entier : importez-en les noms"
        elif isinstance(noeud, ast.Constant) and isinstance(noeud.value, str) and noeud.value.endswith(CHAMPS_DE_WORD):
            if (nom, noeud.value) in CHAMPS_PERMIS:
                continue
            yield f"{nom}:{noeud.lineno} : un champ de Word"
        elif isinstance(noeud, ast.FunctionDef) and noeud.name == "__html__":
            yield f"{nom}:{noeud.lineno} : un objet qui se déclare sûr"
        elif isinstance(noeud, ast.keyword) and noeud.arg == "is_safe" and not _est_litteral(noeud.value, {}, False):
            yield f"{nom}:{noeud.value.lineno} : un filtre qui se déclare sûr"


def manquements_du_gabarit(chemin: Path, nom: str) -> Iterator[str]:
    """Un gabarit ne lève jamais la protection ; seul un texte sans balise (.txt) la coupe, il n'en a pas besoin."""
    for rang, ligne in enumerate(chemin.read_text().splitlines(), 1):
        for trouve in SURETE_DES_GABARITS.finditer(ligne):
            if not (chemin.suffix == ".txt" and "autoescape" in trouve.group()):
                yield f"{nom}:{rang} : {trouve.group()}"


def _appels(arbre: ast.AST, fonction: str = "") -> Iterator[tuple[str, ast.Call]]:
    """Chaque appel, et le nom de la fonction où il est écrit."""
    for noeud in ast.iter_child_nodes(arbre):
        if isinstance(noeud, ast.Call):
            yield fonction, noeud
        yield from _appels(noeud, noeud.name if isinstance(noeud, ast.FunctionDef) else fonction)


def _nom(fonction: ast.expr) -> str:
    if isinstance(fonction, ast.Name):
        return fonction.id
    return fonction.attr if isinstance(fonction, ast.Attribute) else ""


def _constantes(arbre: ast.Module) -> set[str]:
    """Les noms du module qui valent un texte littéral."""
    return {
        cible.id
        for noeud in arbre.body
        if isinstance(noeud, ast.Assign) and _est_litteral(noeud.value, set())
        for cible in noeud.targets
        if isinstance(cible, ast.Name)
    }


def _est_litteral(noeud: ast.expr | None, constantes, valeur_attendue: type | bool = str) -> bool:
    if isinstance(noeud, ast.Constant):
        return noeud.value is valeur_attendue if isinstance(valeur_attendue, bool) else isinstance(noeud.value, str)
    if isinstance(noeud, ast.IfExp):
        return _est_litteral(noeud.body, constantes) and _est_litteral(noeud.orelse, constantes)
    return isinstance(noeud, ast.Name) and noeud.id in constantes
