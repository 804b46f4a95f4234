"""Le menu de chacun, selon son rôle. Une entrée dont la page n'est pas installée est passée."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from comptes.enums import FACILITATEURS, FACILITATEURS_QUI_ECRIVENT, Role

TOUS = frozenset(Role)
TOUS_SAUF_L_ENTREPRISE = TOUS - {Role.ENTREPRISE}
RACINE = "accueil"


@dataclass(frozen=True, slots=True)
class Entree:
    """Une entrée : son libellé, le nom de son URL, son icône (Lucide), et les rôles qui la voient."""

    libelle: str
    nom_url: str
    icone: str
    roles: frozenset[str] = TOUS


@dataclass(frozen=True, slots=True)
class Lien:
    libelle: str
    url: str
    icone: str
    courante: bool
    exacte: bool


PRINCIPAL = (
    Entree("Accueil", RACINE, "house", TOUS_SAUF_L_ENTREPRISE),
    Entree("Mon espace", "suivi:espace_entreprise", "house", frozenset({Role.ENTREPRISE})),
    Entree("Agenda", "comptes:agenda", "calendar-days", FACILITATEURS | {Role.MAITRE_OUVRAGE}),
    Entree("Projets d'achat", "marches:projets", "lightbulb", FACILITATEURS | {Role.MAITRE_OUVRAGE}),
    Entree("Marchés", "marches:liste", "clipboard-list", FACILITATEURS | {Role.MAITRE_OUVRAGE}),
    Entree("Mes engagements", "marches:mes_engagements", "clipboard-list", frozenset({Role.ENTREPRISE})),
    Entree("Marchés publics", "decp:avis_liste", "telescope", FACILITATEURS),
    Entree("Opérations", "marches:operations", "layers", FACILITATEURS),
    Entree("Maîtres d'ouvrage", "marches:maitres_ouvrage", "landmark", FACILITATEURS),
    Entree("Diversification", "marches:diversification", "chart-pie", FACILITATEURS),
    Entree("Entreprises", "entreprises:liste", "building-2", FACILITATEURS),
    Entree("Bénéficiaires", "beneficiaires:liste", "users", FACILITATEURS),
    Entree("Offres", "recrutement:offres", "megaphone", FACILITATEURS),
    Entree("Mes personnes", "recrutement:mes_personnes", "users", frozenset({Role.PRESCRIPTEUR})),
    Entree("Mes heures", "suivi:mes_declarations", "clock", frozenset({Role.ENTREPRISE})),
    Entree("Mes offres", "recrutement:mes_offres", "megaphone", frozenset({Role.ENTREPRISE})),
    Entree("Mes contrats", "suivi:mes_contrats", "signature", frozenset({Role.ENTREPRISE})),
    Entree("Aides", "recrutement:mes_aides", "hand-coins", frozenset({Role.ENTREPRISE})),
    Entree("Contrats", "recrutement:contrats", "signature", FACILITATEURS),
    Entree("Heures", "suivi:declarations", "clock", FACILITATEURS),
    Entree("Alertes", "suivi:alertes", "trending-up", FACILITATEURS),
    Entree("Pénalités", "suivi:penalites", "gavel", FACILITATEURS | {Role.MAITRE_OUVRAGE, Role.ENTREPRISE}),
    Entree("Attestations", "suivi:attestations", "file-check", FACILITATEURS | {Role.MAITRE_OUVRAGE, Role.ENTREPRISE}),
    Entree("Repérage", "suivi:reperage", "map", FACILITATEURS),
    Entree("Suivi après contrat", "suivi:points", "route", FACILITATEURS),
    Entree("L'année en chiffres", "reporting:annee", "chart-no-axes-combined", FACILITATEURS),
    Entree("Bilans", "reporting:bilans", "chart-column", FACILITATEURS | {Role.FINANCEUR, Role.RESEAU}),
    Entree("Règles d'éligibilité", "beneficiaires:regles", "list-checks", FACILITATEURS),
    Entree("Modèles de clause", "marches:modeles_clause", "file-pen", FACILITATEURS),
    Entree("Corps de métier", "marches:corps_metiers", "calculator", FACILITATEURS),
    Entree("Aides à l'embauche", "recrutement:aides", "hand-coins", FACILITATEURS),
    Entree("Partenaires", "comptes:partenaires", "handshake", FACILITATEURS),
    Entree("Territoire", "territoires:territoire", "map-pin", FACILITATEURS),
    Entree("Listes de personnes", "reprise:listes", "user-plus", FACILITATEURS_QUI_ECRIVENT | {Role.PRESCRIPTEUR}),
    Entree("Reprendre un classeur", "reprise:importer", "file-up", FACILITATEURS_QUI_ECRIVENT),
    Entree("Organisations", "comptes:organisations", "network", frozenset({Role.ADMINISTRATEUR})),
    Entree("Courriels", "comptes:courriels", "mail", FACILITATEURS),
    Entree("Documents", "documents", "file-text"),
)
COMPTE = (
    Entree("Mon compte", "comptes:mon_compte", "circle-user"),
    Entree("Sécurité de la connexion", "mfa_index", "shield-check"),
    Entree("Changer de mot de passe", "account_change_password", "key-round"),
    Entree("Équipe et invitations", "comptes:membres", "user-plus"),
    Entree("Qui peut quoi", "comptes:qui_peut_quoi", "list-checks"),
)


def liens(entrees: Iterable[Entree], role: Role | None, chemin: str) -> Iterator[Lien]:
    """Les entrées ouvertes à ce rôle ; celle qui contient la page demandée est marquée."""
    for entree in entrees:
        if role not in entree.roles and entree.roles is not TOUS:
            continue
        try:
            url = reverse(entree.nom_url)
        except NoReverseMatch:
            continue
        exacte = chemin == url
        yield Lien(entree.libelle, url, entree.icone, exacte or (url != "/" and chemin.startswith(url)), exacte)
