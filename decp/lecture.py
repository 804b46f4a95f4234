"""Lire un fichier DECP enregistrement par enregistrement : la mémoire ne dépend pas de sa taille. Sans ORM.

Format réglementaire v2.0.x (marchés et concessions), et les formes plus anciennes : liste nue, `{"marches": […]}`, titulaires
et considérations avec ou sans enveloppe. Une valeur sale se tolère et se dit ; seul un enregistrement sans acheteur, sans
identifiant ou sans objet est refusé. Rien n'est deviné : il n'y a pas d'heures dans les DECP.
"""

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, BinaryIO

import ijson
from ijson.common import ObjectBuilder

from decp.enums import Consideration, TypeContrat
from marches.enums import Nature

PREFIXES = {
    "item": TypeContrat.MARCHE,
    "marches.item": TypeContrat.MARCHE,
    "marches.marche.item": TypeContrat.MARCHE,
    "marches.marche": TypeContrat.MARCHE,
    "marches.contrat-concession.item": TypeContrat.CONCESSION,
    "marches.contrat-concession": TypeContrat.CONCESSION,
}
OUVRENT, FERMENT = ("start_map", "start_array"), ("end_map", "end_array")
MONTANT_MAXIMUM = Decimal(10_000_000_000)  # au-delà, c'est une faute de frappe : aucun marché français n'y est
DUREE_MAXIMUM = 1200
LONGUEUR_IDENTIFIANT = 60
LIEUX = {
    "code commune": "commune",
    "code postal": "code_postal",
    "code arrondissement": "arrondissement",
    "code canton": "canton",
    "code département": "departement",
    "code departement": "departement",
    "code région": "region",
    "code region": "region",
    "code pays": "pays",
}


@dataclass(frozen=True, slots=True)
class Titulaire:
    type: str
    identifiant: str
    nom: str = ""


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
    avertissements: list[str] = field(default_factory=list)

    @property
    def cle(self) -> tuple[str, str]:
        return self.acheteur_siret, self.identifiant


@dataclass(frozen=True, slots=True)
class Refus:
    """Un enregistrement que l'on ne peut pas reprendre, et pourquoi."""

    rang: int
    identifiant: str
    motif: str


class _Refuse(ValueError):
    pass


def lire(chemin: Path) -> Iterator[Avis | Refus]:
    """Les enregistrements d'un fichier, un par un, bons ou refusés."""
    with chemin.open("rb") as fichier:
        yield from lire_flux(fichier)


def lire_flux(fichier: BinaryIO) -> Iterator[Avis | Refus]:
    if fichier.read(3) != b"\xef\xbb\xbf":
        fichier.seek(0)
    rang = 0
    try:
        for rang, (contrat, brut) in enumerate(_enregistrements(fichier), 1):
            yield _lire_un(rang, contrat, brut)
    except (ijson.JSONError, UnicodeDecodeError) as erreur:
        motif = f"Le fichier n'est plus du JSON lisible après l'enregistrement {rang} : {str(erreur)[:120].strip()}"
        yield Refus(rang + 1, "", motif)


def _enregistrements(fichier: BinaryIO) -> Iterator[tuple[TypeContrat, Any]]:
    """Assemble un enregistrement à la fois ; ce qui n'est pas un objet est rendu tel quel, pour être refusé."""
    assemble, profondeur, contrat = None, 0, TypeContrat.MARCHE
    for prefixe, evenement, valeur in ijson.parse(fichier):
        if assemble is not None:
            assemble.event(evenement, valeur)
            profondeur += (evenement in OUVRENT) - (evenement in FERMENT)
            if profondeur == 0:
                yield contrat, assemble.value
                assemble = None
        elif prefixe in PREFIXES and evenement == "start_map":
            assemble, profondeur, contrat = ObjectBuilder(), 1, PREFIXES[prefixe]
            assemble.event(evenement, valeur)
        elif prefixe in PREFIXES and prefixe.endswith("item") and evenement in ("string", "number", "null", "boolean"):
            yield PREFIXES[prefixe], valeur


