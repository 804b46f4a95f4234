"""Qui appeler, sur chaque page qu'ouvre quelqu'un d'extérieur à la structure."""

from functools import partial

from comptes.enums import PARTENAIRES
from marches.interlocuteur import interlocuteurs_de, qui_joindre


def qui_appeler(request) -> dict:
    """`a_appeler` : [(structure, qui y joindre)], lu par la mise en page seulement, et pour un partenaire ou un lien signé."""
    if lien := getattr(request, "lien", None):
        return {"a_appeler": partial(_de_la_structure, lien.structure)}
    acteur = getattr(request, "acteur", None)
    if acteur is None or acteur.organisation is None or acteur.role not in PARTENAIRES:
        return {"a_appeler": []}
    return {"a_appeler": partial(interlocuteurs_de, acteur.organisation)}


def _de_la_structure(structure) -> list:
    return [(structure.nom, qui_joindre(structure))]
