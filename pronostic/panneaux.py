"""Où un marché, un engagement finira, à lire sur leur page."""

from django.utils import timezone

from comptes.enums import FACILITATEURS, Role
from declarations.panneaux.mois import case_du_mois
from marches.models import Engagement, Marche
from pronostic.figures import courbe_de
from pronostic.lecture import MoisLu, lire_l_engagement, lire_le_marche
from pronostic.projection import projeter
from socle.composants import CaseMois
from socle.panneaux import panneau


def cases_du_marche(mois_lus: list[MoisLu]) -> list[CaseMois]:
    """Une case par mois d'un marché, de ses engagements réunis."""
    par_mois: dict = {}
    for lu in sorted(mois_lus, key=lambda lu: lu.mois):
        par_mois.setdefault(lu.mois, []).append(lu)
    return [case_du_mois(mois, du_mois) for mois, du_mois in par_mois.items()]


@panneau(
    "marches.marche", gabarit="pronostic/panneau_projection.html", acces=FACILITATEURS | {Role.MAITRE_OUVRAGE}, ordre=20
)
def projection_du_marche(acteur, marche: Marche) -> dict:
    """Où le marché finira, et ses mois : les deux se lisent dans les mêmes faits. L'acheteur a la phrase et la courbe."""
    aujourd_hui = timezone.localdate()
    lu = lire_le_marche(marche, aujourd_hui)
    return {
        "projection": lu.projection,
        "courbe": courbe_de(lu.execution, lu.projection) if lu.execution and lu.projection else None,
        "mois": {"cases": cases_du_marche(lu.mois)} if acteur.est_facilitateur else None,
    }


@panneau(
    "marches.engagement", gabarit="pronostic/panneau_projection.html", acces=FACILITATEURS | {Role.ENTREPRISE}, ordre=5
)
def projection_de_l_engagement(acteur, engagement: Engagement) -> dict:
    """Où l'engagement finira : l'entreprise lit la même phrase que le facilitateur."""
    aujourd_hui = timezone.localdate()
    execution = lire_l_engagement(engagement, aujourd_hui)
    if execution is None:
        return {"projection": None, "courbe": None}
    projection = projeter(execution, aujourd_hui)
    return {"projection": projection, "courbe": courbe_de(execution, projection)}
