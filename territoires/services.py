"""Définir le territoire d'une structure, charger les quartiers ; dire dans lequel tombe un point à une date."""

import datetime
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Count, Max

from socle.regles import RegleViolee
from socle.services.journal import declarer_actions, noter
from territoires.couverture import doutes
from territoires.enums import ROLE_ADMINISTRATEUR, TYPE_STRUCTURE, Millesime, millesime_en_vigueur
from territoires.geometrie import IndexQuartiers, en_forme, en_france
from territoires.importation import ImportRefuse, Rapport, importer_contours
from territoires.importation.quartiers import Retenir
from territoires.importation.source import lire_geojson_depose
from territoires.models import Commune, Epci, QuartierPrioritaire, Territoire
from territoires.permissions import peut_charger_les_quartiers, peut_definir_territoire

declarer_actions(territoire_defini="Territoire défini", quartiers_charges="Contours de quartiers chargés")

# Une adresse géocodée tombe à quelques dizaines de mètres de la porte, et le contour suit souvent l'axe d'une rue :
# à moins de 50 m du bord, ni oui ni non, une personne vérifie (décision du projet, 2026 ; le résultat d'un calcul
# « est indicatif et ne vaut pas attestation », avertissement des outils publics de localisation en QPV).
DISTANCE_A_VERIFIER_M = 50.0


# Au-delà, les contours de l'endroit ne sont sans doute pas chargés : un fichier partiel ne doit pas faire dire « non ».
DISTANCE_COUVERTE_KM = 30.0
ERREURS_MONTREES = 20  # d'un fichier refusé


@dataclass(frozen=True, slots=True)
class Localisation:
    """La réponse du calcul. `motif` : pourquoi une personne doit vérifier ; vide si le calcul suffit."""

    quartier: QuartierPrioritaire | None
    millesime: Millesime
    distance_m: float | None
    motif: str

    @property
    def a_verifier(self) -> bool:
        return bool(self.motif)


def quartier_a(*, latitude: float, longitude: float, le: datetime.date, commune: Commune | None = None) -> Localisation:
    """Le quartier prioritaire de ce point (WGS84, degrés) dans la géographie en vigueur ce jour-là.

    `distance_m` est en mètres jusqu'au bord le plus proche. `commune`, si on la connaît, dit si ses contours sont chargés.
    Lève `RegleViolee` si le point n'est pas en France.
    """
    latitude, longitude = _coordonnees(latitude, longitude)
    millesime = millesime_en_vigueur(le)
    index = _index(millesime)
    distance = index.distance(longitude, latitude)
    cle = index.quartier_contenant(longitude, latitude)
    quartier = QuartierPrioritaire.objects.defer("geometrie").get(pk=cle) if cle is not None else None
    doute = doutes([commune], millesime).get(commune.pk, "") if commune and quartier is None else ""
    motif = motif_de_verification(
        millesime, distance, dedans=quartier is not None, commune_connue=commune is not None, doute=doute
    )
    return Localisation(quartier, millesime, distance, motif)


def motif_de_verification(
    millesime: int, distance_m: float | None, *, dedans: bool, commune_connue: bool, doute: str
) -> str:
    """Pourquoi les contours ne suffisent pas à répondre ; vide s'ils suffisent. `doute` : ce que la commune fait craindre."""
    if distance_m is None:
        return f"Aucun contour de quartier n'est chargé pour la géographie {millesime}."
    if distance_m < DISTANCE_A_VERIFIER_M:
        ou_est_le_point = "à l'intérieur" if dedans else "à l'extérieur"
        return f"Adresse à {distance_m:.0f} m du bord d'un quartier, {ou_est_le_point}."
    if not dedans and distance_m > DISTANCE_COUVERTE_KM * 1000 and (doute or not commune_connue):
        return f"Le contour chargé le plus proche est à {distance_m / 1000:.0f} km : ceux d'ici ne sont sans doute pas chargés."
    return "" if dedans else doute


def classer_points(
    points: Sequence[tuple[float, float, Commune | None]], millesime: Millesime
) -> list[tuple[int | None, float | None, str]]:
    """(clé du quartier ou rien, mètres jusqu'au bord s'il est à moins de 50 m, motif) de chaque (longitude, latitude, commune).

    Le motif est celui que `quartier_a` dirait, point par point.
    """
    index = _index(millesime)
    lieux = [(longitude, latitude) for longitude, latitude, _ in points]
    craintes = doutes({commune for *_, commune in points if commune}, millesime)
    reponses = []
    for (cle, proche), kilometres, (_, _, commune) in zip(
        index.classer(lieux), index.kilometres_au_bord(lieux), points, strict=True
    ):
        motif = motif_de_verification(
            millesime,
            proche if proche is not None else kilometres and kilometres * 1000,
            dedans=cle is not None,
            commune_connue=commune is not None,
            doute=craintes.get(commune.pk, "") if commune else "",
        )
        reponses.append((cle, proche, motif))
    return reponses


