"""Publier un bilan, le télécharger, vérifier qu'il est bien celui qui a été publié."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from comptes.enums import RESPONSABLES, Role
from reporting import services
from reporting.donnees import en_octets
from reporting.forms import PublicationForm
from reporting.models import Bilan
from reporting.permissions import peut_publier_bilan
from reporting.recit.etat import completude_de, mois_par_mois
from reporting.rendu.classeur import ecrire_classeur
from reporting.rendu.pieces import archive
from reporting.verification import lire_empreinte, reconnaitre
from reporting.views.bilans import LECTEURS
from socle.acces import PUBLIC, ouverte_a
from socle.exports import TYPE_XLSX
from socle.intitules import intitulee
from socle.requetes import Requete
from socle.views import CreationView
from socle.views.bases import objet_ou_404
from socle.views.documents import reponse_fichier


class PublicationView(CreationView):
    intitule = "Publier un bilan"
    acces = RESPONSABLES | {Role.RESEAU}
    parent_model = Bilan
    form_class = PublicationForm
    template_name = "reporting/publier.html"
    bouton = "Publier le bilan"
    message = "Le bilan est publié."

    def get_titre(self) -> str:
        return f"Publier : {self.parent.nom}"

    def get_form_kwargs(self) -> dict[str, Any]:
        anciens = list(services.destinataires_d_avant(self.parent)) if self.parent.version > 1 else []
        manques = mois_par_mois(completude_de(self.parent.donnees))
        return {**super().get_form_kwargs(), "version": self.parent.version, "anciens": anciens, "manques": manques}

    def enregistrer(self, form) -> Bilan:
        return services.publier_bilan(acteur=self.acteur, bilan=self.parent, **form.choix)

    def get_retour(self) -> str:
        return self.parent.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        verdict = peut_publier_bilan(self.acteur, self.parent)
        possibles = services.destinataires_possibles(self.acteur.organisation)
        return {
            **super().get_context_data(**kwargs),
            "bilan": self.parent,
            "verdict": verdict,
            "retenues": services.ce_qui_se_tairait(self.parent, possibles) if verdict else [],
        }


@ouverte_a(LECTEURS)
@require_GET
@intitulee("Télécharger le PDF d'un bilan")
def telecharger(request: Requete, uuid) -> HttpResponseBase:
    bilan = _bilan(request, uuid)
    return reponse_fichier(request, bilan.document) if bilan.document and bilan.est_pret else redirect(bilan)


@ouverte_a(LECTEURS)
@require_GET
@intitulee("Télécharger le classeur d'un bilan")
def telecharger_classeur(request: Requete, uuid) -> HttpResponseBase:
    """Télécharger le classeur d'un bilan : gardé s'il est publié, fait à l'instant pour un brouillon"""
    bilan = _bilan(request, uuid)
    if bilan.classeur is not None and bilan.classeur.est_pret:
        return reponse_fichier(request, bilan.classeur)
    if not bilan.est_pret:
        return redirect(bilan)
    nom = services.nom_de_fichier(bilan, "xlsx")
    return en_fichier(ecrire_classeur(bilan.contenu), nom, TYPE_XLSX)


@ouverte_a(LECTEURS)
@require_GET
@intitulee("Télécharger les tables d'un bilan en CSV, avec ses données en JSON, dans une archive ZIP")
def telecharger_csv(request: Requete, uuid) -> HttpResponseBase:
    bilan = _bilan(request, uuid)
    if not bilan.est_pret:
        return redirect(bilan)
    return en_fichier(archive(bilan.donnees), services.nom_de_fichier(bilan, "zip"), "application/zip")


@ouverte_a(LECTEURS)
@require_GET
@intitulee("Télécharger les données d'un bilan en JSON")
def telecharger_donnees(request: Requete, uuid) -> HttpResponse:
    """Télécharger les données d'un bilan en JSON : l'empreinte SHA-256 de ce fichier est celle du bilan"""
    bilan = _bilan(request, uuid)
    if not bilan.est_pret:
        return redirect(bilan)
    return en_fichier(en_octets(bilan.donnees), services.nom_de_fichier(bilan, "json"), "application/json")


def _bilan(request: Requete, uuid) -> Bilan:
    bilans = Bilan.objects.visibles_par(request.acteur).select_related("structure", "document", "classeur")
    return objet_ou_404(Bilan, request.acteur, uuid, bilans)


def en_fichier(contenu: bytes, nom: str, type_mime: str) -> HttpResponse:
    """Un fichier fait à l'instant, toujours téléchargé, jamais laissé dans un cache partagé."""
    reponse = HttpResponse(contenu, content_type=type_mime)
    reponse["Content-Disposition"] = f'attachment; filename="{nom}"'
    reponse["Cache-Control"] = "private, no-store"
    return reponse


@ouverte_a(PUBLIC)
@require_GET
@intitulee("Vérifier un document")
def verifier(request: Requete, empreinte: str = "") -> HttpResponse:
    """Vérifier un document : l'empreinte qu'il porte dit s'il vient d'ici, et s'il a été remplacé depuis"""
    cherchee = lire_empreinte(empreinte or request.GET.get("empreinte", ""))
    contexte = {"titre": "Vérifier un document", "cherchee": cherchee, "reconnu": reconnaitre(cherchee)}
    return render(request, "reporting/verifier.html", contexte)
