"""Où en est la fin d'un engagement : ce qui manque, ce qui retarde, ce que le marché en ferait. Rien n'est écrit ici."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from cloture.calcul import Calcul, MoisDu, Retard, calculer_le_retard, calculer_les_heures, heures_retenues, retards
from cloture.enums import GenrePenalite, StatutPenalite
from cloture.models import Attestation, Carence, MiseEnDemeure, Penalite, ReglagesCloture
from comptes.models import Organisation
from declarations.enums import StatutDeclaration
from declarations.models import Declaration
from marches.enums import StatutMarche
from marches.models import Engagement, Marche
from marches.querysets import EngagementQuerySet
from recrutement.models import Contrat
from socle.nombres import mois_annee
from socle.periodes import Periode, premier_jour
from socle.regles import OUI, Verdict, non

ZERO = Decimal(0)


def reglages_de_cloture(structure: Organisation) -> ReglagesCloture:
    """Ceux de la structure, ou les usuels (non enregistrés)."""
    return ReglagesCloture.objects.filter(structure=structure).first() or ReglagesCloture(structure=structure)


def est_fini(marche: Marche, le: datetime.date) -> bool:
    """Soldé, ou en exécution alors que sa fin est passée."""
    return marche.statut == StatutMarche.SOLDE or (marche.statut == StatutMarche.EXECUTION and marche.fin < le)


@dataclass(frozen=True, slots=True)
class MoisOuvert:
    """Un mois qui empêche d'attester : déclaré sans être validé, attendu, ou jamais saisi alors que quelqu'un y était."""

    mois: datetime.date
    etat: str


@dataclass
class Constat:
    """Les faits d'un engagement, à une date : tout est lu d'un coup, le reste s'en déduit."""

    engagement: Engagement
    le: datetime.date
    declarations: list[Declaration]
    mises_en_demeure: list[MiseEnDemeure]
    carences: list[Carence]
    penalites: list[Penalite]

    @property
    def marche(self) -> Marche:
        return self.engagement.lot.marche

    @property
    def neutralisees(self) -> Decimal:
        return sum((carence.heures_neutralisees for carence in self.carences), ZERO)

    @property
    def manquantes(self) -> Decimal:
        return max(self.engagement.heures_dues - self.engagement.heures_realisees, ZERO)

    @property
    def retenues(self) -> Decimal:
        engagement = self.engagement
        return heures_retenues(engagement.heures_dues, engagement.heures_realisees, self.neutralisees)

    @cached_property
    def retards(self) -> list[Retard]:
        """Les échéances manquées que nulle pénalité décidée ne compte déjà."""
        dus = [
            MoisDu(declaration.mois, declaration.echeance, _recue_le(declaration))
            for declaration in self.declarations
            if declaration.echeance and _se_compte(declaration)
        ]
        lus = retards(
            dus,
            [(mise.le, mise.remise_le) for mise in self.mises_en_demeure if mise.remise_le],
            prealable=self.marche.mise_en_demeure_prealable,
            le=self.le,
        )
        return [retard for retard in lus if retard.echeance.isoformat() not in self._deja_comptees]

    @cached_property
    def _deja_comptees(self) -> set[str]:
        decidees = [
            p for p in self.penalites if p.genre == GenrePenalite.RETARD and p.statut in StatutPenalite.decides()
        ]
        return {retard["echeance"] for p in decidees for retard in p.preuves["retards"] if retard["jours"]}

    def calcul(self, genre: str) -> Calcul:
        if genre == GenrePenalite.RETARD:
            return calculer_le_retard(self.retards, self.marche.penalite_par_jour)
        engagement, marche = self.engagement, self.marche
        return calculer_les_heures(
            engagement.heures_dues, engagement.heures_realisees, self.neutralisees, marche.penalite_par_heure
        )

    def verdict(self, genre: str) -> Verdict:
        """Une pénalité de ce genre se propose-t-elle ? Sinon, pourquoi."""
        return self._verdict_du_marche() and self._verdict_du_genre(GenrePenalite(genre))

    def _verdict_du_marche(self) -> Verdict:
        if self.marche.statut == StatutMarche.ABANDONNE:
            return non("Ce marché est abandonné : aucune pénalité ne s'y propose.")
        if self.marche.est_archive or self.engagement.est_archive:
            return non("Cet engagement est archivé.")
        if self.marche.statut not in (StatutMarche.EXECUTION, StatutMarche.SOLDE):
            return non("Une pénalité se propose sur un marché en exécution ou soldé.")
        if 0 < self.engagement.heures_dues <= self.engagement.heures_realisees:
            return non("Les heures dues sont faites : aucune pénalité.")
        return OUI

    def _verdict_du_genre(self, genre: GenrePenalite) -> Verdict:
        if genre == GenrePenalite.RETARD:
            return self._verdict_du_retard()
        if self.marche.penalite_par_heure is None:
            return non(
                "Le marché n'a pas de barème par heure manquante : écrivez-le à la page du marché, « Modifier »."
            )
        if not est_fini(self.marche, self.le):
            return non(f"Le marché court jusqu'au {self.marche.fin:%d/%m/%Y} : ses heures peuvent encore se faire.")
        if a_valider := [d.mois for d in self.declarations if d.statut == StatutDeclaration.A_VALIDER]:
            return non(f"Validez ou rendez d'abord {_ecrire_les_mois(a_valider)}.")
        if not self.retenues:
            return non("Toutes les heures manquantes sont neutralisées, ou aucune ne manque.")
        return OUI if self.calcul(genre).montant else non("Le barème du marché est à zéro.")

    def _verdict_du_retard(self) -> Verdict:
        if self.marche.penalite_par_jour is None:
            return non("Le marché n'a pas de barème par jour de retard : écrivez-le à la page du marché, « Modifier ».")
        if not self.retards:
            return non("Aucune échéance n'a été manquée.")
        if not any(retard.jours for retard in self.retards):
            return non(
                "Le marché demande une mise en demeure, et aucune n'a suivi une échéance manquée : aucun jour ne court."
            )
        return OUI if self.calcul(GenrePenalite.RETARD).montant else non("Le barème du marché est à zéro.")


