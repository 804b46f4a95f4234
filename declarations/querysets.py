import datetime
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from comptes.enums import Role
from declarations.enums import DecisionLigne, IssueRelance, Palier, StatutAnnonce, StatutDeclaration
from marches.enums import StatutMarche
from marches.models import Suspension
from socle.querysets import QuerySetDomaine

SILENCE = datetime.timedelta(days=3)  # on s'est parlé il y a peu : on ne relance pas


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
        relances = self.model._meta.apps.get_model("declarations", "Relance").objects.filter(declaration=OuterRef("pk"))
        return self.annotate(dernier_palier=Subquery(relances.order_by("-rang").values("palier")[:1]))

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
        justificatifs = self.model._meta.apps.get_model("declarations", "Justificatif").objects.joints()
        annoncees = self.model._meta.apps.get_model("declarations", "PersonneAnnoncee").objects.a_traiter()
        du_mois = annoncees.filter(declaration=OuterRef("pk")).order_by().values("declaration")
        return self.annotate(
            a_rattacher=Coalesce(Subquery(du_mois.annotate(nombre=Count("pk")).values("nombre")), 0),
            suspendu_le=Subquery(encore.order_by("du").values("du")[:1]),
            sans_preuve=Q(engagement__lot__marche__justificatif_demande=True)
            & ~Exists(justificatifs.filter(declaration=OuterRef("pk"))),
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

    def a_decider(self):
        return self.filter(decision=DecisionLigne.EN_ATTENTE)

    def pendant(self, periode):
        """Le mois d'une heure est le mois travaillé."""
        return self.filter(mois__gte=periode.debut.replace(day=1), mois__lte=periode.fin)

    def total(self) -> Decimal:
        """SQLite somme en flottant : on ramène au centième, la précision stockée."""
        return Decimal(self.aggregate(total=Sum("heures"))["total"] or 0).quantize(Decimal("0.01"))


class RelanceQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(declaration__engagement__lot__marche__structure=acteur.organisation)

    def de_la_fiche(self, fiche):
        """Celles d'une entreprise dans une structure."""
        return self.filter(
            declaration__engagement__entreprise=fiche.entreprise_id,
            declaration__engagement__lot__marche__structure=fiche.structure_id,
        )

    def parties(self, le):
        """Celles dont le courriel est écrit ce jour-là."""
        return self.filter(jour=le, issue=IssueRelance.ENVOYEE)

    def avec_contexte(self):
        return self.select_related("declaration__engagement__entreprise", "declaration__engagement__lot__marche")

    def a_appeler(self, le=None):
        """Ce que le facilitateur doit faire lui-même : une ligne par déclaration, celle de son dernier palier.

        La déclaration reçue, une pause ou un marché qui ne s'exécute plus la retirent ; un appel ou une relance à la main,
        pour trois jours.
        """
        le = le or timezone.localdate()
        modeles, declarations = self.model._meta.apps, self.model.declaration.field.related_model.objects
        fiche = {
            "fiche__entreprise": OuterRef("declaration__engagement__entreprise"),
            "fiche__structure": OuterRef("declaration__engagement__lot__marche__structure"),
        }
        appels = modeles.get_model("declarations", "Appel").objects.recents(le).filter(**fiche)
        pauses = (
            modeles.get_model("declarations", "PauseRelances")
            .objects.en_cours(le)
            .filter(Q(engagement=None) | Q(engagement=OuterRef("declaration__engagement")), **fiche)
        )
        suites = self.model.objects.filter(
            Q(rang__gt=OuterRef("rang")) | Q(palier=Palier.MANUELLE, jour__gte=OuterRef("jour"), jour__gt=le - SILENCE),
            declaration=OuterRef("declaration"),
        )
        return self.filter(
            ~Exists(suites),
            ~Exists(appels),
            ~Exists(pauses),
            issue__in=[IssueRelance.TACHE, IssueRelance.SANS_CONTACT],
            declaration__in=declarations.a_relancer(),
        ).order_by("jour", "pk")


class PauseRelancesQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(fiche__structure=acteur.organisation)

    def en_cours(self, le):
        """Le dernier jour de la pause en fait partie."""
        return self.filter(levee_le__isnull=True, jusqu_au__gte=le)


class AppelQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(fiche__structure=acteur.organisation)

    def recents(self, le):
        """Assez récents pour que l'on se taise ce jour-là."""
        return self.filter(le__gt=le - SILENCE, le__lte=le)


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
