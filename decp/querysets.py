from socle.querysets import QuerySetDomaine


class AvisDecpQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(structure=acteur.organisation)


class ImportDecpQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        """Les fichiers déposés par sa structure, pour qui peut y écrire."""
        if acteur is None or not acteur.peut_ecrire:
            return self.none()
        return self.filter(structure=acteur.organisation)
