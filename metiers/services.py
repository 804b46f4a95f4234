"""Garder un métier tapé que rien ne désigne, le préciser ensuite ; ajouter ses propres noms de métiers."""

from collections.abc import Mapping
from typing import Any

from django.db import models, transaction

from metiers.models import Appellation, Metier
from metiers.permissions import peut_gerer_les_metiers
from socle.regles import RegleViolee
from socle.services.enregistrement import ecrire, verrouiller
from socle.services.journal import declarer_actions, noter
from socle.texte import plier

declarer_actions(
    metier_precise="Métier précisé",
    nom_de_metier_ajoute="Nom de métier ajouté",
    nom_de_metier_retire="Nom de métier retiré",
)


def garder_les_metiers(structure, valeurs: Mapping[str, Any]) -> dict[str, Any]:
    """Les mêmes valeurs, chaque métier tapé librement devenu une ligne « à préciser » de la structure.

    À appeler dans la transaction qui écrit : un formulaire refusé n'en laisse aucune.
    """
    return {champ: _garde(structure, valeur) for champ, valeur in valeurs.items()}


def _garde(structure, valeur: Any) -> Any:
    if isinstance(valeur, Metier) and valeur._state.adding:
        return _ligne_libre(structure, valeur.libelle)
    if isinstance(valeur, list | tuple) and any(isinstance(un, Metier) for un in valeur):
        gardes = [_garde(structure, un) for un in valeur]
        return list({un.pk: un for un in gardes}.values())
    return valeur


def _ligne_libre(structure, libelle: str) -> Metier:
    libres = Metier.objects.a_preciser_par(structure)
    trouve = libres.filter(libelle_plie=plier(libelle)[:150]).first()
    if trouve is None:
        trouve = Metier(structure=structure)
        ecrire(trouve, {"libelle": libelle})
    return trouve


@transaction.atomic
def preciser_metier(*, acteur, metier: Metier, vers: Metier) -> int:
    """Remplace partout un métier à préciser par celui du répertoire, et retient le mot pour la prochaine fois.

    Rend le nombre d'offres et de personnes qui le portaient.
    """
    peut_gerer_les_metiers(acteur).exiger()
    metier = verrouiller(Metier.objects.a_preciser_par(acteur.organisation), acteur, metier)
    if vers.a_preciser:
        raise RegleViolee("Choisissez un métier du répertoire.", champ="vers")
    portes = sum(_remplacer(relation, metier, vers) for relation in _relations())
    if not Appellation.objects.ajoutees_par(acteur.organisation).filter(libelle=metier.libelle).exists():
        _ajouter(acteur, metier.libelle, vers)
    noter(acteur=acteur, action="metier_precise", objet=acteur.organisation, nom=f"{metier.libelle} → {vers.code}")
    metier.delete()
    return portes


def _relations() -> list[Any]:
    """Tout ce qui désigne un métier, où que ce soit, hors ses noms."""
    return [r for r in Metier._meta.related_objects if r.related_model is not Appellation]


def _remplacer(relation: Any, metier: Metier, vers: Metier) -> int:
    lignes = list(relation.related_model._base_manager.filter(**{relation.field.name: metier}).order_by("pk"))
    for ligne in lignes:
        if relation.many_to_many:
            choisis = getattr(ligne, relation.field.name)
            choisis.remove(metier)
            choisis.add(vers)
        else:
            setattr(ligne, relation.field.name, vers)
            ligne.save()  # ce qui se cherche de l'offre se recalcule
    return len(lignes)


@transaction.atomic
def ajouter_nom_de_metier(*, acteur, libelle: str, metier: Metier) -> Appellation:
    """Un nom courant de plus, pour cette structure : il désigne désormais ce métier quand on le tape."""
    peut_gerer_les_metiers(acteur).exiger()
    if metier.a_preciser:
        raise RegleViolee("Choisissez un métier du répertoire.", champ="metier")
    appellation = _ajouter(acteur, libelle, metier)
    noter(acteur=acteur, action="nom_de_metier_ajoute", objet=appellation, nom=appellation.libelle)
    return appellation


def _ajouter(acteur, libelle: str, metier: Metier) -> Appellation:
    appellation = Appellation(structure=acteur.organisation)
    ecrire(appellation, {"libelle": libelle, "metier": metier})
    return appellation


@transaction.atomic
def retirer_nom_de_metier(*, acteur, appellation: Appellation) -> None:
    peut_gerer_les_metiers(acteur).exiger()
    siennes = Appellation.objects.ajoutees_par(acteur.organisation)
    appellation = verrouiller(siennes, acteur, appellation)
    noter(acteur=acteur, action="nom_de_metier_retire", objet=acteur.organisation, nom=appellation.libelle)
    appellation.delete()


def usages(metier: Metier) -> int:
    """Combien d'offres et de personnes le portent."""
    comptes: list[models.QuerySet] = [
        relation.related_model._base_manager.filter(**{relation.field.name: metier}) for relation in _relations()
    ]
    return sum(lignes.count() for lignes in comptes)
