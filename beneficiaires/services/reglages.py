"""Régler l'éligibilité d'une structure : sa durée, ses critères."""

from django.db import transaction

from beneficiaires.criteres import REGLES
from beneficiaires.enums import CodeCritere
from beneficiaires.models import ReglageCritere, ReglagesEligibilite
from beneficiaires.permissions import peut_gerer_les_dossiers
from comptes.acteur import Acteur
from comptes.models import Organisation
from socle.services.enregistrement import modifier, verrouiller_les_reglages
from socle.services.journal import declarer_actions

declarer_actions(
    duree_eligibilite_reglee="Durée d'éligibilité réglée",
    critere_regle="Critère d'éligibilité réglé",
)


@transaction.atomic
def regler_duree_d_eligibilite(
    *, acteur: Acteur, duree_mois: int, interruption_mois: int | None
) -> ReglagesEligibilite:
    """La durée d'une période d'éligibilité, et le temps sans contrat qui en ouvre une nouvelle ; vide, jamais."""
    peut_gerer_les_dossiers(acteur).exiger()
    reglages = verrouiller_les_reglages(ReglagesEligibilite, acteur.organisation)
    duree = {"duree_mois": duree_mois, "interruption_mois": interruption_mois}
    modifier(reglages, duree, acteur=acteur, action="duree_eligibilite_reglee", sur=acteur.organisation)
    return reglages


def critere_propose(structure: Organisation, code: str) -> ReglageCritere:
    """Le critère tel que proposé à toutes les structures (non enregistré)."""
    regle = REGLES[code]
    return ReglageCritere(
        structure=structure,
        code=code,
        libelle=CodeCritere(code).label,
        justificatif=regle.justificatif,
        validite_mois=regle.validite_mois,
    )


@transaction.atomic
def regler_critere(*, acteur: Acteur, code: str, **valeurs) -> ReglageCritere:
    """Le libellé, la pièce et la validité que la structure retient pour un critère ; les dossiers déjà écrits restent."""
    peut_gerer_les_dossiers(acteur).exiger()
    reglage = verrouiller_les_reglages(
        ReglageCritere, acteur.organisation, usuels=critere_propose(acteur.agit_pour, code), code=CodeCritere(code)
    )
    nom = reglage.get_code_display()
    modifier(reglage, valeurs, acteur=acteur, action="critere_regle", sur=acteur.organisation, nom=nom)
    return reglage
