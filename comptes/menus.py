"""Le menu de chacun, selon son rôle. Une entrée dont la page n'est pas installée est passée."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from comptes.enums import ADMINISTRATEURS, FACILITATEURS, FACILITATEURS_QUI_ECRIVENT, RESPONSABLES, Role

TOUS = frozenset(Role)
RACINE = "accueil"


@dataclass(frozen=True, slots=True)
class Entree:
    """Une entrée : son libellé, le nom de son URL, son icône (Lucide), les rôles qui la voient, d'autres mots qui y mènent."""

    libelle: str
    nom_url: str
    icone: str
    roles: frozenset[str] = TOUS
    mots: str = ""


@dataclass(frozen=True, slots=True)
class Rubrique:
    """Un groupe d'entrées, son titre et son icône. Les rôles de `depliee` le voient à déplier, les autres à plat."""

    titre: str
    entrees: tuple[Entree, ...]
    icone: str = ""
    depliee: frozenset[str] = FACILITATEURS


@dataclass(frozen=True, slots=True)
class Lien:
    libelle: str
    url: str
    icone: str
    courante: bool
    exacte: bool


@dataclass(frozen=True, slots=True)
class Groupe:
    """Des liens qui se suivent dans le menu ; sous un titre, ils se déplient, ouverts quand on est chez l'un d'eux."""

    liens: tuple[Lien, ...]
    titre: str = ""
    icone: str = ""

    @property
    def ouvert(self) -> bool:
        return any(lien.courante for lien in self.liens)


ACHETEURS, ENTREPRISES, PRESCRIPTEURS = (
    frozenset({role}) for role in (Role.MAITRE_OUVRAGE, Role.ENTREPRISE, Role.PRESCRIPTEUR)
)

RESEAUX = frozenset({Role.RESEAU})
# Les parties d'un marché, qui lisent ce qui leur est remis.
PARTIES = ACHETEURS | ENTREPRISES

