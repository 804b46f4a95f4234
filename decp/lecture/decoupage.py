"""Découper un fichier JSON en enregistrements sans le tenir en mémoire, même abîmé : un mauvais n'empêche pas les autres.

Chaque enregistrement est délimité par ses accolades, borné en taille et en profondeur, puis `json` le lit seul. Les formes
admises : une liste, `{"marches": […]}`, `{"marches": {"marche": […], "contrat-concession": […]}}`, un objet par ligne.
"""

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, DecimalException
from typing import Any, BinaryIO

BLOC = 256 * 1024
TAILLE_MAX = 1024 * 1024  # caractères d'un enregistrement : les plus longs du fichier national n'en ont pas le dixième
PROFONDEUR_MAX = 30  # le format en demande six
CHIFFRES_MAX = 40
ENVELOPPE = '"marches"'
FAMILLES = ('"marche"', '"contrat-concession"')

TROP_LONG = "Cet enregistrement est démesuré : il n'est pas lu."
TROP_IMBRIQUE = "Cet enregistrement est imbriqué sans fin : il n'est pas lu."
PAS_DU_JSON = "Cet enregistrement n'est pas du JSON lisible (vers son caractère {}) : il n'est pas lu."
PAS_UN_OBJET = "Ce n'est pas un marché : un objet était attendu."
COUPE = "Le fichier n'est plus du JSON lisible après l'enregistrement {} : il est sans doute coupé."
ETRANGER = "Le fichier n'est plus du JSON lisible après l'enregistrement {} : la suite n'a pas été comprise."
SANS_MARCHE = "Aucun marché n'a été trouvé dans ce fichier : ce n'est pas un fichier de données essentielles."

