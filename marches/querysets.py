from decimal import Decimal
from functools import reduce
from operator import add, or_

from django.db.models import DecimalField, Exists, F, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from comptes.enums import Role
from comptes.querysets import ContactQuerySet, PropreAStructureQuerySet, ReferentielQuerySet, de_son_compte
from marches.enums import ResponsableAction, StatutMarche, StatutProjet
from marches.retroplanning import ACQUISES
from socle.plis import compacter
from socle.querysets import QuerySetArchivable, QuerySetDomaine
from socle.texte import plier

HEURES = DecimalField(max_digits=12, decimal_places=2)
ZERO = Value(Decimal(0), output_field=HEURES)
COMPOSANTES_DUES = ("heures_initiales", "heures_avenants", "heures_tranches", "heures_commandes")


def somme_des_heures_dues(prefixe: str = ""):
    """L'expression des heures dues d'un engagement, la même partout ; `prefixe` y mène (« lots__engagements__ »)."""
    return reduce(add, (F(f"{prefixe}{champ}") for champ in COMPOSANTES_DUES))


class MaitreOuvrageQuerySet(ReferentielQuerySet):
    hors_portee = "Ce maître d'ouvrage n'est pas suivi par votre structure."
    role = Role.MAITRE_OUVRAGE

    def de_nom(self, nom: str):
        """Ceux de ce nom, sans regarder accents, casse, espaces, traits d'union ni apostrophes."""
        return self.filter(nom_plie__compact=compacter(plier(nom)))


class ContactMaitreOuvrageQuerySet(ContactQuerySet):
    hors_portee = "Ce contact n'est pas de ce maître d'ouvrage."


class OperationQuerySet(PropreAStructureQuerySet):
    hors_portee = "Cette opération n'est pas de votre structure."


class MarcheQuerySet(PropreAStructureQuerySet):
    hors_portee = "Ce marché n'est pas suivi par votre structure."

    def visibles_par(self, acteur):
        """Facilitateur : les marchés de sa structure. Maître d'ouvrage : les siens. Entreprise : ceux où elle est engagée."""
        if acteur is None or acteur.organisation is None:
            return self.none()
        if acteur.est_facilitateur:
            return self.filter(structure=acteur.organisation)
        attribues = self.attribues().actifs()
        if acteur.role == Role.MAITRE_OUVRAGE:
            return attribues.filter(
                de_son_compte(acteur, organisation="maitre_ouvrage__organisation", structure="structure")
            )
        if acteur.role == Role.ENTREPRISE:
            organisation = "lots__engagements__entreprise__organisation"
            siens = de_son_compte(acteur, organisation=organisation, structure="structure")
            return attribues.filter(Exists(self.par_ligne().filter(siens)))
        return self.none()

    def attribues(self):
        return self.filter(statut__in=StatutMarche.attribues())

    def ouverts_aux_contrats(self):
        return self.actifs().filter(statut__in=StatutMarche.ouverts_aux_contrats())

    def suivis_pendant(self, periode):
        """Attribués, et dont l'exécution [début, fin réelle ou prévue] rencontre la période."""
        return (
            self.attribues()
            .annotate(fin_retenue=Coalesce("fin_reelle", "fin_prevue"))
            .filter(debut__lte=periode.fin, fin_retenue__gte=periode.debut)
        )

    def avec_heures(self):
        """Ajoute `heures_dues` (avenants compris) et `heures_faites` (heures validées), sommes sur les engagements."""
        engagements = "lots__engagements__"

        def somme(heures):
            par_marche = self.par_ligne().values("pk").annotate(total=Sum(heures))
            return Coalesce(Subquery(par_marche.values("total"), output_field=HEURES), ZERO)

        return self.annotate(
            heures_dues=somme(somme_des_heures_dues(engagements)), heures_faites=somme(f"{engagements}heures_realisees")
        )


class LotQuerySet(QuerySetArchivable):
    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(marche__structure=acteur.organisation)

    def sans_attributaire(self):
        """Ceux où personne n'est encore engagé."""
        return self.exclude(
            Exists(self.par_ligne().filter(engagements__isnull=False, engagements__archive_le__isnull=True))
        )


class EngagementQuerySet(QuerySetArchivable):
    def visibles_par(self, acteur):
        """Facilitateur : sa structure. Maître d'ouvrage : ses marchés. Entreprise : les siens seulement."""
        if acteur is None or acteur.organisation is None:
            return self.none()
        if acteur.est_facilitateur:
            return self.filter(lot__marche__structure=acteur.organisation)
        attribues = self.filter(lot__marche__statut__in=StatutMarche.attribues(), lot__marche__archive_le__isnull=True)
        if acteur.role == Role.MAITRE_OUVRAGE:
            organisation = "lot__marche__maitre_ouvrage__organisation"
            return attribues.filter(
                de_son_compte(acteur, organisation=organisation, structure="lot__marche__structure")
            )
        if acteur.role == Role.ENTREPRISE:
            return attribues.filter(
                de_son_compte(acteur, organisation="entreprise__organisation", structure="lot__marche__structure")
            )
        return self.none()

    def vivants(self, le):
        """Ceux d'un marché qui court encore ce jour-là : en exécution, et pas fini."""
        fin = Coalesce("lot__marche__fin_reelle", "lot__marche__fin_prevue")
        return self.ouverts_aux_contrats().alias(fin_du_marche=fin).filter(fin_du_marche__gte=le)

    def ouverts_aux_contrats(self):
        return self.filter(
            Q(lot__marche__statut__in=StatutMarche.ouverts_aux_contrats()),
            archive_le__isnull=True,
            lot__archive_le__isnull=True,
            lot__marche__archive_le__isnull=True,
        )

    def avec_contexte(self):
        return self.select_related("entreprise", "lot__marche__maitre_ouvrage")


class AvenantQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(engagement__lot__marche__structure=acteur.organisation)


class DuMarcheQuerySet(QuerySetDomaine):
    """Ce qui tient à un marché et n'est vu que des facilitateurs de sa structure."""

    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(marche__structure=acteur.organisation)


class DuLotQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(lot__marche__structure=acteur.organisation)


class ProjetAchatQuerySet(QuerySetArchivable):
    def visibles_par(self, acteur):
        """Facilitateur : les projets de sa structure. Maître d'ouvrage : les siens."""
        if acteur is None or acteur.organisation is None:
            return self.none()
        if acteur.est_facilitateur:
            return self.filter(structure=acteur.organisation)
        if acteur.role == Role.MAITRE_OUVRAGE:
            siens = de_son_compte(acteur, organisation="maitre_ouvrage__organisation", structure="structure")
            return self.actifs().filter(siens)
        return self.none()

    def ouverts(self):
        return self.actifs().filter(statut__in=StatutProjet.ouverts())

    def avec_heures_retenues(self):
        """Ajoute `heures_retenues` : la somme des lots prévus, à défaut le scénario retenu ; vide si rien n'est chiffré."""
        des_lots = self.par_ligne().order_by().values("pk").annotate(total=Sum("lots_prevus__heures")).values("total")
        retenus = self.par_ligne().filter(scenarios__retenu=True)
        return self.annotate(
            heures_retenues=Coalesce(Subquery(des_lots[:1]), Subquery(retenus.values("scenarios__heures")[:1]))
        )


class LotPrevuQuerySet(QuerySetDomaine):
    """L'acheteur lit les lots de son projet quand ils lui sont proposés, sur la page du projet : sa portée est celle d'elle."""

    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(projet__structure=acteur.organisation)


class ScenarioQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        structure = acteur.organisation
        return self.filter(Q(projet__structure=structure) | Q(lot__marche__structure=structure))


class DeLAchatQuerySet(QuerySetDomaine):
    """Jalons, notes, pièces d'un projet ou d'un marché ; `POUR_L_ACHETEUR` dit ce qu'il en voit."""

    POUR_L_ACHETEUR = Q()

    def des_achats_en_cours(self):
        """Ni d'un projet écarté ou archivé, ni d'un marché fini, abandonné ou archivé : rien n'y est plus en retard."""
        finis = [StatutMarche.SOLDE, StatutMarche.ABANDONNE]
        return self.exclude(
            Q(projet__statut=StatutProjet.ECARTE)
            | Q(projet__archive_le__isnull=False)
            | Q(marche__statut__in=finis)
            | Q(marche__archive_le__isnull=False)
        )

    def visibles_par(self, acteur):
        if acteur is None or acteur.organisation is None:
            return self.none()
        if acteur.est_facilitateur:
            return self.filter(Q(projet__structure=acteur.organisation) | Q(marche__structure=acteur.organisation))
        if acteur.role == Role.MAITRE_OUVRAGE:
            du_projet, du_marche = (
                de_son_compte(
                    acteur, organisation=f"{achat}__maitre_ouvrage__organisation", structure=f"{achat}__structure"
                )
                for achat in ("projet", "marche")
            )
            du_projet &= Q(projet__archive_le__isnull=True)
            du_marche &= Q(marche__archive_le__isnull=True, marche__statut__in=StatutMarche.attribues())
            return self.filter(du_projet | du_marche, self.POUR_L_ACHETEUR)
        return self.none()


class JalonQuerySet(DeLAchatQuerySet):
    def a_faire(self):
        """Ni cochées, ni acquises par l'état de l'achat (du marché, dès qu'il existe)."""
        marche, projet = ACQUISES["marche"].items(), ACQUISES["projet"].items()
        acquises = [Q(marche__statut=statut, code__in=codes) for statut, codes in marche]
        acquises += [Q(marche__isnull=True, projet__statut=statut, code__in=codes) for statut, codes in projet]
        return self.filter(fait_le__isnull=True).exclude(reduce(or_, acquises))

    def en_retard(self, le):
        return self.des_achats_en_cours().a_faire().filter(echeance__lt=le)


class NoteQuerySet(DeLAchatQuerySet):
    """L'acheteur ne lit que les suites qui sont à lui, et ce qu'il a écrit."""

    POUR_L_ACHETEUR = Q(responsable=ResponsableAction.ACHETEUR) | Q(de_l_acheteur=True)

    def en_retard(self, le):
        return self.des_achats_en_cours().filter(
            fait_le__isnull=True, echeance__lt=le, responsable=ResponsableAction.FACILITATEUR
        )


class PieceQuerySet(DeLAchatQuerySet):
    """L'acheteur ne voit que les pièces qu'on lui montre, et les siennes."""

    POUR_L_ACHETEUR = Q(visible_acheteur=True, retiree_le__isnull=True)


class RedactionQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        """Facilitateur : sa structure. Maître d'ouvrage : ses marchés, dès que le texte existe."""
        if acteur is None or acteur.organisation is None:
            return self.none()
        if acteur.est_facilitateur:
            return self.filter(marche__structure=acteur.organisation)
        if acteur.role == Role.MAITRE_OUVRAGE:
            organisation = "marche__maitre_ouvrage__organisation"
            siens = de_son_compte(acteur, organisation=organisation, structure="marche__structure")
            return self.filter(siens, marche__archive_le__isnull=True)
        return self.none()