def _lire_un(rang: int, contrat: TypeContrat, brut: Any) -> Avis | Refus:
    if not isinstance(brut, Mapping):
        return Refus(rang, "", "Ce n'est pas un marché : un objet était attendu.")
    if "contrat" in str(brut.get("_type", "")).lower() or "autoriteConcedante" in brut:
        contrat = TypeContrat.CONCESSION
    try:
        return _avis(rang, contrat, brut)
    except _Refuse as refus:
        return Refus(rang, _texte(brut.get("id"))[:LONGUEUR_IDENTIFIANT], str(refus))


def _avis(rang: int, contrat: TypeContrat, brut: Mapping) -> Avis:
    acheteur = _objet(brut.get("acheteur") or brut.get("autoriteConcedante"))
    avis = Avis(
        rang,
        contrat,
        acheteur_siret=_siret_acheteur(acheteur),
        acheteur_nom=_texte(acheteur.get("nom"))[:200],
        identifiant=_identifiant(brut),
        objet=_objet_du_marche(brut),
    )
    avis.cpv = _cpv(avis, brut)
    avis.nature = nature_du_cpv(avis.cpv)
    avis.montant = _montant(avis, brut.get("montant", brut.get("valeurGlobale")))
    avis.duree_mois = _duree(avis, brut.get("dureeMois"))
    avis.date_notification = _date(avis, brut.get("dateNotification") or brut.get("dateSignature"))
    lieu = _objet(brut.get("lieuExecution"))
    avis.lieu_code, avis.lieu_nom = _texte(lieu.get("code"))[:10], _texte(lieu.get("nom"))[:120]
    avis.lieu_type = LIEUX.get(_texte(lieu.get("typeCode")).lower(), "")
    avis.titulaires = _titulaires(avis, brut)
    avis.considerations = _considerations(avis, brut)
    _appliquer_les_modifications(avis, brut)
    return avis


# --- Ce sans quoi l'on ne sait pas de quel marché il s'agit ------------------------------------------------------------
def _siret_acheteur(acheteur: Mapping) -> str:
    siret = re.sub(r"\D", "", _texte(acheteur.get("id")))
    if len(siret) != 14:
        raise _Refuse("L'acheteur n'a pas de SIRET lisible (14 chiffres).")
    return siret


def _identifiant(brut: Mapping) -> str:
    identifiant = _texte(brut.get("id") or brut.get("uid"))
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
def _cpv(avis: Avis, brut: Mapping) -> str:
    cpv = _texte(brut.get("codeCPV"))
    if cpv and not re.fullmatch(r"\d{8}(-\d)?", cpv):
        avis.avertissements.append(f"code CPV illisible : « {cpv[:20]} »")
        return ""
    return cpv[:8]


def nature_du_cpv(cpv: str) -> str:
    """45 : travaux ; 50 et au-delà : services ; le reste : fournitures. Sans code, rien."""
    if not cpv:
        return ""
    division = int(cpv[:2])
    if division == 45:
        return Nature.TRAVAUX
    return Nature.SERVICES if division >= 50 else Nature.FOURNITURES


def _montant(avis: Avis, brut: Any) -> Decimal | None:
    valeur = _decimal(brut)
    if valeur is None:
        if _texte(brut):
            avis.avertissements.append(f"montant illisible : « {_texte(brut)[:30]} »")
        return None
    if not 0 < valeur <= MONTANT_MAXIMUM:
        avis.avertissements.append(f"montant invraisemblable : {valeur:f}"[:80])
        return None
    return valeur.quantize(Decimal("0.01"))


def _duree(avis: Avis, brut: Any) -> int | None:
    valeur = _decimal(brut)
    if valeur is None or not 0 < valeur <= DUREE_MAXIMUM:
        if _texte(brut):
            avis.avertissements.append(f"durée illisible : « {_texte(brut)[:20]} »")
        return None
    return max(1, int(valeur.to_integral_value()))


