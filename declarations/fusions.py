"""Les pauses et les appels suivent la fiche de l'entreprise que la structure garde."""

from socle.fusions import Sort

RELATIONS = {
    "declarations.Appel.fiche": Sort.PASSE,
    "declarations.PauseRelances.fiche": Sort.PASSE,
}