def _recue_le(declaration: Declaration) -> datetime.date | None:
    return timezone.localdate(declaration.declaree_le) if declaration.declaree_le else None


def _se_compte(declaration: Declaration) -> bool:
    """Un mois que la structure a saisi elle-même n'a pas de date de réception : il n'est pas en retard."""
    return declaration.declaree_le is not None or declaration.statut in StatutDeclaration.chez_l_entreprise()


def _ecrire_les_mois(mois: list[datetime.date]) -> str:
    return ", ".join(mois_annee(jour) for jour in sorted(mois))


def constater(engagement: Engagement, le: datetime.date | None = None) -> Constat:
    """Lit les faits d'un engagement (chargé avec son marché) en quatre requêtes."""
    return Constat(
        engagement=engagement,
        le=le or timezone.localdate(),
        declarations=list(engagement.declarations.order_by("mois", "pk")),
        mises_en_demeure=list(engagement.mises_en_demeure.select_related("document")),
        carences=list(engagement.carences.en_vigueur().select_related("offre")),
        penalites=list(engagement.penalites.all()),
    )


def mois_ouverts(constat: Constat) -> list[MoisOuvert]:
    """Ce qui reste à valider avant d'attester, mois par mois ; les mois de contrat sans déclaration compris."""
    ouverts = {
        declaration.mois: StatutDeclaration(declaration.statut).label
        for declaration in constat.declarations
        if not declaration.est_validee
    }
    connus = {declaration.mois for declaration in constat.declarations}
    for contrat in Contrat.objects.actifs().filter(engagement=constat.engagement).order_by("pk"):
        fin = min(contrat.fin or constat.marche.fin, constat.marche.fin)
        if contrat.debut <= fin:
            for mois in Periode(premier_jour(contrat.debut), fin).mois():
                if mois not in connus:
                    ouverts.setdefault(mois, "Jamais saisi")
    return [MoisOuvert(mois, ouverts[mois]) for mois in sorted(ouverts)]


def engagements_a_attester(acteur, le: datetime.date | None = None) -> EngagementQuerySet:
    """Les engagements finis, tous leurs mois déclarés validés, qui n'ont pas d'attestation en vigueur."""
    mois = Declaration.objects.filter(engagement=OuterRef("pk"))
    ouverts = mois.exclude(statut=StatutDeclaration.VALIDEE)
    courantes = Attestation.objects.courantes().filter(engagement=OuterRef("pk"))
    en_cours_mais_passe = Q(lot__marche__statut=StatutMarche.EXECUTION, fin_retenue__lt=le or timezone.localdate())
    return (
        Engagement.objects.visibles_par(acteur)
        .actifs()
        .filter(lot__archive_le__isnull=True, lot__marche__archive_le__isnull=True)
        .annotate(fin_retenue=Coalesce("lot__marche__fin_reelle", "lot__marche__fin_prevue"))
        .filter(Q(lot__marche__statut=StatutMarche.SOLDE) | en_cours_mais_passe)
        .filter(Exists(mois), ~Exists(ouverts), ~Exists(courantes))
        .order_by("fin_retenue", "pk")
    )
