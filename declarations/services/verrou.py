"""La porte des gestes sur un mois."""

from comptes.acteur import Acteur
from declarations.models import Declaration
from marches.models import Engagement
from socle.services.enregistrement import relire


def verrouiller_le_mois(acteur: Acteur, declaration: Declaration) -> Declaration:
    """Le mois relu, s'il est de la portée de l'acteur. L'engagement sert de verrou : deux gestes sur un même mois se suivent."""
    Engagement.objects.select_for_update().values_list("pk").get(pk=declaration.engagement_id)
    return relire(Declaration.objects.avec_contexte(), acteur, declaration)
