"""Les secrets de la double authentification, chiffrés en base : une sauvegarde lue ne donne aucun code.

La clé se déduit de `SECRET_KEY` : la première chiffre, celles d'avant (`SECRET_KEY_FALLBACKS`) déchiffrent encore. Un passage
rechiffre sous la première, avant qu'on retire les autres.
"""

import base64
import logging
import secrets
from functools import lru_cache

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

journal_technique = logging.getLogger(__name__)
PREFIXE = "chiffre1:"  # ce qui ne le porte pas fut gardé en clair


class SecretIllisible(ValueError):
    """Chiffré sous une clé que les réglages n'ont plus."""


def chiffrer(clair: str) -> str:
    return PREFIXE + _coffre().encrypt(clair.encode()).decode()


def dechiffrer(garde: str) -> str:
    """Le secret ; lève `SecretIllisible` si aucune des clés réglées ne l'ouvre."""
    if not garde.startswith(PREFIXE):
        return garde
    try:
        return _coffre().decrypt(garde.removeprefix(PREFIXE).encode()).decode()
    except InvalidToken as refus:
        raise SecretIllisible("Aucune clé réglée n'ouvre ce secret.") from refus


def est_sous_la_cle_du_jour(garde: str) -> bool:
    if not garde.startswith(PREFIXE):
        return False
    try:
        _cle(settings.SECRET_KEY).decrypt(garde.removeprefix(PREFIXE).encode())
    except InvalidToken:
        return False
    return True


class DoubleAuthentificationAdapter(DefaultMFAAdapter):
    """allauth chiffre et déchiffre par ici tout ce qu'il garde de secret."""

    def encrypt(self, text: str) -> str:
        return chiffrer(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Illisible, il devient un secret tiré au hasard, qu'aucun code n'ouvre : un secret vide, chacun le calculerait."""
        try:
            return dechiffrer(encrypted_text)
        except SecretIllisible:
            journal_technique.error("Un second facteur est illisible : il fut chiffré sous une autre SECRET_KEY.")
            return base64.b32encode(secrets.token_bytes(20)).decode()


def _coffre() -> MultiFernet:
    return MultiFernet([_cle(cle) for cle in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


@lru_cache(maxsize=8)
def _cle(cle_secrete: str) -> Fernet:
    derivee = HKDF(SHA256(), length=32, salt=None, info=b"clauses-sociales : double authentification")
    return Fernet(base64.urlsafe_b64encode(derivee.derive(cle_secrete.encode())))
