"""Un bilan publié ne bouge pas : il reste à qui il parlait."""

from socle.fusions import Sort

RELATIONS = {"reporting.Bilan.maitre_ouvrage": Sort.RESTE}
