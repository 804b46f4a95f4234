"""Ce que deviennent contrats et candidatures quand deux dossiers, ou deux entreprises, sont réunis."""

from socle.fusions import Sort

RELATIONS = {
    "recrutement.Contrat.beneficiaire": Sort.PASSE,
    "recrutement.Contrat.employeur": Sort.PASSE,
    "recrutement.Candidature.beneficiaire": Sort.PASSE_SI_LIBRE,  # proposée deux fois sur une offre : une seule compte
    "recrutement.HistoricalContrat.beneficiaire": Sort.RESTE,  # l'histoire dit ce qui était
    "recrutement.HistoricalContrat.employeur": Sort.RESTE,
}
