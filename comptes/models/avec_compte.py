from typing import Any

from comptes.enums import TypeOrganisation
from socle.modeles import ModeleIdentifie


class AvecCompte(ModeleIdentifie):
    """Une ligne d'un référentiel dont les gens ont un compte : leur `organisation` est la sienne, et n'est qu'à elle."""

    TYPE_DU_COMPTE: TypeOrganisation
    organisation: Any  # chaque ligne déclare sa relation, que l'autre bout nomme à sa façon
    organisation_id: Any
    objects: Any

    class Meta(ModeleIdentifie.Meta):
        abstract = True

    @property
    def nom_du_compte(self) -> str:
        raise NotImplementedError

    def get_absolute_url(self) -> str:
        raise NotImplementedError
