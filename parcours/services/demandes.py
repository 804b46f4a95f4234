"""Demander des nouvelles à un prescripteur, et lui répondre : la réponse devient une note du parcours."""

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from beneficiaires.destinataires import LE_PRESCRIPTEUR
from beneficiaires.models import Beneficiaire
from beneficiaires.services import noter_parcours
from comptes.acteur import Acteur
from comptes.destinataires import membres_joignables
from parcours.models import DemandeNouvelles
from parcours.permissions import peut_regler_le_parcours
from socle.avis import Avis
from socle.regles import RegleViolee
from socle.services.courriels import ecrire_a_chacun
from socle.services.enregistrement import ecrire, verrouiller
from socle.services.journal import declarer_actions, noter

declarer_actions(nouvelles_demandees="Nouvelles demandées au prescripteur")


@transaction.atomic
def demander_des_nouvelles(*, acteur: Acteur, beneficiaire: Beneficiaire) -> DemandeNouvelles:
    """Demande à l'organisation qui a orienté la personne ; au second clic, rend la demande déjà ouverte."""
    peut_regler_le_parcours(acteur).exiger()
    personne = verrouiller(Beneficiaire.objects, acteur, beneficiaire)
    if personne.prescripteur_id is None:
        raise RegleViolee("Personne n'a orienté cette personne : prenez de ses nouvelles et notez-les à son parcours.")
    if ouverte := personne.demandes_nouvelles.ouvertes().first():
        return ouverte
    demande = DemandeNouvelles(
        beneficiaire=personne, organisation=personne.prescripteur, demandee_par=acteur.utilisateur
    )
    ecrire(demande, {})
    ecrits = ecrire_a_chacun(
        membres_joignables(personne.prescripteur_id),
        gabarit="courriels/nouvelles_demandees",
        structure=acteur.organisation,
        contexte={
            "initiales": personne.initiales,
            "structure": acteur.agit_pour.nom,
            "lien": settings.SITE_URL + reverse("suivi:demande", args=[demande.uuid]),
        },
        cle=f"nouvelles-{demande.uuid}",
        repondre_a=acteur.utilisateur.email if acteur.utilisateur else "",
    )
    demande.dit_a = Avis(LE_PRESCRIPTEUR, ecrits)
    noter(acteur=acteur, action="nouvelles_demandees", objet=personne)
    return demande


@transaction.atomic
def donner_des_nouvelles(*, acteur: Acteur, demande: DemandeNouvelles, reponse: str) -> DemandeNouvelles:
    """Répond à une demande : la réponse est aussi une note, datée d'aujourd'hui."""
    demande = verrouiller(DemandeNouvelles.objects.select_related("beneficiaire"), acteur, demande)
    if demande.repondue_le:
        raise RegleViolee("Ces nouvelles ont déjà été données.")
    noter_parcours(acteur=acteur, beneficiaire=demande.beneficiaire, texte=reponse)
    ecrire(demande, {"reponse": reponse, "repondue_le": timezone.now()})
    return demande
