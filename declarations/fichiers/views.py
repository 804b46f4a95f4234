"""Trois écrans : déposer le fichier, dire une fois ce que disent ses colonnes, relire et déclarer.

Ce qui est lu n'est gardé que dans la session, jusqu'à ce qu'il soit déclaré, remplacé par un autre fichier, ou la session finie.
"""

import datetime
import tempfile
from functools import cached_property
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from comptes.enums import FACILITATEURS_QUI_ECRIVENT, Role
from declarations.fichiers.forms import ColonnesForm, FichierForm, RelectureForm
from declarations.fichiers.lecture import (
    GROUPES_MAX,
    Tableau,
    cle_du_titre,
    est_complete,
    grouper,
    lire_le_tableau,
    reconnaitre,
)
from declarations.fichiers.rapprochement import contrats_de
from declarations.services.fichiers import colonnes_retenues, declarer_le_fichier, retenir_les_colonnes
from entreprises.models import Entreprise
from socle.acces import exiger_acces
from socle.feuilles import ClasseurRefuse
from socle.nombres import accorder
from socle.regles import AccesRefuse, RegleViolee
from socle.views import GesteView

CLE_SESSION = "fichier_d_heures"


class _EtapeView(GesteView):
    acces = FACILITATEURS_QUI_ECRIVENT | {Role.ENTREPRISE}
    model = Entreprise
    donne_l_objet = False

    @cached_property
    def retenues(self) -> dict[str, str]:
        return colonnes_retenues(self.acteur, self.objet)

    @cached_property
    def lu(self) -> dict[str, Any]:
        """Ce qui vient d'être déposé pour cette entreprise ; vide sinon."""
        lu = self.request.session.get(CLE_SESSION, {})
        return lu if lu.get("entreprise") == str(self.objet.uuid) else {}

    @property
    def tableau(self) -> Tableau:
        return Tableau(self.lu["titres"], self.lu["rangees"])

    def garder(self, **lu: Any) -> None:
        self.request.session[CLE_SESSION] = {**self.lu, **lu, "entreprise": str(self.objet.uuid)}

    def adresse(self, etape: str = "") -> str:
        return reverse(f"suivi:fichier_heures{etape}", args=[self.objet.uuid])

    def get_retour(self) -> str:
        return (
            reverse("suivi:mes_declarations") if self.acteur.role == Role.ENTREPRISE else self.objet.get_absolute_url()
        )

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "nom": self.lu.get("nom", "")}


class FichierView(_EtapeView):
    """Déposer le fichier d'heures d'un employeur."""

    form_class = FichierForm
    titre = "Déposer un fichier d'heures"
    bouton = "Lire le fichier"

    def form_valid(self, form):
        try:
            tableau = self._lire(form.cleaned_data["fichier"])
        except ClasseurRefuse as refus:
            form.reporter(RegleViolee(refus.motif, champ="fichier"))
            return self.form_invalid(form)
        places = reconnaitre(tableau.titres, self.retenues)
        nom = Path(form.cleaned_data["fichier"].name).name[-150:]
        self.garder(nom=nom, titres=tableau.titres, rangees=tableau.rangees, places=places, mois="")
        return HttpResponseRedirect(self.adresse("_relecture" if est_complete(places) else "_colonnes"))

    def _lire(self, fichier) -> Tableau:
        with tempfile.TemporaryDirectory() as dossier:
            chemin = Path(dossier) / "heures"
            chemin.write_bytes(fichier.read())
            return lire_le_tableau(chemin, self.retenues)


class _SuiteView(_EtapeView):
    """Une étape qui demande un fichier lu ; sans lui, on revient le déposer."""

    def dispatch(self, request, *args, **kwargs):
        exiger_acces(request, self.acces)
        if not self.lu:
            messages.info(request, "Déposez d'abord le fichier.")
            return HttpResponseRedirect(self.adresse())
        return super().dispatch(request, *args, **kwargs)


class ColonnesView(_SuiteView):
    """Ce que disent les colonnes du fichier : retenu pour les fichiers suivants de cette entreprise."""

    form_class = ColonnesForm
    template_name = "declarations/fichier_colonnes.html"
    titre = "Que disent ces colonnes ?"
    bouton = "Continuer"

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "titres": self.lu["titres"]}

    def get_initial(self):
        return {quoi: str(rang) for quoi, rang in self.lu["places"].items()}

    def form_valid(self, form):
        places, mois = form.places(), form.cleaned_data["mois_du_fichier"]
        titres = {cle_du_titre(self.lu["titres"][rang]): quoi for quoi, rang in places.items()}
        nommes = {titre: quoi for titre, quoi in titres.items() if titre}
        retenir_les_colonnes(acteur=self.acteur, entreprise=self.objet, colonnes=nommes)
        self.garder(places=places, mois=mois.isoformat() if mois else "")
        return HttpResponseRedirect(self.adresse("_relecture"))

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "titres": self.lu["titres"], "extrait": self.tableau.rangees[:3]}


class RelectureView(_SuiteView):
    """Relire ce que dit le fichier, personne par personne, puis déclarer les mois."""

    form_class = RelectureForm
    template_name = "declarations/fichier_relecture.html"
    titre = "Relire puis déclarer"
    bouton = "Déclarer ces heures"

    @cached_property
    def groupes(self):
        mois = datetime.date.fromisoformat(self.lu["mois"]) if self.lu["mois"] else None
        return grouper(self.tableau, self.lu["places"], mois, timezone.localdate())

    def dispatch(self, request, *args, **kwargs):
        exiger_acces(request, self.acces)
        if self.lu and not 0 < len(self.groupes) <= GROUPES_MAX:
            trop = f"Plus de {GROUPES_MAX} lignes à relire : partagez le fichier."
            messages.error(request, trop if self.groupes else "Aucune personne n'est lue dans ce fichier.")
            return HttpResponseRedirect(self.adresse())
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        contrats = contrats_de(self.acteur, self.objet)
        return {**super().get_form_kwargs(), "groupes": self.groupes, "contrats": contrats}

    def enregistrer(self, form):
        try:
            return declarer_le_fichier(acteur=self.acteur, entreprise=self.objet, lignes=form.lignes())
        except AccesRefuse as refus:
            raise RegleViolee(refus.motif) from refus

    def form_valid(self, form):
        reponse = super().form_valid(form)
        if isinstance(reponse, HttpResponseRedirect):
            del self.request.session[CLE_SESSION]
            dit = f"{accorder(len(self.resultat), 'mois déclaré', 'mois déclarés')} : il reste à les valider."
            if form.laissees:
                dit += f" {accorder(form.laissees, 'ligne laissée', 'lignes laissées')} de côté."
            messages.success(self.request, dit)
        return reponse

    def get_success_url(self) -> str:
        return reverse("suivi:mes_declarations" if self.acteur.role == Role.ENTREPRISE else "suivi:a_valider")

    def get_context_data(self, **kwargs):
        colonnes = reverse("suivi:fichier_heures_colonnes", args=[self.objet.uuid])
        return {**super().get_context_data(**kwargs), "colonnes": colonnes, "autre_fichier": self.adresse()}
