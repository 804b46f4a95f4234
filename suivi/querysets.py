from decimal import Decimal

from django.db.models import Sum

from comptes.enums import Role
from socle.querysets import QuerySetDomaine
from suivi.enums import StatutAnnonce, StatutDeclaration, StatutPoint


class DeclarationQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        """Facilitateur : sa structure. Entreprise : les mois de ses engagements."""
        if acteur is None or acteur.organisation is None:
            return self.none()
        if acteur.est_facilitateur:
            return self.filter(engagement__lot__marche__structure=acteur.organisation)
        if acteur.role == Role.ENTREPRISE:
            return self.filter(engagement__entreprise__organisation=acteur.organisation)
        return self.none()

    def de_la_fiche(self, fiche):
        """Ce qu'ouvre un lien : les mois d'une entreprise dans une structure."""
        return self.filter(
            engagement__entreprise=fiche.entreprise_id, engagement__lot__marche__structure=fiche.structure_id
        )

    def un_code_est_demande(self) -> bool:
        """Un marché d'un mois ouvert veut un code avant que des noms ne s'affichent par un lien."""
        return self.filter(
            statut__in=StatutDeclaration.ouvertes(), engagement__lot__marche__code_avant_noms=True
        ).exists()

    def a_declarer(self):
        return self.filter(statut__in=StatutDeclaration.chez_l_entreprise())

    def avec_contexte(self):
        return self.select_related("engagement__entreprise", "engagement__lot__marche__structure")

    def validees(self):
        return self.filter(statut=StatutDeclaration.VALIDEE)

    def en_retard(self, le):
        """Toujours attendues alors que l'échéance est passée."""
        return self.filter(statut__in=StatutDeclaration.chez_l_entreprise(), echeance__lt=le)


class DeLaDeclarationQuerySet(QuerySetDomaine):
    """Ce qui est joint à une déclaration se voit comme elle."""

    def visibles_par(self, acteur):
        if acteur is None or acteur.organisation is None:
            return self.none()
        if acteur.est_facilitateur:
            return self.filter(declaration__engagement__lot__marche__structure=acteur.organisation)
        if acteur.role == Role.ENTREPRISE:
            return self.filter(declaration__engagement__entreprise__organisation=acteur.organisation)
        return self.none()

    def a_traiter(self):
        return self.filter(statut=StatutAnnonce.A_TRAITER)

    def avec_contexte(self):
        return self.select_related(
            "contrat__beneficiaire", "declaration__engagement__entreprise", "declaration__engagement__lot__marche"
        )


class JustificatifQuerySet(DeLaDeclarationQuerySet):
    def joints(self):
        return self.filter(retire_le__isnull=True)


class LigneHeuresQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(contrat__structure=acteur.organisation)

    def validees(self):
        """Les heures qui comptent : celles d'une déclaration validée, saisie ou reprise."""
        return self.filter(declaration__statut=StatutDeclaration.VALIDEE)

    def pendant(self, periode):
        """Le mois d'une heure est le mois travaillé."""
        return self.filter(mois__gte=periode.debut.replace(day=1), mois__lte=periode.fin)

    def total(self) -> Decimal:
        """SQLite somme en flottant : on ramène au centième, la précision stockée."""
        return Decimal(self.aggregate(total=Sum("heures"))["total"] or 0).quantize(Decimal("0.01"))


class ReglagesParcoursQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(structure=acteur.organisation)


class PointSuiviQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        """Facilitateur : sa structure. Prescripteur : les personnes qu'il a confiées, une fois le point dû."""
        if acteur is None or acteur.organisation is None:
            return self.none()
        if acteur.est_facilitateur:
            return self.filter(contrat__structure=acteur.organisation)
        if acteur.role == Role.PRESCRIPTEUR:
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


class RelanceQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(declaration__engagement__lot__marche__structure=acteur.organisation)
