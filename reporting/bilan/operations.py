"""Où en est la charte d'une opération, lu pour sa page : trois requêtes, et la règle du bilan."""

import datetime
from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Sum

from beneficiaires.models import Domicile
from declarations.models import LigneHeures
from marches.models import Operation
from reporting.calcul import profils
from reporting.calcul.charte import Avancement, HeuresDeContrat, Regle, avancement
from reporting.lecture import releve as brut
from reporting.lecture.lignes import domiciles_lus


def regle_de(operation: Operation) -> Regle:
    return regles_de([operation])[operation.pk]


def regles_de(operations: Sequence[Operation]) -> dict[int, Regle]:
    """Ce que compte la charte de chacune : une requête, qui laisse les contours."""
    choisis = Operation.quartiers.through.objects.filter(operation__in=operations)
    quartiers: dict[int, dict[str, str]] = defaultdict(dict)
    for operation, code, nom in choisis.order_by("quartierprioritaire__nom", "quartierprioritaire__code").values_list(
        "operation", "quartierprioritaire__code", "quartierprioritaire__nom"
    ):
        quartiers[operation][code] = nom
    return {une.pk: Regle(une.est_reservee_aux_habitants, quartiers[une.pk]) for une in operations}


def operations_visees(histoire: brut.Releve) -> list[tuple[Operation, Regle]]:
    """Celles de ces marchés qui ont un objectif chiffré, et ce que compte leur charte."""
    siennes = {marche.operation for marche in histoire.marches.values() if marche.operation is not None}
    toutes = Operation.objects.filter(pk__in=siennes).order_by("nom_plie", "pk")
    visees = [operation for operation in toutes if operation.heures_visees is not None]
    regles = regles_de(visees)
    return [(operation, regles[operation.pk]) for operation in visees]


def avancement_de(operation: Operation, le: datetime.date, regle: Regle) -> Avancement:
    """Depuis le début de l'opération, jusqu'au mois de ce jour-là."""
    validees = LigneHeures.objects.validees().filter(
        contrat__engagement__lot__marche__operation=operation, mois__lte=le
    )
    par_contrat = (
        validees.order_by()
        .values("contrat", "contrat__beneficiaire", "contrat__debut")
        .annotate(total=Sum("heures"))
        .values_list("contrat__beneficiaire", "contrat__debut", "total")
    )
    habitees = _domiciles(validees)
    return avancement(
        (
            HeuresDeContrat(personne, heures, profils.quartier_des_domiciles(habitees[personne], debut))
            for personne, debut, heures in par_contrat
        ),
        regle,
    )


def _domiciles(validees) -> dict[int, list[brut.Domicile]]:
    """Les domiciles de chaque personne qui a des heures dans l'opération."""
    lus = (
        Domicile.objects.filter(beneficiaire__in=validees.order_by().values("contrat__beneficiaire"))
        .order_by("beneficiaire", "pk", "rattachements__millesime")
        .values_list(
            "beneficiaire",
            "pk",
            "depuis",
            "jusqu_a",
            "commune__nom",
            "rattachements__statut",
            "rattachements__millesime",
            "rattachements__quartier__code",
            "rattachements__quartier__nom",
        )
    )
    par_personne = defaultdict(list)
    for personne, *domicile in lus:
        par_personne[personne].append(tuple(domicile))
    return defaultdict(list, {cle: list(domiciles_lus(lignes)) for cle, lignes in par_personne.items()})
