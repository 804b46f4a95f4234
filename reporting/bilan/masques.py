"""Les petits effectifs dans ce qui sort de la structure : de 1 à 4 personnes croisées avec un profil ou un quartier, « < 5 ».

Masquer une case ne suffit pas : on la retrouverait par soustraction. « masqué » cache donc aussi ce qui permettrait de la
déduire, et chaque case cachée garde au moins deux valeurs possibles pour qui a tout le document :

- une ventilation exclusive cache assez d'autres cases (les plus petites d'abord) ; à défaut, toutes, les zéros compris, et
  les lignes qu'elle seule justifie s'en vont ;
- un public principal n'est jamais plus nombreux que ce public : ce que l'un laisse lire borne l'autre ;
- un « dont » se cache aussi quand c'est son complément qui est petit (144 sur 146 : les deux autres se comptent) ;
- les jeunes sans qualification forment avec les jeunes et les sans-qualification un tableau croisé, protégé en entier ;
- les heures d'un quartier se cachent avec ses habitants, et leur total quand tous les quartiers sont cachés : des lignes
  s'en vont alors, et une seule restante se lirait comme le tout ;
- l'ordre des lignes et leur présence n'en disent pas plus ;
- sous cinq bénéficiaires en tout, plus de croisement : tout se lit « < 5 », les zéros compris ;
- les situations de sortie et les entrées se protègent chacune dans leur total ; les sorties dynamiques et les comptées se
  cachent quand une case cachée en est et qu'une autre n'en est pas ;
- les années d'une longue période se cachent ensemble : à elles toutes, elles ont au moins les personnes de la période.

Le masque d'une période ne dépend que des chiffres de cette période, quelle que soit la variante qui la publie : le bilan
suivant, qui la redit en « période d'avant », la masque pareil. On masque donc tout, puis on garde ce que la variante
montre (`publication`).
"""

import copy
import datetime
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Literal, cast

from beneficiaires.enums import CodeCritere
from parcours.enums import FamilleSortie, Terme
from parcours.sorties import DYNAMIQUES
from reporting.bilan.croisements import masquer_les_angles, taire_les_quartiers_caches
from reporting.bilan.masques_du_suivi import masquer_le_suivi
from reporting.bilan.petits import MASQUE, PETIT, SEUIL, est_petit, masquer_la_charte, proteger_une_part
from reporting.bilan.regroupements import regrouper_les_peu_fournis
from reporting.donnees import DonneesBilan, Repartition, Valeur
from reporting.lecture import periodes
from socle.periodes import Periode

# En dessous, « masqué » pour les jeunes sans qualification dirait que les jeunes sont cinq ou plus.
TOTAL_ETROIT = 4 * SEUIL

EXCLUSIVES: dict[str, dict[str, str]] = {
    "sexe": {"F": "beneficiaires_femmes"},
    "ages": {"moins_26": "beneficiaires_moins_26_ans", "50_plus": "beneficiaires_50_ans_et_plus"},
    "niveaux": {"aucun": "beneficiaires_sans_qualification"},
    "contrat_d_entree": {},
    "heures_par_personne": {},
}
PRINCIPAL = "public_principal"
# Être de ces publics ne se lit pas au critère du dossier : les avoir pour public principal n'en fait pas un.
DEFINIS_AUTREMENT = frozenset({CodeCritere.DELD, CodeCritere.JEUNE_SQ, CodeCritere.QPV})
SEULES = ("beneficiaires_rsa", "beneficiaires_deld", "beneficiaires_th", "nouveaux_beneficiaires")
JEUNES_SQ, QPV = "beneficiaires_moins_26_ans_sans_qualification", "beneficiaires_qpv"
PUBLICS = {
    "RSA": "beneficiaires_rsa",
    "RQTH": "beneficiaires_th",
    "DELD": "beneficiaires_deld",
    "JEUNE_SQ": JEUNES_SQ,
    "QPV": QPV,
}
DE_PERSONNES = (*EXCLUSIVES, PRINCIPAL, "publics", "quartiers")
TOUJOURS_ENTIERES = ("sexe", "ages")  # toutes leurs lignes sont là quoi qu'elles comptent
PAR_TAILLE = ("publics", PRINCIPAL, "quartiers")
ENTREES = ("entrees_par_sexe", "entrees_par_age", "entrees_par_niveau")
type Colonne = Literal["valeur", "precedente"]
type Total = Literal["total", "total_precedent"]
COLONNES: tuple[Colonne, ...] = ("valeur", "precedente")


