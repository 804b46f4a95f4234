"""La forme des données d'un bilan : un JSON assemblé par `synthese`, figé à la publication, lu de la page et du PDF.

Toutes les valeurs sont exactes : les parts et les arrondis se font à la lecture (`arrondis`). Une valeur masquée dans ce
qui sort de la structure est un texte, « < 5 » ou « masqué » (`masques`) ; `est_masquee` le dit. `None` : pas de valeur
(aucune donnée l'année d'avant).
"""

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NotRequired, TypedDict

Valeur = int | float | str | None
Mesure = Valeur | Decimal  # la même, avant d'être gardée
SCHEMA = 2
# Les mots d'un bilan : un document publié garde ceux de son temps. Absente de ses données, c'était la première.
REDACTION = 2


class Chiffre(TypedDict):
    """Un indicateur du registre. `sur` : la clé du chiffre dont celui-ci est une part (numérateur / dénominateur), ou ""."""

    cle: str
    libelle: str
    definition: str
    unite: str  # "h", "personnes", "contrats", "marchés", "maîtres d'ouvrage", "entreprises", "ETP"
    valeur: Valeur
    precedente: Valeur  # la même, la période d'avant ; None si elle n'a aucune heure ni aucun marché
    sur: str
    nom: NotRequired[str]  # une part, nommée sans rien autour : « bénéficiaires au RSA »
    comparable: NotRequired[Valeur]  # la valeur sur les mois comparés, quand ce n'est qu'une part de la période
    dite: NotRequired[str]  # ce qui suit sa part : « des bénéficiaires relèvent du RSA »


class Part(TypedDict):
    cle: str
    libelle: str
    valeur: Valeur
    precedente: Valeur


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
    parts: list[Any]  # list[Part] ; un quartier y ajoute `heures`, celles de ses habitants au début de chaque contrat


class LignePeriode(TypedDict):
    """Une période de l'évolution. Les effectifs et les marchés de plusieurs périodes ne s'additionnent pas."""

    periode: str
    heures_realisees: Valeur
    beneficiaires: Valeur
    contrats: Valeur
    marches_suivis: Valeur
    structures: NotRequired[int]  # d'un réseau : celles qui y ont des heures ou un marché


class LigneMois(TypedDict):
    mois: str  # "2018-01"
    heures: Valeur


class LigneMarche(TypedDict):
    id: int
    reference: str
    objet: str
    maitre_ouvrage: str
    nature: str  # libellé
    type_clause: str  # libellé
    debut: str  # "2018-01-15"
    fin: str
    heures_dues: Valeur  # sur toute l'exécution, avenants compris
    heures_periode: Valeur
    heures_cumul: Valeur  # depuis le début du marché jusqu'à la fin de la période


class LigneMaitreOuvrage(TypedDict):
    id: int
    nom: str
    type: str  # libellé
    marches: int
    heures_dues: Valeur
    heures_periode: Valeur
    heures_cumul: Valeur


class LigneEntreprise(TypedDict):
    id: int
    nom: str
    type: str  # libellé
    locale: bool
    engagee: bool  # attributaire ou cotraitante d'un marché suivi
    employeuse: bool  # employeuse d'un contrat compté
    suivie: NotRequired[bool]  # faux : des heures sur un marché qui n'est pas suivi ; elle n'est pas parmi les engagées
    heures_engagements: Valeur  # heures de la période sur ses engagements
    heures_employeuse: Valeur  # heures de la période des contrats qu'elle emploie


LigneQuartier = TypedDict(
    "LigneQuartier",
    {
        "id": str,  # le code du quartier
        "nom": str,
        "connus": Valeur,  # dossiers dont le domicile est dans le quartier à la fin de la période
        "eligibles": Valeur,
        "habitants": Valeur,  # ceux qui ont travaillé dans la période
        "femmes": Valeur,
        "moins_26": Valeur,
        "50_plus": Valeur,
        "sans_qualification": Valeur,
        "rsa": Valeur,
        "heures": Valeur,
    },
)


