"""Les gens d'un angle croisés avec un profil : ce que leur table laisse lire, à côté de la table de tous.

Une case en cache une autre : parmi les bénéficiaires d'un groupe, ceux de l'angle et les autres font le groupe. Une case est
donc petite si l'une des deux l'est. Les groupes cachés d'une table gardent leurs deux totaux : chacun de ses nombres peut
valoir autre chose tant que deux groupes au moins y sont, et deux sortes de gens. Une case cachée se lit « masqué », jamais
« < 5 » : elle ne dit pas laquelle des deux parts est petite.
"""

from collections.abc import Iterable, Mapping
from typing import Literal

from parcours.enums import Terme
from reporting.bilan.petits import MASQUE, est_petit, proteger_une_part
from reporting.calcul.angles import HORS_QUARTIER, QPV, RSA
from reporting.calcul.repartitions import BASES, QUARTIERS, RSA_PAR_QUARTIER
from reporting.donnees import DonneesBilan, Repartition, Valeur

type Colonne = Literal["valeur", "precedente"]
type Total = Literal["total", "total_precedent"]
type Effectifs = Mapping[str, int]

CHIFFRES = {RSA: "beneficiaires_rsa", QPV: "beneficiaires_qpv"}
TOTAUX: dict[Colonne, Total] = {"valeur": "total", "precedente": "total_precedent"}


def proteger_un_croisement(
    groupes: Effectifs, lus: Mapping[str, Valeur], parts: Mapping[str, Effectifs]
) -> dict[str, dict[str, Valeur]]:
    """`parts` : {part: {groupe: effectif}}, qui font ensemble chaque groupe ; `lus` : ce que la table de tous montre.

    Un groupe caché l'est pour toutes ses parts, et assez de groupes le sont. Une part qui est tout se lit comme les groupes.
    """
    peuplees = [nom for nom, part in parts.items() if any(part.values())]
    if len(peuplees) < 2:
        return {nom: {cle: lus.get(cle, 0) if nom in peuplees else 0 for cle in groupes} for nom in parts}
    cachees = {
        cle
        for cle in groupes
        if isinstance(lus.get(cle, 0), str) or any(est_petit(part.get(cle, 0)) for part in parts.values())
    }
    reste = sorted((valeur, cle) for cle, valeur in groupes.items() if valeur and cle not in cachees)
    while cachees and not _restent_libres(cachees, groupes, parts):
        if not reste:
            return {nom: tout_cacher(groupes, lus) for nom in parts}
        cachees.add(reste.pop(0)[1])
    return {
        nom: {cle: MASQUE if cle in cachees else part.get(cle, 0) for cle in groupes} for nom, part in parts.items()
    }


def tout_cacher(groupes: Iterable[str], lus: Mapping[str, Valeur]) -> dict[str, Valeur]:
    """Un groupe dont on lit qu'il est vide n'a rien à cacher."""
    return {cle: 0 if lus.get(cle, 0) == 0 else MASQUE for cle in groupes}


def _restent_libres(cachees: set[str], groupes: Effectifs, parts: Mapping[str, Effectifs]) -> bool:
    """Deux groupes peuplés et deux parts peuplées parmi les cases cachées : aucune n'a une seule valeur possible."""
    peuples = [cle for cle in cachees if groupes[cle]]
    presentes = [part for part in parts.values() if any(part.get(cle) for cle in cachees)]
    return len(peuples) > 1 and len(presentes) > 1


def masquer_les_angles(publiees: DonneesBilan, exactes: DonneesBilan, colonne: Colonne) -> None:
    """Après les tables de tous, dont les cases lues bornent celles-ci."""
    for angle, chiffre in CHIFFRES.items():
        lu = publiees["chiffres"][chiffre][colonne]
        for dimension, base in BASES.items():
            _masquer(f"{angle}_par_{dimension}", base, publiees, exactes, colonne, lu)
        for terme in Terme:
            cle, base = f"sorties_{angle}_{terme.value}_mois", f"sorties_{terme.value}_mois"
            if cle in exactes["repartitions"]:
                _masquer(
                    cle, base, publiees, exactes, colonne, _total_des_sorties(cle, base, publiees, exactes, colonne)
                )
    _masquer_le_rsa_par_quartier(publiees, exactes, colonne)


