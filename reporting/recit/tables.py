"""Les tables d'un bilan : ses chiffres, ses répartitions, ses listes, en colonnes typées. Le classeur et les CSV les écrivent."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from reporting.calcul.arrondis import part_exacte
from reporting.calcul.repartitions import TOUTES
from reporting.donnees import CompletudeBilan, DonneesBilan, Repartition, Valeur
from reporting.enums import Variante
from reporting.recit import listes
from reporting.recit.chapitres import titre_de
from reporting.recit.etat import completude_de, en_entier
from reporting.recit.listes import DU_BILAN, MOIS, Colonne, Ligne, Liste, liste_de_l_evolution
from reporting.variantes import Chapitre
from socle.exports import desamorcer

type Cellule = Valeur | bool


@dataclass(frozen=True, slots=True)
class Table:
    """`nom` est un nom de fichier, `titre` celui de la feuille ; une valeur masquée reste un texte."""

    nom: str
    titre: str
    colonnes: tuple[str, ...]
    lignes: tuple[tuple[Cellule, ...], ...]


def tables(donnees: DonneesBilan) -> list[Table]:
    """Toutes, dans l'ordre du bilan ; une liste vide n'a pas de table."""
    toutes = [
        _identite(donnees),
        _chiffres(donnees),
        _liste(liste_de_l_evolution(donnees), donnees),
        _liste(MOIS, donnees),
    ]
    toutes += [_series(donnees), _etat_des_mois(donnees)]
    # Un JSON relu de PostgreSQL a perdu l'ordre de ses clés : celui des répartitions est redit.
    lues = donnees["repartitions"]
    toutes += [_repartition(lues[cle], donnees) for cle in TOUTES if cle in lues]
    toutes += [_charte(donnees), *(_liste(listes.en_vigueur(liste, donnees), donnees) for liste in DU_BILAN)]
    return [table for table in toutes if table.lignes]


def en_csv(table: Table) -> bytes:
    """Ce qu'un tableur français ouvre tel quel : points-virgules, virgule décimale, UTF-8 annoncé, aucune formule."""
    tampon = io.StringIO()
    ecrivain = csv.writer(tampon, delimiter=";")
    ecrivain.writerow([desamorcer(colonne) for colonne in table.colonnes])
    ecrivain.writerows([_en_texte(valeur) for valeur in ligne] for ligne in table.lignes)
    return tampon.getvalue().encode("utf-8-sig")


def _en_texte(valeur: Cellule) -> str:
    if valeur is None:
        return ""
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, int | float):
        return str(valeur).replace(".", ",")  # exact : rien n'est arrondi dans un fichier de données
    return desamorcer(valeur)


def _identite(donnees: DonneesBilan) -> Table:
    structure, periode = donnees["structure"], donnees["periode"]
    lignes: tuple[tuple[Cellule, ...], ...] = (
        ("Structure", structure["nom"]),
        ("Territoire", structure["territoire"]),
        ("Bilan", Variante(donnees["variante"]).label),
        ("Portant sur", donnees["cible"]),
        ("Période", periode["nom"]),
        ("Du", periode["debut"]),
        ("Au", periode["fin"]),
        ("Données arrêtées au", donnees["arrete_le"]),
        *(("État des données", phrase) for phrase in [en_entier(completude_de(donnees))] if phrase),
        ("Petits effectifs masqués", donnees["public"]),
        ("Heures par équivalent temps plein", donnees["etp_base"]),
        *(("Méthode", phrase) for phrase in donnees["methode"]),
    )
    return Table("identite", "Ce bilan", ("Quoi", "Valeur"), lignes)


def _chiffres(donnees: DonneesBilan) -> Table:
    lus = [donnees["chiffres"][cle] for cle in donnees["ordre"]]
    return _table("chiffres", "Chiffres clés", listes.colonnes_des_chiffres(donnees), lus)


def _repartition(repartition: Repartition, donnees: DonneesBilan) -> Table:
    colonnes = listes.colonnes_des_parts(repartition, donnees)
    parts = list(repartition["parts"])
    if parts:
        total = {"cle": "total", "libelle": listes.total_des_parts(repartition), "heures": None}
        parts.append(total | {"valeur": repartition["total"], "precedente": repartition["total_precedent"]})
    return _table(repartition["cle"], repartition["titre"], colonnes, parts)


def _series(donnees: DonneesBilan) -> Table:
    """Une ligne par part et par année ; vide pour les premiers bilans, et pour une seule année."""
    lignes = tuple(
        (
            *(serie["cle"], serie["libelle"], serie["sur"], annee["periode"], annee["valeur"], annee["total"]),
            part_exacte(annee["valeur"], annee["total"]),
        )
        for serie in donnees.get("evolution_parts", ())
        for annee in serie["annees"]
    )
    return Table("evolution_parts", listes.SERIES, listes.COLONNES_DES_SERIES, lignes)


def _etat_des_mois(donnees: DonneesBilan) -> Table:
    """Chaque mois, et ce que l'on en sait : combien de mois d'engagements sont validés, attendus, rouverts."""
    sue = donnees.get("completude")
    return etat_des_mois(sue) if sue else Table("etat_des_mois", "", (), ())


def etat_des_mois(sue: CompletudeBilan) -> Table:
    lignes = tuple(tuple(mois[cle] for cle in listes.CLES_DES_MOIS) for mois in sue["mois"])  # type: ignore[literal-required]  # les clés d'EtatDuMois
    return Table("etat_des_mois", listes.ETAT_DES_MOIS, listes.COLONNES_DES_MOIS, lignes)


def _charte(donnees: DonneesBilan) -> Table:
    """Vide hors d'une opération."""
    charte = donnees["charte"]
    lignes: tuple[tuple[Cellule, ...], ...] = ()
    if charte:
        lignes = tuple((mesure.cle, mesure.titre, charte[mesure.cle]) for mesure in listes.mesures_de_la_charte(charte))  # type: ignore[literal-required]  # mesures de CHARTE
    return Table("charte", titre_de(Chapitre.CHARTE), listes.COLONNES_DE_CHARTE, lignes)


def _liste(liste: Liste, donnees: DonneesBilan) -> Table:
    return _table(liste.nom, liste.feuille, liste.export, liste.lignes(donnees))


def _table(nom: str, titre: str, colonnes: Sequence[Colonne], lignes: Sequence[Ligne]) -> Table:
    rangees = tuple(tuple(colonne.lire(ligne) for colonne in colonnes) for ligne in lignes)
    return Table(nom, titre, tuple(colonne.titre for colonne in colonnes), rangees)
