"""Le verrou d'une annulation : la ligne, si personne n'y a touché depuis le geste."""

from typing import Any

from django.apps import apps

from socle.annulation import Annulation
from socle.regles import RegleViolee

TOUCHE_DEPUIS = "Quelqu'un y a touché depuis : ce geste ne s'annule plus. La page montre ce qu'il en est."


def lire_le_temoin_intact(annulation: Annulation) -> Any:
    """La ligne verrouillée, à appeler dans une transaction ; lève `RegleViolee` si elle a changé ou n'est plus."""
    modele = apps.get_model(annulation.modele)
    ligne = modele._base_manager.select_for_update().filter(pk=annulation.cle).first()
    if ligne is None or ligne.modifie_le.timestamp() != annulation.touche_a:
        raise RegleViolee(TOUCHE_DEPUIS)
    return ligne