class LigneObjectif(TypedDict):
    cle: str
    libelle: str
    vise: Valeur
    fait: Valeur


class LigneOperation(TypedDict):
    """Ce que compte la charte d'une opération, depuis son début."""

    id: int
    nom: str
    programme: str
    objectif: Valeur
    reservee: bool
    comptees: Valeur
    hors: Valeur
    habitants: Valeur
    personnes: Valeur


class LigneTerme(TypedDict):
    """Les mêmes contrats, à un terme."""

    terme: str
    dues: Valeur
    connues: Valeur
    comptees: Valeur
    dynamiques: Valeur


class LigneAvis(TypedDict):
    public: str
    question: str
    nombre: int
    moyenne: Valeur
    parts: list[str]  # « 4 : 12 » ; vide quand le détail est masqué


class LigneRepere(TypedDict):
    """Un chiffre publié ailleurs, à côté du même ici ; les deux déjà écrits."""

    quoi: str
    ici: str
    ailleurs: str
    territoire: str
    source: str


class StructureBilan(TypedDict):
    nom: str
    slug: str
    territoire: str  # nom du territoire, ou ""


class LigneStructure(TypedDict):
    """Une structure d'un réseau."""

    id: int
    nom: str
    heures: Valeur
    beneficiaires: Valeur
    marches: Valeur


class PeriodeBilan(TypedDict):
    debut: str
    fin: str
    nom: str  # « 2018 », « 1er semestre 2018 »
    situee: str  # « en 2018 », « au 1er semestre 2018 »
    avant: str
    avant_situee: str
    comparee_situee: NotRequired[
        str
    ]  # les mois que l'on compare, quand ce n'est qu'une part : « de janvier à septembre 2018 »
    structures_comparees: NotRequired[
        int
    ]  # d'un réseau : celles qui sont là les deux fois, quand ce ne sont pas toutes


class EtatDuMois(TypedDict):
    """Où en sont les engagements un mois donné. `connu` : clos, et validé pour l'essentiel."""

    mois: str
    connu: bool
    clos: bool
    valides: int
    a_valider: int
    attendus: int
    rouverts: int
    manquants: int


class CompletudeBilan(TypedDict):
    """Ce que l'on savait de la période. `jusqu_a` : le dernier mois connu, « 2018-09 », ou rien."""

    entiere: bool
    jusqu_a: str
    mois: list[EtatDuMois]


class PartAnnuelle(TypedDict):
    """`publiable` : ce qui peut en sortir ; un bilan publié n'a plus que cela."""

    periode: str
    valeur: Valeur
    total: Valeur
    publiable: NotRequired[Valeur]
    total_publiable: NotRequired[Valeur]


class SerieDeParts(TypedDict):
    """Une part, année après année : son nombre et son total, jamais l'un sans l'autre."""

    cle: str
    libelle: str
    sur: str
    annees: list[PartAnnuelle]


class Charte(TypedDict):
    """L'objectif d'une opération ; les heures faites le sont depuis le début."""

    programme: str
    heures_travaillees: Valeur
    taux: Valeur  # %
    objectif: Valeur
    faites: Valeur
    faites_qpv: Valeur
    # Absents d'un bilan publié avant que l'objectif ne se mesure sur ce que sa charte compte.
    reservee: NotRequired[bool]  # vrai : seules comptent les heures des habitants
    quartiers: NotRequired[list[str]]  # ceux de la charte ; vide : tous les quartiers prioritaires
    comptees: NotRequired[Valeur]
    hors: NotRequired[Valeur]  # faites par d'autres : elles ne comptent pas dans l'objectif
    habitants: NotRequired[Valeur]  # ceux qui ont fait les heures comptées
    personnes: NotRequired[Valeur]


