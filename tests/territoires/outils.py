"""De quoi fabriquer les fichiers que les imports reçoivent : GeoJSON, paquet npm."""

import io
import json
import tarfile
from pathlib import Path
from typing import Any

from tests.fabriques.territoires import carre

PAQUET_OFFICIEL = (
    Path(__file__).resolve().parents[2].parent / "shared" / "donnees" / "decoupage-administratif-6.0.0.tgz"
)
RAISON_SANS_PAQUET = "le paquet npm @etalab/decoupage-administratif n'est pas posé à côté du projet (../shared/donnees)"


def element(
    code: str = "QP050001", nom: str = "Les Provinces", emprise=(-1.65, 49.62, -1.64, 49.63), **proprietes
) -> dict:
    """Un élément GeoJSON carré ; `geometry=` le remplace, une propriété à `None` disparaît."""
    geometrie = proprietes.pop("geometry", carre(*emprise))
    toutes = {"code_qp": code, "lib_qp": nom, **proprietes}
    retenues = {cle: valeur for cle, valeur in toutes.items() if valeur is not None}
    return {"type": "Feature", "properties": retenues, "geometry": geometrie}


def collection(*elements: dict, **reste) -> dict:
    return {"type": "FeatureCollection", "features": list(elements), **reste}


def polygone(*points: tuple[float, float]) -> dict:
    return {"type": "Polygon", "coordinates": [[list(point) for point in (*points, points[0])]]}


def commune(code: str = "50129", nom: str = "Cherbourg-en-Cotentin", **reste) -> dict:
    ligne = {
        "code": code,
        "nom": nom,
        "type": "commune-actuelle",
        "departement": code[:2],
        "codesPostaux": ["50100"],
        "population": 78_258,
        **reste,
    }
    return {cle: valeur for cle, valeur in ligne.items() if valeur is not None}


def epci(siren: str = "200067205", nom: str = "CA du Cotentin", membres=("50129",), **reste) -> dict:
    return {"code": siren, "nom": nom, "membres": [{"code": code} for code in membres], **reste}


def poser_paquet(dossier: Path, communes: Any, intercommunalites: Any) -> Path:
    """Le dossier `package` déplié d'un paquet npm."""
    donnees = dossier / "package" / "data"
    donnees.mkdir(parents=True)
    (donnees / "communes.json").write_text(json.dumps(communes))
    (donnees / "epci.json").write_text(json.dumps(intercommunalites))
    return dossier / "package"


def archive(chemin: Path, fichiers: dict[str, bytes]) -> Path:
    with tarfile.open(chemin, "w:gz") as tar:
        for nom, contenu in fichiers.items():
            membre = tarfile.TarInfo(nom)
            membre.size = len(contenu)
            tar.addfile(membre, io.BytesIO(contenu))
    return chemin