def _coordonnees(latitude, longitude) -> tuple[float, float]:
    latitude, longitude = float(latitude), float(longitude)
    if not (math.isfinite(latitude) and math.isfinite(longitude)) or not en_france(longitude, latitude):
        inverse = " : latitude et longitude sont inversées" if en_france(latitude, longitude) else ""
        raise RegleViolee(f"Ces coordonnées ne désignent pas un point de France{inverse}.", champ="latitude")
    return latitude, longitude


# Un index par processus et par millésime : le construire lit tous les contours, le garder ne coûte que sa mémoire.
_INDEX: dict[int, tuple[tuple, IndexQuartiers]] = {}


def _index(millesime: int) -> IndexQuartiers:
    """L'index du millésime, reconstruit dès qu'un quartier est ajouté, retiré ou modifié, par n'importe quel processus."""
    quartiers = QuartierPrioritaire.objects.du_millesime(millesime)
    etat = quartiers.aggregate(nombre=Count("pk"), dernier=Max("modifie_le"), plus_recent=Max("pk"))
    version = tuple(etat.values())
    connu = _INDEX.get(millesime)
    if connu is None or connu[0] != version:
        contours = quartiers.en_service().order_by("code").values_list("pk", "geometrie")
        connu = _INDEX[millesime] = (
            version,
            IndexQuartiers(((pk, en_forme(geojson)) for pk, geojson in contours), proche_m=DISTANCE_A_VERIFIER_M),
        )
    return connu[1]


@transaction.atomic
def definir_territoire(
    *, acteur, structure, communes: Iterable[Commune] | None = None, epci: Epci | None = None, nom: str = ""
) -> Territoire:
    """Donne à la structure son territoire : les communes d'un EPCI, ou une liste. Remplace le précédent ; deux fois, rien.

    Lève `AccesRefuse` (autre structure) ou `RegleViolee` (aucune commune).
    """
    peut_definir_territoire(acteur, structure).exiger()
    voulues = set(epci.communes.all() if epci else communes or ())
    if not voulues:
        raise RegleViolee("Un territoire compte au moins une commune.", champ="communes")
    if structure.type != TYPE_STRUCTURE:
        raise RegleViolee("Seule une structure facilitatrice a un territoire.", champ="structure")
    nom = nom or (epci.nom if epci else structure.nom)
    territoire = Territoire.objects.select_for_update().filter(structure=structure).first()
    if territoire is None:
        territoire = Territoire.objects.create(structure=structure, nom=nom)
    actuelles = set(territoire.communes.all())
    if territoire.nom == nom and actuelles == voulues:
        return territoire
    territoire.nom = nom
    territoire.save(update_fields=["nom", "modifie_le"])
    territoire.communes.set(voulues)
    noter(
        acteur=acteur,
        action="territoire_defini",
        objet=territoire,
        structure=structure,
        nom=nom,
        communes=len(voulues),
        ajoutees=len(voulues - actuelles),
        retirees=len(actuelles - voulues),
    )
    return territoire


@transaction.atomic
def charger_quartiers(*, acteur, fichier: UploadedFile, millesime: int) -> Rapport:
    """Charge les contours d'un fichier déposé : tous, pour l'administrateur ; pour un responsable, ceux de son territoire.

    Les quartiers d'une commune que couvre aussi une autre structure, seul l'administrateur les charge : une structure n'a
    pas la main sur ce qu'en lit une autre.
    """
    peut_charger_les_quartiers(acteur).exiger()
    choisi = Millesime(millesime)
    try:
        donnees = lire_geojson_depose(fichier, fichier.name or "fichier")
        rapport = importer_contours(donnees, choisi, None if _tient_tout(acteur) else _de_sa_main(acteur))
    except ImportRefuse as refus:
        raise ValidationError({"fichier": refus.erreurs[:ERREURS_MONTREES]}) from refus
    comptes = {"crees": rapport.cree["quartiers"], "modifies": rapport.modifie["quartiers"]}
    if acteur.organisation is not None and any(comptes.values()):
        noter(acteur=acteur, action="quartiers_charges", objet=acteur.organisation, millesime=choisi.value, **comptes)
    return rapport


def _tient_tout(acteur) -> bool:
    return acteur.role == ROLE_ADMINISTRATEUR


def _de_sa_main(acteur) -> Retenir:
    """Les quartiers dont toutes les communes connues sont à la structure, et à elle seule."""
    siennes = set(Commune.objects.du_territoire_de(acteur.organisation).order_by().values_list("pk", flat=True))
    if not siennes:
        raise RegleViolee("Définissez d'abord votre territoire : seuls ses quartiers sont chargés.", champ="fichier")
    autres = Territoire.objects.exclude(structure=acteur.organisation)
    siennes -= set(Commune.objects.filter(territoires__in=autres).order_by().values_list("pk", flat=True))
    return lambda communes_de: {code for code, communes in communes_de.items() if communes and communes <= siennes}
