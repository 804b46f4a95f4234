"""Lire où en sont les mois d'une période : une requête, quels que soient la période et le volume."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When

from comptes.models import Organisation
from declarations.enums import StatutDeclaration
from declarations.models import Declaration, Rectification
from marches.enums import StatutMarche
from marches.models import Suspension
from reporting.lecture.completude import Completude, Etat, MoisSu
from socle.periodes import Periode, ajouter_mois

# Ce qu'une entreprise n'a pas déclaré n'est attendu que d'un engagement qui court : le même partage que les relances.
_QUI_COURT = Q(
    engagement__archive_le__isnull=True,
    engagement__lot__archive_le__isnull=True,
    engagement__lot__marche__archive_le__isnull=True,
    engagement__lot__marche__statut=StatutMarche.EXECUTION,
)


class MoisDeclare(NamedTuple):
    """Le mois d'un engagement qui a une déclaration. `suivi` : entre ce mois et le suivant, aucun ne devrait manquer."""

    engagement: int
    marche: int
    mois: datetime.date
    etat: str
    suivi: bool


def lire_la_completude(structures: Sequence[Organisation], periode: Periode, le: datetime.date) -> Completude:
    lus = mois_declares(structures, periode).values_list(*MoisDeclare._fields)
    return completude_de(periode, le, (MoisDeclare(*ligne) for ligne in lus))


def mois_declares(structures: Sequence[Organisation], periode: Periode) -> QuerySet:
    """Les déclarations de la période, avec leur état ; ce qu'un engagement arrêté n'a pas déclaré n'est plus attendu."""
    rouvertes = Rectification.objects.ouvertes().filter(declaration=OuterRef("pk"))
    arrets = Suspension.objects.filter(marche=OuterRef("engagement__lot__marche"), du__lte=periode.fin)
    etat = Case(
        When(statut=StatutDeclaration.VALIDEE, then=Value(str(Etat.VALIDE))),
        When(Exists(rouvertes), statut=StatutDeclaration.A_VALIDER, then=Value(str(Etat.ROUVERT))),
        When(statut=StatutDeclaration.A_VALIDER, then=Value(str(Etat.A_VALIDER))),
        default=Value(str(Etat.ATTENDU)),
    )
    suivi = Case(When(~Exists(arrets) & _QUI_COURT, then=Value(True)), default=Value(False))
    declarations = Declaration.objects.filter(
        engagement__lot__marche__structure__in=structures,
        mois__gte=periode.debut.replace(day=1),
        mois__lte=periode.fin,
    )
    # Le nom d'une colonne n'en cache pas une autre : `engagement` reste la clé, `marche` est celui du lot.
    return (
        declarations.exclude(Q(statut__in=StatutDeclaration.chez_l_entreprise()) & ~_QUI_COURT)
        .annotate(marche=F("engagement__lot__marche_id"), etat=etat, suivi=suivi)
        .order_by()
    )


def completude_de(periode: Periode, le: datetime.date, lus: Iterable[MoisDeclare]) -> Completude:
    """Les mois déclarés, et les trous entre eux."""
    par_engagement: dict[int, list[MoisDeclare]] = defaultdict(list)
    for declare in lus:
        par_engagement[declare.engagement].append(declare)
    mois = [su for declares in par_engagement.values() for su in _avec_les_trous(declares)]
    return Completude(periode, le, tuple(mois))


def _avec_les_trous(declares: list[MoisDeclare]) -> Iterator[MoisSu]:
    precedent: MoisDeclare | None = None
    for declare in sorted(declares, key=lambda declare: declare.mois):
        if precedent is not None and declare.suivi:
            manquant = ajouter_mois(precedent.mois, 1)
            while manquant < declare.mois:
                yield MoisSu(declare.marche, manquant, Etat.MANQUANT)
                manquant = ajouter_mois(manquant, 1)
        yield MoisSu(declare.marche, declare.mois, Etat(declare.etat))
        precedent = declare
