"""Les groupes d'un chiffre d'un bilan : un mois, un quartier, un marché. Le nom de chacun, et la valeur que le bilan en écrit.

Publié, ses données sont masquées : ce qui se lit ici l'est aussi.
"""

import datetime
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from reporting.bilan.sources import AVANT, MAINTENANT
from reporting.calcul import repartitions
from reporting.calcul.angles import NOMS_DES_PROFILS
from reporting.donnees import DonneesBilan, Valeur
from socle.nombres import mois_annee

HEURES_PAR_QUARTIER, HEURES_PAR_MOIS, EVOLUTION, CHARTE = (
    "heures_par_quartier",
    "heures_par_mois",
    "evolution_",
    "charte_",
)
# D'où vient chaque colonne des listes : (la liste, la valeur).
_LISTES: dict[str, tuple[str, str]] = {
    "heures_par_marche": ("marches", "heures_periode"),
    "dues_par_marche": ("marches", "heures_dues"),
    "cumul_par_marche": ("marches", "heures_cumul"),
    "marches_par_maitre_ouvrage": ("maitres_ouvrage", "marches"),
    "heures_par_maitre_ouvrage": ("maitres_ouvrage", "heures_periode"),
    "dues_par_maitre_ouvrage": ("maitres_ouvrage", "heures_dues"),
    "cumul_par_maitre_ouvrage": ("maitres_ouvrage", "heures_cumul"),
    "heures_par_entreprise": ("entreprises", "heures_engagements"),
    "heures_par_employeur": ("entreprises", "heures_employeuse"),
    **{f"quartiers_{profil}": ("profils_quartiers", profil) for profil in NOMS_DES_PROFILS},
}


class GroupeEcrit(NamedTuple):
    cle: str
    libelle: str
    valeur: Valeur


def groupes_ecrits(donnees: DonneesBilan, cle: str, quand: str = MAINTENANT) -> dict[str, GroupeEcrit]:
    """Les groupes de ce chiffre que le bilan montre, par clé ; d'avant, il ne montre que ceux de ses répartitions."""
    trouves: Iterator[GroupeEcrit] = iter(())
    if cle in donnees["repartitions"]:
        colonne = "precedente" if quand == AVANT else "valeur"
        parts = donnees["repartitions"][cle]["parts"]
        trouves = (GroupeEcrit(part["cle"], part["libelle"], part[colonne]) for part in parts)
    elif quand == MAINTENANT:
        trouves = _de_la_periode(donnees, cle)
    return {groupe.cle: groupe for groupe in trouves}


def _de_la_periode(lues: Any, cle: str) -> Iterator[GroupeEcrit]:
    quartiers = lues["repartitions"].get(repartitions.QUARTIERS)
    if cle == HEURES_PAR_QUARTIER and quartiers:
        yield from (GroupeEcrit(part["cle"], part["libelle"], part["heures"]) for part in quartiers["parts"])
    elif cle == HEURES_PAR_MOIS:
        yield from (GroupeEcrit(ligne["mois"], _nom_du_mois(ligne["mois"]), ligne["heures"]) for ligne in lues["mois"])
    elif cle.startswith(EVOLUTION):
        suivi = cle.removeprefix(EVOLUTION)
        yield from (GroupeEcrit(nom, nom, valeur) for nom, valeur in _annees(lues, suivi))
    elif cle in _LISTES:
        liste, colonne = _LISTES[cle]
        yield from (GroupeEcrit(str(ligne["id"]), _nom(ligne), ligne[colonne]) for ligne in lues.get(liste, ()))


def _annees(lues: Any, suivi: str) -> list[tuple[str, Valeur]]:
    """Un chiffre suivi d'année en année : dans l'évolution, ou dans les séries de parts."""
    series = {serie["cle"]: serie["annees"] for serie in lues.get("evolution_parts", ())}
    if suivi in series:
        return [(annee["periode"], annee["valeur"]) for annee in series[suivi]]
    return [(ligne["periode"], ligne[suivi]) for ligne in lues["evolution"] if suivi in ligne]


def _nom(ligne: dict[str, Any]) -> str:
    return ligne["nom"] if "nom" in ligne else f"{ligne['reference']} · {ligne['objet']}"


def _nom_du_mois(cle: str) -> str:
    """« 2018-04 » → « avril 2018 »."""
    return mois_annee(datetime.date.fromisoformat(f"{cle}-01"))


def libelles_des_groupes(donnees: DonneesBilan, cle: str, gardes: Collection[str]) -> dict[str, str]:
    """Le nom de chaque groupe écrit ; et celui des groupes `gardes` avec leurs lignes, que le bilan n'écrit pas tous."""
    connus = dict(repartitions.PAR_CLE[cle].libelles) if cle in repartitions.PAR_CLE else {}
    if cle == HEURES_PAR_MOIS:
        connus = {mois: _nom_du_mois(mois) for mois in gardes}
    return connus | {groupe.cle: groupe.libelle for groupe in groupes_ecrits(donnees, cle).values()}


def valeur_ecrite(donnees: DonneesBilan, cle: str, groupe: str, quand: str) -> Valeur:
    """Ce que le bilan écrit d'un chiffre, ou d'un de ses groupes ; rien pour une famille dont aucun groupe n'est choisi."""
    if groupe:
        ecrit = groupes_ecrits(donnees, cle, quand).get(groupe)
        return ecrit.valeur if ecrit else None
    if cle.startswith(CHARTE):
        return donnees["charte"][cle.removeprefix(CHARTE)] if donnees["charte"] else None  # type: ignore[literal-required]  # une mesure de CHARTE
    chiffre = donnees["chiffres"].get(cle)
    return chiffre["precedente" if quand == AVANT else "valeur"] if chiffre else None
