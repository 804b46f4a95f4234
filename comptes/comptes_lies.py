"""Ce que montre une fiche du compte de ses gens : qui la structure y connaît, ce qui attend, ce qu'elle peut faire."""

from typing import Any

from django.urls import reverse

from comptes.acteur import Acteur
from comptes.models import AvecCompte, Organisation
from comptes.permissions import peut_inviter_depuis_une_fiche, peut_rompre_le_lien


def compte_de_la_fiche(acteur: Acteur, fiche: AvecCompte, *, adresses: str) -> dict[str, Any]:
    """Le panneau « Compte » d'une fiche, sans une lecture de plus ; qui en est membre se lit à la page du compte.

    `adresses` : le début du nom de ses gestes (« entreprises:compte »).
    """
    return {
        "organisation": fiche.organisation,
        "inviter": reverse(f"{adresses}_inviter", args=[fiche.uuid]),
        "relier": reverse(f"{adresses}_relier", args=[fiche.uuid]),
        "permis": peut_inviter_depuis_une_fiche(acteur).ok,
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
