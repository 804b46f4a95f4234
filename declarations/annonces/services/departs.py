"""Un départ annoncé avec les heures : le facilitateur arrête le contrat, et classe l'annonce."""

import datetime

from django.db import transaction

from comptes.acteur import Acteur
from declarations.annonces.services.traitement import traiter
from declarations.models import DepartAnnonce
from declarations.permissions import peut_traiter_l_annonce
from recrutement.models import Contrat
from recrutement.services import modifier_contrat
from socle.regles import RegleViolee
from socle.services.enregistrement import verrouiller
from socle.services.journal import declarer_actions, noter

declarer_actions(depart_confirme="Départ annoncé confirmé")


@transaction.atomic
def confirmer_depart(*, acteur: Acteur, depart: DepartAnnonce, fin_reelle: datetime.date, **termes) -> Contrat:
    """Arrête le contrat aux termes que le facilitateur a relus, et classe l'annonce."""
    depart = verrouiller(DepartAnnonce.objects.avec_contexte(), acteur, depart)
    peut_traiter_l_annonce(acteur, depart).exiger()
    if fin_reelle is None:
        raise RegleViolee("Donnez le dernier jour du contrat.", champ="fin_reelle")
    contrat = modifier_contrat(acteur=acteur, contrat=depart.contrat, fin_reelle=fin_reelle, **termes)
    traiter(acteur, depart, "prendre_en_compte")
    noter(acteur=acteur, action="depart_confirme", objet=contrat)
    return contrat
