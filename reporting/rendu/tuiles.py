"""Les chiffres d'une année en tuiles, les mêmes au tableau de bord et sur la page d'un bilan."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reporting.calcul.arrondis import ABSENTE, Parts, est_connue, grandeur
from reporting.calcul.indicateurs import Unite
from reporting.calcul.registre import AJOUTES
from reporting.donnees import Chiffre, Valeur
from reporting.recit import phrases
from reporting.recit.ecriture import ecrite, evolution, majuscule, unite_accordee
from socle.composants import Tuile
from socle.nombres import INSECABLE, part, pourcent
from socle.tables import Jauge

GRANDES = ("heures_realisees", "beneficiaires", "marches_suivis", "entreprises_engagees")


@dataclass(frozen=True, slots=True)
class GroupeTuiles:
    titre: str
    tuiles: tuple[Tuile, ...]


def en_groupes(
    chiffres: Mapping[str, Chiffre],
    periode: Mapping[str, Any],
    parts: Parts,
    lien: Callable[[str], str] = lambda cle: "",
    objectifs: Mapping[str, Decimal] | None = None,
) -> list[GroupeTuiles]:
    """Les grands chiffres, ceux qui les complètent, les parts des personnes, les autres parts ; un groupe vide n'y est pas.

    `lien(clé)` ouvre les lignes. `objectifs` : ce que la structure vise, quand ces chiffres sont de toute l'année. Ce que les
    chapitres d'un bilan ajoutent se lit dans leurs chapitres.
    """

    def groupe(titre: str, garder: Callable[[Chiffre], bool]) -> GroupeTuiles:
        gardes = [chiffre for chiffre in chiffres.values() if chiffre["cle"] not in AJOUTES and garder(chiffre)]
        tuiles = (tuile(c, chiffres, periode, parts, lien(c["cle"]), vises.get(c["cle"])) for c in gardes)
        return GroupeTuiles(titre, tuple(tuiles))

    vises = objectifs or {}
    groupes = [
        groupe(phrases.L_ESSENTIEL, lambda c: c["cle"] in GRANDES),
        groupe(phrases.EN_COMPLEMENT, lambda c: not c["sur"] and c["cle"] not in GRANDES),
        groupe(phrases.parmi_les_personnes(chiffres["beneficiaires"]["valeur"]), lambda c: c["sur"] == "beneficiaires"),
        groupe(phrases.PARMI_LE_RESTE, lambda c: c["sur"] not in ("", "beneficiaires")),
    ]
    return [groupe for groupe in groupes if groupe.tuiles]


def tuile(
    chiffre: Chiffre,
    chiffres: Mapping[str, Chiffre],
    periode: Mapping[str, Any],
    parts: Parts,
    lien: str = "",
    objectif: Decimal | None = None,
) -> Tuile:
    """Une part se lit en grand dans la présentation choisie, et toujours « 36 sur 146 » avec l'autre lecture dessous."""
    total, avant = chiffres.get(chiffre["sur"]), periode["avant_situee"]
    lue = parts.lue(chiffre["valeur"], total["valeur"]) if total else ABSENTE
    commun: dict[str, Any] = {
        "libelle": majuscule(chiffre.get("nom") or chiffre["libelle"].removeprefix("dont ")),
        "definition": chiffre["definition"],
        "lien": lien,
        "avant": None if chiffre["precedente"] is None else valeur_de_tuile(chiffre["precedente"]),
        "avant_libelle": avant,
        "jauge": Jauge(objectif, grandeur(chiffre["valeur"])) if objectif else None,
    }
    vise: tuple[tuple[str, str], ...] = _objectif(chiffre, objectif) if objectif else ()
    if total is None or lue == ABSENTE:
        unite = "h" if chiffre["unite"] == Unite.HEURES and est_connue(chiffre["valeur"]) else ""
        if "comparable" in chiffre:
            commun["avant"] = ecrite(chiffre["precedente"], unite)
            vise = (_sur_les_mois_compares(chiffre, periode, unite), *vise)
        return Tuile(valeur=valeur_de_tuile(chiffre["valeur"]), unite=unite, details=vise, **commun)
    unite = "" if chiffre["sur"] == "beneficiaires" else unite_accordee(chiffre["unite"], total["valeur"])
    sur = f"{ecrite(chiffre['valeur'])} sur {ecrite(total['valeur'], unite)}"
    autre = parts.autre(chiffre["valeur"], total["valeur"])
    # Une part se compare à une part : « 20,5 % », « 20,3 % en 2017 », jamais au nombre d'alors.
    part_d_avant = parts.lue(chiffre["precedente"], total["precedente"])
    commun["avant"] = None if part_d_avant == ABSENTE else part_d_avant
    if commun["avant"] and parts.redaction > 1:
        commun["avant_libelle"] = f"{avant} ({ecrite(chiffre['precedente'])} sur {ecrite(total['precedente'])})"
    if commun["avant"] and "comparable" in chiffre:
        vise = (_part_sur_les_mois_compares(chiffre, total, periode, parts), *vise)
    return Tuile(valeur=lue, details=((sur, autre), *vise), **commun)


def _sur_les_mois_compares(chiffre: Chiffre, periode: Mapping[str, Any], unite: str) -> tuple[str, str]:
    """« 22 300 h de janvier à septembre 2026 », « +4,2 % » : ce qui se compare, quand ce n'est pas tout le chiffre."""
    valeur = chiffre["comparable"]
    return f"{ecrite(valeur, unite)} {phrases.sur_quoi(periode)}", evolution(valeur, chiffre["precedente"])


def _part_sur_les_mois_compares(
    chiffre: Chiffre, total: Chiffre, periode: Mapping[str, Any], parts: Parts
) -> tuple[str, str]:
    valeur, sur = chiffre["comparable"], total.get("comparable")
    return f"{parts.lue(valeur, sur)} {phrases.sur_quoi(periode)} ({ecrite(valeur)} sur {ecrite(sur)})", ""


def _objectif(chiffre: Chiffre, objectif: Decimal) -> tuple[tuple[str, str]]:
    """« objectif 30 000 h : 96 % » : de toute l'année, jamais au prorata de ce qui en est passé."""
    unite = "h" if chiffre["unite"] == Unite.HEURES and est_connue(chiffre["valeur"]) else ""
    atteint = pourcent(part(grandeur(chiffre["valeur"]), objectif), 0)
    return ((f"objectif {ecrite(float(objectif), unite)}{INSECABLE}:", atteint),)


def valeur_de_tuile(valeur: Valeur) -> Decimal | str:
    return grandeur(valeur) if est_connue(valeur) else ecrite(valeur)
