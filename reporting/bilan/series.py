"""Cinq années de parts : « RSA 45,2 % (66 sur 146) » d'année en année, non de seuls effectifs."""

from collections.abc import Mapping
from typing import cast

from reporting.bilan.chiffres import chiffres_de, indicateurs_de
from reporting.bilan.decoupe import Lecture
from reporting.bilan.masques import DE_PERSONNES, masquer
from reporting.bilan.temps import PARTS_SUIVIES, releves_de_l_evolution
from reporting.calcul.registre import PAR_CLE
from reporting.calcul.repartitions import repartitions
from reporting.donnees import Chiffre, DonneesBilan, PartAnnuelle, SerieDeParts
from reporting.lecture import periodes
from reporting.lecture.releve import Releve


def evolution_des_parts(lecture: Lecture) -> list[SerieDeParts]:
    """Une série par part, depuis la première année qui se compare. Les années d'une longue période n'en ont pas.

    Chaque nombre garde à côté de lui celui qui peut sortir de la structure : le masque d'une année tient à toute cette année,
    que le bilan ne garde pas ; la publication ne laisse que lui.
    """
    releves = releves_de_l_evolution(lecture)
    if len(releves) < 2 or periodes.duree_en_mois(lecture.perimetre.periode) > 12:
        return []
    annees = [(periodes.nommer(releve.periode), *_exacts_et_publiables(releve)) for releve in releves]
    return [
        {
            "cle": cle,
            "libelle": PAR_CLE[cle].nom,
            "sur": PAR_CLE[cle].sur,
            "annees": [_annee(periode, cle, exacts, publiables) for periode, exacts, publiables in annees],
        }
        for cle in PARTS_SUIVIES
    ]


def _annee(periode: str, cle: str, exacts: Mapping[str, Chiffre], publiables: Mapping[str, Chiffre]) -> PartAnnuelle:
    sur = PAR_CLE[cle].sur
    return {
        "periode": periode,
        "valeur": exacts[cle]["valeur"],
        "total": exacts[sur]["valeur"],
        "publiable": publiables[cle]["valeur"],
        "total_publiable": publiables[sur]["valeur"],
    }


def _exacts_et_publiables(releve: Releve) -> tuple[Mapping[str, Chiffre], Mapping[str, Chiffre]]:
    """Les chiffres d'une année, et les mêmes avec le masque que porte le bilan de cette année."""
    exacts = chiffres_de(releve, None, indicateurs_de(()))
    seule = {
        "public": False,
        "periode": {"debut": releve.periode.debut.isoformat(), "fin": releve.periode.fin.isoformat()},
        "chiffres": exacts,
        "repartitions": repartitions(releve, None, DE_PERSONNES),
        "evolution": [],
        "structures": [],
        "charte": None,
    }
    return exacts, masquer(cast(DonneesBilan, seule))["chiffres"]


def publier_les_series(series: list[SerieDeParts]) -> list[SerieDeParts]:
    """Ce qui peut sortir, et rien d'autre ; des séries déjà publiées ne changent pas."""
    return [
        {
            **serie,
            "annees": [
                {
                    "periode": annee["periode"],
                    "valeur": annee.get("publiable", annee["valeur"]),
                    "total": annee.get("total_publiable", annee["total"]),
                }
                for annee in serie["annees"]
            ],
        }
        for serie in series
    ]
