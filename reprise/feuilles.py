"""Le classeur de reprise : ses sept feuilles, leurs colonnes, et la ligne lue de chacune.

Une seule déclaration sert à lire, à contrôler, à écrire le modèle vide et son mode d'emploi, et à exporter.
"""

from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

from django.db import models

from beneficiaires.enums import NiveauFormation, Sexe
from beneficiaires.models import Beneficiaire, Domicile
from declarations.models import HEURES_MAX_PAR_MOIS
from entreprises.enums import TypeEntreprise
from entreprises.models import Entreprise
from marches.enums import Nature, StatutMarche, TypeClause, TypeMaitreOuvrage
from marches.models import Lot, MaitreOuvrage, Marche, Operation
from recrutement.enums import Modalite, TypeContrat
from recrutement.models import Contrat
from reprise import cellules
from socle.tables import Genre
from socle.texte import plier

# Les libellés courts du classeur, quand ils ne sont pas ceux de l'écran.
LIBELLES_ENTREPRISE = {
    valeur: "Classique" if valeur == TypeEntreprise.CLASSIQUE else valeur.upper() for valeur in TypeEntreprise.values
}
LIBELLES_CLAUSE = dict(TypeClause.choices)
LIBELLES_NIVEAU = {
    valeur: "6 et plus" if valeur == NiveauFormation.SIX else valeur for valeur in NiveauFormation.values
}
LIBELLES_SEXE = {valeur: valeur for valeur in Sexe.values}
LIBELLES_CONTRAT = {valeur: libelle.partition(" (")[0] for valeur, libelle in TypeContrat.choices}
LIBELLES_OUI_NON = {True: "oui", False: "non"}


@dataclass(frozen=True, slots=True)
class Colonne:
    """Une colonne : `lire` prend la cellule non vide ; `libelles` donne l'écriture de chaque valeur d'un choix fermé."""

    cle: str
    titre: str
    lire: cellules.Lecteur
    obligatoire: bool = False
    genre: Genre = Genre.TEXTE
    aide: str = ""
    libelles: dict | None = None

    @property
    def entete(self) -> str:
        return f"{self.titre}*" if self.obligatoire else self.titre


@dataclass(slots=True)
class Ligne:
    """Une ligne lue. Une valeur absente ou fausse vaut `None` ; `fausses` nomme les colonnes déjà refusées."""

    numero: int
    fausses: set[str] = field(default_factory=set)

    colonnes_cle: ClassVar[tuple[str, ...]] = ()

    def cle(self) -> tuple | None:
        """La clé naturelle, ou `None` si l'une de ses colonnes manque."""
        cle = tuple(getattr(self, colonne) for colonne in self.colonnes_cle)
        return None if None in cle else cle


# Ce que lit une colonne ; `None` si la cellule est vide ou fausse : seules les colonnes obligatoires sont sûres, et
# seulement sur une ligne sans faute. `Any`, parce qu'aucun type ne dit cela.
type Texte = Any
type Nombre = Any  # Decimal
type Jour = Any  # datetime.date
type OuiNon = Any  # bool
type Codes = Any  # tuple[str, ...]
type HeuresDues = Any  # tuple[tuple[SIRET, Decimal | None], ...]


@dataclass(slots=True)
class LigneMaitreOuvrage(Ligne):
    nom: Texte = None
    siret: Texte = None
    type: Texte = None
    commune: Texte = None

    def cle(self) -> tuple | None:
        """Le SIRET, sinon le nom (sans accents ni casse)."""
        if self.siret is not None:
            return ("siret", self.siret)
        return None if self.nom is None else ("nom", plier(self.nom))


@dataclass(slots=True)
class LigneEntreprise(Ligne):
    raison_sociale: Texte = None
    siret: Texte = None
    type: Texte = None
    commune: Texte = None

    colonnes_cle = ("siret",)


@dataclass(slots=True)
class LigneMarche(Ligne):
    reference: Texte = None
    objet: Texte = None
    maitre_ouvrage: Texte = None
    nature: Texte = None
    type_clause: Texte = None
    montant_ht: Nombre = None
    date_notification: Jour = None
    debut: Jour = None
    fin: Jour = None
    statut: Texte = None
    operation: Texte = None

    colonnes_cle = ("reference",)


