"""Deux organisations d'un même nom, aux accents, à l'ordre des mots ou à une faute près. Module de lecture."""

from difflib import SequenceMatcher

from comptes.models import Organisation
from socle.texte import plier

SEUIL = 0.85


def organisations_ressemblantes(type_: str, nom: str) -> list[Organisation]:
    """Celles du même type, archivées comprises, que ce nom pourrait désigner ; trois au plus."""
    cherche = _mots(nom)
    proches = [o for o in Organisation.objects.filter(type=type_) if _ressemble(cherche, _mots(o.nom))]
    return proches[:3]


def _mots(nom: str) -> str:
    return " ".join(sorted(plier(nom).split()))


def _ressemble(un: str, autre: str) -> bool:
    return SequenceMatcher(None, un, autre).ratio() >= SEUIL
