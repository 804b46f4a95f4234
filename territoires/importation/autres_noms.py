"""Les autres noms des communes : ceux du paquet npm, et, en plus, ceux du fichier des mouvements de communes de l'INSEE.

Le paquet nomme les communes déléguées et associées et les arrondissements. Les communes disparues sans laisser de commune
déléguée (Octeville, réunie à Cherbourg en 2000) ne sont que dans les mouvements du code officiel géographique
(`v_mvtcommune_AAAA.csv` : MOD, COM_AV, LIBELLE_AV, TYPECOM_AP, COM_AP).
"""

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

from territoires.importation.rapport import ImportRefuse, Rapport
from territoires.importation.source import lire_octets
from territoires.models import AutreNom, Commune
from territoires.querysets import compacter

COLONNES_MOUVEMENTS = ("MOD", "COM_AV", "LIBELLE_AV", "TYPECOM_AP", "COM_AP")
# Changement de nom, fusions, commune nouvelle, transformations, changements de code ou de chef-lieu. Une création, une
# suppression ou un rétablissement (20, 21, 30) ne dit pas qu'un nom désigne l'autre commune.
MOUVEMENTS_RETENUS = frozenset({"10", "31", "32", "33", "34", "41", "50"})
ETAPES_MAX = 10  # de la commune de 1943 à celle d'aujourd'hui, le fichier n'en connaît pas plus de quatre

Mouvement = tuple[str, str, str]  # code d'avant, nom d'avant, code d'après
Autre = tuple[str, str, str]  # code de la commune actuelle, code de l'autre nom, autre nom


def du_paquet(lignes: Iterable[Mapping]) -> set[Autre]:
    """Les communes déléguées et associées et les arrondissements, avec la commune qui les comprend."""
    return {
        (str(ligne.get("chefLieu") or ligne.get("commune")), str(ligne["code"]), " ".join(str(ligne["nom"]).split()))
        for ligne in lignes
        if ligne.get("type") != "commune-actuelle" and ligne.get("code") and ligne.get("nom")
    }


def des_mouvements(chemin: Path, communes: Mapping[str, Commune]) -> set[Autre]:
    """Les noms d'avant, suivis de mouvement en mouvement jusqu'à une commune actuelle. Lève `ImportRefuse`."""
    mouvements = _lire_mouvements(chemin)
    suivants = {avant: apres for avant, _nom, apres in mouvements if avant != apres}
    retenus = ((_jusqu_a_aujourd_hui(apres, suivants, communes), avant, nom) for avant, nom, apres in mouvements)
    return {(actuelle, avant, nom) for actuelle, avant, nom in retenus if actuelle}


def _lire_mouvements(chemin: Path) -> list[Mouvement]:
    try:
        lignes = csv.DictReader(io.StringIO(lire_octets(chemin).decode("utf-8-sig")))
        absentes = [nom for nom in COLONNES_MOUVEMENTS if nom not in (lignes.fieldnames or ())]
        if absentes:
            raise ImportRefuse(f"« {chemin.name} » n'a pas de colonne {', '.join(absentes)}.")
        return [
            (ligne["COM_AV"], ligne["LIBELLE_AV"].strip(), ligne["COM_AP"])
            for ligne in lignes
            if ligne["MOD"] in MOUVEMENTS_RETENUS and ligne["TYPECOM_AP"] == "COM" and ligne["LIBELLE_AV"]
        ]
    except (UnicodeDecodeError, csv.Error) as erreur:
        raise ImportRefuse(f"« {chemin.name} » n'est pas un CSV en UTF-8.") from erreur


def _jusqu_a_aujourd_hui(code: str, suivants: Mapping[str, str], communes: Mapping[str, Commune]) -> str:
    for _ in range(ETAPES_MAX):
        if code in communes:
            return code
        code = suivants.get(code, "")
    return ""


def ecrire_autres_noms(voulus: set[Autre], rapport: Rapport) -> None:
    """Ajoute ceux qui manquent, et compte. Le nom d'aujourd'hui n'est pas un autre nom ; ceux déjà là sont gardés."""
    communes = {c.code_insee: c for c in Commune.objects.filter(code_insee__in={code for code, _, _ in voulus})}
    retenus = {
        (communes[actuelle].pk, code, nom[:100])
        for actuelle, code, nom in voulus
        if actuelle in communes and len(code) == 5 and compacter(nom) not in ("", compacter(communes[actuelle].nom))
    }
    connus = set(AutreNom.objects.order_by("pk").values_list("commune_id", "code_insee", "nom"))
    rapport.cree["autres_noms"] += len(retenus - connus)
    rapport.inchange["autres_noms"] += len(retenus & connus)
    rapport.absent["autres_noms"] += len(connus - retenus)
    AutreNom.objects.bulk_create(
        (AutreNom(commune_id=cle, code_insee=code, nom=nom) for cle, code, nom in sorted(retenus - connus)),
        batch_size=2_000,
    )
