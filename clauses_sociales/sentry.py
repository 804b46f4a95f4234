"""Signaler les pannes à un Sentry, si l'exploitant en a un : où le code a cassé, jamais ce que quelqu'un avait tapé."""

from typing import Any

import sentry_sdk
from sentry_sdk.types import Event, Hint

GARDES = {"event_id", "timestamp", "platform", "level", "logger", "release", "environment", "exception", "sdk"}


def demarrer(dsn: str, version: str, **options: Any) -> None:
    sentry_sdk.init(
        dsn=dsn,
        release=version,
        include_local_variables=False,  # une variable porte un nom, une adresse, un mot de passe
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        server_name="",
        before_send=alleger,
        **options,
    )


def alleger(evenement: Event, _indice: Hint) -> Event:
    """Ce qui n'est pas le genre de l'erreur et son chemin s'en va : message, requête, personne, adresse."""
    leger: Any = {cle: valeur for cle, valeur in evenement.items() if cle in GARDES}
    for erreur in leger.get("exception", {}).get("values", []):
        erreur["value"] = ""
    return leger
