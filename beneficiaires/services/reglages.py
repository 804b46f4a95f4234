"""Régler l'éligibilité d'une structure : sa durée, ses critères."""

from django.db import transaction

from beneficiaires.enums import CodeCritere
from beneficiaires.models import ReglageCritere, ReglagesEligibilite
from beneficiaires.permissions import peut_gerer_les_dossiers
from comptes.acteur import Acteur
from socle.services.enregistrement import ecrire
from socle.services.journal import declarer_actions, noter

declarer_actions(
    duree_eligibilite_reglee="Durée d'éligibilité réglée",
    critere_regle="Critère d'éligibilité réglé",
)


@transaction.atomic
def regler_duree_d_eligibilite(*, acteur: Acteur, duree_mois: int) -> ReglagesEligibilite:
    peut_gerer_les_dossiers(acteur).exiger()
    reglages = ReglagesEligibilite.objects.filter(structure=acteur.organisation).first()
    reglages = reglages or ReglagesEligibilite(structure=acteur.organisation)
    ecrire(reglages, {"duree_mois": duree_mois})
    noter(acteur=acteur, action="duree_eligibilite_reglee", objet=acteur.organisation, duree_mois=duree_mois)
    return reglages


@transaction.atomic
def regler_critere(*, acteur: Acteur, code: str, **valeurs) -> ReglageCritere:
    """Le libellé, la pièce et la validité que la structure retient pour un critère ; les dossiers déjà écrits restent."""
    peut_gerer_les_dossiers(acteur).exiger()
    reglage = ReglageCritere.objects.filter(structure=acteur.organisation, code=CodeCritere(code)).first()
    reglage = reglage or ReglageCritere(structure=acteur.organisation, code=code)
    ecrire(reglage, valeurs)
    noter(acteur=acteur, action="critere_regle", objet=acteur.organisation, nom=reglage.libelle)
    return reglage
