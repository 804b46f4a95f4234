"""Reconnaître un document remis à l'empreinte qu'il porte : bilan publié, attestation de fin d'opération, texte de clause.

Qui a le document en a l'empreinte : la réponse ne dit que ce qu'il porte déjà, et s'il a été remplacé depuis.
"""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass

from cloture.models import Attestation
from marches.models import Redaction
from reporting import services
from reporting.enums import StatutBilan
from reporting.models import Bilan

EMPREINTE = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Reconnu:
    """`remplace` : une version plus récente existe. `fichier` : le nom du fichier de données, s'il se vérifie sans nous."""

    genre: str
    nom: str
    etabli_par: str
    le: datetime.date | None
    remplace: bool = False
    fichier: str = ""


def lire_empreinte(saisie: str) -> str:
    """« 9F86D081 884C7D65 … », telle que l'attestation l'écrit par groupes de huit, se recopie avec ses espaces."""
    return "".join(saisie.split()).lower()


def reconnaitre(empreinte: str) -> Reconnu | None:
    if not EMPREINTE.fullmatch(empreinte):
        return None
    return next(_documents(empreinte), None)


def _documents(empreinte: str) -> Iterator[Reconnu]:
    bilans = Bilan.objects.publies().filter(empreinte=empreinte)
    for bilan in bilans.select_related("structure", "maitre_ouvrage", "operation", "marche"):
        yield _bilan(bilan)
    for attestation in Attestation.objects.filter(empreinte=empreinte):
        yield _attestation(attestation)
    for redaction in Redaction.objects.filter(empreinte=empreinte).select_related("marche__structure"):
        yield _redaction(redaction)


def _bilan(bilan: Bilan) -> Reconnu:
    return Reconnu(
        genre="un bilan publié",
        nom=f"{bilan.nom}, version {bilan.version}",
        etabli_par=bilan.nom_de_la_structure,
        le=bilan.publie_le,
        remplace=bilan.statut == StatutBilan.REMPLACE,
        fichier=services.nom_de_fichier(bilan, "json"),
    )


def _attestation(attestation: Attestation) -> Reconnu:
    return Reconnu(
        genre="une attestation de fin d'opération",
        nom=f"Attestation n° {attestation.numero}",
        etabli_par=attestation.donnees["parties"]["structure"],
        le=attestation.emise_le,
        remplace=attestation.remplacee_le is not None,
    )


def _redaction(redaction: Redaction) -> Reconnu:
    plus_recente = Redaction.objects.filter(marche=redaction.marche, cree_le__gt=redaction.cree_le)
    return Reconnu(
        genre="un texte de clause",
        nom=f"Marché {redaction.marche.reference} : {redaction.titres}",
        etabli_par=redaction.marche.structure.nom,
        le=redaction.cree_le,
        remplace=plus_recente.exists(),
    )
