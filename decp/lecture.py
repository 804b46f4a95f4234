"""Lire les enregistrements d'un fichier DECP, un par un. Sans ORM.

Format réglementaire v2.0.x (marchés et concessions), et les formes plus anciennes ou aplaties : titulaires et considérations
avec ou sans enveloppe, « acheteur.id ». Une valeur sale se tolère et se dit ; seul un enregistrement sans acheteur, sans
identifiant ou sans objet est refusé. Rien n'est deviné : il n'y a pas d'heures dans les DECP.
"""

import calendar
import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.utils import timezone

from decp.decoupage import PAS_UN_OBJET, decouper
from decp.enums import Consideration, TypeContrat
from marches.enums import Nature
from socle.bornes import JOUR
from socle.lecture import Illisible, lire_code_postal, lire_decimal, lire_euros, lire_jour, sans_decimale
from socle.nombres import arrondir
from socle.texte import nettoyer, plier
from socle.validateurs import valider_siret
from territoires.validateurs import normaliser_code_insee

MONTANT_MAXIMUM = Decimal(10_000_000_000)  # au-delà, c'est une faute de frappe : aucun marché français n'y est
DUREE_MAXIMUM = 1200
LONGUEUR_IDENTIFIANT = 60
LONGUEUR_MONTANT = 20  # chiffres : au-delà, un nombre ne se déplie pas pour être arrondi
LIEUX = {
    "code commune": "commune",
    "code postal": "code_postal",
    "code arrondissement": "arrondissement",
    "code canton": "canton",
    "code departement": "departement",
    "code region": "region",
    "code pays": "pays",
}
CODES = {"commune": normaliser_code_insee, "code_postal": lire_code_postal}
RIEN = {"nc", "n/c", "null", "none", "nan", "inx none"}
CONSIDERATIONS = {plier(consideration.value): consideration.value for consideration in Consideration}
# « September, 16 2021 00:00:00 » : l'écriture d'un ancien portail, que personne ne tape à la main.
_A_L_ANGLAISE = re.compile(r"([A-Za-z]+),? (\d{1,2}),? (\d{4})(?: 00:00:00)?")
MOIS_ANGLAIS = [nom.lower() for nom in calendar.month_name]  # le rang 0 est vide


@dataclass(frozen=True, slots=True)
class Titulaire:
    type: str
    identifiant: str
    nom: str = ""


@dataclass(frozen=True, slots=True)
class Modification:
    """Ce qu'une modification publiée remplace, à partir de sa date ; `None` et vide : rien."""

    le: datetime.date | None
    montant: Decimal | None = None
    duree_mois: int | None = None
    titulaires: tuple[Titulaire, ...] = ()

    @property
    def change(self) -> bool:
        return self.montant is not None or self.duree_mois is not None or bool(self.titulaires)


@dataclass(slots=True)
class Avis:
    """Un enregistrement lu et nettoyé ; `avertissements` dit ce qui n'était pas lisible et reste vide."""

    rang: int
    contrat: TypeContrat
    acheteur_siret: str
    acheteur_nom: str
    identifiant: str
    objet: str
    nature: str = ""
    cpv: str = ""
    montant: Decimal | None = None
    duree_mois: int | None = None
    date_notification: datetime.date | None = None
    lieu_code: str = ""
    lieu_type: str = ""
    lieu_nom: str = ""
    titulaires: tuple[Titulaire, ...] = ()
    considerations: tuple[str, ...] = ()
    a_venir: tuple[Modification, ...] = ()
    avertissements: list[str] = field(default_factory=list)

    @property
    def cle(self) -> tuple[str, str]:
        return self.acheteur_siret, self.identifiant


@dataclass(frozen=True, slots=True)
class Refus:
    """Un enregistrement que l'on ne peut pas reprendre, et pourquoi. S'il interrompt, le fichier n'est pas lu en entier."""

    rang: int
    identifiant: str
    motif: str
    interrompt: bool = False


class _Refuse(ValueError):
    pass


def lire(chemin: Path) -> Iterator[Avis | Refus]:
    """Les enregistrements d'un fichier, un par un, bons ou refusés."""
    with chemin.open("rb") as fichier:
        yield from lire_flux(fichier)


