"""Les nouvelles demandées suivent la personne."""

from socle.fusions import Sort

RELATIONS = {"parcours.DemandeNouvelles.beneficiaire": Sort.PASSE_SI_LIBRE}
