"""Ce que la fin d'un engagement fait attendre : une pénalité à faire avancer, une attestation à émettre."""

import datetime
from dataclasses import dataclass
from typing import cast

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


@dataclass(frozen=True, slots=True)
class PenaliteLue(Lue):
    entreprise_et_marche: str
    statut: StatutPenalite
    repondre_avant: datetime.date | None


@source("penalites", "Pénalité", "Pénalités à faire avancer", roles=FACILITATEURS | PARTIES, liste="suivi:penalites")
def penalites_a_avancer(acteur: Acteur, le: datetime.date) -> Attente:
    """Au facilitateur de l'envoyer et de la notifier, à l'acheteur de décider, à l'entreprise de répondre."""
    siennes = Penalite.objects.a_decider_par(acteur, le) | Penalite.objects.a_repondre_par(acteur, le)
    if acteur.est_facilitateur:
        siennes = siennes | Penalite.objects.a_envoyer_par(acteur) | Penalite.objects.a_notifier_par(acteur)
    return Attente(
        siennes,
        PenaliteLue,
        _ecrire_penalite,
        {
            "entreprise_et_marche": Concat(
                "engagement__entreprise__raison_sociale", Value(" · "), "engagement__lot__marche__reference"
            ),
            "statut": "statut",
            "repondre_avant": "repondre_avant",
        },
        jour=Case(
            When(statut=StatutPenalite.LETTRE_PRETE, then="lettre_preparee_le"),
            default=Coalesce("repondre_avant", TruncDate("modifie_le")),
        ),
        dossier=Q(engagement__lot__marche__facilitateur=acteur.utilisateur),
    )


def _ecrire_penalite(acteur: Acteur, lu: PenaliteLue) -> LigneAFaire:
    page = reverse("suivi:penalite", args=[lu.uuid])
    if acteur.role == Role.ENTREPRISE:
        terme = cast(datetime.date, lu.repondre_avant)  # la lettre lui est remise : son délai court
        avant = f"répondre avant le {jour(terme)}"
        return lu.montrer(lu.entreprise_et_marche, page, avant, gestes=[Geste("Répondre", page)])
    quoi, bouton = A_FAIRE.get(lu.statut, ("décision à prendre", "Décider"))
    return lu.montrer(lu.entreprise_et_marche, page, quoi, gestes=[Geste(bouton, page)])


@dataclass(frozen=True, slots=True)
class DemeureARemettre(Lue):
    entreprise_et_marche: str
    ecrite_le: datetime.date


@source("demeures", "À remettre", "Mises en demeure à remettre", roles=FACILITATEURS)
def mises_en_demeure_a_remettre(acteur: Acteur, le: datetime.date) -> Attente:
    """Écrites, dont la réception n'est pas datée : rien ne court."""
    return Attente(
        MiseEnDemeure.objects.visibles_par(acteur).filter(remise_le__isnull=True),
        DemeureARemettre,
        _ecrire_mise_en_demeure,
        {
            "entreprise_et_marche": Concat(
                "engagement__entreprise__raison_sociale", Value(" · "), "engagement__lot__marche__reference"
            ),
            "ecrite_le": "le",
        },
        jour="le",
        dossier=Q(engagement__lot__marche__facilitateur=acteur.utilisateur),
    )


def _ecrire_mise_en_demeure(acteur: Acteur, lu: DemeureARemettre) -> LigneAFaire:
    dater = reverse("suivi:mise_en_demeure_remettre", args=[lu.uuid])
    quoi = f"mise en demeure du {jour(lu.ecrite_le)} : rien ne court avant sa réception"
    return lu.montrer(lu.entreprise_et_marche, dater, quoi, gestes=[Geste("Dater sa réception", dater)])


@dataclass(frozen=True, slots=True)
class AttestationAEmettre(Lue):
    entreprise_et_marche: str
    fini_le: datetime.date


@source("attestations", "À attester", "Attestations à émettre", roles=FACILITATEURS, ton="info")
def attestations_a_emettre(acteur: Acteur, le: datetime.date) -> Attente:
    """L'engagement est fini, tous ses mois sont validés : son attestation peut partir."""
    return Attente(
        engagements_a_attester(acteur, le).order_by(),
        AttestationAEmettre,
        _ecrire_attestation,
        {
            "entreprise_et_marche": Concat("entreprise__raison_sociale", Value(" · "), "lot__marche__reference"),
            "fini_le": "fin_retenue",
        },
        jour="fin_retenue",
        dossier=Q(lot__marche__facilitateur=acteur.utilisateur),
    )


def _ecrire_attestation(acteur: Acteur, lu: AttestationAEmettre) -> LigneAFaire:
    emettre = Geste("Émettre", reverse("suivi:attestation_emettre", args=[lu.uuid]))
    page = reverse("marches:engagement", args=[lu.uuid])
    return lu.montrer(lu.entreprise_et_marche, page, f"fini le {jour(lu.fini_le)}", gestes=[emettre])