MES_CONTRATS = Entree("Mes contrats", "suivi:mes_contrats", "signature", ENTREPRISES)
# Les rubriques suivent le métier : les donneurs d'ordre, les entreprises, les publics, puis ce qu'on en rend.
PRINCIPAL = (
    Rubrique(
        "",
        (
            Entree("Accueil", RACINE, "house", TOUS - ENTREPRISES),
            Entree("Mon espace", "suivi:espace_entreprise", "house", ENTREPRISES),
            Entree("Agenda", "comptes:agenda", "calendar-days", FACILITATEURS | ACHETEURS),
        ),
    ),
    Rubrique(
        "Donneurs d'ordre",
        (
            Entree("Projets d'achat", "marches:projets", "lightbulb", FACILITATEURS | ACHETEURS),
            Entree("Marchés", "marches:liste", "clipboard-list", FACILITATEURS | ACHETEURS),
            Entree("Marchés publics", "decp:avis_liste", "telescope", FACILITATEURS),
            Entree("Opérations", "marches:operations", "layers", FACILITATEURS),
            Entree("Maîtres d'ouvrage", "marches:maitres_ouvrage", "landmark", FACILITATEURS),
            Entree("Diversification", "marches:diversification", "chart-pie", FACILITATEURS),
        ),
        "landmark",
    ),
    Rubrique(
        "Entreprises",
        (
            Entree("Entreprises", "entreprises:liste", "building-2", FACILITATEURS),
            Entree("Mes engagements", "marches:mes_engagements", "clipboard-list", ENTREPRISES),
            Entree("Mes heures", "suivi:mes_declarations", "clock", ENTREPRISES),
            Entree("Mes offres", "recrutement:mes_offres", "megaphone", ENTREPRISES),
            MES_CONTRATS,
            Entree("Heures", "suivi:declarations", "clock", FACILITATEURS),
            Entree("Alertes", "suivi:alertes", "trending-up", FACILITATEURS),
            Entree("Pénalités", "suivi:penalites", "gavel", FACILITATEURS),
            Entree("Attestations", "suivi:attestations", "file-check", FACILITATEURS),
        ),
        "building-2",
    ),
    Rubrique(
        "Publics",
        (
            Entree("Bénéficiaires", "beneficiaires:liste", "users", FACILITATEURS),
            Entree("Mes personnes", "recrutement:mes_personnes", "users", PRESCRIPTEURS),
            Entree("Offres", "recrutement:offres", "megaphone", FACILITATEURS),
            Entree("Contrats", "recrutement:contrats", "signature", FACILITATEURS),
            Entree("Suivi après contrat", "suivi:points", "route", FACILITATEURS),
            Entree("Repérage", "suivi:reperage", "map", FACILITATEURS),
            Entree("Listes de personnes", "reprise:listes", "user-plus", FACILITATEURS_QUI_ECRIVENT | PRESCRIPTEURS),
        ),
        "users",
    ),
    Rubrique(
        "Bilans",
        (
            Entree("L'année en chiffres", "reporting:annee", "chart-no-axes-combined", FACILITATEURS),
            Entree("Mes marchés en chiffres", "reporting:mes_chiffres", "chart-no-axes-combined", ACHETEURS),
            Entree("Le réseau en chiffres", "reporting:reseau", "chart-no-axes-combined", RESEAUX),
            Entree("Extrait national", "reporting:reseau_extrait", "download", RESEAUX),
            Entree("Les paramètres du réseau", "reporting:reseau_parametres", "calculator", RESEAUX),
            Entree("Les modèles du réseau", "marches:modeles_clause", "file-pen", RESEAUX),
            Entree(
                "Bilans",
                "reporting:bilans",
                "chart-column",
                FACILITATEURS | ACHETEURS | {Role.FINANCEUR, Role.RESEAU},
            ),
            Entree("Documents", "documents", "file-text", TOUS - PARTIES),
        ),
        "chart-column",
    ),
    Rubrique(
        "Pièces et suites",
        (
            Entree("Aides", "recrutement:mes_aides", "hand-coins", ENTREPRISES),
            Entree("Pénalités", "suivi:penalites", "gavel", PARTIES),
            Entree("Attestations", "suivi:attestations", "file-check", PARTIES),
            Entree("Documents", "documents", "file-text", PARTIES),
        ),
        "file-text",
        PARTIES,
    ),
    Rubrique(
        "Réglages et outils",
        (
            Entree("Premiers pas", "comptes:premiers_pas", "footprints", FACILITATEURS_QUI_ECRIVENT),
            Entree("Règles d'éligibilité", "beneficiaires:regles", "list-checks", FACILITATEURS),
            Entree("Modèles de clause", "marches:modeles_clause", "file-pen", FACILITATEURS),
            Entree("Corps de métier", "marches:corps_metiers", "calculator", FACILITATEURS),
            Entree("Aides à l'embauche", "recrutement:aides", "hand-coins", FACILITATEURS),
            Entree("Noms de métiers", "metiers:noms", "hard-hat", FACILITATEURS),
            Entree("Partenaires", "comptes:partenaires", "handshake", FACILITATEURS),
            Entree("Territoire", "territoires:territoire", "map-pin", FACILITATEURS),
            Entree("Courriels", "comptes:courriels", "mail", FACILITATEURS),
            Entree("Reprendre un classeur", "reprise:importer", "file-up", FACILITATEURS_QUI_ECRIVENT),
        ),
        "settings",
    ),
    Rubrique(
        "Le service",
        (
            Entree("État du service", "exploitation:etat", "activity", ADMINISTRATEURS),
            Entree("Travaux périodiques", "exploitation:travaux", "calendar-clock", ADMINISTRATEURS),
            Entree("Courriels du service", "exploitation:courriels", "mail", ADMINISTRATEURS),
            Entree("Documents du service", "exploitation:documents", "file-cog", ADMINISTRATEURS),
            Entree("Données et place", "exploitation:donnees", "hard-drive", ADMINISTRATEURS),
        ),
        "activity",
        ADMINISTRATEURS,
    ),
    Rubrique(
        "Accès",
        (
            Entree("Organisations", "comptes:organisations", "network", ADMINISTRATEURS),
            Entree("Comptes", "comptes:comptes", "users", ADMINISTRATEURS),
            Entree("Invitations", "comptes:invitations", "mail-plus", ADMINISTRATEURS),
        ),
        "network",
        ADMINISTRATEURS,
    ),
)
COMPTE = (
    Entree("Mon compte", "comptes:mon_compte", "circle-user"),
    Entree("Sécurité de la connexion", "mfa_index", "shield-check"),
    Entree("Changer de mot de passe", "account_change_password", "key-round"),
    Entree("Équipe et invitations", "comptes:membres", "user-plus"),
    Entree("Qui peut quoi", "comptes:qui_peut_quoi", "list-checks"),
    Entree("Aide et visite guidée", "comptes:aide", "book-open", mots="guide mode d'emploi glossaire comment faire"),
)

