"""Ce qui rapproche une personne d'une offre : des faits, des points, et la phrase qui dit chaque point.

Sans base de données. Le même calcul sert dans les deux sens ; il classe et il explique, il n'écarte personne : ce que la
règle exclut (`regles`) est dit à part, avec la règle.
"""

import datetime
from dataclasses import dataclass

from socle.nombres import nombre

POINTS_METIER = {"meme": 40, "famille": 25, "domaine": 10, "autre": 0, "inconnu": 0}
PHRASES_METIER = {
    "meme": "même métier",
    "famille": "même famille de métiers",
    "domaine": "même grand domaine de métiers",
    "autre": "cherche un autre métier",
    "inconnu": "métier recherché à renseigner",
}
PALIERS_KM = ((5, 20), (15, 15), (30, 8))
MALUS_MOBILITE, MALUS_EN_CONTRAT = -10, -20


@dataclass(frozen=True, slots=True)
class Poste:
    """Ce qu'une offre demande."""

    code_metier: str
    debut: datetime.date
    type_contrat: str
    reserve_qpv: bool
    commune: int | None
    epci: int | None
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True)
class Situation:
    """Ce qu'on sait d'une personne à la date du poste. `metier` : le plus proche de ceux qu'elle cherche."""

    metier: str
    disponible_le: datetime.date | None
    rayon_km: int | None
    commune: int | None
    epci: int | None
    distance_km: float | None
    quartier: str  # « oui », « non », « a_verifier », ou vide si aucun domicile
    a_un_critere: bool
    fin_eligibilite: datetime.date | None
    en_contrat: bool


def proximite_des_metiers(recherche: str, propose: str) -> str:
    """« meme » code ROME, « famille » (trois premiers caractères), « domaine » (la lettre), ou « autre »."""
    if recherche == propose:
        return "meme"
    if recherche[:3] == propose[:3]:
        return "famille"
    return "domaine" if recherche[:1] == propose[:1] else "autre"


def regles(situation: Situation, poste: Poste) -> list[str]:
    """Les règles qui excluent cette personne de ce poste ; aucune le plus souvent."""
    refus = []
    if not situation.a_un_critere:
        refus.append("aucun critère d'éligibilité valable à cette date")
    if situation.fin_eligibilite and situation.fin_eligibilite < poste.debut:
        refus.append(f"éligibilité terminée le {situation.fin_eligibilite:%d/%m/%Y}")
    if poste.reserve_qpv and situation.quartier == "non":
        refus.append("n'habite pas un quartier prioritaire, et l'offre leur est réservée")
    return refus


def points_et_raisons(situation: Situation, poste: Poste) -> tuple[int, list[str]]:
    """Le total et, dans l'ordre, les phrases qui l'expliquent."""
    lus = (_metier(situation), _lieu(situation, poste), _disponibilite(situation, poste), _quartier(situation, poste))
    points, raisons = sum(p for p, _ in lus), [phrase for _, phrase in lus if phrase]
    if situation.en_contrat:
        points, raisons = points + MALUS_EN_CONTRAT, [*raisons, "déjà en contrat à cette date"]
    return points, raisons


def _metier(situation: Situation) -> tuple[int, str]:
    return POINTS_METIER[situation.metier], PHRASES_METIER[situation.metier]


def _lieu(situation: Situation, poste: Poste) -> tuple[int, str]:
    if situation.distance_km is not None:
        points = next((gain for palier, gain in PALIERS_KM if situation.distance_km <= palier), 0)
        phrase = f"à {nombre(round(situation.distance_km))} km" if situation.distance_km >= 1 else "à moins de 1 km"
        if situation.rayon_km and situation.distance_km > situation.rayon_km:
            return points + MALUS_MOBILITE, f"{phrase}, au-delà des {situation.rayon_km} km qu'elle peut faire"
        return points, phrase
    if situation.commune is None or poste.commune is None:
        return 0, "distance inconnue"
    if situation.commune == poste.commune:
        return 20, "même commune"
    if situation.epci and situation.epci == poste.epci:
        return 10, "même intercommunalité"
    return 0, "autre intercommunalité"


def _disponibilite(situation: Situation, poste: Poste) -> tuple[int, str]:
    if situation.disponible_le is None:
        return 5, "disponibilité à demander"
    if situation.disponible_le <= poste.debut:
        return 20, f"disponible le {situation.disponible_le:%d/%m/%Y}"
    return 0, f"disponible après le début, le {situation.disponible_le:%d/%m/%Y}"


def _quartier(situation: Situation, poste: Poste) -> tuple[int, str]:
    if situation.quartier == "oui":
        return 10, "habite un quartier prioritaire"
    if poste.reserve_qpv:
        return 0, "quartier prioritaire à vérifier"
    return 0, ""
