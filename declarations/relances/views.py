"""Les gestes du facilitateur sur les relances : relancer, dire qu'on a appelé, mettre en pause."""

from typing import Any

from comptes.enums import FACILITATEURS_QUI_ECRIVENT
from declarations.models import Declaration, PauseRelances
from declarations.relances.forms import PauseEngagementForm, PauseForm
from declarations.relances.services import a_la_main as services
from entreprises.models import Entreprise
from marches.models import Engagement
from socle.intitules import intitulee
from socle.requetes import Requete
from socle.views import CreationView, verbe
from socle.views.bases import dire

RELANCEE = "Entreprise relancée."
APPELEE = "Appel noté : aucune relance ne part pendant trois jours."


@verbe(FACILITATEURS_QUI_ECRIVENT, Declaration)
@intitulee("Relancer l'entreprise depuis un mois attendu")
def relancer_le_mois(request: Requete, declaration: Declaration):
    _relancer(request, declaration.engagement.entreprise)


@verbe(FACILITATEURS_QUI_ECRIVENT, Declaration, message=APPELEE)
@intitulee("Noter un appel depuis un mois attendu")
def appel_pour_le_mois(request: Requete, declaration: Declaration):
    services.noter_appel(acteur=request.acteur, entreprise=declaration.engagement.entreprise)


@verbe(FACILITATEURS_QUI_ECRIVENT, Entreprise)
@intitulee("Relancer une entreprise depuis sa page")
def relancer_l_entreprise(request: Requete, entreprise: Entreprise):
    _relancer(request, entreprise)


def _relancer(request: Requete, entreprise: Entreprise) -> None:
    courriel = services.relancer_maintenant(acteur=request.acteur, entreprise=entreprise)
    dire(request, RELANCEE, courriel.dit_a)


@verbe(FACILITATEURS_QUI_ECRIVENT, Entreprise, message=APPELEE)
@intitulee("Noter un appel depuis la page d'une entreprise")
def appel_a_l_entreprise(request: Requete, entreprise: Entreprise):
    services.noter_appel(acteur=request.acteur, entreprise=entreprise)


class PauseEntrepriseView(CreationView):
    """Ne plus relancer une entreprise jusqu'à une date."""

    acces = FACILITATEURS_QUI_ECRIVENT
    parent_model: Any = Entreprise
    form_class: Any = PauseForm
    titre = "Mettre les relances en pause"
    bouton = "Mettre en pause"
    message = "Relances en pause."

    def enregistrer(self, form):
        services.mettre_en_pause(acteur=self.acteur, entreprise=self.parent, **form.valeurs())
        return self.parent

    def get_retour(self):
        return self.parent.get_absolute_url()


class PauseEngagementView(PauseEntrepriseView):
    """Ne plus relancer une entreprise pour un marché, ou pour tous, depuis l'un de ses engagements."""

    parent_model = Engagement
    form_class = PauseEngagementForm

    def enregistrer(self, form):
        valeurs = form.valeurs()
        services.mettre_en_pause(
            acteur=self.acteur,
            entreprise=self.parent.entreprise,
            engagement=None if valeurs.pop("portee") == PauseEngagementForm.TOUS else self.parent,
            **valeurs,
        )
        return self.parent


@verbe(FACILITATEURS_QUI_ECRIVENT, PauseRelances, message="Les relances reprennent.")
@intitulee("Reprendre les relances")
def lever_la_pause(request: Requete, pause: PauseRelances):
    services.lever_la_pause(acteur=request.acteur, pause=pause)
