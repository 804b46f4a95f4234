"""Chercher un texte dans tout ce qu'un acteur peut voir : à la lettre d'abord, à une faute près si rien ne répond."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.urls import Resolver404, resolve

from socle.plis import compacter
from socle.recherches import LONGUEUR_MAX
from socle.texte import plier
from socle.trouver.fautes import AUneFautePres
from socle.trouver.registre import Pages, Sorte, Trouvables, Trouvaille, sortes_de

MONTRES = 5  # par groupe
RELUS_AU_PLUS = 20_000  # lignes relues d'une sorte pour pardonner une faute
RETROUVES = 8
CHIFFRES_MIN = 4
_NUMERO = re.compile(r"\+?[\d .\-/]+")
_INITIALES = re.compile(r"([a-z])[. ]*([a-z])\.?")


@dataclass(frozen=True, slots=True)
class Groupe:
    """Des choses d'une même sorte ; `de_plus` : il y en a d'autres, un mot de plus les départage."""

    titre: str
    icone: str
    trouvailles: tuple[Trouvaille, ...]
    de_plus: bool = False


@dataclass(frozen=True, slots=True)
class Cherche:
    """Ce qui est tapé : les mots pliés, et, si ce n'est qu'un numéro, ses chiffres."""

    texte: str
    mots: tuple[str, ...]
    chiffres: str

    @classmethod
    def lu(cls, tape: str) -> "Cherche":
        plie = plier(tape[:LONGUEUR_MAX])
        chiffres = re.sub(r"\D", "", plie) if _NUMERO.fullmatch(plie) else ""
        return cls(plie, tuple(filter(None, map(compacter, plie.split()))), chiffres)

    @property
    def numero(self) -> str:
        """Un téléphone sans son indicatif : « +33 6 12 » et « 06 12 » ont la même suite."""
        sans_indicatif = self.chiffres.removeprefix("33") if self.texte.startswith("+") else self.chiffres
        return sans_indicatif.removeprefix("0") if len(self.chiffres) >= CHIFFRES_MIN else ""


def chercher(acteur: Any, tape: str) -> list[Groupe]:
    """Les groupes qui répondent, ceux qui commencent par ce qui est tapé d'abord ; rien de tapé, rien de trouvé."""
    cherche = Cherche.lu(tape)
    if not cherche.mots:
        return []
    lues = [(sorte, sorte.lire(acteur)) for sorte in sortes_de(acteur)]
    exacts = [_groupe(sorte, _a_la_lettre(lu, cherche)) for sorte, lu in lues]
    trouves = [groupe for groupe in exacts if groupe.trouvailles]
    if trouves or cherche.chiffres:
        return sorted(trouves, key=lambda groupe: not plier(groupe.trouvailles[0].titre).startswith(cherche.texte))
    proches = [_groupe(sorte, _a_une_faute(lu, cherche)) for sorte, lu in lues]
    return [groupe for groupe in proches if groupe.trouvailles]


def _groupe(sorte: Sorte, trouvailles: Iterable[Trouvaille]) -> Groupe:
    toutes = tuple(trouvailles)
    return Groupe(sorte.titre, sorte.icone, toutes[:MONTRES], de_plus=len(toutes) > MONTRES)


# --- À la lettre ------------------------------------------------------------------------------------------------------
def _a_la_lettre(lu: Trouvables | Pages, cherche: Cherche) -> Iterator[Trouvaille]:
    if isinstance(lu, Pages):
        yield from _pages(lu, lambda texte: all(mot in compacter(texte) for mot in cherche.mots), cherche)
        return
    reponses = lu.objets.filter(_condition(lu, cherche)).alias(rang=_rang(lu, cherche))
    for objet in reponses.order_by("rang", "-pk")[: MONTRES + 1]:
        yield lu.montrer(objet)


def _condition(lu: Trouvables, cherche: Cherche) -> Q:
    """Chaque mot quelque part ; ou les initiales d'une personne ; ou, d'un seul tenant, les chiffres d'un numéro."""
    chaque_mot = Q()
    for mot in cherche.mots:
        ou = [Q(**{f"{champ}__compact__contains": mot}) for champ in lu.plies]
        chaque_mot &= reduce(or_, [*ou, *(Q(**{f"{champ}__icontains": mot}) for champ in lu.codes)])
    return reduce(or_, [chaque_mot, *_initiales(lu, cherche), *_numeros(lu, cherche)])


