"""Écrire beaucoup de lignes d'un coup : mêmes contrôles qu'une à une, historique compris, mémoire bornée par paquets."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, TypeVar

from django.db import models
from django.utils import timezone
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from socle.modeles import ModeleIdentifie

TAILLE_PAQUET = 2000
T = TypeVar("T")


def controler(objet: models.Model) -> None:
    """Contrôle les valeurs d'une ligne (types, longueurs, bornes, choix) ; lève `ValidationError` par champ.

    Les relations sont laissées à qui les a cherchées dans la portée ; l'unicité et les contraintes, à la base.
    """
    objet.clean_fields(exclude={champ.name for champ in objet._meta.fields if champ.is_relation or not champ.editable})


def creer_en_masse(objets: Sequence[models.Model], *, acteur, motif: str = "", controles: bool = True) -> None:
    """Crée des lignes d'un même modèle, avec leur historique s'il en a un. `motif` y dit d'où elles viennent."""
    if not objets:
        return
    modele = type(objets[0])
    for paquet in par_paquets(objets):
        if controles:
            for objet in paquet:
                controler(objet)
        if _a_un_historique(modele):
            bulk_create_with_history(paquet, modele, **_auteur(acteur, motif))
        else:
            modele._default_manager.bulk_create(paquet)


def modifier_en_masse(
    objets: Sequence[ModeleIdentifie], champs: Collection[str], *, acteur, motif: str = "", controles: bool = True
) -> None:
    """Enregistre `champs` de lignes d'un même modèle ; leur date de modification avance, leur historique s'allonge."""
    if not objets:
        return
    modele = type(objets[0])
    maintenant = timezone.now()
    for paquet in par_paquets(objets):
        for objet in paquet:
            objet.modifie_le = maintenant
            if controles:
                controler(objet)
        a_ecrire = sorted({*champs, "modifie_le"})
        if _a_un_historique(modele):
            bulk_update_with_history(paquet, modele, a_ecrire, batch_size=200, **_auteur(acteur, motif))
        else:
            modele._default_manager.bulk_update(paquet, a_ecrire, batch_size=200)


def par_paquets(suite: Sequence[T]) -> Iterator[list[T]]:
    """La suite, par paquets de `TAILLE_PAQUET`."""
    return (list(suite[rang : rang + TAILLE_PAQUET]) for rang in range(0, len(suite), TAILLE_PAQUET))


def _a_un_historique(modele: type[models.Model]) -> bool:
    return hasattr(modele._meta, "simple_history_manager_attribute")


def _auteur(acteur, motif: str) -> dict[str, Any]:
    return {"default_user": acteur.utilisateur, "default_change_reason": motif}
