"""Les engagements les plus loin sous leur rythme, lus dans le relevé déjà chargé."""

import datetime
from dataclasses import dataclass

from django.urls import reverse

from marches.avancement import heures_attendues
from marches.enums import StatutMarche
from reporting.releve import Engagement as EngagementLu
from reporting.releve import Releve
from socle.nombres import heures
from socle.tables import Jauge

RETARDS_MONTRES = 6


@dataclass(frozen=True, slots=True)
class Retard:
    """Un engagement en exécution sous son rythme : de qui, sur quoi, et sa jauge."""

    entreprise: str
    marche: str
    lien: str
    jauge: Jauge
    manque: str


def plus_en_retard(releve: Releve, le: datetime.date) -> list[Retard]:
    """Les engagements les plus loin sous l'attendu à ce jour, le plus grand manque d'heures d'abord."""
    retards = []
    for engagement in releve.engagements.values():
        marche = releve.marches[engagement.marche]
        if marche.statut != StatutMarche.EXECUTION or marche.archive:
            continue
        attendues = heures_attendues(engagement.heures_dues, marche.debut, marche.fin, le)
        if engagement.heures_realisees < min(attendues, engagement.heures_dues):
            retards.append((attendues - engagement.heures_realisees, engagement, attendues))
    retards.sort(key=lambda retard: (-retard[0], retard[1].id))
    return [_retard(releve, engagement, attendues) for _, engagement, attendues in retards[:RETARDS_MONTRES]]


def _retard(releve: Releve, engagement: EngagementLu, attendues) -> Retard:
    marche = releve.marches[engagement.marche]
    return Retard(
        entreprise=releve.entreprises[engagement.entreprise].nom,
        marche=f"{marche.reference}, {marche.objet}",
        lien=reverse("marches:engagement", args=[engagement.uuid]),
        jauge=Jauge(engagement.heures_dues, engagement.heures_realisees, attendues),
        manque=heures(attendues - engagement.heures_realisees),
    )
