"""Ce que déclare l'entreprise, de son espace ou par son lien signé : les mêmes pages, la même portée."""

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from declarations.enums import StatutDeclaration
from declarations.models import Declaration
from declarations.ouverture import vont_s_ouvrir
from declarations.permissions import peut_declarer
from declarations.services.declarations import declarer_aucune_heure, envoyer_declaration
from declarations.views.declarant import Declarant, par_compte, par_lien
from declarations.views.saisie import (
    Saisie,
    adresse_du_fichier,
    contrats_du_mois,
    lire_ce_qui_est_joint,
    nommer_le_marche,
)
from entreprises.models import Entreprise
from socle.intitules import intitulee
from socle.nombres import mois_annee
from socle.requetes import Requete
from socle.views.documents import depot_en_piece_jointe
from socle.views.liens import demander_code
from socle.views.listes import PaginateurDoux

MONTREES = 12
PANNE_D_ENVOI = (
    "La base de données ne répond pas. Rien n'est envoyé, votre brouillon est gardé : réessayez dans une minute."
)


def _ou_deposer_un_fichier(qui: Declarant) -> str:
    """Le fichier de son logiciel d'heures, par son compte : un lien n'y mène pas."""
    siennes = Entreprise.objects.visibles_par(qui.acteur) if qui.acteur.utilisateur else Entreprise.objects.none()
    entreprise = siennes.order_by("pk").first()
    return reverse("suivi:fichier_heures", args=[entreprise.uuid]) if entreprise else ""


@intitulee("Déclarer mes heures d'insertion")
def _mes_declarations(request: Requete, qui: Declarant) -> HttpResponse:
    toutes = qui.declarations.avec_contexte().order_by("-mois", "engagement__lot__marche__reference", "pk")
    jour = timezone.localdate()
    # La plus pressée d'abord : la première carte est celle qu'on attend le plus.
    a_declarer = list(toutes.a_declarer().order_by("echeance", "mois", "pk"))
    for declaration in a_declarer:
        declaration.etat = StatutDeclaration(declaration.statut)
        declaration.en_retard = declaration.est_en_retard(jour)
        declaration.remplir = qui.adresse("declarer", declaration)
        declaration.aucune = qui.adresse("aucune_heure", declaration)
    deja = toutes.exclude(statut__in=StatutDeclaration.chez_l_entreprise())
    faites = PaginateurDoux(deja, MONTREES).get_page(request.GET.get("page"))
    faites.object_list = list(faites.object_list)
    for declaration in faites:
        declaration.etat = StatutDeclaration(declaration.statut)
        declaration.remplir = "" if declaration.est_validee else qui.adresse("declarer", declaration)
        declaration.relire = qui.adresse("verifier", declaration) if declaration.est_validee else ""
    s_ouvrent = not a_declarer and vont_s_ouvrir(jour, **qui.engagements)
    contexte = {"base": qui.base, "a_declarer": a_declarer, "faites": faites, "s_ouvrent": s_ouvrent}
    contexte["fichier"] = _ou_deposer_un_fichier(qui)
    return render(request, "declarations/mes_declarations.html", contexte)


@intitulee("Déclarer les heures d'un mois")
def _declarer(request: Requete, qui: Declarant, declaration: Declaration) -> HttpResponse:
    if not (verdict := peut_declarer(qui.acteur, declaration)):
        messages.error(request, verdict.motif)
        return redirect(qui.liste)
    saisie = Saisie(request, qui, declaration)
    if request.method == "POST" and (suite := saisie.enregistrer()):
        return redirect(suite)
    return saisie.page()


@intitulee("Relire puis envoyer une déclaration")
def _verifier(request: Requete, qui: Declarant, declaration: Declaration) -> HttpResponse:
    # Lu avant d'envoyer : si la base lâche, la page se remontre sans elle.
    page = _relecture(request, qui, declaration)
    if request.method != "POST":
        return page()
    try:
        return _conclure(request, qui, envoyer_declaration, declaration)
    except OperationalError:
        return page(PANNE_D_ENVOI)


