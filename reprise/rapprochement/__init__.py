"""Confronter les lignes du classeur à ce que la structure connaît déjà : créer, laisser, modifier, ou refuser."""

from reprise.rapprochement.rapprocher import rapprocher

__all__ = ["rapprocher"]
