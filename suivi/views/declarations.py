"""Ce que déclare l'entreprise, de son espace ou par son lien signé : les mêmes pages, la même portée."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from comptes.acteur import Acteur
from comptes.enums import FACILITATEURS_QUI_ECRIVENT, Role
from entreprises.models import FicheEntreprise
from marches.models import Engagement
from recrutement.models import Contrat
from socle.acces import ouverte_a
from socle.nombres import heures, mois_annee
from socle.periodes import ajouter_mois
from socle.views import CreationView, EditionView
from socle.views.liens import ouverte_par_lien
from suivi.enums import StatutDeclaration
from suivi.forms import DeclarationForm, HeuresForm, LienDeclarationForm, RenvoiForm
from suivi.models import Declaration, LigneHeures
from suivi.permissions import peut_declarer
from suivi.querysets import DeclarationQuerySet
from suivi.services import champ_du_contrat
from suivi.services.declarations import (
    USAGE_DECLARATION,
    declarer_aucune_heure,
    envoyer_declaration,
    envoyer_le_lien,
    garder_brouillon,
    rendre_declaration,
)

ENTREPRISES = frozenset({Role.ENTREPRISE})
MONTREES = 12


@dataclass(frozen=True, slots=True)
class Declarant:
    """Qui déclare : sa portée, son adresse à garder, le gabarit et les adresses de ses pages."""

    acteur: Acteur
    declarations: DeclarationQuerySet
    courriel: str
    base: str
    adresse: Callable[[str, Declaration | None], str]

    def declaration(self, uuid: uuid.UUID) -> Declaration:
        return get_object_or_404(self.declarations.avec_contexte(), uuid=uuid)


def par_compte(vue: Callable) -> Callable:
    """La page d'une entreprise connectée."""

    @ouverte_a(ENTREPRISES)
    @require_http_methods(["GET", "POST"])
    def enveloppe(request: HttpRequest, declaration: uuid.UUID | None = None) -> HttpResponse:
        def adresse(page: str, objet: Declaration | None = None) -> str:
            return reverse(f"suivi:{page}", args=[objet.uuid] if objet else [])

        siennes = Declaration.objects.visibles_par(request.acteur)
        qui = Declarant(request.acteur, siennes, "", "base.html", adresse)
        return vue(request, qui, qui.declaration(declaration) if declaration else None)

    enveloppe.__doc__ = vue.__doc__
    return enveloppe


def par_lien(vue: Callable) -> Callable:
    """La même page, entré par le lien d'une structure : les mois de cette entreprise, chez elle seule."""

    @ouverte_par_lien(USAGE_DECLARATION)
    @require_http_methods(["GET", "POST"])
    def enveloppe(request: HttpRequest, uuid: uuid.UUID, declaration: uuid.UUID | None = None) -> HttpResponse:
        fiche = get_object_or_404(FicheEntreprise, uuid=uuid)

        def adresse(page: str, objet: Declaration | None = None) -> str:
            return reverse(f"suivi:{page}_par_lien", args=[uuid, objet.uuid] if objet else [uuid])

        acteur = Acteur(None, request.lien.structure, Role.ENTREPRISE)
        siennes = Declaration.objects.de_la_fiche(fiche)
        qui = Declarant(acteur, siennes, request.lien.destinataire, "base_simple.html", adresse)
        return vue(request, qui, qui.declaration(declaration) if declaration else None)

    enveloppe.__doc__ = f"{vue.__doc__}, par un lien signé"
    return enveloppe


def _mes_declarations(request: HttpRequest, qui: Declarant, _: None = None) -> HttpResponse:
    """Déclarer mes heures d'insertion"""
    toutes = qui.declarations.avec_contexte().order_by("-mois", "engagement__lot__marche__reference", "pk")
    jour = timezone.localdate()
    # La plus pressée d'abord : la première carte est celle qu'on attend le plus.
    a_declarer = list(toutes.a_declarer().order_by("echeance", "mois", "pk"))
    for declaration in a_declarer:
        declaration.etat = StatutDeclaration(declaration.statut)
        declaration.en_retard = declaration.est_en_retard(jour)
        declaration.remplir = qui.adresse("declarer", declaration)
        declaration.aucune = qui.adresse("aucune_heure", declaration)
    faites = list(toutes.exclude(statut__in=StatutDeclaration.chez_l_entreprise())[:MONTREES])
    for declaration in faites:
        declaration.etat = StatutDeclaration(declaration.statut)
        declaration.remplir = "" if declaration.est_validee else qui.adresse("declarer", declaration)
        declaration.relire = qui.adresse("verifier", declaration) if declaration.est_validee else ""
    contexte = {"base": qui.base, "a_declarer": a_declarer, "faites": faites}
    return render(request, "suivi/mes_declarations.html", contexte)


