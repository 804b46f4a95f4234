"""Ce qu'un service est pour l'essai des portes : comment l'appeler dans le petit monde, et qui le peut.

Un geste se déclare une fois, avec les objets d'un côté du monde ; l'essai en tire le reste : les mêmes objets tenus par l'autre
structure, par un rôle qui n'y a pas droit, sans organisation ; et les siens mêlés, un par un, à ceux d'ailleurs.
"""

import importlib
import inspect
import pickle
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from django.apps import apps
from django.db import connection, models

from comptes.acteur import Acteur
from comptes.enums import FACILITATEURS, FACILITATEURS_QUI_ECRIVENT, Role
from socle.querysets import QuerySetDomaine
from territoires.querysets import QuerySetReferentiel
from tests.monde import Cote

RACINE = Path(__file__).parent.parent.parent
ECRIVENT, LISENT = frozenset(FACILITATEURS_QUI_ECRIVENT), frozenset(FACILITATEURS)
RESPONSABLE = frozenset({Role.RESPONSABLE})
ADMINISTRATEUR = frozenset({Role.ADMINISTRATEUR})
PRESCRIPTEUR, ENTREPRISE = frozenset({Role.PRESCRIPTEUR}), frozenset({Role.ENTREPRISE})
ACHETEUR, RESEAU = frozenset({Role.MAITRE_OUVRAGE}), frozenset({Role.RESEAU})
TOUS = frozenset(Role) - ADMINISTRATEUR
PUBLICS = ("Metier",)  # avec les référentiels du territoire : les mêmes pour tous


@dataclass(frozen=True)
class Geste:
    """Comment appeler un service (`arguments`, préparés d'un côté du monde) et les rôles qui le peuvent."""

    arguments: Callable[[Cote], Mapping[str, Any]]
    roles: frozenset[Role] = ECRIVENT
    lien: Callable[[Cote], Acteur] | None = None  # qui entre par un lien signé le peut aussi
    soi: bool = False  # chacun pour soi : l'exploitant, qui n'est personne, ne le peut pas
    sans_organisation: bool = False  # qui n'est d'aucune organisation le peut pour son propre compte
    lit: str = ""  # pourquoi un geste permis n'écrit rien
    libres: Mapping[str, str] = field(default_factory=dict)  # un argument d'ailleurs qui passe, et pourquoi
    muets: Mapping[str, str] = field(default_factory=dict)  # un argument d'ailleurs qui ne fait rien, et pourquoi


def services_du_code() -> dict[str, Callable]:
    """{« marches.services.marches.ajouter_lot »: la fonction} : tout ce qui est public dans un module ou un paquet `services`."""
    return {
        f"{module.__name__}.{nom}": objet
        for module in _modules()
        for nom, objet in vars(module).items()
        if inspect.isfunction(objet) and objet.__module__ == module.__name__ and not nom.startswith("_")
    }


def _modules() -> Iterator[ModuleType]:
    for app in apps.get_app_configs():
        if Path(app.path).parent == RACINE:
            for chemin in sorted(Path(app.path).rglob("*.py")):
                if est_de_services(chemin):
                    nom = chemin.relative_to(RACINE).with_suffix("").as_posix().replace("/", ".")
                    yield importlib.import_module(nom.removesuffix(".__init__"))


def est_de_services(chemin: Path) -> bool:
    return "services" in (*chemin.parts, chemin.stem)


# --- La base, avant et après ------------------------------------------------------------------------------------------
def empreinte() -> dict[str, tuple[int, int]]:
    """{table: (lignes, empreinte)} de toutes les tables, journal et historiques compris."""
    tables = {modele._meta.db_table for modele in apps.get_models(include_auto_created=True)}
    lues = {}
    with connection.cursor() as curseur:
        for table in sorted(tables):
            curseur.execute(f"SELECT * FROM {connection.ops.quote_name(table)} ORDER BY 1")
            lignes = curseur.fetchall()
            lues[table] = (len(lignes), hash(repr(lignes)))
    return lues


def ecarts(avant: Mapping[str, Any], apres: Mapping[str, Any]) -> list[str]:
    return [table for table in apres if apres[table] != avant.get(table)]


