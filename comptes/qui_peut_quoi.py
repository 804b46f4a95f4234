"""La table « Qui peut quoi », lue dans le code : les vues et leurs rôles, les portées et la phrase qui les dit."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db.models import Model
from django.urls import get_resolver

from comptes.enums import Role
from socle.acces import CONNECTES, PUBLIC, acces_declare
from socle.checks import est_externe, vues
from socle.querysets import QuerySetDomaine

# Un titre s'arrête là où la phrase de documentation commence à expliquer.
FIN_DE_TITRE = re.compile(r"\n|\. | [:;,(] | \(")
PARAMETRE = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True)
class Ligne:
    """Une page ou un geste, et ce qu'en peut chaque rôle, dans l'ordre de `Role`."""

    titre: str
    adresse: str
    public: bool
    permis: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Domaine:
    nom: str
    lignes: list[Ligne]


@dataclass(frozen=True, slots=True)
class Portee:
    """Ce que chacun voit d'un genre de données : la phrase est celle de `visibles_par`."""

    objet: str
    phrase: str


def domaines() -> list[Domaine]:
    """Toutes les vues du résolveur, rangées par application, dans l'ordre des étages (les fondations à la fin)."""
    par_app: dict[str, list[Ligne]] = {}
    for route, vue in vues(get_resolver().url_patterns):
        if est_externe(vue) or acces_declare(vue) is None:
            continue
        par_app.setdefault(vue.__module__.split(".")[0], []).append(_ligne(route, vue))
    for lignes in par_app.values():
        lignes.sort(key=lambda ligne: ligne.adresse)
    configs = [config for config in reversed(list(apps.get_app_configs())) if config.name in par_app]
    return [Domaine(str(config.verbose_name), par_app[config.name]) for config in configs]


def portees() -> list[Portee]:
    """Les modèles à portée dont la règle est écrite en une phrase."""
    trouvees = [Portee(str(modele._meta.verbose_name), phrase) for modele, phrase in _phrases() if phrase]
    return sorted(trouvees, key=lambda portee: portee.objet)


def titre_de(vue) -> str:
    """Le titre français d'une vue : son attribut `titre`, sinon la première phrase de sa documentation."""
    classe = getattr(vue, "view_class", None)
    if titre := getattr(classe, "titre", ""):
        return titre
    documentation = inspect.cleandoc((classe or vue).__doc__ or "")
    return FIN_DE_TITRE.split(documentation)[0].rstrip(".")


def _ligne(route: str, vue) -> Ligne:
    acces = acces_declare(vue)
    tous = acces is PUBLIC or acces is CONNECTES
    permis = tuple(tous or (acces is not None and role in acces) for role in Role)
    return Ligne(titre_de(vue), "/" + PARAMETRE.sub("…", route), acces is PUBLIC, permis)


def _phrases() -> Iterator[tuple[type[Model], str]]:
    for modele in apps.get_models():
        classe = getattr(modele._default_manager, "_queryset_class", None)
        if classe is not None and issubclass(classe, QuerySetDomaine):
            yield modele, inspect.cleandoc(classe.visibles_par.__doc__ or "").split("\n")[0]
