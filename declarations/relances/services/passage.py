"""Relancer les entreprises qui n'ont pas déclaré : un courriel par entreprise et par jour, chaque palier une seule fois."""

import datetime
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import batched

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from comptes.models import Organisation
from declarations.enums import IssueRelance
from declarations.models import Appel, Declaration, PauseRelances, ReglagesDeclaration, Relance
from declarations.querysets import SILENCE
from declarations.relances.calendrier import HORIZON, palier_du
from declarations.relances.services.envois import Cle, Envoi, adresser, ecrire_les_relances
from entreprises.models import FicheEntreprise
from marches.models import Note
from socle.jours_ouvres import est_ouvre
from socle.models import Courriel
from socle.services.lots import isoler, travail

PAQUET = 100  # entreprises par transaction : assez pour que l'écriture soit rapide, assez peu pour ne bloquer personne


def preparer_relances(le: datetime.date) -> list[Envoi]:
    """Ce qui partirait ce jour-là, entreprise par entreprise ; rien un jour non ouvré."""
    return [
        envoi
        for structure in _structures_qui_attendent(le)
        for paquet in _paquets_dus(structure, le)
        for envoi in paquet
    ]


def _structures_qui_attendent(le: datetime.date) -> QuerySet[Organisation]:
    """Celles qui ont allumé leurs relances et qu'un mois non déclaré peut faire écrire ; aucune un jour non ouvré."""
    if not est_ouvre(le):
        return Organisation.objects.none()
    attendues = Declaration.objects.a_relancer().filter(echeance__lte=le + HORIZON)
    en_attente = Organisation.objects.filter(pk__in=attendues.order_by().values("engagement__lot__marche__structure"))
    return en_attente.filter(reglages_declaration__relances=True).order_by("pk")


def _paquets_dus(structure: Organisation, le: datetime.date) -> Iterator[list[Envoi]]:
    """Les envois dus d'une structure, par paquets d'entreprises : la base dit d'abord ce qui est dû, et cela seul est lu."""
    reglage = ReglagesDeclaration.objects.filter(structure=structure).first() or ReglagesDeclaration()
    if not reglage.relances:
        return
    dues = _dues(structure, reglage, le)
    entreprises = dues.order_by("engagement__entreprise").values_list("engagement__entreprise", flat=True).distinct()
    arretees: set[Cle | int] | None = None
    for paquet in batched(entreprises, PAQUET):
        arretees = _arretees(structure, le) if arretees is None else arretees
        yield _envois(dues.filter(engagement__entreprise__in=paquet), reglage, arretees, le)


def _dues(structure: Organisation, reglage: ReglagesDeclaration, le: datetime.date) -> QuerySet[Declaration]:
    """Celles dont un palier est dû ce jour-là et pas encore passé. Quelques échéances suffisent à le dire de toutes."""
    attendues = _en_attente(structure, le)
    passe_au_moins = Relance.objects.filter(declaration=OuterRef("pk"))
    condition = Q(pk__in=())
    for echeance in attendues.order_by().values_list("echeance", flat=True).distinct():
        if du := palier_du(Declaration(echeance=echeance), reglage, (), le):
            condition |= Q(Q(echeance=echeance), ~Exists(passe_au_moins.filter(rang__gte=du.rang)))
    return attendues.filter(condition)


def _envois(dues: QuerySet[Declaration], reglage: ReglagesDeclaration, arretees: Collection, le: datetime.date):
    envois: dict[Cle, Envoi] = {}
    for declaration in avec_de_quoi_ecrire(dues):
        engagement = declaration.engagement
        cle = (engagement.lot.marche.structure_id, engagement.entreprise_id)
        if cle in arretees or engagement.pk in arretees:
            continue
        faits = [relance.palier for relance in declaration.relances.all()]
        if du := palier_du(declaration, reglage, faits, le):
            envois.setdefault(cle, Envoi(FicheEntreprise())).declarations.append((declaration, du))
    adresser(envois)
    return [envoi for envoi in envois.values() if envoi.fiche.pk]


def _en_attente(structure: Organisation, le: datetime.date) -> QuerySet[Declaration]:
    """Attendues, sur des marchés toujours en exécution, sans échange noté depuis trois jours."""
    recentes = Note.objects.filter(marche__isnull=False, cree_le__date__gt=le - SILENCE, cree_le__date__lte=le)
    parlees = recentes.order_by().values("marche")
    attendues = Declaration.objects.a_relancer().filter(
        engagement__lot__marche__structure=structure, echeance__lte=le + HORIZON
    )
    return attendues.exclude(engagement__lot__marche__in=parlees)


def avec_de_quoi_ecrire(declarations) -> Iterable[Declaration]:
    contexte = declarations.avec_contexte().select_related(
        "engagement__correspondant", "engagement__lot__marche__facilitateur", "engagement__lot__marche__maitre_ouvrage"
    )
    return contexte.prefetch_related("relances").order_by("mois", "pk")


