"""Lire les enregistrements d'un fichier DECP, un par un. Sans ORM.

Format réglementaire v2.0.x (marchés et concessions), et les formes plus anciennes ou aplaties : titulaires et considérations
avec ou sans enveloppe, « acheteur.id ». Une valeur sale se tolère et se dit ; seul un enregistrement sans acheteur, sans
identifiant ou sans objet est refusé. Rien n'est deviné : il n'y a pas d'heures dans les DECP.
"""

import datetime
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.utils import timezone

from decp.enums import Consideration, TypeContrat
from decp.lecture.avis import Avis, Modification, Refus, Titulaire
from decp.lecture.decoupage import PAS_UN_OBJET, decouper
from decp.lecture.valeurs import (
    code_de,
    jour_de,
    lire_montant,
    liste,
    objet,
    premier,
    texte_de,
    textes_de,
    titulaires_de,
)
from marches.enums import Nature
from socle.bornes import TERME
from socle.lecture import Illisible, lire_code_postal, lire_decimal
from socle.texte import plier
from socle.validateurs import valider_siret
from territoires.validateurs import normaliser_code_insee

MONTANT_MAXIMUM = Decimal(10_000_000_000)  # au-delà, c'est une faute de frappe : aucun marché français n'y est
DUREE_MAXIMUM = 12 * TERME.annees_a_venir  # mois : un marché suivi ne finit pas plus loin
LONGUEUR_IDENTIFIANT = 60
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
CONSIDERATIONS = {plier(consideration.value): consideration.value for consideration in Consideration}


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
        return Refus(rang, code_de(brut.get("id"))[:LONGUEUR_IDENTIFIANT], str(refus))


def _deplier(brut: dict[str, Any]) -> dict[str, Any]:
    """Un export en tableau aplatit ses objets : « acheteur.id », « lieuExecution_code » reprennent leur place."""
    deplie = dict(brut)
    for cle, valeur in brut.items():
        parent, _, champ = cle.replace("_", ".", 1).partition(".")
        if champ and parent in ("acheteur", "autoriteConcedante", "lieuExecution"):
            dedans = objet(deplie.get(parent))
            deplie[parent] = {**dedans, champ: dedans.get(champ) or valeur}
    return deplie


def _contrat(famille: str, brut: Mapping[str, Any]) -> TypeContrat:
    """Le type dit, sinon la liste où il se trouve ; à défaut, l'autorité concédante. Une clé vide ne dit rien."""
    dit = plier(texte_de(brut.get("_type")))
    if dit:
        return TypeContrat.CONCESSION if "concession" in dit else TypeContrat.MARCHE
    if famille:
        return TypeContrat.CONCESSION if famille == "contrat-concession" else TypeContrat.MARCHE
    return TypeContrat.CONCESSION if brut.get("autoriteConcedante") else TypeContrat.MARCHE


def _avis(rang: int, contrat: TypeContrat, brut: Mapping[str, Any], aujourd_hui: datetime.date) -> Avis:
    acheteur = objet(premier(brut, "acheteur", "autoriteConcedante"))
    avis = Avis(
        rang,
        contrat,
        acheteur_siret=_siret_acheteur(acheteur),
        acheteur_nom=texte_de(acheteur.get("nom"))[:200],
        identifiant=_identifiant(brut),
        objet=_objet_du_marche(brut),
    )
    _signaler_un_siret_faux(avis)
    avis.cpv = _cpv(avis, brut)
    avis.nature = nature_du_cpv(avis.cpv)
    avis.montant = _montant(avis, premier(brut, "montant", "valeurGlobale"))
    avis.duree_mois = _duree(avis, brut.get("dureeMois"))
    avis.date_notification = _date(avis, premier(brut, "dateNotification", "dateSignature"))
    _situer(avis, objet(brut.get("lieuExecution")))
    avis.titulaires = _titulaires(avis, brut)
    avis.considerations = _considerations(avis, brut)
    _appliquer_les_modifications(avis, brut, aujourd_hui)
    return avis


# --- Ce sans quoi l'on ne sait pas de quel marché il s'agit ------------------------------------------------------------
def _siret_acheteur(acheteur: Mapping[str, Any]) -> str:
    siret = re.sub(r"\D", "", code_de(acheteur.get("id")))
    if len(siret) != 14 or not siret.strip("0"):
        raise _Refuse("L'acheteur n'a pas de SIRET lisible (14 chiffres).")
    return siret


def _identifiant(brut: Mapping[str, Any]) -> str:
    identifiant = code_de(premier(brut, "id", "uid"))
    if not identifiant:
        raise _Refuse("Le marché n'a pas d'identifiant.")
    if len(identifiant) > LONGUEUR_IDENTIFIANT:
        raise _Refuse(f"L'identifiant dépasse {LONGUEUR_IDENTIFIANT} caractères.")
    return identifiant


