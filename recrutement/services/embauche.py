"""Embaucher d'un coup quelqu'un que la structure ne connaît pas encore : son dossier, ce qu'on en sait, son contrat."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from beneficiaires.services import creer_beneficiaire, declarer_inscription, declarer_niveau, enregistrer_critere
from beneficiaires.services.domiciles import declarer_domicile, situer
from comptes.acteur import Acteur
from marches.models import Engagement
from recrutement.models import Contrat
from recrutement.permissions import peut_gerer_les_contrats
from recrutement.services.contrats import conclure_contrat


def embaucher_une_nouvelle_personne(
    *,
    acteur: Acteur,
    engagement: Engagement,
    identite: Mapping[str, Any],
    contrat: Mapping[str, Any],
    critere: Mapping[str, Any] | None = None,
    niveau: str = "",
    inscrite_depuis: datetime.date | None = None,
    adresse: Mapping[str, Any] | None = None,
) -> Contrat:
    """Tout ou rien : un refus du contrat ne laisse pas de dossier derrière lui.

    L'adresse se cherche avant la transaction : un service d'adresses lent n'y retient personne.
    """
    peut_gerer_les_contrats(acteur).exiger()
    dite = {nom: valeur for nom, valeur in (adresse or {}).items() if valeur}
    situee = situer(dite) if dite else {}
    with transaction.atomic():
        personne = creer_beneficiaire(acteur=acteur, **identite)
        if critere and critere["code"]:
            vue_le = timezone.localdate() if critere["piece_vue"] else None
            enregistrer_critere(
                acteur=acteur,
                beneficiaire=personne,
                code=critere["code"],
                depuis=critere["depuis"],
                principal=True,
                piece_vue_le=vue_le,
            )
        if niveau:
            declarer_niveau(acteur=acteur, beneficiaire=personne, niveau=niveau)
        if inscrite_depuis:
            declarer_inscription(acteur=acteur, beneficiaire=personne, depuis=inscrite_depuis)
        if dite:
            declarer_domicile(acteur=acteur, beneficiaire=personne, situee=situee, **dite)
        return conclure_contrat(acteur=acteur, beneficiaire=personne, engagement=engagement, **contrat)