def _arretees(structure: Organisation, le: datetime.date) -> set[Cle | int]:
    """Ce qu'on ne relance pas ce jour-là : entreprises appelées, en pause ou déjà relancées ; engagements en pause (leur clé)."""
    appelees = Appel.objects.recents(le).filter(fiche__structure=structure)
    arretees: set[Cle | int] = {*appelees.order_by().values_list("fiche__structure", "fiche__entreprise")}
    arretees.update(_deja_relancees(le).filter(declaration__engagement__lot__marche__structure=structure))
    pauses = PauseRelances.objects.en_cours(le).filter(fiche__structure=structure)
    for entreprise, engagement in pauses.values_list("fiche__entreprise", "engagement"):
        arretees.add(engagement or (structure.pk, entreprise))
    return arretees


def _deja_relancees(le: datetime.date) -> QuerySet:
    parties = Relance.objects.parties(le).order_by()
    return parties.values_list("declaration__engagement__lot__marche__structure", "declaration__engagement__entreprise")


@travail("Entreprises à relancer")
def relancer(le: datetime.date | None = None) -> list[Envoi]:
    """Passe les paliers dus. Relancé deux fois, ou à deux, ou tué en route, rien ne part deux fois."""
    return list(_relancees(le or timezone.localdate()))


@travail("Entreprises à relancer")
def passer_les_relances(le: datetime.date | None = None) -> int:
    """Le même passage, sans rien garder de ce qui part. Rend combien d'entreprises."""
    return sum(1 for _ in _relancees(le or timezone.localdate()))


def _relancees(le: datetime.date) -> Iterator[Envoi]:
    for structure in _structures_qui_attendent(le).iterator():
        with isoler(structure):
            for paquet in _paquets_dus(structure, le):
                yield from _passer_le_paquet(paquet, le)


def _passer_le_paquet(paquet: Sequence[Envoi], le: datetime.date) -> list[Envoi]:
    """Une entreprise dont l'écriture échoue n'arrête pas les autres : le paquet est repris une à une."""
    try:
        return _passer(paquet, le)
    except (OperationalError, InterfaceError):
        raise  # la base est partie : le prochain passage reprendra où l'on en est
    except Exception:
        return [passee for envoi in paquet for passee in _passer_seule(envoi, le)]


def _passer_seule(envoi: Envoi, le: datetime.date) -> list[Envoi]:
    passees: list[Envoi] = []
    with isoler(envoi.fiche):
        passees = _passer([envoi], le)
    return passees


@transaction.atomic
def _passer(paquet: Sequence[Envoi], le: datetime.date) -> list[Envoi]:
    """Les fiches servent de verrous ; ce qu'un autre vient de passer, ou que l'entreprise vient de déclarer, sort de l'envoi."""
    libres = verrouiller([envoi.fiche.pk for envoi in paquet])
    paquet = [envoi for envoi in paquet if envoi.fiche.pk in libres]
    cles = [declaration.pk for envoi in paquet for declaration, _ in envoi.declarations]
    deja = set(Relance.objects.filter(declaration__in=cles).order_by().values_list("declaration", "palier"))
    restants = _encore_dus(paquet, cles, deja, le)
    courriels = ecrire_les_relances([envoi for envoi in restants if envoi.issue == IssueRelance.ENVOYEE], le)
    Relance.objects.bulk_create(
        relance for envoi in restants for relance in _paliers_passes(envoi, courriels.get(envoi.fiche.pk), deja, le)
    )
    return restants


def verrouiller(fiches: Sequence[int]) -> set[int]:
    """Celles que personne d'autre ne tient : un autre passage, ou un facilitateur, s'occupe des autres en ce moment même."""
    libres = FicheEntreprise.objects.select_for_update(skip_locked=True).filter(pk__in=fiches)
    return set(libres.order_by("pk").values_list("pk", flat=True))


def _encore_dus(paquet: Sequence[Envoi], cles: list[int], deja: Collection, le: datetime.date) -> list[Envoi]:
    encore = set(Declaration.objects.a_relancer().filter(pk__in=cles).order_by().values_list("pk", flat=True))
    relancees = set(
        _deja_relancees(le).filter(
            declaration__engagement__lot__marche__structure__in={envoi.fiche.structure_id for envoi in paquet},
            declaration__engagement__entreprise__in={envoi.fiche.entreprise_id for envoi in paquet},
        )
    )
    restants = []
    for envoi in paquet:
        envoi.declarations = [
            (declaration, du)
            for declaration, du in envoi.declarations
            if declaration.pk in encore and (declaration.pk, du.palier) not in deja
        ]
        if envoi.declarations and (envoi.fiche.structure_id, envoi.fiche.entreprise_id) not in relancees:
            restants.append(envoi)
    return restants


def _paliers_passes(envoi: Envoi, courriel: Courriel | None, deja: Collection, le: datetime.date) -> Iterable[Relance]:
    for declaration, du in envoi.declarations:
        for palier in du.remplaces:
            if (declaration.pk, palier) not in deja:
                yield Relance(declaration=declaration, palier=palier, jour=le, issue=IssueRelance.REMPLACEE)
        issue = envoi.issue_de(du.palier)
        yield Relance(
            declaration=declaration,
            palier=du.palier,
            jour=le,
            issue=issue,
            courriel=courriel if issue == IssueRelance.ENVOYEE else None,
        )
