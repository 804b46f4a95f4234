"""Ce que la lecture d'un enregistrement rend : un avis, ou un refus et son motif."""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal

from decp.enums import TypeContrat


@dataclass(frozen=True, slots=True)
class Titulaire:
    type: str
    identifiant: str
    nom: str = ""


@dataclass(frozen=True, slots=True)
class Modification:
    """Ce qu'une modification publiée remplace, à partir de sa date ; `None` et vide : rien."""

    le: datetime.date | None
    montant: Decimal | None = None
    duree_mois: int | None = None
    titulaires: tuple[Titulaire, ...] = ()

    @property
    def change(self) -> bool:
        return self.montant is not None or self.duree_mois is not None or bool(self.titulaires)


@dataclass(slots=True)
class Avis:
    """Un enregistrement lu et nettoyé ; `avertissements` dit ce qui n'était pas lisible et reste vide."""

    rang: int
    contrat: TypeContrat
    acheteur_siret: str
    acheteur_nom: str
    identifiant: str
    objet: str
    nature: str = ""
    cpv: str = ""
    montant: Decimal | None = None
    duree_mois: int | None = None
    date_notification: datetime.date | None = None
    lieu_code: str = ""
    lieu_type: str = ""
    lieu_nom: str = ""
    titulaires: tuple[Titulaire, ...] = ()
    considerations: tuple[str, ...] = ()
    a_venir: tuple[Modification, ...] = ()
    avertissements: list[str] = field(default_factory=list)

    @property
    def cle(self) -> tuple[str, str]:
        return self.acheteur_siret, self.identifiant


@dataclass(frozen=True, slots=True)
class Refus:
    """Un enregistrement que l'on ne peut pas reprendre, et pourquoi. S'il interrompt, le fichier n'est pas lu en entier."""

    rang: int
    identifiant: str
    motif: str
    interrompt: bool = False