def lire_flux(fichier: BinaryIO) -> Iterator[Avis | Refus]:
    aujourd_hui = timezone.localdate()
    for rang, morceau in enumerate(decouper(fichier), 1):
        if morceau.faute:
            yield Refus(rang, "", morceau.faute, morceau.interrompt)
        else:
            yield _lire_un(rang, morceau.famille, morceau.valeur, aujourd_hui)


def _lire_un(rang: int, famille: str, brut: Any, aujourd_hui: datetime.date) -> Avis | Refus:
    if not isinstance(brut, dict):
        return Refus(rang, "", PAS_UN_OBJET)
    brut = _deplier(brut)
    try:
        return _avis(rang, _contrat(famille, brut), brut, aujourd_hui)
    except _Refuse as refus:
        return Refus(rang, _code(brut.get("id"))[:LONGUEUR_IDENTIFIANT], str(refus))


def _deplier(brut: dict) -> dict:
    """Un export en tableau aplatit ses objets : « acheteur.id », « lieuExecution_code » reprennent leur place."""
    deplie = dict(brut)
    for cle, valeur in brut.items():
        objet, _, champ = cle.replace("_", ".", 1).partition(".")
        if champ and objet in ("acheteur", "autoriteConcedante", "lieuExecution"):
            dedans = _objet(deplie.get(objet))
            deplie[objet] = {**dedans, champ: dedans.get(champ) or valeur}
    return deplie


def _contrat(famille: str, brut: Mapping) -> TypeContrat:
    """Le type dit, sinon la liste où il se trouve ; à défaut, l'autorité concédante. Une clé vide ne dit rien."""
    dit = plier(_texte(brut.get("_type")))
    if dit:
        return TypeContrat.CONCESSION if "concession" in dit else TypeContrat.MARCHE
    if famille:
        return TypeContrat.CONCESSION if famille == "contrat-concession" else TypeContrat.MARCHE
    return TypeContrat.CONCESSION if brut.get("autoriteConcedante") else TypeContrat.MARCHE


def _avis(rang: int, contrat: TypeContrat, brut: Mapping, aujourd_hui: datetime.date) -> Avis:
    acheteur = _objet(_premier(brut, "acheteur", "autoriteConcedante"))
    avis = Avis(
        rang,
        contrat,
        acheteur_siret=_siret_acheteur(acheteur),
        acheteur_nom=_texte(acheteur.get("nom"))[:200],
        identifiant=_identifiant(brut),
        objet=_objet_du_marche(brut),
    )
    _signaler_un_siret_faux(avis)
    avis.cpv = _cpv(avis, brut)
    avis.nature = nature_du_cpv(avis.cpv)
    avis.montant = _montant(avis, _premier(brut, "montant", "valeurGlobale"))
    avis.duree_mois = _duree(avis, brut.get("dureeMois"))
    avis.date_notification = _date(avis, _premier(brut, "dateNotification", "dateSignature"))
    _situer(avis, _objet(brut.get("lieuExecution")))
    avis.titulaires = _titulaires(avis, brut)
    avis.considerations = _considerations(avis, brut)
    _appliquer_les_modifications(avis, brut, aujourd_hui)
    return avis


# --- Ce sans quoi l'on ne sait pas de quel marché il s'agit ------------------------------------------------------------
def _siret_acheteur(acheteur: Mapping) -> str:
    siret = re.sub(r"\D", "", _code(acheteur.get("id")))
    if len(siret) != 14 or not siret.strip("0"):
        raise _Refuse("L'acheteur n'a pas de SIRET lisible (14 chiffres).")
    return siret


def _identifiant(brut: Mapping) -> str:
    identifiant = _code(_premier(brut, "id", "uid"))
    if not identifiant:
        raise _Refuse("Le marché n'a pas d'identifiant.")
    if len(identifiant) > LONGUEUR_IDENTIFIANT:
        raise _Refuse(f"L'identifiant dépasse {LONGUEUR_IDENTIFIANT} caractères.")
    return identifiant


def _objet_du_marche(brut: Mapping) -> str:
    objet = _texte(brut.get("objet"))
    if not objet:
        raise _Refuse("Le marché n'a pas d'objet.")
    return objet[:1000]


# --- Ce qui peut manquer : la valeur reste vide, et cela se dit --------------------------------------------------------
def _signaler_un_siret_faux(avis: Avis) -> None:
    """Il désigne l'acheteur dans ce fichier ; il n'en deviendra pas l'identité."""
    try:
        valider_siret(avis.acheteur_siret)
    except ValidationError:
        avis.avertissements.append("SIRET de l'acheteur faux : sa clé de contrôle ne correspond pas")


