"""Ouvrir, relier, rompre le compte d'une fiche : les étages du dessus disent de quelle fiche."""

from django.urls import reverse

from comptes.enums import ADMINISTRATEURS, RESPONSABLES
from comptes.forms.organisations import InviterDepuisUneFicheForm, RelierUnCompteForm
from comptes.services import inviter_depuis_une_fiche, relier_un_compte
from socle.views import CreationView, FicheView


class InviterDepuisUneFicheView(CreationView):
    """Inviter quelqu'un d'une entreprise ou d'un acheteur, depuis sa fiche."""

    acces = RESPONSABLES
    form_class = InviterDepuisUneFicheForm
    bouton = "Envoyer l'invitation"
    message = "L'invitation est faite."

    def get_titre(self):
        return f"Inviter quelqu'un de « {self.parent} »"

    def enregistrer(self, form):
        return inviter_depuis_une_fiche(acteur=self.acteur, fiche=self.parent, **form.cleaned_data)

    def get_success_url(self):
        return self.resultat.organisation.get_absolute_url()

    def get_retour(self):
        return self.parent.get_absolute_url()


class RelierUnCompteView(CreationView):
    """Donner à une fiche un compte déjà ouvert."""

    acces = RESPONSABLES
    form_class = RelierUnCompteForm
    bouton = "Relier ce compte"
    message = "Le compte est relié à la fiche."

    def get_titre(self):
        return f"Relier un compte à « {self.parent} »"

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "fiche": self.parent}

    def enregistrer(self, form):
        return relier_un_compte(acteur=self.acteur, fiche=self.parent, **form.cleaned_data)

    def get_retour(self):
        return self.parent.get_absolute_url()


class RuptureView(FicheView):
    """Confirmer la séparation d'une fiche et de son compte."""

    acces = RESPONSABLES | ADMINISTRATEURS
    template_name = "socle/confirmation.html"
    adresse = ""  # le nom de la page qui le fait

    def get_queryset(self):
        return super().get_queryset().filter(organisation__isnull=False).select_related("organisation")

    def get_context_data(self, **kwargs):
        return {
            **super().get_context_data(**kwargs),
            "titre": f"Séparer « {self.object} » de son compte ?",
            "texte": "Ses membres ne verront plus rien de cette fiche, dès la prochaine page ouverte.",
            "effets": [
                "Le compte reste ouvert, relié à rien ; il dit à ses membres qui peut y remédier.",
                "Ce qui a été saisi reste, avec son auteur.",
            ],
            "bouton": "Séparer",
            "ton": "danger",
            "url": reverse(self.adresse, args=[self.object.uuid]),
            "retour": self.object.organisation.get_absolute_url(),
        }
