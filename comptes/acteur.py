"""L'acteur : qui agit, pour quelle organisation, dans quel rôle. Passé explicitement partout sous les vues."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from comptes.enums import FACILITATEURS, FACILITATEURS_QUI_ECRIVENT, Role

if TYPE_CHECKING:
    from comptes.models import Organisation, Utilisateur


@dataclass(frozen=True, slots=True)
class Acteur:
    """Immuable, construit une fois par requête. `utilisateur` est vide pour un travail automatique."""

    utilisateur: "Utilisateur | None"
    organisation: "Organisation | None"
    role: Role | None

    @classmethod
    def systeme(cls, structure: "Organisation") -> "Acteur":
        """L'automate d'une structure : commandes, tâches périodiques, reprise de données."""
        return cls(None, structure, Role.RESPONSABLE)

    @classmethod
    def exploitant(cls) -> "Acteur":
        """Qui tape une commande sur le serveur : les droits d'un administrateur, sans organisation."""
        return cls(None, None, Role.ADMINISTRATEUR)

    @property
    def agit_pour(self) -> "Organisation":
        """Son organisation, là où il en a forcément une : qu'elle manque est une faute de programme."""
        if self.organisation is None:
            raise LookupError("L'acteur n'agit pour aucune organisation.")
        return self.organisation

    @property
    def en_personne(self) -> "Utilisateur":
        """Qui agit, là où ce ne peut être l'automate."""
        if self.utilisateur is None:
            raise LookupError("Personne n'agit : c'est un travail automatique.")
        return self.utilisateur

    @property
    def est_facilitateur(self) -> bool:
        return self.role in FACILITATEURS

    @property
    def peut_ecrire(self) -> bool:
        return self.role in FACILITATEURS_QUI_ECRIVENT

    @property
    def est_responsable(self) -> bool:
        return self.role == Role.RESPONSABLE

    @property
    def est_administrateur(self) -> bool:
        return self.role == Role.ADMINISTRATEUR

    @property
    def structure(self) -> "Organisation | None":
        """La structure facilitatrice de l'acteur, ou rien s'il est d'un autre monde."""
        return self.organisation if self.est_facilitateur else None
