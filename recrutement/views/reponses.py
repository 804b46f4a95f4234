"""La réponse de l'entreprise : depuis son espace, ou par un lien signé, les mêmes candidatures et les mêmes gestes."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from comptes.acteur import Acteur
from comptes.enums import Role
from recrutement import services
from recrutement.enums import Modalite, StatutCandidature, StatutOffre
from recrutement.filters import MesOffresFilter
from recrutement.forms.offres import EntretienForm, RefusForm
from recrutement.models import Candidature, Offre
from recrutement.permissions import peut_avancer_candidature, peut_changer_le_besoin
from recrutement.services.offres import USAGE_REPONSE
from socle.acces import ouverte_a
from socle.composants import Etape
from socle.intitules import intitulee
from socle.requetes import Requete
from socle.tables import Colonne, Genre
from socle.views import ListeView, objet_ou_404
from socle.views.bases import dire
from socle.views.liens import ouverte_par_lien

ENTREPRISES = frozenset({Role.ENTREPRISE})
GESTES: dict[str, Any] = {"rencontrer": EntretienForm, "retenir": None, "refuser": RefusForm}
MERCI = {
    "rencontrer": "Entretien noté.",
    "retenir": "Personne retenue. Votre facilitateur prépare la suite avec vous.",
    "refuser": "Réponse notée : merci d'avoir dit pourquoi.",
}


class MesOffresView(ListeView):
    """Les postes de mon entreprise et les candidatures reçues"""

    acces = ENTREPRISES
    model = Offre
    filterset_class = MesOffresFilter
    titre = "Mes offres"
    vide = "Aucune offre. Dites qui vous cherchez : votre facilitateur relit votre besoin et trouve des personnes."
    nom_export = "mes-offres"
    colonnes = [
        Colonne(
            "Poste",
            lambda o: o.intitule,
            lien=lambda o: reverse("recrutement:reponse", args=[o.uuid]),
            principale=True,
        ),
        Colonne("Marché", lambda o: o.engagement.lot.marche.reference),
        Colonne("Statut", lambda o: StatutOffre(o.statut), Genre.STATUT, tri="statut"),
        Colonne("Début", lambda o: o.debut, Genre.DATE, tri="debut"),
        Colonne("Postes", lambda o: o.postes, Genre.NOMBRE),
        Colonne("À examiner", lambda o: o.a_examiner or None, Genre.NOMBRE),
        Colonne("Retenues", lambda o: o.retenues, Genre.NOMBRE),
        Colonne("Suivie par", lambda o: o.structure.nom),
    ]

    def get_base_queryset(self):
        siennes = super().get_base_queryset().avec_contexte().select_related("structure")
        return siennes.avec_comptes().avec_reponses_attendues()

    def get_actions(self):
        return [("Exprimer un besoin", reverse("recrutement:besoin_nouveau"))]


@ouverte_a(ENTREPRISES)
@require_http_methods(["GET", "POST"])
@intitulee("Répondre aux candidatures d'une offre de mon entreprise")
def reponse(request: Requete, uuid: uuid.UUID) -> HttpResponse:
    offre = objet_ou_404(Offre, request.acteur, uuid, Offre.objects.visibles_par(request.acteur).avec_contexte())
    return _page(request, offre, request.acteur, reverse("recrutement:reponse", args=[uuid]), "base.html")


@ouverte_par_lien(USAGE_REPONSE)
@require_http_methods(["GET", "POST"])
@intitulee("Répondre aux candidatures d'une offre, par un lien signé")
def reponse_par_lien(request: Requete, uuid: uuid.UUID) -> HttpResponse:
    offre = get_object_or_404(Offre.objects.diffusees().avec_contexte(), uuid=uuid)
    acteur = Acteur.par_lien(request.lien, Role.ENTREPRISE)
    return _page(request, offre, acteur, reverse("recrutement:reponse_par_lien", args=[uuid]), "base_simple.html")


def _page(request: Requete, offre: Offre, acteur: Acteur, adresse: str, base: str) -> HttpResponse:
    candidatures = list(
        offre.candidatures.chez_l_entreprise().avec_contexte().prefetch_related("beneficiaire__metiers")
    )
    formulaires: dict = {}
    if request.method == "POST":
        choisie, geste = _demande(request, candidatures)
        formulaire = GESTES[geste](request.POST, acteur=acteur, prefix=str(choisie.uuid)) if GESTES[geste] else None
        if _repondu(request, acteur, choisie, geste, formulaire):
            return redirect(adresse)
        formulaires[choisie.pk, geste] = formulaire
    for candidature in candidatures:
        candidature.etat = StatutCandidature(candidature.statut)
        candidature.attend = peut_avancer_candidature(acteur, candidature, "retenir").ok
        for nom, cle in (("form_entretien", "rencontrer"), ("form_refus", "refuser")):
            vide = GESTES[cle](acteur=acteur, prefix=str(candidature.uuid))
            setattr(candidature, nom, formulaires.get((candidature.pk, cle)) or vide)
    contexte = {
        "base": base,
        "offre": offre,
        "statut": StatutOffre(offre.statut),
        "modalite": Modalite(offre.modalite).label,
        "candidatures": candidatures,
        "a_examiner": sum(c.attend for c in candidatures),
        "etapes": etapes_du_besoin(offre),
        "modifiable": peut_changer_le_besoin(acteur, offre).ok,
    }
    return render(request, "recrutement/reponse.html", contexte)


def etapes_du_besoin(offre: Offre) -> list[Etape]:
    """Où en est le besoin que l'entreprise a exprimé ; rien d'une offre écrite par la structure, ni d'un besoin refermé."""
    if not offre.demandee_par_entreprise or offre.statut == StatutOffre.ABANDONNEE:
        return []
    ordre: list[str] = [StatutOffre.BESOIN, StatutOffre.BROUILLON, StatutOffre.DIFFUSEE]
    fait = ordre.index(offre.statut) if offre.statut in ordre else len(ordre)
    libelles = ("Relu par votre facilitateur", "Proposé aux partenaires", "Pourvu")
    etats = ["faite" if rang < fait else "en_cours" if rang == fait else "a_venir" for rang in range(len(libelles))]
    return [Etape("Besoin exprimé", "faite"), *map(Etape, libelles, etats)]


def _demande(request: Requete, candidatures: list[Candidature]) -> tuple[Candidature, str]:
    geste = request.POST.get("geste", "")
    choisie = next((c for c in candidatures if str(c.uuid) == request.POST.get("candidature")), None)
    if choisie is None or geste not in GESTES:
        raise Http404
    return choisie, geste


def _repondu(request: Requete, acteur: Acteur, candidature: Candidature, geste: str, formulaire) -> bool:
    if formulaire is not None and not formulaire.is_valid():
        return False
    valeurs = formulaire.cleaned_data if formulaire is not None else {}
    try:
        avancee = services.avancer_candidature(acteur=acteur, candidature=candidature, transition=geste, **valeurs)
    except ValidationError as refus:
        for motif in refus.messages:
            messages.error(request, motif)
        return True
    dire(request, MERCI[geste], avancee.dit_a)
    return True
