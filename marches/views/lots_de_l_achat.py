"""Les lots d'un achat sur une page : dimensionner ceux d'un projet, attribuer ceux d'un marché."""

from django.utils import timezone

from comptes.enums import FACILITATEURS_QUI_ECRIVENT
from marches import services
from marches.forms.lots import CHAMPS_DE_L_ATTRIBUTION, CHAMPS_DU_LOT, AttributionForm, LotsPrevusForm
from marches.models import Marche, ProjetAchat
from marches.permissions import peut_etudier_projet, peut_modifier_marche
from socle.views import CreationView, EditionView


class LotsPrevusView(EditionView):
    """Les lots d'un projet : leurs montants, leurs heures, et leur somme."""

    acces = FACILITATEURS_QUI_ECRIVENT
    model = ProjetAchat
    form_class = LotsPrevusForm
    donne_l_objet = False
    template_name = "marches/lots_prevus.html"
    titre = "Dimensionner les lots"
    message = "Lots dimensionnés."

    def get_form_kwargs(self):
        projet = self.objet
        peut_etudier_projet(self.acteur, projet).exiger()
        return {**super().get_form_kwargs(), "projet": projet, "lots": projet.lots_prevus.order_by("pk")}

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "entetes": CHAMPS_DU_LOT.values()}

    def enregistrer(self, form):
        return services.dimensionner_lots(acteur=self.acteur, projet=self.objet, lots=form.lots_dits())

    def get_success_url(self):
        return f"{self.get_retour()}#calcul"


class AttributionView(CreationView):
    """Attribuer le marché : les attributaires de tous ses lots, d'un coup."""

    acces = FACILITATEURS_QUI_ECRIVENT
    parent_model = Marche
    form_class = AttributionForm
    template_name = "marches/attribution.html"
    titre = "Attribuer le marché"
    bouton = "Attribuer le marché"
    message = "Marché attribué."

    def get_form_kwargs(self):
        peut_modifier_marche(self.acteur, self.parent).exiger()
        lots = self.parent.lots.actifs().sans_attributaire().order_by("numero", "pk")
        return {**super().get_form_kwargs(), "lots": lots}

    def get_context_data(self, **kwargs):
        return {
            **super().get_context_data(**kwargs),
            "marche": self.parent,
            "entetes": CHAMPS_DE_L_ATTRIBUTION.values(),
        }

    def get_initial(self):
        return {"date_notification": self.parent.date_notification or timezone.localdate()}

    def enregistrer(self, form):
        return services.attribuer_lots(
            acteur=self.acteur,
            marche=self.parent,
            date_notification=form.cleaned_data["date_notification"],
            attributions=form.attributions(),
        )

    def get_retour(self):
        return self.parent.get_absolute_url()
