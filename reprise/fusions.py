"""La liste dont un dossier est né reste à celui qu'elle a ouvert."""

from socle.fusions import Sort

RELATIONS = {"reprise.PersonneBrouillon.personne": Sort.RESTE}
