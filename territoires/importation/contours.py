"""Importer les contours des communes depuis un GeoJSON public : un fond de carte, qui ne décide de rien."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import shapely
from django.db import transaction
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from socle.services.passages import passage
from territoires.geometrie import ContourRefuse, en_geojson, lire_contour, unir
from territoires.importation.rapport import ImportRefuse, Rapport
from territoires.importation.source import lire_json
from territoires.models import Commune, ContourCommune
from territoires.validateurs import normaliser_code_insee

PROPRIETES_CODE = ("code", "code_insee", "insee_com", "codgeo")
CHAMPS = ("geometrie", "ouest", "sud", "est", "nord")
DETAIL = 0.0005  # degrés, une cinquantaine de mètres : plus fin ne se voit pas au fond d'une carte
PAQUET = 500


@passage("contours")
@transaction.atomic
def importer_contours_communes(chemin: Path) -> Rapport:
    """Crée ou remplace le contour des communes du fichier. Tout ou rien ; rejoué, ne change rien. Lève `ImportRefuse`.

    Une commune que l'on ne connaît pas est ignorée, et le rapport en dit le nombre.
    """
    communes = dict(Commune.objects.order_by("pk").values_list("code_insee", "pk"))
    connus = {contour.commune_id: contour for contour in ContourCommune.objects.all()}
    rapport, a_ecrire = Rapport(), []
    for code, forme in _lire(lire_json(chemin)):
        cle = communes.get(code)
        if cle is None:
            rapport.ignore["contours"] += 1
            continue
        connu = connus.pop(cle, None)
        contour = ContourCommune(commune_id=cle, geometrie=en_geojson(forme))
        contour.ouest, contour.sud, contour.est, contour.nord = forme.bounds
        if connu and connu.geometrie == contour.geometrie:
            rapport.inchange["contours"] += 1
            continue
        (rapport.modifie if connu else rapport.cree)["contours"] += 1
        a_ecrire.append(contour)
    rapport.absent["contours"] = len(connus)
    ContourCommune.objects.bulk_create(
        a_ecrire, update_conflicts=True, unique_fields=["commune"], update_fields=CHAMPS, batch_size=PAQUET
    )
    if rapport.ignore["contours"]:
        rapport.avertissements.append(
            f"{rapport.ignore['contours']} contours sont ceux de communes inconnues ici : ils sont ignorés."
        )
    return rapport


def _lire(donnees: object) -> Iterator[tuple[str, MultiPolygon]]:
    """(code INSEE, forme simplifiée) de chaque commune du fichier ; la première faute l'arrête, en disant laquelle."""
    elements = donnees.get("features") if isinstance(donnees, dict) else None
    if not isinstance(elements, list) or not elements:
        raise ImportRefuse("Ce fichier n'est pas une FeatureCollection GeoJSON qui contient des communes.")
    formes: dict[str, list[BaseGeometry]] = defaultdict(list)
    for rang, element in enumerate(elements, start=1):
        code = _code(element)
        if not code:
            raise ImportRefuse(f"Élément {rang} : code INSEE absent (propriété « code » ou « insee_com »).")
        try:
            forme, _ = lire_contour(element.get("geometry"))
        except ContourRefuse as refus:
            raise ImportRefuse(f"Élément {rang} ({code}) : {refus}.") from refus
        formes[code].append(shapely.simplify(forme, DETAIL))
    for code, morceaux in formes.items():  # une commune peut tenir en plusieurs éléments : une île, un littoral
        yield code, unir(morceaux)


def _code(element: Any) -> str:
    proprietes = element.get("properties") if isinstance(element, dict) else None
    if not isinstance(proprietes, dict):
        return ""
    valeurs = {str(nom).lower(): valeur for nom, valeur in proprietes.items()}
    brut = next((valeurs[nom] for nom in PROPRIETES_CODE if valeurs.get(nom)), "")
    return normaliser_code_insee(str(brut)) if brut else ""
