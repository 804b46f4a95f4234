"""Les tables d'un bilan : ses chiffres, ses répartitions, ses listes, en colonnes typées. Le classeur et les CSV les écrivent."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reporting.calcul.repartitions import TOUTES
from reporting.donnees import DonneesBilan, Repartition, Valeur
from reporting.enums import Variante
from socle.exports import desamorcer

type Cellule = Valeur | bool


@dataclass(frozen=True, slots=True)
class Table:
    """`nom` est un nom de feuille (31 signes au plus) et de fichier ; une valeur masquée reste un texte."""

    nom: str
    titre: str
    colonnes: tuple[str, ...]
    lignes: tuple[tuple[Cellule, ...], ...]


def tables(donnees: DonneesBilan) -> list[Table]:
    """Toutes, dans l'ordre du bilan ; une liste vide n'a pas de table."""
    toutes = [_identite(donnees), _chiffres(donnees), _evolution(donnees), _mois(donnees)]
    # Un JSON relu de PostgreSQL a perdu l'ordre de ses clés : celui des répartitions est redit.
    lues = donnees["repartitions"]
    toutes += [_repartition(lues[cle], donnees) for cle in TOUTES if cle in lues]
    toutes += [
        _charte(donnees),
        _liste("marches", "Marchés", _MARCHES, donnees["marches"]),
        _liste("maitres_ouvrage", "Maîtres d'ouvrage", _MAITRES_OUVRAGE, donnees["maitres_ouvrage"]),
        _liste("entreprises", "Entreprises", _ENTREPRISES, donnees["entreprises"]),
        _liste("structures", "Structures", _STRUCTURES, donnees["structures"]),
    ]
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
        ("Petits effectifs masqués", donnees["public"]),
        ("Heures par équivalent temps plein", donnees["etp_base"]),
        *(("Méthode", phrase) for phrase in donnees["methode"]),
    )
    return Table("identite", "Ce bilan", ("Quoi", "Valeur"), lignes)


def _chiffres(donnees: DonneesBilan) -> Table:
    colonnes = (
        "Clé",
        "Indicateur",
        "Unité",
        donnees["periode"]["nom"],
        donnees["periode"]["avant"],
        "Part de",
        "Définition",
    )
    lignes = tuple(
        (c["cle"], c["libelle"], c["unite"], c["valeur"], c["precedente"], c["sur"], c["definition"])
        for c in (donnees["chiffres"][cle] for cle in donnees["ordre"])
    )
    return Table("chiffres", "Chiffres clés", colonnes, lignes)


def _evolution(donnees: DonneesBilan) -> Table:
    cles = ("heures_realisees", "beneficiaires", "contrats", "marches_suivis")
    colonnes = ("Période", "Heures réalisées", "Bénéficiaires", "Contrats", "Marchés suivis")
    lignes = tuple((ligne["periode"], *(ligne[cle] for cle in cles)) for ligne in donnees["evolution"])  # type: ignore[literal-required]
    return Table("evolution", "Évolution (les effectifs ne s'additionnent pas)", colonnes, lignes)


def _mois(donnees: DonneesBilan) -> Table:
    lignes = tuple((ligne["mois"], ligne["heures"]) for ligne in donnees["mois"])
    return Table("mois", "Heures par mois", ("Mois", "Heures réalisées"), lignes)


def _repartition(repartition: Repartition, donnees: DonneesBilan) -> Table:
    avec_heures = any("heures" in part for part in repartition["parts"])
    colonnes = ["Clé", "Libellé", donnees["periode"]["nom"], donnees["periode"]["avant"]] + ["Heures"] * avec_heures
    lignes: list[tuple[Cellule, ...]] = [
        (p["cle"], p["libelle"], p["valeur"], p["precedente"], *([p["heures"]] if avec_heures else []))
        for p in repartition["parts"]
    ]
    if lignes:
        nom = "Total" if repartition["exclusive"] else "Total (les lignes ne s'additionnent pas)"
        vide = [None] if avec_heures else []
        lignes.append(("total", nom, repartition["total"], repartition["total_precedent"], *vide))
    return Table(repartition["cle"], repartition["titre"], tuple(colonnes), tuple(lignes))


def _charte(donnees: DonneesBilan) -> Table:
    """Vide hors d'une opération."""
    charte = donnees["charte"]
    lignes: tuple[tuple[Cellule, ...], ...] = ()
    if charte:
        lignes = (
            ("programme", "Programme", charte["programme"]),
            ("heures_travaillees", "Heures travaillées prévues", charte["heures_travaillees"]),
            ("taux", "Part réservée à l'insertion (%)", charte["taux"]),
            ("objectif", "Objectif", charte["objectif"]),
            ("faites", "Faites depuis le début", charte["faites"]),
            ("faites_qpv", "dont par des habitants des quartiers", charte["faites_qpv"]),
        )
    return Table("charte", "L'objectif de l'opération", ("Clé", "Quoi", "Valeur"), lignes)


type Colonnes = tuple[tuple[str, str], ...]
_MARCHES: Colonnes = (
    ("Référence", "reference"),
    ("Objet", "objet"),
    ("Maître d'ouvrage", "maitre_ouvrage"),
    ("Nature", "nature"),
    ("Clause", "type_clause"),
    ("Début", "debut"),
    ("Fin", "fin"),
    ("Heures dues", "heures_dues"),
    ("Heures de la période", "heures_periode"),
    ("Heures depuis le début", "heures_cumul"),
)
_MAITRES_OUVRAGE: Colonnes = (
    ("Maître d'ouvrage", "nom"),
    ("Type", "type"),
    ("Marchés suivis", "marches"),
    ("Heures dues", "heures_dues"),
    ("Heures de la période", "heures_periode"),
    ("Heures depuis le début", "heures_cumul"),
)
_ENTREPRISES: Colonnes = (
    ("Entreprise", "nom"),
    ("Type", "type"),
    ("Locale", "locale"),
    ("Engagée", "engagee"),
    ("Employeuse", "employeuse"),
    ("Heures sur ses engagements", "heures_engagements"),
    ("Heures comme employeuse", "heures_employeuse"),
)
_STRUCTURES: Colonnes = (
    ("Structure", "nom"),
    ("Heures", "heures"),
    ("Bénéficiaires", "beneficiaires"),
    ("Marchés suivis", "marches"),
)


def _liste(nom: str, titre: str, colonnes: Colonnes, lignes: Sequence) -> Table:
    titres: Iterable[str] = (titre for titre, _ in colonnes)
    rangees = tuple(tuple(ligne[cle] for _, cle in colonnes) for ligne in lignes)
    return Table(nom, titre, tuple(titres), rangees)
