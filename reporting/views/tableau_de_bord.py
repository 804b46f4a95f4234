"""L'accueil de chacun : le tableau de bord d'un facilitateur, la première page utile des autres."""

import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from comptes.acteur import Acteur
from comptes.enums import Role
from reporting import figures
from reporting.a_faire import compter, lignes_a_faire, plus_en_retard
from reporting.annees import annee_demandee, annees_connues, presentation_demandee
from reporting.enums import Presentation
from reporting.lecture import charger
from reporting.synthese import a_de_quoi_dire, chiffres_de
from reporting.tuiles import en_groupes
from socle.acces import CONNECTES, ouverte_a
from socle.periodes import Periode

PAGES = {
    Role.PRESCRIPTEUR: "recrutement:espace_prescripteur",
    Role.MAITRE_OUVRAGE: "marches:espace_acheteur",
    Role.ENTREPRISE: "suivi:espace_entreprise",
    Role.FINANCEUR: "reporting:bilans",
    Role.RESEAU: "reporting:bilans",
    Role.ADMINISTRATEUR: "comptes:organisations",
}


@ouverte_a(CONNECTES)
@require_GET
def accueil(request: HttpRequest) -> HttpResponse:
    """Accueil"""
    acteur = request.acteur
    if not acteur.est_facilitateur:
        return redirect(PAGES.get(acteur.role, "documents"))
    aujourd_hui = timezone.localdate()
    annee = annee_demandee(request.GET.get("annee", ""), aujourd_hui)
    presentation = presentation_demandee(request.GET.get("presentation", ""))
    return render(request, "reporting/tableau_de_bord.html", tableau_de_bord(acteur, annee, presentation, aujourd_hui))


def tableau_de_bord(acteur: Acteur, annee: int, presentation: str, aujourd_hui: datetime.date) -> dict[str, Any]:
    """Ce que montre le tableau de bord : une seule lecture porte l'année et la précédente."""
    histoire = charger(acteur.structure, Periode(datetime.date(annee - 1, 1, 1), datetime.date(annee, 12, 31)))
    releve, avant = histoire.sur(Periode.annee(annee)), histoire.sur(Periode.annee(annee - 1))
    connue = a_de_quoi_dire(avant)
    comptes = compter(acteur.structure, aujourd_hui)

    def provenance(cle: str) -> str:
        return reverse("reporting:provenance", args=[annee, cle])

    return {
        "annee": annee,
        "annees": annees_connues(comptes.premier_mois, aujourd_hui),
        "en_cours": annee == aujourd_hui.year,
        "presentation": presentation,
        "presentations": Presentation,
        "a_de_quoi_dire": a_de_quoi_dire(releve),
        "structure_neuve": not histoire.marches,
        "groupes": en_groupes(chiffres_de(releve, avant if connue else None), annee, presentation, provenance),
        "rythme": figures.rythme(releve, avant if connue else None),
        "modalites": figures.heures_par_modalite(releve),
        "a_faire": lignes_a_faire(acteur, comptes, aujourd_hui),
        "retards": plus_en_retard(histoire, aujourd_hui) if annee == aujourd_hui.year else [],
    }
