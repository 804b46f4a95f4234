from comptes.enums import Role
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


class CorrespondanceQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        if acteur is None or acteur.structure is None or not acteur.peut_ecrire:
            return self.none()
        return self.filter(structure=acteur.structure)


class ListeConfieeQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        """Ce que sa propre organisation a déposé : un brouillon n'est encore à personne d'autre."""
        if acteur is None or acteur.organisation is None:
            return self.none()
        if acteur.peut_ecrire or acteur.role == Role.PRESCRIPTEUR:
            return self.filter(organisation=acteur.organisation)
        return self.none()


class BrouillonQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        if acteur is None or acteur.organisation is None:
            return self.none()
        if acteur.peut_ecrire or acteur.role == Role.PRESCRIPTEUR:
            return self.filter(liste__organisation=acteur.organisation)
        return self.none()
