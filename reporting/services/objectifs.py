from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.text import capfirst

from comptes.acteur import Acteur
from comptes.models import Organisation
from reporting.calcul.registre import CLES_D_OBJECTIF, PAR_CLE
from reporting.models import PREMIERE_ANNEE, ObjectifAnnuel
from reporting.permissions import peut_fixer_les_objectifs
from socle.regles import RegleViolee
from socle.services.clair import en_clair
from socle.services.journal import declarer_actions, noter

declarer_actions(objectifs_fixes="Objectifs de l'année fixés")
ANNEES_D_AVANCE = 5


@transaction.atomic
def fixer_les_objectifs(*, acteur: Acteur, annee: int, objectifs: Mapping[str, Decimal | None]) -> dict[str, Decimal]:
    """Remplace les objectifs d'une année par ceux-ci ; un chiffre sans valeur n'en a plus. Rend ceux qui restent.

    Lève `RegleViolee` pour une année hors de raison ou un chiffre qui ne se vise pas.
    """
    peut_fixer_les_objectifs(acteur).exiger()
    if not PREMIERE_ANNEE <= annee <= timezone.localdate().year + ANNEES_D_AVANCE:
        raise RegleViolee("Choisissez une année connue, ou l'une des cinq prochaines.")
    if set(objectifs) - set(CLES_D_OBJECTIF):
        raise RegleViolee("Ce chiffre n'a pas d'objectif.")
    # Deux responsables qui enregistrent ensemble se suivent.
    structure = Organisation.objects.select_for_update().get(pk=acteur.agit_pour.pk)
    siens = ObjectifAnnuel.objects.filter(structure=structure, annee=annee)
    avant = dict(siens.values_list("cle", "valeur"))
    vises = {cle: Decimal(valeur) for cle, valeur in objectifs.items() if valeur}
    if vises == avant:
        return vises
    siens.exclude(cle__in=vises).delete()
    for cle, valeur in vises.items():
        objectif = siens.filter(cle=cle).first() or ObjectifAnnuel(structure=structure, annee=annee, cle=cle)
        objectif.valeur = valeur
        objectif.full_clean()
        objectif.save()
    noter(acteur=acteur, action="objectifs_fixes", objet=structure, nom=str(annee), changements=_dire(avant, vises))
    return vises


def _dire(avant: Mapping[str, Decimal], vises: Mapping[str, Decimal]) -> list[dict[str, str]]:
    return [
        {
            "champ": cle,
            "libelle": capfirst(PAR_CLE[cle].libelle),
            "avant": en_clair(avant.get(cle)),
            "apres": en_clair(vises.get(cle)),
        }
        for cle in CLES_D_OBJECTIF
        if avant.get(cle) != vises.get(cle)
    ]
