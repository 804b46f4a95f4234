"""Lire de quoi projeter : une requête pour les faits d'autant d'engagements que l'on veut, puis le calcul pur.

`projection_de` et `projections` (une requête) servent les pages ; `alertes` (deux requêtes) la liste et « À faire ».
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import CharField, DateField, DecimalField, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils import timezone

from comptes.acteur import Acteur
from declarations.enums import StatutDeclaration
from declarations.models import Declaration
from marches.enums import Periodicite, StatutMarche
from marches.models import Avenant, Engagement, Marche, Suspension
from marches.querysets import somme_des_heures_dues
from pronostic.enums import Pronostic
from pronostic.evaluation import EngagementFini
from pronostic.projection import ContratSigne, Execution, Projection, projeter
from recrutement.models import Contrat
from socle.periodes import ajouter_mois, premier_jour
from socle.tables import Jauge

HEURES = DecimalField(max_digits=12, decimal_places=2)
EN_COURS = (StatutMarche.EXECUTION, StatutMarche.SUSPENDU)
SILENCE_TRIMESTRIEL = 4  # le trimestre, et le mois où il se déclare
ENGAGEMENT, MOIS, CONTRAT, SUSPENSION = "engagement", "mois", "contrat", "suspension"


class Fait(NamedTuple):
    """Une ligne de ce que l'on sait d'un engagement ; ses colonnes se lisent selon son genre."""

    genre: str
    engagement: int
    du: Any  # un jour ; vide pour un engagement en cours
    au: datetime.date | None
    nombre: Decimal | None
    texte: str


def lire_les_faits(**filtre) -> dict[int, list[Fait]]:
    """Dues, mois déclarés, contrats et suspensions d'engagements (`pk__in=…`, `lot__marche=…`) : une requête, une union."""
    # Le type est redit : PostgreSQL ne devine pas celui d'une colonne vide dans une union.
    sans_date, sans_nombre, sans_texte = (Cast(Value(None), champ) for champ in (DateField(), HEURES, CharField()))

    def sous(chemin: str) -> dict:
        return {f"{chemin}{cle}": valeur for cle, valeur in filtre.items()}

    engagements = Engagement.objects.filter(**filtre).order_by()
    mois = Declaration.objects.filter(**sous("engagement__")).order_by().annotate(total=Sum("lignes__heures"))
    contrats = Contrat.objects.actifs().filter(**sous("engagement__")).order_by()
    suspensions = Suspension.objects.filter(**sous("marche__lots__engagements__")).order_by()
    hebdomadaires = Cast("heures_hebdomadaires", HEURES)
    fin, archive = Coalesce("fin_reelle", "fin_prevue"), Cast(Coalesce("archive_le", "lot__archive_le"), DateField())
    fin_annoncee = Cast("fin_prevue", CharField())
    lignes = engagements.values_list(
        Value(ENGAGEMENT), "pk", archive, sans_date, Cast(somme_des_heures_dues(), HEURES), Cast("uuid", CharField())
    ).union(
        mois.values_list(Value(MOIS), "engagement", "mois", sans_date, Cast("total", HEURES), "statut"),
        contrats.values_list(Value(CONTRAT), "engagement", "debut", fin, hebdomadaires, fin_annoncee),
        suspensions.values_list(Value(SUSPENSION), "marche__lots__engagements", "du", "au", sans_nombre, sans_texte),
        all=True,
    )
    par_engagement: dict[int, list[Fait]] = defaultdict(list)
    for ligne in lignes.order_by():
        par_engagement[ligne[1]].append(Fait(*ligne))
    return par_engagement


def vers_execution(
    faits: Iterable[Fait], debut: datetime.date, fin: datetime.date, trimestrielle: bool, le: datetime.date
) -> Execution:
    """Ce que les faits d'un engagement disent un jour donné. Un mois sans déclaration où quelqu'un travaillait est attendu."""
    dues, statuts, validees, declarees = Decimal(0), {}, {}, {}
    contrats, suspensions = [], []
    for genre, _, du, au, nombre, texte in faits:
        if genre == MOIS:
            statuts[du] = texte
            if texte == StatutDeclaration.VALIDEE:
                validees[du] = nombre or Decimal(0)
            elif texte == StatutDeclaration.A_VALIDER:
                declarees[du] = nombre or Decimal(0)
        elif genre == CONTRAT:
            contrats.append(ContratSigne(du, au, nombre, datetime.date.fromisoformat(texte) if texte else None))
        elif genre == SUSPENSION:
            suspensions.append((du, au))
        else:
            dues = nombre or Decimal(0)
    silence = SILENCE_TRIMESTRIEL if trimestrielle else 2
    attendus = {mois for mois, statut in statuts.items() if statut in StatutDeclaration.chez_l_entreprise()}
    for recul in range(1, silence + 1):
        mois = ajouter_mois(premier_jour(le), -recul)
        en_poste = any(c.debut < ajouter_mois(mois, 1) and (c.fin is None or c.fin >= mois) for c in contrats)
        if mois not in statuts and en_poste:
            attendus.add(mois)
    return Execution(
        dues=dues,
        debut=debut,
        fin=fin,
        validees=validees,
        declarees=declarees,
        mois_attendus=frozenset(attendus),
        contrats=tuple(contrats),
        suspensions=tuple(suspensions),
        mois_de_silence=silence,
    )


