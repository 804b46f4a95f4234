"""Mes documents : ce que la file fabrique pour mon organisation, son avancement, son téléchargement."""

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from socle.acces import CONNECTES, ouverte_a
from socle.enums import EtatAnalyse, EtatDocument
from socle.erreurs import disparu, pas_encore
from socle.filters import DocumentFilter
from socle.intitules import intitulee
from socle.modeles import FichierDepose
from socle.models import Document
from socle.requetes import Requete
from socle.services import documents as services
from socle.stockage import ouvrir
from socle.tables import Colonne, Genre
from socle.views.bases import FicheView, objet_ou_404
from socle.views.listes import ListeView
from socle.views.verbes import verbe


class DocumentListeView(ListeView):
    """Mes documents ; tant que l'un d'eux se fabrique, htmx recharge la seule liste."""

    acces = CONNECTES
    model = Document
    filterset_class = DocumentFilter
    titre = "Mes documents"
    vide = "Aucun document. Un bilan préparé, une lettre ou un classeur demandé apparaît ici, avec son avancement."
    nom_export = "documents"
    colonnes = [
        Colonne(
            "Titre", lambda d: d.titre, tri="titre", lien=lambda d: reverse("document", args=[d.uuid]), principale=True
        ),
        Colonne("État", lambda d: EtatDocument(d.etat), Genre.STATUT, tri="etat"),
        Colonne("Demandé le", lambda d: d.cree_le, Genre.DATE, tri="cree_le"),
        Colonne("Taille (Ko)", lambda d: -(-d.taille // 1024) or None, Genre.NOMBRE, tri="taille"),
        Colonne("Avancement (%)", lambda d: d.progression if d.est_en_route else None, Genre.NOMBRE),
        Colonne("Expire le", lambda d: d.expire_le, Genre.DATE, tri="expire_le"),
    ]

    def get_template_names(self) -> list[str]:
        return ["socle/documents.html#liste" if self.requete.htmx else "socle/documents.html"]

    def get_context_data(self, **kwargs):
        contexte = super().get_context_data(**kwargs)
        return {
            **contexte,
            "en_route": any(document.est_en_route for document in contexte["object_list"]),
            "adresse": self.request.GET.urlencode(),
            "duree": services.DUREE_DE_VIE.days,
        }


class DocumentFicheView(FicheView):
    """L'avancement d'un document ; htmx n'en recharge que le fragment « avancement »."""

    intitule = "L'avancement d'un document"
    acces = CONNECTES
    model = Document

    def get_template_names(self):
        return ["socle/document.html#avancement" if self.requete.htmx else "socle/document.html"]


@ouverte_a(CONNECTES)
@require_GET
@intitulee("Télécharger un document")
def telecharger(request: Requete, uuid) -> HttpResponseBase:
    document = objet_ou_404(Document, request.acteur, uuid)
    return reponse_fichier(request, document)


def reponse_fichier(request: Requete, document: Document) -> HttpResponseBase:
    """Le fichier d'un document, en pièce jointe ; 410 s'il a expiré."""
    if document.etat == EtatDocument.EXPIRE:
        return disparu(request, "Ce document a expiré. Vous pouvez le refaire depuis « Mes documents ».")
    if not document.est_pret:
        return redirect("document", document.uuid)
    return en_piece_jointe(document.fichier, document.nom_fichier)


def en_piece_jointe(fichier: FieldFile, nom: str, type_mime: str = "") -> FileResponse:
    """Un fichier gardé, toujours téléchargé, jamais ouvert dans l'application ni gardé par un cache partagé ; 404 s'il manque."""
    reponse = FileResponse(ouvrir(fichier), as_attachment=True, filename=nom, content_type=type_mime or None)
    reponse["X-Content-Type-Options"] = "nosniff"
    reponse["Cache-Control"] = "private, no-store"
    reponse["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    return reponse


def depot_en_piece_jointe(request: Requete, depot: FichierDepose) -> HttpResponseBase:
    """Un fichier déposé par quelqu'un, une fois lu par l'antivirus s'il y en a un."""
    if depot.analyse == EtatAnalyse.EN_ATTENTE:
        return pas_encore(request, "Ce fichier est en attente d'analyse par l'antivirus : réessayez dans une minute.")
    if depot.analyse == EtatAnalyse.INFECTE:
        return disparu(request, "L'antivirus a trouvé un virus dans ce fichier : il est effacé. Demandez-en un autre.")
    return en_piece_jointe(depot.fichier, depot.nom, depot.type_mime)


@verbe(CONNECTES, Document, message="Le document est de nouveau en fabrication.")
@intitulee("Refaire un document")
def relancer(request: Requete, document: Document):
    services.refaire_un_document(acteur=request.acteur, document=document)
    return redirect("document", document.uuid)
