"""Les règles d'éligibilité de la structure : la durée, et chaque critère avec sa pièce."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.views.generic import TemplateView

from beneficiaires import services
from beneficiaires.eligibilite import reglages_d_eligibilite
from beneficiaires.enums import CodeCritere
from beneficiaires.forms import DureeEligibiliteForm, ReglageCritereForm
from beneficiaires.models import ReglageCritere, ReglagesEligibilite
from beneficiaires.services.reglages import critere_propose
from comptes.enums import FACILITATEURS, FACILITATEURS_QUI_ECRIVENT
from socle.tables import Colonne, Genre, lignes
from socle.views import ReglagesView, VueProtegee


def criteres_regles(structure) -> list[ReglageCritere]:
    """Chaque critère, tel que la structure l'a réglé ou tel que proposé (non enregistré)."""
    regles = {reglage.code: reglage for reglage in ReglageCritere.objects.filter(structure=structure)}
    return [regles.get(code) or critere_propose(structure, code) for code in CodeCritere.values]


class ReglesEligibiliteView(VueProtegee, TemplateView):
    intitule = "Règles d'éligibilité"
    acces = FACILITATEURS
    template_name = "beneficiaires/regles.html"

    def get_context_data(self, **kwargs):
        def adresse(reglage: ReglageCritere) -> str:
            return reverse("beneficiaires:regle_critere", args=[reglage.code])

        colonnes = [
            Colonne("Critère", lambda r: r.libelle, lien=adresse if self.acteur.peut_ecrire else None, principale=True),
            Colonne("Pièce à voir", lambda r: r.justificatif),
            Colonne("Validité (mois)", lambda r: r.validite_mois, Genre.NOMBRE),
            Colonne("Jusqu'au", lambda r: r.jusqu_a, Genre.DATE),
        ]
        structure = self.acteur.organisation
        return {
            **super().get_context_data(**kwargs),
            "reglages": reglages_d_eligibilite(structure),
            "colonnes": colonnes,
            "criteres": lignes(criteres_regles(structure), colonnes),
        }


class DureeEligibiliteView(ReglagesView):
    """Régler la durée d'éligibilité, et ce qui en ouvre une nouvelle."""

    acces = FACILITATEURS_QUI_ECRIVENT
    model: Any = ReglagesEligibilite
    form_class: Any = DureeEligibiliteForm
    titre = "Durée d'éligibilité"
    message = "Durée enregistrée."

    def enregistrer(self, form):
        return services.regler_duree_d_eligibilite(acteur=self.acteur, **form.valeurs())

    def get_retour(self):
        return reverse("beneficiaires:regles")


class ReglageCritereView(DureeEligibiliteView):
    """Régler un critère : son libellé, sa pièce, sa validité."""

    model = ReglageCritere
    form_class = ReglageCritereForm
    titre = "Régler un critère"
    message = "Critère réglé."

    def dispatch(self, request, *args, **kwargs):
        if kwargs["code"] not in CodeCritere.values:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def lire_objet(self):
        code = self.kwargs["code"]
        reglage = ReglageCritere.objects.visibles_par(self.acteur).filter(code=code).first()
        return reglage or critere_propose(self.acteur.organisation, code)

    def enregistrer(self, form):
        return services.regler_critere(acteur=self.acteur, code=self.kwargs["code"], **form.valeurs())