def _total_des_sorties(cle: str, base: str, publiees: DonneesBilan, exactes: DonneesBilan, colonne: Colonne) -> Valeur:
    if isinstance(publiees["repartitions"][base][TOTAUX[colonne]], str):
        return MASQUE
    toutes, siennes = (exactes["repartitions"][une][TOTAUX[colonne]] for une in (base, cle))
    return None if siennes is None else proteger_une_part(int(siennes or 0), int(toutes or 0))


def _masquer(cle: str, base: str, publiees: DonneesBilan, exactes: DonneesBilan, colonne: Colonne, lu: Valeur) -> None:
    if cle not in exactes["repartitions"] or base not in exactes["repartitions"]:
        return
    groupes, lus = (_valeurs(donnees["repartitions"][base], colonne) for donnees in (exactes, publiees))
    _poser(cle, groupes, lus, publiees, exactes, colonne, lu)


def _poser(
    cle: str,
    groupes: Mapping[str, Valeur],
    lus: Mapping[str, Valeur],
    publiees: DonneesBilan,
    exactes: DonneesBilan,
    colonne: Colonne,
    lu: Valeur,
) -> None:
    siens = _valeurs(exactes["repartitions"][cle], colonne)
    if exactes["repartitions"][cle][TOTAUX[colonne]] is None:
        return  # la période d'avant n'a rien à dire
    repartition = publiees["repartitions"][cle]
    repartition[TOTAUX[colonne]] = lu
    if isinstance(lu, str):
        lues: Mapping[str, Valeur] = tout_cacher(siens, lus)
    else:
        tous = {groupe: int(groupes.get(groupe) or 0) for groupe in {*groupes, *siens}}
        dedans = {groupe: int(siens.get(groupe) or 0) for groupe in tous}
        dehors = {groupe: tous[groupe] - dedans[groupe] for groupe in tous}
        lues = proteger_un_croisement(tous, lus, {"dedans": dedans, "dehors": dehors})["dedans"]
    for part in repartition["parts"]:
        part[colonne] = lues[part["cle"]]
    _taire(repartition)


def _taire(repartition: Repartition) -> None:
    """Sans un total lu qui compte quelqu'un, aucune ligne n'est justifiée : leur présence dirait qu'il y a quelqu'un."""
    if not any(isinstance(repartition[total], int) and repartition[total] for total in TOTAUX.values()):
        repartition["parts"] = []


def _masquer_le_rsa_par_quartier(publiees: DonneesBilan, exactes: DonneesBilan, colonne: Colonne) -> None:
    """Les habitants de chaque quartier, et ceux qui n'en habitent aucun : ensemble, tous les bénéficiaires."""
    if RSA_PAR_QUARTIER not in exactes["repartitions"]:
        return
    tous, habitants = (exactes["chiffres"][cle][colonne] for cle in ("beneficiaires", CHIFFRES[QPV]))
    if tous is None:
        return
    groupes: dict[str, Valeur] = _valeurs(exactes["repartitions"][QUARTIERS], colonne)
    groupes[HORS_QUARTIER] = int(tous) - int(habitants or 0)
    lus = _valeurs(publiees["repartitions"][QUARTIERS], colonne)
    lus_habitants = publiees["chiffres"][CHIFFRES[QPV]][colonne]
    lus[HORS_QUARTIER] = MASQUE if isinstance(lus_habitants, str) else groupes[HORS_QUARTIER]
    lu = publiees["chiffres"][CHIFFRES[RSA]][colonne]
    _poser(RSA_PAR_QUARTIER, groupes, lus, publiees, exactes, colonne, lu)


def taire_les_quartiers_caches(donnees: DonneesBilan) -> None:
    """Un quartier que la table des habitants ne nomme plus ne se nomme pas ici."""
    repartition = donnees["repartitions"].get(RSA_PAR_QUARTIER)
    if repartition:
        nommes = {part["cle"] for part in donnees["repartitions"][QUARTIERS]["parts"]} | {HORS_QUARTIER}
        parts = [part for part in repartition["parts"] if part["cle"] in nommes]
        repartition["parts"] = parts if len(parts) > 1 else []


def _valeurs(repartition: Repartition, colonne: Colonne) -> dict[str, Valeur]:
    return {part["cle"]: part[colonne] for part in repartition["parts"]}
