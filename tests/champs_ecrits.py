"""Ce que le code écrit de chaque modèle, lu dans l'arbre de ses modules, sans l'exécuter.

Une écriture est un champ affecté, donné à un constructeur, à `create`, à `update`, à un service, gardé par un formulaire ou
nommé dans une liste de champs. Quand le type de ce qui est écrit se lit (une annotation, un constructeur, une portée, une
relation), elle compte pour ce modèle ; sinon, pour les seuls modèles de l'app où elle est écrite.
"""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models

RACINE = Path(__file__).parent.parent
# La démonstration ne prouve rien d'elle-même ; ni les migrations, ni les lectures.
HORS = {"demonstration", "migrations", "tests", "fabriques.py", "retention.py"}
LECTURES = {
    "aggregate", "annotate", "Case", "Colonne", "Count", "de_son_compte", "exclude", "Exists", "F", "filter", "get",
    "get_object_or_404", "noter", "order_by", "Prefetch", "Q", "Subquery", "Sum", "Tuile", "values", "values_list", "When",
}  # fmt: skip
PORTES = {"verrouiller", "relire", "verrouiller_les_reglages", "objet_ou_404", "get_object_or_404"}
LISTES = {"fields"}  # `update_fields` ne fait que dire ce qui est affecté ailleurs
Types = frozenset[str]
INCONNU: Types = frozenset()


def modeles() -> list[type[models.Model]]:
    """Ceux de la maison, sans les historiques qu'une bibliothèque tient."""
    siens = [app for app in apps.get_app_configs() if Path(app.path).parent == RACINE]
    tous = [modele for app in siens for modele in app.get_models()]
    return [m for m in tous if not m._meta.proxy and not m.__name__.startswith("Historical")]


def champs(modele: type[models.Model]) -> Iterator[Any]:
    """Ceux que quelqu'un doit écrire : ni la clé, ni l'identifiant tiré au sort, ni la date que pose la base."""
    for champ in (*modele._meta.concrete_fields, *modele._meta.many_to_many):
        pose_seul = getattr(champ, "auto_now", False) or getattr(champ, "auto_now_add", False)
        tire_au_sort = not champ.editable and champ.has_default() and callable(champ.default)
        if not (champ.primary_key or champ.generated or pose_seul or tire_au_sort):
            yield champ


def sources() -> dict[str, str]:
    """{« app/module.py »: son texte}, hors de ce qui ne compte pas."""
    racines = {Path(app.path) for app in apps.get_app_configs() if Path(app.path).parent == RACINE}
    fichiers = [f for racine in racines for f in sorted(racine.rglob("*.py")) if not HORS & set(f.parts)]
    return {f.relative_to(RACINE).as_posix(): f.read_text() for f in fichiers}


def orphelins(textes: dict[str, str]) -> list[str]:
    """Les champs que rien n'écrit : « entreprises.Entreprise.organisation »."""
    arbres = {nom: ast.parse(texte) for nom, texte in textes.items()}
    rendus, services = _types_rendus(arbres.values()), _services(arbres)
    de_types: set[tuple[str, str]] = set()
    d_apps: set[tuple[str, str]] = set()
    for nom, arbre in arbres.items():
        for types, champ in _Lecteur(rendus).ecritures(arbre):
            de_types |= {(type_, champ) for type_ in types}
            d_apps.add((nom.partition("/")[0], champ))
        d_apps |= set(_donnes_a_un_service(arbre, services))
        if "services" in nom:
            d_apps |= {(nom.partition("/")[0], champ) for champ in _nommes(arbre)}
    return [
        f"{modele._meta.app_label}.{modele.__name__}.{champ.name}"
        for modele in modeles()
        for champ in champs(modele)
        if not _est_ecrit(modele, champ, de_types, d_apps)
    ]


def _nommes(arbre: ast.Module) -> Iterator[str]:
    """Dans un service : les clés d'un dictionnaire de valeurs, le nom du champ donné à une fonction privée qui l'écrira."""
    for noeud in ast.walk(arbre):
        if isinstance(noeud, ast.Dict):
            yield from _cles(noeud)
        elif isinstance(noeud, ast.Call) and isinstance(noeud.func, ast.Name) and noeud.func.id.startswith("_"):
            yield from (a.value for a in noeud.args if isinstance(a, ast.Constant) and isinstance(a.value, str))