# Ce que l'on commence sans passer par une liste : « Rechercher » les propose.
GESTES = (
    Entree("Nouveau marché", "marches:nouveau", "plus", FACILITATEURS_QUI_ECRIVENT, "creer ajouter contrat clause"),
    Entree(
        "Nouveau projet d'achat",
        "marches:projet_nouveau",
        "plus",
        FACILITATEURS_QUI_ECRIVENT | ACHETEURS,
        "creer preparer achat etude clause",
    ),
    Entree("Nouvelle entreprise", "entreprises:nouvelle", "plus", FACILITATEURS_QUI_ECRIVENT, "creer ajouter siret"),
    Entree(
        "Nouveau maître d'ouvrage",
        "marches:maitre_ouvrage_nouveau",
        "plus",
        FACILITATEURS_QUI_ECRIVENT,
        "creer ajouter acheteur donneur d'ordre",
    ),
    Entree("Nouvelle opération", "marches:operation_nouvelle", "plus", FACILITATEURS_QUI_ECRIVENT, "creer npnru"),
    Entree(
        "Nouveau dossier",
        "beneficiaires:nouveau",
        "plus",
        FACILITATEURS_QUI_ECRIVENT,
        "creer ajouter personne beneficiaire candidat",
    ),
    Entree("Ajouter une personne", "recrutement:personne_nouvelle", "plus", PRESCRIPTEURS, "nouveau candidat orienter"),
    Entree("Dire un besoin", "recrutement:besoin_nouveau", "plus", ENTREPRISES, "nouvelle offre poste recruter"),
    Entree("Préparer un bilan", "reporting:preparer", "plus", FACILITATEURS_QUI_ECRIVENT, "nouveau rapport financeur"),
    Entree("Valider des heures", "suivi:a_valider", "check", FACILITATEURS, "mois declarations saisir"),
    Entree(
        "Inviter un partenaire",
        "comptes:partenaire_creer",
        "plus",
        RESPONSABLES,
        "nouveau prescripteur compte",
    ),
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


def menu_de(role: Role | None, chemin: str) -> list[Groupe]:
    """Le menu, court : sept lignes au plus, entrées ou groupes à déplier. Un groupe d'une entrée est cette entrée."""
    groupes: list[Groupe] = []
    for rubrique in PRINCIPAL:
        siens = tuple(liens(rubrique.entrees, role, chemin))
        if rubrique.titre and role in rubrique.depliee and len(siens) > 1:
            groupes.append(Groupe(siens, rubrique.titre, rubrique.icone))
        elif groupes and not groupes[-1].titre:
            groupes[-1] = Groupe((*groupes[-1].liens, *siens))
        elif siens:
            groupes.append(Groupe(siens))
    return groupes