def reunir(executions: Sequence[Execution]) -> Execution:
    """Les engagements d'un même marché vus comme un seul : mêmes dates, mêmes suspensions, heures ajoutées."""
    validees: dict[datetime.date, Decimal] = {}
    declarees: dict[datetime.date, Decimal] = {}
    for execution in executions:
        for somme, mois in ((validees, execution.validees), (declarees, execution.declarees)):
            for cle, valeur in mois.items():
                somme[cle] = somme.get(cle, Decimal(0)) + valeur
    return replace(
        executions[0],
        dues=sum((e.dues for e in executions), Decimal(0)),
        validees=validees,
        declarees=declarees,
        mois_attendus=frozenset().union(*(e.mois_attendus for e in executions)),
        contrats=tuple(contrat for e in executions for contrat in e.contrats),
    )


def se_suit(marche: Marche) -> bool:
    """La projection n'a de sens que pendant l'exécution, suspendue ou non."""
    return marche.statut in EN_COURS


def execution_de(engagement: Engagement, faits: Iterable[Fait], le: datetime.date) -> Execution:
    marche = engagement.lot.marche
    return vers_execution(faits, marche.debut, marche.fin, marche.periodicite == Periodicite.TRIMESTRIELLE, le)


def lire_l_engagement(engagement: Engagement, le: datetime.date) -> Execution | None:
    """Ce que l'on sait d'un engagement déjà lu avec son marché ; rien hors exécution ou si rien n'est dû. Une requête."""
    if not se_suit(engagement.lot.marche) or engagement.heures_dues <= 0:
        return None
    return execution_de(engagement, lire_les_faits(pk__in=[engagement.pk])[engagement.pk], le)


def projections(engagements: Sequence[Engagement], le: datetime.date | None = None) -> dict[int, Projection]:
    """Par clé, la projection d'engagements déjà lus avec leur marché (`avec_contexte`) ; rien hors exécution. Une requête."""
    le = le or timezone.localdate()
    suivis = [e for e in engagements if se_suit(e.lot.marche) and e.heures_dues > 0]
    faits = lire_les_faits(pk__in=[e.pk for e in suivis]) if suivis else {}
    return {e.pk: projeter(execution_de(e, faits[e.pk], le), le) for e in suivis}


def projection_de(engagement: Engagement, le: datetime.date | None = None) -> Projection | None:
    """La projection d'un engagement déjà lu avec son marché ; rien hors exécution ou si rien n'est dû. Une requête."""
    le = le or timezone.localdate()
    execution = lire_l_engagement(engagement, le)
    return projeter(execution, le) if execution else None


@dataclass(frozen=True, slots=True)
class Alerte:
    """Une ligne de la liste : de qui, sur quoi, et où cela finira. `dossier` : le facilitateur chargé du marché."""

    uuid: UUID
    marche: UUID
    dossier: int | None
    entreprise: str
    reference: str
    objet: str
    lot: str
    acheteur: str
    execution: Execution
    projection: Projection

    def get_absolute_url(self) -> str:
        return reverse("marches:engagement", args=[self.uuid])

    @property
    def rang(self) -> tuple:
        """Le plus pressé d'abord : le pronostic, puis le plus grand manque, puis la fin la plus proche."""
        ordre = list(Pronostic).index(self.projection.pronostic)
        return ordre, -self.projection.manque, self.projection.fin, self.reference, self.entreprise

    @property
    def jauge(self) -> Jauge:
        return Jauge(self.projection.dues, self.projection.faites, self.projection.attendues)


def engagements_suivis(acteur: Acteur) -> QuerySet:
    """Ceux de la portée de l'acteur qui doivent des heures, sur un marché en exécution ou suspendu."""
    suivis = Engagement.objects.visibles_par(acteur).annotate(total_du=somme_des_heures_dues())
    return suivis.filter(
        total_du__gt=0,
        archive_le__isnull=True,
        lot__archive_le__isnull=True,
        lot__marche__archive_le__isnull=True,
        lot__marche__statut__in=EN_COURS,
    )


COLONNES = {
    "cle": F("pk"),
    "identifiant": F("uuid"),
    "marche": F("lot__marche__uuid"),
    "dossier": F("lot__marche__facilitateur"),
    "nom": F("entreprise__raison_sociale"),
    "reference": F("lot__marche__reference"),
    "objet": F("lot__marche__objet"),
    "numero": F("lot__numero"),
    "intitule": F("lot__intitule"),
    "acheteur": F("lot__marche__maitre_ouvrage__nom"),
    "debut": F("lot__marche__debut"),
    "fin": Coalesce("lot__marche__fin_reelle", "lot__marche__fin_prevue"),
    "periodicite": F("lot__marche__periodicite"),
}


