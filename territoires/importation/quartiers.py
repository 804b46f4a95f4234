"""Importer les quartiers prioritaires d'un millésime depuis un GeoJSON officiel, ou l'un de ses miroirs."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from socle.services.passages import passage
from territoires.enums import Millesime
from territoires.geometrie import IndexQuartiers, QuartierLu, en_forme, en_geojson, lire_quartiers
from territoires.importation.rapport import ImportRefuse, Rapport
from territoires.importation.source import lire_json
from territoires.models import Commune, QuartierPrioritaire
from territoires.querysets import compacter
from territoires.validateurs import normaliser_code_insee

CHAMPS = ("nom", "geometrie", "ouest", "sud", "est", "nord", "demonstration", "fichier_entier")
CODE_INVENTE = "DEM"  # le début de ceux de la démonstration : aucun code officiel n'y commence
PAQUET = 200  # un contour pèse quelques dizaines de kilo-octets
_DEPARTEMENT_DU_CODE = re.compile(r"Q[A-Z](\d[\dAB][\dAB])", re.IGNORECASE)


# Ce que l'on garde d'un fichier : {code: clés de communes} → les codes à écrire. Le reste est ignoré, et le rapport le dit.
Retenir = Callable[[dict[str, set[int]]], set[str]]


def importer_quartiers(chemin: Path, millesime: Millesime) -> Rapport:
    """Les contours d'un fichier du serveur : voir `importer_contours`."""
    return importer_contours(lire_json(chemin), millesime)


@passage("quartiers")
@transaction.atomic
def importer_contours(donnees: object, millesime: Millesime, retenir: Retenir | None = None) -> Rapport:
    """Crée les quartiers du fichier ou remplace leur contour. Tout ou rien ; rejoué, ne change rien. Lève `ImportRefuse`.

    Un quartier du millésime que le fichier ne nomme pas est gardé. Un contour officiel remplace, à code égal, celui de
    la démonstration. Les communes viennent du code INSEE du fichier, à défaut du nom, à défaut des quartiers déjà connus
    que le contour recouvre (l'autre millésime, le plus souvent).
    """
    lecture = lire_quartiers(donnees)
    erreurs = [*lecture.erreurs, *_fautes_de_millesime(lecture.quartiers, millesime)]
    if erreurs:
        raise ImportRefuse(*erreurs)
    rapport = Rapport(avertissements=lecture.avertissements)
    rattachement = _Rattachement(lecture.quartiers)
    communes_de = {quartier.code: rattachement.communes(quartier) for quartier in lecture.quartiers}
    gardes = retenir(communes_de) if retenir else set(communes_de)
    retenus = [quartier for quartier in lecture.quartiers if quartier.code in gardes]
    rapport.ignore["quartiers"] = len(lecture.quartiers) - len(retenus)
    _ecrire(retenus, millesime, communes_de, rapport, entier=retenir is None)
    rapport.avertissements += rattachement.avertissements()
    return rapport


def _fautes_de_millesime(lus: list[QuartierLu], millesime: Millesime) -> list[str]:
    """Les codes disent la géographie : « QP… » en 2015, « QN… » en 2024. Un fichier pris pour l'autre se refuse."""
    autre = {Millesime.GEOGRAPHIE_2015: "QN", Millesime.GEOGRAPHIE_2024: ""}[millesime]
    etrangers = [lu.code for lu in lus if autre and lu.code.upper().startswith(autre)]
    if not etrangers:
        return []
    return [f"Ces codes sont ceux de la géographie 2024, pas de {millesime.value} : {_abreger(etrangers)}."]


def _ecrire(
    lus: list[QuartierLu], millesime: int, communes_de: dict[str, set[int]], rapport: Rapport, *, entier: bool
) -> None:
    connus = {quartier.code: quartier for quartier in QuartierPrioritaire.objects.du_millesime(millesime)}
    actuelles = _communes_actuelles(millesime)
    a_ecrire = []
    for lu in lus:
        connu = connus.get(lu.code)
        quartier = connu or QuartierPrioritaire(code=lu.code, millesime=millesime, fichier_entier=False)
        change = _poser(quartier, lu, entier=entier)
        if connu and not change and (not communes_de[lu.code] or communes_de[lu.code] == actuelles[lu.code]):
            rapport.inchange["quartiers"] += 1
            continue
        (rapport.modifie if connu else rapport.cree)["quartiers"] += 1
        a_ecrire.append(quartier)
    rapport.absent["quartiers"] = len(connus.keys() - {lu.code for lu in lus})
    QuartierPrioritaire.objects.bulk_create(
        a_ecrire,
        update_conflicts=True,
        unique_fields=["code", "millesime"],
        update_fields=[*CHAMPS, "modifie_le"],
        batch_size=PAQUET,
    )
    _attacher(millesime, {quartier.code: communes_de[quartier.code] for quartier in a_ecrire})


