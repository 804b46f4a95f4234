from django.db.models import Count, Q
from django.db.models.functions import Coalesce

from comptes.enums import Role
from recrutement.enums import StatutCandidature, StatutOffre
from socle.periodes import dernier_jour
from socle.querysets import QuerySetArchivable, QuerySetDomaine


class ContratQuerySet(QuerySetArchivable):
    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(structure=acteur.organisation)

    def pendant_le_mois(self, mois):
        """Les contrats qui courent au moins un jour du mois."""
        return self.annotate(fin_retenue=Coalesce("fin_reelle", "fin_prevue")).filter(
            Q(fin_retenue__isnull=True) | Q(fin_retenue__gte=mois), debut__lte=dernier_jour(mois)
        )

    def finis_entre(self, debut, fin):
        """Ceux dont le dernier jour tombe dans l'intervalle, bornes comprises."""
        termines = self.annotate(fin_retenue=Coalesce("fin_reelle", "fin_prevue"))
        return termines.filter(fin_retenue__gte=debut, fin_retenue__lte=fin)

    def avec_contexte(self):
        return self.select_related("beneficiaire", "employeur", "engagement__entreprise", "engagement__lot__marche")


class AvenantContratQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(contrat__structure=acteur.organisation)


class OffreQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        """Facilitateur : sa structure. Prescripteur : ce qui lui est diffusé. Entreprise : ses postes, une fois diffusés."""
        if acteur is None or acteur.organisation is None:
            return self.none()
        if acteur.est_facilitateur:
            return self.filter(structure=acteur.organisation)
        diffusees = self.exclude(statut=StatutOffre.BROUILLON)
        if acteur.role == Role.PRESCRIPTEUR:
            # Une sous-requête : une jointure doublerait les lignes et PostgreSQL ne verrouille pas un DISTINCT.
            siennes = self.model.diffusions.rel.related_model.objects.filter(organisation=acteur.organisation)
            return diffusees.filter(pk__in=siennes.order_by().values("offre"))
        if acteur.role == Role.ENTREPRISE:
            return diffusees.filter(engagement__entreprise__organisation=acteur.organisation)
        return self.none()

    def ouvertes(self):
        return self.filter(statut=StatutOffre.DIFFUSEE)

    def avec_contexte(self):
        return self.select_related("engagement__entreprise", "engagement__lot__marche", "metier", "commune")

    def avec_comptes(self):
        """Ajoute `proposees` (toutes les candidatures), `en_cours` et `retenues`."""
        en_cours = Q(candidatures__statut__in=StatutCandidature.en_cours())
        retenues = Q(candidatures__statut=StatutCandidature.RETENUE)
        return self.annotate(
            proposees=Count("candidatures"),
            en_cours=Count("candidatures", filter=en_cours),
            retenues=Count("candidatures", filter=retenues),
        )


class DiffusionQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(offre__structure=acteur.organisation)


class CandidatureQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        """Facilitateur : sa structure. Prescripteur : ses personnes. Entreprise : ce qu'on lui a transmis sur ses postes."""
        if acteur is None or acteur.organisation is None:
            return self.none()
        if acteur.est_facilitateur:
            return self.filter(offre__structure=acteur.organisation)
        if acteur.role == Role.PRESCRIPTEUR:
            return self.filter(beneficiaire__prescripteur=acteur.organisation)
        if acteur.role == Role.ENTREPRISE:
            return self.chez_l_entreprise().filter(offre__engagement__entreprise__organisation=acteur.organisation)
        return self.none()

    def chez_l_entreprise(self):
        """Transmises à l'entreprise et non refermées sans elle."""
        return self.filter(statut__in=StatutCandidature.chez_l_entreprise())

    def en_cours(self):
        return self.filter(statut__in=StatutCandidature.en_cours())

    def avec_contexte(self):
        return self.select_related(
            "beneficiaire", "proposee_par", "contrat", "offre__engagement__entreprise", "offre__engagement__lot__marche"
        )
