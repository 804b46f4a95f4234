"""Ce qui se fait d'un coup sur plusieurs dossiers."""

from beneficiaires.services import archiver_beneficiaire
from socle.ensemble import archivage, inscrire

inscrire(
    "beneficiaires.beneficiaire",
    archivage(
        archiver_beneficiaire,
        "beneficiaire",
        fait="dossier archivé",
        faits="dossiers archivés",
        aide="Ils sortent des listes et des propositions ; leurs heures restent dans les bilans.",
    ),
)
