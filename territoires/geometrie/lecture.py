"""Lire le GeoJSON des quartiers tel qu'il circule : noms de propriétés variables, un quartier en plusieurs lignes."""

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import shapely
from shapely.geometry import MultiPolygon, shape
from shapely.geometry.base import BaseGeometry

from territoires.geometrie.metrique import en_france
from territoires.geometrie.polygones import SURFACE_MIN, surfaces, unir

# Le fichier officiel change de noms d'un millésime et d'un miroir à l'autre ; la casse ne compte pas.
PROPRIETES_CODE = ("code_qp", "identifiant", "codeqp", "code")
PROPRIETES_NOM = ("lib_qp", "nom_qp", "libelle", "nom")
PROPRIETES_CODE_COMMUNE = ("insee_com", "code_insee", "insee_commune", "code_commune")
PROPRIETES_NOM_COMMUNE = ("commune_qp", "nom_com", "lib_com", "nom_commune")
PROFONDEURS = {"Polygon": 2, "MultiPolygon": 3}
CRS_GEOGRAPHIQUES = ("CRS84", "4326", "4258", "4171")  # WGS84 et RGF93 géographique : même point à moins d'un mètre
CODE_MAX, NOM_MAX = 8, 150

MOTIF_LAMBERT = (
    "coordonnées en Lambert-93 (mètres, EPSG:2154) ; il faut du WGS84 en degrés (EPSG:4326) : "
    "reprenez la version « WGS84 » du fichier ou convertissez-la"
)
MOTIF_PROJETE = "coordonnées projetées, pas des degrés ; il faut du WGS84 (EPSG:4326)"
MOTIF_INVERSE = "latitude et longitude inversées : le GeoJSON écrit la longitude d'abord"
MOTIF_HORS_FRANCE = "contour hors de France"


class ContourRefuse(ValueError):
    """Un contour inutilisable ; le message est la raison, en français."""


@dataclass(frozen=True, slots=True)
class QuartierLu:
    """Un quartier du fichier, ses morceaux réunis."""

    code: str
    nom: str
    forme: MultiPolygon
    codes_communes: tuple[str, ...]
    noms_communes: tuple[str, ...]


@dataclass(slots=True)
class Lecture:
    """Tout ce que le fichier contient, et tout ce qui s'y oppose : les fautes ne s'arrêtent pas à la première."""

    quartiers: list[QuartierLu] = field(default_factory=list)
    erreurs: list[str] = field(default_factory=list)
    avertissements: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Morceaux:
    noms: list[str] = field(default_factory=list)
    formes: list[BaseGeometry] = field(default_factory=list)
    codes_communes: list[str] = field(default_factory=list)
    noms_communes: list[str] = field(default_factory=list)


def lire_quartiers(donnees: object) -> Lecture:
    """Lit un GeoJSON déjà décodé (`FeatureCollection` en degrés) ; ne lève rien, tout est dans la `Lecture`."""
    if faute := _faute_du_fichier(donnees):
        return Lecture(erreurs=[faute])
    lecteur = _Lecteur()
    for rang, element in enumerate(donnees["features"], start=1):  # type: ignore[index]  # sa forme vient d'être vue
        lecteur.lire(rang, element)
    return lecteur.conclure()


def _faute_du_fichier(donnees: object) -> str:
    if not isinstance(donnees, dict) or donnees.get("type") != "FeatureCollection":
        return "Ce fichier n'est pas une FeatureCollection GeoJSON."
    if not isinstance(donnees.get("features"), list) or not donnees["features"]:
        return "Ce fichier GeoJSON ne contient aucun quartier."
    nom_crs = str(donnees.get("crs") or "")
    if "2154" in nom_crs:
        return f"Le fichier annonce des {MOTIF_LAMBERT}."
    if "name" in nom_crs and not any(crs in nom_crs for crs in CRS_GEOGRAPHIQUES):
        return "Le fichier annonce un système de coordonnées qui n'est pas le WGS84 (EPSG:4326)."
    return ""