def _relecture(request: Requete, qui: Declarant, declaration: Declaration) -> Callable[..., HttpResponse]:
    lignes = list(
        declaration.lignes.select_related("contrat__beneficiaire").order_by("contrat__beneficiaire__nom_plie", "pk")
    )
    departs = {depart.contrat_id: depart for depart in declaration.departs.a_traiter()}
    for ligne in lignes:
        ligne.depart = departs.get(ligne.contrat_id)  # type: ignore[attr-defined]  # au gabarit
    dits = {ligne.contrat_id for ligne in lignes}
    joints, annonces = lire_ce_qui_est_joint(declaration)
    for joint in joints:
        joint.adresse = adresse_du_fichier(qui, declaration, joint)  # type: ignore[attr-defined]  # au gabarit
    contexte = {
        "base": qui.base,
        "declaration": declaration,
        "marche": nommer_le_marche(declaration),
        "lignes_heures": lignes,
        "annonces": annonces,
        "joints": joints,
        "sans_heures": [contrat for contrat in contrats_du_mois(declaration) if contrat.pk not in dits],
        "travail": sum(ligne.heures_travaillees for ligne in lignes),
        "formation": sum(ligne.heures_formation for ligne in lignes),
        "declarees": sum(ligne.heures_travaillees + ligne.heures_formation for ligne in lignes),
        "retenues": sum(ligne.heures for ligne in lignes),
        "corriger": qui.adresse("declarer", declaration),
        "modifiable": bool(peut_declarer(qui.acteur, declaration)),
    }

    def montrer(panne: str = "") -> HttpResponse:
        statut = HTTPStatus.SERVICE_UNAVAILABLE if panne else HTTPStatus.OK
        return render(request, "declarations/verifier.html", {**contexte, "panne": panne}, status=statut)

    return montrer


@intitulee("Dire qu'il n'y a aucune heure ce mois-ci")
def _aucune_heure(request: Requete, qui: Declarant, declaration: Declaration) -> HttpResponse:
    if request.method != "POST":
        return redirect(qui.adresse("declarer", declaration))
    return _conclure(request, qui, declarer_aucune_heure, declaration)


@intitulee("Télécharger un justificatif joint")
def _justificatif(request: Requete, qui: Declarant, declaration: Declaration, justificatif: UUID) -> HttpResponseBase:
    joint = get_object_or_404(declaration.justificatifs.joints(), uuid=justificatif)
    return depot_en_piece_jointe(request, joint)


@intitulee("Donner le code reçu par courriel avant de voir des noms")
def _code(request: Requete, qui: Declarant, declaration: Declaration) -> HttpResponse:
    return demander_code(request, suite=qui.adresse("declarer", declaration), retour=qui.liste)


def _conclure(request: Requete, qui: Declarant, service: Callable, declaration: Declaration) -> HttpResponse:
    if not (verdict := peut_declarer(qui.acteur, declaration)):
        messages.error(request, verdict.motif)
        return redirect(qui.liste)
    try:
        service(acteur=qui.acteur, declaration=declaration, declarant=qui.courriel)
    except ValidationError as refus:
        for motif in refus.messages:
            messages.error(request, motif)
        return redirect(qui.adresse("declarer", declaration))
    messages.success(
        request, f"Merci : {mois_annee(declaration.mois)} est déclaré. Corrigez-le ici tant qu'il n'est pas validé."
    )
    return redirect(qui.liste)


mes_declarations = par_compte(_mes_declarations)
mes_declarations_par_lien = par_lien(_mes_declarations, noms=False)
declarer, declarer_par_lien = par_compte(_declarer), par_lien(_declarer)
verifier, verifier_par_lien = par_compte(_verifier), par_lien(_verifier)
aucune_heure, aucune_heure_par_lien = par_compte(_aucune_heure), par_lien(_aucune_heure, noms=False)
justificatif_declare, justificatif_declare_par_lien = par_compte(_justificatif), par_lien(_justificatif)
code_par_lien = par_lien(_code, noms=False)
