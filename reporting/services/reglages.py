from decimal import Decimal

from django.db import transaction

from comptes.acteur import Acteur
from reporting.models import ReglagesBilan
from reporting.permissions import peut_regler_les_bilans
from socle.services.journal import declarer_actions, noter

declarer_actions(
    reglages_bilan="Réglages des bilans changés", colonnes_extrait="Colonnes de l'extrait national changées"
)


@transaction.atomic
def regler_les_bilans(*, acteur: Acteur, heures_par_etp: Decimal) -> ReglagesBilan:
    """Change le diviseur des équivalents temps plein ; les bilans publiés gardent celui qu'ils portaient."""
    peut_regler_les_bilans(acteur).exiger()
    reglages, _ = ReglagesBilan.objects.select_for_update().get_or_create(structure=acteur.structure)
    avant, reglages.heures_par_etp = reglages.heures_par_etp, heures_par_etp
    reglages.full_clean()
    reglages.save()
    if avant != heures_par_etp:
        noter(acteur=acteur, action="reglages_bilan", objet=reglages, avant=avant, apres=heures_par_etp)
    return reglages


@transaction.atomic
def regler_l_extrait(*, acteur: Acteur, colonnes: list[str]) -> ReglagesBilan:
    """Garde les colonnes que la structure donne à la consolidation nationale."""
    peut_regler_les_bilans(acteur).exiger()
    reglages, _ = ReglagesBilan.objects.select_for_update().get_or_create(structure=acteur.structure)
    avant, reglages.colonnes_extrait = reglages.colonnes_extrait, colonnes
    reglages.full_clean()
    reglages.save()
    if avant != colonnes:
        noter(
            acteur=acteur,
            action="colonnes_extrait",
            objet=reglages,
            avant=", ".join(avant),
            apres=", ".join(colonnes),
        )
    return reglages
