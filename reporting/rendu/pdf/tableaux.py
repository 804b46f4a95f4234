"""Les tableaux du bilan : ventilations, années, listes, définitions. Leurs colonnes et leurs mots sont ceux de `recit.listes`.

Un tableau trop long pour être lu est coupé : les premières lignes par heures de l'année, une ligne pour les autres, et la
note qui dit où est la liste entière. Le total reste celui de toutes les lignes.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from reporting.calcul.arrondis import ABSENTE, Parts, grandeur, part_exacte
from reporting.calcul.registre import COMPLEMENTS
from reporting.donnees import Chiffre, DonneesBilan, Repartition, Valeur, est_masquee
from reporting.recit import listes
from reporting.recit.ecriture import a_l_unite, apostrophes, ecrite, majuscule, nom_du_mois
from reporting.recit.listes import ENSEMBLE, MOIS, RESTE, TOTAL, Colonne, Liste, Nature
from reporting.rendu.pdf.contexte import CellulePdf, ColonnePdf, TableauPdf

LIGNES_MAX = 40
# La méthode et leur chapitre définissent les sorties, les mêmes à chaque terme.
DITES_AILLEURS = frozenset(indicateur.cle for indicateur in COMPLEMENTS["sorties"])

type Ligne = tuple[CellulePdf, ...]


def _ligne(*textes: str | CellulePdf) -> Ligne:
    return tuple(texte if isinstance(texte, CellulePdf) else CellulePdf(texte) for texte in textes)


def ventilation(repartition: Repartition, donnees: DonneesBilan, colonne: str, presentation: str) -> TableauPdf:
    """Une ventilation : la part, sa proportion, l'année d'avant. Les arrondis ne somment pas toujours à 100 %.

    Une proportion s'écrit sous son nombre, aujourd'hui comme alors : la place manque pour quatre colonnes de nombres.
    """
    total, total_d_avant = repartition["total"], repartition["total_precedent"]
    avant, avec_heures = listes.a_un_avant(repartition), listes.a_des_heures(repartition)
    titres = listes.titres_des_parts(repartition, donnees, colonne, majuscule(repartition["unite"]))
    parts, dessous = Parts.de(donnees, presentation), listes.compare_les_parts(donnees)
    if dessous:
        titres = [titre for titre in titres if titre != listes.PART]
    lignes = []
    for rang, part in enumerate(repartition["parts"], start=1):
        nom = apostrophes(listes.nom_de_la_part(repartition, rang, part["libelle"]))
        lue, lue_d_avant = parts.lue(part["valeur"], total), parts.lue(part["precedente"], total_d_avant)
        ligne = [CellulePdf(nom), CellulePdf(ecrite(part["valeur"]), lue if dessous else "")]
        ligne += [] if dessous else [CellulePdf(lue)]
        ligne += [CellulePdf(ecrite(part["heures"]))] if avec_heures else []
        lignes.append((*ligne, *[CellulePdf(ecrite(part["precedente"]), lue_d_avant if dessous else "")] * avant))
    pied: Ligne = ()
    if repartition["exclusive"] and lignes:
        heures = [ecrite(donnees["chiffres"]["heures_qpv"]["valeur"])] * avec_heures
        vide = [] if dessous else [""]
        pied = _ligne(TOTAL, ecrite(total), *vide, *heures, *[ecrite(total_d_avant)] * avant)
    colonnes = (ColonnePdf(titres[0], numerique=False), *(ColonnePdf(titre) for titre in titres[1:]))
    return TableauPdf(colonnes, tuple(lignes), pied)


def mois(donnees: DonneesBilan) -> TableauPdf:
    """Jusqu'à douze mois, sur une ligne avec leur total ; au-delà, un mois par ligne."""
    total = donnees["chiffres"]["heures_realisees"]["valeur"]
    titre_mois, titre_heures = (colonne.sur_papier("") for colonne in MOIS.papier)
    noms = [nom_du_mois(ligne["mois"], donnees["mois"]) for ligne in donnees["mois"]]
    heures = [a_l_unite(ligne["heures"]) for ligne in donnees["mois"]]
    colonnes: tuple[ColonnePdf, ...]
    if len(noms) > 12:
        colonnes = (ColonnePdf(titre_mois, numerique=False), ColonnePdf(titre_heures))
        lignes = tuple(_ligne(nom, valeur) for nom, valeur in zip(noms, heures, strict=True))
        return TableauPdf(colonnes, lignes, _ligne(TOTAL, a_l_unite(total)))
    colonnes = (ColonnePdf("", numerique=False), *(ColonnePdf(nom) for nom in noms), ColonnePdf(TOTAL))
    return TableauPdf(colonnes, (_ligne(titre_heures, *heures, a_l_unite(total)),))


