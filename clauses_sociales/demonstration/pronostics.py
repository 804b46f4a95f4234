"""De quoi voir chaque pronostic : l'année du monde en montre trois, en voici deux de plus."""

import datetime
from decimal import Decimal

from django.utils import timezone

from comptes.acteur import Acteur
from entreprises.models import Entreprise
from marches import services as marches
from marches.models import Engagement, MaitreOuvrage
from socle.periodes import ajouter_mois

COMMENCE_DEPUIS = datetime.timedelta(days=12)


def montrer_chaque_pronostic(acteur: Acteur, acheteur: MaitreOuvrage, entreprise: Entreprise) -> None:
    _commencer_un_marche(acteur, acheteur, entreprise)
    _tenir_un_engagement(acteur)


def _commencer_un_marche(acteur: Acteur, acheteur: MaitreOuvrage, entreprise: Entreprise) -> None:
    """Un marché qui commence, sans personne encore : trop tôt pour dire."""
    aujourd_hui = timezone.localdate()
    debut = aujourd_hui - COMMENCE_DEPUIS
    marche = marches.creer_marche(
        acteur=acteur,
        reference=f"{aujourd_hui.year}-017",
        objet="Entretien des sentiers du littoral",
        maitre_ouvrage=acheteur,
        nature="services",
        type_clause="condition",
        date_notification=debut - datetime.timedelta(days=30),
        debut=debut,
        fin_prevue=ajouter_mois(debut, 18),
        statut="execution",
    )
    marches.ajouter_lot(
        acteur=acteur,
        marche=marche,
        numero="1",
        intitule="Entretien",
        attributaire=entreprise,
        heures_initiales=Decimal(900),
    )


def _tenir_un_engagement(acteur: Acteur) -> None:
    """Des prestations retirées, et l'engagement le plus avancé est déjà tenu."""
    engagements = Engagement.objects.visibles_par(acteur).ouverts_aux_contrats().filter(heures_realisees__gt=0)
    avance = max(engagements.avec_contexte(), key=lambda e: (e.heures_realisees / e.heures_dues, e.pk))
    if avance.heures_realisees < avance.heures_dues:
        marches.ajouter_avenant(
            acteur=acteur,
            engagement=avance,
            heures_delta=avance.heures_realisees // 20 * 20 - avance.heures_dues,
            date_notification=timezone.localdate() - COMMENCE_DEPUIS,
            motif="Prestations retirées",
        )
