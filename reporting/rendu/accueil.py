"""Les chiffres clés en tuiles sur l'accueil : les mêmes mots, et la même comparaison, que l'année en chiffres."""

from collections.abc import Iterator

from reporting.bilan.temps import ecrire_la_completude
from reporting.lecture import periodes
from reporting.lecture.chiffres_cles import ChiffresCles
from reporting.recit.ecriture import ecrite, evolution
from reporting.recit.etat import en_court
from socle.composants import Tuile


def tuiles(chiffres: ChiffresCles, lien: str) -> Iterator[Tuile]:
    """L'an passé ne se dit que s'il a des données, et sur les seuls mois connus des deux années."""
    lus: tuple[tuple[str, tuple, str], ...] = (
        ("Heures réalisées", chiffres.heures, "h"),
        ("Personnes", chiffres.personnes, ""),
        ("Marchés suivis", chiffres.marches, ""),
    )
    comparee, l_an_passe = chiffres.comparee, periodes.situer(chiffres.mois_d_avant)
    for libelle, (valeur, comparable, avant), unite in lus:
        if comparee is None or not avant:
            yield Tuile(libelle, valeur, unite, lien=lien)
        elif not chiffres.est_en_partie:
            yield Tuile(libelle, valeur, unite, avant, l_an_passe, lien=lien)
        else:
            compares = f"{ecrite(comparable, unite)} {periodes.situer(comparee)}"
            details = ((compares, evolution(comparable, avant)),)
            yield Tuile(libelle, valeur, unite, ecrite(avant, unite), l_an_passe, lien=lien, details=details)


def ce_que_l_on_sait(chiffres: ChiffresCles) -> str:
    """« Provisoire : données validées jusqu'à septembre 2026. »"""
    return "" if chiffres.completude.est_entiere else en_court(ecrire_la_completude(chiffres.completude))
