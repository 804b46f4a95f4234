"""Un formulaire n'efface jamais ce qu'il ne propose plus : la valeur en place reste à son champ, avec sa raison.

Archivé, parti, terminé : un choix sort des listes, mais pas des objets qui le portent. Enregistrer un autre champ le garde ;
le choisir à nouveau ailleurs reste refusé.
"""

from typing import Any

from django import forms
from django.db.models import BooleanField, ExpressionWrapper, Q

SORTI = "n'est plus proposé"


def garder_les_actuels(champs: dict[str, forms.Field], actuels: dict[str, Any]) -> None:
    """`actuels` : ce que porte l'objet modifié, par nom de champ ; une clé, des clés, ou un code."""
    for nom, valeur in actuels.items():
        champ = champs.get(nom)
        if valeur is None or valeur == "":
            continue
        if isinstance(champ, forms.ModelChoiceField):
            _garder_les_lignes(champ, valeur)
        elif isinstance(champ, forms.ChoiceField):
            _garder_le_code(champ, valeur)


def _garder_les_lignes(champ: Any, cles) -> None:
    """Élargit la liste à ces lignes, en une requête : celle qui lisait déjà la liste dit aussi lesquelles n'y sont plus."""
    offerts = champ.queryset
    est_offert, est_actuel = Q(pk__in=offerts.order_by().values("pk")), Q(pk__in=cles)
    elargi = offerts.model._default_manager.filter(est_offert | est_actuel)
    elargi = elargi.annotate(hors_choix=ExpressionWrapper(est_actuel & ~est_offert, BooleanField()))
    for lecture in ("select_related", "deferred_loading", "order_by"):  # lue comme l'était la liste
        setattr(elargi.query, lecture, getattr(offerts.query, lecture))
    libelle = champ.label_from_instance
    champ.queryset = elargi
    champ.label_from_instance = lambda ligne: (
        avec_mention(libelle(ligne), ligne) if ligne.hors_choix else libelle(ligne)
    )


def avec_mention(libelle: str, ligne) -> str:
    """« Rénovation des Provinces (archivée) » : le modèle dit sa mention (`mention_hors_choix`)."""
    return f"{libelle} ({getattr(ligne, 'mention_hors_choix', SORTI)})"


def choix_de(champ: Any) -> list[tuple[Any, Any]]:
    """Les choix d'un `ChoiceField`, déroulés : Django les déclare aussi comme une fonction à appeler."""
    return list(champ.choices)


def _garder_le_code(champ: forms.ChoiceField, code) -> None:
    """`code` : la valeur d'un `TextChoices` dit son libellé."""
    if not champ.valid_value(code):
        champ.choices = [*choix_de(champ), (code, f"{getattr(code, 'label', code)} ({SORTI})")]
