"""Deux dossiers d'une même personne : ce qui passe de l'un à l'autre."""

from socle.fusions import AJUSTEMENTS, Sort

RELATIONS = {
    "beneficiaires.Critere.beneficiaire": Sort.PASSE_SI_LIBRE,
    "beneficiaires.NiveauAtteint.beneficiaire": Sort.PASSE,
    "beneficiaires.InscriptionEmploi.beneficiaire": Sort.PASSE,
    "beneficiaires.Domicile.beneficiaire": Sort.PASSE,
    "beneficiaires.NoteParcours.beneficiaire": Sort.PASSE,
    "beneficiaires.Ressemblance.dossier": Sort.RESTE,  # la paire est tranchée
    "beneficiaires.Ressemblance.autre": Sort.RESTE,
}
# Un critère passe même si le dossier gardé a déjà son critère principal : il n'est simplement plus le principal.
AJUSTEMENTS["beneficiaires.Critere.beneficiaire"] = {"principal": False}