def masquer(donnees: DonneesBilan) -> DonneesBilan:
    """Les mêmes données, petits effectifs masqués : une copie, marquée publique. Déjà masquées, elles ne changent pas."""
    publiees = copy.deepcopy(donnees)
    if publiees["public"]:
        return publiees
    publiees["public"] = True
    for colonne in COLONNES:
        total = publiees["chiffres"]["beneficiaires"][colonne]
        if isinstance(total, int) and total:
            if total < SEUIL:
                _effacer_les_croisements(publiees, colonne)
            else:
                _masquer_les_croisements(publiees, colonne, total)
        _masquer_les_sorties(publiees, colonne)
        _masquer_les_entrees(publiees, colonne)
        masquer_les_angles(publiees, donnees, colonne)
    _masquer_l_evolution(publiees)
    _masquer_les_structures(publiees)
    _masquer_la_charte(publiees)
    for repartition in _presentes(publiees, DE_PERSONNES):
        _taire_la_liste(repartition)
    taire_les_quartiers_caches(publiees)
    regrouper_les_peu_fournis(publiees)
    masquer_le_suivi(publiees, donnees)
    return publiees


def _presentes(donnees: DonneesBilan, cles: Iterable[str]) -> list[Repartition]:
    return [donnees["repartitions"][cle] for cle in cles if cle in donnees["repartitions"]]


def _taire_la_liste(repartition: Repartition) -> None:
    """Ni l'ordre des lignes ni leur présence ne disent ce que le masque cache.

    Les lignes cachées passent à la fin, par ordre alphabétique. Une année dont le total est caché, ou toutes les cases, ne
    justifie aucune ligne : celles qui n'existent que par elle s'en vont.
    """
    muettes = [colonne for colonne in COLONNES if _est_muette(repartition, colonne)]
    if muettes and repartition["cle"] not in TOUJOURS_ENTIERES:
        dites: list[str] = [colonne for colonne in COLONNES if colonne not in muettes]
        dites += ["heures"] if "valeur" in dites else []
        repartition["parts"] = [part for part in repartition["parts"] if any(part.get(colonne) for colonne in dites)]
    if repartition["cle"] in PAR_TAILLE:
        repartition["parts"].sort(key=_rang)


def _est_muette(repartition: Repartition, colonne: Colonne) -> bool:
    if isinstance(repartition[_total(colonne)], str):
        return True
    lues = _lues(repartition, colonne).values()
    return repartition["exclusive"] and MASQUE in lues and all(valeur in (MASQUE, 0) for valeur in lues)


def _rang(part: Mapping[str, Any]) -> tuple[bool, float, str]:
    cachee = isinstance(part["valeur"], str)
    return cachee, 0 if cachee else -part["valeur"], part["libelle"]


# --- Une année, sous cinq bénéficiaires ------------------------------------------------------------------------------
def _effacer_les_croisements(donnees: DonneesBilan, colonne: Colonne) -> None:
    chiffres = donnees["chiffres"]
    for chiffre in chiffres.values():
        if "beneficiaires" in (chiffre["cle"], chiffre["sur"]) and chiffre[colonne] is not None:
            chiffre[colonne] = PETIT
    chiffres["contrats"][colonne] = MASQUE  # un contrat : une personne
    for cle in ("heures_qpv", "heures_rsa"):
        if cle in chiffres:
            chiffres[cle][colonne] = MASQUE
    for repartition in _presentes(donnees, DE_PERSONNES):
        repartition[_total(colonne)] = PETIT
        for part in repartition["parts"]:
            part[colonne] = PETIT
            if colonne == "valeur" and "heures" in part:
                part["heures"] = MASQUE


def _masquer_l_evolution(donnees: DonneesBilan) -> None:
    """Une petite période se cache ; si elle est une part de celle du bilan, ses voisines aussi."""
    petites = [ligne for ligne in donnees["evolution"] if est_petit(ligne["beneficiaires"] or 0)]  # type: ignore[arg-type]  # exact encore
    if petites and _se_lit_par_annees(donnees) and not isinstance(donnees["chiffres"]["beneficiaires"]["valeur"], str):
        for ligne in donnees["evolution"]:
            if ligne["beneficiaires"]:
                ligne["beneficiaires"], ligne["contrats"] = MASQUE, MASQUE
        return
    for ligne in petites:
        ligne["beneficiaires"], ligne["contrats"] = PETIT, MASQUE


def _se_lit_par_annees(donnees: DonneesBilan) -> bool:
    """Vrai si la période dure plus d'un an : son évolution est faite de ses propres années."""
    debut, fin = (datetime.date.fromisoformat(donnees["periode"][borne]) for borne in ("debut", "fin"))
    return periodes.duree_en_mois(Periode(debut, fin)) > 12


