"""Quand rappeler une déclaration : les paliers et leurs jours. Arithmétique de dates, sans requête."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from declarations.enums import Palier
from declarations.models import Declaration, ReglagesDeclaration
from socle.jours_ouvres import ajouter_jours_ouvres, premier_jour_ouvre

HORIZON = datetime.timedelta(days=31)  # rien ne se rappelle plus tôt avant son échéance


def delai_usuel(jour: int) -> datetime.timedelta:
    """Le temps laissé pour déclarer, du premier jour du mois à celui de l'échéance."""
    return datetime.timedelta(days=jour - 1)


def calendrier(declaration: Declaration, reglages: ReglagesDeclaration) -> dict[Palier, datetime.date]:
    """Le jour de chaque palier. L'ouverture est au premier jour ouvré du mois de l'échéance, ou du jour où le mois s'est ouvert
    s'il s'est ouvert tard ; les rappels en jours ouvrés.
    """
    echeance = declaration.echeance
    assert echeance is not None
    ouverture = min(echeance.replace(day=1), echeance - delai_usuel(reglages.jour_echeance))
    ecarts = {
        Palier.RETARD: reglages.jours_rappel,
        Palier.SECOND_CONTACT: reglages.jours_second_contact,
        Palier.ACHETEUR: reglages.jours_acheteur,
        Palier.TACHE: reglages.jours_tache,
    }
    return {
        Palier.OUVERTURE: premier_jour_ouvre(ouverture),
        Palier.ECHEANCE: premier_jour_ouvre(echeance),
        **{palier: ajouter_jours_ouvres(echeance, jours) for palier, jours in ecarts.items()},
    }


@dataclass(frozen=True, slots=True)
class Du:
    """Le palier à passer aujourd'hui, et ceux d'avant qu'il remplace (un travailleur arrêté ne rattrape pas par salves)."""

    palier: Palier
    remplaces: tuple[Palier, ...]

    @property
    def rang(self) -> int:
        return self.palier.rang


def palier_du(
    declaration: Declaration, reglages: ReglagesDeclaration, faits: Collection[str], le: datetime.date
) -> Du | None:
    """Le plus haut palier dû ce jour-là et pas encore passé ; rien si un plus haut l'est déjà."""
    dus = sorted((p for p, jour in calendrier(declaration, reglages).items() if jour <= le), key=_rang)
    if not dus or _rang(dus[-1]) <= _atteint(faits):
        return None
    *avant, palier = dus
    return Du(palier, tuple(remplace for remplace in avant if remplace not in faits))


def _rang(palier: Palier) -> int:
    return palier.rang


def _atteint(faits: Collection[str]) -> int:
    """Le rang du plus haut palier passé ; une relance à la main n'en passe aucun."""
    return max((Palier(fait).rang for fait in faits), default=Palier.MANUELLE.rang)


def prochain_rappel(
    declaration: Declaration, reglages: ReglagesDeclaration, faits: Collection[str]
) -> tuple[Palier, datetime.date] | None:
    """Le palier suivant et son jour, pour le dire à l'écran."""
    prevus, atteint = calendrier(declaration, reglages), _atteint(faits)
    suivant = min((palier for palier in prevus if palier.rang > atteint), key=_rang, default=None)
    return (suivant, prevus[suivant]) if suivant else None
