"""Les écrans de ceux que l'on appelle chez un maître d'ouvrage, sur le modèle de ceux d'une entreprise."""

from django.contrib import messages

from comptes.enums import FACILITATEURS_QUI_ECRIVENT
from marches import services
from marches.forms.marches import ContactMaitreOuvrageForm
from marches.models import ContactMaitreOuvrage, MaitreOuvrage
from socle.intitules import intitulee
from socle.requetes import Requete
from socle.views import CreationView, EditionView, verbe


class ContactCreationView(CreationView):
    acces = FACILITATEURS_QUI_ECRIVENT
    parent_model = MaitreOuvrage
    form_class = ContactMaitreOuvrageForm
    titre = "Nouveau contact chez l'acheteur"
    bouton = "Ajouter le contact"
    message = "Contact ajouté."

    def enregistrer(self, form):
        return services.ajouter_contact(acteur=self.acteur, maitre_ouvrage=self.parent, **form.valeurs())

    def get_retour(self):
        return self.parent.get_absolute_url()


class ContactEditionView(EditionView):
    acces = FACILITATEURS_QUI_ECRIVENT
    model = ContactMaitreOuvrage
    form_class = ContactMaitreOuvrageForm
    titre = "Modifier le contact chez l'acheteur"
    message = "Contact modifié."

    def get_queryset(self):
        return super().get_queryset().select_related("fiche__maitre_ouvrage")

    def enregistrer(self, form):
        return services.modifier_contact(acteur=self.acteur, contact=self.objet, **form.valeurs())


@verbe(FACILITATEURS_QUI_ECRIVENT, ContactMaitreOuvrage)
@intitulee("Archiver un contact chez l'acheteur, ou le sortir de l'archive")
def archiver(request: Requete, contact: ContactMaitreOuvrage, archiver: bool):
    services.archiver_contact(acteur=request.acteur, contact=contact, archiver=archiver)
    messages.success(request, "Contact archivé." if archiver else "Contact sorti de l'archive.")
