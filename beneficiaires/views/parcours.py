"""Noter le parcours d'une personne, côté facilitateur."""

from django.urls import reverse
from django.utils import timezone

from beneficiaires import services
from beneficiaires.forms import NoteForm
from beneficiaires.models import Beneficiaire
from beneficiaires.permissions import peut_modifier_dossier
from comptes.enums import FACILITATEURS, FACILITATEURS_QUI_ECRIVENT
from socle.panneaux import panneaux_de
from socle.views import CreationView, FicheView

PAGE = "beneficiaires.parcours"


class ParcoursView(FicheView):
    """Le parcours d'une personne : ce qu'on lui a proposé, ce qu'elle devient, les notes."""

    intitule = "Le parcours d'une personne"
    acces = FACILITATEURS
    model = Beneficiaire
    template_name = "beneficiaires/parcours.html"

    def get_context_data(self, **kwargs):
        return {
            **super().get_context_data(**kwargs),
            "panneaux": panneaux_de(self.acteur, self.object, PAGE),
            "notes": list(self.object.notes_parcours.select_related("organisation")),
            "modifiable": peut_modifier_dossier(self.acteur, self.object).ok,
        }


class NoteCreationView(CreationView):
    """Ajouter une note au parcours."""

    acces = FACILITATEURS_QUI_ECRIVENT
    parent_model = Beneficiaire
    form_class = NoteForm
    titre = "Ajouter une note"
    message = "Note ajoutée."

    def get_initial(self):
        return {"jour": timezone.localdate()}

    def enregistrer(self, form):
        return services.noter_parcours(acteur=self.acteur, beneficiaire=self.parent, **form.valeurs())

    def get_success_url(self):
        return self.get_retour()

    def get_retour(self):
        return reverse("beneficiaires:parcours", args=[self.parent.uuid])
