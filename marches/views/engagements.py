"""Les écrans d'un engagement : ses heures dues, ses avenants."""

from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from comptes.enums import FACILITATEURS, FACILITATEURS_QUI_ECRIVENT, Role
from marches import services
from marches.enums import Assiette, RoleEngagement
from marches.forms.marches import AnnulationForm, AvenantForm, EngagementForm
from marches.models import Avenant, Engagement, Lot
from marches.permissions import peut_modifier_avenant, peut_modifier_lot
from marches.views.marches import jauge_marche
from socle.annulation import dire_l_archivage
from socle.intitules import intitulee
from socle.requetes import Requete
from socle.views import CreationView, EditionView, FicheView, GesteView, verbe


class EngagementFicheView(FicheView):
    """La page d'un engagement ; l'entreprise a la sienne."""

    intitule = "La page d'un engagement"
    acces = FACILITATEURS | {Role.ENTREPRISE}
    model = Engagement
    template_name = "marches/engagement.html"

    def get(self, request, *args, **kwargs):
        if self.acteur.role == Role.ENTREPRISE:
            return redirect("marches:mon_engagement", self.get_object().uuid)
        return super().get(request, *args, **kwargs)

    def get_queryset(self):
        return super().get_queryset().avec_contexte().select_related("correspondant", "tuteur")

    def get_context_data(self, **kwargs):
        engagement = self.object
        marche = engagement.lot.marche
        return {
            **super().get_context_data(**kwargs),
            "marche": marche,
            "role": RoleEngagement(engagement.role).label,
            "surtitre": f"Marché {marche.reference}, {engagement.lot}",
            "titre": engagement.entreprise.raison_sociale,
            "jauge": jauge_marche(marche, engagement.heures_dues, engagement.heures_realisees),
            "avenants": [
                {"avenant": avenant, "modifiable": peut_modifier_avenant(self.acteur, avenant, timezone.localdate()).ok}
                for avenant in engagement.avenants.select_related("engagement__lot__marche")
            ],
            "modifiable": peut_modifier_lot(self.acteur, engagement.lot).ok,
        }


class EngagementCreationView(CreationView):
    acces = FACILITATEURS_QUI_ECRIVENT
    parent_model = Lot
    form_class = EngagementForm
    titre = "Engager une entreprise"
    bouton = "Engager l'entreprise"
    message = "Entreprise engagée."

    def get_initial(self):
        lot = self.parent
        if lot.engagements.actifs().filter(role=RoleEngagement.ATTRIBUTAIRE).exists():
            return {"role": RoleEngagement.COTRAITANT}
        heures = lot.heures_contractuelles if lot.assiette == Assiette.CONTRAT else 0
        return {"role": RoleEngagement.ATTRIBUTAIRE, "heures_initiales": heures}

    def enregistrer(self, form):
        services.engager_entreprise(acteur=self.acteur, lot=self.parent, **form.valeurs())
        return self.parent.marche

    def get_retour(self):
        return self.parent.marche.get_absolute_url()


class EngagementEditionView(EditionView):
    acces = FACILITATEURS_QUI_ECRIVENT
    model = Engagement
    form_class = EngagementForm
    titre = "Modifier l'engagement"
    message = "Engagement modifié."

    def get_queryset(self):
        return super().get_queryset().avec_contexte()

    def enregistrer(self, form):
        return services.modifier_engagement(acteur=self.acteur, engagement=self.objet, **form.valeurs())


@verbe(FACILITATEURS_QUI_ECRIVENT, Engagement)
@intitulee("Archiver un engagement, ou le sortir de l'archive")
def archiver_engagement(request: Requete, engagement: Engagement, archiver: bool):
    services.archiver_engagement(acteur=request.acteur, engagement=engagement, archiver=archiver)
    fait = "Engagement archivé." if archiver else "Engagement sorti de l'archive."
    dire_l_archivage(request, "marches:engagement_", engagement, fait, archiver=archiver)


class AvenantCreationView(CreationView):
    acces = FACILITATEURS_QUI_ECRIVENT
    parent_model = Engagement
    form_class = AvenantForm
    titre = "Nouvel avenant"
    bouton = "Enregistrer l'avenant"
    message = "Avenant enregistré : les heures dues sont à jour."

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "engagement": self.parent}

    def enregistrer(self, form):
        return services.ajouter_avenant(acteur=self.acteur, engagement=self.parent, **form.valeurs())

    def get_retour(self):
        return reverse("marches:engagement", args=[self.parent.uuid])


class AvenantEditionView(EditionView):
    acces = FACILITATEURS_QUI_ECRIVENT
    model = Avenant
    form_class = AvenantForm
    titre = "Corriger l'avenant"
    message = "Avenant corrigé : les heures dues sont à jour."

    def get_queryset(self):
        return super().get_queryset().select_related("engagement__lot__marche")

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "engagement": self.objet.engagement}

    def enregistrer(self, form):
        return services.modifier_avenant(acteur=self.acteur, avenant=self.objet, **form.valeurs())


class AvenantAnnulationView(GesteView):
    """Annuler un avenant qui n'a pas encore pris effet, avec sa raison."""

    acces = FACILITATEURS_QUI_ECRIVENT
    model = Avenant
    form_class = AnnulationForm
    donne_l_objet = False
    titre = "Annuler l'avenant"
    bouton = "Annuler l'avenant"
    message = "Avenant annulé : les heures dues sont à jour."

    def get_queryset(self):
        return super().get_queryset().select_related("engagement__lot__marche")

    def enregistrer(self, form):
        return services.annuler_avenant(acteur=self.acteur, avenant=self.objet, **form.cleaned_data)
