"""Écrire une ligne depuis des valeurs déjà nettoyées : mêmes contrôles pour l'écran, l'import et la démonstration."""

from collections.abc import Mapping

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from socle.modeles import ChampJour


def changements(objet: models.Model, valeurs: Mapping) -> dict[str, dict]:
    """Les champs qui changent vraiment : {champ: {"avant": …, "apres": …}}."""
    return {
        champ: {"avant": getattr(objet, champ), "apres": valeur}
        for champ, valeur in valeurs.items()
        if getattr(objet, champ) != valeur
    }


def ecrire(objet: models.Model, valeurs: Mapping) -> None:
    """Pose les valeurs, contrôle les champs et enregistre ; une contrainte de la base refusée se dit à côté de son champ.

    D'une ligne déjà enregistrée, un renvoi ou un identifiant que rien ne change n'est pas cherché de nouveau en base, et une
    vieille date hors des bornes n'empêche pas de corriger le reste. Les contraintes, elle les tient : on ne les relit que pour
    nommer celle qu'elle refuse, et deux écritures ensemble y passent.
    """
    for champ, valeur in valeurs.items():
        setattr(objet, champ, valeur)
    objet.full_clean(exclude=_deja_controles(objet, valeurs), validate_constraints=False)
    try:
        with transaction.atomic():
            objet.save()
    except IntegrityError:
        objet.validate_constraints()
        raise


def _deja_controles(objet: models.Model, valeurs: Mapping) -> set[str]:
    if objet.pk is None:
        return set()
    champs = objet._meta.concrete_fields
    return {champ.name for champ in champs if _coute_ou_date(champ) and champ.name not in valeurs}


def _coute_ou_date(champ: models.Field) -> bool:
    return champ.is_relation or champ.unique or isinstance(champ, ChampJour)


def basculer_archive(objet: models.Model, *, archiver: bool) -> bool:
    """Archive ou sort de l'archive ; rend faux si c'était déjà fait (second clic)."""
    if objet.est_archive is archiver:
        return False
    objet.archive_le = timezone.now() if archiver else None
    objet.save(update_fields=["archive_le", "modifie_le"])
    return True
