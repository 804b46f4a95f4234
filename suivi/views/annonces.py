"""Ce que la structure fait d'une déclaration reçue : la rendre, traiter ses annonces, lire ses justificatifs, tenir ses liens."""

import uuid
from functools import cached_property

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from beneficiaires.models import Beneficiaire
from beneficiaires.views.dossiers import BeneficiaireCreationView
from comptes.enums import FACILITATEURS, FACILITATEURS_QUI_ECRIVENT
from marches.models import Engagement
from recrutement.forms import ContratEditionForm
from recrutement.views.contrats import ContratCreationView, dire_le_verdict
from socle.acces import exiger_acces, ouverte_a
from socle.views import CreationView, FicheView, GesteView, verbe
from socle.views.bases import dire, objet_ou_404
from socle.views.documents import depot_en_piece_jointe
from suivi.forms import RenvoiForm
from suivi.forms_declaration import EcartementForm, LienDeclarationForm, RattachementForm
from suivi.models import Declaration, DepartAnnonce, Justificatif, PersonneAnnoncee
from suivi.services.annonces import contrats_possibles, embaucher_personne_annoncee, rattacher_personne
from suivi.services.declarations import envoyer_le_lien, fermer_le_lien, liens_de, rendre_declaration
from suivi.services.departs import confirmer_depart
from suivi.services.traitement import ecarter_annonce


class RenvoiView(GesteView):
    """Rendre une déclaration à l'entreprise, avec ce qui est à corriger."""

    acces = FACILITATEURS_QUI_ECRIVENT
    model = Declaration
    form_class = RenvoiForm
    titre = "Rendre la déclaration à l'entreprise"
    bouton = "Rendre la déclaration"
    message = "Déclaration rendue."

    def get_queryset(self):
        return super().get_queryset().avec_contexte()

    def enregistrer(self, form):
        return rendre_declaration(acteur=self.acteur, declaration=self.objet, **form.cleaned_data)


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


def _passer_par_rectifier(request: HttpRequest, annonce: PersonneAnnoncee) -> HttpResponse | None:
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


class _AnnonceMixin:
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
def justificatif(request: HttpRequest, uuid: uuid.UUID) -> HttpResponse:
    """Télécharger le justificatif joint à une déclaration"""
    joint = objet_ou_404(Justificatif, request.acteur, uuid, Justificatif.objects.visibles_par(request.acteur).joints())
    return depot_en_piece_jointe(request, joint)


def _adresse_des_liens(engagement: Engagement) -> str:
    return reverse("suivi:liens_de_declaration", args=[engagement.uuid])


class LiensDeclarationView(FicheView):
    """Les liens de déclaration ouverts d'une entreprise : à qui, depuis quand, s'ils ont servi ; en fermer un, le renvoyer."""

    acces = FACILITATEURS_QUI_ECRIVENT
    model = Engagement
    template_name = "suivi/liens.html"

    def get_queryset(self):
        return super().get_queryset().avec_contexte()

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "panneaux": [], "liens": liens_de(self.object)}


@verbe(FACILITATEURS_QUI_ECRIVENT, Engagement, message="Lien fermé.", retour=_adresse_des_liens)
def fermer_lien(request: HttpRequest, engagement: Engagement, lien: uuid.UUID):
    """Fermer un lien de déclaration."""
    fermer_le_lien(acteur=request.acteur, engagement=_avec_contexte(engagement), lien=lien)
    return redirect(_adresse_des_liens(engagement))


@verbe(FACILITATEURS_QUI_ECRIVENT, Engagement, retour=_adresse_des_liens)
def renvoyer_lien(request: HttpRequest, engagement: Engagement, lien: uuid.UUID):
    """Renvoyer un lien de déclaration à la même adresse."""
    engagement = _avec_contexte(engagement)
    ferme = fermer_le_lien(acteur=request.acteur, engagement=engagement, lien=lien)
    avis = envoyer_le_lien(acteur=request.acteur, engagement=engagement, courriel=ferme.destinataire)
    dire(request, "L'ancien lien est fermé.", avis)
    return redirect(_adresse_des_liens(engagement))


def _avec_contexte(engagement: Engagement) -> Engagement:
    return Engagement.objects.avec_contexte().get(pk=engagement.pk)
