"""Les mutants d'un module : une copie de son arbre, fausse en un seul endroit. Ni Django ni tests ici.

Une faute est celle qu'une main ferait : une borne à côté, un « et » pour un « ou », une condition oubliée, un refus qui ne
refuse plus, une portée élargie, une ligne retirée. Les textes, les annotations et les décorateurs ne se mutent pas.
"""

import ast
import copy
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import CodeType

ADMIS = Path(__file__).with_name("admis.toml")

type Cle = tuple[str, str, str, str]
type Variante = tuple[str, ast.AST | None]
"""(nom de la faute, nœud qui remplace ; rien si le nœud est retiré)."""

COMPARAISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
CALCULS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
CONTRAIRES = {"min": "max", "any": "all", "filter": "exclude", "first": "last", "earliest": "latest"}
CONTRAIRES |= {autre: un for un, autre in CONTRAIRES.items()}
BORNES = {"__lt": "__lte", "__lte": "__lt", "__gt": "__gte", "__gte": "__gt"}
CHOISIR = {"filter", "exclude", "get"}
PORTEES = {"visibles_par", "suivis_par", "actifs"}
# Dans une chaîne, ces maillons sans argument ne choisissent aucune ligne.
SANS_CHOIX = re.compile(
    r"avec_\w+|all|first|last|exists|count|iterator|distinct|get|delete|select_for_update|order_by|values"
)


@dataclass(frozen=True)
class Mutant:
    """`rang` désigne le nœud dans le parcours de l'arbre, `variante` laquelle de ses fautes."""

    fichier: str
    unite: str
    ligne: int
    faute: str
    texte: str
    avant: str
    apres: str
    rang: int
    variante: int
    constante: str = ""
    occurrence: int = 0

    @property
    def cle(self) -> Cle:
        """Ce qui le désigne encore quand le fichier a bougé autour de lui."""
        return self.fichier, self.unite, self.texte, f"{self.avant} → {self.apres}"

    @property
    def nom(self) -> tuple[str, ...]:
        """La même faute peut se poser deux fois sur une ligne."""
        return *self.cle, str(self.occurrence)


def mutants(fichier: str, source: str) -> list[Mutant]:
    """Tous les mutants d'un module, dans l'ordre de ses lignes."""
    arbre = ast.parse(source)
    lignes = source.splitlines()
    rangs = {id(noeud): rang for rang, noeud in enumerate(ast.walk(arbre))}
    trouves = []
    for unite, constante, racines in _unites(arbre):
        for noeud in (n for racine in racines for n in _a_muter(racine)):
            for numero, (faute, remplacant) in enumerate(_variantes(noeud)):
                ligne: int = getattr(noeud, "lineno", 0)
                trouves.append(
                    Mutant(
                        fichier=fichier,
                        unite=unite,
                        ligne=ligne,
                        faute=faute,
                        texte=lignes[ligne - 1].strip(),
                        avant=_court(noeud),
                        apres=_court(remplacant),
                        rang=rangs[id(noeud)],
                        variante=numero,
                        constante=constante,
                    )
                )
    trouves.sort(key=lambda mutant: (mutant.ligne, mutant.rang, mutant.variante))
    vus = Counter[Cle]()
    for rang, mutant in enumerate(trouves):
        trouves[rang] = replace(mutant, occurrence=vus[mutant.cle])
        vus[mutant.cle] += 1
    return trouves


def admis() -> dict[Cle, str]:
    """Les mutants qu'aucun test ne peut tuer, et pourquoi."""
    lus = tomllib.loads(ADMIS.read_text())["admis"]
    return {(lu["fichier"], lu["unite"], lu["ligne"], lu["faute"]): lu["raison"] for lu in lus}


def arbre_mute(source: str, mutant: Mutant) -> ast.Module:
    arbre = ast.parse(source)
    noeud = next(n for rang, n in enumerate(ast.walk(arbre)) if rang == mutant.rang)
    remplacant = _variantes(noeud)[mutant.variante][1]
    if remplacant is None and isinstance(noeud, ast.stmt):
        # Gardée mais jamais atteinte : la fonction lie les mêmes noms, ce que demande l'échange de son code.
        remplacant = ast.If(ast.Constant(False), [copy.deepcopy(noeud)], [])
    assert remplacant is not None
    _Remplacer(noeud, ast.copy_location(remplacant, noeud)).visit(arbre)
    return ast.fix_missing_locations(arbre)