# --- Les objets d'ailleurs ----------------------------------------------------------------------------------------------
def copie(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Un service peut poser des valeurs sur ce qu'il reçoit : chaque appel reçoit les siens."""
    return pickle.loads(pickle.dumps(dict(arguments)))


def designes(valeur: Any) -> set[tuple[str, Any]]:
    """Les objets d'une valeur, où qu'ils soient : (modèle, clé), ou ce qu'une ligne pas encore écrite désigne."""
    if isinstance(valeur, models.Model):
        if valeur.pk is not None:
            return {(valeur._meta.label, valeur.pk)}
        return {(champ.related_model._meta.label, cle) for champ, cle in relations(valeur)}
    if isinstance(valeur, uuid.UUID):
        return {("uuid", valeur)}
    if isinstance(valeur, Mapping):
        return set().union(*map(designes, [*valeur.keys(), *valeur.values()]))
    if isinstance(valeur, list | tuple | set | frozenset):
        return set().union(*map(designes, valeur))
    return set()


def relations(ligne: models.Model) -> list[tuple[models.Field, Any]]:
    """Ce que désigne une ligne, par ses clés étrangères."""
    champs = [champ for champ in ligne._meta.concrete_fields if champ.is_relation]
    return [(champ, cle) for champ in champs if (cle := getattr(ligne, champ.attname)) is not None]


def d_ailleurs(siens: Mapping[str, Any], autres: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Les arguments d'un côté, un objet à la fois remplacé par son jumeau de l'autre ; et dans les lignes à écrire, un champ."""
    for nom, valeur in siens.items():
        if designes(valeur) == designes(autres[nom]):
            continue
        yield nom, {**siens, nom: autres[nom]}
        if isinstance(valeur, list):
            yield from _un_champ_d_ailleurs(siens, nom, autres[nom])


def _un_champ_d_ailleurs(siens, nom: str, autres: list) -> Iterator[tuple[str, dict[str, Any]]]:
    for rang, (sienne, autre) in enumerate(zip(siens[nom], autres, strict=True)):
        if not isinstance(sienne, models.Model):
            continue
        repris = siens.get("champs", ()) if nom.startswith("modifi") else ()
        champs = [champ for champ, _ in relations(sienne) if sienne.pk is None or champ.name in repris]
        for champ in champs:
            if getattr(sienne, champ.attname) != getattr(autre, champ.attname):
                forgee = copie({"ligne": sienne})["ligne"]
                setattr(forgee, champ.name, getattr(autre, champ.name))
                lignes = [*siens[nom][:rang], forgee, *siens[nom][rang + 1 :]]
                yield f"{nom}.{champ.name}", {**siens, nom: lignes}


def objets_oublies(service: Callable, donnes: Mapping[str, Any]) -> list[str]:
    """Les arguments qui désignent un objet et que l'essai ne donne pas : facultatifs, ils n'en sont pas moins des portes."""
    modeles = {modele.__name__ for modele in apps.get_models()}
    return [
        nom
        for nom, parametre in inspect.signature(service).parameters.items()
        if nom not in donnes and modeles & set(re.findall(r"\w+", str(parametre.annotation)))
    ]


def a_une_portee(modele: type[models.Model]) -> bool:
    lignes = modele._default_manager.all()
    return (
        isinstance(lignes, QuerySetDomaine)
        and not isinstance(lignes, QuerySetReferentiel)
        and modele.__name__ not in PUBLICS
    )


def champs_forges(rendu: Any, service: Callable, donnes: Mapping[str, Any], autre: Cote) -> Iterator[tuple[str, dict]]:
    """Un service qui prend des valeurs libres : chaque relation de ce qu'il écrit, donnée avec un objet d'ailleurs."""
    libres = any(p.kind is inspect.Parameter.VAR_KEYWORD for p in inspect.signature(service).parameters.values())
    if not libres or not isinstance(rendu, models.Model):
        return
    nommes = inspect.signature(service).parameters
    for champ in (*rendu._meta.concrete_fields, *rendu._meta.many_to_many):
        if not champ.is_relation or champ.name in donnes or champ.name in nommes:
            continue
        if a_une_portee(champ.related_model) and (objet := jumeau(autre, champ.related_model)) is not None:
            yield champ.name, {**donnes, champ.name: [objet] if champ.many_to_many else objet}


def jumeau(cote: Cote, modele: type[models.Model]) -> models.Model | None:
    """Un objet de ce genre, de ce côté."""
    return next((objet for objet in vars(cote).values() if type(objet) is modele), None)
