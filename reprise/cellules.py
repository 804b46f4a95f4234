"""Lire une cellule : ce qu'un tableur y met, vers la valeur attendue ; sinon `ValeurFausse`, avec la raison en français.

Chaque fonction reçoit une valeur non vide (texte, nombre, booléen, date ou heure) et rend la valeur lue.
"""

import datetime
import itertools
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import TextChoices

from socle.nombres import arrondir, lire_decimal
from socle.periodes import lire_mois, premier_jour
from socle.texte import plier, sans_numero_national
from socle.validateurs import normaliser_siret
from territoires.validateurs import normaliser_code_insee

Lecteur = Callable[[Any], Any]
ANNEES = range(1900, 2101)

_JOUR = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?")
_INVISIBLES = re.compile(r"[\x00-\x1f\x7f\u200b\ufeff]+")
_OUI = {"oui", "o", "x", "vrai", "true", "yes", "1"}
_NON = {"non", "n", "faux", "false", "no", "0", "-"}


class ValeurFausse(ValueError):
    """La valeur n'est pas celle qu'attend la colonne ; `raison` se montre telle quelle.

    `montree` remplace au rapport une valeur qui ne doit pas y être recopiée.
    """

    def __init__(self, raison: str, *, montree: str = ""):
        super().__init__(raison)
        self.raison = raison
        self.montree = montree


def montrer(brut) -> str:
    """La valeur telle que la personne la voit dans son tableur, pour le rapport."""
    if isinstance(brut, bool):
        return "VRAI" if brut else "FAUX"
    if isinstance(brut, float):
        return str(int(brut)) if brut.is_integer() and abs(brut) < 1e15 else repr(brut).replace(".", ",")
    if isinstance(brut, datetime.datetime):
        return brut.strftime("%d/%m/%Y %H:%M") if brut.time() != datetime.time() else brut.strftime("%d/%m/%Y")
    if isinstance(brut, datetime.date):
        return brut.strftime("%d/%m/%Y")
    return str(brut)[:200]


def _en_texte(brut) -> str:
    if isinstance(brut, datetime.date | datetime.time | datetime.timedelta):
        raise ValeurFausse(
            "La cellule contient une date ou une heure, un texte est attendu : mettez-la au format Texte."
        )
    if isinstance(brut, float) and brut.is_integer() and abs(brut) < 1e15:
        brut = int(brut)
    return " ".join(_INVISIBLES.sub(" ", str(brut)).split())


def texte(longueur: int) -> Lecteur:
    """Un texte d'au plus `longueur` caractères, sans numéro de sécurité sociale."""

    def lire(brut) -> str:
        lu = _en_texte(brut)
        if len(lu) > longueur:
            raise ValeurFausse(f"Ce texte est trop long : {longueur} caractères au plus.")
        try:
            sans_numero_national(lu)
        except ValidationError as refus:
            raise ValeurFausse(" ".join(refus.messages), montree=_masquer(lu)) from refus
        return lu

    return lire


def _masquer(lu: str) -> str:
    """Le début, pour retrouver la cellule ; le reste d'un numéro de sécurité sociale n'a rien à faire dans un rapport."""
    chiffres = itertools.count(1)
    return re.sub(r"[0-9]", lambda chiffre: chiffre[0] if next(chiffres) <= 3 else "•", lu)


def _valider(controle: Callable, valeur):
    try:
        return controle(valeur)
    except ValidationError as refus:
        raise ValeurFausse(" ".join(refus.messages)) from refus


def siret(brut) -> str:
    """Un SIRET ; un tableur qui l'a pris pour un nombre en a mangé les zéros de tête."""
    lu = _en_texte(brut)
    return _valider(normaliser_siret, lu.zfill(14) if isinstance(brut, float) else lu)


def nom_ou_siret(brut) -> str:
    """Un nom tel quel, ou les 14 chiffres d'un SIRET juste."""
    chiffres = re.sub(r"[\s.-]", "", _en_texte(brut))
    if chiffres.isdecimal() and (len(chiffres) == 14 or (isinstance(brut, float) and len(chiffres) == 13)):
        return siret(brut)
    return texte(200)(brut)


def code_insee(brut) -> str:
    return _valider(normaliser_code_insee, _en_texte(brut))


def code_postal(brut) -> str:
    lu = _en_texte(brut).replace(" ", "")
    if isinstance(brut, float):
        lu = lu.zfill(5)
    if not re.fullmatch(r"\d{5}", lu):
        raise ValeurFausse("Un code postal compte 5 chiffres.")
    return lu


def nombre(brut) -> Decimal:
    """Un nombre, au centième ; lu avec une virgule ou un point, des espaces et une unité."""
    if isinstance(brut, bool | datetime.date | datetime.time | datetime.timedelta):
        raise ValeurFausse("Un nombre est attendu, par exemple 1 234,5.")
    try:
        lu = Decimal(repr(brut)) if isinstance(brut, float | int) else lire_decimal(brut)
    except ValueError as erreur:
        raise ValeurFausse("Un nombre est attendu, par exemple 1 234,5.") from erreur
    if abs(lu) >= 10**15:
        raise ValeurFausse("Ce nombre est démesuré.")
    return arrondir(lu, 2)


def positif(chiffres: int) -> Lecteur:
    """Un nombre positif ou nul, d'au plus `chiffres` chiffres avant la virgule."""

    def lire(brut) -> Decimal:
        lu = nombre(brut)
        if lu < 0:
            raise ValeurFausse("Un nombre négatif est impossible ici.")
        if lu >= 10**chiffres:
            raise ValeurFausse(f"Ce nombre est démesuré : {chiffres} chiffres au plus avant la virgule.")
        return lu

    return lire


