from django.db.models import Q
from django.db.models.functions import Coalesce

from comptes.enums import Role
from comptes.querysets import de_son_compte
from marches.models import Engagement
from recrutement.enums import StatutCandidature
from socle.periodes import dernier_jour
from socle.querysets import QuerySetArchivable, QuerySetDomaine


class ContratQuerySet(QuerySetArchivable):
    def visibles_par(self, acteur):
        """Facilitateur : sa structure. Entreprise : les personnes qu'elle emploie, ou qui travaillent sur ses engagements."""
        if acteur is None or acteur.organisation is None:
            return self.none()
        if acteur.est_facilitateur:
            return self.filter(structure=acteur.organisation)
        if acteur.role == Role.ENTREPRISE:
            employes, engages = (
                de_son_compte(acteur, organisation=organisation, structure="structure")
                for organisation in ("employeur__organisation", "engagement__entreprise__organisation")
            )
            return self.actifs().filter(employes | engages, engagement__lot__marche__archive_le__isnull=True)
        return self.none()

    def en_cours(self, le):
        """Ceux qui courent ce jour-là."""
        return self.annotate(fin_retenue=Coalesce("fin_reelle", "fin_prevue")).filter(
            Q(fin_retenue__isnull=True) | Q(fin_retenue__gte=le), debut__lte=le
        )

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


class DuContratQuerySet(QuerySetDomaine):
    """Ce qui s'ajoute à un contrat se voit de sa structure seule."""

    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(contrat__structure=acteur.organisation)


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
            transmises = self.chez_l_entreprise()
            if acteur.objet_ouvert:
                return transmises.filter(offre__structure=acteur.organisation, offre__uuid=acteur.objet_ouvert)
            organisation = "offre__engagement__entreprise__organisation"
            return transmises.filter(de_son_compte(acteur, organisation=organisation, structure="offre__structure"))
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


class AideQuerySet(QuerySetArchivable):
    def visibles_par(self, acteur):
        """Facilitateur : celles de sa structure. Entreprise : celles des structures avec qui elle est engagée."""
        if acteur is None or acteur.organisation is None:
            return self.none()
        if acteur.est_facilitateur:
            return self.filter(structure=acteur.organisation)
        if acteur.role == Role.ENTREPRISE:
            engagements = Engagement.objects.visibles_par(acteur).actifs().order_by()
            return self.actifs().filter(structure__in=engagements.values("lot__marche__structure"))
        return self.none()

    def completes(self):
        """Celles dont quelqu'un a lu la source et dit ce qu'elles valent : un montant, ou ce qu'elles prennent en charge."""
        dites = Q(montant__isnull=False) | ~Q(conditions="")
        return self.filter(dites, date_source__isnull=False)

    def lisibles(self, le):
        """Ce qu'une entreprise lit : complètes, ni à venir, ni finies."""
        return self.completes().valables(le)

    def valables(self, le):
        """Ni à venir, ni finies."""
        return self.filter(
            Q(valable_du__isnull=True) | Q(valable_du__lte=le), Q(valable_au__isnull=True) | Q(valable_au__gte=le)
        )
