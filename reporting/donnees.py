"""La forme des données d'un bilan : un JSON assemblé par `synthese`, figé à la publication, lu de la page et du PDF.

Toutes les valeurs sont exactes : les parts et les arrondis se font à la lecture (`arrondis`). Une valeur masquée dans ce
qui sort de la structure est un texte, « < 5 » ou « masqué » (`masques`) ; `est_masquee` le dit. `None` : pas de valeur
(aucune donnée l'année d'avant).
"""

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypedDict

Valeur = int | float | str | None


class Chiffre(TypedDict):
    """Un indicateur du registre. `sur` : la clé du chiffre dont celui-ci est une part (numérateur / dénominateur), ou ""."""

    cle: str
    libelle: str
    definition: str
    unite: str  # "h", "personnes", "contrats", "marchés", "maîtres d'ouvrage", "entreprises", "ETP"
    valeur: Valeur
    precedente: Valeur  # la même, l'année d'avant ; None si l'année d'avant n'a aucune heure ni aucun marché
    sur: str


class Part(TypedDict):
    cle: str
    libelle: str
    valeur: Valeur
    precedente: Valeur


class PartQuartier(Part):
    """Un quartier : `valeur` compte des personnes, `heures` les heures de ses habitants au début de chaque contrat."""

    heures: Valeur


class Repartition(TypedDict):
    """Une ventilation. `exclusive` : les parts s'additionnent jusqu'au total ; sinon une personne peut être dans plusieurs.

    Les parts sont dans l'ordre à montrer. Le total n'est jamais la somme de parts arrondies : on ne force rien à 100 %.
    """

    cle: str
    titre: str
    unite: str
    exclusive: bool
    total: Valeur
    total_precedent: Valeur
    parts: list[Any]  # list[Part], ou list[PartQuartier] pour « quartiers »


class LigneAnnee(TypedDict):
    """Une année de l'évolution. Les effectifs et les marchés de plusieurs années ne s'additionnent pas."""

    annee: int
    heures_realisees: Valeur
    beneficiaires: Valeur
    contrats: Valeur
    marches_suivis: Valeur


class LigneMois(TypedDict):
    mois: str  # "2018-01"
    heures: Valeur


class LigneMarche(TypedDict):
    reference: str
    objet: str
    maitre_ouvrage: str
    nature: str  # libellé
    type_clause: str  # libellé
    debut: str  # "2018-01-15"
    fin: str
    heures_dues: Valeur  # sur toute l'exécution, avenants compris
    heures_annee: Valeur
    heures_cumul: Valeur  # depuis le début du marché jusqu'à la fin de l'année du bilan


class LigneMaitreOuvrage(TypedDict):
    nom: str
    type: str  # libellé
    marches: int
    heures_dues: Valeur
    heures_annee: Valeur
    heures_cumul: Valeur


class LigneEntreprise(TypedDict):
    nom: str
    type: str  # libellé
    locale: bool
    engagee: bool  # attributaire ou cotraitante d'un marché suivi
    employeuse: bool  # employeuse d'un contrat compté
    heures_engagements: Valeur  # heures de l'année sur ses engagements
    heures_employeuse: Valeur  # heures de l'année des contrats qu'elle emploie


class StructureBilan(TypedDict):
    nom: str
    slug: str
    territoire: str  # nom du territoire, ou ""


class DonneesBilan(TypedDict):
    """Tout ce qu'un bilan montre.

    `chiffres` : par clé du registre (sauf heures_par_modalite et heures_par_type_contrat, qui sont des répartitions) ;
    `ordre` en donne l'ordre. `repartitions` : sexe, ages, niveaux, publics (non exclusive), quartiers,
    heures_par_modalite, heures_par_type_contrat, heures_par_nature, marches_par_nature, marches_par_clause,
    heures_par_clause, heures_par_type_maitre_ouvrage, entreprises_par_type. `public` : vrai quand les petits effectifs
    sont masqués, ce qui est le cas de tout ce qui sort de la structure.
    """

    schema: int
    public: bool
    annee: int
    arrete_le: str  # date de lecture des données, "2019-02-04"
    structure: StructureBilan
    etp_base: int | float  # le diviseur des équivalents temps plein, toujours affiché
    chiffres: dict[str, Chiffre]
    ordre: list[str]
    evolution: list[LigneAnnee]
    repartitions: dict[str, Repartition]
    mois: list[LigneMois]
    marches: list[LigneMarche]
    maitres_ouvrage: list[LigneMaitreOuvrage]
    entreprises: list[LigneEntreprise]
    methode: list[str]  # phrases de la page « Méthode »


def est_masquee(valeur: Valeur) -> bool:
    return isinstance(valeur, str)


def empreinte_de(donnees: Mapping) -> str:
    """SHA-256 du JSON canonique : clés triées, sans blanc, UTF-8. Les mêmes chiffres donnent la même empreinte."""
    canonique = json.dumps(donnees, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonique.encode()).hexdigest()


def en_json(valeur: Decimal | int | None) -> int | float | None:
    if valeur is None:
        return None
    exact = Decimal(valeur)
    return int(exact) if exact == exact.to_integral_value() else float(exact)
