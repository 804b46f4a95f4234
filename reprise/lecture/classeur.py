"""Lire les feuilles d'un classeur : retrouver chacune, sa ligne d'en-têtes, ses colonnes, puis ses lignes une à une."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path

from reprise.feuilles import FEUILLES, Colonne, Feuille
from reprise.rapport import Probleme
from socle.feuilles import ClasseurRefuse, montrer, ouvrir
from socle.feuilles import Feuille as FeuilleDeposee
from socle.texte import plier

LIGNES_AVANT_ENTETES = 20
PAS_UN_CLASSEUR = "Ce fichier n'est pas un classeur. Enregistrez-le au format « Classeur Excel (.xlsx) », .xls ou .ods."


def _lettres(texte: str) -> str:
    return "".join(lettre for lettre in plier(texte) if lettre.isalnum())


def _ecritures(titre: str) -> set[str]:
    """Les en-têtes admis pour un titre : avec ou sans ce qui est entre parenthèses."""
    return {_lettres(titre), _lettres(titre.partition("(")[0])}


@dataclass(slots=True)
class FeuilleLue:
    """Une feuille trouvée : la place de ses colonnes, et ses lignes. Sans colonne obligatoire, `complete` est faux."""

    feuille: Feuille
    donnees: FeuilleDeposee
    colonnes: list[tuple[Colonne, int]] = field(default_factory=list)
    ligne_entetes: int = 1
    problemes: list[Probleme] = field(default_factory=list)
    avertissements: list[Probleme] = field(default_factory=list)

    def lignes(self) -> Iterator[tuple[int, list]]:
        """(numéro de ligne du tableur, cellules), après les en-têtes."""
        return ((numero, cellules) for numero, cellules in self.donnees.lignes() if numero > self.ligne_entetes)

    def __len__(self) -> int:
        return max(0, len(self.donnees) - self.ligne_entetes)


@dataclass(slots=True)
class Classeur:
    """Les feuilles lues, par nom officiel, et ce qui ne va pas avant même leurs lignes."""

    feuilles: dict[str, FeuilleLue] = field(default_factory=dict)
    erreurs: list[Probleme] = field(default_factory=list)
    avertissements: list[Probleme] = field(default_factory=list)


@contextmanager
def lire(chemin: Path) -> Iterator[Classeur]:
    """Le classeur ouvert ; lève `ClasseurRefuse` si le fichier ne peut pas être lu du tout."""
    with ouvrir(chemin) as lecture:
        if not lecture.format.est_un_classeur:
            raise ClasseurRefuse(PAS_UN_CLASSEUR)
        deposees = _trouver_les_feuilles(lecture.feuilles)
        classeur = Classeur()
        for feuille in FEUILLES:
            _lire_feuille(classeur, feuille, deposees.get(feuille.nom))
        trouvees = list(deposees.values())
        _signaler(
            classeur, [f.nom for f in lecture.feuilles if f not in trouvees], [f.nom for f in trouvees if f.masquee]
        )
        yield classeur


def _trouver_les_feuilles(deposees: list[FeuilleDeposee]) -> dict[str, FeuilleDeposee]:
    """{nom officiel: feuille du fichier}, sans regarder accents, casse ni espaces."""
    presentes = {_lettres(deposee.nom): deposee for deposee in reversed(deposees)}
    return {feuille.nom: presentes[cle] for feuille in FEUILLES if (cle := _lettres(feuille.nom)) in presentes}


def _lire_feuille(classeur: Classeur, feuille: Feuille, deposee: FeuilleDeposee | None) -> None:
    if deposee is None:
        raison = "Cette feuille manque. Gardez-la même vide, avec ses en-têtes."
        classeur.erreurs.append(Probleme(feuille.nom, None, "", "", raison))
        return
    lue = FeuilleLue(feuille, deposee)
    _placer_les_colonnes(lue)
    classeur.erreurs += lue.problemes
    classeur.avertissements += lue.avertissements
    classeur.feuilles[feuille.nom] = lue


def _placer_les_colonnes(lue: FeuilleLue) -> None:
    connues = {ecriture: colonne for colonne in lue.feuille.colonnes for ecriture in _ecritures(colonne.titre)}
    entetes = _ligne_d_entetes(lue, connues)
    places: dict[str, int] = {}
    for rang, entete in enumerate(entetes):
        if not entete:
            continue
        colonne = _reconnaitre(entete, connues)
        if colonne is None:
            raison = "Cette colonne n'est pas connue de la reprise : elle n'est pas lue."
            lue.avertissements.append(Probleme(lue.feuille.nom, lue.ligne_entetes, entete[:80], entete[:80], raison))
        elif colonne.cle in places:
            raison = "Cette colonne est deux fois dans la feuille : gardez-en une."
            lue.problemes.append(Probleme(lue.feuille.nom, lue.ligne_entetes, colonne.titre, entete[:80], raison))
        else:
            places[colonne.cle] = rang
    for colonne in lue.feuille.colonnes:
        if colonne.cle in places:
            lue.colonnes.append((colonne, places[colonne.cle]))
        elif colonne.obligatoire:
            raison = "Cette colonne est obligatoire et manque dans la feuille."
            lue.problemes.append(Probleme(lue.feuille.nom, lue.ligne_entetes, colonne.titre, "", raison))


def _reconnaitre(entete: str, connues: dict[str, Colonne]) -> Colonne | None:
    return next(
        (connues[ecriture] for ecriture in sorted(_ecritures(entete), reverse=True) if ecriture in connues), None
    )


def _ligne_d_entetes(lue: FeuilleLue, connues: dict[str, Colonne]) -> list[str]:
    """Les en-têtes : la première ligne où l'on reconnaît deux colonnes ; sinon la première ligne remplie."""
    remplies = [
        (numero, [montrer(cellule).strip() for cellule in cellules])
        for numero, cellules in takewhile(lambda ligne: ligne[0] <= LIGNES_AVANT_ENTETES, lue.donnees.lignes())
    ]
    for numero, entetes in remplies:
        if sum(_reconnaitre(entete, connues) is not None for entete in entetes if entete) >= 2:
            lue.ligne_entetes = numero
            return entetes
    lue.ligne_entetes, entetes = remplies[0] if remplies else (1, [])
    return entetes


def _signaler(classeur: Classeur, inconnues: list[str], masquees: list[str]) -> None:
    for nom in inconnues:
        if _lettres(nom) != "lisezmoi":
            raison = "Cette feuille n'est pas connue de la reprise : elle n'est pas lue."
            classeur.avertissements.append(Probleme(nom, None, "", "", raison))
    for nom in masquees:
        raison = "Cette feuille est masquée dans le classeur : elle est lue quand même."
        classeur.avertissements.append(Probleme(nom, None, "", "", raison))
