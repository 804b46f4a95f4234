"""Rouvrir un mois validé pour le rectifier : ce qu'il comptait est gardé. Le valider de nouveau clôt la rectification."""

from django.db import transaction

from beneficiaires.sans_nom import exiger_sans_nom
from comptes.acteur import Acteur
from declarations.enums import TRANSITIONS_DECLARATION
from declarations.models import Declaration, LigneRectifiee, Rectification
from declarations.permissions import peut_rouvrir
from declarations.services.avis_du_mois import avis_du_mois
from declarations.services.decisions import lignes_du_mois
from declarations.services.heures import recompter
from declarations.services.verrou import verrouiller_le_mois
from socle.regles import RegleViolee
from socle.services.journal import declarer_actions, noter

declarer_actions(mois_rouvert="Mois rouvert pour être rectifié")


@transaction.atomic
def rouvrir_mois(*, acteur: Acteur, declaration: Declaration, motif: str) -> Declaration:
    """Rouvre un mois validé pour le rectifier. Le motif est obligatoire ; ce qui comptait avant est gardé."""
    declaration = verrouiller_le_mois(acteur, declaration)
    peut_rouvrir(acteur, declaration).exiger()
    if not motif.strip():
        raise RegleViolee("Dites pourquoi ce mois est rectifié.", champ="motif")
    exiger_sans_nom(motif, [ligne.contrat.beneficiaire for ligne in lignes_du_mois(declaration)], "motif")
    rectification = _garder_ce_qui_comptait(acteur, declaration, motif.strip())
    declaration.statut = TRANSITIONS_DECLARATION.appliquer("rouvrir", declaration.statut)
    declaration.validee_le = declaration.validee_par = None
    declaration.save()
    recompter([declaration.engagement_id])
    noter(
        acteur=acteur,
        action="mois_rouvert",
        objet=declaration.engagement.lot.marche,
        mois=declaration.mois,
        motif=motif.strip(),
        heures=rectification.total_avant,
    )
    declaration.dit_a = avis_du_mois(declaration, quand="Quand vous validerez de nouveau, si un total change")
    return declaration


def _garder_ce_qui_comptait(acteur: Acteur, declaration: Declaration, motif: str) -> Rectification:
    """Garde ce que compte le mois au moment où il est rouvert."""
    rectification = Rectification(
        declaration=declaration,
        motif=motif,
        ouverte_par=acteur.utilisateur,
        total_avant=declaration.lignes.all().total(),
    )
    rectification.full_clean()
    rectification.save()
    LigneRectifiee.objects.bulk_create(
        LigneRectifiee(rectification=rectification, contrat_id=contrat, heures_avant=heures)
        for contrat, heures in declaration.lignes.order_by("pk").values_list("contrat", "heures")
    )
    return rectification
