"""Écrire une ligne depuis des valeurs déjà nettoyées : mêmes contrôles pour l'écran, l'import et la démonstration.

Modifier un objet a une seule façon, en trois gestes : `verrouiller` relit la ligne dans la portée de l'acteur, le service
exige son verdict, `modifier` compare, exige la portée de ce qui est choisi, écrit et note avant → après. Rien ne change :
rien ne s'écrit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from socle.modeles import ModeleArchivable, ModeleJournalise
from socle.regles import AccesRefuse
from socle.services.clair import dire_le_changement
from socle.services.journal import noter
from socle.services.portee import HORS_PORTEE, exiger_la_portee

Libelles = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Changement:
    """Ce qu'un champ valait, ce qu'il vaudra."""

    avant: Any
    apres: Any


def verrouiller[Ligne: models.Model](lignes, acteur, objet: Ligne | None = None, **cle) -> Ligne:
    """La ligne relue et verrouillée, en une lecture, si elle est dans la portée de l'acteur ; sinon `AccesRefuse`.

    `lignes` : le manager du modèle, ou un queryset qui charge déjà ce que le service lira. `cle` la désigne quand on ne la
    tient pas encore (la fiche d'une entreprise), ou dit de quoi elle doit dépendre.
    """
    return relire(lignes.select_for_update(of=("self",)), acteur, objet, **cle)


def relire[Ligne: models.Model](lignes, acteur, objet: Ligne | None = None, **cle) -> Ligne:
    """La même, sans verrou : avant la transaction, pour ce qu'un service extérieur doit savoir de la ligne."""
    designee = cle if objet is None else {"pk": objet.pk, **cle}
    portee = lignes.model.objects.visibles_par(acteur).filter(**designee).order_by().values("pk")
    ligne = lignes.filter(pk__in=portee).order_by("pk").first()
    if ligne is None:
        raise AccesRefuse(HORS_PORTEE)
    return ligne


def verrouiller_les_reglages[Reglages: models.Model](
    modele: type[Reglages], structure, *, usuels: Reglages | None = None, **cle
) -> Reglages:
    """La ligne de réglages de la structure, sous verrou, ou les usuels (non enregistrés).

    La ligne de la structure sert de verrou : deux premiers réglages enregistrés ensemble se suivent.
    """
    verrouiller_la_structure(structure)
    return (
        modele._default_manager.filter(structure=structure, **cle).first()
        or usuels
        or modele(structure=structure, **cle)
    )


def verrouiller_la_structure(structure: models.Model) -> None:
    type(structure)._base_manager.select_for_update().get(pk=structure.pk)


def modifier(
    ligne: ModeleJournalise,
    valeurs: Mapping,
    *,
    acteur,
    action: str,
    sur=None,
    libelles: Libelles | None = None,
    **donnees,
) -> set[str]:
    """Écrit ce qui change et le note, avant → après, au journal de `sur` (la ligne même à défaut). Rend les champs changés.

    Des réglages proposés, renvoyés tels quels la première fois, sont retenus : ils naissent, et le journal le dit.
    `libelles` : pour un champ qui garde des codes sans `choices`, ce que chacun veut dire.
    """
    naissent = ligne._state.adding
    dits = appliquer(ligne, valeurs, acteur=acteur, libelles=libelles)
    if dits or naissent:
        noter(acteur=acteur, action=action, objet=sur or ligne, changements=dits, **donnees)
    return {dit["champ"] for dit in dits}


def appliquer(
    ligne: models.Model, valeurs: Mapping, *, acteur, libelles: Libelles | None = None
) -> list[dict[str, str]]:
    """Écrit ce qui change et le rend en clair : pour un geste qui touche deux lignes et ne se note qu'une fois.

    Ce qui est choisi est de la portée de l'acteur ; ce qui l'était déjà le reste, même parti depuis.
    """
    changes = changements(ligne, valeurs)
    if not changes:
        if ligne._state.adding:
            ecrire(ligne, valeurs)
        return []
    exiger_la_portee(acteur, {nom: _nouveaux(change) for nom, change in changes.items()})
    champs: dict[str, Any] = {nom: ligne._meta.get_field(nom) for nom in changes}
    dits = [
        dire_le_changement(champ, changes[nom].avant, changes[nom].apres, (libelles or {}).get(nom))
        for nom, champ in champs.items()
        if champ.editable  # un champ qui suit d'un autre (le point d'une adresse) change avec lui, sans le dire
    ]
    ecrire(ligne, valeurs)
    return dits


def _nouveaux(change: Changement) -> Any:
    """Ce qui n'était pas déjà choisi."""
    if not isinstance(change.apres, list):
        return change.apres
    return [objet for objet in change.apres if objet not in (change.avant or ())]


def changements(objet: models.Model, valeurs: Mapping) -> dict[str, Changement]:
    """Les champs qui changent vraiment. D'un champ multiple, l'ordre ne compte pas."""
    changes = {}
    for champ, voulu in valeurs.items():
        if _est_multiple(objet, champ):
            avant, apres = _choisis(objet, champ), list(voulu)
            pareils = set(avant) == set(apres)
        else:
            avant, apres = getattr(objet, champ), voulu
            pareils = _pareils(avant, apres)
        if not pareils:
            changes[champ] = Changement(avant, apres)
    return changes


def ecrire(objet: models.Model, valeurs: Mapping) -> None:
    """Pose les valeurs, contrôle les champs et enregistre ; une contrainte de la base refusée se dit à côté de son champ.

    D'une ligne déjà enregistrée, seul ce qui est donné se contrôle : une vieille date hors des bornes, un vieux nom qui porte
    un signe refusé depuis n'empêchent pas d'écrire le reste. Les contraintes, elle les tient : on ne les relit que pour
    nommer celle qu'elle refuse, et deux écritures ensemble y passent.
    """
    multiples = {champ for champ in valeurs if _est_multiple(objet, champ)}
    for champ in valeurs.keys() - multiples:
        setattr(objet, champ, valeurs[champ])
    objet.full_clean(exclude=_deja_controles(objet, valeurs), validate_constraints=False)
    try:
        with transaction.atomic():
            objet.save()
    except IntegrityError:
        objet.validate_constraints()
        raise
    for champ in multiples:
        getattr(objet, champ).set(valeurs[champ])


def _est_multiple(objet: models.Model, champ: str) -> bool:
    return any(multiple.name == champ for multiple in objet._meta.many_to_many)


def _choisis(objet: models.Model, champ: str) -> list[models.Model]:
    return list(getattr(objet, champ).all()) if objet.pk else []


def _pareils(avant: Any, apres: Any) -> bool:
    """Une zone de texte renvoie ses fins de ligne à sa façon : ce n'est pas un changement."""
    if isinstance(avant, str) and isinstance(apres, str):
        return avant.splitlines() == apres.splitlines()
    return avant == apres


def _deja_controles(objet: models.Model, valeurs: Mapping) -> set[str]:
    if objet.pk is None:
        return set()
    return {champ.name for champ in objet._meta.concrete_fields if champ.name not in valeurs}


def basculer_archive(objet: ModeleArchivable, *, archiver: bool) -> bool:
    """Archive ou sort de l'archive ; rend faux si c'était déjà fait (second clic).

    Sa place a pu être prise entre-temps (un autre attributaire) : la contrainte le dit, et rien ne change.
    """
    if objet.est_archive is archiver:
        return False
    objet.archive_le = timezone.now() if archiver else None
    try:
        with transaction.atomic():
            objet.save(update_fields=["archive_le", "modifie_le"])
    except IntegrityError:
        objet.validate_constraints()
        raise
    return True