def _est_ecrit(modele: type[models.Model], champ: Any, de_types: set, d_apps: set) -> bool:
    noms = {champ.name, champ.attname}
    lignee = [classe for classe in modele.__mro__ if issubclass(classe, models.Model) and classe is not models.Model]
    # L'app qui déclare le champ : celle du modèle, ou de la classe abstraite dont il le tient.
    declarant = next(
        c for c in reversed(lignee) if champ.name in {f.name for f in (*c._meta.fields, *c._meta.many_to_many)}
    )
    app = declarant.__module__.partition(".")[0]
    return any((classe.__name__, nom) in de_types for classe in lignee for nom in noms) or any(
        (app, nom) in d_apps for nom in noms
    )


def _services(arbres: dict[str, ast.Module]) -> dict[str, set[str]]:
    """{fonction publique d'un module `services`: les apps qui en ont une de ce nom}."""
    apps_de: dict[str, set[str]] = {}
    for nom, arbre in arbres.items():
        if "services" in nom:
            for fonction in (n for n in arbre.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")):
                apps_de.setdefault(fonction.name, set()).add(nom.partition("/")[0])
    return apps_de


def _donnes_a_un_service(arbre: ast.Module, services: dict[str, set[str]]) -> Iterator[tuple[str, str]]:
    """Ce qu'une autre app donne, par son nom, à un service : c'est l'app du service qui l'écrit."""
    for appel in (n for n in ast.walk(arbre) if isinstance(n, ast.Call)):
        nom = _nom(appel.func)
        if nom not in LECTURES:
            for app in services.get(nom, ()):
                yield from ((app, mot.arg) for mot in appel.keywords if mot.arg)


def _connus() -> dict[str, type[models.Model]]:
    """{nom: modèle}, classes abstraites comprises."""
    lignees = {
        classe.__name__: classe
        for modele in modeles()
        for classe in modele.__mro__
        if issubclass(classe, models.Model) and classe is not models.Model
    }
    return lignees | {m.__name__: m._meta.concrete_model for m in apps.get_models() if m._meta.proxy}


def _types_rendus(arbres: Iterable[ast.Module]) -> dict[str, Types]:
    """{fonction: le modèle qu'elle dit rendre}, quand toutes celles de ce nom disent le même."""
    rendus: dict[str, set[Types]] = {}
    for arbre in arbres:
        for fonction in (n for n in ast.walk(arbre) if isinstance(n, ast.FunctionDef)):
            rendus.setdefault(fonction.name, set()).add(_annotes(fonction.returns))
    return {nom: next(iter(types)) for nom, types in rendus.items() if len(types) == 1}


def _annotes(annotation: ast.expr | None) -> Types:
    """Les modèles que nomme une annotation : « Entreprise | None », « list[Contrat] », « "Organisation" »."""
    if annotation is None:
        return INCONNU
    mots = {n.id for n in ast.walk(annotation) if isinstance(n, ast.Name)}
    mots |= {n.value.strip() for n in ast.walk(annotation) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return frozenset(_CONNUS[mot].__name__ for mot in mots & _CONNUS.keys())


class _Lecteur:
    """Lit un module fonction par fonction, en suivant le type de chaque nom."""

    def __init__(self, rendus: dict[str, Types]):
        self.rendus = rendus
        self.noms: dict[str, Types] = {}

    def ecritures(self, arbre: ast.AST, classe: str = "") -> Iterator[tuple[Types, str]]:
        for noeud in ast.iter_child_nodes(arbre):
            if isinstance(noeud, ast.ClassDef):
                yield from self._de_la_classe(noeud)
            elif isinstance(noeud, ast.FunctionDef | ast.AsyncFunctionDef):
                avant, self.noms = self.noms, dict(self.noms)
                self._entrer(noeud, classe)
                yield from self.ecritures(noeud, classe)
                self.noms = avant
            else:
                self._retenir(noeud)
                yield from self._du_noeud(noeud)
                yield from self.ecritures(noeud, classe)

    def _de_la_classe(self, classe: ast.ClassDef) -> Iterator[tuple[Types, str]]:
        """Les champs d'un formulaire, ceux que garde sa `Meta` ; le reste comme ailleurs."""
        bases = {ast.unparse(base).rpartition(".")[2] for base in classe.bases}
        if any("Form" in base or base == "Meta" for base in bases):
            for noeud in classe.body:
                if isinstance(noeud, ast.Assign) and isinstance(noeud.value, ast.Call | ast.Name):
                    yield from ((INCONNU, cible.id) for cible in noeud.targets if isinstance(cible, ast.Name))
        meta = next((n for n in classe.body if isinstance(n, ast.ClassDef) and n.name == "Meta"), None)
        if meta is not None:
            yield from self._de_la_meta(meta)
        nom = classe.name if classe.name in _CONNUS else ""
        yield from self.ecritures(classe, nom)

    def _de_la_meta(self, meta: ast.ClassDef) -> Iterator[tuple[Types, str]]:
        dits = {
            n.targets[0].id: n.value
            for n in meta.body
            if isinstance(n, ast.Assign) and isinstance(n.targets[0], ast.Name)
        }
        types = _annotes(dits.get("model"))
        if "fields" in dits:
            yield from ((types, nom) for nom in _mots(dits["fields"]))

    def _entrer(self, fonction: ast.FunctionDef | ast.AsyncFunctionDef, classe: str) -> None:
        arguments = [*fonction.args.posonlyargs, *fonction.args.args, *fonction.args.kwonlyargs]
        self.noms |= {a.arg: types for a in arguments if (types := _annotes(a.annotation))}
        if classe and arguments and arguments[0].arg == "self":
            self.noms["self"] = frozenset({classe})

    def _retenir(self, noeud: ast.AST) -> None:
        if isinstance(noeud, ast.Assign):
            for cible in noeud.targets:
                premier = cible.elts[0] if isinstance(cible, ast.Tuple) and cible.elts else cible
                if isinstance(premier, ast.Name) and (types := self._type(noeud.value)):
                    self.noms[premier.id] = types
        elif isinstance(noeud, ast.AnnAssign) and isinstance(noeud.target, ast.Name):
            self.noms[noeud.target.id] = _annotes(noeud.annotation) or self._type(noeud.value)
        elif isinstance(noeud, ast.For | ast.comprehension) and isinstance(noeud.target, ast.Name):
            self.noms[noeud.target.id] = self._type(noeud.iter)

    def _type(self, valeur: ast.expr | None) -> Types:
        if isinstance(valeur, ast.Name):
            return self.noms.get(valeur.id, frozenset({valeur.id} & _CONNUS.keys()))
        if isinstance(valeur, ast.BoolOp):
            return INCONNU.union(*map(self._type, valeur.values))
        if isinstance(valeur, ast.IfExp):
            return self._type(valeur.body) | self._type(valeur.orelse)
        if isinstance(valeur, ast.NamedExpr | ast.Subscript):
            return self._type(valeur.value)
        if isinstance(valeur, ast.Call):
            return self._type_d_un_appel(valeur)
        if isinstance(valeur, ast.Attribute):
            return self._type_d_un_attribut(valeur)
        return INCONNU

    def _type_d_un_appel(self, appel: ast.Call) -> Types:
        nom = _nom(appel.func)
        if nom in PORTES and appel.args:
            return self._type(appel.args[0])
        if nom in ("list", "next", "iter", "sorted", "type") and appel.args:
            return self._type(appel.args[0])
        return self._type(appel.func) or self.rendus.get(nom, INCONNU)

    def _type_d_un_attribut(self, attribut: ast.Attribute) -> Types:
        """Une relation mène à son modèle ; une méthode de manager reste sur le sien."""
        types = self._type(attribut.value)
        mene = set()
        for type_ in types:
            relations = {} if _CONNUS[type_]._meta.abstract else _relations(_CONNUS[type_])
            mene.add(relations.get(attribut.attr, type_))
        return frozenset(mene & _CONNUS.keys())

    def _du_noeud(self, noeud: ast.AST) -> Iterator[tuple[Types, str]]:
        cibles: list[ast.expr] = []
        if isinstance(noeud, ast.Assign):
            cibles = noeud.targets
            if any(isinstance(c, ast.Name) and ("CHAMPS" in c.id or c.id in LISTES | {"IDENTITE"}) for c in cibles):
                yield from ((INCONNU, nom) for nom in _mots(noeud.value))
        elif isinstance(noeud, ast.AugAssign | ast.AnnAssign):
            cibles = [noeud.target]
        if _vide(getattr(noeud, "value", None)):
            return
        for cible in cibles:
            for une in cible.elts if isinstance(cible, ast.Tuple) else [cible]:
                if isinstance(une, ast.Attribute):
                    yield self._type(une.value), une.attr
                elif isinstance(une, ast.Subscript) and isinstance(une.slice, ast.Constant):
                    yield INCONNU, str(une.slice.value)  # valeurs["champ"] = …
        if isinstance(noeud, ast.Call):
            yield from self._de_l_appel(noeud)

    def _de_l_appel(self, appel: ast.Call) -> Iterator[tuple[Types, str]]:
        nom = _nom(appel.func)
        if nom in LECTURES:
            return
        if nom == "set_password":
            yield self._type(appel.func), "password"
        if nom == "save" and isinstance(appel.func, ast.Attribute) and isinstance(appel.func.value, ast.Attribute):
            yield self._type(appel.func.value.value), appel.func.value.attr  # un fichier : logo.image.save(…)
        if nom in ("add", "set", "clear", "remove") and isinstance(appel.func, ast.Attribute):
            if isinstance(appel.func.value, ast.Attribute):
                yield self._type(appel.func.value.value), appel.func.value.attr
            return
        types = (
            self._type(appel.args[0])
            if nom in ("ecrire", "modifier", "appliquer", "setattr") and appel.args
            else INCONNU
        )
        if nom in _CONNUS or nom in ("create", "update", "get_or_create", "update_or_create"):
            types = self._type(appel.func)
        for mot in appel.keywords:
            if mot.arg in ("defaults", "create_defaults") and isinstance(mot.value, ast.Dict):
                yield from ((types, cle) for cle in _cles(mot.value))
            elif mot.arg in LISTES:
                yield from ((self._type(appel.func), champ) for champ in _mots(mot.value))
            elif mot.arg and not _vide(mot.value):
                yield types, mot.arg
        for argument in appel.args:
            if isinstance(argument, ast.Dict):
                yield from ((types, cle) for cle in _cles(argument))
        if nom == "setattr" and isinstance(appel.args[1], ast.Constant):
            yield types, str(appel.args[1].value)


def _nom(appele: ast.expr) -> str:
    return appele.attr if isinstance(appele, ast.Attribute) else getattr(appele, "id", "")


def _cles(dictionnaire: ast.Dict) -> Iterator[str]:
    for cle, valeur in zip(dictionnaire.keys, dictionnaire.values, strict=True):
        if isinstance(cle, ast.Constant) and isinstance(cle.value, str) and not _vide(valeur):
            yield cle.value


def _vide(valeur: ast.expr | None) -> bool:
    """Effacer n'est pas remplir : un champ que l'on ne fait que vider reste orphelin."""
    return isinstance(valeur, ast.Constant) and valeur.value is None


def _mots(valeur: ast.expr) -> Iterator[str]:
    yield from (n.value for n in ast.walk(valeur) if isinstance(n, ast.Constant) and isinstance(n.value, str))


def _relations(modele: type[models.Model]) -> dict[str, str]:
    return {
        champ.get_accessor_name()
        if champ.auto_created and not champ.concrete
        else champ.name: champ.related_model.__name__
        for champ in modele._meta.get_fields()
        if champ.is_relation and isinstance(champ.related_model, type)
    }


_CONNUS = _connus()
