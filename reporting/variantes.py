"""Les variantes d'un bilan, décrites comme des données : ses chapitres dans l'ordre, sa couverture, ce qu'il borne.

Un seul moteur les assemble et les écrit toutes. Ajouter un bilan, c'est ajouter une ligne ici.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from reporting.enums import Variante


class Chapitre(StrEnum):
    """Les chapitres ; la valeur est aussi l'ancre, dans la page et dans le PDF."""

    CHIFFRES_CLES = "chiffres-cles"
    CHARTE = "charte"
    ACTIVITE = "activite"
    STRUCTURES = "structures"
    PARTICIPATIONS = "participations"
    PUBLICS = "publics"
    QUARTIERS = "quartiers"
    HABITANTS = "habitants"
    SORTIES_HABITANTS = "sorties-habitants"
    RSA = "allocataires-rsa"
    SORTIES_RSA = "sorties-rsa"
    OBJECTIFS = "objectifs"
    PROVENANCES = "provenances"
    METIERS = "metiers"
    OPERATIONS = "operations"
    SORTIES = "sorties"
    COHORTE = "cohorte"
    AVIS = "avis"
    REPERES = "reperes"
    CONTRATS = "contrats"
    MARCHES = "marches"
    MAITRES_OUVRAGE = "maitres-ouvrage"
    ENTREPRISES = "entreprises"
    PROMOTION = "promotion"
    REDACTION = "redaction"
    DEFINITIONS = "definitions"
    METHODE = "methode"


TITRES = {
    Chapitre.CHIFFRES_CLES: "Les chiffres clés",
    Chapitre.CHARTE: "L'objectif de l'opération",
    Chapitre.ACTIVITE: "L'activité dans le temps",
    Chapitre.STRUCTURES: "Les structures du réseau",
    Chapitre.PARTICIPATIONS: "Les entrées et les sorties",
    Chapitre.PUBLICS: "Les bénéficiaires",
    Chapitre.QUARTIERS: "Les quartiers prioritaires",
    Chapitre.HABITANTS: "Les habitants des quartiers, de plus près",
    Chapitre.SORTIES_HABITANTS: "Ce que deviennent les habitants des quartiers",
    Chapitre.RSA: "Les allocataires du RSA",
    Chapitre.SORTIES_RSA: "Ce que deviennent les allocataires du RSA",
    Chapitre.OBJECTIFS: "Les objectifs de l'année",
    Chapitre.PROVENANCES: "D'où viennent les personnes",
    Chapitre.METIERS: "Les métiers",
    Chapitre.OPERATIONS: "Les opérations et leurs chartes",
    Chapitre.SORTIES: "Ce que deviennent les personnes",
    Chapitre.COHORTE: "Les mêmes personnes, un an après",
    Chapitre.AVIS: "Ce qu'en disent les personnes et les employeurs",
    Chapitre.REPERES: "Des repères, à côté",
    Chapitre.CONTRATS: "Les heures et les contrats",
    Chapitre.MARCHES: "Les marchés",
    Chapitre.MAITRES_OUVRAGE: "Les maîtres d'ouvrage",
    Chapitre.ENTREPRISES: "Les entreprises",
    Chapitre.PROMOTION: "La promotion des clauses",
    Chapitre.REDACTION: "Difficultés et perspectives",
    Chapitre.DEFINITIONS: "Les définitions",
    Chapitre.METHODE: "La méthode",
}

# Les répartitions que chaque chapitre montre, dans l'ordre.
REPARTITIONS: dict[Chapitre, tuple[str, ...]] = {
    Chapitre.PARTICIPATIONS: ("entrees_par_sexe", "entrees_par_age", "entrees_par_niveau"),
    Chapitre.PUBLICS: ("sexe", "ages", "niveaux", "publics", "public_principal"),
    Chapitre.QUARTIERS: ("quartiers",),
    Chapitre.SORTIES: ("sorties_3_mois", "sorties_6_mois", "sorties_12_mois"),
    Chapitre.HABITANTS: ("qpv_par_sexe", "qpv_par_age", "qpv_par_niveau", "qpv_par_contrat", "qpv_par_heures"),
    Chapitre.SORTIES_HABITANTS: ("sorties_qpv_3_mois", "sorties_qpv_6_mois", "sorties_qpv_12_mois"),
    Chapitre.RSA: (
        *("rsa_par_sexe", "rsa_par_age", "rsa_par_niveau", "rsa_par_contrat", "rsa_par_heures"),
        "rsa_par_quartier",
    ),
    Chapitre.SORTIES_RSA: ("sorties_rsa_3_mois", "sorties_rsa_6_mois", "sorties_rsa_12_mois"),
    Chapitre.PROVENANCES: ("prescripteurs", "communes"),
    Chapitre.METIERS: ("heures_par_metier",),
    Chapitre.CONTRATS: ("heures_par_modalite", "heures_par_type_contrat", "contrat_d_entree", "heures_par_personne"),
    Chapitre.MARCHES: ("marches_par_nature", "heures_par_nature", "marches_par_clause", "heures_par_clause"),
    Chapitre.MAITRES_OUVRAGE: ("heures_par_type_maitre_ouvrage",),
    Chapitre.ENTREPRISES: ("entreprises_par_type",),
    Chapitre.PROMOTION: ("projets_par_statut",),
}
# Les textes que chaque chapitre imprime, dans l'ordre ; `textes.RUBRIQUES` les nomme.
ECRITS: dict[Chapitre, tuple[str, ...]] = {
    Chapitre.PROMOTION: ("promotion",),
    Chapitre.AVIS: ("paroles",),
    Chapitre.REDACTION: ("difficultes", "perspectives"),
}


