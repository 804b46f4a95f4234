"""La page « Échéances, notes et pièces » d'un projet ou d'un marché, et ses gestes."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from comptes.acteur import Acteur
from comptes.enums import FACILITATEURS, FACILITATEURS_QUI_ECRIVENT, Role
from marches import services
from marches.forms.suivi_achat import DeplacerForm, NoteAcheteurForm, NoteForm, PieceForm
from marches.models import Jalon, Marche, Note, Piece, ProjetAchat
from marches.permissions import peut_completer_achat, peut_etudier_projet, peut_modifier_marche, peut_retirer_piece
from marches.retroplanning import RAISONS
from marches.services.suivi_achat import rattachement
from socle.acces import ouverte_a
from socle.intitules import intitulee
from socle.requetes import Requete
from socle.views import CreationView, EditionView, FicheView, verbe
from socle.views.bases import objet_ou_404
from socle.views.documents import depot_en_piece_jointe

LECTEURS = FACILITATEURS | {Role.MAITRE_OUVRAGE}
QUI_COMPLETENT = FACILITATEURS_QUI_ECRIVENT | {Role.MAITRE_OUVRAGE}


def adresse_du_suivi(achat: Marche | ProjetAchat) -> str:
    return reverse(f"marches:{str(achat._meta.model_name).removesuffix('achat')}_suivi", args=[achat.uuid])


class SuiviAchatView(FicheView):
    intitule = "Échéances, notes et pièces"
    acces = LECTEURS
    model: Any = ProjetAchat  # ou Marche, dit par l'URL
    template_name = "marches/suivi_achat.html"

    def get_queryset(self):
        return super().get_queryset().select_related("maitre_ouvrage")

    def get_context_data(self, **kwargs):
        achat, acteur = self.object, self.acteur
        attache = rattachement(achat)
        est_marche = isinstance(achat, Marche)
        verdict = peut_modifier_marche(acteur, achat) if est_marche else peut_etudier_projet(acteur, achat)
        return {
            **super().get_context_data(**kwargs),
            "panneaux": [],
            "sur": "marche" if est_marche else "projet",
            "titre_achat": achat.objet,
            "jalons": [
                {"jalon": jalon, "raison": RAISONS.get(jalon.code, ""), "etat": etat_du_jalon(jalon)}
                for jalon in Jalon.objects.visibles_par(acteur).filter(**attache).select_related("marche", "projet")
            ],
            "notes": Note.objects.visibles_par(acteur).filter(**attache).select_related("auteur"),
            "pieces": _pieces(acteur, attache),
            "modifiable": verdict.ok,
            "completable": peut_completer_achat(acteur, achat).ok,
        }


def _pieces(acteur: Acteur, attache: dict) -> list[dict]:
    pieces = Piece.objects.visibles_par(acteur).filter(retiree_le=None, **attache)
    lues = pieces.select_related("marche", "projet__maitre_ouvrage")
    return [{"piece": piece, "retirable": peut_retirer_piece(acteur, piece).ok} for piece in lues]


def etat_du_jalon(jalon: Jalon) -> tuple[str, str]:
    """L'état d'une étape, en un mot et un ton."""
    if jalon.fait_le:
        return "Fait", "fait"
    if jalon.est_acquise:
        return "Passée", "fait"
    return ("En retard", "retard") if jalon.echeance < timezone.localdate() else ("À venir", "neutre")


class _DeLAchatCreationView(CreationView):
    acces = QUI_COMPLETENT
    parent_model: Any = None  # le projet ou le marché, dit par l'URL

    def get_form_kwargs(self):
        peut_completer_achat(self.acteur, self.parent).exiger()  # le refus se dit avant la saisie
        return super().get_form_kwargs()

    def get_success_url(self):
        return self.get_retour()

    def get_retour(self):
        return adresse_du_suivi(self.parent)


class NoteCreationView(_DeLAchatCreationView):
    titre = "Nouvelle note"
    bouton = "Ajouter la note"
    message = "Note ajoutée."

    def get_form_class(self):
        return NoteForm if self.acteur.est_facilitateur else NoteAcheteurForm

    def enregistrer(self, form):
        return services.ajouter_note(acteur=self.acteur, achat=self.parent, **form.valeurs())


class PieceCreationView(_DeLAchatCreationView):
    form_class = PieceForm
    titre = "Déposer une pièce"
    bouton = "Déposer la pièce"
    message = "Pièce déposée."

    def enregistrer(self, form):
        return services.deposer_piece(acteur=self.acteur, achat=self.parent, **form.cleaned_data)


class DeplacerJalonView(EditionView):
    acces = FACILITATEURS_QUI_ECRIVENT
    model = Jalon
    form_class = DeplacerForm
    donne_l_objet = False
    titre = "Déplacer l'étape"
    message = "Étape déplacée."

    def get_initial(self):
        return {"echeance": self.objet.echeance}

    def enregistrer(self, form):
        return services.deplacer_jalon(acteur=self.acteur, jalon=self.objet, **form.cleaned_data)

    def get_success_url(self):
        return self.get_retour()

    def get_retour(self):
        return adresse_du_suivi(self.objet.support)


@intitulee("Établir le rétroplanning")
def _etablir(request: Requete, achat: Marche | ProjetAchat) -> HttpResponse:
    poses = services.etablir_retroplanning(acteur=request.acteur, achat=achat)
    messages.success(
        request, f"Rétroplanning à jour : {poses} étapes posées." if poses else "Rétroplanning déjà à jour."
    )
    return redirect(adresse_du_suivi(achat))


etablir_du_projet = verbe(FACILITATEURS_QUI_ECRIVENT, ProjetAchat)(_etablir)
etablir_du_marche = verbe(FACILITATEURS_QUI_ECRIVENT, Marche)(_etablir)


@verbe(FACILITATEURS_QUI_ECRIVENT, Jalon)
@intitulee("Cocher une étape, ou la rouvrir")
def cocher_jalon(request: Requete, jalon: Jalon):
    services.cocher_jalon(acteur=request.acteur, jalon=jalon)
    return redirect(adresse_du_suivi(jalon.support))


@verbe(FACILITATEURS_QUI_ECRIVENT, Note)
@intitulee("Cocher la suite d'une note, ou la rouvrir")
def cocher_note(request: Requete, note: Note):
    services.cocher_note(acteur=request.acteur, note=note)
    return redirect(adresse_du_suivi(note.support))


@verbe(FACILITATEURS_QUI_ECRIVENT, Piece)
@intitulee("Montrer une pièce à l'acheteur, ou la lui retirer")
def montrer_piece(request: Requete, piece: Piece):
    services.montrer_piece(acteur=request.acteur, piece=piece)
    return redirect(adresse_du_suivi(piece.support))


@verbe(QUI_COMPLETENT, Piece, message="Pièce retirée.")
@intitulee("Retirer une pièce")
def retirer_piece(request: Requete, piece: Piece):
    services.retirer_piece(acteur=request.acteur, piece=piece)
    return redirect(adresse_du_suivi(piece.support))


@ouverte_a(LECTEURS)
@require_GET
@intitulee("Télécharger une pièce")
def telecharger_piece(request: Requete, uuid) -> HttpResponseBase:
    """Télécharger une pièce : toujours en pièce jointe, jamais ouverte dans l'application."""
    piece = objet_ou_404(Piece, request.acteur, uuid)
    return depot_en_piece_jointe(request, piece)
