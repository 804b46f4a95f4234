"""Les petits effectifs des listes d'un bilan : les quartiers de près, les contrats suivis, les avis, les opérations.

Ce que ces listes redisent des chiffres du bilan se lit comme il s'y lit, masqué ou non.
"""

from collections.abc import Callable
from typing import Any, cast

from reporting.bilan.croisements import proteger_un_croisement, tout_cacher
from reporting.bilan.petits import MASQUE, PETIT, SEUIL, est_petit, masquer_ce_qui_compte
from reporting.bilan.reperes import reperes
from reporting.calcul.repartitions import QUARTIERS, RSA_PAR_QUARTIER
from reporting.donnees import DonneesBilan, Valeur

type Ligne = dict[str, Any]

# Chaque famille de colonnes : ses profils, et la table des habitants qui en donne les totaux (toute, ou une de ses parts).
_FAMILLES: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("femmes",), "qpv_par_sexe", ""),
    (("moins_26", "50_plus"), "qpv_par_age", ""),
    (("sans_qualification",), "qpv_par_niveau", "aucun"),
)


def masquer_le_suivi(publiees: DonneesBilan, exactes: DonneesBilan) -> None:
    gestes: dict[str, Callable[[DonneesBilan, DonneesBilan], list[Ligne]]] = {
        "profils_quartiers": _profils_quartiers,
        "objectifs": _objectifs,
        "operations": _operations,
        "cohorte": _cohorte,
        "avis": _avis,
        "reperes": lambda donnees, _: reperes(donnees["chiffres"]),
    }
    for nom, geste in gestes.items():
        if nom in publiees:
            publiees[nom] = geste(publiees, exactes)  # type: ignore[literal-required]  # une liste du suivi


def _objectifs(publiees: DonneesBilan, exactes: DonneesBilan) -> list[Ligne]:
    chiffres = publiees["chiffres"]
    return [{**ligne, "fait": chiffres[ligne["cle"]]["valeur"]} for ligne in publiees["objectifs"]]


def _operations(publiees: DonneesBilan, exactes: DonneesBilan) -> list[Ligne]:
    lignes = cast(list[Ligne], publiees["operations"])
    for ligne in lignes:
        masquer_ce_qui_compte(ligne)
    return lignes


# --- Chaque quartier ------------------------------------------------------------------------------------------------
def _profils_quartiers(publiees: DonneesBilan, exactes: DonneesBilan) -> list[Ligne]:
    """Les habitants et leurs heures comme la table des quartiers les montre ; leurs profils, sous le masque d'un croisement."""
    lues = {part["cle"]: part for part in publiees["repartitions"][QUARTIERS]["parts"]}
    muette = isinstance(publiees["repartitions"][QUARTIERS]["total"], str) or any(
        part["valeur"] == MASQUE for part in lues.values()
    )
    gardees = [ligne for ligne in publiees["profils_quartiers"] if ligne["id"] in lues or ligne["connus"] >= SEUIL]
    for ligne in gardees:
        lue = lues.get(ligne["id"])
        ligne["habitants"] = lue["valeur"] if lue else MASQUE if muette else 0
        ligne["heures"] = lue["heures"] if lue else MASQUE if muette else 0
        ligne["connus"], ligne["eligibles"] = _connus(ligne)
    _masquer_leurs_profils(gardees, publiees, exactes)
    return gardees


def _connus(ligne: Ligne) -> tuple[Valeur, Valeur]:
    connus, eligibles = ligne["connus"], ligne["eligibles"]
    if est_petit(connus):
        return PETIT, MASQUE
    return connus, MASQUE if est_petit(eligibles) or est_petit(connus - eligibles) else eligibles


def _masquer_leurs_profils(lignes: list[Ligne], publiees: DonneesBilan, exactes: DonneesBilan) -> None:
    exacts = {ligne["id"]: ligne for ligne in exactes["profils_quartiers"]}
    groupes = {cle: int(exacts[cle]["habitants"]) for cle in exacts}
    lus: dict[str, Valeur] = dict.fromkeys(groupes, MASQUE) | {ligne["id"]: ligne["habitants"] for ligne in lignes}
    for profils, table, part in _FAMILLES:
        parts = {profil: {cle: int(exacts[cle][profil]) for cle in groupes} for profil in profils}
        parts["reste"] = {cle: groupes[cle] - sum(p[cle] for p in parts.values()) for cle in groupes}
        se_lisent = _totaux_lus(publiees, table, part)
        proteges = proteger_un_croisement(groupes, lus, parts) if se_lisent else {}
        for ligne in lignes:
            for profil in profils:
                valeurs = proteges[profil] if se_lisent else tout_cacher(groupes, lus)
                ligne[profil] = valeurs[ligne["id"]]
    au_rsa = {part["cle"]: part["valeur"] for part in publiees["repartitions"][RSA_PAR_QUARTIER]["parts"]}
    for ligne in lignes:
        ligne["rsa"] = au_rsa.get(ligne["id"], 0 if ligne["habitants"] == 0 else MASQUE)


def _totaux_lus(publiees: DonneesBilan, table: str, part: str) -> bool:
    """Vrai si la table des habitants montre les totaux de ces colonnes : cachés, les quartiers les rendraient."""
    lue = publiees["repartitions"][table]
    parts = [une for une in lue["parts"] if not part or une["cle"] == part]
    return isinstance(lue["total"], int) and not any(isinstance(une["valeur"], str) for une in parts)


# --- Les contrats suivis, les avis ----------------------------------------------------------------------------------
def _cohorte(publiees: DonneesBilan, exactes: DonneesBilan) -> list[Ligne]:
    """À douze mois, ce que les chiffres des sorties montrent ; avant, rien d'une case petite ni de ce qui la rendrait."""
    *avant, douze = cast(list[Ligne], publiees["cohorte"]) or [{}]
    if not douze:
        return []
    for quoi in ("connues", "comptees", "dynamiques"):
        douze[quoi] = publiees["chiffres"][f"sorties_{quoi}_12_mois"]["valeur"]
    return [*(_terme(ligne) for ligne in avant), douze]


def _terme(ligne: Ligne) -> Ligne:
    connues, comptees, dynamiques = ligne["connues"], ligne["comptees"], ligne["dynamiques"]
    cases = (connues, comptees, connues - comptees, dynamiques, comptees - dynamiques)
    if not any(est_petit(case) for case in cases):
        return ligne
    lues: dict[str, Valeur] = {"connues": PETIT if est_petit(connues) else connues}
    return {**ligne, **lues, "comptees": MASQUE, "dynamiques": MASQUE}


def _avis(publiees: DonneesBilan, exactes: DonneesBilan) -> list[Ligne]:
    """Cinq réponses au moins ; le détail seulement si chaque réponse donnée l'a été cinq fois ou plus."""
    lignes = [ligne for ligne in cast(list[Ligne], publiees["avis"]) if ligne["nombre"] >= SEUIL]
    return [
        {**ligne, "parts": []} if any(est_petit(int(part.rpartition(" ")[2])) for part in ligne["parts"]) else ligne
        for ligne in lignes
    ]