# --- Une année ordinaire ---------------------------------------------------------------------------------------------
def _masquer_les_croisements(donnees: DonneesBilan, colonne: Colonne, total: int) -> None:
    chiffres = donnees["chiffres"].items()
    exactes = cast(dict[str, int], {cle: chiffre[colonne] for cle, chiffre in chiffres})  # rien n'est encore caché
    lues: dict[str, Valeur] = {
        cle: proteger_une_part(exactes[cle], total) for cle in SEULES if exactes.get(cle) is not None
    }
    for cle, chiffres_lies in EXCLUSIVES.items():
        if cle not in donnees["repartitions"]:
            continue
        repartition = donnees["repartitions"][cle]
        valeurs = proteger_des_parts(_valeurs(repartition, colonne), total)
        _poser(repartition, colonne, valeurs)
        lues |= {chiffre: valeurs.get(part, 0) for part, chiffre in chiffres_lies.items()}
    lues[JEUNES_SQ] = _croiser(
        exactes[JEUNES_SQ], lues["beneficiaires_moins_26_ans"], lues["beneficiaires_sans_qualification"], total
    )
    lues[QPV] = proteger_une_part(exactes[QPV], total)
    _masquer_les_quartiers(donnees, colonne, exactes[QPV], lues[QPV])
    for cle, valeur in lues.items():
        donnees["chiffres"][cle][colonne] = valeur
    _masquer_les_heures_du_rsa(donnees, colonne, exactes["beneficiaires_rsa"])
    publics = donnees["repartitions"]["publics"]
    seuls = {cle: proteger_une_part(valeur, total) for cle, valeur in _valeurs(publics, colonne).items()}
    _poser(publics, colonne, seuls | {cle: lues[PUBLICS[cle]] for cle in seuls if cle in PUBLICS})
    _masquer_les_publics_principaux(donnees, colonne, total)


def _masquer_les_publics_principaux(donnees: DonneesBilan, colonne: Colonne, total: int) -> None:
    """Après les publics, dont les cases lues bornent celles-ci ; un seul public pour tous dirait combien en sont."""
    publics = {
        cle: lue
        for cle, lue in _lues(donnees["repartitions"]["publics"], colonne).items()
        if cle not in DEFINIS_AUTREMENT
    }
    plafonds: dict[str, int] = {
        cle: lue if isinstance(lue, int) else SEUIL - 1
        for cle, lue in publics.items()
        if lue == PETIT or isinstance(lue, int)
    }
    for principal in _presentes(donnees, [PRINCIPAL]):
        valeurs = _valeurs(principal, colonne)
        trahis = any(valeurs.get(cle) == total for cle, lue in publics.items() if lue == MASQUE)
        proteges = dict.fromkeys(valeurs, MASQUE) if trahis else proteger_des_parts(valeurs, total, plafonds)
        _poser(principal, colonne, proteges)


def proteger_des_parts(
    valeurs: Mapping[str, int], total: int, plafonds: Mapping[str, int] | None = None, aussi: Collection[str] = ()
) -> dict[str, Valeur]:
    """Une ventilation exclusive dont le total se lit : les petites parts, et assez d'autres pour qu'aucune ne se déduise.

    `plafonds` : ce qu'une part ne peut pas dépasser, lu ailleurs. `aussi` : des parts à cacher de toute façon.
    """
    plafonds = plafonds or {}
    petites = {cle for cle, valeur in valeurs.items() if est_petit(valeur)}
    if not petites:
        return dict(valeurs)
    cachees = {cle for cle, valeur in valeurs.items() if valeur >= SEUIL and est_petit(total - valeur)} | set(aussi)
    reste = sorted((valeur, cle) for cle, valeur in valeurs.items() if valeur >= SEUIL and cle not in cachees)
    while not _restent_ambigues(valeurs, petites, cachees, plafonds):
        if not reste:
            return {cle: 0 if plafonds.get(cle) == 0 else MASQUE for cle in valeurs}
        cachees.add(reste.pop(0)[1])
    return {cle: PETIT if cle in petites else MASQUE if cle in cachees else valeur for cle, valeur in valeurs.items()}


