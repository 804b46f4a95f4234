"""Lire un avis de non-remise (RFC 3464) : quelle adresse, pourquoi, pour lequel de nos courriels. Module pur."""

import email
import email.policy
import hashlib
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from typing import Any, cast

from socle.texte import nettoyer

_NOTRE_IDENTIFIANT = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rebond:
    adresse: str
    motif: str
    courriel: uuid.UUID | None


def lire_avis(octets: bytes) -> list[Rebond]:
    """Les adresses qui ne recevront jamais. Un retard, une remise réussie ou un autre message n'en donnent aucune."""
    avis = email.message_from_bytes(octets, policy=email.policy.compat32)
    courriel = _courriel_d_origine(avis)
    return [
        Rebond(adresse, motif, courriel)
        for partie in avis.walk()
        if partie.get_content_type() == "message/delivery-status" and partie.is_multipart()
        for adresse, motif in _echecs(cast(list[Message], partie.get_payload()))
    ]


def empreinte(octets: bytes) -> str:
    """Ce qui reconnaît un avis déjà lu : son Message-ID, à défaut tout son texte."""
    identifiant = email.message_from_bytes(octets, policy=email.policy.compat32).get("Message-ID", "")
    return hashlib.sha256(str(identifiant).strip().encode(errors="replace") or octets).hexdigest()


def _echecs(blocs: list[Message]) -> Iterator[tuple[str, str]]:
    """Le premier bloc décrit le serveur, les suivants une adresse chacun.

    L'action décide (RFC 3464, 2.3.3) : « failed » n'arrivera plus, même après une erreur passagère (4.x) trop longue. Un
    x.7.x accuse l'expéditeur, pas l'adresse.
    """
    for bloc in blocs:
        etat = _entete(bloc, "Status")
        adresse = _apres_le_type(_entete(bloc, "Original-Recipient") or _entete(bloc, "Final-Recipient"))
        echoue = _entete(bloc, "Action").lower() == "failed"
        if echoue and adresse and not etat.startswith("2.") and etat[1:4] != ".7.":
            diagnostic = _apres_le_type(_entete(bloc, "Diagnostic-Code"))
            yield adresse.strip("<>"), diagnostic or etat or "non remis"


def _entete(message: Message, nom: str) -> str:
    """Un en-tête en une ligne, sans rien d'invisible. Écrit en octets bruts, `email` en ferait un `Header`, non un texte."""
    return " ".join(nettoyer(str(message.get(nom, ""))).split())


def _apres_le_type(valeur: str) -> str:
    """« rfc822; paie@chantier.fr » → « paie@chantier.fr »."""
    return valeur.rpartition(";")[2].strip()


def _courriel_d_origine(avis: Any) -> uuid.UUID | None:
    for partie in avis.walk():
        if partie.get_content_type() == "text/rfc822-headers":
            origine = email.message_from_string(partie.get_payload())
        elif partie.get_content_type() == "message/rfc822" and partie.is_multipart():
            origine = partie.get_payload(0)
        else:
            continue
        if trouve := _NOTRE_IDENTIFIANT.match(_entete(origine, "Message-ID")):
            return uuid.UUID(trouve[1])
    return None
