"""Marchés, projets et engagements suivent le maître d'ouvrage ou l'entreprise que la structure garde."""

from socle.fusions import Sort

RELATIONS = {
    "marches.ContactMaitreOuvrage.fiche": Sort.PASSE,
    "marches.Engagement.entreprise": Sort.PASSE,
    "marches.FicheMaitreOuvrage.maitre_ouvrage": Sort.RESTE,
    "marches.Marche.maitre_ouvrage": Sort.PASSE,
    "marches.Operation.maitre_ouvrage": Sort.PASSE,
    "marches.ProjetAchat.maitre_ouvrage": Sort.PASSE,
    "marches.HistoricalEngagement.entreprise": Sort.RESTE,
    "marches.HistoricalMarche.maitre_ouvrage": Sort.RESTE,
    "marches.HistoricalProjetAchat.maitre_ouvrage": Sort.RESTE,
}
