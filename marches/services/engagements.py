from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from comptes.acteur import Acteur
from entreprises.models import Entreprise
from entreprises.services import suivre_entreprise
from marches.models import Avenant, Engagement, Lot
from marches.permissions import peut_modifier_avenant, peut_modifier_lot
from marches.propositions import heures_d_un_avenant
from socle.nombres import pourcent
from socle.regles import RegleViolee
from socle.services.enregistrement import basculer_archive, ecrire, modifier, verrouiller
from socle.services.journal import declarer_actions, noter
from socle.services.portee import exiger_la_portee

declarer_actions(
    engagement_ajoute="Entreprise engagée",
    engagement_modifie="Engagement modifié",
    engagement_archive="Engagement archivé",
    engagement_reactive="Engagement sorti de l'archive",
    avenant_ajoute="Avenant enregistré",
    avenant_corrige="Avenant corrigé avant sa prise d'effet",
    avenant_annule="Avenant annulé avant sa prise d'effet",
)


@transaction.atomic
def engager_entreprise(
    *,
    acteur: Acteur,
    lot: Lot,
    entreprise: Entreprise | None = None,
    nouvelle_entreprise: Mapping[str, Any] | None = None,
    **valeurs,
) -> Engagement:
    """Engage une entreprise sur un lot : attributaire ou cotraitante, et les heures qu'elle doit.

    `nouvelle_entreprise` : une entreprise que la structure ne suit pas encore, mise au suivi du même geste.
    """
    lot = verrouiller(Lot.objects.select_related("marche"), acteur, lot)
    peut_modifier_lot(acteur, lot).exiger()
    if lot.est_archive:
        raise RegleViolee("Ce lot est archivé : sortez-le de l'archive pour y engager une entreprise.")
    if nouvelle_entreprise:
        entreprise = suivre_entreprise(acteur=acteur, **nouvelle_entreprise)
    if entreprise is None:
        raise RegleViolee("Choisissez une entreprise, ou donnez-en une nouvelle.", champ="entreprise")
    exiger_la_portee(acteur, {"entreprise": entreprise, **valeurs})
    engagement = Engagement(lot=lot, entreprise=entreprise)
    _verifier_parts(engagement, valeurs)
    ecrire(engagement, valeurs)
    noter(
        acteur=acteur,
        action="engagement_ajoute",
        objet=lot.marche,
        lot=lot.numero,
        siret=entreprise.siret,
        heures=engagement.heures_initiales,
    )
    return engagement


def _verifier_parts(engagement: Engagement, valeurs: dict) -> None:
    """Les parts d'un groupement ne dépassent pas le tout ; le correspondant et le tuteur sont de l'entreprise."""
    if valeurs.get("part") is not None:
        autres = engagement.lot.engagements.filter(archive_le__isnull=True).exclude(pk=engagement.pk)
        deja = autres.aggregate(total=Sum("part"))["total"] or 0
        if deja + valeurs["part"] > 100:
            raise RegleViolee(
                f"Les parts du groupement dépassent 100 % : il reste {pourcent(100 - deja)}.", champ="part"
            )
    entreprise = valeurs.get("entreprise", engagement.entreprise)
    for champ in ("correspondant", "tuteur"):
        contact = valeurs.get(champ)
        if contact and contact.fiche.entreprise_id != entreprise.pk:
            raise RegleViolee("Ce contact n'est pas de cette entreprise.", champ=champ)


@transaction.atomic
def modifier_engagement(*, acteur: Acteur, engagement: Engagement, **valeurs) -> Engagement:
    """Change ce que doit une entreprise et qui y répond."""
    engagement = verrouiller(Engagement.objects.avec_contexte(), acteur, engagement)
    peut_modifier_lot(acteur, engagement.lot).exiger()
    _verifier_parts(engagement, valeurs)
    lot = engagement.lot
    modifier(engagement, valeurs, acteur=acteur, action="engagement_modifie", sur=lot.marche, lot=lot.numero)
    return engagement


