"""Chaque service, par sa porte : un acteur d'ailleurs, un rôle qui n'y a pas droit, personne — refusés, et rien d'écrit.

La liste est lue dans le code : un service que `tests/gestes` ne dit pas fait échouer l'essai. Ce qui est permis est fait aussi, et
s'écrit : un refus n'est donc pas celui d'un appel mal tourné.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404

from comptes.acteur import Acteur
from comptes.enums import Role
from tests.gestes import (
    beneficiaires,
    cloture,
    comptes,
    declarations,
    decp,
    entreprises,
    exploitation,
    marches,
    metiers,
    parcours,
    recrutement,
    reporting,
    reprise,
    socle,
    territoires,
)
from tests.gestes.commun import (
    RACINE,
    Geste,
    champs_forges,
    copie,
    d_ailleurs,
    designes,
    ecarts,
    empreinte,
    est_de_services,
    objets_oublies,
    services_du_code,
)
from tests.monde import Monde

pytestmark = pytest.mark.django_db
APPS = (
    beneficiaires,
    cloture,
    comptes,
    declarations,
    decp,
    entreprises,
    exploitation,
    marches,
    metiers,
    parcours,
    recrutement,
    reporting,
    reprise,
    socle,
    territoires,
)
SERVICES = services_du_code()
GESTES: dict[str, Geste] = {nom: geste for app in APPS for nom, geste in app.GESTES.items()}
EXEMPTES: dict[str, str] = {nom: raison for app in APPS for nom, raison in app.EXEMPTES.items()}
MAILLONS: dict[str, str] = {nom: raison for app in APPS for nom, raison in app.MAILLONS.items()}
PORTES: dict[str, str] = socle.PORTES  # la porte elle-même, dont les bases des vues se servent aussi
ECRITURES = {
    "save",
    "create",
    "delete",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "ecrire",
    "noter",
}
REFUS = (PermissionDenied, ValidationError, ObjectDoesNotExist, Http404, TypeError)  # TypeError : un argument de trop


# --- La liste ---------------------------------------------------------------------------------------------------------
def test_chaque_service_du_code_est_essaye_ou_exempte_avec_une_raison():
    dits = [*GESTES, *EXEMPTES, *MAILLONS, *PORTES]
    assert sorted(set(SERVICES) - set(dits)) == [], "à déclarer dans tests/gestes"
    assert sorted(set(dits) - set(SERVICES)) == [], "n'existe plus"
    assert len(dits) == len(set(dits))
    assert all(raison.strip() and "\n" not in raison for raison in {**EXEMPTES, **MAILLONS, **PORTES}.values())


def test_un_exempte_qui_recoit_un_acteur_ne_fait_que_lire():
    """Sans acteur, il n'y a personne à contrôler ; avec un acteur, un service qui écrit s'essaie."""
    avec = [nom for nom in EXEMPTES if "acteur" in inspect.signature(SERVICES[nom]).parameters]
    assert [nom for nom in avec if not EXEMPTES[nom].startswith("lit")] == []


def test_ce_qui_dit_lire_ou_calculer_n_ecrit_pas():
    dits = [nom for nom, raison in EXEMPTES.items() if raison.startswith(("lit", "un calcul"))]
    assert [nom for nom in dits if ECRITURES & _appels(SERVICES[nom])] == []


def _appels(service: Callable) -> set[str]:
    arbre = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(service))))
    appeles = (noeud.func for noeud in ast.walk(arbre) if isinstance(noeud, ast.Call))
    return {appele.attr if isinstance(appele, ast.Attribute) else getattr(appele, "id", "") for appele in appeles}


def test_un_maillon_ne_sert_qu_aux_services():
    """Une vue, une commande ou un travail passe par la porte : un maillon n'est importé que d'un paquet `services`."""
    assert list(_maillons_pris_ailleurs()) == []


def _maillons_pris_ailleurs() -> Iterator[str]:
    par_module: dict[str, set[str]] = {}
    for nom in MAILLONS:
        module, _, fonction = nom.rpartition(".")
        par_module.setdefault(module, set()).add(fonction)
        par_module.setdefault(module.partition(".services")[0] + ".services", set()).add(fonction)
    for chemin in _fichiers_hors_des_services():
        for noeud in ast.walk(ast.parse(chemin.read_text())):
            if isinstance(noeud, ast.ImportFrom) and noeud.module in par_module:
                pris = {alias.name for alias in noeud.names} & par_module[noeud.module]
                yield from (f"{chemin.relative_to(RACINE)} : {nom}" for nom in sorted(pris))


def _fichiers_hors_des_services() -> Iterator[Path]:
    for app in {nom.partition(".")[0] for nom in SERVICES}:
        for chemin in (RACINE / app).rglob("*.py"):
            if not est_de_services(chemin) and "migrations" not in chemin.parts:
                yield chemin


def test_aucun_acteur_par_defaut():
    """Un acteur oublié n'est personne : ni l'administrateur, ni quiconque."""
    parametres = {nom: inspect.signature(service).parameters.get("acteur") for nom, service in SERVICES.items()}
    assert [nom for nom, acteur in parametres.items() if acteur and acteur.default is not acteur.empty] == []


# --- Chaque geste -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("nom", GESTES)
def test_la_porte(nom, monde, horloge):
    geste, service = GESTES[nom], SERVICES[nom]
    siens, autres = (dict(geste.arguments(cote)) for cote in (monde.nous, monde.autre))
    assert objets_oublies(service, siens) == []
    liens = [geste.lien(cote) for cote in (monde.nous, monde.autre)] if geste.lien else []
    avant = empreinte()
    rendu = _permis(geste, service, siens, [*_permises(monde, geste), *liens[:1]], avant)
    essais = [*_personnes(monde, geste, siens, autres), *_objets(monde, geste, service, siens, autres, rendu)]
    essais += [("le lien de l'autre structure", lien, siens) for lien in liens[1:]]
    muets = [f"{champ} d'ailleurs" for champ in geste.muets]
    passes = [dit for dit, acteur, arguments in essais if not _refuse(service, acteur, arguments) and dit not in muets]
    assert (passes, ecarts(avant, empreinte())) == ([], [])


def _permises(monde: Monde, geste: Geste) -> Iterator[Acteur]:
    yield from (_acteur(monde, role) for role in sorted(geste.roles))
    if Role.ADMINISTRATEUR in geste.roles and not geste.soi:
        yield Acteur.exploitant()
    if geste.sans_organisation:
        yield monde.acteur("inconnu")


def _permis(
    geste: Geste, service: Callable, arguments: Mapping[str, Any], acteurs: Sequence[Acteur], avant: Mapping
) -> Any:
    """Qui le peut le fait, et cela s'écrit ; rend ce que rend le service."""
    rendu = None
    for acteur in acteurs:
        with transaction.atomic():
            rendu = service(acteur=acteur, **copie(arguments))
            ecrit = ecarts(avant, empreinte())
            transaction.set_rollback(True)
        assert bool(ecrit) is not bool(geste.lit), (acteur, ecrit)
    return rendu


