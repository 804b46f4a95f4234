"""Chaque adresse de l'application et son nom : un courriel, un signet, un partenaire la connaissent, elle ne bouge pas en silence."""

from collections.abc import Iterator
from pathlib import Path

from django.urls import URLResolver, get_resolver

CONNUES = Path(__file__).with_name("adresses.txt")


def adresses(resolveur: URLResolver, espace: str = "", prefixe: str = "") -> Iterator[str]:
    """« espace:nom chemin » de chaque motif du résolveur."""
    for motif in resolveur.url_patterns:
        chemin = f"{prefixe}{motif.pattern}"
        if isinstance(motif, URLResolver):
            yield from adresses(motif, f"{espace}{motif.namespace}:" if motif.namespace else espace, chemin)
        else:
            yield f"{espace}{motif.name or ''} {chemin}"


def test_les_adresses_sont_celles_que_l_on_connait():
    """Une adresse neuve s'ajoute à `tests/adresses.txt` ; une adresse qui change ou disparaît se discute d'abord."""
    assert sorted(adresses(get_resolver())) == CONNUES.read_text().splitlines()