@transaction.atomic
def archiver_engagement(*, acteur: Acteur, engagement: Engagement, archiver: bool) -> None:
    engagement = verrouiller(Engagement.objects.avec_contexte(), acteur, engagement)
    peut_modifier_lot(acteur, engagement.lot).exiger()
    if not archiver and engagement.part is not None:
        _verifier_parts(engagement, {"part": engagement.part})
    if basculer_archive(engagement, archiver=archiver):
        action = "engagement_archive" if archiver else "engagement_reactive"
        noter(acteur=acteur, action=action, objet=engagement.lot.marche, siret=engagement.entreprise.siret)


@transaction.atomic
def ajouter_avenant(*, acteur: Acteur, engagement: Engagement, **valeurs) -> Avenant:
    """Enregistre un avenant. `heures_delta` fait foi : positif, négatif ou nul, jamais au point de rendre le total négatif."""
    engagement = verrouiller(Engagement.objects.avec_contexte(), acteur, engagement)
    peut_modifier_lot(acteur, engagement.lot).exiger()
    exiger_la_portee(acteur, valeurs)
    avenant = Avenant(engagement=engagement)
    if valeurs.get("montant_delta_ht"):
        avenant.heures_proposees = heures_d_un_avenant(engagement, valeurs["montant_delta_ht"])
    ecrire(avenant, valeurs)
    _reporter_les_avenants(engagement)
    noter(
        acteur=acteur,
        action="avenant_ajoute",
        objet=engagement.lot.marche,
        lot=engagement.lot.numero,
        heures=avenant.heures_delta,
    )
    return avenant


@transaction.atomic
def modifier_avenant(*, acteur: Acteur, avenant: Avenant, **valeurs) -> Avenant:
    """Corrige un avenant qui n'a pas encore pris effet ; les heures dues suivent."""
    avenant = _tenir_l_avenant(acteur, avenant)
    lot = avenant.engagement.lot
    if modifier(avenant, valeurs, acteur=acteur, action="avenant_corrige", sur=lot.marche, lot=lot.numero):
        _reporter_les_avenants(avenant.engagement)
    return avenant


@transaction.atomic
def annuler_avenant(*, acteur: Acteur, avenant: Avenant, motif: str) -> Engagement:
    """Retire un avenant qui n'a pas encore pris effet ; le journal du marché garde ses heures et pourquoi."""
    avenant = _tenir_l_avenant(acteur, avenant)
    engagement, lot, retirees = avenant.engagement, avenant.engagement.lot, avenant.heures_delta
    if not motif.strip():
        raise RegleViolee("Dites pourquoi l'annuler.", champ="motif")
    avenant.delete()
    _reporter_les_avenants(engagement, "Sans cet avenant, les heures dues deviendraient négatives.", champ=None)
    noter(
        acteur=acteur,
        action="avenant_annule",
        objet=lot.marche,
        lot=lot.numero,
        heures=retirees,
        motif=motif.strip(),
    )
    return engagement


def _tenir_l_avenant(acteur: Acteur, avenant: Avenant) -> Avenant:
    """L'engagement est tenu d'abord, comme pour un nouvel avenant : deux gestes sur ses heures dues se suivent."""
    engagement = verrouiller(Engagement.objects.avec_contexte(), acteur, avenant.engagement)
    avenant = verrouiller(Avenant.objects, acteur, avenant, engagement=engagement)
    avenant.engagement = engagement
    peut_modifier_avenant(acteur, avenant, timezone.localdate()).exiger()
    return avenant


def _reporter_les_avenants(
    engagement: Engagement,
    refus: str = "Avec cet avenant, les heures dues deviendraient négatives.",
    champ: str | None = "heures_delta",
) -> None:
    """Pose sur l'engagement le total de ses avenants ; jamais au point de rendre ses heures dues négatives."""
    total = engagement.avenants.aggregate(total=Sum("heures_delta"))["total"]
    engagement.heures_avenants = Decimal(total or 0).quantize(Decimal("0.01"))
    if engagement.heures_dues < 0:
        raise RegleViolee(refus, champ=champ)
    engagement.save()
