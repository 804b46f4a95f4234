"""Dire un territoire en peu de mots, et le relire : intercommunalités et départements entiers, communes, sauf quelques-unes."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from territoires.models import Commune, Epci


@dataclass(slots=True)
class Composition:
    """Ce qui compose un territoire ; `sauf` retire des communes de ce que le reste réunit : la partie d'une métropole."""

    epci: list[Epci] = field(default_factory=list)
    departements: list[str] = field(default_factory=list)
    communes: list[Commune] = field(default_factory=list)
    sauf: list[Commune] = field(default_factory=list)

    def reunies(self) -> set[Commune]:
        """Les communes réunies, avant d'en retirer."""
        entieres = Commune.objects.filter(
            Q(epci__in=self.epci) | Q(ept__in=self.epci) | Q(code_departement__in=self.departements)
        )
        return {*entieres.order_by("pk"), *self.communes}

    def retenues(self) -> set[Commune]:
        return self.reunies() - set(self.sauf)


def composer(communes: Iterable[Commune], *, epci_max: int) -> Composition:
    """La façon la plus courte de redire ces communes : les départements entiers, puis les intercommunalités.

    Une intercommunalité dont il manque moins de la moitié se dit entière, « sauf » celles qui manquent. Au-delà de
    `epci_max`, les dernières se disent commune par commune.
    """
    choisies = {commune.pk: commune for commune in communes}
    voisines = _voisines(choisies.values())
    composition = Composition()
    for code, siennes in sorted(_par(voisines, "code_departement").items()):
        if len(siennes) > 1 and all(commune.pk in choisies for commune in siennes):
            composition.departements.append(code)
    restantes = {cle: c for cle, c in choisies.items() if c.code_departement not in composition.departements}
    # Les plus complètes d'abord : ce sont elles qui abrègent.
    for lien in ("epci", "ept"):
        groupes = _par(restantes.values(), f"{lien}_id")
        membres = _par(voisines, f"{lien}_id")
        for epci in sorted(groupes, key=lambda cle: (-len(groupes[cle]), cle)):
            manquantes = [commune for commune in membres[epci] if commune.pk not in choisies]
            if len(manquantes) < len(groupes[epci]) and len(composition.epci) < epci_max:
                composition.epci.append(getattr(membres[epci][0], lien))
                composition.sauf += manquantes
                for commune in groupes[epci]:
                    del restantes[commune.pk]
    composition.communes = list(restantes.values())
    return composition


def _voisines(communes: Iterable[Commune]) -> list[Any]:
    """Toutes celles de leurs départements et de leurs intercommunalités, en une requête."""
    lues = list(communes)
    departements, epci = {c.code_departement for c in lues}, {c.epci_id for c in lues}
    memes = Commune.objects.filter(Q(code_departement__in=departements) | Q(epci__in=epci - {None}))
    return list(memes.select_related("epci", "ept").order_by("nom_plie", "code_insee"))


def _par(communes: Iterable[Commune], champ: str) -> dict[Any, list[Any]]:
    groupes: dict[Any, list[Any]] = defaultdict(list)
    for commune in communes:
        if (valeur := getattr(commune, champ)) is not None:
            groupes[valeur].append(commune)
    return groupes