def _acteur(monde: Monde, role: Role) -> Acteur:
    return monde.acteur("administrateur") if role == Role.ADMINISTRATEUR else monde.nous.acteur(role)


def _personnes(monde: Monde, geste: Geste, siens: Mapping, autres: Mapping) -> Iterator[tuple[str, Acteur, Mapping]]:
    """Nos objets, entre les mains de qui n'y a pas droit."""
    partage = designes(list(siens.values())) == designes(list(autres.values()))
    for role in Role:
        if role not in geste.roles:
            yield f"{role}", _acteur(monde, role), siens
        if role != Role.ADMINISTRATEUR and not (partage and role in geste.roles):
            yield f"{role} de l'autre structure", monde.autre.acteur(role), siens
    if not geste.sans_organisation:
        yield "sans organisation", monde.acteur("inconnu"), siens
    if Role.ADMINISTRATEUR not in geste.roles or geste.soi:
        yield "l'exploitant", Acteur.exploitant(), siens


def _objets(
    monde: Monde, geste: Geste, service: Callable, siens: Mapping, autres: Mapping, rendu: Any
) -> Iterator[tuple[str, Acteur, Mapping]]:
    """Qui y a droit, avec un objet d'ailleurs parmi les siens."""
    acteur = _acteur(monde, min(geste.roles))
    if Role.ADMINISTRATEUR in geste.roles:
        return
    forges = champs_forges(rendu, service, siens, monde.autre)
    for champ, arguments in (*d_ailleurs(siens, autres), *forges):
        if champ not in geste.libres:
            yield f"{champ} d'ailleurs", acteur, arguments


def _refuse(service: Callable, acteur: Acteur, arguments: Mapping[str, Any]) -> bool:
    try:
        service(acteur=acteur, **copie(arguments))
    except REFUS:
        return True
    return False
