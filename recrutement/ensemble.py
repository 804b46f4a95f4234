"""Ce qui se fait d'un coup sur plusieurs offres, ou plusieurs contrats."""

from comptes.acteur import Acteur
from recrutement.models import Offre
from recrutement.services import archiver_contrat, relancer_partenaires
from socle.ensemble import GesteDEnsemble, archivage, inscrire
from socle.regles import RegleViolee


def _relancer(acteur: Acteur, offre: Offre) -> None:
    if not relancer_partenaires(acteur=acteur, offre=offre):
        raise RegleViolee("personne à relancer aujourd'hui.")


inscrire(
    "recrutement.offre",
    GesteDEnsemble(
        nom="relancer",
        libelle="Relancer les partenaires",
        fait="offre rappelée",
        faits="offres rappelées",
        service=_relancer,
        aide="Aux partenaires qui n'ont proposé personne ; une fois par jour et par partenaire.",
    ),
)
inscrire(
    "recrutement.contrat",
    archivage(
        archiver_contrat,
        "contrat",
        fait="contrat archivé",
        faits="contrats archivés",
        aide="Ils sortent des listes ; leurs heures restent comptées.",
    ),
)