def _poser(quartier: QuartierPrioritaire, lu: QuartierLu, *, entier: bool) -> bool:
    """Pose ce que le fichier dit ; rend vrai si quelque chose change."""
    avant = [getattr(quartier, champ) for champ in CHAMPS]
    quartier.nom = lu.nom
    quartier.geometrie = en_geojson(lu.forme)
    quartier.ouest, quartier.sud, quartier.est, quartier.nord = lu.forme.bounds
    quartier.fichier_entier = quartier.fichier_entier or entier
    quartier.demonstration = lu.code.startswith(CODE_INVENTE)
    quartier.modifie_le = timezone.now()
    return avant != [getattr(quartier, champ) for champ in CHAMPS]


def _communes_actuelles(millesime: int) -> dict[str, set[int]]:
    liens = QuartierPrioritaire.communes.through.objects.filter(quartierprioritaire__millesime=millesime)
    actuelles: dict[str, set[int]] = defaultdict(set)
    for code, commune in liens.order_by("pk").values_list("quartierprioritaire__code", "commune_id"):
        actuelles[code].add(commune)
    return actuelles


def _attacher(millesime: int, communes_de: dict[str, set[int]]) -> None:
    """Remplace les communes de ces quartiers ; un quartier dont on n'a trouvé aucune commune garde les siennes."""
    trouves = {code: communes for code, communes in communes_de.items() if communes}
    cles = dict(QuartierPrioritaire.objects.du_millesime(millesime).order_by("pk").values_list("code", "pk"))
    lien = QuartierPrioritaire.communes.through
    lien.objects.filter(quartierprioritaire_id__in=[cles[code] for code in trouves]).delete()
    lien.objects.bulk_create(
        lien(quartierprioritaire_id=cles[code], commune_id=commune)
        for code, communes in trouves.items()
        for commune in sorted(communes)
    )


class _Rattachement:
    """À quelles communes appartient chaque quartier du fichier."""

    def __init__(self, lus: list[QuartierLu]):
        self.inconnues: set[str] = set()
        self.sans_commune: list[str] = []
        self._par_code = Commune.objects.par_codes(code for lu in lus for code in _codes(lu.codes_communes))
        self._par_nom: dict[str, list[Commune]] = defaultdict(list)
        if any(lu.noms_communes and not lu.codes_communes for lu in lus):
            for commune in Commune.objects.order_by("code_insee"):
                self._par_nom[compacter(commune.nom)].append(commune)
        connus = list(
            QuartierPrioritaire.objects.filter(communes__isnull=False).distinct().order_by("code", "millesime")
        )
        self._connus = IndexQuartiers((quartier.pk, en_forme(quartier.geometrie)) for quartier in connus)

    def communes(self, lu: QuartierLu) -> set[int]:
        trouvees = self._par_les_codes(lu) or self._par_les_noms(lu) or self._par_recouvrement(lu)
        if not trouvees:
            self.sans_commune.append(lu.code)
        return trouvees

    def _par_les_codes(self, lu: QuartierLu) -> set[int]:
        codes = _codes(lu.codes_communes)
        self.inconnues.update(codes - self._par_code.keys())
        return {self._par_code[code].pk for code in codes if code in self._par_code}

    def _par_les_noms(self, lu: QuartierLu) -> set[int]:
        departement = _departement(lu.code)
        trouvees = set()
        for nom in lu.noms_communes:
            homonymes = [
                c for c in self._par_nom[compacter(nom)] if not departement or c.code_departement == departement
            ]
            if len(homonymes) == 1:
                trouvees.add(homonymes[0].pk)
        return trouvees

    def _par_recouvrement(self, lu: QuartierLu) -> set[int]:
        voisins = self._connus.qui_recouvrent(lu.forme)
        lien = QuartierPrioritaire.communes.through.objects.filter(quartierprioritaire_id__in=voisins)
        return set(lien.order_by("pk").values_list("commune_id", flat=True)) if voisins else set()

    def avertissements(self) -> list[str]:
        phrases = []
        if self.inconnues:
            phrases.append(f"Codes de commune inconnus du référentiel : {_abreger(self.inconnues)}.")
        if self.sans_commune:
            suite = (
                "Leur commune n'est ni dans le fichier, ni celle d'un quartier déjà connu"
                if Commune.objects.exists()
                else "Importez les communes (importer_communes), puis relancez cet import"
            )
            phrases.append(f"Quartiers sans commune connue : {_abreger(self.sans_commune)}. {suite}.")
        return phrases


def _codes(textes: Iterable[str]) -> set[str]:
    codes = set()
    for texte in textes:
        try:
            codes.add(normaliser_code_insee(texte))
        except ValidationError:
            codes.add(texte)  # sera dit inconnu, tel qu'il est écrit
    return codes


def _departement(code_quartier: str) -> str:
    """« QP050001 » ou « QN05001M » → « 50 » ; un code d'une autre forme ne dit rien."""
    trouve = _DEPARTEMENT_DU_CODE.match(code_quartier)
    return trouve[1].upper().removeprefix("0") if trouve else ""


def _abreger(elements: Iterable[str]) -> str:
    tries = sorted(elements)
    return ", ".join(tries[:10]) + (f"… ({len(tries)} en tout)" if len(tries) > 10 else "")
