"""Quels mois sont attendus, de qui, et pour quand : la règle, sans rien écrire."""

import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from declarations.models import Declaration
from declarations.relances.calendrier import delai_usuel
from marches.enums import Periodicite, StatutMarche
from marches.models import Engagement, Suspension
from marches.querysets import somme_des_heures_dues
from recrutement.models import Contrat
from socle.periodes import ajouter_mois, dernier_jour, premier_jour

MOIS_RATTRAPES = 2  # un marché mis en exécution avec un peu de retard retrouve ses premiers mois
SANS_RETARD = datetime.timedelta(days=1)  # le premier passage du mois peut attendre la fin d'une maintenance


def echeance(periodicite: str, mois: datetime.date, jour: int) -> datetime.date:
    """Le dernier jour pour déclarer : `jour` du mois suivant, ou du mois qui suit la fin du trimestre (T3 : le 15 octobre)."""
    fin = mois
    if periodicite == Periodicite.TRIMESTRIELLE:
        fin = mois.replace(month=(mois.month - 1) // 3 * 3 + 3)
    return ajouter_mois(premier_jour(fin), 1).replace(day=jour)


def echeance_ouverte(periodicite: str, mois: datetime.date, jour: int, ouvert_le: datetime.date) -> datetime.date:
    """L'échéance, ou, pour un mois ouvert tard, autant de jours que d'usage à compter de son ouverture."""
    usuelle = echeance(periodicite, mois, jour)
    a_temps = ouvert_le <= usuelle.replace(day=1) + SANS_RETARD
    return usuelle if a_temps else max(usuelle, ouvert_le + delai_usuel(jour))


def mois_clos(le: datetime.date) -> list[datetime.date]:
    """Ceux qui s'ouvrent d'eux-mêmes : le mois qui vient de finir, et les deux d'avant."""
    return [ajouter_mois(premier_jour(le), -recul) for recul in range(1, MOIS_RATTRAPES + 2)]


def vont_s_ouvrir(le: datetime.date, **portee) -> bool:
    """Vrai si un mois clos est dû et que le passage de l'heure ne l'a pas encore ouvert : « rien à déclarer » serait faux."""
    return any(engagements_attendus(mois).filter(**portee).exists() for mois in mois_clos(le))


def engagements_attendus(mois: datetime.date) -> QuerySet:
    """Ceux qui s'exécutent ce mois-là et n'ont pas encore de déclaration.

    Rien d'avant le premier mois que sa structure attend, d'un marché suspendu, soldé, abandonné ou archivé, ni d'un mois entier
    de suspension ; un engagement sans heures dues n'est attendu que s'il emploie quelqu'un.
    """
    fin = dernier_jour(mois)
    contrats = Contrat.objects.actifs().pendant_le_mois(mois).filter(engagement=OuterRef("pk"))
    arrets = Suspension.objects.filter(marche=OuterRef("lot__marche"), du__lte=mois)
    en_execution = (
        Engagement.objects.actifs()
        .filter(
            lot__archive_le__isnull=True,
            lot__marche__archive_le__isnull=True,
            lot__marche__statut=StatutMarche.EXECUTION,
            lot__marche__debut__lte=fin,
        )
        .exclude(lot__marche__structure__reglages_declaration__premier_mois__gt=mois)
    )
    return (
        en_execution.annotate(
            dues=somme_des_heures_dues(),
            fin_retenue=Coalesce("lot__marche__fin_reelle", "lot__marche__fin_prevue"),
        )
        .filter(Q(dues__gt=0) | Exists(contrats), fin_retenue__gte=mois)
        .exclude(Exists(arrets.filter(Q(au__isnull=True) | Q(au__gte=fin))))
        .exclude(Exists(Declaration.objects.filter(engagement=OuterRef("pk"), mois=mois)))
        .avec_contexte()
        .order_by("lot__marche__structure", "lot__marche__reference", "pk")
    )
