"""Les aides proposées à une structure qui n'a pas encore les siennes : des dispositifs d'usage, sans montant, à vérifier.

Aucun montant n'est écrit ici : ils changent par décret, et celui qui les donne doit en avoir lu la source.
"""

from dataclasses import dataclass

from recrutement.enums import GenreAide, TypeContrat

USAGE = "Usage, à vérifier"


@dataclass(frozen=True, slots=True)
class Proposee:
    intitule: str
    conditions: str
    genre: GenreAide = GenreAide.EMBAUCHE
    publics: str = ""
    type_contrat: str = ""
    source: str = USAGE
    source_url: str = ""


CCAP_PUBLIE = f"{USAGE}. Contrat admis par un CCAP publié (clause-sociale/documentation, art. 1.4)"
CCAP_URL = "https://github.com/clause-sociale/documentation"
A_COMPLETER = "Montant et conditions à compléter."

PROPOSEES = (
    Proposee(
        "Contrat d'apprentissage",
        f"Aide de l'État à l'employeur d'un apprenti, et prise en charge de la formation par votre OPCO. {A_COMPLETER}",
        type_contrat=TypeContrat.APPRENTISSAGE,
        source=CCAP_PUBLIE,
        source_url=CCAP_URL,
    ),
    Proposee(
        "Contrat de professionnalisation",
        f"Formation prise en charge par votre OPCO ; des aides existent selon l'âge et l'inscription. {A_COMPLETER}",
        type_contrat=TypeContrat.PROFESSIONNALISATION,
        source=CCAP_PUBLIE,
        source_url=CCAP_URL,
    ),
    Proposee(
        "GEIQ : contrat de professionnalisation partagé",
        f"Le groupement emploie, forme et met la personne à votre disposition ; vous payez les heures. {A_COMPLETER}",
        type_contrat=TypeContrat.PROFESSIONNALISATION,
        source=CCAP_PUBLIE,
        source_url=CCAP_URL,
    ),
    Proposee(
        "Contrat aidé (CUI, parcours emploi compétences)",
        f"Aide mensuelle à l'employeur, sur prescription de France Travail, de la mission locale ou de Cap emploi, "
        f"avant l'embauche. {A_COMPLETER}",
    ),
    Proposee(
        "Embauche d'une personne handicapée",
        f"Aides à l'accueil, à l'intégration et à l'adaptation du poste ; demandez à Cap emploi. {A_COMPLETER}",
        publics="Travailleurs handicapés",
    ),
    Proposee(
        "Immersion professionnelle",
        "Quelques jours dans l'entreprise pour se connaître avant d'embaucher, sous convention, sans salaire à verser. "
        "Ces heures ne comptent pas dans l'engagement. Conditions à compléter.",
        publics="Toute personne suivie par un prescripteur",
    ),
    Proposee(
        "Préparation opérationnelle à l'emploi",
        f"Une formation avant l'embauche, payée par France Travail ou l'OPCO, si l'entreprise s'engage à recruter. "
        f"{A_COMPLETER}",
        genre=GenreAide.FORMATION,
        publics="Demandeurs d'emploi",
    ),
    Proposee(
        "Formation du tuteur",
        f"Votre OPCO peut prendre en charge la formation du tuteur et une part de son temps. {A_COMPLETER}",
        genre=GenreAide.FORMATION,
    ),
)
