"""Ce que le territoire ajoute à la page d'une structure, et à sa création : le dire."""

from typing import Any

from django.urls import reverse

from socle.nombres import accorder
from socle.panneaux import UN_GESTE, panneau
from territoires.enums import ROLE_ADMINISTRATEUR, TYPE_STRUCTURE
from territoires.models import Commune


@panneau("comptes.organisation.suite", gabarit=UN_GESTE, acces={ROLE_ADMINISTRATEUR}, ordre=10)
@panneau("comptes.organisation.gestes", gabarit=UN_GESTE, acces={ROLE_ADMINISTRATEUR}, ordre=10)
def definir_le_territoire(acteur, organisation) -> dict[str, Any]:
    """Rien pour les autres organisations : elles n'ont pas de territoire. Celui qui est défini dit son étendue."""
    if organisation.type != TYPE_STRUCTURE:
        return {}
    communes = Commune.objects.filter(territoires__structure=organisation).count()
    libelle = f"Changer le territoire ({accorder(communes, 'commune')})" if communes else "Définir le territoire"
    return {"libelle": libelle, "url": reverse("territoires:definir_pour", args=[organisation.uuid])}
