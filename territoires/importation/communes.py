"""Importer les communes, les EPCI et les EPT du Grand Paris du paquet npm @etalab/decoupage-administratif.

Seules les communes actuelles deviennent des lignes. Les arrondissements de Paris, Lyon et Marseille, les communes
déléguées ou associées et les codes disparus n'en sont pas : leurs codes sont gardés sur leur commune (`autres_codes`),
leurs noms à côté (`AutreNom`), si bien qu'une adresse à 75112, un vieux classeur à 50173 ou « Tourlaville » tombent sur Paris
et sur Cherbourg-en-Cotentin.
"""

import re
from collections import defaultdict
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction

from socle.services.passages import passage
from territoires.importation.autres_noms import des_mouvements, du_paquet, ecrire_autres_noms
from territoires.importation.rapport import ImportRefuse, Rapport
from territoires.importation.source import lire_paquet
from territoires.models import Commune, Epci
from territoires.validateurs import valider_code_insee, valider_siren

FICHIERS = ("communes.json", "epci.json")
EPT = "ept.json"  # les établissements du Grand Paris ; une ancienne version du paquet ne les a pas
CHAMPS_COMMUNE = ("nom", "code_departement", "epci_id", "ept_id", "codes_postaux", "autres_codes", "population")
PAQUET = 2_000  # lignes par ordre SQL : au-delà, plus de mémoire sans gain mesurable


@passage("communes")
def importer_communes(chemin: Path, mouvements: Path | None = None) -> Rapport:
    """Le paquet d'un fichier du serveur : voir `importer_decoupage`."""
    donnees = lire_paquet(chemin, FICHIERS, facultatifs=(EPT,))
    return importer_decoupage(donnees["communes.json"], donnees["epci.json"], mouvements, ept=donnees.get(EPT))


@transaction.atomic
def importer_decoupage(
    communes: object, epci: object, mouvements: Path | None = None, ept: object | None = None
) -> Rapport:
    """Crée ou met à jour communes et EPCI, et leurs autres noms. Tout ou rien ; rejoué, ne change rien.

    `mouvements` : le fichier des mouvements de communes de l'INSEE, pour les noms disparus. Lève `ImportRefuse`.
    """
    lecture = _Lecture(communes, epci, ept)
    if lecture.erreurs:
        raise ImportRefuse(*lecture.erreurs)
    autres_noms = lecture.autres_noms | (des_mouvements(mouvements, lecture.communes) if mouvements else set())
    rapport = Rapport()
    _ecrire(Epci, "siren", ("nom",), lecture.epci, "epci", rapport)
    cles_epci = dict(Epci.objects.order_by("pk").values_list("siren", "pk"))
    for commune in lecture.communes.values():
        commune.epci_id = cles_epci.get(lecture.epci_de.get(commune.code_insee, ""))
        commune.ept_id = cles_epci.get(lecture.ept_de.get(commune.code_insee, ""))
    _ecrire(Commune, "code_insee", CHAMPS_COMMUNE, lecture.communes, "communes", rapport)
    ecrire_autres_noms(autres_noms, rapport)
    return rapport


def _ecrire(modele, cle: str, champs: tuple[str, ...], voulus: dict, genre: str, rapport: Rapport) -> None:
    """Compare à la base, écrit d'un bloc ce qui diffère, compte."""
    connus = {ligne[0]: ligne[1:] for ligne in modele.objects.order_by(cle).values_list(cle, *champs)}
    a_ecrire = []
    for code, objet in voulus.items():
        if connus.get(code) == tuple(getattr(objet, champ) for champ in champs):
            rapport.inchange[genre] += 1
            continue
        a_ecrire.append(objet)
        (rapport.modifie if code in connus else rapport.cree)[genre] += 1
    rapport.absent[genre] = len(connus.keys() - voulus.keys())
    colonnes = [champ.removesuffix("_id") for champ in champs] + (["nom_plie"] if modele is Commune else [])
    modele.objects.bulk_create(
        a_ecrire, update_conflicts=True, unique_fields=[cle], update_fields=colonnes, batch_size=PAQUET
    )


