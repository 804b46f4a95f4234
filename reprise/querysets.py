from socle.querysets import QuerySetDomaine


class RepriseQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        """Les reprises de sa structure, pour qui peut y écrire."""
        if acteur is None or acteur.structure is None or not acteur.peut_ecrire:
            return self.none()
        return self.filter(structure=acteur.structure)

    def a_effacer(self, maintenant):
        """Dont le fichier déposé a fait son temps."""
        return self.filter(expire_le__lt=maintenant).exclude(fichier="")
