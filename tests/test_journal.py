"""Ce que chaque geste rend et note au journal, fait une fois, refait, puis défait.

`tests/journal.json` garde le relevé de tous les services déclarés dans `tests/gestes`. Après un changement voulu :
`RELEVE=1 make test ARGS="-k journal"` le réécrit ; il se relit comme le reste du changement.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from comptes.acteur import Acteur
from comptes.enums import Role
from socle.models import EntreeJournal
from tests.gestes.commun import copie
from tests.monde import Monde
from tests.test_gestes import GESTES, SERVICES

pytestmark = pytest.mark.django_db
RELEVE = Path(__file__).with_name("journal.json")
SENS = ("archiver",)  # les gestes qui se font et se défont


@pytest.mark.parametrize("nom", GESTES)
def test_un_geste_laisse_sa_trace(nom, monde, horloge):
    trouve, releve = faire(monde, nom), json.loads(RELEVE.read_text()) if RELEVE.exists() else {}
    if os.environ.get("RELEVE"):
        RELEVE.write_text(json.dumps(releve | {nom: trouve}, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
        return
    assert trouve == releve[nom], 'RELEVE=1 make test ARGS="-k journal" le réécrit.'


def test_le_releve_ne_parle_que_de_gestes_qui_existent():
    assert set(json.loads(RELEVE.read_text())) == set(GESTES)


def faire(monde: Monde, nom: str) -> dict[str, str]:
    """{essai: ce que le geste rend, puis ses entrées au journal ; ou pourquoi il est refusé}."""
    geste = GESTES[nom]
    acteur = _qui(monde, min(geste.roles)) if geste.roles else monde.acteur("inconnu")
    arguments = dict(geste.arguments(monde.nous))
    essais = {"fait": arguments, "refait": arguments}
    for sens in SENS:
        if sens in arguments:
            essais |= {"défait": {**arguments, sens: not arguments[sens]}}
    return {essai: _essayer(nom, acteur, choisis) for essai, choisis in essais.items()}


def _qui(monde: Monde, role: Role) -> Acteur:
    return monde.acteur("administrateur") if role == Role.ADMINISTRATEUR else monde.nous.acteur(role)


def _essayer(nom: str, acteur: Acteur, arguments: Mapping[str, Any]) -> str:
    deja = set(EntreeJournal.objects.values_list("pk", flat=True))
    try:
        with transaction.atomic():
            rendu = SERVICES[nom](acteur=acteur, **copie(arguments))
    except (ValidationError, PermissionDenied) as refus:
        return f"refusé : {getattr(refus, 'motif', refus)}"
    except IntegrityError:
        return "refusé par la base"
    entrees = EntreeJournal.objects.exclude(pk__in=deja).order_by("action", "objet_type", "pk")
    assert {entree.utilisateur_id for entree in entrees} <= {acteur.utilisateur and acteur.utilisateur.pk}
    return " ; ".join([_dit(rendu), *(f"{entree.action} · {entree.objet_type}" for entree in entrees)])


def _dit(rendu: Any) -> str:
    """Ce que rend le service : rien, un nombre, un texte, ou le genre de l'objet."""
    if rendu is None or isinstance(rendu, bool | int):
        return f"rend {rendu}"
    if isinstance(rendu, list | tuple | set | dict):
        return f"rend {len(rendu)} {type(rendu).__name__}"
    return f"rend {type(rendu).__name__}"
