from decimal import Decimal

from django.db import transaction

from comptes.acteur import Acteur
from reporting.extraits.national import COLONNES
from reporting.models import ReglagesBilan
from reporting.permissions import peut_regler_les_bilans
from socle.services.enregistrement import modifier, verrouiller_les_reglages
from socle.services.journal import declarer_actions

declarer_actions(
    reglages_bilan="Réglages des bilans changés", colonnes_extrait="Colonnes de l'extrait national changées"
)


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
    reglages = verrouiller_les_reglages(ReglagesBilan, acteur.structure)
    calendrier = {
        "prepare_le_bilan": prepare_le_bilan,
        "jour_du_bilan": jour_du_bilan,
        "envoie_le_point": envoie_le_point,
    }
    voulus = {champ: valeur for champ, valeur in calendrier.items() if valeur is not None}
    valeurs = {"heures_par_etp": heures_par_etp, **voulus}
    modifier(reglages, valeurs, acteur=acteur, action="reglages_bilan", sur=acteur.structure)
    return reglages


@transaction.atomic
def regler_l_extrait(*, acteur: Acteur, colonnes: list[str]) -> ReglagesBilan:
    """Garde les colonnes que la structure donne à la consolidation nationale."""
    peut_regler_les_bilans(acteur).exiger()
    reglages = verrouiller_les_reglages(ReglagesBilan, acteur.structure)
    valeurs = {"colonnes_extrait": colonnes}
    libelles = {"colonnes_extrait": {cle: colonne.titre for cle, colonne in COLONNES.items()}}
    modifier(reglages, valeurs, acteur=acteur, action="colonnes_extrait", sur=acteur.structure, libelles=libelles)
    return reglages