def _declarer(request: HttpRequest, qui: Declarant, declaration: Declaration) -> HttpResponse:
    """Déclarer les heures d'un mois"""
    if not (verdict := peut_declarer(qui.acteur, declaration)):
        messages.error(request, verdict.motif)
        return redirect(_liste(qui))
    contrats = contrats_du_mois(declaration)
    form = DeclarationForm(
        request.POST if request.method == "POST" else None,
        acteur=qui.acteur,
        contrats=contrats,
        rappels=rappels_du_mois_d_avant(declaration, contrats),
        initial=_initiales(declaration),
    )
    if request.method == "POST" and form.is_valid():
        try:
            garder_brouillon(acteur=qui.acteur, declaration=declaration, heures=form.heures())
        except ValidationError as refus:
            form.reporter(refus)
        else:
            if "verifier" in request.POST:
                return redirect(qui.adresse("verifier", declaration))
            messages.success(request, "Brouillon gardé : il n'est pas encore envoyé.")
            return redirect(_liste(qui))
    contexte = {
        "base": qui.base,
        "declaration": declaration,
        "marche": declaration.engagement.lot.marche,
        "form": form,
        "contrats": contrats,
        "retour": _liste(qui),
        "aucune": qui.adresse("aucune_heure", declaration),
    }
    return render(request, "suivi/declarer.html", contexte)


def _verifier(request: HttpRequest, qui: Declarant, declaration: Declaration) -> HttpResponse:
    """Relire puis envoyer une déclaration"""
    if request.method == "POST":
        return _conclure(request, qui, envoyer_declaration, declaration)
    lignes = list(
        declaration.lignes.select_related("contrat__beneficiaire").order_by("contrat__beneficiaire__nom_plie", "pk")
    )
    contexte = {
        "base": qui.base,
        "declaration": declaration,
        "marche": declaration.engagement.lot.marche,
        "lignes_heures": lignes,
        "travail": sum(ligne.heures_travaillees for ligne in lignes),
        "formation": sum(ligne.heures_formation for ligne in lignes),
        "corriger": qui.adresse("declarer", declaration),
    }
    return render(request, "suivi/verifier.html", contexte)


def _aucune_heure(request: HttpRequest, qui: Declarant, declaration: Declaration) -> HttpResponse:
    """Dire qu'il n'y a aucune heure ce mois-ci"""
    if request.method != "POST":
        return redirect(qui.adresse("declarer", declaration))
    return _conclure(request, qui, declarer_aucune_heure, declaration)


def _conclure(request: HttpRequest, qui: Declarant, service: Callable, declaration: Declaration) -> HttpResponse:
    try:
        service(acteur=qui.acteur, declaration=declaration, declarant=qui.courriel)
    except ValidationError as refus:
        for motif in refus.messages:
            messages.error(request, motif)
        return redirect(qui.adresse("declarer", declaration))
    messages.success(
        request, f"Merci : {mois_annee(declaration.mois)} est déclaré. Corrigez-le ici tant qu'il n'est pas validé."
    )
    return redirect(_liste(qui))


def _liste(qui: Declarant) -> str:
    return qui.adresse("mes_declarations", None)


def contrats_du_mois(declaration: Declaration) -> list[Contrat]:
    contrats = Contrat.objects.actifs().filter(engagement=declaration.engagement).pendant_le_mois(declaration.mois)
    return list(contrats.avec_contexte().select_related("convention").order_by("beneficiaire__nom_plie", "pk"))


def rappels_du_mois_d_avant(declaration: Declaration, contrats: list[Contrat]) -> dict[int, str]:
    """Ce qui était déclaré le mois d'avant : un repère à lire, jamais une valeur déjà écrite."""
    mois = ajouter_mois(declaration.mois, -1)
    lignes = LigneHeures.objects.filter(contrat__in=contrats, mois=mois)
    return {ligne.contrat_id: f"{mois_annee(mois).capitalize()} : {heures(ligne.heures)}" for ligne in lignes}


def _initiales(declaration: Declaration) -> dict:
    initiales = {}
    for ligne in declaration.lignes.select_related("contrat"):
        initiales[champ_du_contrat(ligne.contrat)] = ligne.heures_travaillees
        initiales[HeuresForm.nom_de_la_formation(ligne.contrat)] = ligne.heures_formation or None
        initiales[DeclarationForm.nom_de_l_absence(ligne.contrat)] = ligne.heures_absence or None
    return initiales


mes_declarations, mes_declarations_par_lien = par_compte(_mes_declarations), par_lien(_mes_declarations)
declarer, declarer_par_lien = par_compte(_declarer), par_lien(_declarer)
verifier, verifier_par_lien = par_compte(_verifier), par_lien(_verifier)
aucune_heure, aucune_heure_par_lien = par_compte(_aucune_heure), par_lien(_aucune_heure)


class RenvoiView(EditionView):
    """Rendre une déclaration à l'entreprise, avec ce qui est à corriger."""

    acces = FACILITATEURS_QUI_ECRIVENT
    model = Declaration
    form_class = RenvoiForm
    titre = "Rendre la déclaration à l'entreprise"
    bouton = "Rendre la déclaration"
    message = "Déclaration rendue : l'entreprise est prévenue."

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
    message = "Lien envoyé."

    def get_initial(self):
        correspondant = self.parent.correspondant
        return {"courriel": correspondant.courriel if correspondant else ""}

    def enregistrer(self, form):
        engagement = Engagement.objects.avec_contexte().get(pk=self.parent.pk)
        envoyer_le_lien(acteur=self.acteur, engagement=engagement, **form.cleaned_data)
        return engagement

    def get_retour(self):
        return self.parent.get_absolute_url()