def _date(avis: Avis, brut: Any) -> datetime.date | None:
    texte = _texte(brut)
    try:
        return datetime.date.fromisoformat(texte[:10]) if texte else None
    except ValueError:
        avis.avertissements.append(f"date illisible : « {texte[:20]} »")
        return None


def _titulaires(avis: Avis, brut: Mapping) -> tuple[Titulaire, ...]:
    liste = brut.get("titulaires") or brut.get("concessionnaires") or []
    if isinstance(liste, Mapping):
        liste = liste.get("titulaire") or liste.get("concessionnaire") or [liste]
    if isinstance(liste, Mapping):
        liste = [liste]
    trouves: dict[str, Titulaire] = {}
    for element in liste if isinstance(liste, list) else []:
        dedans = _objet(element)
        dedans = _objet(dedans.get("titulaire") or dedans.get("concessionnaire") or dedans)
        identifiant = re.sub(r"[\s.]", "", _texte(dedans.get("id")))[:30]
        nom = _texte(dedans.get("denominationSociale"))[:200]
        if identifiant or nom:
            type_ = _texte(dedans.get("typeIdentifiant")).upper()[:12] or "SIRET"
            trouves[identifiant or nom] = Titulaire(type_, identifiant, nom)
    if not trouves:
        avis.avertissements.append("aucun titulaire")
    return tuple(trouves.values())


def _considerations(avis: Avis, brut: Mapping) -> tuple[str, ...]:
    valeurs = brut.get("considerationsSociales", brut.get("considerationSociale"))
    if isinstance(valeurs, Mapping):
        valeurs = valeurs.get("considerationSociale")
    if isinstance(valeurs, str):
        valeurs = re.split(r"\s*[,;|]\s*", valeurs)
    lues = []
    for valeur in valeurs if isinstance(valeurs, list) else []:
        texte = _texte(_objet(valeur).get("considerationSociale") if isinstance(valeur, Mapping) else valeur)
        connue = next((c.value for c in Consideration if c.value.lower() == texte.lower()), None)
        if connue and connue not in lues:
            lues.append(connue)
        elif texte and not connue:
            avis.avertissements.append(f"considération sociale inconnue : « {texte[:40]} »")
    return tuple(lues)


def _appliquer_les_modifications(avis: Avis, brut: Mapping) -> None:
    """Le marché tel qu'il est aujourd'hui : chaque modification publiée remplace le montant, la durée ou les titulaires."""
    modifications = brut.get("modifications")
    for element in modifications if isinstance(modifications, list) else []:
        dedans = _objet(element)
        modification = _objet(dedans.get("modification") or dedans)
        avis.montant = _montant(avis, modification.get("montant", modification.get("valeurGlobale"))) or avis.montant
        avis.duree_mois = _duree(avis, modification.get("dureeMois")) or avis.duree_mois
        if modification.get("titulaires"):
            avis.titulaires = _titulaires(avis, modification) or avis.titulaires


def _objet(valeur: Any) -> Mapping:
    return valeur if isinstance(valeur, Mapping) else {}


def _texte(valeur: Any) -> str:
    """Un texte propre ; les façons d'écrire « rien » (« NC », « null ») sont rien."""
    if valeur is None or isinstance(valeur, dict | list | bool):
        return ""
    texte = " ".join(str(valeur).replace("\x00", "").split())
    return "" if texte.upper() in {"NC", "N/C", "NULL", "NONE", "NAN", "INX NONE"} else texte


def _decimal(valeur: Any) -> Decimal | None:
    texte = _texte(valeur).replace(" ", "").replace("\u202f", "").replace(",", ".")
    try:
        lue = Decimal(texte)
    except InvalidOperation:
        return None
    return lue if lue.is_finite() else None
