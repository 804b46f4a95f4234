"""La fin d'un engagement : où l'on en est, ce qui manque, et ce qui se fait avant une pénalité."""

from functools import cached_property

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse

from cloture.carences.forms import CarenceForm, MiseEnDemeureForm
from cloture.carences.services import (
    annuler_carence,
    constater_carence,
    mettre_en_demeure,
    remettre_la_mise_en_demeure,
)
from cloture.forms import aujourd_hui
from cloture.lettres.forms import RemiseForm
from cloture.models import Carence, MiseEnDemeure
from comptes.enums import FACILITATEURS_QUI_ECRIVENT
from marches.models import Engagement
from socle.acces import exiger_acces
from socle.intitules import intitulee
from socle.nombres import jour
from socle.requetes import Requete
from socle.views import CreationView, verbe
from socle.views.bases import objet_ou_404


class _DeLEngagementView(CreationView):
    """Base : ce qui s'enregistre sur la fin d'un engagement, puis sa page."""

    acces = FACILITATEURS_QUI_ECRIVENT
    parent_model = Engagement

    def get_initial(self):
        return aujourd_hui()

    def get_success_url(self):
        return self.get_retour()

    def get_retour(self):
        return reverse("suivi:fin", args=[self.parent.uuid])


class MiseEnDemeureView(_DeLEngagementView):
    """Enregistrer une mise en demeure et préparer sa lettre."""

    form_class = MiseEnDemeureForm
    titre = "Mettre en demeure"
    bouton = "Enregistrer et préparer la lettre"
    message = "Mise en demeure enregistrée : sa lettre se prépare. Envoyez-la en recommandé, puis datez sa réception."

    def enregistrer(self, form):
        return mettre_en_demeure(acteur=self.acteur, engagement=self.parent, **form.cleaned_data)


class RemiseMiseEnDemeureView(CreationView):
    """Dire comment et quand une mise en demeure est parvenue à l'entreprise."""

    acces = FACILITATEURS_QUI_ECRIVENT
    parent_model = MiseEnDemeure
    form_class = RemiseForm
    titre = "Dater la réception de la mise en demeure"
    bouton = "Enregistrer la réception"
    message = "Réception enregistrée : les jours de retard courent de ce jour."

    def dispatch(self, request, *args, **kwargs):
        exiger_acces(request, self.acces)
        if self.parent.remise_le:
            messages.info(request, f"Sa réception est déjà datée : le {jour(self.parent.remise_le)}.")
            return redirect(self.get_retour())
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def parent(self) -> MiseEnDemeure:
        visibles = MiseEnDemeure.objects.visibles_par(self.acteur).select_related("engagement")
        return objet_ou_404(MiseEnDemeure, self.acteur, self.kwargs["uuid"], visibles)

    def get_initial(self):
        return aujourd_hui()

    def enregistrer(self, form):
        return remettre_la_mise_en_demeure(acteur=self.acteur, mise_en_demeure=self.parent, **form.cleaned_data)

    def get_success_url(self):
        return self.get_retour()

    def get_retour(self):
        return self.parent.get_absolute_url()


class CarenceView(_DeLEngagementView):
    """Constater qu'aucun candidat n'a pu être présenté."""

    form_class = CarenceForm
    titre = "Constater une carence de candidats"
    bouton = "Enregistrer le constat"
    message = "Carence constatée."

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "engagement": self.parent}

    def enregistrer(self, form):
        return constater_carence(acteur=self.acteur, engagement=self.parent, **form.valeurs())


@verbe(FACILITATEURS_QUI_ECRIVENT, Carence)
@intitulee("Annuler un constat de carence")
def annuler(request: Requete, carence: Carence):
    annuler_carence(acteur=request.acteur, carence=carence)
    messages.success(request, "Constat annulé : ses heures comptent de nouveau dans les pénalités à venir.")