def _cpv(avis: Avis, brut: Mapping) -> str:
    """Huit chiffres. Un code court est une famille, que des zéros complètent ; sept ont perdu un chiffre, on ne sait lequel."""
    cpv = _code(brut.get("codeCPV"))
    if cpv and not re.fullmatch(r"\d{8}(-\d)?|\d{2,6}", cpv):
        avis.avertissements.append(f"code CPV illisible : « {cpv[:20]} »")
        return ""
    return cpv[:8].ljust(8, "0") if cpv else ""


def nature_du_cpv(cpv: str) -> str:
    """45 : travaux ; 50 et au-delà : services ; le reste : fournitures. Sans code, rien."""
    if not cpv:
        return ""
    division = int(cpv[:2])
    if division == 45:
        return Nature.TRAVAUX
    return Nature.SERVICES if division >= 50 else Nature.FOURNITURES


def lire_montant(brut: Decimal | str) -> Decimal:
    """Un nombre JSON, au centime ; ou un texte, comme le lisent les formulaires."""
    return (
        arrondir(brut, 2) if isinstance(brut, Decimal) and brut.adjusted() < LONGUEUR_MONTANT else lire_euros(str(brut))
    )


def _montant(avis: Avis, brut: Any) -> Decimal | None:
    if not _texte(brut):
        return None
    try:
        valeur = lire_montant(brut)
    except Illisible:
        valeur = None
    if valeur is None:
        avis.avertissements.append(f"montant illisible : « {_texte(brut)[:30]} »")
    elif not 0 < valeur <= MONTANT_MAXIMUM:
        avis.avertissements.append(f"montant invraisemblable : {valeur:f}"[:80])
    else:
        return valeur
    return None


def _duree(avis: Avis, brut: Any) -> int | None:
    texte = _texte(brut)
    if not texte:
        return None
    try:
        valeur = brut if isinstance(brut, Decimal) else lire_decimal(re.sub(r"\s*mois$", "", texte))
    except Illisible:
        valeur = Decimal(0)
    if not 0 < valeur <= DUREE_MAXIMUM:
        avis.avertissements.append(f"durée illisible : « {texte[:20]} »")
        return None
    return max(1, int(valeur.to_integral_value()))


def _date(avis: Avis, brut: Any) -> datetime.date | None:
    texte = _texte(brut)
    lue = _jour(texte)
    if texte and lue is None:
        avis.avertissements.append(f"date illisible : « {texte[:30]} »")
    return lue


def _jour(texte: str) -> datetime.date | None:
    """Un jour que pourrait porter un marché, ou rien."""
    try:
        lu = _jour_ecrit(texte)
    except Illisible:
        return None
    return lu if JOUR.contient(lu) else None


def _jour_ecrit(texte: str) -> datetime.date:
    anglais = _A_L_ANGLAISE.fullmatch(texte)
    if anglais is None or anglais[1].lower() not in MOIS_ANGLAIS:
        return lire_jour(texte)
    mois = MOIS_ANGLAIS.index(anglais[1].lower())
    return lire_jour(f"{anglais[3]}-{mois:02}-{anglais[2]}")


def _situer(avis: Avis, lieu: Mapping) -> None:
    avis.lieu_type = LIEUX.get(plier(_texte(lieu.get("typeCode"))), "")
    avis.lieu_nom = _texte(lieu.get("nom"))[:120]
    avis.lieu_code = _code(lieu.get("code"))[:10]
    normaliser = CODES.get(avis.lieu_type)
    if normaliser and avis.lieu_code:
        try:
            avis.lieu_code = normaliser(avis.lieu_code)
        except (ValidationError, Illisible):
            avis.avertissements.append(f"lieu illisible : « {avis.lieu_code} »")


def _titulaires(avis: Avis, brut: Mapping) -> tuple[Titulaire, ...]:
    trouves: dict[str, Titulaire] = {}
    for dedans in _titulaires_bruts(_premier(brut, "titulaires", "concessionnaires")):
        identifiant = re.sub(r"[\s.]", "", _code(_premier(dedans, "id", "siret")))[:30]
        nom = _texte(_premier(dedans, "denominationSociale", "nom"))[:200]
        if identifiant or nom:
            type_ = _texte(dedans.get("typeIdentifiant")).upper()[:12] or "SIRET"
            trouves[identifiant or nom] = Titulaire(type_, identifiant, nom)
    if not trouves:
        avis.avertissements.append("aucun titulaire")
    return tuple(trouves.values())