def _restent_ambigues(
    valeurs: Mapping[str, int], petites: Collection[str], cachees: Collection[str], plafonds: Mapping[str, int]
) -> bool:
    """Vrai si chaque case cachée peut valoir deux nombres, pour qui sait leur somme et ce que dit leur texte."""
    somme = sum(valeurs[cle] for cle in (*petites, *cachees))
    bornes = [(1, min(SEUIL - 1, plafonds.get(cle, somme))) for cle in petites]
    bornes += [(SEUIL, plafonds.get(cle, somme)) for cle in cachees]
    le_moins, le_plus = sum(bas for bas, _ in bornes), sum(haut for _, haut in bornes)
    return all(min(haut, somme - le_moins + bas) > max(bas, somme - le_plus + haut) for bas, haut in bornes)


def _croiser(jeunes_sq: int, jeunes: Valeur, sans_qualification: Valeur, total: int) -> Valeur:
    """Les quatre cases de jeunes × sans qualification : visibles toutes, ou aucune."""
    if not (isinstance(jeunes, int) and isinstance(sans_qualification, int)):
        lus = [lu for lu in (jeunes, sans_qualification) if isinstance(lu, int)]
        return _croiser_a_demi(jeunes_sq, lus, total)
    ni_l_un_ni_l_autre = total - jeunes - sans_qualification + jeunes_sq
    cases = (jeunes_sq, jeunes - jeunes_sq, sans_qualification - jeunes_sq, ni_l_un_ni_l_autre)
    if not any(est_petit(int(case)) for case in cases):
        return jeunes_sq
    serre = jeunes + sans_qualification - total >= SEUIL - 1
    return PETIT if est_petit(jeunes_sq) and not serre else MASQUE


def _croiser_a_demi(jeunes_sq: int, lus: list[int], total: int) -> Valeur:
    """L'un des deux est caché, ou les deux : ce que l'autre laisse lire borne le croisement, et un zéro bornerait le caché."""
    if not jeunes_sq:
        return MASQUE if any(lu and total - lu <= SEUIL for lu in lus) else 0
    etroit = total < TOTAL_ETROIT or any(lu <= SEUIL for lu in lus)
    return PETIT if est_petit(jeunes_sq) and not etroit else MASQUE


def _masquer_les_heures_du_rsa(donnees: DonneesBilan, colonne: Colonne, allocataires: int) -> None:
    """Cachées avec leurs allocataires, ou quand elles sont celles de personnes que l'on ne compte pas parmi eux."""
    heures = donnees["chiffres"].get("heures_rsa")
    lus = donnees["chiffres"]["beneficiaires_rsa"][colonne]
    if heures and (isinstance(lus, str) or (not allocataires and heures[colonne])):
        heures[colonne] = MASQUE


# --- Les sorties, les entrées, les structures d'un réseau ---------------------------------------------------------------
def _masquer_les_sorties(donnees: DonneesBilan, colonne: Colonne) -> None:
    for terme in Terme:
        repartition = donnees["repartitions"].get(f"sorties_{terme.value}_mois")
        if repartition is None:
            continue
        _proteger_dans_son_total(repartition, colonne, _familles_a_cacher)
        connues, comptees, dynamiques = (
            donnees["chiffres"][f"sorties_{quoi}_{terme.value}_mois"] for quoi in ("connues", "comptees", "dynamiques")
        )
        connues[colonne] = repartition[_total(colonne)]
        dues = donnees["chiffres"].get(f"sorties_dues_{terme.value}_mois")
        if dues and isinstance(connues[colonne], str):
            dues[colonne] = MASQUE  # une seule situation à demander dirait qu'elle est connue
        elif dues and isinstance(lu := dues[colonne], int) and est_petit(lu):
            dues[colonne] = PETIT
        cachees = {cle for cle, lue in _lues(repartition, colonne).items() if isinstance(lue, str)}
        for chiffre, hors in ((comptees, {FamilleSortie.NEUTRALISEE}), (dynamiques, _NON_DYNAMIQUES)):
            if isinstance(connues[colonne], str) or (cachees & hors and cachees - hors):
                chiffre[colonne] = MASQUE


_NON_DYNAMIQUES = set(FamilleSortie) - set(DYNAMIQUES)


def _familles_a_cacher(valeurs: Mapping[str, int], lues: Mapping[str, Valeur]) -> set[str]:
    """Rien, ou une famille de l'autre bord : des dynamiques (ou des autres) cachées toutes ensemble ne se comptent pas à part."""
    cachees = {cle for cle, lue in lues.items() if isinstance(lue, str)}
    for bord, autre in ((set(DYNAMIQUES), _NON_DYNAMIQUES), (_NON_DYNAMIQUES, set(DYNAMIQUES))):
        if cachees and cachees <= bord and est_petit(sum(valeurs.get(cle, 0) for cle in bord)):
            return {min((valeurs[cle], cle) for cle in autre if valeurs.get(cle))[1]}
    return set()


