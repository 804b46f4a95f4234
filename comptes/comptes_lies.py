"""Ce que montre une fiche du compte de ses gens : qui la structure y connaît, ce qui attend, ce qu'elle peut faire."""

from typing import Any

from django.urls import reverse

from comptes.acteur import Acteur
from comptes.models import Adhesion, AvecCompte, Invitation, Organisation
from comptes.permissions import peut_inviter_depuis_une_fiche, peut_rompre_le_lien

GESTES = ("inviter", "relier", "confirmer_rupture")


def compte_de_la_fiche(acteur: Acteur, fiche: AvecCompte, *, adresses: str) -> dict[str, Any]:
    """Le panneau « Compte » d'une fiche. `adresses` : le début du nom de ses pages (« entreprises:compte »)."""
    pages = {geste: reverse(f"{adresses}_{geste}", args=[fiche.uuid]) for geste in GESTES}
    contexte = {"fiche": fiche, "pages": pages, "inviter": peut_inviter_depuis_une_fiche(acteur).ok}
    if fiche.organisation_id is None:
        return {**contexte, "a_relier": contexte["inviter"] and comptes_sans_fiche(acteur, fiche).exists()}
    adhesions = Adhesion.objects.filter(organisation=fiche.organisation_id, active=True)
    return {
        **contexte,
        "organisation": fiche.organisation,
        "membres": list(
            adhesions.connues_de([acteur.agit_pour.pk]).select_related("utilisateur").order_by("utilisateur__nom", "pk")
        ),
        "invitations": list(
            Invitation.objects.en_attente()
            .filter(organisation=fiche.organisation_id, emettrice=acteur.agit_pour)
            .select_related("courriel")
        ),
        "rompre": contexte["inviter"] and peut_rompre_le_lien(acteur, fiche.organisation).ok,
    }


def comptes_sans_fiche(acteur: Acteur, fiche: AvecCompte):
    """Les comptes du même genre, partenaires de la structure, que nulle fiche ne tient."""
    reliees = type(fiche).objects.filter(organisation__isnull=False).values("organisation")
    ouverts = Organisation.objects.visibles_par(acteur).actifs().filter(type=fiche.TYPE_DU_COMPTE)
    return ouverts.exclude(pk__in=reliees)


def fiche_du_compte(acteur: Acteur, organisation: Organisation, modele: type[AvecCompte], *, adresses: str) -> dict:
    """Le panneau « Fiche » d'un compte : de qui ses membres sont les gens ; rien si ce n'est pas de ce genre de fiche."""
    if organisation.type != modele.TYPE_DU_COMPTE:
        return {}
    fiche = modele.objects.visibles_par(acteur).filter(organisation=organisation).first()
    if fiche is None:
        return {"fiche": None}
    rompre = peut_rompre_le_lien(acteur, organisation)
    return {
        "fiche": fiche,
        "page": fiche.get_absolute_url() if acteur.est_facilitateur else "",
        "rompre": reverse(f"{adresses}_confirmer_rupture", args=[fiche.uuid]) if rompre else "",
    }
