"""Ce qu'un geste désigne est de la portée de qui le fait : un identifiant forgé n'entre pas, d'où qu'il vienne.

L'objet du geste se lit par `socle.services.enregistrement.verrouiller` ; ce qui l'accompagne (l'opération d'un marché, le
tuteur d'un contrat) passe ici. Un modèle sans portée, comme un compte, se contrôle dans le service qui le reçoit.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from django.db import models

from socle.querysets import QuerySetDomaine
from socle.regles import RegleViolee
from socle.services.masse import par_paquets

Cles = dict[type[models.Model], set[int]]
HORS_PORTEE = "Introuvable parmi ce que vous suivez : la page a peut-être été ouverte pour une autre organisation."


def exiger_la_portee(acteur, valeurs: Mapping[str, Any]) -> None:
    """Lève `RegleViolee`, à côté du champ, pour un objet choisi que l'acteur ne voit pas."""
    for champ, valeur in valeurs.items():
        for modele, cles in _par_modele(_objets(valeur)).items():
            exiger_les_cles(acteur, modele, cles, champ)


def exiger_la_portee_des_lignes(
    acteur, nouvelles: Collection[models.Model], modifiees: Collection[models.Model] = (), champs: Collection[str] = ()
) -> None:
    """La même règle pour des lignes reprises d'un coup : celles qu'on modifie, et ce que chacune désigne.

    Des lignes modifiées, seuls les `champs` qui changent comptent : le reste était déjà choisi. Une requête par modèle et par
    paquet, quel que soit le nombre de lignes.
    """
    cles = _par_modele(modifiees)
    for ligne in nouvelles:
        _ajouter_ce_que_designe(ligne, cles)
    for ligne in modifiees:
        _ajouter_ce_que_designe(ligne, cles, champs)
    for modele, siennes in cles.items():
        exiger_les_cles(acteur, modele, siennes)


def _ajouter_ce_que_designe(ligne: models.Model, cles: Cles, champs: Collection[str] | None = None) -> None:
    relations: list[Any] = [champ for champ in ligne._meta.concrete_fields if champ.is_relation]
    for champ in relations:
        if champs is not None and champ.name not in champs:
            continue
        designe = champ.get_cached_value(ligne, default=None)  # enregistré depuis, il a sa clé ; la ligne, pas encore
        cle = getattr(ligne, champ.attname) or (designe and designe.pk)
        if cle is not None:
            cles[champ.related_model].add(cle)


def _objets(valeur: Any) -> Iterator[models.Model]:
    """Ceux que porte une valeur : un objet, ou plusieurs. Pas encore enregistré, il n'est de la portée de personne d'autre."""
    portes = valeur if isinstance(valeur, list | tuple | set | frozenset | models.QuerySet) else [valeur]
    yield from (objet for objet in portes if isinstance(objet, models.Model) and objet.pk is not None)


def _par_modele(objets: Iterable[models.Model]) -> Cles:
    cles: Cles = defaultdict(set)
    for objet in objets:
        cles[type(objet)].add(objet.pk)
    return cles


def exiger_les_cles(acteur, modele: type[models.Model], cles: Collection[int], champ: str | None = None) -> None:
    """La même règle pour des clés d'un modèle, qu'aucun objet ne porte encore."""
    lignes = modele._default_manager.all()
    if not isinstance(lignes, QuerySetDomaine):
        return
    visibles = lignes.visibles_par(acteur)
    vues = sum(visibles.filter(pk__in=paquet).order_by().count() for paquet in par_paquets(sorted(cles)))
    if vues != len(cles):
        raise RegleViolee(lignes.hors_portee, champ=champ)