class _Lecteur:
    """Accumule les morceaux par code, les fautes par raison (mille fois la même se lit en une ligne)."""

    def __init__(self) -> None:
        self.par_code: dict[str, _Morceaux] = defaultdict(_Morceaux)
        self.fautes: dict[str, list[str]] = defaultdict(list)
        self.reserves: dict[str, list[str]] = defaultdict(list)

    def lire(self, rang: int, element: object) -> None:
        if not isinstance(element, dict) or element.get("type") != "Feature":
            self.fautes["ce n'est pas un élément GeoJSON (Feature)"].append(str(rang))
            return
        proprietes = element.get("properties")
        valeurs = {str(nom).lower(): v for nom, v in proprietes.items()} if isinstance(proprietes, dict) else {}
        code = _texte(valeurs, PROPRIETES_CODE)
        repere = f"{rang} ({code})" if code else str(rang)
        if not code:
            self.fautes["code absent (propriété code_qp, CODE_QP ou identifiant)"].append(repere)
        elif len(code) > CODE_MAX:
            self.fautes[f"code de plus de {CODE_MAX} caractères"].append(repere)
        try:
            forme, repare = lire_contour(element.get("geometry"))
        except ContourRefuse as refus:
            self.fautes[str(refus)].append(repere)
            return
        if repare:
            self.reserves["contour mal formé, réparé"].append(repere)
        if code:
            self._ranger(self.par_code[code], valeurs, forme)

    @staticmethod
    def _ranger(morceaux: _Morceaux, valeurs: dict[str, Any], forme: BaseGeometry) -> None:
        if nom := _texte(valeurs, PROPRIETES_NOM):
            morceaux.noms.append(nom)
        morceaux.codes_communes += _liste(valeurs, PROPRIETES_CODE_COMMUNE)
        morceaux.noms_communes += _liste(valeurs, PROPRIETES_NOM_COMMUNE)
        morceaux.formes.append(forme)

    def conclure(self) -> Lecture:
        quartiers = [self._quartier(code, morceaux) for code, morceaux in sorted(self.par_code.items())]
        return Lecture(
            quartiers=quartiers,
            erreurs=[_phrase(raison, reperes) for raison, reperes in self.fautes.items()],
            avertissements=[_phrase(raison, reperes) for raison, reperes in self.reserves.items()],
        )

    def _quartier(self, code: str, morceaux: _Morceaux) -> QuartierLu:
        noms = list(dict.fromkeys(morceaux.noms))
        if not noms:
            self.fautes["nom absent (propriété lib_qp ou nom_qp)"].append(code)
        elif len(noms[0]) > NOM_MAX:
            self.fautes[f"nom de plus de {NOM_MAX} caractères"].append(code)
        if len(noms) > 1:
            self.reserves["plusieurs noms pour un même code, le premier est gardé"].append(code)
        return QuartierLu(
            code=code,
            nom=next(iter(noms), ""),
            forme=unir(morceaux.formes),
            codes_communes=tuple(dict.fromkeys(morceaux.codes_communes)),
            noms_communes=tuple(dict.fromkeys(morceaux.noms_communes)),
        )


def lire_contour(geometrie: object) -> tuple[BaseGeometry, bool]:
    """(forme, réparée ?) d'un Polygon ou MultiPolygon GeoJSON en degrés ; lève `ContourRefuse` avec la raison."""
    if not isinstance(geometrie, dict):
        raise ContourRefuse("contour absent")
    type_ = geometrie.get("type")
    if type_ not in PROFONDEURS:
        raise ContourRefuse("le contour n'est ni un Polygon ni un MultiPolygon")
    points = list(_points(geometrie.get("coordinates"), PROFONDEURS[type_]))
    if not points:
        raise ContourRefuse("contour vide")
    if motif := _motif_de_position(points):
        raise ContourRefuse(motif)
    try:
        forme = shapely.force_2d(shape(geometrie))
    except (ValueError, TypeError, IndexError, shapely.errors.ShapelyError) as erreur:
        raise ContourRefuse("contour illisible : un anneau compte au moins quatre points") from erreur
    if forme.is_valid and forme.area > SURFACE_MIN:
        return forme, False
    reparee = surfaces(shapely.make_valid(forme))
    if not reparee:
        raise ContourRefuse("contour sans surface")
    return MultiPolygon(reparee), True


def _points(noeud: object, profondeur: int) -> Iterator[tuple[float, float]]:
    if not isinstance(noeud, list):
        raise ContourRefuse("coordonnées mal rangées")
    if profondeur:
        for branche in noeud:
            yield from _points(branche, profondeur - 1)
        return
    if len(noeud) < 2 or not all(_est_un_nombre(valeur) for valeur in noeud):
        raise ContourRefuse("coordonnées qui ne sont pas des nombres")
    yield noeud[0], noeud[1]


def _est_un_nombre(valeur: object) -> bool:
    return isinstance(valeur, int | float) and not isinstance(valeur, bool) and math.isfinite(valeur)


def _motif_de_position(points: list[tuple[float, float]]) -> str:
    """Pourquoi ces points ne peuvent pas être un quartier en WGS84 ; vide si tout va bien."""
    if all(en_france(x, y) for x, y in points):
        return ""
    if all(0 < x < 1_400_000 and 6_000_000 < y < 7_200_000 for x, y in points):
        return MOTIF_LAMBERT
    if any(abs(x) > 180 or abs(y) > 180 for x, y in points):
        return MOTIF_PROJETE
    return MOTIF_INVERSE if all(en_france(y, x) for x, y in points) else MOTIF_HORS_FRANCE


def _texte(valeurs: dict[str, Any], noms: tuple[str, ...]) -> str:
    """La première propriété remplie, en texte d'une seule ligne."""
    candidates = (valeurs.get(nom) for nom in noms)
    return next((" ".join(str(v).split()) for v in candidates if v is not None and str(v).strip()), "")


def _liste(valeurs: dict[str, Any], noms: tuple[str, ...]) -> list[str]:
    """Une propriété qui peut tenir plusieurs valeurs : « 50129, 50173 » ou une vraie liste."""
    brute = next((valeurs[nom] for nom in noms if valeurs.get(nom) not in (None, "")), "")
    elements = brute if isinstance(brute, list) else str(brute).replace(";", ",").replace("/", ",").split(",")
    return [texte for element in elements if (texte := " ".join(str(element).split()))]


def _phrase(raison: str, reperes: list[str]) -> str:
    montres = ", ".join(reperes[:10]) + ("…" if len(reperes) > 10 else "")
    if len(reperes) == 1:
        return f"Élément {montres} : {raison}."
    return f"{len(reperes)} éléments ({montres}) : {raison}."
