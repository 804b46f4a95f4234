"""Les gestes sur les candidatures, côté facilitateur."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from beneficiaires.models import Beneficiaire
from comptes.enums import FACILITATEURS_QUI_ECRIVENT, Role
from recrutement import services
from recrutement.enums import TRANSITIONS_CANDIDATURE
from recrutement.forms.contrats import EmbaucheForm
from recrutement.forms.offres import EntretienForm, PositionnementForm, RefusForm
from recrutement.models import Candidature, Offre
from recrutement.rapprochement import reserve_du_quartier
from recrutement.views.contrats import dire_le_verdict
from recrutement.views.offres import GESTES_DIRECTS
from socle.annulation import balise_d_annulation
from socle.intitules import intitulee
from socle.nombres import accorder
from socle.requetes import Requete
from socle.views import GesteView, verbe
from socle.views.bases import dire


class PositionnementView(GesteView):
    """Positionner sur l'offre une personne de la structure."""

    acces = FACILITATEURS_QUI_ECRIVENT
    model = Offre
    form_class = PositionnementForm
    titre = "Positionner une personne"
    bouton = "Positionner"
    message = "Personne positionnée."

    def enregistrer(self, form):
        candidature = services.proposer_personne(acteur=self.acteur, offre=self.objet, **form.cleaned_data)
        dire_la_reserve(self.request, candidature)
        return candidature


def dire_la_reserve(request: HttpRequest, candidature: Candidature) -> None:
    """Une offre réservée aux quartiers prioritaires, une personne dont on ne sait pas si elle y habite : cela se dit aussitôt."""
    if reserve := reserve_du_quartier(candidature.beneficiaire, candidature.offre):
        messages.warning(request, f"L'offre est réservée aux habitants d'un quartier prioritaire : {reserve}.")


@verbe(FACILITATEURS_QUI_ECRIVENT, Offre, message="Personne positionnée.")
@intitulee("Positionner une personne depuis la liste classée")
def positionner(request: Requete, offre: Offre):
    try:
        personnes = Beneficiaire.objects.visibles_par(request.acteur)
        personne = get_object_or_404(personnes, uuid=request.POST.get("personne", ""))
    except ValidationError as erreur:
        raise Http404 from erreur
    candidature = services.proposer_personne(acteur=request.acteur, offre=offre, beneficiaire=personne)
    dire_la_reserve(request, candidature)


@verbe(FACILITATEURS_QUI_ECRIVENT, Offre)
@intitulee("Présélectionner ou transmettre plusieurs candidatures")
def avancer_ensemble(request: Requete, offre: Offre, transition: str):
    choix = Candidature.objects.visibles_par(request.acteur).filter(offre=offre)
    candidatures = [c for c in choix if str(c.uuid) in request.POST.getlist("candidature")]
    avancees = services.avancer_candidatures(
        acteur=request.acteur, offre=offre, candidatures=candidatures, transition=transition
    )
    if avancees:
        fait = f"{TRANSITIONS_CANDIDATURE[transition].libelle} : {accorder(len(avancees), 'candidature')}."
        dire(request, fait, avancees.dit_a)
    else:
        messages.warning(request, "Cochez les candidatures à faire avancer.")


@verbe(FACILITATEURS_QUI_ECRIVENT, Candidature)
@intitulee("Faire avancer une candidature d'un pas")
def avancer(request: Requete, candidature: Candidature, transition: str):
    if transition not in GESTES_DIRECTS:
        raise Http404
    avancee = services.avancer_candidature(acteur=request.acteur, candidature=candidature, transition=transition)
    balise = balise_de_retablissement(request, candidature) if transition == "retirer" else ""
    dire(request, f"{TRANSITIONS_CANDIDATURE[transition].libelle} : c'est fait.", avancee.dit_a, balise)


class _DecisionView(GesteView):
    """Un pas qui demande une précision."""

    acces = FACILITATEURS_QUI_ECRIVENT
    model = Candidature
    transition = ""

    def get_queryset(self):
        return super().get_queryset().avec_contexte()

    def enregistrer(self, form):
        return services.avancer_candidature(
            acteur=self.acteur, candidature=self.objet, transition=self.transition, **form.cleaned_data
        )


class EntretienView(_DecisionView):
    """Fixer un entretien."""

    form_class = EntretienForm
    transition = "rencontrer"
    titre = "Fixer un entretien"
    message = "Entretien fixé."


class RefusView(_DecisionView):
    """Ne pas retenir une candidature, avec sa raison."""

    form_class = RefusForm
    transition = "refuser"
    titre = "Ne pas retenir cette candidature"
    bouton = "Ne pas retenir"
    message = "Candidature refermée."

    def get_balise(self):
        return balise_de_retablissement(self.request, self.objet)


def balise_de_retablissement(request: HttpRequest, candidature: Candidature, *, retour: str = "") -> str:
    inverse = reverse("recrutement:candidature_retablir", args=[candidature.uuid])
    return balise_d_annulation(request, inverse=inverse, objet=candidature, retour=retour)


def _d_ou_l_on_vient(request: Requete, candidature: Candidature) -> str:
    if request.acteur.est_facilitateur:
        return candidature.get_absolute_url()
    return reverse("recrutement:ma_personne", args=[candidature.beneficiaire.uuid])


@verbe(FACILITATEURS_QUI_ECRIVENT | {Role.PRESCRIPTEUR}, Candidature)
@intitulee("Revenir sur le refus ou le retrait d'une candidature")
def retablir(request: Requete, candidature: Candidature):
    retablie = services.retablir_candidature(acteur=request.acteur, candidature=candidature)
    dire(request, "C'est annulé : la candidature retrouve son étape.", retablie.dit_a)
    return redirect(_d_ou_l_on_vient(request, candidature))


class EmbaucheView(GesteView):
    """Établir le contrat d'une personne retenue : ce que dit l'offre y est déjà."""

    acces = FACILITATEURS_QUI_ECRIVENT
    model = Candidature
    form_class = EmbaucheForm
    donne_l_objet = False
    titre = "Établir le contrat"
    bouton = "Établir le contrat"
    message = "Contrat établi."

    def get_queryset(self):
        return super().get_queryset().avec_contexte()

    def get_initial(self):
        offre = self.objet.offre
        return {
            "employeur": offre.engagement.entreprise_id,
            "modalite": offre.modalite,
            "type_contrat": offre.type_contrat,
            "debut": offre.debut,
            "fin_prevue": offre.fin,
        }

    def enregistrer(self, form):
        contrat = services.embaucher(acteur=self.acteur, candidature=self.objet, **form.valeurs())
        dire_le_verdict(self.request, contrat)
        return contrat
