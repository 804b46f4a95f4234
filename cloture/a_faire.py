"""Ce que la fin d'un engagement fait attendre : une pénalité à faire avancer, une attestation à émettre."""

import datetime

from django.db.models import Case, Q, Value, When
from django.db.models.functions import Coalesce, Concat, TruncDate
from django.urls import reverse

from cloture.constat import engagements_a_attester
from cloture.enums import StatutPenalite
from cloture.models import MiseEnDemeure, Penalite
from comptes.acteur import Acteur
from comptes.enums import FACILITATEURS, Role
from socle.a_faire import Attente, Lue, source
from socle.composants import Geste, LigneAFaire
from socle.nombres import jour

PARTIES = frozenset({Role.MAITRE_OUVRAGE, Role.ENTREPRISE})
A_FAIRE = {
    StatutPenalite.PROPOSEE: ("lettre contradictoire à envoyer", "Voir"),
    StatutPenalite.LETTRE_PRETE: ("lettre pas encore partie : le délai ne court pas", "Voir"),
    StatutPenalite.DECIDEE: ("décision à notifier", "Notifier"),
}


@source("penalites", "Pénalité", "Pénalités à faire avancer", roles=FACILITATEURS | PARTIES, liste="suivi:penalites")
def penalites_a_avancer(acteur: Acteur, le: datetime.date) -> Attente:
    """Au facilitateur de l'envoyer et de la notifier, à l'acheteur de décider, à l'entreprise de répondre."""
    siennes = Penalite.objects.a_decider_par(acteur, le) | Penalite.objects.a_repondre_par(acteur, le)
    if acteur.est_facilitateur:
        siennes = siennes | Penalite.objects.a_envoyer_par(acteur) | Penalite.objects.a_notifier_par(acteur)
    return Attente(
        siennes,
        _ecrire_penalite,
        jour=Case(
            When(statut=StatutPenalite.LETTRE_PRETE, then="lettre_preparee_le"),
            default=Coalesce("repondre_avant", TruncDate("modifie_le")),
        ),
        depuis="repondre_avant",
        objet=Concat("engagement__entreprise__raison_sociale", Value(" · "), "engagement__lot__marche__reference"),
        etat="statut",
        dossier=Q(engagement__lot__marche__facilitateur=acteur.utilisateur),
    )


def _ecrire_penalite(acteur: Acteur, lu: Lue) -> LigneAFaire:
    page = reverse("suivi:penalite", args=[lu.uuid])
    if acteur.role == Role.ENTREPRISE:
        return lu.ligne(lu.objet, page, f"répondre avant le {jour(lu.depuis)}", gestes=[Geste("Répondre", page)])
    quoi, bouton = A_FAIRE.get(StatutPenalite(lu.etat), ("décision à prendre", "Décider"))
    return lu.ligne(lu.objet, page, quoi, gestes=[Geste(bouton, page)])


@source("demeures", "À remettre", "Mises en demeure à remettre", roles=FACILITATEURS)
def mises_en_demeure_a_remettre(acteur: Acteur, le: datetime.date) -> Attente:
    """Écrites, dont la réception n'est pas datée : rien ne court."""
    return Attente(
        MiseEnDemeure.objects.visibles_par(acteur).filter(remise_le__isnull=True),
        _ecrire_mise_en_demeure,
        jour="le",
        depuis="le",
        objet=Concat("engagement__entreprise__raison_sociale", Value(" · "), "engagement__lot__marche__reference"),
        dossier=Q(engagement__lot__marche__facilitateur=acteur.utilisateur),
    )


def _ecrire_mise_en_demeure(acteur: Acteur, lu: Lue) -> LigneAFaire:
    dater = reverse("suivi:mise_en_demeure_remettre", args=[lu.uuid])
    quoi = f"mise en demeure du {jour(lu.depuis)} : rien ne court avant sa réception"
    return lu.ligne(lu.objet, dater, quoi, gestes=[Geste("Dater sa réception", dater)])


@source("attestations", "À attester", "Attestations à émettre", roles=FACILITATEURS, ton="info")
def attestations_a_emettre(acteur: Acteur, le: datetime.date) -> Attente:
    """L'engagement est fini, tous ses mois sont validés : son attestation peut partir."""
    return Attente(
        engagements_a_attester(acteur, le).order_by(),
        _ecrire_attestation,
        jour="fin_retenue",
        depuis="fin_retenue",
        objet=Concat("entreprise__raison_sociale", Value(" · "), "lot__marche__reference"),
        dossier=Q(lot__marche__facilitateur=acteur.utilisateur),
    )


def _ecrire_attestation(acteur: Acteur, lu: Lue) -> LigneAFaire:
    emettre = Geste("Émettre", reverse("suivi:attestation_emettre", args=[lu.uuid]))
    page = reverse("marches:engagement", args=[lu.uuid])
    return lu.ligne(lu.objet, page, f"fini le {jour(lu.depuis)}", gestes=[emettre])
