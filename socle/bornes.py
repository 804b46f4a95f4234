"""Les bornes d'une date, par genre : ni l'an 1, ni l'an 9999, ni une note à venir.

Elles sont les mêmes pour toutes les structures : on y met ce que le métier peut vraiment porter, depuis les premières clauses
sociales. Elles ne sont pas en base : une vieille ligne absurde se lit et se corrige, elle n'arrête rien.
"""

import datetime
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils import timezone

from socle.periodes import ajouter_mois

SIECLE = 100
ANNEE_COURTE = "L'année est écrite « {:02} » : tapez cette date avec les quatre chiffres de son année."


@dataclass(frozen=True, slots=True)
class Bornes:
    """Du 1er janvier de `premiere_annee` à `annees_a_venir` ans d'ici, jours compris ; sert de validateur."""

    premiere_annee: int
    annees_a_venir: int
    message: str = ""  # la phrase de ce champ-là, si elle en dit plus
    naissance: bool = False  # une année sur deux chiffres s'y lit par l'âge qu'elle donne

    @property
    def premier(self) -> datetime.date:
        return datetime.date(self.premiere_annee, 1, 1)

    @property
    def dernier(self) -> datetime.date:
        return ajouter_mois(timezone.localdate(), 12 * self.annees_a_venir)

    def contient(self, jour: datetime.date) -> bool:
        return self.premier <= jour <= self.dernier

    def __call__(self, jour: datetime.date) -> None:
        if not self.contient(jour):
            raise ValidationError(self.message or self._phrase(jour), code="bornes")

    def _phrase(self, jour: datetime.date) -> str:
        if jour.year < SIECLE:
            return ANNEE_COURTE.format(jour.year)
        if jour < self.premier:
            return f"Cette date est trop ancienne : au plus tôt le {self.premier:%d/%m/%Y}. Vérifiez l'année."
        if self.annees_a_venir == 0:
            return "Cette date est à venir : au plus tard aujourd'hui."
        return f"Cette date est trop lointaine : au plus tard le {self.dernier:%d/%m/%Y}. Vérifiez l'année."


JOUR = Bornes(1990, 10)  # un contrat, un marché, une échéance, un mois
TERME = Bornes(1990, 40)  # une fin : celle d'une concession, d'une pièce ou d'un critère peut être lointaine
FAIT = Bornes(1990, 0)  # ce qui a déjà eu lieu : une note, un constat, une pièce vue
VIE = Bornes(1900, 10)  # depuis quand on habite là, depuis quand un critère est vrai : parfois depuis toujours
NAISSANCE = Bornes(1900, 0, naissance=True)
