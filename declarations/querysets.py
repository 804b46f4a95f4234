import datetime
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from comptes.enums import Role
from comptes.querysets import de_son_compte
from declarations.enums import DecisionLigne, StatutAnnonce, StatutDeclaration
from marches.enums import StatutMarche
from marches.models import Suspension
from socle.querysets import QuerySetDomaine

VALIDEES_DEPUIS = datetime.timedelta(days=62)


class DeclarationQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        """Facilitateur : sa structure. Entreprise : les mois de ses engagements ; par un lien, ceux de la fiche qu'il ouvre."""
        if acteur is None or acteur.organisation is None:
            return self.none()
        if acteur.est_facilitateur:
            return self.filter(engagement__lot__marche__structure=acteur.organisation)
        if acteur.role == Role.ENTREPRISE:
            if acteur.objet_ouvert:
                fiche = {"engagement__entreprise__fiches__uuid": acteur.objet_ouvert}
                return self.filter(engagement__lot__marche__structure=acteur.organisation, **fiche)
            organisation, structure = "engagement__entreprise__organisation", "engagement__lot__marche__structure"
            return self.filter(de_son_compte(acteur, organisation=organisation, structure=structure))
        return self.none()

    def de_la_fiche(self, fiche):
        """Ce qu'ouvre un lien : les mois d'une entreprise dans une structure."""
        return self.filter(
            engagement__entreprise=fiche.entreprise_id, engagement__lot__marche__structure=fiche.structure_id
        )

    def montrees_par_lien(self, le):
        """Ce qu'un lien sert à faire : les mois ouverts, et ceux qu'on vient de valider, le temps d'en discuter.

        Les noms des années passées se lisent avec un compte.
        """
        recents = Q(validee_le__date__gte=le - VALIDEES_DEPUIS)
        return self.filter(Q(statut__in=StatutDeclaration.ouvertes()) | recents)

    def un_code_est_demande(self) -> bool:
        """Un marché d'un mois ouvert veut un code avant que des noms ne s'affichent par un lien."""
        return self.filter(
            statut__in=StatutDeclaration.ouvertes(), engagement__lot__marche__code_avant_noms=True
        ).exists()

    def a_declarer(self):
        return self.filter(statut__in=StatutDeclaration.chez_l_entreprise())

    def a_relancer(self):
        """Attendues, avec une échéance, sur un marché toujours en exécution : les seules qu'on rappelle."""
        return self.a_declarer().filter(
            echeance__isnull=False,
            engagement__archive_le__isnull=True,
            engagement__lot__marche__archive_le__isnull=True,
            engagement__lot__marche__statut=StatutMarche.EXECUTION,
        )

    def avec_dernier_palier(self):
        """Le plus haut palier passé, ou rien : de quoi dire le rappel suivant."""
        relances = self.par_ligne().filter(relances__isnull=False).order_by("-relances__rang")
        return self.annotate(dernier_palier=Subquery(relances.values("relances__palier")[:1]))

    def avec_contexte(self):
        return self.select_related("engagement__entreprise", "engagement__lot__marche__structure")

    def a_controler(self):
        """Ajoute ce que lisent les contrôles du mois.

        `suspendu_le` : depuis quand le marché est suspendu, si ce mois-là ne l'a pas vu reprendre avant.
        `sans_preuve` : le marché demande un justificatif, et aucun n'est joint.
        `a_rattacher` : combien de personnes annoncées attendent leur contrat.
        """
        suspensions = Suspension.objects.filter(marche=OuterRef("engagement__lot__marche"))
        encore = suspensions.filter(Q(au__isnull=True) | Q(au__gte=OuterRef("mois")))
        annoncees = self.par_ligne().filter(personnes_annoncees__statut=StatutAnnonce.A_TRAITER).values("pk")
        joints = self.par_ligne().filter(justificatifs__isnull=False, justificatifs__retire_le__isnull=True)
        return self.annotate(
            a_rattacher=Coalesce(Subquery(annoncees.annotate(nombre=Count("personnes_annoncees")).values("nombre")), 0),
            suspendu_le=Subquery(encore.order_by("du").values("du")[:1]),
            sans_preuve=Q(engagement__lot__marche__justificatif_demande=True) & ~Exists(joints),
        )

    def a_valider(self):
        """Déclarées ou saisies, pas encore validées."""
        return self.filter(statut=StatutDeclaration.A_VALIDER)

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
            organisation = "declaration__engagement__entreprise__organisation"
            structure = "declaration__engagement__lot__marche__structure"
            return self.filter(de_son_compte(acteur, organisation=organisation, structure=structure))
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

    def a_decider(self):
        return self.filter(decision=DecisionLigne.EN_ATTENTE)

    def pendant(self, periode):
        """Le mois d'une heure est le mois travaillé."""
        return self.filter(mois__gte=periode.debut.replace(day=1), mois__lte=periode.fin)

    def total(self) -> Decimal:
        """SQLite somme en flottant : on ramène au centième, la précision stockée."""
        return Decimal(self.aggregate(total=Sum("heures"))["total"] or 0).quantize(Decimal("0.01"))


class RectificationQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(declaration__engagement__lot__marche__structure=acteur.organisation)

    def ouvertes(self):
        return self.filter(close_le__isnull=True)


class LigneRectifieeQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(contrat__structure=acteur.organisation)
