"""Ce que les listes d'un bilan lisent de plus : les personnes connues dans chaque quartier, les réponses aux questionnaires."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from beneficiaires.enums import StatutQuartier
from beneficiaires.models import Critere, Domicile
from beneficiaires.querysets import vrai_le
from comptes.models import Organisation
from parcours.enums import GenreQuestion
from parcours.models import Reponse
from recrutement.models import Contrat
from reporting.calcul import profils
from reporting.lecture.releve import Quartier
from socle.periodes import Periode


@dataclass(slots=True)
class ConnusDuQuartier:
    """Les clés des personnes, que l'on compte."""

    nom: str
    connus: set[int] = field(default_factory=set)
    eligibles: set[int] = field(default_factory=set)


def habitants_connus(structures: Sequence[Organisation], jour: datetime.date) -> dict[str, ConnusDuQuartier]:
    """{code: ceux dont le domicile de ce jour-là est dans le quartier}, alors connus ; une requête.

    Connus : leur dossier est ouvert, ou un contrat commencé ; un dossier repris d'un classeur s'ouvre après ses contrats.
    """
    commences = Contrat.objects.filter(beneficiaire=OuterRef("beneficiaire"), debut__lte=jour)
    criteres = Critere.objects.filter(beneficiaire=OuterRef("beneficiaire")).valides_le(jour)
    lus = (
        Domicile.objects.filter(
            vrai_le(jour),
            Q(beneficiaire__cree_le__lt=_lendemain(jour)) | Exists(commences),
            beneficiaire__structure__in=structures,
        )
        .annotate(eligible=Exists(criteres))
        .order_by("beneficiaire", F("depuis").asc(nulls_first=True), "pk")
        .values_list(
            "beneficiaire",
            "pk",
            "eligible",
            "rattachements__statut",
            "rattachements__millesime",
            "rattachements__quartier__code",
            "rattachements__quartier__nom",
        )
    )
    quartiers: dict[str, ConnusDuQuartier] = {}
    for personne, lignes in groupby(lus, key=itemgetter(0)):
        *_, (_, dernier) = ((cle, list(siennes)) for cle, siennes in groupby(lignes, key=itemgetter(1)))
        siens = {ligne[4]: Quartier(ligne[5], ligne[6]) for ligne in dernier if ligne[3] == StatutQuartier.OUI}
        if quartier := profils.quartier_en_vigueur(siens, jour):  # le domicile le plus récent l'emporte
            compte = quartiers.setdefault(quartier.code, ConnusDuQuartier(quartier.nom))
            compte.connus.add(personne)
            if dernier[0][2]:
                compte.eligibles.add(personne)
    return quartiers


def reponses(
    structure: Organisation, periode: Periode, marches: Collection[int] | None
) -> dict[tuple[str, str, str], list[tuple[int, int]]]:
    """{(à qui, question, genre): [(contrat, note)]} des questionnaires rendus dans la période, sur les marchés donnés."""
    lues = Reponse.objects.filter(
        questionnaire__contrat__structure=structure,
        questionnaire__repondu_le__gte=_minuit(periode.debut),
        questionnaire__repondu_le__lt=_lendemain(periode.fin),
        question__genre__in=[GenreQuestion.NOTE, GenreQuestion.OUI_NON],
        note__isnull=False,
    ).order_by("question__public", "question__rang", "question_id", "pk")
    if marches is not None:
        lues = lues.filter(Q(questionnaire__contrat__engagement__lot__marche__in=marches))
    notes: dict[tuple[str, str, str], list[tuple[int, int]]] = defaultdict(list)
    for public, texte, genre, contrat, note in lues.values_list(
        "question__public", "question__texte", "question__genre", "questionnaire__contrat", "note"
    ):
        notes[public, texte, genre].append((contrat, int(note or 0)))
    return dict(notes)


def _minuit(jour: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(jour, datetime.time.min))


def _lendemain(jour: datetime.date) -> datetime.datetime:
    return _minuit(jour + datetime.timedelta(days=1))
