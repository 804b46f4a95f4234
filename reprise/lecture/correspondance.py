"""À quoi correspond chaque feuille déposée : la feuille de la reprise qu'elle remplit, et la place de ses colonnes.

Tout se devine, rien ne s'impose : ce que la structure a choisi à l'écran passe avant, et se retient de classeur en classeur.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from typing import Any

from reprise.feuilles import FEUILLES, Feuille
from reprise.lecture.entetes import Entetes, Places, candidats, lettres, placer
from reprise.synonymes import FEUILLES as NOMS_D_USAGE
from socle.feuilles import Feuille as FeuilleDeposee
from socle.feuilles import montrer

EXEMPLES = 3
COLONNES_RECONNUES_MIN = 3
NON_LUE = ""
PAR_NOM = {feuille.nom: feuille for feuille in FEUILLES}


@dataclass(slots=True)
class Retenue:
    """Ce que la structure a choisi : {feuille déposée: feuille de la reprise}, {feuille de la reprise: {titre: clé}}."""

    feuilles: dict[str, str] = field(default_factory=dict)
    titres: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(slots=True)
class Choix:
    """Une feuille déposée : `cible`, la feuille qu'elle remplit, ou rien ; `colonnes`, la clé de chaque rang."""

    nom: str
    cible: str = NON_LUE
    derniere: int = 0
    titres: list[str] = field(default_factory=list)
    exemples: list[list[str]] = field(default_factory=list)
    colonnes: dict[str, str] = field(default_factory=dict)

    def rang_de(self) -> dict[str, int]:
        """{clé: rang}."""
        return {cle: int(rang) for rang, cle in self.colonnes.items()}

    def en_json(self) -> dict[str, Any]:
        return asdict(self)


def deviner(deposees: Iterable[FeuilleDeposee], retenue: Retenue) -> list[Choix]:
    """Ce que chaque feuille remplit : par son nom, sinon par ses colonnes ; une feuille de la reprise, une seule fois."""
    deposees = list(deposees)
    nommees = {deposee.nom: cible for deposee in deposees if (cible := _par_son_nom(deposee.nom, retenue)) is not None}
    prises: set[str] = set()
    choisies = []
    for deposee in deposees:
        cible = nommees.get(deposee.nom)
        if cible is None and _est_le_notre(nommees):
            choisies.append(Choix(deposee.nom))
            continue
        possibles = [PAR_NOM[cible]] if cible else [f for f in FEUILLES if f.nom not in nommees.values()]
        choix = decrire(deposee, [f for f in possibles if f.nom not in prises], retenue, sure=bool(cible))
        prises.add(choix.cible)
        choisies.append(choix)
    return choisies


def _est_le_notre(nommees: Mapping[str, str]) -> bool:
    """Un classeur où une feuille porte un nom de la reprise : les autres sont des brouillons de son auteur."""
    return any(lettres(nom) == lettres(cible) for nom, cible in nommees.items() if cible)


def _par_son_nom(nom: str, retenue: Retenue) -> str | None:
    cle = lettres(nom)
    if cle in retenue.feuilles:
        return retenue.feuilles[cle]
    for feuille in FEUILLES:
        if cle == lettres(feuille.nom) or cle in {lettres(ecrit) for ecrit in NOMS_D_USAGE[feuille.nom]}:
            return feuille.nom
    return None


def decrire(deposee: FeuilleDeposee, possibles: list[Feuille], retenue: Retenue, *, sure: bool) -> Choix:
    """La meilleure lecture de la feuille parmi `possibles` ; `sure` : sa feuille est connue, seules ses colonnes se cherchent."""
    lectures = candidats(deposee)
    notees = [
        (placer(feuille, entetes.titres, retenue.titres.get(feuille.nom, {})), feuille, entetes)
        for feuille in possibles
        for entetes in lectures
    ]
    if not notees:
        return Choix(deposee.nom, possibles[0].nom if sure and possibles else NON_LUE)
    meilleure = max(notees, key=lambda lu: (*lu[0].valeur(lu[1]), lu[2].allure, -lu[2].derniere))
    places, feuille, entetes = meilleure
    if sure and len(places.rangs) < 2:
        entetes = lectures[0]
        places = placer(feuille, entetes.titres, retenue.titres.get(feuille.nom, {}))
    elif not sure and not _ressemble(feuille, places):
        return _choix(deposee, NON_LUE, Places(), entetes)
    return _choix(deposee, feuille.nom, places, entetes)


def _ressemble(feuille: Feuille, places: Places) -> bool:
    """Assez de colonnes pour le proposer sans que le nom le dise : trois, et plus de la moitié des obligatoires."""
    obligatoires, toutes = places.valeur(feuille)
    return toutes >= COLONNES_RECONNUES_MIN and 2 * obligatoires > len(feuille.obligatoires)


def viser(choisi: Choix, cible: str, retenue: Retenue) -> Choix:
    """La même feuille, pour en remplir une autre : ses colonnes se cherchent de nouveau sous les mêmes titres."""
    if cible == choisi.cible:
        return choisi
    if cible == NON_LUE:
        return replace(choisi, cible=NON_LUE, colonnes={})
    places = placer(PAR_NOM[cible], tuple(choisi.titres), retenue.titres.get(cible, {}))
    return replace(choisi, cible=cible, colonnes={str(rang): cle for cle, rang in places.rangs.items()})


def _choix(deposee: FeuilleDeposee, cible: str, places: Places, entetes: Entetes) -> Choix:
    dessous = (cellules for numero, cellules in deposee.lignes() if numero > entetes.derniere)
    exemples = [[montrer(cellule)[:40] for cellule in cellules] for cellules in islice(dessous, EXEMPLES)]
    colonnes = {str(rang): cle for cle, rang in places.rangs.items()}
    return Choix(deposee.nom, cible, entetes.derniere, list(entetes.titres), exemples, colonnes)