_JETON = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\]:,]|[^\s"{}\[\]:,]+|"', re.DOTALL)
_JETON_DU_BLOC = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\]]|"', re.DOTALL)
_FIN_DE_CHAINE = re.compile(r'[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_OUVRANT = {"}": "{", "]": "["}


@dataclass(frozen=True, slots=True)
class Morceau:
    """Un enregistrement : sa valeur, ou la faute qui l'écarte. `famille` est la clé de sa liste. Le dernier peut interrompre."""

    valeur: Any = None
    faute: str = ""
    famille: str = ""
    interrompt: bool = False


@dataclass(slots=True)
class _Bloc:
    """Une valeur que l'on traverse d'une accolade à l'autre ; gardée, son texte sera lu."""

    debut: int
    famille: str = ""
    garde: bool = True
    ouverts: list[str] = field(default_factory=list)
    en_trop: int = 0  # les niveaux au-delà de la profondeur permise : comptés, pas retenus
    faute: str = ""

    @property
    def fini(self) -> bool:
        return not self.ouverts and not self.en_trop

    def ouvrir(self, signe: str) -> None:
        if self.en_trop or len(self.ouverts) == PROFONDEUR_MAX:
            self.en_trop += 1
            self.faute = TROP_IMBRIQUE
        else:
            self.ouverts.append(signe)

    def perdre(self) -> None:
        self.garde, self.faute = False, self.faute or TROP_LONG

    def fermer(self, signe: str) -> bool:
        """Ferme ce que `signe` ferme, et ce qui était resté ouvert dedans ; faux s'il ferme plus haut que ce bloc."""
        if self.en_trop:
            self.en_trop -= 1
            return True
        if _OUVRANT[signe] not in self.ouverts:
            return False
        while self.ouverts.pop() != _OUVRANT[signe]:
            pass
        return True


def decouper(fichier: BinaryIO) -> Iterator[Morceau]:
    """Les enregistrements d'un fichier, un par un, bons ou fautifs ; le dernier morceau dit si la lecture est incomplète."""
    decoupeur = _Decoupeur()
    for bloc in _texte(fichier):
        yield from decoupeur.lire(bloc)
    yield from decoupeur.finir()


def _texte(fichier: BinaryIO) -> Iterator[str]:
    """Le texte du fichier, par blocs : UTF-8, avec ou sans marque, ou UTF-16. Un octet égaré se lit comme du Windows-1252."""
    octets = fichier.read(BLOC)
    decodeur = codecs.getincrementaldecoder(_encodage(octets))(errors="decp_windows")
    while octets:
        yield decodeur.decode(octets)
        octets = fichier.read(BLOC)
    yield decodeur.decode(b"", final=True)


def _encodage(debut: bytes) -> str:
    if debut.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if debut[1:2] == b"\0":
        return "utf-16-le"
    return "utf-16-be" if debut[:1] == b"\0" else "utf-8-sig"


def _comme_windows(erreur: UnicodeError) -> tuple[str, int]:
    assert isinstance(erreur, UnicodeDecodeError)
    return erreur.object[erreur.start : erreur.end].decode("cp1252", "replace"), erreur.end


codecs.register_error("decp_windows", _comme_windows)


class _Decoupeur:
    """Suit les accolades d'un texte reçu par blocs. `niveaux` : les enveloppes ouvertes autour des enregistrements."""

    def __init__(self) -> None:
        self.tampon, self.position = "", 0
        self.niveaux: list[str] = []
        self.bloc: _Bloc | None = None
        self.dans_une_chaine = False  # une chaîne si longue que son début a été lâché
        self.precedent = ""
        self.rang = 0
        self.egare = False

    def lire(self, texte: str) -> Iterator[Morceau]:
        self._allonger(texte)
        while (jeton := self._jeton()) is not None:
            morceau = self._recevoir(jeton) if self.bloc is None else self._traverser(self.bloc, jeton)
            if morceau is not None:
                self.rang += 1
                yield morceau
            if jeton != ":":
                self.precedent = jeton

    def finir(self) -> Iterator[Morceau]:
        yield from self.lire(" ")  # un dernier nombre n'attend plus sa suite
        coupe = self.bloc is not None or self.niveaux or self.dans_une_chaine or self.tampon[self.position :].strip()
        if not self.rang and not coupe:
            yield Morceau(faute=SANS_MARCHE, interrompt=True)
        elif coupe or self.egare:
            yield Morceau(faute=(COUPE if coupe else ETRANGER).format(self.rang), interrompt=True)

    # --- Les jetons --------------------------------------------------------------------------------------------------
    def _allonger(self, texte: str) -> None:
        """Ne garde du tampon que l'enregistrement en cours, ou ce qui reste à lire."""
        bloc = self.bloc
        if bloc and bloc.garde and self.position - bloc.debut > TAILLE_MAX:
            bloc.perdre()
        debut = bloc.debut if bloc and bloc.garde else self.position
        self.tampon = self.tampon[debut:] + texte
        self.position -= debut
        if bloc:
            bloc.debut = 0

    def _jeton(self) -> str | None:
        """Le jeton suivant ; `None` s'il faut la suite du texte."""
        if self.dans_une_chaine and not self._sortir_de_la_chaine():
            return None
        trouve = (_JETON if self.bloc is None else _JETON_DU_BLOC).search(self.tampon, self.position)
        if trouve is None:
            self.position = len(self.tampon)
            return None
        jeton = trouve[0]
        inacheve = jeton == '"' or (trouve.end() == len(self.tampon) and jeton[0] not in '"{}[]:,')
        if not inacheve:
            self.position = trouve.end()
            return jeton
        self.position = trouve.start()
        if len(self.tampon) - self.position > TAILLE_MAX:
            self._lacher(jeton)
        return None

    def _lacher(self, debut: str) -> None:
        """Une chaîne ou un nombre sans fin : son début s'oublie, et l'enregistrement avec lui."""
        self.position = len(self.tampon) - _barres_finales(self.tampon) % 2
        self.dans_une_chaine = debut == '"'
        self.egare |= self.bloc is None
        if self.bloc:
            self.bloc.perdre()

    def _sortir_de_la_chaine(self) -> bool:
        fin = _FIN_DE_CHAINE.match(self.tampon, self.position)
        self.dans_une_chaine = fin is None
        self.position = fin.end() if fin else len(self.tampon) - _barres_finales(self.tampon) % 2
        return fin is not None

    # --- La structure ------------------------------------------------------------------------------------------------
    def _recevoir(self, jeton: str) -> Morceau | None:
        """Hors de tout enregistrement."""
        dans_une_liste = bool(self.niveaux) and self.niveaux[-1].startswith("[")
        if jeton in ("}", "]"):
            self.egare |= not self.niveaux
            del self.niveaux[-1:]
        elif jeton in ("{", "["):
            self._entrer(jeton)
        elif dans_une_liste and jeton not in (",", ":"):
            return Morceau(faute=PAS_UN_OBJET)
        else:
            self.egare |= not self.niveaux and jeton != ","
        return None

    def _entrer(self, signe: str) -> None:
        """Une accolade hors de tout enregistrement : une enveloppe, un enregistrement, ou de quoi ne rien lire."""
        dessus, cle = self.niveaux[-1] if self.niveaux else "", self.precedent
        if dessus == "" and signe == "[":
            self.niveaux.append("[")
        elif dessus == "{" and cle == ENVELOPPE:
            self.niveaux.append("[" if signe == "[" else "familles")
        elif dessus == "familles" and cle in FAMILLES and signe == "[":
            self.niveaux.append(f"[{cle}")
        else:
            ailleurs = dessus == "{" or (dessus == "familles" and cle not in FAMILLES)
            famille = cle if dessus == "familles" else dessus[1:]
            self.bloc = _Bloc(self.position - 1, famille.strip('"'), garde=not ailleurs)
            self.bloc.ouvrir(signe)

    def _traverser(self, bloc: _Bloc, jeton: str) -> Morceau | None:
        """Dans un enregistrement : seules comptent ses accolades, et la clé qui en ferait une enveloppe."""
        if jeton in ("}", "]"):
            return self._fermer(bloc, jeton)
        if jeton not in ("{", "["):
            return None
        valeur_d_une_cle = not bloc.garde or _signe_avant(self.tampon, self.position - 1) == ":"
        if not self.niveaux and bloc.ouverts == ["{"] and valeur_d_une_cle and self.precedent == ENVELOPPE:
            self.niveaux.append("{")
            self.bloc = None
            self._entrer(jeton)
        elif bloc.garde and bloc.ouverts[-1] == "{" and not (valeur_d_une_cle or bloc.en_trop):
            morceau = self._clore(bloc, self.position - 1)  # l'enregistrement précédent n'a pas été refermé
            self._entrer(jeton)
            return morceau
        else:
            bloc.ouvrir(jeton)
        return None

    def _fermer(self, bloc: _Bloc, signe: str) -> Morceau | None:
        referme = bloc.fermer(signe)
        if referme and not bloc.fini:
            return None
        if not referme:
            del self.niveaux[-1:]  # ce signe fermait la liste : l'enregistrement n'a pas été refermé
        return self._clore(bloc, self.position if referme else self.position - 1)

    def _clore(self, bloc: _Bloc, fin: int) -> Morceau | None:
        self.bloc = None
        if bloc.faute:
            return Morceau(faute=bloc.faute, famille=bloc.famille)
        if not bloc.garde:
            return None
        valeur, faute = _valeur(self.tampon[bloc.debut : fin])
        return Morceau(valeur, faute, bloc.famille)


def _barres_finales(texte: str) -> int:
    return len(texte) - len(texte.rstrip("\\"))


def _signe_avant(texte: str, position: int) -> str:
    """Le dernier signe avant cette position, espaces passées."""
    while position > 0 and texte[position - 1].isspace():
        position -= 1
    return texte[position - 1 : position]


def _valeur(texte: str) -> tuple[Any, str]:
    """La valeur d'un texte JSON, ou la faute. `NaN` et l'infini, que JSON ne connaît pas, sont rien."""
    try:
        return json.loads(
            texte, parse_int=_nombre, parse_float=_nombre, parse_constant=lambda nom: None, strict=False
        ), ""
    except json.JSONDecodeError as erreur:
        return None, PAS_DU_JSON.format(erreur.pos + 1)


def _nombre(ecrit: str) -> Decimal | str:
    """Un nombre, ou son texte s'il est démesuré : `1e1000000000`, déplié, tiendrait toute la mémoire."""
    try:
        return Decimal(ecrit) if len(ecrit) <= CHIFFRES_MAX else ecrit[:CHIFFRES_MAX]
    except DecimalException:
        return ecrit
