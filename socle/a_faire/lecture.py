"""Lire les sources ensemble : une union qui les compte toutes par moment, puis une union des seules lignes à montrer.

Le coût ne dépend ni du nombre de sources, ni du volume : la seconde union ne lit que les plus pressées de celles qui ont
quelque chose, et ce qui coûte (un nombre de personnes, une somme d'heures) ne se calcule que pour elles.
"""

import datetime
from dataclasses import dataclass

from django.db.models import Count, DateField, F, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.db.models.lookups import LessThanOrEqual

from socle.a_faire.forme import FORME, colonnes_de, typee
from socle.a_faire.registre import Attente, Calculee, Source, champs_de
from socle.composants import LigneAFaire
from socle.enums import Moment

UNE_SEMAINE = datetime.timedelta(days=7)
Comptes = dict[Source, dict[Moment, int]]


@dataclass(frozen=True, slots=True)
class Trouvee:
    """Une ligne et sa place."""

    source: Source
    moment: Moment
    jour: datetime.date | None
    ligne: LigneAFaire


def compter(attentes: dict[Source, Attente], le: datetime.date) -> Comptes:
    """Combien chaque source a d'objets à chaque moment ; les sources vides n'y sont pas."""
    branches = [_compte(rang, attente, le) for rang, attente in enumerate(attentes.values())]
    sources = list(attentes)
    comptes: Comptes = {}
    for compte in _union(branches):
        rang, aujourd_hui, sous_huit_jours, total = compte.values()
        nombres = (aujourd_hui, sous_huit_jours - aujourd_hui, total - sous_huit_jours)
        if total:
            comptes[sources[rang]] = {moment: n for moment, n in zip(Moment, nombres, strict=True) if n}
    return comptes


def lire(
    acteur, attentes: dict[Source, Attente], comptes: Comptes, montrees: dict[Source, int], le: datetime.date
) -> list[Trouvee]:
    """Les lignes les plus pressées : au plus `montrees[source]` à chaque moment où la source a quelque chose."""
    places = [(source, moment) for source in attentes for moment in comptes.get(source, {}) if montrees.get(source, 0)]
    branches = [
        _lignes(rang, attentes[source], moment, montrees[source], le) for rang, (source, moment) in enumerate(places)
    ]
    champs = {source: champs_de(attentes[source].ligne) for source, _ in places}
    trouvees = []
    for rang, cle, jour, *valeurs in _union(branches):
        source, moment = places[rang]
        attente, lues = attentes[source], dict(zip(FORME, valeurs, strict=True))
        lue = attente.ligne(source, le, cle, **_typees(champs[source], lues))
        trouvees.append(Trouvee(source, moment, jour, attente.ecrire(acteur, lue)))
    return trouvees


def _typees(champs: dict[str, type], valeurs: dict) -> dict:
    """Ce que l'union a lu, rendu aux champs de la ligne typée."""
    return {nom: typee(champs[nom], valeurs[colonne]) for nom, colonne in colonnes_de(champs).items()}


def ranger(
    source: Source, calculees: list[Calculee], montrees: int, le: datetime.date
) -> tuple[dict[Moment, int], list[Trouvee]]:
    """Le compte d'une source calculée à chaque moment, et ses premières lignes."""
    comptes: dict[Moment, int] = {}
    trouvees = []
    for calculee in calculees:
        moment = Moment.de(calculee.jour, le, UNE_SEMAINE)
        comptes[moment] = comptes.get(moment, 0) + 1
        if comptes[moment] <= montrees:
            trouvees.append(Trouvee(source, moment, calculee.jour, calculee.ecrire()))
    return comptes, trouvees


def _union(branches: list[QuerySet]) -> QuerySet | list:
    if not branches:
        return []
    premiere, *autres = branches
    return premiere.union(*autres, all=True).order_by() if autres else premiere


def _dates(attente: Attente) -> QuerySet:
    """Les objets avec leur échéance, `af_jour`."""
    return attente.objets.order_by().annotate(af_jour=_colonne(attente.jour, DateField()))


def _a_ce_moment(moment: Moment, le: datetime.date) -> Q:
    semaine = le + UNE_SEMAINE
    return {
        Moment.AUJOURD_HUI: Q(af_jour__lte=le),
        Moment.SEMAINE: Q(af_jour__gt=le, af_jour__lte=semaine),
        Moment.PLUS_TARD: Q(af_jour__gt=semaine) | Q(af_jour__isnull=True),
    }[moment]


def _compte(rang: int, attente: Attente, le: datetime.date) -> QuerySet:
    """Trois comptes qui s'emboîtent : chaque mention de l'échéance se paie, une sous-requête parfois."""
    jour = Value(None, output_field=DateField()) if attente.jour is None else _expression(attente.jour)
    return (
        attente.objets.order_by()
        .values(af_rang=Value(rang))
        .annotate(
            af_aujourd_hui=Count("pk", filter=LessThanOrEqual(jour, le)),
            af_sous_huit_jours=Count("pk", filter=LessThanOrEqual(jour, le + UNE_SEMAINE)),
            af_total=Count("pk"),
        )
    )


def _lignes(rang: int, attente: Attente, moment: Moment, nombre: int, le: datetime.date) -> QuerySet:
    # SQLite ne borne pas une branche d'union : les clés se choisissent dans une sous-requête.
    choisies = _dates(attente).filter(_a_ce_moment(moment, le)).order_by("af_jour", "pk").values("pk")[:nombre]
    lus = {colonne: attente.lit[nom] for nom, colonne in colonnes_de(champs_de(attente.ligne)).items()}
    # La première branche donne leur type aux colonnes de l'union : ailleurs, ce qui n'est pas lu est un simple NULL.
    absent = _colonne if rang == 0 else _rien
    colonnes = {
        f"af_{colonne}": _colonne(lus[colonne], champ) if lus.get(colonne) is not None else absent(None, champ)
        for colonne, champ in FORME.items()
    }
    objets = _dates(attente).filter(pk__in=choisies).annotate(af_rang=Value(rang), **colonnes)
    return objets.values_list("af_rang", "uuid", "af_jour", *colonnes)


def _colonne(valeur, champ) -> Cast:
    return Cast(Value(None) if valeur is None else _expression(valeur), champ)


def _rien(valeur: None, champ) -> Value:
    return Value(valeur, output_field=champ)


def _expression(valeur):
    return F(valeur) if isinstance(valeur, str) else valeur
