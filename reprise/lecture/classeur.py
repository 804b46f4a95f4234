"""Lire les feuilles d'un classeur : retrouver chacune, sa ligne d'en-têtes, ses colonnes, puis ses lignes une à une."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from reprise.feuilles import FEUILLES, Colonne, Feuille
from reprise.lecture.archive import TRONQUE, Archive, ClasseurRefuse, ouvrir
from reprise.lecture.feuille import Anomalies, relever
from reprise.rapport import Probleme
from socle.texte import plier

LIGNES_AVANT_ENTETES = 20


def _lettres(texte: str) -> str:
    return "".join(lettre for lettre in plier(texte) if lettre.isalnum())


def _ecritures(titre: str) -> set[str]:
    """Les en-têtes admis pour un titre : avec ou sans ce qui est entre parenthèses."""
    return {_lettres(titre), _lettres(titre.partition("(")[0])}


@dataclass(slots=True)
class FeuilleLue:
    """Une feuille trouvée : la place de ses colonnes, et ses lignes. Sans colonne obligatoire, `complete` est faux."""

    feuille: Feuille
    donnees: CalamineSheet
    anomalies: Anomalies
    colonnes: list[tuple[Colonne, int]] = field(default_factory=list)
    ligne_entetes: int = 1
    problemes: list[Probleme] = field(default_factory=list)
    avertissements: list[Probleme] = field(default_factory=list)

    @property
    def decalage(self) -> int:
        """La première colonne occupée : le lecteur ne rend rien de ce qui la précède."""
        return self.donnees.start[1] if self.donnees.start else 0

    def lignes(self) -> Iterator[tuple[int, list]]:
        """(numéro de ligne du tableur, cellules), après les en-têtes."""
        for numero, cellules in enumerate(self.donnees.iter_rows(), start=1):
            if numero > self.ligne_entetes:
                yield numero, cellules

    def __len__(self) -> int:
        return max(0, self.donnees.total_height - self.ligne_entetes)


@dataclass(slots=True)
class Classeur:
    """Les feuilles lues, par nom officiel, et ce qui ne va pas avant même leurs lignes."""

    feuilles: dict[str, FeuilleLue] = field(default_factory=dict)
    erreurs: list[Probleme] = field(default_factory=list)
    avertissements: list[Probleme] = field(default_factory=list)


@contextmanager
def lire(chemin: Path) -> Iterator[Classeur]:
    """Le classeur ouvert ; lève `ClasseurRefuse` si le fichier ne peut pas être lu du tout."""
    with ouvrir(chemin) as archive:
        noms = _trouver_les_feuilles(archive)
        releves = {officiel: relever(archive, nom) for officiel, nom in noms.items()}
        masquees = archive.masquees
        inconnues = [nom for nom in archive.feuilles if nom not in noms.values()]
    classeur = Classeur()
    try:
        with chemin.open("rb") as flux, CalamineWorkbook.from_filelike(flux) as brut:
            for feuille in FEUILLES:
                _lire_feuille(classeur, feuille, brut, noms.get(feuille.nom), releves)
            _signaler(classeur, inconnues, [nom for nom in noms.values() if nom in masquees])
            yield classeur
    except (CalamineError, OSError) as erreur:
        raise ClasseurRefuse(TRONQUE) from erreur


def _trouver_les_feuilles(archive: Archive) -> dict[str, str]:
    """{nom officiel: nom dans le classeur}, sans regarder accents, casse ni espaces."""
    presentes = {_lettres(nom): nom for nom in reversed(archive.feuilles)}
    return {feuille.nom: presentes[cle] for feuille in FEUILLES if (cle := _lettres(feuille.nom)) in presentes}


def _lire_feuille(
    classeur: Classeur, feuille: Feuille, brut: CalamineWorkbook, nom: str | None, releves: dict[str, Anomalies]
) -> None:
    if nom is None:
        raison = "Cette feuille manque. Gardez-la même vide, avec ses en-têtes."
        classeur.erreurs.append(Probleme(feuille.nom, None, "", "", raison))
        return
    lue = FeuilleLue(feuille, brut.get_sheet_by_name(nom), releves[feuille.nom])
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
    premieres = [
        (numero, [str(cellule).strip() for cellule in ligne])
        for numero, ligne in enumerate(
            lue.donnees.to_python(skip_empty_area=False, nrows=LIGNES_AVANT_ENTETES), start=1
        )
    ]
    remplies = [(numero, entetes) for numero, entetes in premieres if any(entetes)]
    for numero, entetes in remplies:
        if sum(_reconnaitre(entete, connues) is not None for entete in entetes if entete) >= 2:
            lue.ligne_entetes = numero
            return entetes[lue.decalage :]
    lue.ligne_entetes, entetes = remplies[0] if remplies else (1, [])
    return entetes[lue.decalage :]


def _signaler(classeur: Classeur, inconnues: list[str], masquees: list[str]) -> None:
    for nom in inconnues:
        if _lettres(nom) != "lisezmoi":
            raison = "Cette feuille n'est pas connue de la reprise : elle n'est pas lue."
            classeur.avertissements.append(Probleme(nom, None, "", "", raison))
    for nom in masquees:
        raison = "Cette feuille est masquée dans le classeur : elle est lue quand même."
        classeur.avertissements.append(Probleme(nom, None, "", "", raison))
