"""Ce dont un bilan parle : de qui, quand, et de quels marchés."""

from dataclasses import dataclass

from comptes.models import Organisation
from marches.models import MaitreOuvrage, Marche, Operation
from reporting.enums import Variante
from reporting.lecture import periodes
from reporting.lecture import releve as brut
from reporting.variantes import MODELES, Modele
from socle.periodes import Periode

type Cible = MaitreOuvrage | Operation | Marche


@dataclass(frozen=True, slots=True)
class Perimetre:
    """`organisation` : la structure, ou le réseau dont `membres` sont les structures. `cible` borne les marchés."""

    organisation: Organisation
    periode: Periode
    variante: Variante = Variante.STRUCTURE
    cible: Cible | None = None
    membres: tuple[Organisation, ...] = ()

    @classmethod
    def annuel(cls, structure: Organisation, annee: int) -> "Perimetre":
        """Toute une structure, une année civile."""
        return cls(structure, Periode.annee(annee))

    @property
    def modele(self) -> Modele:
        return MODELES[self.variante]

    @property
    def structures(self) -> tuple[Organisation, ...]:
        return self.membres if self.variante == Variante.RESEAU else (self.organisation,)

    @property
    def avant(self) -> Periode:
        return periodes.precedente(self.periode)

    @property
    def nom_cible(self) -> str:
        """« Ville de Cherbourg », « 2024-012 · Groupe scolaire » ; vide pour toute la structure."""
        if self.cible is None:
            return ""
        return f"{self.cible.reference} · {self.cible.objet}" if isinstance(self.cible, Marche) else self.cible.nom

    def garde(self, marche: brut.Marche) -> bool:
        """Vrai si ce marché est du bilan."""
        match self.cible:
            case MaitreOuvrage():
                return marche.maitre_ouvrage == self.cible.pk
            case Operation():
                return marche.operation == self.cible.pk
            case Marche():
                return marche.id == self.cible.pk
        return True
