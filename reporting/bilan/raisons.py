"""Pourquoi un bilan a changé : les rectifications et leurs motifs, ce qui a été modifié, les règles et les paramètres d'alors.

Une raison dit quand, et le rôle de qui l'a fait : jamais son nom. Elle se cherche depuis le jour où la version d'avant a été lue.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from comptes.enums import Role
from comptes.models import Adhesion, Organisation
from declarations.models import Declaration, Rectification
from reporting.bilan.comparaison import Ecart
from reporting.bilan.provenance import SORTES
from reporting.calcul.indicateurs import GenreLigne
from reporting.models import Bilan
from socle.models import EntreeJournal
from socle.nombres import jour_de, nombre
from socle.services.journal import phrase_de

# Ce qui, dans le journal de la structure, change la façon de compter.
DES_REGLES = ("territoire_defini", "reglages_bilan")


@dataclass(frozen=True, slots=True)
class Raison:
    """« Mois rectifié : heures d'un autre chantier », le 12 janvier, un facilitateur."""

    texte: str
    le: datetime.date | None = None
    qui: str = ""


def raisons_generales(avant: Bilan, apres: Bilan) -> list[Raison]:
    """Ce qui change plusieurs chiffres à la fois : un diviseur, une définition, le territoire."""
    return [
        *_parametres(avant.donnees, apres.donnees),
        *_definitions(avant.donnees, apres.donnees),
        *_du_journal(avant),
    ]


def _parametres(avant: Mapping[str, Any], apres: Mapping[str, Any]) -> Iterator[Raison]:
    if avant.get("etp_base") != apres.get("etp_base"):
        heures = f"{nombre(avant.get('etp_base'))} h → {nombre(apres.get('etp_base'))} h"
        yield Raison(f"Un équivalent temps plein ne vaut plus le même nombre d'heures : {heures}")


def _definitions(avant: Mapping[str, Any], apres: Mapping[str, Any]) -> Iterator[Raison]:
    """Un chiffre que les deux versions ont, et qui ne se définit plus pareil."""
    for cle, chiffre in apres.get("chiffres", {}).items():
        ancien = avant.get("chiffres", {}).get(cle)
        if ancien and ancien["definition"] != chiffre["definition"]:
            yield Raison(f"« {chiffre['libelle']} » ne se définit plus pareil. Avant : {ancien['definition']}")


def _du_journal(avant: Bilan) -> Iterator[Raison]:
    entrees = EntreeJournal.objects.filter(
        structure=avant.structure_id, action__in=DES_REGLES, cree_le__date__gte=lu_le(avant)
    ).order_by("cree_le", "pk")
    yield from _dire(entrees.select_related("utilisateur"), avant.structure)


def lu_le(bilan: Bilan) -> datetime.date:
    """Le jour où ses chiffres ont été lus : ce qui est venu après n'y est pas."""
    arrete = bilan.donnees.get("arrete_le")
    return datetime.date.fromisoformat(arrete) if arrete else jour_de(bilan.publie_le or bilan.cree_le)


# --- Ligne par ligne ------------------------------------------------------------------------------------------------
def raisons_des_lignes(ecarts: Collection[Ecart], objets: Mapping[GenreLigne, Mapping[int, Any]], avant: Bilan):
    """{(genre, clé de l'objet): raisons}, pour les lignes qui ont bougé."""
    trouvees: dict[tuple[GenreLigne, int], list[Raison]] = defaultdict(list)
    for cle, raison in _des_heures(objets.get(GenreLigne.HEURES, {}), avant):
        trouvees[GenreLigne.HEURES, cle].append(raison)
    for genre, lus in objets.items():
        if genre != GenreLigne.HEURES:
            for cle, raison in _des_objets(lus, avant):
                trouvees[genre, cle].append(raison)
    return trouvees


def _des_heures(lignes: Mapping[int, Any], avant: Bilan) -> Iterator[tuple[int, Raison]]:
    """Le motif de la rectification de leur mois ; à défaut, sa validation depuis la version d'avant."""
    declarations = defaultdict(list)
    for cle, ligne in lignes.items():
        declarations[ligne.declaration_id].append(cle)
    depuis, rectifiees = lu_le(avant), set()
    rectifications = Rectification.objects.filter(
        Q(close_le__isnull=True) | Q(close_le__date__gte=depuis) | Q(cree_le__date__gte=depuis),
        declaration__in=declarations,
    ).order_by("cree_le", "pk")
    lues = list(rectifications)
    roles = _roles({r.ouverte_par_id for r in lues}, avant.structure)
    for rectification in lues:
        rectifiees.add(rectification.declaration_id)
        raison = Raison(
            f"Mois rectifié : {rectification.motif}",
            jour_de(rectification.cree_le),
            roles.get(rectification.ouverte_par_id, ""),
        )
        yield from ((cle, raison) for cle in declarations[rectification.declaration_id])
    validees = Declaration.objects.filter(pk__in=set(declarations) - rectifiees, validee_le__date__gte=depuis)
    for declaration in validees.order_by("pk"):
        raison = Raison("Mois validé depuis", jour_de(declaration.validee_le) if declaration.validee_le else None)
        yield from ((cle, raison) for cle in declarations[declaration.pk])


def _des_objets(objets: Mapping[int, Any], avant: Bilan) -> Iterator[tuple[int, Raison]]:
    """Ce que le journal de la structure dit de chacun depuis la version d'avant."""
    cles = {objet.uuid: cle for cle, objet in objets.items()}
    entrees = EntreeJournal.objects.filter(
        structure=avant.structure_id, objet_uuid__in=cles, cree_le__date__gte=lu_le(avant)
    ).order_by("cree_le", "pk")
    lues = list(entrees.select_related("utilisateur"))
    for entree, raison in zip(lues, _dire(lues, avant.structure), strict=True):
        yield cles[entree.objet_uuid], raison


def _dire(entrees: Iterable[EntreeJournal], structure: Organisation) -> Iterator[Raison]:
    lues = list(entrees)
    roles = _roles({entree.utilisateur_id for entree in lues}, structure)
    for entree in lues:
        yield Raison(phrase_de(entree), jour_de(entree.cree_le), roles.get(entree.utilisateur_id, "automatique"))


def _roles(utilisateurs: Collection[int | None], structure: Organisation) -> dict[int | None, str]:
    """Le rôle de chacun dans la structure, non son nom."""
    adhesions = Adhesion.objects.filter(organisation=structure, utilisateur__in=[u for u in utilisateurs if u])
    return {
        utilisateur: Role(role).label
        for utilisateur, role in adhesions.order_by("pk").values_list("utilisateur", "role")
    }


def objets_des_ecarts(ecarts: Collection[Ecart], acteur: Any, combien: int) -> dict[GenreLigne, dict[int, Any]]:
    """Les objets des lignes montrées, par genre : une requête chacun, dans la portée de l'acteur."""
    cles: dict[GenreLigne, set[int]] = defaultdict(set)
    for ecart in ecarts:
        cles[ecart.genre] |= {changement.cle for changement in ecart.changements[:combien]}
    objets = {}
    for genre, voulues in cles.items():
        sorte = SORTES[genre]
        visibles = sorte.modele.objects.visibles_par(acteur)  # type: ignore[attr-defined]  # tout modèle de SORTES l'a
        objets[genre] = (visibles.select_related(*sorte.relations) if sorte.relations else visibles).in_bulk(voulues)
    return objets
