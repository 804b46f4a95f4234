"""Ce que le territoire ajoute à la page d'une structure, et à sa création : le dire."""

from typing import Any

from django.urls import reverse

from socle.panneaux import UN_GESTE, panneau
from territoires.enums import ROLE_ADMINISTRATEUR, TYPE_STRUCTURE


@panneau("comptes.organisation.suite", gabarit=UN_GESTE, acces={ROLE_ADMINISTRATEUR}, ordre=10)
@panneau("comptes.organisation.gestes", gabarit=UN_GESTE, acces={ROLE_ADMINISTRATEUR}, ordre=10)
def definir_le_territoire(acteur, organisation) -> dict[str, Any]:
    """Rien pour les autres organisations : elles n'ont pas de territoire."""
    if organisation.type != TYPE_STRUCTURE:
        return {}
    return {"libelle": "Définir le territoire", "url": reverse("territoires:definir_pour", args=[organisation.uuid])}