def heures_du_mois(maximum: int) -> Lecteur:
    def lire(brut) -> Decimal:
        lu = nombre(brut)
        if lu < 0:
            raise ValeurFausse("Des heures ne peuvent pas être négatives.")
        if lu > maximum:
            raise ValeurFausse(f"Pas plus de {maximum} heures dans un mois pour un contrat.")
        return lu

    return lire


def date(brut) -> datetime.date:
    """Une vraie date de tableur, ou « JJ/MM/AAAA »."""
    if isinstance(brut, datetime.datetime):
        return _dans_les_annees(brut.date())
    if isinstance(brut, datetime.date):
        return _dans_les_annees(brut)
    if not isinstance(brut, str):
        raise ValeurFausse("Une date est attendue : mettez la cellule au format Date, ou tapez JJ/MM/AAAA.")
    return _dans_les_annees(_date_tapee(brut.strip()))


@lru_cache(maxsize=4096)
def _date_tapee(lu: str) -> datetime.date:
    if trouve := _JOUR.fullmatch(lu):
        jour, mois, annee = trouve.groups()
    elif trouve := _ISO.fullmatch(lu):
        annee, mois, jour = trouve.groups()
    else:
        raise ValeurFausse("Une date est attendue, écrite JJ/MM/AAAA (l'année sur quatre chiffres).")
    try:
        return datetime.date(int(annee), int(mois), int(jour))
    except ValueError as erreur:
        raise ValeurFausse("Cette date n'existe pas dans le calendrier.") from erreur


def _dans_les_annees(lue: datetime.date) -> datetime.date:
    if lue.year not in ANNEES:
        raise ValeurFausse("Cette date est impossible : vérifiez l'année.")
    return lue


def mois(brut) -> datetime.date:
    """Un mois (« 2018-03 », « 03/2018 ») ou une date de ce mois : rendu comme son premier jour."""
    if isinstance(brut, datetime.date):
        return premier_jour(date(brut))
    if not isinstance(brut, str):
        raise ValeurFausse("Un mois est attendu, écrit AAAA-MM, ou une date de ce mois.")
    return _mois_tape(brut.strip())


@lru_cache(maxsize=4096)
def _mois_tape(lu: str) -> datetime.date:
    if _JOUR.fullmatch(lu) or _ISO.fullmatch(lu):
        return premier_jour(_dans_les_annees(_date_tapee(lu)))
    try:
        return _dans_les_annees(lire_mois(lu))
    except ValueError as erreur:
        raison = getattr(erreur, "raison", "Un mois est attendu, écrit AAAA-MM, ou une date de ce mois.")
        raise ValeurFausse(raison) from erreur


def oui_non(brut) -> bool:
    if isinstance(brut, bool):
        return brut
    lu = plier(_en_texte(brut))
    if lu in _OUI:
        return True
    if lu in _NON:
        return False
    raise ValeurFausse("Répondez par oui ou non (o, n, x et vrai, faux sont compris).")


def cle_de_choix(libelle: str) -> str:
    """« Condition d'exécution » → « condition d execution » : comparer sans accents, casse ni ponctuation."""
    return " ".join("".join(lettre if lettre.isalnum() or lettre == "+" else " " for lettre in plier(libelle)).split())


def choix(enumeration: type[TextChoices], libelles: Iterable[tuple[str, str]], **autrement: str) -> Lecteur:
    """Un membre de `enumeration`, écrit par son libellé du classeur, son libellé complet, son sigle ou sa valeur.

    `libelles` donne (valeur, libellé du classeur) ; `autrement` donne d'autres écritures admises : {écriture: valeur}.
    """
    libelles = list(libelles)
    table = {cle_de_choix(ecriture): valeur for ecriture, valeur in autrement.items()}
    for membre in enumeration:
        avant_parenthese, _, parenthese = membre.label.partition("(")
        for ecriture in (membre.label, avant_parenthese, parenthese, membre.value):
            table.setdefault(cle_de_choix(ecriture), membre.value)
    table.update({cle_de_choix(libelle): valeur for valeur, libelle in libelles})
    table.pop("", None)
    possibles = ", ".join(libelle for _, libelle in libelles)

    def lire(brut) -> str:
        valeur = table.get(cle_de_choix(_en_texte(brut)))
        if valeur is None:
            raise ValeurFausse(f"Valeur inconnue. Choisissez : {possibles}.")
        return valeur

    return lire


def codes_quartiers(brut) -> tuple[str, ...]:
    """Un ou plusieurs codes de quartier séparés par « ; ». « non » : hors de tout quartier, rendu comme un uplet vide."""
    lu = _en_texte(brut).upper()
    if lu.casefold() in _NON:
        return ()
    codes = tuple(dict.fromkeys(code.strip() for code in re.split(r"[;,/]", lu) if code.strip()))
    if any(len(code) > 8 for code in codes):
        raise ValeurFausse("Un code de quartier compte 8 caractères au plus ; séparez-en plusieurs par « ; ».")
    return codes


def cotraitants(brut) -> tuple[tuple[str, Decimal | None], ...]:
    """« SIRET ; SIRET=120,5 » : les cotraitants d'un lot et les heures que chacun doit, `None` si rien n'est dit."""
    lus: dict[str, Decimal | None] = {}
    for morceau in _en_texte(brut).split(";"):
        if not morceau.strip():
            continue
        numero, egal, heures = morceau.partition("=")
        cle = siret(numero.strip())
        if cle in lus:
            raise ValeurFausse(f"Le cotraitant {cle} est écrit deux fois.")
        lus[cle] = positif(8)(heures.strip()) if egal else None
    return tuple(lus.items())
