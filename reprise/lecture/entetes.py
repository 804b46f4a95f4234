"""Retrouver les en-têtes d'une feuille, sur une ligne ou sur deux, et la colonne que chacun désigne."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice, pairwise, zip_longest

from reprise.cellules import cle_de_choix
from reprise.feuilles import Colonne, Feuille
from reprise.synonymes import COLONNES
from socle.feuilles import Feuille as FeuilleDeposee
from socle.feuilles import montrer
from socle.texte import plier

LIGNES_AVANT_ENTETES = 20
LONGUEUR_D_UN_TITRE = 80
GROUPE = " › "  # « Identité › Nom »


# À colonnes égales : des titres sous un groupe fusionné, puis une ligne seule, puis deux lignes que rien ne réunit.
GROUPEE, SEULE, DOUBLE = 2, 1, 0


@dataclass(frozen=True, slots=True)
class Entetes:
    """Les titres d'une feuille, colonne par colonne, la dernière ligne qu'ils occupent, et à quel point ils en ont l'air."""

    derniere: int = 0
    titres: tuple[str, ...] = ()
    allure: int = SEULE


@dataclass(slots=True)
class Places:
    """Où est chaque colonne : {clé: rang} ; les titres que rien ne désigne, et ceux qui désignent deux fois la même."""

    rangs: dict[str, int] = field(default_factory=dict)
    inconnus: list[str] = field(default_factory=list)
    repetes: list[tuple[Colonne, str]] = field(default_factory=list)

    def valeur(self, feuille: Feuille) -> tuple[int, int]:
        """Ce que vaut cette lecture : ses colonnes obligatoires, puis toutes."""
        return sum(c.obligatoire and c.cle in self.rangs for c in feuille.colonnes), len(self.rangs)


def candidats(deposee: FeuilleDeposee) -> list[Entetes]:
    """Chacune des premières lignes remplies, seule ou avec la suivante : un groupe de colonnes a son titre au-dessus."""
    premieres = list(islice(deposee.lignes(), LIGNES_AVANT_ENTETES))
    textes = [(numero, _etendre(deposee, numero, [titre_de(c) for c in cellules])) for numero, cellules in premieres]
    seules = [Entetes(numero, tuple(titres)) for numero, titres in textes]
    doubles = [
        Entetes(
            bas,
            tuple(_joindre(*titres) for titres in zip_longest(dessus, dessous, fillvalue="")),
            GROUPEE
            if any(fusion.haut == haut and fusion.droite > fusion.gauche for fusion in deposee.fusions)
            else DOUBLE,
        )
        for (haut, dessus), (bas, dessous) in pairwise(textes)
        if bas == haut + 1
    ]
    return seules + doubles


def titre_de(cellule) -> str:
    return " ".join(montrer(cellule).split())[:LONGUEUR_D_UN_TITRE]


def _etendre(deposee: FeuilleDeposee, numero: int, titres: list[str]) -> list[str]:
    """Un titre fusionné de gauche à droite vaut pour chacune de ses colonnes."""
    for fusion in deposee.fusions:
        if fusion.haut <= numero <= fusion.bas and fusion.gauche <= len(titres):
            for rang in range(fusion.gauche, min(fusion.droite, len(titres))):
                titres[rang] = titres[rang] or titres[fusion.gauche - 1]
    return titres


def _joindre(dessus: str, dessous: str) -> str:
    return dessous or dessus if dessus in ("", dessous) or not dessous else f"{dessus}{GROUPE}{dessous}"


def placer(feuille: Feuille, titres: tuple[str, ...], retenus: Mapping[str, str]) -> Places:
    """La place de chaque colonne : d'abord ce que la structure a choisi, puis nos titres, puis les intitulés d'usage."""
    places = Places()
    rangs = {rang: _force(feuille, titre, retenus) for rang, titre in enumerate(titres) if titre}
    for rang, (colonne, force) in sorted(rangs.items(), key=lambda lu: (-lu[1][1], lu[0])):
        if colonne is None:
            if force < CHOISI:
                places.inconnus.append(titres[rang])
        elif colonne.cle not in places.rangs:
            places.rangs[colonne.cle] = rang
        elif force == NOTRE_TITRE and _force(feuille, titres[places.rangs[colonne.cle]], retenus)[1] == NOTRE_TITRE:
            places.repetes.append((colonne, titres[rang]))
        else:
            places.inconnus.append(titres[rang])
    return places


CHOISI, NOTRE_TITRE, D_USAGE, INCONNU = 3, 2, 1, 0


def _force(feuille: Feuille, titre: str, retenus: Mapping[str, str]) -> tuple[Colonne | None, int]:
    """La colonne que dit un titre, et à quel point c'est sûr."""
    cle = cle_de_choix(titre)
    if cle in retenus:
        return next((c for c in feuille.colonnes if c.cle == retenus[cle]), None), CHOISI
    ecritures = list(_ecritures(titre))
    for ecriture in ecritures:
        for colonne in feuille.colonnes:
            if lettres(ecriture) in {lettres(ecrit) for ecrit in _avec_et_sans_parenthese(colonne.titre)}:
                return colonne, NOTRE_TITRE
    for ecriture in ecritures:
        for colonne in feuille.colonnes:
            if cle_de_choix(ecriture) in COLONNES[feuille.nom].get(colonne.cle, ()):
                return colonne, D_USAGE
    return None, INCONNU


def lettres(texte: str) -> str:
    return "".join(lettre for lettre in plier(texte) if lettre.isalnum())


def _ecritures(titre: str) -> Iterator[str]:
    """Ce qu'un titre déposé peut vouloir dire : lui-même, ou sans le groupe qui le précède."""
    yield from _avec_et_sans_parenthese(titre)
    if GROUPE in titre:
        yield from _avec_et_sans_parenthese(titre.rpartition(GROUPE)[2])


def _avec_et_sans_parenthese(titre: str) -> Iterator[str]:
    yield titre
    yield titre.partition("(")[0]
