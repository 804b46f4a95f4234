from decimal import Decimal

from django.db import transaction

from comptes.acteur import Acteur
from reporting.models import ReglagesBilan
from reporting.permissions import peut_regler_les_bilans
from socle.services.journal import declarer_actions, noter

declarer_actions(
    reglages_bilan="Réglages des bilans changés", colonnes_extrait="Colonnes de l'extrait national changées"
)


CALENDRIER = ("prepare_le_bilan", "jour_du_bilan", "envoie_le_point")


@transaction.atomic
def regler_les_bilans(
    *,
    acteur: Acteur,
    heures_par_etp: Decimal,
    prepare_le_bilan: bool | None = None,
    jour_du_bilan: int | None = None,
    envoie_le_point: bool | None = None,
) -> ReglagesBilan:
    """Change le diviseur des équivalents temps plein et ce qui se prépare à date ; `None` laisse un réglage tel quel.

    Les bilans publiés gardent le diviseur qu'ils portaient.
    """
    peut_regler_les_bilans(acteur).exiger()
    reglages, _ = ReglagesBilan.objects.select_for_update().get_or_create(structure=acteur.structure)
    avant, reglages.heures_par_etp = reglages.heures_par_etp, heures_par_etp
    changes = {}
    for champ, valeur in zip(CALENDRIER, (prepare_le_bilan, jour_du_bilan, envoie_le_point), strict=True):
        if valeur is not None and valeur != getattr(reglages, champ):
            changes[champ] = valeur
            setattr(reglages, champ, valeur)
    reglages.full_clean()
    reglages.save()
    if avant != heures_par_etp or changes:
        noter(acteur=acteur, action="reglages_bilan", objet=reglages, avant=avant, apres=heures_par_etp, **changes)
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
