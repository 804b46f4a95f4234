"""Ajouter un fait daté à un dossier : critère, niveau, inscription, domicile, décision de quartier."""

from collections.abc import Callable
from typing import Any

from beneficiaires import services
from beneficiaires.forms import (
    ClotureCritereForm,
    CritereForm,
    DomicileForm,
    InscriptionForm,
    NiveauForm,
    QuartierForm,
)
from beneficiaires.models import Beneficiaire, Critere, Domicile
from comptes.enums import FACILITATEURS_QUI_ECRIVENT
from socle.views import CreationView, GesteView


class _FaitCreationView(CreationView):
    """Un fait naît sous un dossier et y ramène."""

    acces = FACILITATEURS_QUI_ECRIVENT
    parent_model = Beneficiaire
    service: Callable[..., Any]

    def enregistrer(self, form):
        self.service(acteur=self.acteur, beneficiaire=self.parent, **form.cleaned_data)
        return self.parent

    def get_retour(self):
        return self.parent.get_absolute_url()


class CritereCreationView(_FaitCreationView):
    form_class = CritereForm
    service = staticmethod(services.enregistrer_critere)
    titre = "Ajouter un critère"
    bouton = "Ajouter le critère"
    message = "Critère enregistré."


class NiveauCreationView(_FaitCreationView):
    form_class = NiveauForm
    service = staticmethod(services.declarer_niveau)
    titre = "Niveau de formation"
    message = "Niveau enregistré."


class InscriptionCreationView(_FaitCreationView):
    form_class = InscriptionForm
    service = staticmethod(services.declarer_inscription)
    titre = "Inscription à France Travail"
    message = "Inscription enregistrée."


class DomicileCreationView(_FaitCreationView):
    form_class = DomicileForm
    service = staticmethod(services.declarer_domicile)
    titre = "Domicile"
    message = "Domicile enregistré."


class CritereClotureView(GesteView):
    acces = FACILITATEURS_QUI_ECRIVENT
    model = Critere
    form_class = ClotureCritereForm
    titre = "Clore un critère"
    bouton = "Clore le critère"
    message = "Critère clos."

    def get_queryset(self):
        return super().get_queryset().select_related("beneficiaire")

    def enregistrer(self, form):
        services.clore_critere(acteur=self.acteur, critere=self.objet, **form.cleaned_data)
        return self.objet.beneficiaire

    def get_retour(self):
        return self.objet.beneficiaire.get_absolute_url()


class QuartierDecisionView(GesteView):
    """La décision, signée et datée, d'un facilitateur sur le quartier d'un domicile."""

    acces = FACILITATEURS_QUI_ECRIVENT
    model = Domicile
    form_class = QuartierForm
    titre = "Décider du quartier prioritaire"
    bouton = "Enregistrer ma décision"
    message = "Décision enregistrée."

    def get_queryset(self):
        return super().get_queryset().select_related("beneficiaire")

    def enregistrer(self, form):
        services.decider_quartier(acteur=self.acteur, domicile=self.objet, **form.cleaned_data)
        return self.objet.beneficiaire

    def get_retour(self):
        return self.objet.beneficiaire.get_absolute_url()
