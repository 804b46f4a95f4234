"""La visite guidée : quelques pages de son propre espace, une phrase à chacune. Elle ne montre que ce que l'on voit déjà.

La session garde l'étape atteinte ; rien ne s'écrit en base.
"""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from comptes.aide.guides import Etape, guide_de
from comptes.enums import Role

CLE = "visite"


@dataclass(frozen=True, slots=True)
class Arret:
    """L'étape où l'on est : sa phrase, son rang (à partir de 1), combien il y en a, l'adresse de sa page."""

    phrase: str
    rang: int
    nombre: int
    adresse: str

    @property
    def precedent(self) -> int:
        return self.rang - 1

    @property
    def suivant(self) -> int | None:
        return self.rang + 1 if self.rang < self.nombre else None


def arret(role: Role | None, rang: int) -> Arret | None:
    """L'arrêt de ce rang dans la visite de ce rôle ; rien s'il n'y en a pas."""
    etapes = _etapes(role)
    if not 1 <= rang <= len(etapes):
        return None
    etape = etapes[rang - 1]
    return Arret(etape.phrase, rang, len(etapes), reverse(etape.nom_url))


def en_cours(request: HttpRequest, role: Role | None) -> Arret | None:
    """L'arrêt que la page demandée montre : seulement si elle est la sienne."""
    ici = arret(role, request.session.get(CLE, 0))
    return ici if ici and ici.adresse == request.path else None


def _etapes(role: Role | None) -> list[Etape]:
    guide = guide_de(role)
    return guide.etapes if guide else []