def alertes(engagements: QuerySet, le: datetime.date | None = None) -> list[Alerte]:
    """La projection de chacun de ces engagements, le plus pressé d'abord. Deux requêtes, quel que soit leur nombre."""
    le = le or timezone.localdate()
    lus = list(engagements.order_by().annotate(**COLONNES).values(*COLONNES))
    faits = lire_les_faits(pk__in=engagements.order_by().values("pk")) if lus else {}
    return sorted((_alerte(lu, faits[lu["cle"]], le) for lu in lus), key=lambda alerte: alerte.rang)


def _alerte(lu: dict, faits: Iterable[Fait], le: datetime.date) -> Alerte:
    trimestrielle = lu["periodicite"] == Periodicite.TRIMESTRIELLE
    execution = vers_execution(faits, lu["debut"], lu["fin"], trimestrielle, le)
    return Alerte(
        uuid=lu["identifiant"],
        marche=lu["marche"],
        dossier=lu["dossier"],
        entreprise=lu["nom"],
        reference=lu["reference"],
        objet=lu["objet"],
        lot=f"{lu['numero']} · {lu['intitule']}",
        acheteur=lu["acheteur"],
        execution=execution,
        projection=projeter(execution, le),
    )


def par_marche(lues: Iterable[Alerte], le: datetime.date) -> list[Alerte]:
    """Les mêmes, marché par marché : ses engagements réunis, tels que son acheteur les suit."""
    groupes: dict[UUID, list[Alerte]] = defaultdict(list)
    for alerte in lues:
        groupes[alerte.marche].append(alerte)
    reunies = []
    for siennes in groupes.values():
        execution = reunir([alerte.execution for alerte in siennes])
        reunies.append(replace(siennes[0], execution=execution, projection=projeter(execution, le)))
    return sorted(reunies, key=lambda alerte: alerte.rang)


def engagements_en_peril(acteur: Acteur, le: datetime.date | None = None) -> list[Alerte]:
    """Ceux dont même la fin la plus favorable manque les heures dues, le plus grand manque d'abord. Deux requêtes."""
    return [a for a in alertes(engagements_suivis(acteur), le) if a.projection.pronostic is Pronostic.EN_PERIL]


class MoisLu(NamedTuple):
    """Le mois d'un engagement, tel que l'union l'a lu."""

    engagement: UUID
    mois: datetime.date
    statut: str
    total: Decimal | None

    def get_absolute_url(self) -> str:
        return reverse("suivi:mois", args=[self.engagement, f"{self.mois:%Y-%m}"])


@dataclass(frozen=True, slots=True)
class MarcheLu:
    """Un marché, tous ses engagements réunis ; sans projection hors exécution ou si rien n'est dû."""

    mois: list[MoisLu]
    execution: Execution | None = None
    projection: Projection | None = None


def lire_le_marche(marche: Marche, le: datetime.date) -> MarcheLu:
    """Les mois de tous les engagements d'un marché, et la projection de leur somme. Une requête."""
    faits = lire_les_faits(lot__marche=marche)
    trimestrielle = marche.periodicite == Periodicite.TRIMESTRIELLE
    mois = [m for lus in faits.values() for m in _mois_lus(lus)]
    suivis = [
        lus for lus in faits.values() if any(f.genre == ENGAGEMENT and f.du is None for f in lus)
    ]  # archivé : daté
    executions = [vers_execution(lus, marche.debut, marche.fin, trimestrielle, le) for lus in suivis]
    if not se_suit(marche) or not sum(e.dues for e in executions):
        return MarcheLu(mois)
    execution = reunir(executions)
    return MarcheLu(mois, execution, projeter(execution, le))


def _mois_lus(faits: Iterable[Fait]) -> list[MoisLu]:
    engagement = next((fait.texte for fait in faits if fait.genre == ENGAGEMENT), "")
    return [MoisLu(UUID(engagement), f.du, f.texte, f.nombre) for f in faits if f.genre == MOIS]


def engagements_finis(structure=None, le: datetime.date | None = None) -> list[EngagementFini]:
    """Les engagements dont tout est su : marché soldé, ou fin passée. Trois requêtes, pour rejouer la projection."""
    le = le or timezone.localdate()
    fin = Coalesce("lot__marche__fin_reelle", "lot__marche__fin_prevue")
    finis = Engagement.objects.annotate(total_du=somme_des_heures_dues(), fin_retenue=fin).filter(
        Q(lot__marche__statut=StatutMarche.SOLDE) | Q(lot__marche__statut__in=EN_COURS, fin_retenue__lt=le),
        total_du__gt=0,
        archive_le__isnull=True,
    )
    if structure is not None:
        finis = finis.filter(lot__marche__structure=structure)
    lus = list(finis.order_by("pk").values_list("pk", "lot__marche__debut", "fin_retenue"))
    faits = lire_les_faits(pk__in=finis.order_by().values("pk")) if lus else {}
    notifies = Avenant.objects.filter(engagement__in=finis.order_by().values("pk"))
    avenants = defaultdict(list)
    for cle, notifie, heures in notifies.values_list("engagement", "date_notification", "heures_delta"):
        avenants[cle].append((notifie, heures))
    return [
        EngagementFini(vers_execution(faits[cle], debut, fin, False, le), tuple(avenants[cle]))
        for cle, debut, fin in lus
    ]
