"""Les tables de noms (prescripteurs, communes) : un nom peu fourni ne se cache pas, il rejoint les autres.

Aucune case n'y est masquée, donc aucune ne se déduit ; et pas de période d'avant : deux regroupements se soustrairaient.
"""

from typing import Any

from reporting.bilan.petits import SEUIL
from reporting.calcul.provenances import AUTRES
from reporting.calcul.repartitions import NOMMEES
from reporting.donnees import DonneesBilan, Repartition

type Part = dict[str, Any]


def regrouper_les_peu_fournis(publiees: DonneesBilan) -> None:
    tous = publiees["chiffres"]["beneficiaires"]["valeur"]
    for cle in NOMMEES:
        repartition = publiees["repartitions"].get(cle)
        if repartition is None:
            continue
        if isinstance(tous, str):
            repartition["total"], repartition["parts"] = tous, []
        else:
            repartition["parts"] = _regroupees(repartition)


def _regroupees(repartition: Repartition) -> list[Part]:
    """Une commune dont presque tous les habitants sont dans ses quartiers bornerait ceux-ci : elle rejoint les autres."""
    gardees = [part for part in repartition["parts"] if part["cle"] != AUTRES and _se_lit(part)]
    reste = int(repartition["total"] or 0) - sum(part["valeur"] for part in gardees)
    while gardees and 0 < reste < SEUIL:
        reste += gardees.pop()["valeur"]  # la moins fournie : elles sont rangées
    parts = [{cle: valeur for cle, valeur in part.items() if cle != "en_quartier"} for part in gardees]
    if reste:
        parts.append(
            {"cle": AUTRES, "libelle": NOMMEES[repartition["cle"]].autres, "valeur": reste, "precedente": None}
        )
    return parts


def _se_lit(part: Part) -> bool:
    en_quartier = part.get("en_quartier", 0)
    return part["valeur"] >= SEUIL and (not en_quartier or part["valeur"] - en_quartier >= SEUIL)