@dataclass(slots=True)
class LigneLot(Ligne):
    marche: Texte = None
    numero_lot: Texte = None
    intitule: Texte = None
    attributaire: Texte = None
    montant_ht: Nombre = None
    heures_dues: Nombre = None
    cotraitants: HeuresDues = None

    colonnes_cle = ("marche", "numero_lot")


# Le nom et le prénom d'une personne qui n'en a plus : sa ligne reste, ses contrats et ses heures s'y rattachent.
ANONYME = "Dossier anonymisé"


@dataclass(slots=True)
class LigneBeneficiaire(Ligne):
    identifiant: Texte = None
    nom: Texte = None
    prenom: Texte = None
    date_naissance: Jour = None
    sexe: Texte = None
    adresse: Texte = None
    code_postal: Texte = None
    commune: Texte = None
    quartiers: Codes = None
    niveau: Texte = None
    rsa: OuiNon = None
    rqth: OuiNon = None
    inscrit_depuis: Jour = None
    referent: Texte = None

    colonnes_cle = ("identifiant",)

    @property
    def est_anonyme(self) -> bool:
        return self.nom == ANONYME


@dataclass(slots=True)
class LigneContrat(Ligne):
    identifiant: Texte = None
    beneficiaire: Texte = None
    marche: Texte = None
    lot: Texte = None
    employeur: Texte = None
    modalite: Texte = None
    type_contrat: Texte = None
    debut: Jour = None
    fin: Jour = None
    engagee: Texte = None

    colonnes_cle = ("identifiant",)


@dataclass(slots=True)
class LigneHeures(Ligne):
    contrat: Texte = None
    mois: Jour = None
    heures: Nombre = None

    colonnes_cle = ("contrat", "mois")


# Ce que toute ligne porte, en plus de ses colonnes.
_DE_TOUTE_LIGNE = frozenset(champ.name for champ in fields(Ligne))


@dataclass(frozen=True, slots=True)
class Feuille:
    nom: str
    utilite: str
    ligne: type[Ligne]
    colonnes: tuple[Colonne, ...]

    def __post_init__(self) -> None:
        """Une colonne sans champ serait lue pour rien, un champ sans colonne resterait vide : le projet ne démarre pas."""
        champs = [champ.name for champ in fields(self.ligne) if champ.name not in _DE_TOUTE_LIGNE]
        cles = [colonne.cle for colonne in self.colonnes]
        if champs != cles:
            raise TypeError(f"« {self.nom} » : les colonnes {cles} ne sont pas les champs {champs} de sa ligne.")

    @property
    def obligatoires(self) -> list[str]:
        return [colonne.titre for colonne in self.colonnes if colonne.obligatoire]

    def titre(self, cle: str) -> str:
        return next(colonne.titre for colonne in self.colonnes if colonne.cle == cle)


def _texte(modele: type[models.Model], champ: str) -> cellules.Lecteur:
    gardien: Any = modele._meta.get_field(champ)
    return cellules.texte(gardien.max_length, gardien.validators)


def _parmi(enumeration, libelles: dict, **autrement: str) -> dict:
    return {"lire": cellules.choix(enumeration, libelles.items(), **autrement), "libelles": libelles}


_MONTANT = cellules.euros(12)
_HEURES_DUES = cellules.heures(8)
_COMMUNE = Colonne(
    "commune", "Commune (code INSEE)", cellules.commune, aide="Par exemple 50129 ; un nom, même ancien, se lit aussi."
)

