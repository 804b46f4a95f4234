"""L'acteur : qui agit, pour quelle organisation, dans quel rôle. Passé explicitement partout sous les vues."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from comptes.enums import FACILITATEURS, FACILITATEURS_QUI_ECRIVENT, Role

if TYPE_CHECKING:
    from uuid import UUID

    from comptes.models import Adhesion, Organisation, Utilisateur
    from socle.models import Lien


@dataclass(frozen=True, slots=True)
class Acteur:
    """Immuable, construit une fois par requête. `utilisateur` est vide pour un travail automatique.

    `objet_ouvert` : entré par un lien signé, sans compte, l'acteur ne voit que cet objet, pour la structure qui a envoyé le
    lien (`organisation`). `structures` : le compte d'une entreprise ou d'un acheteur que personne n'a encore confirmé ne voit
    que les dossiers de celles qui l'ont invité.
    """

    utilisateur: "Utilisateur | None"
    organisation: "Organisation | None"
    role: Role | None
    objet_ouvert: "UUID | None" = None
    structures: "frozenset[int] | None" = None

    @classmethod
    def systeme(cls, structure: "Organisation") -> "Acteur":
        """L'automate d'une structure : commandes, tâches périodiques, reprise de données. Il ne voit qu'elle."""
        return cls(None, structure, Role.RESPONSABLE)

    @classmethod
    def exploitant(cls) -> "Acteur":
        """Qui tape une commande sur le serveur : l'administrateur du service, sans organisation ni compte.

        Il voit et tient toutes les organisations, leurs membres, leurs territoires et les référentiels publics. Il ne voit
        ni marché, ni personne, ni document : qui écrit dans une structure le fait par son automate (`systeme`). Rien ne le
        nomme à défaut d'acteur : la commande qui agit ainsi l'écrit elle-même.
        """
        return cls(None, None, Role.ADMINISTRATEUR)

    @classmethod
    def membre(cls, adhesion: "Adhesion") -> "Acteur":
        """Qui agit par cette adhésion, avec ses droits d'aujourd'hui."""
        siennes = frozenset(adhesion.structures.values_list("pk", flat=True)) if adhesion.a_confirmer else None
        return cls(adhesion.utilisateur, adhesion.organisation, Role(adhesion.role), structures=siennes)

    @classmethod
    def par_lien(cls, lien: "Lien", role: Role | None) -> "Acteur":
        """Qui est entré par un lien signé : il fait, sur l'objet que ce lien ouvre et lui seul, les gestes de ce rôle."""
        return cls(None, lien.structure, role, lien.objet_uuid)

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
