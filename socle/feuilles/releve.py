"""Le relevé d'une feuille de XLSX avant sa lecture : ses bornes, et les cellules dont la valeur affichée ne suffit pas.

Le lecteur de valeurs rend le dernier résultat d'une formule, et rien d'une cellule en erreur : seul le XML les distingue.
Il range aussi la feuille dans un rectangle plein : une cellule oubliée en XFD1048576 coûterait toute la mémoire.
"""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from socle.feuilles.archive import Archive, ClasseurRefuse, local

LIGNES_MAX = 250_000
COLONNES_MAX = 100
CELLULES_MAX = 26 * LIGNES_MAX
FORMULE = "Cette cellule contient une formule : collez-y sa valeur (Collage spécial, Valeurs)."
ERREUR = "Cette cellule est en erreur dans le classeur : corrigez-la."
FUSION = "Un nombre dans des cellules fusionnées compterait plusieurs fois : séparez-les et remplissez chaque ligne."

_POSITION = re.compile(r"([A-Za-z]{1,3})(\d{1,7})")
# Une feuille sans rien de tel (formule, erreur, fusion, cellule sans adresse, au-delà de Z ou de 249 999 lignes) n'a pas
# besoin d'être relevée cellule par cellule : mesuré, trois fois moins de temps sur 100 000 lignes.
_SUSPECT = re.compile(
    rb"""<(?:\w+:)?(?:f[\s/>]|mergeCell\s|c(?:>|\s+(?!r\s*=)))|\st\s*=\s*["']e|<!"""
    rb"""|\sr\s*=\s*["'](?:[A-Za-z]{2}|[A-Za-z]?(?:2[5-9]\d{4}|[3-9]\d{5}|\d{7}))"""
)
_BALISE_MAX = 1024 * 1024


@dataclass(slots=True)
class Anomalie:
    """Une cellule à refuser quelle que soit sa valeur lue."""

    raison: str
    valeur: str = ""


# anomalies[ligne][colonne], comptées à partir de 1
Anomalies = dict[int, dict[int, Anomalie]]


@dataclass(frozen=True, slots=True)
class Fusion:
    """Des cellules réunies en une, dont la valeur est dans celle du coin ; comptées à partir de 1, bords compris."""

    haut: int
    gauche: int
    bas: int
    droite: int

    def __str__(self) -> str:
        return f"{lettres_colonne(self.gauche)}{self.haut}:{lettres_colonne(self.droite)}{self.bas}"


@dataclass(slots=True)
class Releve:
    anomalies: Anomalies = field(default_factory=lambda: defaultdict(dict))
    fusions: list[Fusion] = field(default_factory=list)


def rang_colonne(lettres: str) -> int:
    """« A » → 1, « AA » → 27."""
    rang = 0
    for lettre in lettres.upper():
        rang = rang * 26 + ord(lettre) - 64
    return rang


def lettres_colonne(rang: int) -> str:
    """1 → « A », 27 → « AA »."""
    lettres = ""
    while rang:
        rang, reste = divmod(rang - 1, 26)
        lettres = chr(65 + reste) + lettres
    return lettres


def verifier_bornes(nom: str, lignes: int, colonnes: int) -> None:
    """Une feuille se range dans un rectangle plein : celui que ses cellules remplies dessinent doit tenir en mémoire."""
    if lignes > LIGNES_MAX + 1:
        raise ClasseurRefuse(
            f"La feuille « {nom} » dépasse {LIGNES_MAX} lignes : partagez le classeur en plusieurs fichiers."
        )
    if colonnes > COLONNES_MAX or lignes * colonnes > CELLULES_MAX:
        raise ClasseurRefuse(
            f"La feuille « {nom} » est trop étendue : supprimez les lignes et les colonnes qui ne servent pas."
        )


def relever(archive: Archive, nom: str) -> Releve:
    """Les cellules à refuser de la feuille `nom`, et ses fusions ; lève `ClasseurRefuse` si la feuille est démesurée."""
    partie = archive.feuilles[nom]
    if _est_ordinaire(archive, partie):
        return Releve()
    lecteur = _Lecteur(nom)
    archive.parcourir(partie, lecteur.debut, lecteur.analyseur)
    return lecteur.releve


def _est_ordinaire(archive: Archive, partie: str) -> bool:
    reste = b""
    for rang, bloc in enumerate(archive.blocs(partie)):
        if rang == 0 and not _est_en_utf8(bloc[:200]):
            return False
        entier, chevron, reste = (reste + bloc).rpartition(b">")  # une balise coupée attend le bloc suivant
        if _SUSPECT.search(entier + chevron) or len(reste) > _BALISE_MAX:
            return False
    return True


def _est_en_utf8(debut: bytes) -> bool:
    annonce = re.search(rb"""encoding\s*=\s*["']([\w-]+)""", debut)
    return b"\0" not in debut and (annonce is None or annonce[1].lower() in (b"utf-8", b"us-ascii"))


class _Lecteur:
    """Suit les éléments d'une feuille : ligne, cellule, formule, valeur d'erreur, fusion."""

    def __init__(self, nom: str):
        self.nom = nom
        self.releve = Releve()
        self.analyseur = expat.ParserCreate()
        self.ligne = self.colonne = 0
        self.derniere_ligne = self.derniere_colonne = 0
        self.gestes: dict[str, Callable[[dict], None]] = {
            "row": self._ligne,
            "c": self._cellule,
            "v": self._occuper,
            "is": self._occuper,
            "f": self._formule,
            "mergeCell": self._fusion,
        }

    def debut(self, element: str, attributs: dict) -> None:
        geste = self.gestes.get(element) or (self.gestes.get(local(element)) if ":" in element else None)
        if geste:
            geste(attributs)

    def _ligne(self, attributs: dict) -> None:
        self.ligne = int(attributs["r"]) if attributs.get("r", "").isdigit() else self.ligne + 1
        self.colonne = 0

    def _cellule(self, attributs: dict) -> None:
        self.analyseur.CharacterDataHandler = None
        position = attributs.get("r")
        if position is None:
            self.colonne += 1
        elif trouve := _POSITION.fullmatch(position):
            self.colonne, self.ligne = rang_colonne(trouve[1]), int(trouve[2])
        else:
            raise ClasseurRefuse(f"La feuille « {self.nom} » a une cellule à une place impossible ({position[:20]}).")
        if attributs.get("t") == "e":
            anomalie = self.releve.anomalies[self.ligne][self.colonne] = Anomalie(ERREUR)
            self.analyseur.CharacterDataHandler = lambda texte: setattr(anomalie, "valeur", anomalie.valeur + texte)

    def _occuper(self, attributs: dict) -> None:
        """Une cellule mise en forme mais vide ne compte pas ; une cellule remplie repousse les bornes de la feuille."""
        self.derniere_ligne = max(self.derniere_ligne, self.ligne)
        self.derniere_colonne = max(self.derniere_colonne, self.colonne)
        verifier_bornes(self.nom, self.derniere_ligne, self.derniere_colonne)

    def _formule(self, attributs: dict) -> None:
        self.analyseur.CharacterDataHandler = None
        self._occuper(attributs)
        self.releve.anomalies[self.ligne][self.colonne] = Anomalie(FORMULE)

    def _fusion(self, attributs: dict) -> None:
        coins = [_POSITION.fullmatch(coin) for coin in attributs.get("ref", "").split(":")]
        if len(coins) == 2 and coins[0] and coins[1]:
            (gauche, haut), (droite, bas) = ((rang_colonne(coin[1]), int(coin[2])) for coin in coins if coin)
            self.releve.fusions.append(Fusion(haut, gauche, bas, droite))