def _masquer_les_entrees(donnees: DonneesBilan, colonne: Colonne) -> None:
    for repartition in _presentes(donnees, ENTREES):
        _proteger_dans_son_total(repartition, colonne)
    for cle in ("participations_entrees", "participations_sorties"):
        chiffre = donnees["chiffres"].get(cle)
        if chiffre and isinstance(lu := chiffre[colonne], int) and est_petit(lu):
            chiffre[colonne] = PETIT


def _proteger_dans_son_total(
    repartition: Repartition,
    colonne: Colonne,
    a_cacher: Callable[[Mapping[str, int], Mapping[str, Valeur]], set[str]] = lambda valeurs, lues: set(),
) -> None:
    """Protège une répartition qui n'est liée à aucune autre ; `a_cacher` demande d'autres parts, au vu des premières."""
    total, valeurs = repartition[_total(colonne)], _valeurs(repartition, colonne)
    if not isinstance(total, int) or not total:
        return
    if total < SEUIL:
        repartition[_total(colonne)] = PETIT
        _poser(repartition, colonne, dict.fromkeys(valeurs, PETIT))
        return
    lues = proteger_des_parts(valeurs, total)
    if aussi := a_cacher(valeurs, lues):
        lues = proteger_des_parts(valeurs, total, aussi=aussi)
    _poser(repartition, colonne, lues)


def _masquer_les_structures(donnees: DonneesBilan) -> None:
    """Les personnes de chaque structure d'un réseau font le total : une petite se cache, et une autre avec elle."""
    personnes = {str(ligne["id"]): ligne["beneficiaires"] for ligne in donnees["structures"]}
    lues: Mapping[str, Valeur] = proteger_des_parts(personnes, sum(personnes.values()))  # type: ignore[arg-type]  # exactes encore
    for ligne in donnees["structures"]:
        ligne["beneficiaires"] = lues[str(ligne["id"])]


def _masquer_la_charte(donnees: DonneesBilan) -> None:
    if donnees["charte"]:
        masquer_la_charte(donnees["charte"], donnees["chiffres"]["heures_qpv"]["valeur"])


def _masquer_les_quartiers(donnees: DonneesBilan, colonne: Colonne, exact: int, lu: Valeur) -> None:
    repartition = donnees["repartitions"]["quartiers"]
    exactes = _valeurs(repartition, colonne)
    if isinstance(lu, str):
        lues: dict[str, Valeur] = dict.fromkeys(exactes, MASQUE)
    else:
        lues = proteger_des_parts(exactes, exact)
    _poser(repartition, colonne, lues)
    repartition[_total(colonne)] = lu
    heures_qpv = donnees["chiffres"]["heures_qpv"]
    if _est_muette(repartition, colonne) or (not exact and heures_qpv[colonne]):
        heures_qpv[colonne] = MASQUE
    if colonne == "valeur":
        _masquer_les_heures(donnees, repartition)


def _masquer_les_heures(donnees: DonneesBilan, repartition: Repartition) -> None:
    """Les heures d'un quartier dont les habitants sont cachés, ou comptés ailleurs ; jamais une seule case cachée."""
    heures_qpv = donnees["chiffres"]["heures_qpv"]
    tout = isinstance(heures_qpv["valeur"], str)
    a_cacher = [
        part
        for part in repartition["parts"]
        if part["heures"] and (tout or not part["valeur"] or part["valeur"] in (PETIT, MASQUE))
    ]
    if len(a_cacher) == 1 and not tout:
        visibles = [part for part in repartition["parts"] if part["heures"] and part is not a_cacher[0]]
        if visibles:
            a_cacher.append(min(visibles, key=lambda part: (part["heures"], part["cle"])))
        else:
            heures_qpv["valeur"] = MASQUE
    for part in a_cacher:
        part["heures"] = MASQUE


def _total(colonne: Colonne) -> Total:
    return "total" if colonne == "valeur" else "total_precedent"


def _valeurs(repartition: Repartition, colonne: Colonne) -> dict[str, int]:
    return {part["cle"]: part[colonne] for part in repartition["parts"]}


def _lues(repartition: Repartition, colonne: Colonne) -> dict[str, Valeur]:
    """Les mêmes cases, une fois masquées."""
    return {part["cle"]: part[colonne] for part in repartition["parts"]}


def _poser(repartition: Repartition, colonne: Colonne, valeurs: Mapping[str, Valeur]) -> None:
    for part in repartition["parts"]:
        part[colonne] = valeurs[part["cle"]]