def _initiales(lu: Trouvables, cherche: Cherche) -> Iterator[Q]:
    """« K. S. » ou « ks » : un prénom en K, un nom en S, ou l'inverse."""
    if lu.initiales and (lettres := _INITIALES.fullmatch(cherche.texte)):
        un, autre = lettres.groups()
        for nom, prenom in ((autre, un), (un, autre)):
            yield Q(**{f"{lu.initiales}__startswith": nom, f"{lu.initiales}__contains": f" {prenom}"})


def _numeros(lu: Trouvables, cherche: Cherche) -> Iterator[Q]:
    if len(cherche.chiffres) >= CHIFFRES_MIN:
        yield from (Q(**{f"{code}__contains": cherche.chiffres}) for code in lu.codes)
    if cherche.numero:
        yield from (Q(**{f"{champ}__chiffres__contains": cherche.numero}) for champ in lu.telephones)


def _rang(lu: Trouvables, cherche: Cherche) -> Case:
    """Ce dont le nom commence par ce qui est tapé, d'abord."""
    debut = Q(**{f"{lu.plies[0]}__compact__startswith": cherche.mots[0]})
    return Case(When(debut, then=Value(0)), default=Value(1), output_field=IntegerField())


# --- À une faute près -------------------------------------------------------------------------------------------------
def _a_une_faute(lu: Trouvables | Pages, cherche: Cherche) -> Iterator[Trouvaille]:
    if isinstance(lu, Pages):
        yield from _pages(lu, AUneFautePres(cherche.mots), cherche)
        return
    relues = lu.objets.order_by("-pk").values_list("pk", *lu.plies)[:RELUS_AU_PLUS]
    cles = _premieres(relues, AUneFautePres(cherche.mots))
    par_cle = {objet.pk: objet for objet in _dans(lu.objets, pk__in=cles)} if cles else {}
    yield from (lu.montrer(par_cle[cle]) for cle in cles)


def _premieres(lignes: Iterable[tuple], repond: Callable[[str], bool]) -> list[int]:
    cles: dict[int, None] = {}
    for cle, *textes in lignes:
        if repond(" ".join(filter(None, textes))):
            cles[cle] = None
            if len(cles) > MONTRES:
                break
    return list(cles)


def _pages(lu: Pages, repond: Callable[[str], bool], cherche: Cherche) -> Iterator[Trouvaille]:
    """Celles dont le titre commence par ce qui est tapé, d'abord."""
    reponses = [trouvaille for mots, trouvaille in lu.lignes if repond(plier(f"{trouvaille.titre} {mots}"))]
    yield from sorted(reponses, key=lambda page: not plier(page.titre).startswith(cherche.texte))


# --- Retrouver --------------------------------------------------------------------------------------------------------
def retrouver(acteur: Any, chemins: Iterable[str]) -> list[Groupe]:
    """Les fiches de ces adresses, dans leur ordre : celles que l'acteur voit encore, sous leur nom d'aujourd'hui."""
    demandees = dict(list(_fiches(acteur, chemins))[:RETROUVES])
    par_sorte: dict[str, dict[UUID, Trouvaille]] = {}
    for cle in {sorte.cle: sorte for sorte in demandees.values()}.values():
        lu = cle.lire(acteur)
        if isinstance(lu, Trouvables):
            uuids = [uuid for uuid, sorte in demandees.items() if sorte is cle]
            par_sorte[cle.cle] = {objet.uuid: lu.montrer(objet) for objet in _dans(lu.objets, uuid__in=uuids)}
    trouvees = tuple(
        par_sorte[sorte.cle][uuid] for uuid, sorte in demandees.items() if uuid in par_sorte.get(sorte.cle, {})
    )
    return [Groupe("Ouverts récemment", "history", trouvees)] if trouvees else []


def _fiches(acteur: Any, chemins: Iterable[str]) -> Iterator[tuple[UUID, Sorte]]:
    par_page = {page: sorte for sorte in sortes_de(acteur) for page in sorte.fiches}
    for chemin in chemins:
        try:
            page = resolve(chemin)
        except Resolver404:
            continue
        if page.view_name in par_page:
            yield page.kwargs["uuid"], par_page[page.view_name]


def _dans(objets: QuerySet, **lesquels: Any) -> QuerySet:
    return objets.filter(**lesquels).order_by("pk")
