from socle.querysets import QuerySetDomaine


class AvisDecpQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(structure=acteur.organisation)

    def a_modifier(self, jour):
        """Ceux qu'une modification publiée d'avance change ce jour-là, ou aurait dû changer."""
        return self.filter(prochaine_modification_le__lte=jour)


class ImportDecpQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        """Les fichiers déposés par sa structure, pour qui peut y écrire."""
        if acteur is None or not acteur.peut_ecrire:
            return self.none()
        return self.filter(structure=acteur.organisation)
