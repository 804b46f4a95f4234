"""Un prédicat de `permissions`, demandé pour chacun : qui le passe. Les deux côtés du monde, l'administrateur, l'inconnu."""

from collections.abc import Callable

from comptes.acteur import Acteur
from comptes.enums import Role
from socle.regles import Verdict
from tests.monde import Monde

ECRIVENT = {"responsable", "edition"}
PARTOUT = ECRIVENT | {f"autre.{role}" for role in ECRIVENT}  # sans objet : chacun pour sa structure


def qui_passe(monde: Monde, predicat: Callable[[Acteur], Verdict]) -> set[str]:
    """« edition », « autre.edition », « administrateur », « inconnu »… Un refus sans raison à lire n'en est pas un."""
    roles = [role.value for role in Role if role != Role.ADMINISTRATEUR]
    tous = [*roles, *(f"autre.{role}" for role in roles), "administrateur", "inconnu"]
    passent = set()
    for qui in tous:
        verdict = _demander(predicat, monde.acteur(qui))
        assert verdict or verdict.motif, f"{qui} : refusé sans raison"
        passent |= {qui} if verdict else set()
    return passent


def _demander(predicat: Callable[[Acteur], Verdict], acteur: Acteur) -> Verdict:
    try:
        return predicat(acteur)
    except LookupError as sans_organisation:  # qui n'est de nulle part, ou l'administrateur devant un objet
        return Verdict(False, str(sans_organisation))


def motif(verdict: Verdict) -> str:
    """Pourquoi c'est non ; « oui » si c'est oui."""
    return "oui" if verdict else verdict.motif
