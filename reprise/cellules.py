"""Lire une cellule : ce qu'un tableur y met, vers la valeur attendue ; sinon `ValeurFausse`, avec la raison en français.

Chaque fonction reçoit une valeur non vide (texte, nombre, booléen, date ou heure) et rend la valeur lue.
"""

import datetime
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import TextChoices

from socle.feuilles.cellules import ENTIER_SUR, SECONDES_PAR_HEURE, montrer
from socle.lecture import (
    EXEMPLE,
    PAS_UN_MOIS,
    PAS_UNE_DATE,
    Illisible,
    code_de_tableur,
    dans_les_annees,
    lire_code_postal,
    lire_euros,
    lire_heures,
    lire_jour,
    lire_mois,
    lire_naissance,
)
from socle.nombres import arrondir
from socle.periodes import premier_jour
from socle.texte import nettoyer, plier, sans_numero_national
from socle.validateurs import normaliser_siret
from territoires.querysets import SAISIE_MAX
from territoires.validateurs import normaliser_code_insee

Lecteur = Callable[[Any], Any]
_OUI = {"oui", "o", "x", "vrai", "true", "yes", "1"}
_NON = {"non", "n", "faux", "false", "no", "0", "-"}


class ValeurFausse(ValueError):
    """La valeur n'est pas celle qu'attend la colonne ; `raison` se montre telle quelle."""

    def __init__(self, raison: str):
        super().__init__(raison)
        self.raison = raison


def _en_texte(brut) -> str:
    if isinstance(brut, datetime.date | datetime.time | datetime.timedelta):
        raise ValeurFausse(
            "La cellule contient une date ou une heure, un texte est attendu : mettez-la au format Texte."
        )
    if isinstance(brut, bool):
        return montrer(brut)
    if isinstance(brut, float) and brut.is_integer() and abs(brut) < ENTIER_SUR:
        brut = int(brut)
    return " ".join(nettoyer(str(brut)).split())


def texte(longueur: int, controles: Iterable[Callable[[str], None]] = ()) -> Lecteur:
    """Un texte d'au plus `longueur` caractères, sans numéro de sécurité sociale, que les `controles` de son champ admettent."""

    def lire(brut) -> str:
        lu = _en_texte(brut)
        if len(lu) > longueur:
            raise ValeurFausse(f"Ce texte est trop long : {longueur} caractères au plus.")
        try:
            sans_numero_national(lu)
        except ValidationError as refus:
            raise ValeurFausse(" ".join(refus.messages)) from refus
        for controle in controles:
            _valider(controle, lu)
        return lu

    return lire


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
    """Les 14 chiffres d'un SIRET juste, sinon un nom : un acheteur public peut n'être connu que par un SIRET faux."""
    chiffres = re.sub(r"[\s.-]", "", _en_texte(brut))
    if chiffres.isdecimal() and (len(chiffres) == 14 or (isinstance(brut, float) and len(chiffres) == 13)):
        with suppress(ValeurFausse):
            return siret(brut)
    return texte(200)(brut)


def commune(brut) -> str:
    """Un code INSEE, ou le nom d'une commune : `territoires.designation` dira laquelle."""
    lu = code_de_tableur(texte(SAISIE_MAX)(brut))
    return lu if any(map(str.isalpha, lu[2:])) else _valider(normaliser_code_insee, lu)


def _lire(lecteur: Callable[[Any], Any], tape: Any):
    try:
        return lecteur(tape)
    except Illisible as refus:
        raise ValeurFausse(str(refus)) from refus


def code_postal(brut) -> str:
    return _lire(lire_code_postal, _en_texte(brut))


def _nombre(brut, lecteur: Callable[[str], Decimal]) -> Decimal:
    """Un nombre de tableur, au centième ; ou ce que `lecteur` lit d'un texte."""
    if isinstance(brut, bool | datetime.date | datetime.time | datetime.timedelta):
        raise ValeurFausse(f"Tapez un nombre, par exemple {EXEMPLE}.")
    lu = Decimal(repr(brut)) if isinstance(brut, float | int) else _lire(lecteur, brut)
    if abs(lu) >= 10**15:
        raise ValeurFausse("Ce nombre est démesuré.")
    return arrondir(lu, 2)


def _positif(lu: Decimal, chiffres: int) -> Decimal:
    if lu < 0:
        raise ValeurFausse("Un nombre négatif est impossible ici.")
    if lu >= 10**chiffres:
        raise ValeurFausse(f"Ce nombre est démesuré : {chiffres} chiffres au plus avant la virgule.")
    return lu


def euros(chiffres: int) -> Lecteur:
    """Un montant positif ou nul, d'au plus `chiffres` chiffres avant la virgule."""
    return lambda brut: _positif(_nombre(brut, lire_euros), chiffres)


def heures(chiffres: int) -> Lecteur:
    """Des heures positives ou nulles, d'au plus `chiffres` chiffres avant la virgule."""
    return lambda brut: _positif(_en_heures(brut), chiffres)


def _en_heures(brut) -> Decimal:
    """Un nombre, un texte, ou une durée de tableur : « [h]:mm » rend une durée, « h:mm » une heure du jour."""
    if isinstance(brut, datetime.time):
        brut = datetime.timedelta(hours=brut.hour, minutes=brut.minute, seconds=brut.second)
    if isinstance(brut, datetime.timedelta):
        return arrondir(Decimal(round(brut.total_seconds())) / SECONDES_PAR_HEURE, 2)
    if isinstance(brut, datetime.date):
        raise ValeurFausse("La cellule contient une date, des heures sont attendues : mettez-la au format Nombre.")
    return _nombre(brut, lire_heures)


def heures_du_mois(maximum: int) -> Lecteur:
    def lire(brut) -> Decimal:
        lu = _en_heures(brut)
        if lu < 0:
            raise ValeurFausse("Des heures ne peuvent pas être négatives.")
        if lu > maximum:
            raise ValeurFausse(f"Pas plus de {maximum} heures dans un mois pour un contrat.")
        return lu

    return lire


def date(brut) -> datetime.date:
    """Une vraie date de tableur, ou un jour tapé."""
    return _jour(brut, lire_jour)


def naissance(brut) -> datetime.date:
    return _jour(brut, lire_naissance)


def _jour(brut, lecteur: Callable[[str], datetime.date]) -> datetime.date:
    if isinstance(brut, datetime.datetime):
        brut = brut.date()
    if isinstance(brut, datetime.date):
        return _lire(dans_les_annees, brut)
    if not isinstance(brut, str):
        raise ValeurFausse(PAS_UNE_DATE)
    return _lire(lecteur, brut)


def mois(brut) -> datetime.date:
    """Un mois (« 2018-03 », « 03/2018 ») ou une date de ce mois : rendu comme son premier jour."""
    if isinstance(brut, datetime.date):
        return premier_jour(date(brut))
    if not isinstance(brut, str):
        raise ValeurFausse(PAS_UN_MOIS)
    return _lire(lire_mois, brut)


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
        numero, egal, dues = morceau.partition("=")
        cle = siret(numero.strip())
        if cle in lus:
            raise ValeurFausse(f"Le cotraitant {cle} est écrit deux fois.")
        lus[cle] = heures(8)(dues.strip()) if egal else None
    return tuple(lus.items())
