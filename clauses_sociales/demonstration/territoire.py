"""Le territoire de démonstration : des communes réelles par leur code et leur nom, trois quartiers dessinés à la main.

Les codes officiels des quartiers de Cherbourg se chargent de leur fichier (importer_quartiers) ; ceux d'ici (DEM15-01,
DEM24-01…) et leurs contours sont inventés, et marqués `demonstration`.
"""

from clauses_sociales.demonstration.communes import AUTRES_NOMS, CODES_POSTAUX
from territoires.enums import Millesime
from territoires.importation.communes import importer_decoupage
from territoires.importation.quartiers import importer_contours
from territoires.models import Commune, Epci, QuartierPrioritaire

COTENTIN = "200067205"
CHERBOURG = "50129"

# {SIREN de l'EPCI: (nom, {code INSEE: nom})} ; assez pour vivre sans le référentiel national.
COMMUNES = {
    COTENTIN: (
        "CA du Cotentin",
        {
            CHERBOURG: "Cherbourg-en-Cotentin",
            "50031": "Barneville-Carteret",
            "50041": "La Hague",
            "50082": "Bricquebec-en-Cotentin",
            "50087": "Brix",
            "50142": "Vicq-sur-Mer",
            "50149": "Couville",
            "50162": "Digosville",
            "50178": "Fermanville",
            "50184": "Flamanville",
            "50209": "Gonneville-Le Theil",
            "50294": "Martinvast",
            "50341": "Montebourg",
            "50402": "Les Pieux",
            "50412": "Port-Bail-sur-Mer",
            "50417": "Quettehou",
            "50425": "Rauville-la-Bigot",
            "50433": "Réville",
            "50539": "Saint-Pierre-Église",
            "50551": "Saint-Sauveur-le-Vicomte",
            "50562": "Saint-Vaast-la-Hougue",
            "50579": "Sottevast",
            "50585": "Surtainville",
            "50599": "Tollevast",
            "50615": "Valognes",
            "50648": "Yvetot-Bocage",
        },
    ),
    "200065597": ("CU Caen la Mer", {"14118": "Caen"}),
    "200066389": ("CA Saint-Lô Agglo", {"50502": "Saint-Lô"}),
    "200067023": ("CC Coutances Mer et Bocage", {"50147": "Coutances"}),
    "200069425": ("CA Mont-Saint-Michel-Normandie", {"50025": "Avranches"}),
    "200042604": ("CC de Granville, Terre et Mer", {"50218": "Granville"}),
    "241400555": ("CC de Bayeux Intercom", {"14047": "Bayeux"}),
    "200069532": ("CA Lisieux Normandie", {"14366": "Lisieux"}),
    "200023414": ("Métropole Rouen Normandie", {"76540": "Rouen"}),
    "200084952": ("CU Le Havre Seine Métropole", {"76351": "Le Havre"}),
    "246100663": ("CU d'Alençon", {"61001": "Alençon"}),
    "243500139": ("Rennes Métropole", {"35238": "Rennes"}),
}

# (rang, nom, longitude et latitude d'un point bien à l'intérieur, dans les deux géographies)
QUARTIERS = (
    ("01", "Les Provinces", -1.6440, 49.6225),
    ("02", "Maupas – Hautmarais – Brèche du Bois", -1.6385, 49.6330),
    ("03", "Les Fourches – Charcot – Spanel", -1.6270, 49.6220),
)
# Contours (longitude, latitude) tracés à main levée ; le troisième s'agrandit vers l'est en 2024, comme le vrai.
CONTOURS = {
    "01": (
        (-1.6499, 49.6233), (-1.6492, 49.6207), (-1.6463, 49.6193), (-1.6418, 49.6197), (-1.6392, 49.6214),
        (-1.6398, 49.6247), (-1.6431, 49.6262), (-1.6478, 49.6254),
    ),
    "02": (
        (-1.6456, 49.6341), (-1.6452, 49.6309), (-1.6411, 49.6296), (-1.6352, 49.6301), (-1.6318, 49.6322),
        (-1.6329, 49.6352), (-1.6372, 49.6369), (-1.6427, 49.6366),
    ),
    "03": (
        (-1.6327, 49.6226), (-1.6322, 49.6205), (-1.6291, 49.6187), (-1.6243, 49.6184), (-1.6221, 49.6203),
        (-1.6226, 49.6236), (-1.6262, 49.6254), (-1.6309, 49.6247),
    ),
}  # fmt: skip
CONTOURS_2024 = CONTOURS | {
    "03": (
        (-1.6327, 49.6226), (-1.6322, 49.6205), (-1.6291, 49.6187), (-1.6243, 49.6184), (-1.6198, 49.6179),
        (-1.6163, 49.6199), (-1.6169, 49.6238), (-1.6211, 49.6257), (-1.6262, 49.6254), (-1.6309, 49.6247),
    ),
}  # fmt: skip


def charger_territoire_de_demonstration() -> Epci:
    """Importe les communes, EPCI et quartiers qui manquent ; ce qui est déjà là reste tel quel. Rend l'EPCI."""
    _importer_les_communes_absentes()
    for millesime, contours in ((Millesime.GEOGRAPHIE_2015, CONTOURS), (Millesime.GEOGRAPHIE_2024, CONTOURS_2024)):
        _importer_les_quartiers_absents(millesime, contours)
    return Epci.objects.get(siren=COTENTIN)


def _importer_les_communes_absentes() -> None:
    """Dans la forme du paquet officiel, par l'import que la commande documentée emploie."""
    la = set(Commune.objects.values_list("code_insee", flat=True))
    noms = dict(Epci.objects.order_by("pk").values_list("siren", "nom"))
    communes: list[dict] = []
    intercommunalites = []
    for siren, (nom, membres) in COMMUNES.items():
        absentes = {code: membres[code] for code in membres if code not in la}
        if absentes:
            communes += [ligne for code, nom_ in absentes.items() for ligne in _lignes_de_la_commune(code, nom_)]
            membres_lus = [{"code": code} for code in absentes]
            intercommunalites.append({"code": siren, "nom": noms.get(siren, nom), "membres": membres_lus})
    if communes:
        importer_decoupage(communes, intercommunalites)


def _lignes_de_la_commune(code: str, nom: str) -> list[dict]:
    commune = {
        "type": "commune-actuelle",
        "code": code,
        "nom": nom,
        "departement": code[:2],
        "codesPostaux": CODES_POSTAUX[code].split(),
    }
    autres = AUTRES_NOMS.get(code, {})
    deleguees = [
        {"type": "commune-deleguee", "code": ancien, "nom": autre, "chefLieu": code} for ancien, autre in autres.items()
    ]
    return [commune, *deleguees]


def _importer_les_quartiers_absents(millesime: Millesime, contours: dict[str, tuple]) -> None:
    la = set(QuartierPrioritaire.objects.filter(millesime=millesime).values_list("code", flat=True))
    absents = [
        _contour(code, nom, contours[rang])
        for rang, nom, _longitude, _latitude in QUARTIERS
        if (code := f"DEM{millesime % 100}-{rang}") not in la
    ]
    if absents:
        importer_contours({"type": "FeatureCollection", "features": absents}, millesime)


def _contour(code: str, nom: str, points: tuple) -> dict:
    return {
        "type": "Feature",
        "properties": {"code_qp": code, "nom_qp": nom, "insee_com": CHERBOURG},
        "geometry": {"type": "Polygon", "coordinates": [[list(point) for point in (*points, points[0])]]},
    }
