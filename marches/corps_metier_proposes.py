"""Les corps de métier proposés à une structure qui n'a pas encore les siens. Des usages, à corriger : chacun garde sa source.

Les parts de main-d'œuvre de la peinture (70), de la maçonnerie (50) et de la charpente métallique (20) sont publiées ;
les autres sont des ordres de grandeur d'usage. Les taux sont ceux des chartes locales : 5 % en travaux, 10 % en services.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from marches.enums import Nature, Technicite

PUBLIEE = "Valeur publiée par des facilitateurs (Seine-et-Marne)"
USAGE = "Ordre de grandeur d'usage, à vérifier localement"
DATE_SOURCE = datetime.date(2026, 1, 1)
COUT_TRAVAUX, COUT_SERVICES = Decimal(35), Decimal(28)
TAUX_TRAVAUX, TAUX_SERVICES = Decimal(5), Decimal(10)


@dataclass(frozen=True, slots=True)
class Propose:
    nom: str
    nature: Nature
    part: int
    familles: str
    technicite: Technicite = Technicite.MOYENNE
    source: str = USAGE

    @property
    def taux(self) -> Decimal:
        return TAUX_TRAVAUX if self.nature == Nature.TRAVAUX else TAUX_SERVICES

    @property
    def cout(self) -> Decimal:
        return COUT_TRAVAUX if self.nature == Nature.TRAVAUX else COUT_SERVICES


def _travaux(nom: str, part: int, familles: str, technicite=Technicite.MOYENNE, source: str = USAGE) -> Propose:
    return Propose(nom, Nature.TRAVAUX, part, familles, technicite, source)


def _services(nom: str, part: int, familles: str, technicite=Technicite.FAIBLE) -> Propose:
    return Propose(nom, Nature.SERVICES, part, familles, technicite)


PROPOSES = (
    _travaux("Démolition", 40, "F17"),
    _travaux("Désamiantage", 60, "F15 F17", Technicite.FORTE),
    _travaux("VRD, terrassement", 30, "F13 F17"),
    _travaux("Gros œuvre", 45, "F17"),
    _travaux("Maçonnerie", 50, "F17", source=PUBLIEE),
    _travaux("Façade, ravalement", 60, "F16 F17"),
    _travaux("Couverture, étanchéité", 45, "F16"),
    _travaux("Charpente bois", 45, "F15"),
    _travaux("Charpente métallique", 20, "F15 F17", Technicite.FORTE, PUBLIEE),
    _travaux("Menuiserie extérieure", 30, "F16"),
    _travaux("Menuiserie intérieure", 45, "F16"),
    _travaux("Cloisons, doublages, plâtrerie", 55, "F16"),
    _travaux("Électricité", 45, "F16", Technicite.FORTE),
    _travaux("Plomberie, chauffage, ventilation", 40, "F16", Technicite.FORTE),
    _travaux("Carrelage, sols", 50, "F16"),
    _travaux("Peinture", 70, "F16", Technicite.FAIBLE, PUBLIEE),
    _travaux("Ascenseur", 30, "I13", Technicite.FORTE),
    _travaux("Espaces verts, création", 45, "A12", Technicite.FAIBLE),
    _services("Espaces verts, entretien", 70, "A12"),
    _services("Nettoyage, propreté", 85, "K22"),
    _services("Collecte de déchets", 55, "K23"),
    _services("Gardiennage, sécurité", 90, "K25", Technicite.MOYENNE),
    _services("Restauration collective", 45, "G16"),
    _services("Déménagement, manutention", 70, "N11"),
    _services("Prestations intellectuelles, numérique", 85, "M18", Technicite.FORTE),
)
