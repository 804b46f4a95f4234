"""Ce que la structure fait d'une déclaration reçue : la rendre, traiter ses annonces, lire ses justificatifs, tenir ses liens."""

import uuid
from functools import cached_property

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from beneficiaires.models import Beneficiaire
from beneficiaires.views.dossiers import BeneficiaireCreationView
from comptes.enums import FACILITATEURS, FACILITATEURS_QUI_ECRIVENT
from declarations.annonces.forms import EcartementForm, RattachementForm
from declarations.annonces.services.departs import confirmer_depart
from declarations.annonces.services.personnes import contrats_possibles, embaucher_personne_annoncee, rattacher_personne
from declarations.annonces.services.traitement import ecarter_annonce
from declarations.models import DepartAnnonce, Justificatif, PersonneAnnoncee
from recrutement.forms.contrats import ContratEditionForm
from recrutement.views.contrats import ContratCreationView, dire_le_verdict
from socle.acces import exiger_acces, ouverte_a
from socle.intitules import intitulee
from socle.requetes import Requete
from socle.views import GesteView
from socle.views.bases import VueProtegee, objet_ou_404
from socle.views.documents import depot_en_piece_jointe


class EcartementView(GesteView):
    """Écarter une annonce de l'entreprise, avec une raison qu'elle reçoit."""

    acces = FACILITATEURS_QUI_ECRIVENT
    form_class = EcartementForm
    titre = "Écarter l'annonce"
    bouton = "Écarter l'annonce"
    message = "Annonce écartée."

    def get_queryset(self):
        return super().get_queryset().avec_contexte()

    def enregistrer(self, form):
        return ecarter_annonce(acteur=self.acteur, annonce=self.objet, **form.cleaned_data)


class EcartementPersonneView(EcartementView):
    model = PersonneAnnoncee


class EcartementDepartView(EcartementView):
    model = DepartAnnonce


class ConfirmationDepartView(GesteView):
    """Arrêter un contrat au jour annoncé : ses termes, déjà remplis, à relire."""

    acces = FACILITATEURS_QUI_ECRIVENT
    model = DepartAnnonce
    form_class = ContratEditionForm
    titre = "Confirmer le départ"
    bouton = "Arrêter le contrat"
    message = "Contrat arrêté au jour annoncé."

    def get_queryset(self):
        return super().get_queryset().avec_contexte().select_related("contrat__engagement__lot__marche")

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "instance": self.objet.contrat}

    def get_initial(self):
        return {"fin_reelle": self.objet.parti_le, "motif_fin": self.objet.motif}

    def enregistrer(self, form):
        confirmer_depart(acteur=self.acteur, depart=self.objet, **form.valeurs())
        return self.objet


def _passer_par_rectifier(request: Requete, annonce: PersonneAnnoncee) -> HttpResponse | None:
    """Un mois validé ne change que par une rectification : la page du mois y mène."""
    if not annonce.declaration.est_validee:
        return None
    messages.info(
        request, "Ce mois est validé : pour y ajouter ces heures, passez par « Rectifier », puis rattachez la personne."
    )
    return redirect(annonce.get_absolute_url())


class RattachementView(GesteView):
    """Rattacher une personne annoncée à son contrat : ses heures deviennent une ligne du mois."""

    acces = FACILITATEURS_QUI_ECRIVENT
    model = PersonneAnnoncee
    form_class = RattachementForm
    titre = "Rattacher la personne annoncée"
    bouton = "Rattacher"
    message = "Personne rattachée : ses heures sont une ligne du mois, à valider."

    def get_queryset(self):
        return super().get_queryset().avec_contexte()

    def dispatch(self, request, *args, **kwargs):
        exiger_acces(request, self.acces)
        return _passer_par_rectifier(request, self.objet) or super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "contrats": contrats_possibles(self.acteur, self.objet)}

    def enregistrer(self, form):
        return rattacher_personne(acteur=self.acteur, annonce=self.objet, **form.cleaned_data)


class _AnnonceMixin(VueProtegee):
    """La personne annoncée que nomme l'adresse, dans la portée de l'acteur."""

    @cached_property
    def annonce(self) -> PersonneAnnoncee:
        visibles = PersonneAnnoncee.objects.visibles_par(self.acteur).a_traiter().avec_contexte()
        return objet_ou_404(PersonneAnnoncee, self.acteur, self.kwargs["annonce"], visibles)

    def dispatch(self, request, *args, **kwargs):
        exiger_acces(request, self.acces)
        # 404 avant tout, même pour un formulaire bien rempli
        return _passer_par_rectifier(request, self.annonce) or super().dispatch(request, *args, **kwargs)

    def get_retour(self):
        return self.annonce.get_absolute_url()


class DossierAnnonceView(_AnnonceMixin, BeneficiaireCreationView):
    """Ouvrir le dossier d'une personne annoncée, déjà rempli de ce que l'entreprise en dit ; puis son contrat."""

    titre = "Dossier de la personne annoncée"
    bouton = "Ouvrir le dossier, puis son contrat"
    message = "Dossier ouvert. Il reste son contrat."

    def get_initial(self):
        return {"nom": self.annonce.nom, "prenom": self.annonce.prenom}

    def get_success_url(self):
        return reverse("suivi:annonce_contrat", args=[self.annonce.uuid, self.resultat.uuid])


class ContratAnnonceView(_AnnonceMixin, ContratCreationView):
    """Le contrat d'une personne annoncée, déjà rempli ; l'enregistrer pose ses heures dans le mois."""

    parent_model = Beneficiaire
    titre = "Contrat de la personne annoncée"
    message = "Contrat enregistré : ses heures sont une ligne du mois, à valider."

    def get_initial(self):
        engagement = self.annonce.declaration.engagement
        return {
            "engagement": engagement.pk,
            "employeur": engagement.entreprise_id,
            "type_contrat": self.annonce.type_contrat,
            "debut": self.annonce.embauchee_le,
        }

    def enregistrer(self, form):
        contrat = embaucher_personne_annoncee(
            acteur=self.acteur, annonce=self.annonce, beneficiaire=self.parent, **form.valeurs()
        )
        dire_le_verdict(self.request, contrat)
        return self.annonce


@ouverte_a(FACILITATEURS)
@require_GET
@intitulee("Télécharger le justificatif joint à une déclaration")
def justificatif(request: Requete, uuid: uuid.UUID) -> HttpResponseBase:
    joint = objet_ou_404(Justificatif, request.acteur, uuid, Justificatif.objects.visibles_par(request.acteur).joints())
    return depot_en_piece_jointe(request, joint)
