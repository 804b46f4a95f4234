"""L'analyse des fichiers déposés : ce qui attend est lu par l'antivirus ; un fichier où il trouve un virus est effacé."""

import logging
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings

from socle.antivirus import virus_dans
from socle.enums import EtatAnalyse
from socle.modeles import FichierDepose
from socle.services.lots import pour_chacun, travail

journal_technique = logging.getLogger(__name__)
LOT = 50  # par passage et par genre : un antivirus muet n'occupe pas un travailleur


@travail("Fichiers à analyser")
def analyser_les_depots() -> int:
    """Fait lire ce qui attend ; rend combien de fichiers ont leur réponse. L'antivirus débranché, plus rien n'attend."""
    if not settings.CLAMD_ADRESSE:
        attendent = EtatAnalyse.EN_ATTENTE
        return sum(modele.objects.filter(analyse=attendent).update(analyse=EtatAnalyse.SANS) for modele in _modeles())
    return sum(
        sum(pour_chacun(modele.objects.filter(analyse=EtatAnalyse.EN_ATTENTE).order_by("pk")[:LOT], analyser_le_depot))
        for modele in _modeles()
    )


def _modeles() -> Iterator[type[Any]]:
    return (modele for modele in apps.get_models() if issubclass(modele, FichierDepose))


def analyser_le_depot(depot: Any) -> int:
    """`depot` : une ligne d'un modèle de `FichierDepose`, qui a son `fichier`."""
    depots = type(depot).objects.filter(pk=depot.pk)
    if not depot.fichier:
        return depots.update(analyse=EtatAnalyse.SANS)
    with depot.fichier.open("rb") as flux:
        virus = virus_dans(flux)
    if not virus:
        return depots.update(analyse=EtatAnalyse.SAIN)
    journal_technique.error("Virus %s dans %s %s : fichier effacé", virus, depot._meta.verbose_name, depot.uuid)
    depot.fichier.delete(save=False)
    return depots.update(analyse=EtatAnalyse.INFECTE, fichier="")
