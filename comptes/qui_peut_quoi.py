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
from socle.intitules import intitule_de
from socle.querysets import QuerySetDomaine

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

    @property
    def distinctes(self) -> list[Ligne]:
        """Deux adresses du même titre, ouvertes aux mêmes, ne se lisent qu'une fois."""
        vues_une_fois: dict[tuple, Ligne] = {}
        for ligne in self.lignes:
            vues_une_fois.setdefault((ligne.titre, ligne.public, ligne.permis), ligne)
        return list(vues_une_fois.values())

    def titres_de(self, role: Role) -> list[str]:
        """Ce que ce rôle ouvre ici, chaque titre une fois ; ce qui s'ouvre sans connexion n'est le droit de personne."""
        rang = list(Role).index(role)
        return list(dict.fromkeys(ligne.titre for ligne in self.lignes if ligne.permis[rang] and not ligne.public))


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


def _ligne(route: str, vue) -> Ligne:
    acces = acces_declare(vue)
    tous = acces is PUBLIC or acces is CONNECTES
    permis = tuple(tous or (acces is not None and role in acces) for role in Role)
    return Ligne(intitule_de(vue), "/" + PARAMETRE.sub("…", route), acces is PUBLIC, permis)


def _phrases() -> Iterator[tuple[type[Model], str]]:
    for modele in apps.get_models():
        classe = getattr(modele._default_manager, "_queryset_class", None)
        if classe is not None and issubclass(classe, QuerySetDomaine):
            yield modele, inspect.cleandoc(classe.visibles_par.__doc__ or "").split("\n")[0]
