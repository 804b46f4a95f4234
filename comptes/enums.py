"""Types d'organisations et rôles. Un rôle n'a de sens que dans un type d'organisation : c'est écrit ici, une fois."""

from django.db import models


class TypeOrganisation(models.TextChoices):
    FACILITATRICE = "facilitatrice", "Structure facilitatrice"
    PRESCRIPTEUR = "prescripteur", "Prescripteur"
    ENTREPRISE = "entreprise", "Entreprise"
    MAITRE_OUVRAGE = "maitre_ouvrage", "Maître d'ouvrage"
    FINANCEUR = "financeur", "Financeur"
    RESEAU = "reseau", "Réseau"
    OPERATEUR = "operateur", "Opérateur du service"


class SortePrescripteur(models.TextChoices):
    """Ce qu'est un prescripteur : le mot que les bilans et les partenaires connaissent."""

    PLIE = "plie", "PLIE"
    MISSION_LOCALE = "mission_locale", "Mission locale"
    FRANCE_TRAVAIL = "france_travail", "France Travail"
    CAP_EMPLOI = "cap_emploi", "Cap emploi"
    CCAS = "ccas", "CCAS ou CIAS"
    DEPARTEMENT = "departement", "Département"
    SIAE = "siae", "Structure d'insertion par l'activité économique (SIAE)"
    E2C = "e2c", "École de la deuxième chance"
    EPIDE = "epide", "EPIDE"
    PJJ_SPIP = "pjj_spip", "PJJ ou SPIP"
    FORMATION = "formation", "Organisme de formation"
    ASSOCIATION = "association", "Association"
    AUTRE = "autre", "Autre"


class Role(models.TextChoices):
    RESPONSABLE = "responsable", "Facilitateur responsable"
    EDITION = "edition", "Facilitateur"
    LECTURE = "lecture", "Facilitateur en lecture"
    PRESCRIPTEUR = "prescripteur", "Prescripteur"
    ENTREPRISE = "entreprise", "Entreprise"
    MAITRE_OUVRAGE = "maitre_ouvrage", "Maître d'ouvrage"
    FINANCEUR = "financeur", "Financeur"
    RESEAU = "reseau", "Réseau"
    ADMINISTRATEUR = "administrateur", "Administrateur"


FACILITATEURS = frozenset({Role.RESPONSABLE, Role.EDITION, Role.LECTURE})
FACILITATEURS_QUI_ECRIVENT = frozenset({Role.RESPONSABLE, Role.EDITION})
RESPONSABLES = frozenset({Role.RESPONSABLE})
ADMINISTRATEURS = frozenset({Role.ADMINISTRATEUR})
MEMBRES = frozenset(Role)
PARTENAIRES = MEMBRES - FACILITATEURS - ADMINISTRATEURS

ROLES_PAR_TYPE: dict[str, frozenset[Role]] = {
    TypeOrganisation.FACILITATRICE: FACILITATEURS,
    TypeOrganisation.PRESCRIPTEUR: frozenset({Role.PRESCRIPTEUR}),
    TypeOrganisation.ENTREPRISE: frozenset({Role.ENTREPRISE}),
    TypeOrganisation.MAITRE_OUVRAGE: frozenset({Role.MAITRE_OUVRAGE}),
    TypeOrganisation.FINANCEUR: frozenset({Role.FINANCEUR}),
    TypeOrganisation.RESEAU: frozenset({Role.RESEAU}),
    TypeOrganisation.OPERATEUR: frozenset({Role.ADMINISTRATEUR}),
}

# Leur organisation est celle d'une fiche (entreprise, maître d'ouvrage) : elle s'ouvre en invitant depuis cette fiche.
TYPES_LIES = frozenset({TypeOrganisation.ENTREPRISE, TypeOrganisation.MAITRE_OUVRAGE})

# Avec qui une structure facilitatrice noue un partenariat.
TYPES_PARTENAIRES = (
    TypeOrganisation.PRESCRIPTEUR,
    TypeOrganisation.ENTREPRISE,
    TypeOrganisation.MAITRE_OUVRAGE,
    TypeOrganisation.FINANCEUR,
    TypeOrganisation.RESEAU,
)

# Une organisation de ces types ne reste jamais sans personne dans ce rôle : plus personne ne pourrait y inviter.
ROLE_TOUJOURS_POURVU: dict[str, Role] = {
    TypeOrganisation.FACILITATRICE: Role.RESPONSABLE,
    TypeOrganisation.OPERATEUR: Role.ADMINISTRATEUR,
}