class ContourQuartier(TypedDict):
    code: str
    nom: str
    chemin: str  # le contour simplifié, en chemin SVG
    x: str
    y: str


class ContourVoisin(TypedDict):
    """Une commune, au fond d'une carte."""

    nom: str
    chemin: str
    x: str
    y: str


class CarteQuartiers(TypedDict):
    """Les quartiers d'une ville, dessinés : tous ceux du territoire, que quelqu'un y habite ou non."""

    lieu: str
    largeur: int
    hauteur: int
    quartiers: list[ContourQuartier]
    communes: NotRequired[list[ContourVoisin]]  # absentes d'un bilan publié avant elles
    echelle_px: str
    echelle_texte: str


class DonneesBilan(TypedDict):
    """Tout ce qu'un bilan montre.

    `chiffres` : par clé du registre (sauf heures_par_modalite et heures_par_type_contrat, qui sont des répartitions), ceux
    des chapitres de la variante ; `ordre` en donne l'ordre. `repartitions` : celles des chapitres. `public` : vrai quand
    les petits effectifs sont masqués, ce qui est le cas de tout ce qui sort de la structure.
    """

    schema: int
    redaction: NotRequired[int]  # absente : la première
    retenues: NotRequired[list[str]]  # ce que taisent les documents déjà remis ; absente : rien n'a été comparé
    public: bool
    variante: str
    cible: str  # le nom de l'acheteur, de l'opération ou du marché ; vide sinon
    chapitres: list[str]
    couverture: list[str]
    periode: PeriodeBilan
    arrete_le: str  # date de lecture des données, "2019-02-04"
    structure: StructureBilan
    etp_base: int | float  # le diviseur des équivalents temps plein, toujours affiché
    chiffres: dict[str, Chiffre]
    ordre: list[str]
    evolution: list[LignePeriode]
    repartitions: dict[str, Repartition]
    mois: list[LigneMois]
    completude: NotRequired[CompletudeBilan]
    evolution_parts: NotRequired[list[SerieDeParts]]
    marches: list[LigneMarche]
    maitres_ouvrage: list[LigneMaitreOuvrage]
    entreprises: list[LigneEntreprise]
    structures: list[LigneStructure]
    charte: Charte | None
    cartes: list[CarteQuartiers]
    # Les listes du suivi, selon les chapitres de la variante ; un bilan publié avant elles n'en a aucune.
    profils_quartiers: NotRequired[list[Any]]  # list[LigneQuartier]
    objectifs: NotRequired[list[LigneObjectif]]
    operations: NotRequired[list[LigneOperation]]
    cohorte: NotRequired[list[LigneTerme]]
    avis: NotRequired[list[LigneAvis]]
    reperes: NotRequired[list[LigneRepere]]
    textes: dict[str, str]  # HTML sûr, par rubrique
    methode: list[str]  # phrases de la page « Méthode »


def redaction_de(donnees: Mapping[str, Any]) -> int:
    """La rédaction d'un bilan : ce qu'il dit s'écrit toujours comme quand il est sorti."""
    return int(donnees.get("redaction", 1))


def est_masquee(valeur: Mesure) -> bool:
    return isinstance(valeur, str)


def en_octets(donnees: Mapping[str, Any]) -> bytes:
    """Le JSON canonique : clés triées, sans blanc, UTF-8. C'est le fichier que l'on télécharge, et ce que l'empreinte signe."""
    return json.dumps(donnees, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def empreinte_de(donnees: Mapping[str, Any]) -> str:
    """SHA-256 du JSON canonique : `sha256sum` la redonne du fichier téléchargé. Mêmes chiffres, même empreinte."""
    return hashlib.sha256(en_octets(donnees)).hexdigest()


def en_json(valeur: Decimal | int | None) -> int | float | None:
    if valeur is None:
        return None
    exact = Decimal(valeur)
    return int(exact) if exact == exact.to_integral_value() else float(exact)
