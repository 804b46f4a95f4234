"""L'espace d'une entreprise, calculé sur des lignes déjà lues : l'état de ses mois, les heures de ses contrats."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, Sum
from django.urls import reverse

from declarations.enums import StatutDeclaration
from recrutement.querysets import ContratQuerySet
from socle.composants import CaseMois


def cases_de_l_entreprise(declarations: Iterable[Any]) -> list[CaseMois]:
    """Une case par mois ; le moins avancé de ses marchés en dit l'état. `total` est la somme des lignes de chacun."""
    ordre = list(StatutDeclaration)
    par_mois: dict[datetime.date, list[Any]] = {}
    for declaration in sorted(declarations, key=lambda d: (d.mois, d.pk)):
        par_mois.setdefault(declaration.mois, []).append(declaration)
    cases = []
    for mois, du_mois in par_mois.items():
        pire = min(du_mois, key=lambda d: ordre.index(StatutDeclaration(d.statut)))
        statut = StatutDeclaration(pire.statut)
        lien = "" if statut == StatutDeclaration.VALIDEE else reverse("suivi:declarer", args=[pire.uuid])
        totaux = [d.total for d in du_mois if d.total is not None]
        cases.append(CaseMois(mois, statut.label, statut.ton, sum(totaux) if totaux else None, lien))
    return cases


def avec_heures_validees(contrats: ContratQuerySet) -> ContratQuerySet:
    """Ajoute `heures_validees`, celles qui comptent."""
    validees = Q(lignes_heures__declaration__statut=StatutDeclaration.VALIDEE)
    return contrats.annotate(heures_validees=Sum("lignes_heures__heures", filter=validees))