# --- Les listes ------------------------------------------------------------------------------------------------------
def liste(declaree: Liste, donnees: DonneesBilan, genre: str = "") -> TableauPdf:
    """Une liste et son total. Trop longue, elle est coupée ; à l'unité, des heures se comparent d'un regard."""
    toutes, ecrire = declaree.lignes(donnees), a_l_unite if declaree.rang else ecrite
    gardees, reste = _couper(toutes, declaree.rang)
    lignes = [tuple(_cellule(colonne, ligne, ecrire) for colonne in declaree.papier) for ligne in gardees]
    if reste:
        lignes.append(_ligne(listes.autres(len(reste)), *_sommes(declaree, reste, donnees)))
    pied = _ligne(ENSEMBLE, *_sommes(declaree, toutes, donnees)) if declaree.ensemble and lignes else ()
    periode = donnees["periode"]["nom"]
    colonnes = tuple(ColonnePdf(c.sur_papier(periode), numerique=c.nature.est_un_nombre) for c in declaree.papier)
    note = f"{declaree.note} {RESTE}".strip() if reste else declaree.note
    return TableauPdf(colonnes, tuple(lignes), pied, note, genre)


def _cellule(colonne: Colonne, ligne: listes.Ligne, ecrire) -> CellulePdf:
    return CellulePdf(_ecrit(colonne, colonne.lire(ligne), ecrire), colonne.detail(ligne) if colonne.detail else "")


def _ecrit(colonne: Colonne, valeur: Any, ecrire) -> str:
    match colonne.nature:
        case Nature.HEURES | Nature.EFFECTIF:
            return ecrire(valeur)
        case Nature.OUI_NON:
            return "oui" if valeur else ABSENTE
        case Nature.PERIODE:
            return majuscule(valeur)
        case Nature.PART:
            return valeur
        case _:
            return apostrophes(valeur)


def _sommes(declaree: Liste, lignes: Sequence[listes.Ligne], donnees: DonneesBilan) -> list[str]:
    """Le total de chaque colonne après la première ; rien sous celle qui ne s'additionne pas."""
    return [_somme(colonne, lignes, donnees) for colonne in declaree.papier[1:]]


def _somme(colonne: Colonne, lignes: Sequence[listes.Ligne], donnees: DonneesBilan) -> str:
    """« – » quand une valeur est masquée, qui s'en déduirait. L'absente ne compte pas."""
    if not colonne.nature.s_additionne:
        return ""
    if colonne.chiffre:
        return ecrite(donnees["chiffres"][colonne.chiffre]["valeur"])
    valeurs: list[Valeur] = [colonne.lire(ligne) for ligne in lignes]
    if any(est_masquee(valeur) for valeur in valeurs):
        return ABSENTE
    return a_l_unite(float(sum((grandeur(valeur) for valeur in valeurs), Decimal(0))))


def _couper(lignes: Sequence, cles: Sequence[str]) -> tuple[Sequence, Sequence]:
    """Toutes les lignes si elles se lisent ; sinon les plus fournies en heures de l'année, et les autres."""
    if len(lignes) <= LIGNES_MAX or not cles:
        return lignes, ()
    rangees = sorted(range(len(lignes)), key=lambda rang: (-max(grandeur(lignes[rang][cle]) for cle in cles), rang))
    gardes = sorted(rangees[: LIGNES_MAX - 1])
    reste = sorted(rangees[LIGNES_MAX - 1 :])
    return [lignes[rang] for rang in gardes], [lignes[rang] for rang in reste]


# --- Les définitions -------------------------------------------------------------------------------------------------
def definitions(donnees: DonneesBilan) -> TableauPdf:
    """Chaque indicateur : sa définition, sa valeur exacte, son numérateur et son dénominateur."""
    lignes = []
    for cle in donnees["ordre"]:
        if cle not in donnees["chiffres"] or cle in DITES_AILLEURS:
            continue
        chiffre = donnees["chiffres"][cle]
        lignes.append(
            _ligne(
                CellulePdf(majuscule(apostrophes(chiffre["libelle"]))),
                apostrophes(chiffre["definition"]),
                CellulePdf(ecrite(chiffre["valeur"]), fraction(chiffre, donnees)),
            )
        )
    indicateur, definition, valeur = listes.titres_des_definitions(donnees)
    colonnes = (ColonnePdf(indicateur, numerique=False), ColonnePdf(definition, numerique=False), ColonnePdf(valeur))
    return TableauPdf(colonnes, tuple(lignes), genre="definitions")


def fraction(chiffre: Chiffre, donnees: DonneesBilan) -> str:
    """« 36 / 146 = 24,7 % », ou rien quand le chiffre n'est pas une part."""
    if not chiffre["sur"] or chiffre["sur"] not in donnees["chiffres"]:
        return ""
    total = donnees["chiffres"][chiffre["sur"]]["valeur"]
    exacte = part_exacte(chiffre["valeur"], total)
    return "" if exacte == ABSENTE else f"sur {ecrite(total)} : {exacte}"
