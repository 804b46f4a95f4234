"""Les liens de déclaration d'un engagement : envoyer, fermer, renvoyer."""

import uuid

from django.shortcuts import redirect
from django.urls import reverse

from comptes.enums import FACILITATEURS_QUI_ECRIVENT
from declarations.forms.declaration import LienDeclarationForm
from declarations.services.liens import envoyer_le_lien, fermer_le_lien, lien_de, liens_de
from marches.models import Engagement
from socle.intitules import intitulee
from socle.requetes import Requete
from socle.views import CreationView, FicheView, verbe
from socle.views.bases import dire


class LienDeclarationView(CreationView):
    """Envoyer à une entreprise le lien pour déclarer ses heures."""

    acces = FACILITATEURS_QUI_ECRIVENT
    parent_model = Engagement
    form_class = LienDeclarationForm
    titre = "Envoyer le lien de déclaration"
    bouton = "Envoyer le lien"

    def get_initial(self):
        correspondant = self.parent.correspondant
        return {"courriel": correspondant.courriel if correspondant else ""}

    def enregistrer(self, form):
        engagement = Engagement.objects.avec_contexte().get(pk=self.parent.pk)
        engagement.dit_a = envoyer_le_lien(acteur=self.acteur, engagement=engagement, **form.cleaned_data)
        return engagement

    def get_retour(self):
        return self.parent.get_absolute_url()


def _adresse_des_liens(engagement: Engagement) -> str:
    return reverse("suivi:liens_de_declaration", args=[engagement.uuid])


class LiensDeclarationView(FicheView):
    """Les liens de déclaration ouverts d'une entreprise : à qui, depuis quand, s'ils ont servi ; en fermer un, le renvoyer."""

    intitule = "Les liens de déclaration ouverts d'une entreprise"
    acces = FACILITATEURS_QUI_ECRIVENT
    model = Engagement
    template_name = "declarations/liens.html"

    def get_queryset(self):
        return super().get_queryset().avec_contexte()

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "panneaux": [], "liens": liens_de(self.object)}


def _avec_contexte(engagement: Engagement) -> Engagement:
    return Engagement.objects.avec_contexte().get(pk=engagement.pk)


@verbe(FACILITATEURS_QUI_ECRIVENT, Engagement, message="Lien fermé.", retour=_adresse_des_liens)
@intitulee("Fermer un lien de déclaration")
def fermer_lien(request: Requete, engagement: Engagement, lien: uuid.UUID):
    fermer_le_lien(acteur=request.acteur, engagement=_avec_contexte(engagement), lien=lien)
    return redirect(_adresse_des_liens(engagement))


@verbe(FACILITATEURS_QUI_ECRIVENT, Engagement, retour=_adresse_des_liens)
@intitulee("Renvoyer un lien de déclaration à la même adresse")
def renvoyer_lien(request: Requete, engagement: Engagement, lien: uuid.UUID):
    """L'ancien n'ouvre plus rien de neuf ; qui y est entré finit ce qu'il remplit."""
    engagement = _avec_contexte(engagement)
    ancien = lien_de(engagement, lien)
    avis = envoyer_le_lien(acteur=request.acteur, engagement=engagement, courriel=ancien.destinataire)
    dire(request, "L'ancien lien est remplacé.", avis)
    return redirect(_adresse_des_liens(engagement))
