"""Le besoin d'une entreprise : elle l'exprime et le suit ; le facilitateur le prend en main ou l'écarte."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse

from comptes.enums import FACILITATEURS_QUI_ECRIVENT, Role
from recrutement import services
from recrutement.forms.entreprise import BesoinEditionForm, BesoinForm, EcartForm
from recrutement.models import Offre
from recrutement.permissions import peut_changer_le_besoin
from recrutement.services.offres import situer
from recrutement.views.offres import dire_ses_dates
from socle.intitules import intitulee
from socle.requetes import Requete
from socle.views import CreationView, EditionView, GesteView, verbe
from socle.views.bases import dire

ENTREPRISES = frozenset({Role.ENTREPRISE})


def page_de_l_entreprise(offre: Offre) -> str:
    return reverse("recrutement:reponse", args=[offre.uuid])


class BesoinCreationView(CreationView):
    """Dire à son facilitateur qui l'on cherche."""

    acces = ENTREPRISES
    form_class = BesoinForm
    template_name = "recrutement/besoin.html"
    titre = "Exprimer un besoin"
    bouton = "Envoyer à mon facilitateur"
    message = "Besoin enregistré : votre facilitateur le relit, puis cherche des personnes avec ses partenaires."

    def get_initial(self):
        engagement = self.request.GET.get("engagement", "")
        return {"engagement": engagement} if engagement else {}

    def enregistrer(self, form):
        return dire_ses_dates(self.request, form, services.exprimer_besoin(acteur=self.acteur, **form.valeurs()))

    def get_success_url(self):
        return page_de_l_entreprise(self.resultat)

    def get_retour(self):
        return reverse("recrutement:mes_offres")


class BesoinEditionView(EditionView):
    """Corriger un besoin, tant que le facilitateur ne l'a pas pris en main."""

    acces = ENTREPRISES
    model = Offre
    form_class = BesoinEditionForm
    template_name = "recrutement/besoin.html"
    titre = "Modifier le besoin"
    message = "Besoin modifié."

    def get_queryset(self):
        return super().get_queryset().avec_contexte()

    def get(self, request, *args, **kwargs):
        if not (verdict := peut_changer_le_besoin(self.acteur, self.objet)):
            messages.error(request, verdict.motif)
            return redirect(self.get_retour())
        return super().get(request, *args, **kwargs)

    def preparer(self, form):
        self.valeurs = situer(self.acteur, self.objet, form.valeurs())

    def enregistrer(self, form):
        besoin = services.modifier_besoin(acteur=self.acteur, offre=self.objet, **self.valeurs)
        return dire_ses_dates(self.request, form, besoin)

    def get_success_url(self):
        return self.get_retour()

    def get_retour(self):
        return page_de_l_entreprise(self.objet)


@verbe(ENTREPRISES, Offre, message="Besoin retiré.", retour=page_de_l_entreprise)
@intitulee("Retirer un besoin")
def retirer(request: Requete, offre: Offre):
    services.retirer_besoin(acteur=request.acteur, offre=offre)


@verbe(FACILITATEURS_QUI_ECRIVENT, Offre)
@intitulee("Prendre en main le besoin d'une entreprise")
def prendre(request: Requete, offre: Offre):
    pris = services.prendre_besoin(acteur=request.acteur, offre=offre)
    dire(request, "Besoin pris en main : complétez l'offre, puis diffusez-la.", pris.dit_a)


class EcarterView(GesteView):
    """Écarter le besoin d'une entreprise, en disant pourquoi."""

    acces = FACILITATEURS_QUI_ECRIVENT
    model = Offre
    form_class = EcartForm
    titre = "Écarter ce besoin"
    bouton = "Écarter le besoin"
    message = "Besoin écarté."

    def enregistrer(self, form):
        return services.ecarter_besoin(acteur=self.acteur, offre=self.objet, **form.valeurs())
