"""Ce qu'il faut savoir d'une structure autour d'une année : son premier mois d'heures, ses objectifs, l'état de ses mois."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import (
    BooleanField,
    CharField,
    DateField,
    DecimalField,
    F,
    Field,
    IntegerField,
    Min,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast

from comptes.models import Organisation
from declarations.models import LigneHeures
from reporting.lecture.completude import Completude
from reporting.lecture.mois import MoisDeclare, completude_de, mois_declares
from reporting.models import ObjectifAnnuel
from socle.periodes import Periode

_COLONNES: dict[str, Field] = {
    "engagement": IntegerField(),
    "marche": IntegerField(),
    "mois": DateField(),
    "etat": CharField(),
    "suivi": BooleanField(),
    "valeur": DecimalField(max_digits=12, decimal_places=2),
}


@dataclass(frozen=True, slots=True)
class Cadre:
    premier_mois: datetime.date | None
    objectifs: dict[str, Decimal]
    completude: Completude


def cadre_de(structure: Organisation, annee: int, periode: Periode, le: datetime.date) -> Cadre:
    """Le premier mois qui a des heures validées, les objectifs de l'année, et les mois de la période : une requête."""
    validees = LigneHeures.objects.validees().filter(contrat__structure=structure)
    declares = mois_declares([structure], periode)
    lues = list(
        _lignes("mois", declares, **{nom: F(nom) for nom in MoisDeclare._fields})
        .union(
            _lignes("premier", validees.order_by().values("contrat__structure"), mois=Min("mois")),
            _lignes("objectif", objectifs_lus(structure, annee), etat=F("cle"), valeur=F("valeur")),
            all=True,
        )
        .order_by()
    )
    return Cadre(
        next((mois for genre, _, _, mois, *_ in lues if genre == "premier"), None),
        {cle: valeur for genre, _, _, _, cle, _, valeur in lues if genre == "objectif"},
        completude_de(periode, le, (MoisDeclare(*ligne) for genre, *ligne, _ in lues if genre == "mois")),
    )


def _lignes(genre: str, objets: QuerySet, **colonnes: Any) -> QuerySet:
    """Les mêmes colonnes pour toutes, dans le même ordre ; celles qu'un genre n'a pas sont vides."""
    lues = {nom: colonnes.get(nom) or Cast(Value(None), champ) for nom, champ in _COLONNES.items()}
    nommees = {f"lu_{nom}": expression for nom, expression in lues.items()}
    return objets.annotate(lu_genre=Value(genre), **nommees).order_by().values_list("lu_genre", *nommees)


def objectifs_lus(structure: Organisation, annee: int) -> QuerySet:
    return ObjectifAnnuel.objects.filter(structure=structure, annee=annee)
