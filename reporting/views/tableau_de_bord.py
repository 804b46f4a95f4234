"""L'année en chiffres : les indicateurs d'une structure, son rythme, ses modalités, ses engagements en retard."""

import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from comptes.acteur import Acteur
from comptes.enums import FACILITATEURS
from reporting import figures
from reporting.annees import annee_demandee, annees_connues, presentation_demandee
from reporting.chiffres_cles import premier_mois
from reporting.enums import Presentation
from reporting.lecture import charger
from reporting.retards import plus_en_retard
from reporting.synthese import a_de_quoi_dire, chiffres_de
from reporting.tuiles import en_groupes
from socle.periodes import Periode
from socle.views import VueProtegee


class AnneeView(VueProtegee, TemplateView):
    """L'année en chiffres"""

    acces = FACILITATEURS
    template_name = "reporting/annee.html"

    def get_context_data(self, **kwargs):
        aujourd_hui = timezone.localdate()
        annee = annee_demandee(self.request.GET.get("annee", ""), aujourd_hui)
        presentation = presentation_demandee(self.request.GET.get("presentation", ""))
        chiffres = tableau_de_bord(self.acteur, annee, presentation, aujourd_hui)
        return {**super().get_context_data(**kwargs), **chiffres}


def tableau_de_bord(acteur: Acteur, annee: int, presentation: str, aujourd_hui: datetime.date) -> dict[str, Any]:
    """Ce que montre la page : une seule lecture porte l'année et la précédente."""
    histoire = charger(acteur.structure, Periode(datetime.date(annee - 1, 1, 1), datetime.date(annee, 12, 31)))
    releve, avant = histoire.sur(Periode.annee(annee)), histoire.sur(Periode.annee(annee - 1))
    connue = a_de_quoi_dire(avant)

    def provenance(cle: str) -> str:
        return reverse("reporting:provenance", args=[annee, cle])

    return {
        "annee": annee,
        "annees": annees_connues(premier_mois(acteur.structure), aujourd_hui),
        "en_cours": annee == aujourd_hui.year,
        "presentation": presentation,
        "presentations": Presentation,
        "a_de_quoi_dire": a_de_quoi_dire(releve),
        "groupes": en_groupes(
            chiffres_de(releve, avant if connue else None), f"en {annee - 1}", presentation, provenance
        ),
        "rythme": figures.rythme(releve, avant if connue else None),
        "modalites": figures.heures_par_modalite(releve),
        "retards": plus_en_retard(histoire, aujourd_hui) if annee == aujourd_hui.year else [],
    }
