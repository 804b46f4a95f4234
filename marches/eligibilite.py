"""La règle d'éligibilité d'un marché : ce qu'il fixe, à défaut sa structure. L'annexe l'écrit, `recrutement` l'applique."""

import datetime
from typing import NamedTuple

from beneficiaires.models import ReglagesEligibilite
from marches.models import Marche


class Regle(NamedTuple):
    """Les mois d'une fenêtre, et ceux d'interruption qui en ouvrent une autre (vide, jamais).

    `cdi_mois` : les heures d'un CDI comptent tant de mois depuis l'embauche, au plus jusqu'à la fin du marché.
    """

    duree_mois: int
    interruption_mois: int | None
    cdi_mois: int | None = None
    fin_du_marche: datetime.date = datetime.date.max


def regle_du_marche(marche: Marche, reglages: ReglagesEligibilite) -> Regle:
    return Regle(
        marche.duree_eligibilite_mois or reglages.duree_mois,
        marche.interruption_eligibilite_mois or reglages.interruption_mois,
        marche.regle_cdi_mois,
        marche.fin,
    )
