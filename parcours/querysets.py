from comptes.enums import Role
from parcours.enums import StatutPoint
from socle.querysets import QuerySetDomaine


class PointSuiviQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        """Facilitateur : sa structure. Prescripteur : ses personnes, une fois le point dû ; par un lien, celui qu'il ouvre."""
        if acteur is None or acteur.organisation is None:
            return self.none()
        if acteur.est_facilitateur:
            return self.filter(contrat__structure=acteur.organisation)
        if acteur.role == Role.PRESCRIPTEUR:
            if acteur.objet_ouvert:
                return self.filter(contrat__structure=acteur.organisation, uuid=acteur.objet_ouvert)
            siens = self.filter(contrat__beneficiaire__prescripteur=acteur.organisation)
            return siens.exclude(statut=StatutPoint.A_VENIR)
        return self.none()

    def attendus(self, le):
        """Dus ou demandés, sans réponse."""
        return self.filter(statut__in=StatutPoint.ouverts(), du_le__lte=le)

    def avec_contexte(self):
        return self.select_related(
            "contrat__beneficiaire__prescripteur", "contrat__engagement__lot__marche", "contrat__employeur"
        )


class DemandeNouvellesQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        """Facilitateur : sa structure. Prescripteur : ce qu'on lui demande."""
        if acteur is None or acteur.organisation is None:
            return self.none()
        if acteur.est_facilitateur:
            return self.filter(beneficiaire__structure=acteur.organisation)
        if acteur.role == Role.PRESCRIPTEUR:
            return self.filter(organisation=acteur.organisation, beneficiaire__prescripteur=acteur.organisation)
        return self.none()

    def ouvertes(self):
        return self.filter(repondue_le__isnull=True)


class QuestionQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(structure=acteur.organisation)

    def posees(self):
        return self.filter(retiree_le__isnull=True)


class QuestionnaireQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        """Facilitateur : sa structure. Qui répond par un lien : celui qu'il ouvre."""
        if acteur is not None and acteur.objet_ouvert and acteur.role is None:
            return self.filter(contrat__structure=acteur.organisation, uuid=acteur.objet_ouvert)
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(contrat__structure=acteur.organisation)

    def avec_contexte(self):
        return self.select_related(
            "contrat__structure", "contrat__beneficiaire", "contrat__employeur", "contrat__engagement__lot__marche"
        )


class ReponseQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(questionnaire__contrat__structure=acteur.organisation)