class _Lecture:
    """Les deux fichiers contrôlés ligne à ligne ; `erreurs` réunit toutes les fautes."""

    def __init__(self, communes: object, epci: object, ept: object | None = None):
        self.erreurs: list[str] = []
        self.communes: dict[str, Commune] = {}
        self.epci: dict[str, Epci] = {}
        self.epci_de: dict[str, str] = {}
        self.ept_de: dict[str, str] = {}
        lignes = self._liste("communes.json", communes)
        autres_codes = _autres_codes(lignes)
        self.autres_noms = du_paquet(ligne for _, ligne in lignes)
        for rang, ligne in lignes:
            if ligne.get("type") == "commune-actuelle":
                self._lire_commune(rang, ligne, autres_codes)
        if not self.communes and not self.erreurs:
            self.erreurs.append("communes.json ne contient aucune commune actuelle.")
        for rang, ligne in self._liste("epci.json", epci):
            self._lire_epci("epci.json", rang, ligne, self.epci_de)
        for rang, ligne in self._liste(EPT, ept) if ept is not None else ():
            self._lire_epci(EPT, rang, ligne, self.ept_de)

    def _liste(self, nom: str, donnees: object) -> list[tuple[int, dict]]:
        if not isinstance(donnees, list) or not donnees:
            self.erreurs.append(f"{nom} : une liste était attendue.")
            return []
        fausses = [rang for rang, ligne in enumerate(donnees, start=1) if not isinstance(ligne, dict)]
        self.erreurs += [f"{nom}, ligne {rang} : un objet était attendu." for rang in fausses]
        return [(rang, ligne) for rang, ligne in enumerate(donnees, start=1) if isinstance(ligne, dict)]

    def _lire_commune(self, rang: int, ligne: dict, autres_codes: dict[str, set[str]]) -> None:
        commune = Commune(
            code_insee=_texte(ligne.get("code")),
            nom=_texte(ligne.get("nom")),
            code_departement=_texte(ligne.get("departement")),
            population=ligne.get("population"),
        )
        commune.codes_postaux = " ".join(_codes_postaux(ligne.get("codesPostaux")))
        codes = autres_codes.get(commune.code_insee)
        commune.autres_codes = f" {' '.join(sorted(codes))} " if codes else ""
        fautes = _fautes_de_commune(commune, ligne)
        if commune.code_insee in self.communes:
            fautes.append("code INSEE en double")
        repere = f"communes.json, ligne {rang} ({commune.code_insee or '?'})"
        self.erreurs += [f"{repere} : {faute}." for faute in fautes]
        self.communes[commune.code_insee] = commune

    def _lire_epci(self, fichier: str, rang: int, ligne: dict, epci_de: dict[str, str]) -> None:
        epci = Epci(siren=_texte(ligne.get("code")), nom=_texte(ligne.get("nom")))
        membres = ligne.get("membres")
        codes = [_texte(m.get("code")) for m in membres if isinstance(m, dict)] if isinstance(membres, list) else []
        fautes = []
        if not _valide(valider_siren, epci.siren):
            fautes.append("SIREN de 9 chiffres attendu")
        if not 0 < len(epci.nom) <= 150:
            fautes.append("nom absent ou trop long")
        if epci.siren in self.epci:
            fautes.append("SIREN en double")
        if not codes:
            fautes.append("aucune commune membre")
        fautes += [f"commune membre inconnue : {code or '?'}" for code in codes if code not in self.communes]
        fautes += [f"commune {code} déjà dans l'EPCI {epci_de[code]}" for code in codes if code in epci_de]
        self.erreurs += [f"{fichier}, ligne {rang} ({epci.siren or '?'}) : {faute}." for faute in fautes]
        self.epci[epci.siren] = epci
        epci_de.update(dict.fromkeys(codes, epci.siren))


def _autres_codes(lignes: list[tuple[int, dict]]) -> dict[str, set[str]]:
    """{code de commune actuelle: codes qui la désignent aussi}."""
    actuels = {_texte(ligne.get("code")) for _, ligne in lignes if ligne.get("type") == "commune-actuelle"}
    autres: dict[str, set[str]] = defaultdict(set)
    for _, ligne in lignes:
        code, type_ = _texte(ligne.get("code")), ligne.get("type")
        if type_ == "commune-actuelle":
            anciens = ligne.get("anciensCodes")
            autres[code].update(map(_texte, anciens if isinstance(anciens, list) else ()))
        else:
            autres[_texte(ligne.get("chefLieu") or ligne.get("commune"))].add(code)
    return {code: codes - actuels - {""} for code, codes in autres.items()}


def _fautes_de_commune(commune: Commune, ligne: dict) -> list[str]:
    fautes = []
    if not _valide(valider_code_insee, commune.code_insee):
        fautes.append("code INSEE de 5 caractères attendu")
    if not 0 < len(commune.nom) <= 100:
        fautes.append("nom absent ou trop long")
    if not re.fullmatch(r"\d{2,3}|2[AB]", commune.code_departement):
        fautes.append("code de département absent ou faux")
    codes_postaux = ligne.get("codesPostaux", [])
    if not isinstance(codes_postaux, list) or len(_codes_postaux(codes_postaux)) != len(codes_postaux):
        fautes.append("codes postaux illisibles")
    population = commune.population
    if population is not None and (isinstance(population, bool) or not isinstance(population, int) or population < 0):
        fautes.append("population illisible")
    return fautes


def _codes_postaux(valeur: object) -> list[str]:
    return [code for code in valeur if re.fullmatch(r"\d{5}", _texte(code))] if isinstance(valeur, list) else []


def _texte(valeur: object) -> str:
    return " ".join(valeur.split()) if isinstance(valeur, str) else ""


def _valide(validateur, valeur: str) -> bool:
    try:
        validateur(valeur)
    except ValidationError:
        return False
    return True
