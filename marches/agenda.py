"""L'agenda : étapes des achats, suites datées, fins de marché."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models.functions import Coalesce

from comptes.acteur import Acteur
from marches.enums import StatutMarche
from marches.models import Jalon, Marche, Note
from marches.views.suivi_achat import adresse_du_suivi


@dataclass(frozen=True, slots=True)
class Evenement:
    """Une échéance d'une journée. `uid` ne change pas d'une lecture à l'autre ; aucun nom de bénéficiaire n'y entre."""

    uid: str
    jour: datetime.date
    titre: str
    detail: str = ""
    lien: str = ""
    fait: bool = False
    est_une_tache: bool = True


def agenda_de(acteur: Acteur, debut: datetime.date, fin: datetime.date) -> list[Evenement]:
    """Les événements d'un acteur entre deux jours compris, dans l'ordre."""
    trouves = [evenement for lire in (etapes, suites, fins_de_marche) for evenement in lire(acteur, debut, fin)]
    return sorted(trouves, key=lambda e: (e.jour, e.titre, e.uid))


def etapes(acteur: Acteur, debut: datetime.date, fin: datetime.date) -> Iterator[Evenement]:
    jalons = (
        Jalon.objects.visibles_par(acteur)
        .des_achats_en_cours()
        .filter(echeance__range=(debut, fin))
        .select_related("projet", "marche")
    )
    for jalon in jalons:
        yield Evenement(
            uid=f"jalon-{jalon.uuid}",
            jour=jalon.echeance,
            titre=jalon.get_code_display(),
            detail=str(jalon.support),
            lien=adresse_du_suivi(jalon.support),
            fait=jalon.fait_le is not None or jalon.est_acquise,
        )


def suites(acteur: Acteur, debut: datetime.date, fin: datetime.date) -> Iterator[Evenement]:
    """Les suites datées. Le texte de la note reste dans l'application : un agenda se partage plus qu'on ne croit."""
    notes = (
        Note.objects.visibles_par(acteur)
        .des_achats_en_cours()
        .filter(echeance__range=(debut, fin))
        .select_related("projet", "marche")
    )
    for note in notes:
        yield Evenement(
            uid=f"note-{note.uuid}",
            jour=note.echeance,
            titre=f"Suite à faire par : {note.get_responsable_display().lower()}",
            detail=str(note.support),
            lien=adresse_du_suivi(note.support),
            fait=note.fait_le is not None,
        )


def fins_de_marche(acteur: Acteur, debut: datetime.date, fin: datetime.date) -> Iterator[Evenement]:
    marches = (
        Marche.objects.visibles_par(acteur)
        .actifs()
        .filter(statut__in=StatutMarche.ouverts_aux_contrats())
        .annotate(fin_retenue=Coalesce("fin_reelle", "fin_prevue"))
        .filter(fin_retenue__range=(debut, fin))
    )
    for marche in marches:
        yield Evenement(
            uid=f"fin-{marche.uuid}",
            jour=marche.fin,
            titre="Fin du marché",
            detail=str(marche),
            lien=marche.get_absolute_url(),
            est_une_tache=False,
        )