@dataclass(frozen=True, slots=True)
class Modele:
    """`couverture` : trois chiffres, en grand. `listes` : faux quand les marchés et les entreprises ne se nomment pas."""

    usage: str
    chapitres: tuple[Chapitre, ...]
    couverture: tuple[str, str, str]
    listes: bool = True

    @property
    def repartitions(self) -> tuple[str, ...]:
        return tuple(cle for chapitre in self.chapitres for cle in REPARTITIONS.get(chapitre, ()))

    @property
    def rubriques(self) -> tuple[str, ...]:
        """Les textes qu'il imprime : eux seuls se demandent et se publient."""
        return tuple(cle for chapitre in self.chapitres for cle in ECRITS.get(chapitre, ()))


_FIN = (Chapitre.REDACTION, Chapitre.DEFINITIONS, Chapitre.METHODE)


def _modele(usage: str, chapitres: Iterable[Chapitre], couverture: tuple[str, str, str], **options) -> Modele:
    """Tout bilan s'ouvre sur ses chiffres et se ferme sur ses définitions."""
    return Modele(usage, (Chapitre.CHIFFRES_CLES, *chapitres, *_FIN), couverture, **options)


C = Chapitre
_DES_MARCHES = (
    *(C.ACTIVITE, C.MARCHES, C.PUBLICS, C.PROVENANCES, C.QUARTIERS, C.SORTIES, C.COHORTE, C.AVIS),
    *(C.CONTRATS, C.METIERS, C.ENTREPRISES),
)
MODELES: dict[str, Modele] = {
    Variante.STRUCTURE: _modele(
        "Toute l'activité, pour tous les financeurs et les élus.",
        (
            *(C.OBJECTIFS, C.ACTIVITE, C.PUBLICS, C.PROVENANCES, C.QUARTIERS, C.SORTIES, C.COHORTE, C.AVIS),
            *(C.CONTRATS, C.METIERS, C.MARCHES, C.OPERATIONS, C.MAITRES_OUVRAGE, C.ENTREPRISES, C.PROMOTION, C.REPERES),
        ),
        ("heures_realisees", "beneficiaires", "marches_suivis"),
    ),
    Variante.VILLE: _modele(
        "Les habitants des quartiers prioritaires, quartier par quartier : connus, éligibles, embauchés, leurs profils, leurs "
        "heures, leurs sorties.",
        (C.QUARTIERS, C.HABITANTS, C.SORTIES_HABITANTS, C.REPERES),
        ("beneficiaires_qpv", "heures_qpv", "beneficiaires"),
    ),
    Variante.DEPARTEMENT: _modele(
        "Les allocataires du RSA : qui ils sont, leurs contrats, leurs heures, leurs quartiers, leurs sorties.",
        (C.RSA, C.SORTIES_RSA, C.REPERES),
        ("beneficiaires_rsa", "heures_rsa", "beneficiaires"),
    ),
    Variante.AGGLOMERATION: _modele(
        "Les acheteurs, les entreprises du territoire, les métiers, les opérations (NPNRU) et leurs chartes.",
        (C.MAITRES_OUVRAGE, C.MARCHES, C.ENTREPRISES, C.METIERS, C.OPERATIONS, C.ACTIVITE, C.PROMOTION, C.REPERES),
        ("heures_realisees", "maitres_ouvrage", "entreprises_locales"),
    ),
    Variante.FSE: _modele(
        "Les entrées, les sorties et la situation à six mois, participation par participation.",
        (C.PARTICIPATIONS, C.SORTIES, C.COHORTE, C.AVIS, C.REPERES),
        ("participations_entrees", "participations_sorties", "beneficiaires"),
    ),
    Variante.MAITRE_OUVRAGE: _modele(
        "Les marchés d'un acheteur : ce qui était dû, ce qui est fait, pour qui, avec qui.",
        (*_DES_MARCHES, C.REPERES),
        ("heures_realisees", "beneficiaires", "marches_suivis"),
    ),
    Variante.OPERATION: _modele(
        "Les marchés d'une opération, et l'objectif de sa charte (NPNRU par exemple).",
        (C.CHARTE, *_DES_MARCHES),
        ("heures_realisees", "beneficiaires", "heures_qpv"),
    ),
    Variante.MARCHE: _modele(
        "Un marché : ses lots, ses heures, les personnes et les entreprises.",
        _DES_MARCHES,
        ("heures_realisees", "heures_dues", "beneficiaires"),
    ),
    Variante.RESEAU: _modele(
        "Les structures d'un réseau ensemble : des agrégats, ni personne ni marché nommé.",
        (
            C.ACTIVITE,
            C.STRUCTURES,
            C.PUBLICS,
            C.PROVENANCES,
            C.QUARTIERS,
            C.SORTIES,
            C.COHORTE,
            C.CONTRATS,
            C.METIERS,
            C.MARCHES,
            C.MAITRES_OUVRAGE,
            C.ENTREPRISES,
            C.PROMOTION,
            C.REPERES,
        ),
        ("heures_realisees", "beneficiaires", "marches_suivis"),
        listes=False,
    ),
}
# Les variantes qu'une structure fait d'elle-même ; les autres bornent ses marchés, ou réunissent des structures.
DE_LA_STRUCTURE = (Variante.STRUCTURE, Variante.VILLE, Variante.DEPARTEMENT, Variante.AGGLOMERATION, Variante.FSE)
A_CIBLE = (Variante.MAITRE_OUVRAGE, Variante.OPERATION, Variante.MARCHE)