def _titulaires_bruts(brut: Any) -> Iterator[Mapping]:
    """Chaque titulaire, sous autant d'enveloppes et de listes qu'on en a mis ; un nom de colonne n'en est pas un."""
    if isinstance(brut, list):
        for element in brut:
            yield from _titulaires_bruts(element)
    elif isinstance(brut, Mapping):
        dedans = _premier(brut, "titulaire", "concessionnaire")
        if isinstance(dedans, Mapping | list):
            yield from _titulaires_bruts(dedans)
        else:
            yield brut


def _considerations(avis: Avis, brut: Mapping) -> tuple[str, ...]:
    lues: list[str] = []
    for texte in _textes(_premier(brut, "considerationsSociales", "considerationSociale")):
        connue = CONSIDERATIONS.get(plier(texte))
        if connue and connue not in lues:
            lues.append(connue)
        elif not connue:
            avis.avertissements.append(f"considération sociale inconnue : « {texte[:40]} »")
    return tuple(lues)


def _textes(brut: Any) -> Iterator[str]:
    """Chaque considération, d'une liste, d'un objet, ou d'une chaîne qui en sépare plusieurs."""
    if isinstance(brut, list):
        for element in brut:
            yield from _textes(element)
    elif isinstance(brut, Mapping):
        yield from _textes(_premier(brut, "considerationSociale", "considerationsSociales"))
    else:
        morceaux = (morceau.strip(" []'\"") for morceau in re.split("[,;|]", _texte(brut)))
        yield from (morceau for morceau in morceaux if morceau)


def _appliquer_les_modifications(avis: Avis, brut: Mapping, aujourd_hui: datetime.date) -> None:
    """Le marché d'aujourd'hui : chaque modification vaut à sa date, dans l'ordre des dates ; à venir, elle se garde."""
    lues = [_modification(avis, _objet(element)) for element in _liste(brut.get("modifications"))]
    for modification in sorted(lues, key=lambda lue: lue.le or datetime.date.min):
        if modification.le and modification.le > aujourd_hui:
            avis.a_venir += (modification,) if modification.change else ()
            continue
        avis.montant = modification.montant or avis.montant
        avis.duree_mois = modification.duree_mois or avis.duree_mois
        avis.titulaires = modification.titulaires or avis.titulaires


def _modification(avis: Avis, element: Mapping) -> Modification:
    dedans = _objet(element.get("modification")) or element
    dates = ("dateNotificationModification", "dateSignatureModification", "datePublicationDonneesModification")
    return Modification(
        le=_date(avis, _premier(dedans, *dates)),
        montant=_montant(avis, _premier(dedans, "montant", "valeurGlobale")),
        duree_mois=_duree(avis, dedans.get("dureeMois")),
        titulaires=_titulaires(avis, dedans) if _premier(dedans, "titulaires", "concessionnaires") else (),
    )


# --- Ce que l'on trouve sous une clé -----------------------------------------------------------------------------------
def _premier(brut: Mapping, *cles: str) -> Any:
    """La première de ces clés qui dise quelque chose : un pluriel vide ne cache pas le singulier."""
    return next((brut[cle] for cle in cles if brut.get(cle) not in (None, "", [], {})), None)


def _objet(valeur: Any) -> Mapping:
    return valeur if isinstance(valeur, Mapping) else {}


def _liste(valeur: Any) -> list:
    """Une liste, ou ce qui devait en être une, seul ou sous une enveloppe."""
    if isinstance(valeur, Mapping):
        dedans = valeur.get("modification")
        return dedans if isinstance(dedans, list) else [valeur]
    return valeur if isinstance(valeur, list) else []


def _texte(valeur: Any) -> str:
    """Un texte propre ; les façons d'écrire « rien » (« NC », « null ») sont rien."""
    if not isinstance(valeur, str | Decimal):
        return ""
    texte = " ".join(nettoyer(str(valeur)).split())
    return "" if texte.lower() in RIEN else texte


def _code(valeur: Any) -> str:
    """Un code, qu'un tableur a pu prendre pour un nombre : « 45316110.0 »."""
    return sans_decimale(_texte(valeur))
