"""Lire un bilan publié avant que sa forme ne change : ses chiffres restent, seule leur présentation se met à jour.

Ce qui est gardé ne se réécrit pas : l'empreinte signe les données telles qu'elles ont été publiées, et c'est elles que l'on
télécharge. La page, le PDF et le classeur lisent la forme d'aujourd'hui.
"""

from typing import Any, cast

from reporting.donnees import SCHEMA, DonneesBilan
from reporting.lecture import periodes
from reporting.variantes import MODELES
from socle.periodes import Periode

_SANS_LISTE: dict[str, Any] = {"cible": "", "structures": [], "charte": None, "cartes": [], "textes": {}}


def a_jour(donnees: dict) -> DonneesBilan:
    """Le schéma 1 ne connaissait que l'année civile de toute une structure."""
    if not donnees or donnees.get("schema") == SCHEMA:
        return cast(DonneesBilan, donnees)
    annee, modele = Periode.annee(donnees["annee"]), MODELES["structure"]
    avant = periodes.precedente(annee)
    traduites = {
        **donnees,
        **_SANS_LISTE,
        "schema": SCHEMA,
        "variante": "structure",
        "chapitres": [str(chapitre) for chapitre in modele.chapitres],
        "couverture": list(modele.couverture),
        "periode": {
            "debut": annee.debut.isoformat(),
            "fin": annee.fin.isoformat(),
            "nom": periodes.nommer(annee),
            "situee": periodes.situer(annee),
            "avant": periodes.nommer(avant),
            "avant_situee": periodes.situer(avant),
        },
        "evolution": [{**ligne, "periode": str(ligne["annee"])} for ligne in donnees["evolution"]],
        "marches": _renommer(donnees["marches"]),
        "maitres_ouvrage": _renommer(donnees["maitres_ouvrage"]),
        "entreprises": [{**ligne, "id": 0} for ligne in donnees["entreprises"]],
    }
    return cast(DonneesBilan, traduites)


def _renommer(lignes: list[dict]) -> list[dict]:
    return [{**ligne, "id": 0, "heures_periode": ligne["heures_annee"]} for ligne in lignes]
