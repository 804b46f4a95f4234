"""Lire les feuilles d'un classeur : retrouver chacune, sa ligne d'en-têtes, ses colonnes, puis ses lignes une à une."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from reprise.feuilles import FEUILLES, Colonne, Feuille
from reprise.lecture.correspondance import PAR_NOM, Choix, Retenue, deviner
from reprise.lecture.entetes import lettres, placer
from reprise.rapport import Probleme
from socle.feuilles import Feuille as FeuilleDeposee
from socle.feuilles import ouvrir

AUCUNE_FEUILLE = (
    "Aucune feuille de ce fichier n'est reconnue : dites à l'écran à quoi correspondent ses feuilles et ses colonnes."
)
# Ce que nous ajoutons nous-mêmes à un classeur : le mode d'emploi, et les fautes d'un classeur rendu.
A_CORRIGER = "À corriger"
LES_NOTRES = {"lisezmoi", "erreurs", "avertissements"}


@dataclass(slots=True)
class FeuilleLue:
    """Une feuille trouvée : la place de ses colonnes, et ses lignes. Elle fait foi s'il n'y a pas de `problemes`."""

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
    """Les feuilles lues, par nom officiel, et ce qui ne va pas avant même leurs lignes.

    `absentes` : celles que ce classeur n'a pas à avoir ; ce que la structure connaît déjà en tient lieu.
    """

    feuilles: dict[str, FeuilleLue] = field(default_factory=dict)
    choix: list[Choix] = field(default_factory=list)
    absentes: set[str] = field(default_factory=set)
    erreurs: list[Probleme] = field(default_factory=list)
    avertissements: list[Probleme] = field(default_factory=list)


@contextmanager
def lire(chemin: Path, choix: list[Choix] | None = None, retenue: Retenue | None = None) -> Iterator[Classeur]:
    """Le classeur ouvert, selon ce qui a été `choix`i à l'écran, sinon deviné ; lève `ClasseurRefuse` s'il ne peut être lu."""
    with ouvrir(chemin) as lecture:
        classeur = Classeur(choix=choix if choix is not None else deviner(lecture.feuilles, retenue or Retenue()))
        deposees = {deposee.nom: deposee for deposee in lecture.feuilles}
        for choisi in classeur.choix:
            if choisi.cible and choisi.nom in deposees:
                _lire_feuille(classeur, choisi, deposees[choisi.nom], devine=choix is None)
        _chercher_les_absentes(classeur, devine=choix is None)
        _signaler(classeur, deposees, devine=choix is None)
        yield classeur


def _chercher_les_absentes(classeur: Classeur, *, devine: bool) -> None:
    """Un classeur de notre forme les a toutes ; un classeur d'une autre forme n'a que les siennes."""
    absentes = [feuille.nom for feuille in FEUILLES if feuille.nom not in classeur.feuilles]
    if devine and not classeur.feuilles:
        classeur.erreurs.append(Probleme("", None, "", "", AUCUNE_FEUILLE))
    elif devine and any(lettres(choisi.nom) == lettres(choisi.cible) for choisi in classeur.choix if choisi.cible):
        raison = "Cette feuille manque. Gardez-la même vide, avec ses en-têtes."
        classeur.erreurs += [Probleme(nom, None, "", "", raison) for nom in absentes]
    else:
        classeur.absentes = set(absentes)


def _lire_feuille(classeur: Classeur, choisi: Choix, deposee: FeuilleDeposee, *, devine: bool) -> None:
    feuille = PAR_NOM[choisi.cible]
    lue = FeuilleLue(feuille, deposee, ligne_entetes=choisi.derniere or 1)
    rangs = choisi.rang_de()
    if devine:
        _dire_les_titres(lue, choisi)
    for colonne in feuille.colonnes:
        if colonne.cle in rangs:
            lue.colonnes.append((colonne, rangs[colonne.cle]))
        elif colonne.obligatoire:
            raison = "Cette colonne est obligatoire et manque dans la feuille."
            lue.problemes.append(Probleme(feuille.nom, lue.ligne_entetes, colonne.titre, "", raison))
    classeur.erreurs += lue.problemes
    classeur.avertissements += lue.avertissements
    classeur.feuilles[feuille.nom] = lue


def _dire_les_titres(lue: FeuilleLue, choisi: Choix) -> None:
    """Les titres que l'on ne lit pas, et celui qui est là deux fois. Ce qui est choisi à l'écran l'est en connaissance."""
    places = placer(lue.feuille, tuple(choisi.titres), {})
    lues = {choisi.titres[int(rang)] for rang in choisi.colonnes}
    for titre in places.inconnus:
        if titre not in lues and titre != A_CORRIGER:
            raison = "Cette colonne n'est pas connue de la reprise : elle n'est pas lue."
            lue.avertissements.append(Probleme(lue.feuille.nom, lue.ligne_entetes, titre, titre, raison))
    for colonne, titre in places.repetes:
        raison = "Cette colonne est deux fois dans la feuille : gardez-en une."
        lue.problemes.append(Probleme(lue.feuille.nom, lue.ligne_entetes, colonne.titre, titre, raison))


def _signaler(classeur: Classeur, deposees: dict[str, FeuilleDeposee], *, devine: bool) -> None:
    for choisi in classeur.choix:
        deposee = deposees.get(choisi.nom)
        if not choisi.cible and devine and lettres(choisi.nom) not in LES_NOTRES:
            raison = "Cette feuille n'est pas connue de la reprise : elle n'est pas lue."
            classeur.avertissements.append(Probleme(choisi.nom, None, "", "", raison))
        elif choisi.cible and deposee and deposee.masquee:
            raison = "Cette feuille est masquée dans le classeur : elle est lue quand même."
            classeur.avertissements.append(Probleme(choisi.nom, None, "", "", raison))