def _objet_du_marche(brut: Mapping[str, Any]) -> str:
    dit = texte_de(brut.get("objet"))
    if not dit:
        raise _Refuse("Le marché n'a pas d'objet.")
    return dit[:1000]


# --- Ce qui peut manquer : la valeur reste vide, et cela se dit --------------------------------------------------------
def _signaler_un_siret_faux(avis: Avis) -> None:
    """Il désigne l'acheteur dans ce fichier ; il n'en deviendra pas l'identité."""
    try:
        valider_siret(avis.acheteur_siret)
    except ValidationError:
        avis.avertissements.append("SIRET de l'acheteur faux : sa clé de contrôle ne correspond pas")


def _cpv(avis: Avis, brut: Mapping[str, Any]) -> str:
    """Huit chiffres. Un code court est une famille, que des zéros complètent ; sept ont perdu un chiffre, on ne sait lequel."""
    cpv = code_de(brut.get("codeCPV"))
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


def _montant(avis: Avis, brut: Any) -> Decimal | None:
    if not texte_de(brut):
        return None
    try:
        valeur = lire_montant(brut)
    except Illisible:
        valeur = None
    if valeur is None:
        avis.avertissements.append(f"montant illisible : « {texte_de(brut)[:30]} »")
    elif not 0 < valeur <= MONTANT_MAXIMUM:
        avis.avertissements.append(f"montant invraisemblable : {valeur:f}"[:80])
    else:
        return valeur
    return None


def _duree(avis: Avis, brut: Any) -> int | None:
    texte = texte_de(brut)
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
    texte = texte_de(brut)
    lue = jour_de(texte)
    if texte and lue is None:
        avis.avertissements.append(f"date illisible : « {texte[:30]} »")
    return lue


def _situer(avis: Avis, lieu: Mapping[str, Any]) -> None:
    avis.lieu_type = LIEUX.get(plier(texte_de(lieu.get("typeCode"))), "")
    avis.lieu_nom = texte_de(lieu.get("nom"))[:120]
    avis.lieu_code = code_de(lieu.get("code"))[:10]
    normaliser = CODES.get(avis.lieu_type)
    if normaliser and avis.lieu_code:
        try:
            avis.lieu_code = normaliser(avis.lieu_code)
        except (ValidationError, Illisible):
            avis.avertissements.append(f"lieu illisible : « {avis.lieu_code} »")


def _titulaires(avis: Avis, brut: Mapping[str, Any]) -> tuple[Titulaire, ...]:
    trouves: dict[str, Titulaire] = {}
    for dedans in titulaires_de(premier(brut, "titulaires", "concessionnaires")):
        identifiant = re.sub(r"[\s.]", "", code_de(premier(dedans, "id", "siret")))[:30]
        nom = texte_de(premier(dedans, "denominationSociale", "nom"))[:200]
        if identifiant or nom:
            type_ = texte_de(dedans.get("typeIdentifiant")).upper()[:12] or "SIRET"
            trouves[identifiant or nom] = Titulaire(type_, identifiant, nom)
    if not trouves:
        avis.avertissements.append("aucun titulaire")
    return tuple(trouves.values())


def _considerations(avis: Avis, brut: Mapping[str, Any]) -> tuple[str, ...]:
    lues: list[str] = []
    for texte in textes_de(premier(brut, "considerationsSociales", "considerationSociale")):
        connue = CONSIDERATIONS.get(plier(texte))
        if connue and connue not in lues:
            lues.append(connue)
        elif not connue:
            avis.avertissements.append(f"considération sociale inconnue : « {texte[:40]} »")
    return tuple(lues)


def _appliquer_les_modifications(avis: Avis, brut: Mapping[str, Any], aujourd_hui: datetime.date) -> None:
    """Le marché d'aujourd'hui : chaque modification vaut à sa date, dans l'ordre des dates ; à venir, elle se garde."""
    lues = [_modification(avis, objet(element)) for element in liste(brut.get("modifications"))]
    for modification in sorted(lues, key=lambda lue: lue.le or datetime.date.min):
        if modification.le and modification.le > aujourd_hui:
            avis.a_venir += (modification,) if modification.change else ()
            continue
        avis.montant = modification.montant or avis.montant
        avis.duree_mois = modification.duree_mois or avis.duree_mois
        avis.titulaires = modification.titulaires or avis.titulaires


def _modification(avis: Avis, element: Mapping[str, Any]) -> Modification:
    dedans = objet(element.get("modification")) or element
    dates = ("dateNotificationModification", "dateSignatureModification", "datePublicationDonneesModification")
    return Modification(
        le=_date(avis, premier(dedans, *dates)),
        montant=_montant(avis, premier(dedans, "montant", "valeurGlobale")),
        duree_mois=_duree(avis, dedans.get("dureeMois")),
        titulaires=_titulaires(avis, dedans) if premier(dedans, "titulaires", "concessionnaires") else (),
    )
