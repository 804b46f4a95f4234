"""Chiffrer un projet ou un lot : un scénario par formule, et le choix de celui qui est retenu."""

from functools import cached_property

from django.contrib import messages
from django.http import Http404

from comptes.enums import FACILITATEURS_QUI_ECRIVENT
from marches import services
from marches.enums import Formule
from marches.etude import reglages_de
from marches.forms.projets import ScenarioForm
from marches.models import Lot, ProjetAchat, Scenario
from socle.intitules import intitulee
from socle.requetes import Requete
from socle.views import CreationView, verbe

# Les repères du cahier des charges lu chez un bailleur du Sud : une heure pour 2 000 € au-delà du seuil.
EUROS_PAR_HEURE = 2000


class _ScenarioCreationView(CreationView):
    """Chiffrer un scénario"""

    acces = FACILITATEURS_QUI_ECRIVENT
    form_class = ScenarioForm
    bouton = "Calculer et garder ce scénario"
    message = "Scénario chiffré."

    @cached_property
    def formule(self) -> Formule:
        try:
            return Formule(self.kwargs["formule"])
        except ValueError as erreur:
            raise Http404 from erreur

    def get_titre(self):
        return f"Nouveau scénario : {self.formule.label.lower()}"

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "formule": self.formule}

    def get_initial(self):
        """Les valeurs du corps de métier et de la structure, que la personne corrige."""
        support = self.parent
        corps = support.corps_metier
        reglages = reglages_de(self.acteur.organisation)
        depart = {
            "nom": f"Scénario {support.scenarios.count() + 1}",
            "arrondi": reglages.arrondi,
            "montant": self.montant_de_depart(),
            "heures_par_etp": reglages.heures_par_etp,
            "seuil": 0,
            "euros_par_heure": EUROS_PAR_HEURE,
        }
        if corps:
            depart |= {
                "part_main_oeuvre": corps.part_main_oeuvre,
                "taux": corps.taux_insertion,
                "cout_horaire": corps.cout_horaire,
            }
        return depart

    def montant_de_depart(self):
        raise NotImplementedError

    def enregistrer(self, form):
        services.ajouter_scenario(acteur=self.acteur, support=self.parent, formule=self.formule, **form.valeurs())
        return self.parent

    def get_success_url(self):
        return f"{self.get_retour()}#calcul"


class ScenarioDuProjetView(_ScenarioCreationView):
    intitule = "Chiffrer un scénario d'un projet"
    parent_model = ProjetAchat

    def montant_de_depart(self):
        return self.parent.montant_estime_ht

    def get_retour(self):
        return self.parent.get_absolute_url()


class ScenarioDuLotView(_ScenarioCreationView):
    intitule = "Chiffrer un scénario d'un lot"
    parent_model = Lot

    def montant_de_depart(self):
        fermes = [tranche.montant_ht for tranche in self.parent.tranches.all() if tranche.compte]
        return sum(fermes) if fermes else self.parent.montant_ht

    def get_retour(self):
        return self.parent.get_absolute_url()


@verbe(FACILITATEURS_QUI_ECRIVENT, Scenario)
@intitulee("Retenir un scénario")
def retenir(request: Requete, scenario: Scenario):
    services.retenir_scenario(acteur=request.acteur, scenario=scenario)
    messages.success(request, f"« {scenario.nom} » est retenu.")


@verbe(FACILITATEURS_QUI_ECRIVENT, Scenario)
@intitulee("Retirer un scénario de la comparaison")
def retirer(request: Requete, scenario: Scenario):
    services.retirer_scenario(acteur=request.acteur, scenario=scenario)
    messages.success(request, f"« {scenario.nom} » est retiré de la comparaison.")