MAITRES_OUVRAGE = Feuille(
    "Maîtres d'ouvrage",
    "Qui achète : les communes, bailleurs et autres donneurs d'ordre de vos marchés.",
    LigneMaitreOuvrage,
    (
        Colonne("nom", "Nom", _texte(MaitreOuvrage, "nom"), True),
        Colonne(
            "siret", "SIRET", cellules.siret, aide="14 chiffres. Sans lui, le maître d'ouvrage est connu par son nom."
        ),
        Colonne("type", "Type", **_parmi(TypeMaitreOuvrage, dict(TypeMaitreOuvrage.choices))),
        _COMMUNE,
    ),
)
ENTREPRISES = Feuille(
    "Entreprises",
    "Qui exécute les marchés et qui emploie les personnes, reconnues à leur SIRET.",
    LigneEntreprise,
    (
        Colonne("raison_sociale", "Raison sociale", _texte(Entreprise, "raison_sociale"), True),
        Colonne("siret", "SIRET", cellules.siret, True, aide="14 chiffres."),
        Colonne("type", "Type", obligatoire=True, **_parmi(TypeEntreprise, LIBELLES_ENTREPRISE)),
        _COMMUNE,
    ),
)
MARCHES = Feuille(
    "Marchés",
    "Un marché par ligne, avec son maître d'ouvrage, sa clause et ses dates.",
    LigneMarche,
    (
        Colonne("reference", "Référence", _texte(Marche, "reference"), True),
        Colonne("objet", "Objet", _texte(Marche, "objet"), True),
        Colonne(
            "maitre_ouvrage",
            "Maître d'ouvrage",
            cellules.nom_ou_siret,
            True,
            aide="Son nom ou son SIRET : une ligne de la feuille « Maîtres d'ouvrage », ou un maître d'ouvrage déjà suivi.",
        ),
        Colonne("nature", "Nature", obligatoire=True, **_parmi(Nature, dict(Nature.choices))),
        Colonne("type_clause", "Type de clause", obligatoire=True, **_parmi(TypeClause, LIBELLES_CLAUSE)),
        Colonne("montant_ht", "Montant HT", _MONTANT, genre=Genre.EUROS, aide="En euros."),
        Colonne("date_notification", "Date de notification", cellules.date, genre=Genre.DATE),
        Colonne("debut", "Début", cellules.date, True, Genre.DATE, "Début de l'exécution."),
        Colonne("fin", "Fin", cellules.date, True, Genre.DATE, "Fin de l'exécution, prévue ou réelle."),
        Colonne(
            "statut",
            "Statut",
            aide="Vide : « En exécution ».",
            **_parmi(StatutMarche, dict(StatutMarche.choices), **{"en cours": "execution", "terminé": "solde"}),
        ),
        Colonne("operation", "Opération", _texte(Operation, "nom"), aide="Le projet qui regroupe plusieurs marchés."),
    ),
)
LOTS = Feuille(
    "Lots",
    "Chaque lot d'un marché, l'entreprise qui l'a obtenu et les heures d'insertion qu'elle doit.",
    LigneLot,
    (
        Colonne("marche", "Référence marché", _texte(Marche, "reference"), True),
        Colonne("numero_lot", "Lot", _texte(Lot, "numero"), True),
        Colonne("intitule", "Intitulé", _texte(Lot, "intitule"), True),
        Colonne("attributaire", "Attributaire (SIRET)", cellules.siret, True),
        Colonne("montant_ht", "Montant HT", _MONTANT, genre=Genre.EUROS, aide="En euros."),
        Colonne(
            "heures_dues",
            "Heures dues",
            _HEURES_DUES,
            True,
            Genre.HEURES,
            "Les heures que doit l'attributaire, avenants compris.",
        ),
        Colonne(
            "cotraitants",
            "Cotraitants (SIRET)",
            cellules.cotraitants,
            aide="Facultatif : « SIRET ; SIRET=120,5 », les heures que doit chaque cotraitant après le signe égal.",
        ),
    ),
)
BENEFICIAIRES = Feuille(
    "Bénéficiaires",
    "Les personnes suivies. L'identifiant est le vôtre : il sert à reconnaître la même personne d'une fois à l'autre.",
    LigneBeneficiaire,
    (
        Colonne(
            "identifiant",
            "Identifiant",
            _texte(Beneficiaire, "identifiant"),
            True,
            aide="Jamais le n° de sécurité sociale.",
        ),
        Colonne("nom", "Nom", _texte(Beneficiaire, "nom"), True),
        Colonne("prenom", "Prénom", _texte(Beneficiaire, "prenom"), True),
        Colonne("date_naissance", "Date de naissance", cellules.naissance, True, Genre.DATE),
        Colonne(
            "sexe",
            "Sexe",
            obligatoire=True,
            **_parmi(
                Sexe,
                LIBELLES_SEXE,
                **dict.fromkeys(("m", "mr", "masculin", "monsieur", "homme"), "H"),
                **dict.fromkeys(("mme", "mlle", "féminin", "madame", "femme"), "F"),
            ),
        ),
        Colonne("adresse", "Adresse", _texte(Domicile, "adresse")),
        Colonne("code_postal", "Code postal", cellules.code_postal),
        _COMMUNE,
        Colonne(
            "quartiers",
            "QPV (code)",
            cellules.codes_quartiers,
            aide="Code du quartier prioritaire, un par millésime, séparés par « ; ». « non » : hors quartier.",
        ),
        Colonne(
            "niveau",
            "Niveau de formation",
            aide="« aucun » : ni CAP ni BEP.",
            **_parmi(
                NiveauFormation,
                LIBELLES_NIVEAU,
                **{"niveau 3": "3", "niveau 4": "4", "niveau 5": "5", "niveau 6": "6", "6+": "6", "7": "6", "8": "6"},
                **dict.fromkeys(("sans diplôme", "aucun diplôme", "infra 3", "0", "1", "2"), "aucun"),
            ),
        ),
        Colonne(
            "rsa", "RSA", cellules.oui_non, libelles=LIBELLES_OUI_NON, aide="oui ou non, au début du premier contrat."
        ),
        Colonne(
            "rqth", "RQTH", cellules.oui_non, libelles=LIBELLES_OUI_NON, aide="oui ou non, au début du premier contrat."
        ),
        Colonne("inscrit_depuis", "Inscrit à France Travail depuis", cellules.date, genre=Genre.DATE),
        Colonne("referent", "Référent", _texte(Beneficiaire, "referent")),
    ),
)
CONTRATS = Feuille(
    "Contrats",
    "Qui travaille, pour quel employeur, sur quel lot, de quand à quand.",
    LigneContrat,
    (
        Colonne("identifiant", "Identifiant", _texte(Contrat, "identifiant"), True),
        Colonne("beneficiaire", "Bénéficiaire", _texte(Beneficiaire, "identifiant"), True, aide="Son identifiant."),
        Colonne("marche", "Référence marché", _texte(Marche, "reference"), True),
        Colonne("lot", "Lot", _texte(Lot, "numero"), True),
        Colonne("employeur", "Employeur (SIRET)", cellules.siret, True),
        Colonne("modalite", "Modalité", obligatoire=True, **_parmi(Modalite, dict(Modalite.choices))),
        Colonne("type_contrat", "Type de contrat", obligatoire=True, **_parmi(TypeContrat, LIBELLES_CONTRAT)),
        Colonne("debut", "Début", cellules.date, True, Genre.DATE),
        Colonne("fin", "Fin", cellules.date, genre=Genre.DATE, aide="Vide : le contrat n'a pas de terme."),
        Colonne(
            "engagee",
            "Entreprise engagée (SIRET)",
            cellules.siret,
            aide="Facultatif : celle dont le contrat réalise les heures, si ce n'est ni l'employeur ni l'attributaire.",
        ),
    ),
)
HEURES = Feuille(
    "Heures",
    "Les heures faites, un contrat et un mois par ligne.",
    LigneHeures,
    (
        Colonne("contrat", "Contrat", _texte(Contrat, "identifiant"), True, aide="Son identifiant."),
        Colonne("mois", "Mois", cellules.mois, True, Genre.MOIS, "AAAA-MM, ou une date du mois travaillé."),
        Colonne("heures", "Heures", cellules.heures_du_mois(HEURES_MAX_PAR_MOIS), True, Genre.HEURES),
    ),
)
FEUILLES = (MAITRES_OUVRAGE, ENTREPRISES, MARCHES, LOTS, BENEFICIAIRES, CONTRATS, HEURES)
