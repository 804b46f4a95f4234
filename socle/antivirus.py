"""Demander à clamd si un fichier est sain, par son protocole INSTREAM. Sans `CLAMD_ADRESSE`, rien n'est demandé."""

import socket
import struct
from typing import BinaryIO

from django.conf import settings

from socle.enums import EtatAnalyse

BLOC = 64 * 1024
DELAI = 30.0  # secondes, pour chaque échange
REPONSE_MAX = 4096


class AnalyseImpossible(Exception):
    """clamd ne répond pas, ou n'a pas su lire : le fichier attend, rien n'en est dit."""


def etat_au_depot() -> str:
    """Ce qu'est un fichier à peine déposé : à analyser si un antivirus est réglé."""
    return EtatAnalyse.EN_ATTENTE if settings.CLAMD_ADRESSE else EtatAnalyse.SANS


def virus_dans(flux: BinaryIO) -> str:
    """Le nom du virus trouvé ; vide si le fichier est sain."""
    try:
        with _connexion() as prise:
            prise.sendall(b"zINSTREAM\0")
            while bloc := flux.read(BLOC):
                prise.sendall(struct.pack("!L", len(bloc)) + bloc)
            prise.sendall(struct.pack("!L", 0))
            reponse = _lire(prise)
    except OSError as erreur:
        raise AnalyseImpossible(type(erreur).__name__) from erreur
    verdict = reponse.removeprefix("stream: ")
    if verdict.endswith(" FOUND"):
        return verdict.removesuffix(" FOUND")
    if verdict != "OK":
        raise AnalyseImpossible(reponse)
    return ""


def _connexion() -> socket.socket:
    """Une adresse qui commence par « / » est celle d'une prise locale ; sinon « hôte:port »."""
    adresse = settings.CLAMD_ADRESSE
    if not adresse.startswith("/"):
        hote, _, port = adresse.rpartition(":")
        return socket.create_connection((hote, int(port)), timeout=DELAI)
    prise = socket.socket(socket.AF_UNIX)
    prise.settimeout(DELAI)
    try:
        prise.connect(adresse)
    except OSError:
        prise.close()
        raise
    return prise


def _lire(prise: socket.socket) -> str:
    reponse = b""
    while not reponse.endswith(b"\0") and len(reponse) < REPONSE_MAX:
        recu = prise.recv(REPONSE_MAX)
        if not recu:
            break
        reponse += recu
    return reponse.rstrip(b"\0\n").decode(errors="replace")
