"""Les lignes de la fin d'un engagement : pénalités, carences, mises en demeure, attestations."""

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from cloture.enums import StatutPenalite
from comptes.enums import Role
from comptes.models import Adhesion
from comptes.querysets import de_son_compte
from socle.querysets import QuerySetDomaine


class DeLEngagementQuerySet(QuerySetDomaine):
    """Ce qui tient à un engagement. `POUR_L_ENTREPRISE` dit ce qu'elle en voit ; l'acheteur, ce qui est à ses marchés."""

    POUR_L_ENTREPRISE = Q()
    STRUCTURE = "engagement__lot__marche__structure"

    def visibles_par(self, acteur):
        if acteur is None or acteur.organisation is None:
            return self.none()
        if acteur.est_facilitateur:
            return self.filter(engagement__lot__marche__structure=acteur.organisation)
        suivis = self.filter(engagement__lot__marche__archive_le__isnull=True)
        if acteur.role == Role.MAITRE_OUVRAGE:
            organisation = "engagement__lot__marche__maitre_ouvrage__organisation"
            return suivis.filter(de_son_compte(acteur, organisation=organisation, structure=self.STRUCTURE))
        if acteur.role == Role.ENTREPRISE:
            organisation = "engagement__entreprise__organisation"
            siens = de_son_compte(acteur, organisation=organisation, structure=self.STRUCTURE)
            return suivis.filter(self.POUR_L_ENTREPRISE, siens)
        return self.none()

    def avec_contexte(self):
        return self.select_related("engagement__entreprise", "engagement__lot__marche__maitre_ouvrage")


class CarenceQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(engagement__lot__marche__structure=acteur.organisation)

    def en_vigueur(self):
        return self.filter(annulee_le__isnull=True)


class PenaliteQuerySet(DeLEngagementQuerySet):
    """L'entreprise lit une pénalité dès que sa lettre est préparée : le courriel qui l'y amène part aussitôt."""

    POUR_L_ENTREPRISE = Q(lettre_preparee_le__isnull=False)

    def ouvertes(self):
        return self.filter(statut__in=StatutPenalite.ouverts())

    def decidees(self):
        return self.filter(statut__in=StatutPenalite.decides())

    def a_decider(self, le=None):
        """L'entreprise a répondu, ou son délai est passé."""
        echues = Q(statut=StatutPenalite.CONTRADICTOIRE, repondre_avant__lt=le or timezone.localdate())
        return self.filter(Q(statut=StatutPenalite.OBSERVATIONS) | echues)

    def a_decider_par(self, acteur, le=None):
        """Ce qui attend cet acheteur ; pour un facilitateur, les décisions d'acheteurs sans compte, qu'il consigne."""
        a_decider = self.visibles_par(acteur).a_decider(le)
        if acteur is not None and acteur.role == Role.MAITRE_OUVRAGE:
            return a_decider
        if acteur is not None and acteur.est_facilitateur:
            acheteur = OuterRef("engagement__lot__marche__maitre_ouvrage__organisation")
            lecteurs = Adhesion.objects.en_vigueur().filter(organisation=acheteur)
            return a_decider.filter(~Exists(lecteurs.qui_lisent(acteur.organisation)))
        return self.none()

    def a_envoyer_par(self, acteur):
        """Proposées, dont la lettre n'est pas partie : au facilitateur."""
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.visibles_par(acteur).filter(statut__in=[StatutPenalite.PROPOSEE, StatutPenalite.LETTRE_PRETE])

    def a_notifier_par(self, acteur):
        """Décidées, dont la notification n'est pas datée : au facilitateur."""
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.visibles_par(acteur).filter(statut=StatutPenalite.DECIDEE)

    def a_repondre_par(self, acteur, le=None):
        """Lettres reçues auxquelles l'entreprise peut encore répondre dans le délai."""
        if acteur is None or acteur.role != Role.ENTREPRISE:
            return self.none()
        jour = le or timezone.localdate()
        return self.visibles_par(acteur).filter(statut=StatutPenalite.CONTRADICTOIRE, repondre_avant__gte=jour)


class AttestationQuerySet(DeLEngagementQuerySet):
    def courantes(self):
        return self.filter(remplacee_le__isnull=True)
