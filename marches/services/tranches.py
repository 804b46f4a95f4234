import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from comptes.acteur import Acteur
from marches.calcul import repartir
from marches.enums import Assiette, GenreCommande
from marches.models import Commande, Engagement, Lot, Tranche
from marches.permissions import peut_modifier_lot
from marches.propositions import heures_du_cumul, poids_du_groupement
from socle.regles import RegleViolee
from socle.services.enregistrement import ecrire, verrouiller
from socle.services.journal import declarer_actions, noter
from socle.services.portee import exiger_la_portee

GENRE_DE_L_ASSIETTE = {Assiette.COMMANDES: GenreCommande.BON, Assiette.FACTURES: GenreCommande.FACTURE}
DEVENUES_NEGATIVES = (
    "Les heures dues par {} deviendraient négatives : ses avenants en retirent plus qu'il n'en resterait."
)

declarer_actions(
    tranche_ajoutee="Tranche ajoutée",
    tranche_affermie="Tranche affermie",
    commande_enregistree="Commande ou facture enregistrée",
    commande_annulee="Commande ou facture annulée",
)


def _tenir(acteur: Acteur, lot: Lot) -> Lot:
    """Le lot sert de verrou : les heures de ses entreprises bougent ensemble."""
    lot = verrouiller(Lot.objects.select_related("marche"), acteur, lot)
    peut_modifier_lot(acteur, lot).exiger()
    return lot


@transaction.atomic
def ajouter_tranche(*, acteur: Acteur, lot: Lot, **valeurs) -> Tranche:
    lot = _tenir(acteur, lot)
    exiger_la_portee(acteur, valeurs)
    tranche = Tranche(lot=lot)
    ecrire(tranche, valeurs)
    noter(acteur=acteur, action="tranche_ajoutee", objet=lot.marche, lot=lot.numero, tranche=tranche.numero)
    return tranche


@transaction.atomic
def affermir_tranche(*, acteur: Acteur, tranche: Tranche, le: datetime.date, heures: Decimal) -> Tranche:
    """Affermit une tranche optionnelle : ses heures naissent ce jour, réparties entre les entreprises du lot."""
    tranche = verrouiller(Tranche.objects.select_related("lot__marche"), acteur, tranche)
    peut_modifier_lot(acteur, tranche.lot).exiger()
    if not tranche.optionnelle:
        raise RegleViolee("Cette tranche est ferme : ses heures sont déjà dues.")
    if tranche.affermie_le:
        raise RegleViolee("Cette tranche est déjà affermie.")
    parts = repartir(heures, poids_du_groupement(tranche.lot))
    if not parts:
        raise RegleViolee("Engagez d'abord l'entreprise attributaire du lot : elle devra ces heures.")
    tranche.affermie_le, tranche.heures = le, heures
    tranche.save()
    for engagement in Engagement.objects.select_for_update().filter(pk__in=parts):
        engagement.heures_tranches += parts[engagement.pk]
        engagement.save()
    noter(
        acteur=acteur,
        action="tranche_affermie",
        objet=tranche.lot.marche,
        lot=tranche.lot.numero,
        tranche=tranche.numero,
        heures=heures,
    )
    return tranche


@transaction.atomic
def enregistrer_commande(*, acteur: Acteur, engagement: Engagement, **valeurs) -> Commande:
    """Enregistre un bon de commande ou une facture (un avoir est négatif) et recalcule les heures dues sur le cumul."""
    lot = _tenir(acteur, engagement.lot)
    exiger_la_portee(acteur, valeurs)
    if lot.assiette == Assiette.CONTRAT:
        raise RegleViolee("Les heures de ce lot sont fixées au contrat : changez d'abord ce dont elles dépendent.")
    commande = Commande(engagement=engagement)
    ecrire(commande, valeurs)
    recalculer_les_commandes(lot)
    noter(
        acteur=acteur,
        action="commande_enregistree",
        objet=lot.marche,
        lot=lot.numero,
        numero=commande.numero,
        montant=commande.montant_ht,
    )
    return commande


@transaction.atomic
def annuler_commande(*, acteur: Acteur, commande: Commande) -> None:
    """Annule une pièce saisie par erreur : elle reste lisible, son montant sort du cumul."""
    lot = _tenir(acteur, commande.engagement.lot)
    commande = verrouiller(Commande.objects, acteur, commande, engagement__lot=lot)
    if commande.annulee_le is None:
        commande.annulee_le = timezone.now()
        commande.save()
        recalculer_les_commandes(lot)
        noter(acteur=acteur, action="commande_annulee", objet=lot.marche, lot=lot.numero, numero=commande.numero)


def recalculer_les_commandes(lot: Lot) -> None:
    """Pose sur chaque engagement du lot ses heures du cumul, au prorata de ce que son entreprise a facturé ou commandé."""
    verrouilles = Engagement.objects.select_for_update(of=("self",)).select_related("entreprise")
    engagements = list(verrouilles.filter(lot=lot).order_by("role", "pk"))
    cumuls = {engagement.pk: Decimal(0) for engagement in engagements}
    genre = GENRE_DE_L_ASSIETTE.get(Assiette(lot.assiette))
    if genre:
        for commande in Commande.objects.filter(engagement__lot=lot, genre=genre, annulee_le__isnull=True):
            cumuls[commande.engagement_id] += commande.montant_ht
    total = heures_du_cumul(lot, sum(cumuls.values(), Decimal(0))) if genre else Decimal(0)
    parts = repartir(total, {cle: max(cumul, Decimal(0)) for cle, cumul in cumuls.items()})
    for engagement in engagements:
        if engagement.heures_commandes != parts[engagement.pk]:
            engagement.heures_commandes = parts[engagement.pk]
            if engagement.heures_dues < 0:
                raise RegleViolee(DEVENUES_NEGATIVES.format(engagement.entreprise.raison_sociale))
            engagement.save()
