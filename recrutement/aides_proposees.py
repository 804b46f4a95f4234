"""Les aides proposées à une structure qui n'a pas encore les siennes : des dispositifs, et où lire ce qu'ils valent aujourd'hui.

Aucun montant n'est écrit ici : ils changent par décret, et celui qui les donne doit en avoir lu la source. Sans date de lecture,
une aide installée n'est lue que des facilitateurs : l'entreprise ne la voit qu'une fois complétée.
"""

from dataclasses import dataclass

from recrutement.enums import GenreAide, TypeContrat

MINISTERE = ("Ministère du travail", "https://travail-emploi.gouv.fr/")
FRANCE_TRAVAIL = ("France Travail, espace employeur", "https://www.francetravail.fr/employeur")
AGEFIPH = ("Agefiph, aides aux employeurs", "https://www.agefiph.fr/")
SERVICE_PUBLIC = ("Entreprendre, service-public.fr", "https://entreprendre.service-public.fr/")


@dataclass(frozen=True, slots=True)
class Proposee:
    intitule: str
    conditions: str
    origine: tuple[str, str]
    genre: GenreAide = GenreAide.EMBAUCHE
    publics: str = ""
    type_contrat: str = ""

    @property
    def source(self) -> str:
        return self.origine[0]

    @property
    def source_url(self) -> str:
        return self.origine[1]


PROPOSEES = (
    Proposee(
        "Contrat d'apprentissage",
        "Aide de l'État à l'employeur d'un apprenti, et prise en charge de la formation par votre OPCO.",
        SERVICE_PUBLIC,
        type_contrat=TypeContrat.APPRENTISSAGE,
    ),
    Proposee(
        "Contrat de professionnalisation",
        "Formation prise en charge par votre OPCO ; des aides existent selon l'âge et l'inscription de la personne.",
        SERVICE_PUBLIC,
        type_contrat=TypeContrat.PROFESSIONNALISATION,
    ),
    Proposee(
        "GEIQ : contrat de professionnalisation partagé",
        "Le groupement emploie, forme et met la personne à votre disposition ; vous payez les heures.",
        MINISTERE,
        type_contrat=TypeContrat.PROFESSIONNALISATION,
    ),
    Proposee(
        "Contrat aidé (CUI, parcours emploi compétences)",
        "Aide mensuelle à l'employeur, sur prescription de France Travail, de la mission locale ou de Cap emploi, avant "
        "l'embauche.",
        MINISTERE,
    ),
    Proposee(
        "Embauche d'une personne handicapée",
        "Aides à l'accueil, à l'intégration et à l'adaptation du poste ; demandez à Cap emploi.",
        AGEFIPH,
        publics="Travailleurs handicapés",
    ),
    Proposee(
        "Immersion professionnelle",
        "Quelques jours dans l'entreprise pour se connaître avant d'embaucher, sous convention, sans salaire à verser. "
        "Ces heures ne comptent pas dans l'engagement.",
        FRANCE_TRAVAIL,
        publics="Toute personne suivie par un prescripteur",
    ),
    Proposee(
        "Préparation opérationnelle à l'emploi",
        "Une formation avant l'embauche, payée par France Travail ou l'OPCO, si l'entreprise s'engage à recruter.",
        FRANCE_TRAVAIL,
        genre=GenreAide.FORMATION,
        publics="Demandeurs d'emploi",
    ),
    Proposee(
        "Formation du tuteur",
        "Votre OPCO peut prendre en charge la formation du tuteur et une part de son temps.",
        MINISTERE,
        genre=GenreAide.FORMATION,
    ),
)