def codes(code: CodeType) -> Iterator[CodeType]:
    """Le code d'un module et tous ceux qu'il contient."""
    yield code
    for constante in code.co_consts:
        if isinstance(constante, CodeType):
            yield from codes(constante)


def noms_lus(arbre: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(arbre) if isinstance(n, ast.Name)} | {
        n.attr for n in ast.walk(arbre) if isinstance(n, ast.Attribute)
    }


def fonctions(arbre: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """(nom qualifié, fonction) des fonctions du module et des méthodes de ses classes."""
    corps: list[tuple[str, ast.stmt]] = [("", noeud) for noeud in arbre.body]
    while corps:
        prefixe, noeud = corps.pop(0)
        if isinstance(noeud, ast.FunctionDef):
            yield prefixe + noeud.name, noeud
        elif isinstance(noeud, ast.ClassDef):
            corps += [(f"{prefixe}{noeud.name}.", interieur) for interieur in noeud.body]


def constantes(arbre: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """(nom, valeur) des constantes du module."""
    for noeud in arbre.body:
        cible = noeud.targets[0] if isinstance(noeud, ast.Assign) else getattr(noeud, "target", None)
        valeur = getattr(noeud, "value", None)
        if isinstance(cible, ast.Name) and cible.id.isupper() and isinstance(valeur, ast.expr):
            yield cible.id, valeur


def _unites(arbre: ast.Module) -> Iterator[tuple[str, str, list[ast.AST]]]:
    """(nom, nom de la constante, nœuds où muter) de chaque fonction et de chaque constante du module."""
    for nom, fonction in fonctions(arbre):
        yield nom, "", list(fonction.body)
    for nom, valeur in constantes(arbre):
        yield nom, nom, [valeur]


def _a_muter(racine: ast.AST) -> Iterator[ast.AST]:
    """Les nœuds d'une fonction, sans les textes, les annotations, les types ni les décorateurs."""
    yield racine
    for champ, valeur in ast.iter_fields(racine):
        if champ == "args" and _est_un_arrondi(racine):
            continue
        if champ in ("annotation", "returns", "decorator_list", "type_comment", "args") and not isinstance(
            racine, ast.Call
        ):
            continue
        for enfant in valeur if isinstance(valeur, list) else [valeur]:
            if isinstance(enfant, ast.AST) and not isinstance(enfant, ast.JoinedStr | ast.ClassDef):
                yield from _a_muter(enfant)


def _est_un_arrondi(noeud: ast.AST) -> bool:
    """`quantize(Decimal("0.01"))` ne lit que le nombre de décimales : un autre chiffre n'y change rien."""
    return isinstance(noeud, ast.Call) and isinstance(noeud.func, ast.Attribute) and noeud.func.attr == "quantize"


def _court(noeud: ast.AST | None) -> str:
    if noeud is None:
        return "pass"
    texte = " ".join(ast.unparse(noeud).split())
    return texte if len(texte) <= 110 else f"{texte[:70]} … {texte[-35:]}"


class _Remplacer(ast.NodeTransformer):
    def __init__(self, cible: ast.AST, remplacant: ast.AST):
        self.cible, self.remplacant = cible, remplacant

    def visit(self, node: ast.AST) -> ast.AST:
        return self.remplacant if node is self.cible else super().visit(node)


# --- Les fautes, par sorte de nœud ---------------------------------------------------------------------------------


def _variantes(noeud: ast.AST) -> list[Variante]:
    fautes = FAUTES.get(type(noeud))
    return list(fautes(noeud)) if fautes else []


def _avec[N: ast.AST](noeud: N, **champs: object) -> N:
    neuf = copy.deepcopy(noeud)
    for champ, valeur in champs.items():
        setattr(neuf, champ, valeur)
    return neuf


def _comparaison(noeud: ast.Compare) -> Iterator[Variante]:
    for place, operateur in enumerate(noeud.ops):
        for autre in COMPARAISONS[type(operateur)]:
            yield "comparaison", _avec(noeud, ops=[*noeud.ops[:place], autre(), *noeud.ops[place + 1 :]])
        if isinstance(operateur, ast.In | ast.NotIn):
            for moins in _sans_un(noeud.comparators[place]):
                reste = [*noeud.comparators[:place], moins, *noeud.comparators[place + 1 :]]
                yield "valeur oubliée", _avec(noeud, comparators=reste)


def _sans_un(noeud: ast.expr) -> Iterator[ast.expr]:
    if isinstance(noeud, ast.Tuple | ast.List | ast.Set) and 2 <= len(noeud.elts) <= 8:
        for place in range(len(noeud.elts)):
            yield _avec(noeud, elts=noeud.elts[:place] + noeud.elts[place + 1 :])


def _logique(noeud: ast.BoolOp) -> Iterator[Variante]:
    yield "et/ou", _avec(noeud, op=ast.Or() if isinstance(noeud.op, ast.And) else ast.And())
    for place in range(len(noeud.values)):
        reste = noeud.values[:place] + noeud.values[place + 1 :]
        yield "terme oublié", reste[0] if len(reste) == 1 else _avec(noeud, values=reste)


def _calcul(noeud: ast.BinOp) -> Iterator[Variante]:
    if type(noeud.op) in CALCULS and not isinstance(noeud.left, ast.JoinedStr):
        yield "calcul", _avec(noeud, op=CALCULS[type(noeud.op)]())


def _cumul(noeud: ast.AugAssign) -> Iterator[Variante]:
    if type(noeud.op) in CALCULS:
        yield "calcul", _avec(noeud, op=CALCULS[type(noeud.op)]())
    yield "ligne retirée", None


def _unaire(noeud: ast.UnaryOp) -> Iterator[Variante]:
    if isinstance(noeud.op, ast.Not | ast.USub):
        yield "signe", noeud.operand


def _condition(noeud: ast.If | ast.IfExp | ast.While) -> Iterator[Variante]:
    """Comparaisons, « et », « ou », « non » ont déjà leurs fautes ; un nom ou un appel seul se lit à l'envers."""
    if not isinstance(noeud.test, ast.Compare | ast.UnaryOp | ast.BoolOp):
        yield "condition inversée", _avec(noeud, test=ast.UnaryOp(ast.Not(), noeud.test))
    elif isinstance(noeud, ast.If) and not noeud.orelse and isinstance(noeud.body[0], ast.Return):
        yield "garde retirée", None


def _constante(noeud: ast.Constant) -> Iterator[Variante]:
    if isinstance(noeud.value, bool):
        yield "vrai/faux", ast.Constant(not noeud.value)
    elif isinstance(noeud.value, int):
        yield "nombre", ast.Constant(noeud.value + 1)
        if noeud.value > 0:
            yield "nombre", ast.Constant(noeud.value - 1)


def _retour(noeud: ast.Return) -> Iterator[Variante]:
    if noeud.value is None:
        yield "ligne retirée", None
    elif isinstance(noeud.value, ast.Name) and noeud.value.id == "OUI":
        yield "verdict", ast.Return(ast.Call(ast.Name("non", ast.Load()), [ast.Constant("")], []))
    elif _est_un_refus(noeud.value):
        yield "verdict", ast.Return(ast.Name("OUI", ast.Load()))
    elif not isinstance(noeud.value, ast.Constant | ast.IfExp):
        yield "rien rendu", ast.Return(ast.Constant(None))


def _est_un_refus(valeur: ast.expr) -> bool:
    appele = valeur.func if isinstance(valeur, ast.Call) else valeur
    return isinstance(appele, ast.Name) and appele.id in ("non", "verdict")


def _refus_en_branche(noeud: ast.IfExp) -> Iterator[Variante]:
    yield from _condition(noeud)
    for champ in ("body", "orelse"):
        if _est_un_refus(getattr(noeud, champ)):
            yield "verdict", _avec(noeud, **{champ: ast.Name("OUI", ast.Load())})


def _instruction(noeud: ast.Expr) -> Iterator[Variante]:
    if not isinstance(noeud.value, ast.Constant):
        yield "ligne retirée", None


def _retrait(noeud: ast.AST) -> Iterator[Variante]:
    yield "ligne retirée", None


def _affectation(noeud: ast.Assign) -> Iterator[Variante]:
    """Sans elle, un nom manquerait partout ; un champ, lui, garde sa valeur d'avant."""
    if all(isinstance(cible, ast.Attribute | ast.Subscript) for cible in noeud.targets):
        yield "ligne retirée", None


def _appel(noeud: ast.Call) -> Iterator[Variante]:
    if isinstance(noeud.func, ast.Name) and noeud.func.id in CONTRAIRES:
        yield "contraire", _avec(noeud, func=ast.Name(CONTRAIRES[noeud.func.id], ast.Load()))
    if isinstance(noeud.func, ast.Name) and noeud.func.id == "Decimal" and (nombre := _nombre_ecrit(noeud)):
        yield "nombre", _avec(noeud, args=[ast.Constant(nombre)])
    if not isinstance(noeud.func, ast.Attribute):
        return
    nom = noeud.func.attr
    if nom in CONTRAIRES:
        yield "contraire", _avec(noeud, func=_avec(noeud.func, attr=CONTRAIRES[nom]))
    if nom in PORTEES or _est_un_maillon(noeud):
        yield "portée élargie", noeud.func.value
    if nom in CHOISIR and len(noeud.keywords) + len(noeud.args) > 1:
        for place in range(len(noeud.keywords)):
            yield "critère oublié", _avec(noeud, keywords=noeud.keywords[:place] + noeud.keywords[place + 1 :])
    elif nom == "filter" and noeud.keywords:
        yield "critère oublié", noeud.func.value
    for place, critere in enumerate(noeud.keywords):
        fin = re.search("__[gl]te?$", critere.arg or "")
        if fin and critere.arg:
            borne = ast.keyword(critere.arg.removesuffix(fin[0]) + BORNES[fin[0]], critere.value)
            yield "borne", _avec(noeud, keywords=[*noeud.keywords[:place], borne, *noeud.keywords[place + 1 :]])


def _nombre_ecrit(noeud: ast.Call) -> str:
    """Un de plus au dernier chiffre écrit : « 0.01 » devient « 0.02 »."""
    ecrit = noeud.args[0].value if len(noeud.args) == 1 and isinstance(noeud.args[0], ast.Constant) else None
    if not isinstance(ecrit, str) or not re.fullmatch(r"\d+(\.\d+)?", ecrit):
        return ""
    entier, point, decimales = ecrit.partition(".")
    chiffres = str(int(entier + decimales) + 1).zfill(len(decimales) + 1)
    return f"{chiffres[: -len(decimales)]}.{chiffres[-len(decimales) :]}" if point else chiffres


def _est_un_maillon(noeud: ast.Call) -> bool:
    """`.ouverts_aux_contrats()` au milieu d'une chaîne qui part de `.objects`."""
    if (
        not isinstance(noeud.func, ast.Attribute)
        or noeud.args
        or noeud.keywords
        or SANS_CHOIX.fullmatch(noeud.func.attr)
    ):
        return False
    return any(isinstance(n, ast.Attribute) and n.attr == "objects" for n in ast.walk(noeud.func.value))


FAUTES: dict[type[ast.AST], Callable[..., Iterator[Variante]]] = {
    ast.Compare: _comparaison,
    ast.BoolOp: _logique,
    ast.BinOp: _calcul,
    ast.AugAssign: _cumul,
    ast.UnaryOp: _unaire,
    ast.If: _condition,
    ast.While: _condition,
    ast.IfExp: _refus_en_branche,
    ast.Constant: _constante,
    ast.Return: _retour,
    ast.Expr: _instruction,
    ast.Raise: _retrait,
    ast.Continue: _retrait,
    ast.Delete: _retrait,
    ast.Assign: _affectation,
    ast.Call: _appel,
}
