"""Qui ouvre quoi : une ligne par URL. Ajouter une vue, c'est ajouter une ligne ici, rôle par rôle, à la main.

- `page` : un GET ; `formulaire` : un GET et un POST ; `verbe` : un POST, jamais un GET.
- `acces` : les rôles qui réussissent sur un objet à eux. `hors_portee` : ceux qui entrent mais ne voient pas cet objet (404).
  `refuses` : ceux qui le voient mais n'ont pas droit au geste (403). Tous les autres : 403 dès la porte.
- L'objet de l'autre structure est introuvable (404) pour tous ceux qui entrent, sauf les rôles de `partout`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from comptes.enums import ADMINISTRATEURS, FACILITATEURS, FACILITATEURS_QUI_ECRIVENT, RESPONSABLES, Role
from tests.gestes.marches import modele_propose
from tests.monde import Cote

TOUS = frozenset(Role)
PARTENAIRES = TOUS - FACILITATEURS - ADMINISTRATEURS
LECTURE_SEULE = frozenset({Role.LECTURE})
QUI_ECRIVENT = FACILITATEURS_QUI_ECRIVENT
ENTREPRISES, ACHETEURS = frozenset({Role.ENTREPRISE}), frozenset({Role.MAITRE_OUVRAGE})
PRESCRIPTEURS = frozenset({Role.PRESCRIPTEUR})
FINANCEURS = frozenset({Role.FINANCEUR, Role.RESEAU})
RESEAUX = frozenset({Role.RESEAU})
LECTEURS_DE_BILANS = FACILITATEURS | FINANCEURS | ACHETEURS
AUCUN: frozenset[Role] = frozenset()


@dataclass(frozen=True)
class Ligne:
    """Ce qu'une URL répond à chacun. `objet` rend les arguments de l'URL, d'un côté ou de l'autre."""

    nom: str
    acces: frozenset[Role]
    objet: Callable[[Cote], list] | None = None
    get: int = 200
    post: int = 405
    donnees: Callable[[Cote], dict] = lambda cote: {}
    requete: str = ""
    hors_portee: frozenset[Role] = AUCUN
    refuses: frozenset[Role] = AUCUN
    partout: frozenset[Role] = AUCUN
    selon: Mapping[Role, int] = field(default_factory=dict)  # un succès autre, pour ces rôles
    inconnu: int = 403
    anonyme: int = 302
    externe: bool = False

    @property
    def entrent(self) -> frozenset[Role]:
        return self.acces | self.hors_portee | self.refuses


def page(nom: str, acces: frozenset[Role], objet=None, **options) -> Ligne:
    return Ligne(nom, acces, objet, **options)


def formulaire(nom: str, acces: frozenset[Role], objet=None, **options) -> Ligne:
    """Renvoyé vide, un formulaire se remontre avec ses erreurs (200) ; s'il n'exige rien, il s'enregistre (302)."""
    return Ligne(nom, acces, objet, **{"post": 200, **options})


def verbe(nom: str, acces: frozenset[Role], objet=None, **options) -> Ligne:
    return Ligne(nom, acces, objet, **{"get": 405, "post": 302, **options})


def publique(nom: str, objet=None, **options) -> Ligne:
    return Ligne(nom, TOUS, objet, **{"inconnu": 200, "anonyme": 200, **options})


def compte(nom: str, *, anonyme: int, connecte: int, objet=None) -> Ligne:
    """Une page d'allauth : la même pour tous les rôles."""
    return Ligne(nom, TOUS, objet, get=connecte, post=0, inconnu=connecte, anonyme=anonyme, externe=True)


def _un_compte(cote: Cote) -> list:
    return [cote.personnes[Role.EDITION].uuid]


def _un_modele_propose(cote: Cote) -> list:
    """D'une voisine du réseau, qui n'est pas du monde ; `test_requetes` lit la matrice sans monde."""
    return [modele_propose(cote).uuid if isinstance(cote, Cote) else cote.uuid]


MATRICE = [
    # --- Socle ---------------------------------------------------------------------------------------------------
    page("accueil", TOUS, selon=dict.fromkeys(ENTREPRISES | ACHETEURS | PRESCRIPTEURS, 302)),
    publique("sante", post=200),
    publique("sante_vie"),
    # Sans jeton réglé, elle n'existe pour personne : tests/socle/test_metriques.py.
    publique("metriques", get=404, post=404, inconnu=404, anonyme=404),
    publique("accessibilite"),
    publique("mentions_legales"),
    page("trouver", TOUS, post=200, donnees=lambda c: {"cherche": c.marque}),
    page("documents", TOUS),
    page("document", FACILITATEURS, lambda c: [c.document.uuid], hors_portee=TOUS - FACILITATEURS),
    page("document_fichier", FACILITATEURS, lambda c: [c.document.uuid], hors_portee=TOUS - FACILITATEURS),
    verbe("document_relancer", FACILITATEURS, lambda c: [c.document.uuid], hors_portee=TOUS - FACILITATEURS),
    verbe("colonnes", TOUS, donnees=lambda c: {"chemin": "/documents/", "colonne": "État"}),
    verbe("vue_enregistrer", TOUS, donnees=lambda c: {"chemin": "/documents/", "requete": "etat=pret", "nom": "Prêts"}),
    verbe("vue_retirer", RESPONSABLES, lambda c: [c.vue.uuid], hors_portee=TOUS - RESPONSABLES),
    # --- Compte (allauth) ----------------------------------------------------------------------------------------
    compte("account_login", anonyme=200, connecte=302),
    compte("account_logout", anonyme=302, connecte=200),
    compte("account_inactive", anonyme=200, connecte=200),
    compte("account_signup", anonyme=200, connecte=302),
    compte("account_reauthenticate", anonyme=302, connecte=200),
    compte("account_change_password", anonyme=302, connecte=200),
    compte("account_set_password", anonyme=302, connecte=302),
    compte("account_reset_password", anonyme=200, connecte=200),
    compte("account_reset_password_done", anonyme=200, connecte=200),
    compte("account_reset_password_from_key", anonyme=200, connecte=200, objet=lambda c: ["zzzzz", "faux-jeton"]),
    compte("account_reset_password_from_key_done", anonyme=200, connecte=200),
    compte("mfa_index", anonyme=302, connecte=200),
    compte("mfa_authenticate", anonyme=302, connecte=302),
    compte("mfa_reauthenticate", anonyme=302, connecte=302),
    compte("mfa_activate_totp", anonyme=302, connecte=302),
    compte("mfa_deactivate_totp", anonyme=302, connecte=404),
    compte("mfa_view_recovery_codes", anonyme=302, connecte=404),
    compte("mfa_generate_recovery_codes", anonyme=302, connecte=302),
    compte("mfa_download_recovery_codes", anonyme=302, connecte=404),
    compte("mfa_list_webauthn", anonyme=302, connecte=200),
    compte("mfa_add_webauthn", anonyme=302, connecte=302),
    compte("mfa_reauthenticate_webauthn", anonyme=302, connecte=302),
    compte("mfa_login_webauthn", anonyme=302, connecte=302),
    compte("mfa_remove_webauthn", anonyme=302, connecte=302, objet=lambda c: [1]),
    compte("mfa_edit_webauthn", anonyme=302, connecte=302, objet=lambda c: [1]),
    compte("usersessions_list", anonyme=302, connecte=200),
    # --- Comptes -------------------------------------------------------------------------------------------------
    publique("comptes:invitation", lambda c: [f"jeton-{c.structure.slug.removeprefix('maison-emploi-')}"], post=200),
    formulaire("comptes:mon_compte", TOUS, inconnu=200),
    verbe(
        "comptes:changer_organisation",
        FACILITATEURS,
        donnees=lambda c: {"organisation": str(c.structure.uuid)},
        hors_portee=TOUS - FACILITATEURS,
    ),
    page("comptes:courriel", FACILITATEURS, lambda c: [c.courriel.uuid]),
    page("comptes:courriel_confirmer_renvoi", QUI_ECRIVENT, lambda c: [c.courriel.uuid]),
    verbe("comptes:courriel_renvoyer", QUI_ECRIVENT, lambda c: [c.courriel.uuid]),
    page("comptes:courriels", FACILITATEURS, post=302),
    page("comptes:qui_peut_quoi", TOUS, inconnu=200),
    publique("comptes:aide"),
    publique("comptes:aide_guide", lambda c: ["glossaire"], partout=TOUS),
    publique("comptes:aide_chapitre", lambda c: ["glossaire", "personnes"], partout=TOUS),
    verbe("comptes:visiter", TOUS),
    verbe("comptes:visite_quitter", TOUS),
    page("comptes:membres", TOUS),
    page("comptes:partenaires", FACILITATEURS),
    formulaire("comptes:partenaire_creer", RESPONSABLES),
    *(page(f"exploitation:{nom}", ADMINISTRATEURS) for nom in ("etat", "travailleurs", "travaux", "donnees")),
    *(page(f"exploitation:{nom}", ADMINISTRATEURS) for nom in ("courriels", "documents")),
    verbe("exploitation:travail_lancer", ADMINISTRATEURS, donnees=lambda c: {"travail": "sessions-expirées"}),
    verbe("exploitation:courriels_relancer", ADMINISTRATEURS),
    verbe("exploitation:documents_relancer", ADMINISTRATEURS),
    page("comptes:organisations", ADMINISTRATEURS),
    page("comptes:comptes", ADMINISTRATEURS, post=302),
    page("comptes:invitations", ADMINISTRATEURS, post=302),
    *(
        page(f"comptes:{nom}", ADMINISTRATEURS, _un_compte, partout=ADMINISTRATEURS)
        for nom in ("compte", "compte_confirmer_blocage", "compte_confirmer_second_facteur")
    ),
    *(
        verbe(f"comptes:{nom}", ADMINISTRATEURS, _un_compte, partout=ADMINISTRATEURS)
        for nom in ("compte_bloquer", "compte_rouvrir", "compte_fermer_sessions", "compte_oter_second_facteur")
    ),
    formulaire("comptes:organisation_creer", ADMINISTRATEURS),
    page(
        "comptes:organisation",
        FACILITATEURS | ADMINISTRATEURS,
        lambda c: [c.structure.uuid],
        hors_portee=PARTENAIRES,
        partout=ADMINISTRATEURS,
    ),
    formulaire(
        "comptes:organisation_modifier",
        RESPONSABLES | ADMINISTRATEURS,
        lambda c: [c.structure.uuid],
        partout=ADMINISTRATEURS,
    ),
    formulaire(
        "comptes:organisation_relier",
        ADMINISTRATEURS,
        lambda c: [c.organisations[Role.FINANCEUR].uuid],
        partout=ADMINISTRATEURS,
    ),
    page(
        "comptes:organisation_confirmer_archivage",
        ADMINISTRATEURS,
        lambda c: [c.structure.uuid],
        partout=ADMINISTRATEURS,
    ),
    verbe("comptes:organisation_archiver", ADMINISTRATEURS, lambda c: [c.structure.uuid], partout=ADMINISTRATEURS),
    verbe("comptes:organisation_reactiver", ADMINISTRATEURS, lambda c: [c.structure.uuid], partout=ADMINISTRATEURS),
    formulaire(
        "comptes:inviter",
        RESPONSABLES | ADMINISTRATEURS,
        lambda c: [c.structure.uuid],
        hors_portee=PARTENAIRES,
        refuses=FACILITATEURS - RESPONSABLES,
        partout=ADMINISTRATEURS,
    ),
    verbe(
        "comptes:invitation_renvoyer",
        RESPONSABLES | ADMINISTRATEURS,
        lambda c: [c.invitation.uuid],
        hors_portee=PARTENAIRES,
        refuses=FACILITATEURS - RESPONSABLES,
        partout=ADMINISTRATEURS,
    ),
    verbe(
        "comptes:invitation_revoquer",
        RESPONSABLES | ADMINISTRATEURS,
        lambda c: [c.invitation.uuid],
        hors_portee=PARTENAIRES,
        refuses=FACILITATEURS - RESPONSABLES,
        partout=ADMINISTRATEURS,
    ),
    verbe(
        "comptes:adhesion_role",
        RESPONSABLES | ADMINISTRATEURS,
        lambda c: [c.adhesion.uuid],
        donnees=lambda c: {"role": Role.LECTURE},
        partout=ADMINISTRATEURS,
    ),
    verbe(
        "comptes:adhesion_confirmer",
        ADMINISTRATEURS,
        lambda c: [c.adhesion.uuid],
        hors_portee=ENTREPRISES | ACHETEURS,
        partout=ADMINISTRATEURS,
    ),
    page(
        "comptes:adhesion_confirmer_retrait",
        FACILITATEURS | ADMINISTRATEURS,
        lambda c: [c.adhesion.uuid],
        hors_portee=PARTENAIRES,
        partout=ADMINISTRATEURS,
    ),
    verbe(
        "comptes:adhesion_retirer",
        QUI_ECRIVENT | ADMINISTRATEURS,  # « edition » part de lui-même
        lambda c: [c.adhesion.uuid],
        hors_portee=PARTENAIRES,
        refuses=LECTURE_SEULE,
        partout=ADMINISTRATEURS,
    ),
    page("comptes:premiers_pas", QUI_ECRIVENT),
    verbe("comptes:pas_passer", RESPONSABLES, lambda c: ["equipe"], partout=RESPONSABLES),
    verbe("comptes:pas_reprendre", RESPONSABLES, lambda c: ["equipe"], partout=RESPONSABLES),
    formulaire("comptes:logo", RESPONSABLES),
    verbe("comptes:logo_retirer", RESPONSABLES),
    page("comptes:logo_image", FACILITATEURS, get=404),
    # --- Territoires ---------------------------------------------------------------------------------------------
    page("territoires:territoire", FACILITATEURS),
    page("territoires:quartiers", FACILITATEURS),
    formulaire("territoires:definir", RESPONSABLES),
    formulaire("territoires:definir_pour", ADMINISTRATEURS, lambda c: [c.structure.uuid], partout=ADMINISTRATEURS),
    formulaire("territoires:quartiers_charger", RESPONSABLES | ADMINISTRATEURS),
    page("territoires:communes_suggestions", TOUS, requete="q=cherbourg"),
    page("territoires:epci_suggestions", TOUS, requete="q=cotentin"),
    # --- Entreprises ---------------------------------------------------------------------------------------------
    page("entreprises:liste", FACILITATEURS),
    formulaire("entreprises:nouvelle", QUI_ECRIVENT),
    formulaire("entreprises:fusion_choix", QUI_ECRIVENT, lambda c: [c.entreprise.uuid]),
    formulaire("entreprises:fusion", QUI_ECRIVENT, lambda c: [c.entreprise.uuid, c.entreprise_double.uuid], post=302),
    page("entreprises:fiche", FACILITATEURS, lambda c: [c.entreprise.uuid]),
    formulaire("entreprises:modifier", QUI_ECRIVENT, lambda c: [c.entreprise.uuid]),
    verbe("entreprises:archiver", QUI_ECRIVENT, lambda c: [c.entreprise.uuid]),
    verbe("entreprises:desarchiver", QUI_ECRIVENT, lambda c: [c.entreprise.uuid]),
    formulaire("entreprises:compte_inviter", RESPONSABLES, lambda c: [c.entreprise.uuid]),
    formulaire("entreprises:compte_relier", RESPONSABLES, lambda c: [c.entreprise.uuid]),
    page(
        "entreprises:compte_confirmer_rupture",
        RESPONSABLES | ADMINISTRATEURS,
        lambda c: [c.entreprise.uuid],
        partout=ADMINISTRATEURS,
    ),
    verbe(
        "entreprises:compte_rompre",
        RESPONSABLES | ADMINISTRATEURS,
        lambda c: [c.entreprise.uuid],
        partout=ADMINISTRATEURS,
    ),
    formulaire("entreprises:contact_nouveau", QUI_ECRIVENT, lambda c: [c.entreprise.uuid]),
    formulaire("entreprises:contact_modifier", QUI_ECRIVENT, lambda c: [c.contact.uuid]),
    verbe("entreprises:contact_archiver", QUI_ECRIVENT, lambda c: [c.contact.uuid]),
    verbe("entreprises:contact_desarchiver", QUI_ECRIVENT, lambda c: [c.contact.uuid]),
    # --- Marchés -------------------------------------------------------------------------------------------------
    page("marches:liste", FACILITATEURS | ACHETEURS),
    formulaire("marches:nouveau", QUI_ECRIVENT),
    page("marches:fiche", FACILITATEURS | ACHETEURS, lambda c: [c.marche.uuid]),
    formulaire("marches:modifier", QUI_ECRIVENT, lambda c: [c.marche.uuid]),
    verbe("marches:statut", QUI_ECRIVENT, lambda c: [c.marche.uuid, "suspendre"]),
    verbe("marches:marche_archiver", QUI_ECRIVENT, lambda c: [c.marche.uuid]),
    verbe("marches:marche_desarchiver", QUI_ECRIVENT, lambda c: [c.marche.uuid]),
    formulaire("marches:lot_nouveau", QUI_ECRIVENT, lambda c: [c.marche.uuid]),
    formulaire("marches:lot_modifier", QUI_ECRIVENT, lambda c: [c.lot.uuid]),
    verbe("marches:lot_archiver", QUI_ECRIVENT, lambda c: [c.lot_libre.uuid]),
    verbe("marches:lot_desarchiver", QUI_ECRIVENT, lambda c: [c.lot_libre.uuid]),
    formulaire("marches:engagement_nouveau", QUI_ECRIVENT, lambda c: [c.lot_libre.uuid]),
    page("marches:mes_engagements", ENTREPRISES),
    page("marches:mon_engagement", ENTREPRISES, lambda c: [c.engagement.uuid]),
    page(
        "marches:engagement",
        FACILITATEURS | ENTREPRISES,
        lambda c: [c.engagement.uuid],
        selon={Role.ENTREPRISE: 302},
    ),
    formulaire("marches:engagement_modifier", QUI_ECRIVENT, lambda c: [c.engagement.uuid]),
    verbe("marches:engagement_archiver", QUI_ECRIVENT, lambda c: [c.cotraitance.uuid]),
    verbe("marches:engagement_desarchiver", QUI_ECRIVENT, lambda c: [c.cotraitance.uuid]),
    formulaire("marches:avenant_nouveau", QUI_ECRIVENT, lambda c: [c.engagement.uuid]),
    formulaire("marches:arreter", QUI_ECRIVENT, lambda c: [c.marche.uuid, "suspendre"]),
    page("marches:lot", FACILITATEURS, lambda c: [c.lot.uuid]),
    formulaire("marches:tranche_nouvelle", QUI_ECRIVENT, lambda c: [c.lot.uuid]),
    formulaire("marches:tranche_affermir", QUI_ECRIVENT, lambda c: [c.tranche.uuid]),
    formulaire("marches:commande_nouvelle", QUI_ECRIVENT, lambda c: [c.engagement.uuid]),
    verbe("marches:commande_annuler", QUI_ECRIVENT, lambda c: [c.commande.uuid]),
    page("marches:redaction", FACILITATEURS, lambda c: [c.marche.uuid]),
    formulaire("marches:produire", QUI_ECRIVENT, lambda c: [c.marche.uuid]),
    formulaire("marches:publics", QUI_ECRIVENT, lambda c: [c.marche.uuid]),
    page("marches:redaction_texte", FACILITATEURS | ACHETEURS, lambda c: [c.redaction.uuid]),
    page("marches:redaction_docx", FACILITATEURS | ACHETEURS, lambda c: [c.redaction.uuid]),
    page("marches:modeles_clause", FACILITATEURS | RESEAUX),
    page("marches:modele_propose", FACILITATEURS | RESEAUX, _un_modele_propose),
    verbe("marches:modele_adopter", QUI_ECRIVENT, _un_modele_propose),
    verbe("marches:modele_proposer", QUI_ECRIVENT, lambda c: ["rc"], partout=QUI_ECRIVENT),
    verbe("marches:modele_garder", QUI_ECRIVENT, lambda c: ["rc"], partout=QUI_ECRIVENT),
    formulaire("marches:reglages_clause", QUI_ECRIVENT),
    formulaire("marches:modele_clause", QUI_ECRIVENT, lambda c: ["rc"], partout=QUI_ECRIVENT),
    verbe("marches:modele_national", QUI_ECRIVENT, lambda c: ["rc"], partout=QUI_ECRIVENT),
    page("marches:diversification", FACILITATEURS),
    formulaire("beneficiaires:recherche", QUI_ECRIVENT, lambda c: [c.beneficiaire.uuid], post=302),
    page("comptes:agenda", FACILITATEURS | ACHETEURS),
    verbe("comptes:agenda_abonner", FACILITATEURS | ACHETEURS, post=200),
    verbe("comptes:agenda_revoquer", FACILITATEURS | ACHETEURS),
    publique("comptes:agenda_ics", lambda c: [f"agenda-{c.marque}"]),
    page("marches:projet_suivi", FACILITATEURS | ACHETEURS, lambda c: [c.projet.uuid]),
    page("marches:marche_suivi", FACILITATEURS | ACHETEURS, lambda c: [c.marche.uuid]),
    formulaire("marches:projet_note", QUI_ECRIVENT | ACHETEURS, lambda c: [c.projet.uuid]),
    formulaire("marches:marche_note", QUI_ECRIVENT, lambda c: [c.marche.uuid], refuses=ACHETEURS),
    formulaire("marches:projet_piece", QUI_ECRIVENT | ACHETEURS, lambda c: [c.projet.uuid]),
    formulaire("marches:marche_piece", QUI_ECRIVENT, lambda c: [c.marche.uuid], refuses=ACHETEURS),
    verbe("marches:projet_retroplanning", QUI_ECRIVENT, lambda c: [c.projet.uuid]),
    verbe("marches:marche_retroplanning", QUI_ECRIVENT, lambda c: [c.marche.uuid]),
    verbe("marches:jalon_cocher", QUI_ECRIVENT, lambda c: [c.jalon.uuid]),
    formulaire("marches:jalon_deplacer", QUI_ECRIVENT, lambda c: [c.jalon.uuid]),
    verbe("marches:note_cocher", QUI_ECRIVENT, lambda c: [c.note.uuid]),
    page("marches:piece", FACILITATEURS | ACHETEURS, lambda c: [c.piece.uuid]),
    verbe("marches:piece_montrer", QUI_ECRIVENT, lambda c: [c.piece.uuid]),
    verbe("marches:piece_retirer", QUI_ECRIVENT, lambda c: [c.piece.uuid], refuses=ACHETEURS),
    page("marches:espace_acheteur", ACHETEURS),
    page("marches:projets", FACILITATEURS | ACHETEURS),
    page("marches:projets_tableau", FACILITATEURS | ACHETEURS),
    formulaire("marches:projet_nouveau", QUI_ECRIVENT | ACHETEURS),
    page("marches:projet", FACILITATEURS | ACHETEURS, lambda c: [c.projet.uuid]),
    formulaire("marches:projet_modifier", QUI_ECRIVENT | ACHETEURS, lambda c: [c.projet.uuid]),
    verbe("marches:projet_statut", QUI_ECRIVENT, lambda c: [c.projet.uuid, "etudier"], refuses=ACHETEURS),
    formulaire("marches:projet_ecarter", QUI_ECRIVENT, lambda c: [c.projet.uuid], refuses=ACHETEURS),
    formulaire("marches:projet_derogation", QUI_ECRIVENT, lambda c: [c.projet.uuid], post=302),
    formulaire("marches:projet_transformer", QUI_ECRIVENT, lambda c: [c.projet.uuid]),
    verbe("marches:projet_archiver", QUI_ECRIVENT, lambda c: [c.projet.uuid]),
    verbe("marches:projet_desarchiver", QUI_ECRIVENT, lambda c: [c.projet.uuid]),
    formulaire("marches:projet_scenario_nouveau", QUI_ECRIVENT, lambda c: [c.projet.uuid, "mo_taux_cout"]),
    formulaire("marches:lot_scenario_nouveau", QUI_ECRIVENT, lambda c: [c.lot.uuid, "forfait"]),
    verbe("marches:scenario_retenir", QUI_ECRIVENT, lambda c: [c.scenario.uuid]),
    verbe("marches:scenario_retirer", QUI_ECRIVENT, lambda c: [c.scenario.uuid]),
    page("marches:corps_metiers", FACILITATEURS),
    formulaire("marches:corps_metier_nouveau", QUI_ECRIVENT),
    formulaire("marches:corps_metier_modifier", QUI_ECRIVENT, lambda c: [c.corps_metier.uuid]),
    verbe("marches:corps_metiers_installer", QUI_ECRIVENT),
    verbe("marches:corps_metier_archiver", QUI_ECRIVENT, lambda c: [c.corps_metier.uuid]),
    verbe("marches:corps_metier_desarchiver", QUI_ECRIVENT, lambda c: [c.corps_metier.uuid]),
    page("marches:maitres_ouvrage", FACILITATEURS),
    formulaire("marches:maitre_ouvrage_nouveau", QUI_ECRIVENT),
    page("marches:maitre_ouvrage", FACILITATEURS, lambda c: [c.maitre_ouvrage.uuid]),
    formulaire("marches:maitre_ouvrage_fusion_choix", QUI_ECRIVENT, lambda c: [c.maitre_ouvrage.uuid]),
    formulaire(
        "marches:maitre_ouvrage_fusion",
        QUI_ECRIVENT,
        lambda c: [c.maitre_ouvrage.uuid, c.maitre_ouvrage_double.uuid],
        post=302,
    ),
    formulaire("marches:maitre_ouvrage_modifier", QUI_ECRIVENT, lambda c: [c.maitre_ouvrage.uuid]),
    formulaire("marches:maitre_ouvrage_compte_inviter", RESPONSABLES, lambda c: [c.maitre_ouvrage.uuid]),
    formulaire("marches:maitre_ouvrage_compte_relier", RESPONSABLES, lambda c: [c.maitre_ouvrage.uuid]),
    page(
        "marches:maitre_ouvrage_compte_confirmer_rupture",
        RESPONSABLES | ADMINISTRATEURS,
        lambda c: [c.maitre_ouvrage.uuid],
        partout=ADMINISTRATEURS,
    ),
    verbe(
        "marches:maitre_ouvrage_compte_rompre",
        RESPONSABLES | ADMINISTRATEURS,
        lambda c: [c.maitre_ouvrage.uuid],
        partout=ADMINISTRATEURS,
    ),
    verbe("marches:maitre_ouvrage_archiver", QUI_ECRIVENT, lambda c: [c.maitre_ouvrage.uuid]),
    verbe("marches:maitre_ouvrage_desarchiver", QUI_ECRIVENT, lambda c: [c.maitre_ouvrage.uuid]),
    page("marches:conventions", FACILITATEURS),
    formulaire("marches:convention_nouvelle", QUI_ECRIVENT),
    page("marches:convention", FACILITATEURS, lambda c: [c.convention.uuid]),
    formulaire("marches:convention_modifier", QUI_ECRIVENT, lambda c: [c.convention.uuid]),
    verbe("marches:convention_archiver", QUI_ECRIVENT, lambda c: [c.convention.uuid]),
    verbe("marches:convention_desarchiver", QUI_ECRIVENT, lambda c: [c.convention.uuid]),
    page("marches:operations", FACILITATEURS),
    formulaire("marches:operation_nouvelle", QUI_ECRIVENT),
    page("marches:operation", FACILITATEURS, lambda c: [c.operation.uuid]),
    formulaire("marches:operation_modifier", QUI_ECRIVENT, lambda c: [c.operation.uuid]),
    verbe("marches:operation_archiver", QUI_ECRIVENT, lambda c: [c.operation.uuid]),
    verbe("marches:operation_desarchiver", QUI_ECRIVENT, lambda c: [c.operation.uuid]),
    # --- Bénéficiaires -------------------------------------------------------------------------------------------
    page("beneficiaires:liste", FACILITATEURS, post=302),
    formulaire("beneficiaires:nouveau", QUI_ECRIVENT),
    page("beneficiaires:fiche", FACILITATEURS, lambda c: [c.beneficiaire.uuid]),
    formulaire("beneficiaires:modifier", QUI_ECRIVENT, lambda c: [c.beneficiaire.uuid]),
    verbe("beneficiaires:archiver", QUI_ECRIVENT, lambda c: [c.beneficiaire.uuid]),
    verbe("beneficiaires:desarchiver", QUI_ECRIVENT, lambda c: [c.beneficiaire.uuid]),
    verbe(
        "beneficiaires:doublons",
        QUI_ECRIVENT | PRESCRIPTEURS,
        post=200,
        donnees=lambda c: {"nom": "Lemaire", "prenom": "Awa"},
    ),
    page("metiers:suggestions", TOUS, requete="q=maçon"),
    page("metiers:noms", FACILITATEURS),
    formulaire("metiers:nom_nouveau", QUI_ECRIVENT),
    formulaire("metiers:preciser", QUI_ECRIVENT, lambda c: [c.metier_libre.pk]),
    verbe("metiers:nom_retirer", QUI_ECRIVENT, lambda c: [c.appellation.uuid]),
    verbe("territoires:adresses_suggestions", TOUS, post=200, requete="champ=adresse"),
    formulaire("beneficiaires:fusion_choix", QUI_ECRIVENT, lambda c: [c.beneficiaire.uuid]),
    formulaire("beneficiaires:fusion", QUI_ECRIVENT, lambda c: [c.beneficiaire.uuid, c.double.uuid], post=302),
    verbe("beneficiaires:distinguer", QUI_ECRIVENT, lambda c: [c.ressemblance.uuid]),
    verbe("comptes:fusion_defaire", QUI_ECRIVENT, lambda c: [c.fusion.uuid]),
    page("beneficiaires:parcours", FACILITATEURS, lambda c: [c.beneficiaire.uuid]),
    formulaire("beneficiaires:note", QUI_ECRIVENT, lambda c: [c.beneficiaire.uuid]),
    page("beneficiaires:regles", FACILITATEURS),
    formulaire("beneficiaires:regle_duree", QUI_ECRIVENT),
    formulaire("beneficiaires:regle_critere", QUI_ECRIVENT, lambda c: ["RSA"], partout=QUI_ECRIVENT),
    formulaire("beneficiaires:critere_nouveau", QUI_ECRIVENT, lambda c: [c.beneficiaire.uuid]),
    formulaire("beneficiaires:niveau", QUI_ECRIVENT, lambda c: [c.beneficiaire.uuid]),
    formulaire("beneficiaires:inscription", QUI_ECRIVENT, lambda c: [c.beneficiaire.uuid]),
    formulaire("beneficiaires:domicile", QUI_ECRIVENT, lambda c: [c.beneficiaire.uuid]),
    formulaire("beneficiaires:critere_clore", QUI_ECRIVENT, lambda c: [c.critere.uuid]),
    formulaire("beneficiaires:quartier", QUI_ECRIVENT, lambda c: [c.domicile.uuid]),
    # --- Recrutement ---------------------------------------------------------------------------------------------
    page("recrutement:contrats", FACILITATEURS, post=302),
    page("recrutement:contrat", FACILITATEURS, lambda c: [c.contrat.uuid]),
    formulaire("recrutement:contrat_modifier", QUI_ECRIVENT, lambda c: [c.contrat.uuid]),
    formulaire("recrutement:contrat_avenant", QUI_ECRIVENT, lambda c: [c.contrat.uuid]),
    formulaire("recrutement:contrat_affecter", QUI_ECRIVENT, lambda c: [c.contrat.uuid]),
    formulaire("recrutement:contrat_sans_critere", QUI_ECRIVENT, lambda c: [c.contrat.uuid]),
    verbe("recrutement:contrat_archiver", QUI_ECRIVENT, lambda c: [c.contrat.uuid]),
    verbe("recrutement:contrat_desarchiver", QUI_ECRIVENT, lambda c: [c.contrat.uuid]),
    formulaire("recrutement:contrat_nouveau", QUI_ECRIVENT, lambda c: [c.beneficiaire.uuid]),
    page("recrutement:offres", FACILITATEURS),
    formulaire("recrutement:embaucher", QUI_ECRIVENT, lambda c: [c.engagement.uuid]),
    formulaire("recrutement:offre_nouvelle", QUI_ECRIVENT, lambda c: [c.engagement.uuid]),
    page("recrutement:offre", FACILITATEURS, lambda c: [c.offre.uuid]),
    formulaire("recrutement:offre_modifier", QUI_ECRIVENT, lambda c: [c.offre.uuid]),
    formulaire("recrutement:offre_diffuser", QUI_ECRIVENT, lambda c: [c.offre.uuid]),
    verbe("recrutement:offre_relancer", QUI_ECRIVENT, lambda c: [c.offre.uuid]),
    verbe("recrutement:offre_partager", QUI_ECRIVENT, lambda c: [c.offre.uuid]),
    verbe("recrutement:offre_ne_plus_partager", QUI_ECRIVENT, lambda c: [c.offre.uuid]),
    verbe("recrutement:offre_clore", QUI_ECRIVENT, lambda c: [c.offre.uuid]),
    verbe("recrutement:offre_rouvrir", QUI_ECRIVENT, lambda c: [c.offre_close.uuid]),
    verbe("recrutement:offre_abandonner", QUI_ECRIVENT, lambda c: [c.offre.uuid]),
    formulaire("recrutement:offre_entreprise", QUI_ECRIVENT, lambda c: [c.offre.uuid]),
    formulaire("recrutement:offre_personne", QUI_ECRIVENT, lambda c: [c.offre.uuid]),
    verbe(
        "recrutement:offre_positionner",
        QUI_ECRIVENT,
        lambda c: [c.offre.uuid],
        donnees=lambda c: {"personne": c.beneficiaire.uuid},
    ),
    verbe("recrutement:offre_preselectionner", QUI_ECRIVENT, lambda c: [c.offre.uuid]),
    verbe("recrutement:offre_transmettre", QUI_ECRIVENT, lambda c: [c.offre.uuid]),
    publique("recrutement:offre_publique", lambda c: [c.offre.secret]),
    formulaire("recrutement:candidature_entretien", QUI_ECRIVENT, lambda c: [c.candidature.uuid]),
    formulaire("recrutement:candidature_refuser", QUI_ECRIVENT, lambda c: [c.candidature.uuid]),
    formulaire("recrutement:candidature_contrat", QUI_ECRIVENT, lambda c: [c.candidature_retenue.uuid]),
    verbe("recrutement:candidature_avancer", QUI_ECRIVENT, lambda c: [c.candidature_proposee.uuid, "preselectionner"]),
    page("recrutement:espace_prescripteur", PRESCRIPTEURS),
    page("recrutement:offre_diffusee", PRESCRIPTEURS, lambda c: [c.offre.uuid]),
    formulaire("recrutement:proposer", PRESCRIPTEURS, lambda c: [c.offre.uuid]),
    formulaire("recrutement:proposer_nouvelle", PRESCRIPTEURS, lambda c: [c.offre.uuid]),
    page("recrutement:mes_personnes", PRESCRIPTEURS, post=302),
    formulaire("recrutement:personne_nouvelle", PRESCRIPTEURS),
    formulaire("recrutement:ma_personne_modifier", PRESCRIPTEURS, lambda c: [c.beneficiaire.uuid]),
    formulaire("recrutement:ma_personne_passer", PRESCRIPTEURS, lambda c: [c.beneficiaire.uuid]),
    page("recrutement:ma_personne", PRESCRIPTEURS, lambda c: [c.beneficiaire.uuid]),
    formulaire("recrutement:ma_note", PRESCRIPTEURS, lambda c: [c.beneficiaire.uuid]),
    verbe("recrutement:candidature_retirer", PRESCRIPTEURS, lambda c: [c.candidature.uuid]),
    page("recrutement:mes_offres", ENTREPRISES),
    formulaire("recrutement:reponse", ENTREPRISES, lambda c: [c.offre.uuid], post=404),
    formulaire("recrutement:besoin_nouveau", ENTREPRISES),
    formulaire("recrutement:besoin_modifier", ENTREPRISES, lambda c: [c.besoin.uuid]),
    verbe("recrutement:besoin_retirer", ENTREPRISES, lambda c: [c.besoin.uuid]),
    verbe("recrutement:besoin_prendre", QUI_ECRIVENT, lambda c: [c.besoin.uuid]),
    formulaire("recrutement:besoin_ecarter", QUI_ECRIVENT, lambda c: [c.besoin.uuid]),
    page("recrutement:mes_aides", ENTREPRISES),
    page("recrutement:aides", FACILITATEURS),
    formulaire("recrutement:aide_nouvelle", QUI_ECRIVENT),
    verbe("recrutement:aides_installer", QUI_ECRIVENT),
    formulaire("recrutement:aide_modifier", QUI_ECRIVENT, lambda c: [c.aide.uuid]),
    verbe("recrutement:aide_archiver", QUI_ECRIVENT, lambda c: [c.aide.uuid]),
    verbe("recrutement:aide_desarchiver", QUI_ECRIVENT, lambda c: [c.aide.uuid]),
    publique("recrutement:reponse_par_lien", lambda c: [c.offre.uuid], get=404, post=404, inconnu=404, anonyme=404),
    publique("lien", lambda c: [f"lien-{c.marque}"], post=302),
    # --- Suivi ---------------------------------------------------------------------------------------------------
    page("suivi:declarations", FACILITATEURS),
    page("suivi:reperage", FACILITATEURS),
    page("suivi:a_retrouver", FACILITATEURS, post=302),
    verbe("suivi:demander", QUI_ECRIVENT, lambda c: [c.beneficiaire.uuid]),
    formulaire("suivi:demande", PRESCRIPTEURS, lambda c: [c.demande.uuid]),
    page("suivi:points", FACILITATEURS, post=302),
    formulaire("suivi:reglages_parcours", QUI_ECRIVENT),
    formulaire("suivi:point", QUI_ECRIVENT, lambda c: [c.point.uuid]),
    formulaire("suivi:point_referent", PRESCRIPTEURS, lambda c: [c.point.uuid]),
    publique("suivi:point_par_lien", lambda c: [c.point.uuid], get=404, post=404, inconnu=404, anonyme=404),
    page("suivi:questions", FACILITATEURS),
    formulaire("suivi:question_nouvelle", QUI_ECRIVENT),
    verbe("suivi:questions_proposees", QUI_ECRIVENT),
    formulaire("suivi:question", QUI_ECRIVENT, lambda c: [c.question.uuid]),
    verbe("suivi:question_retirer", QUI_ECRIVENT, lambda c: [c.question.uuid]),
    formulaire("suivi:questionnaire", QUI_ECRIVENT, lambda c: [c.contrat.uuid, "beneficiaire"]),
    formulaire("suivi:questionnaire_demander", QUI_ECRIVENT, lambda c: [c.contrat.uuid, "employeur"]),
    publique(
        "suivi:questionnaire_par_lien", lambda c: [c.questionnaire.uuid], get=404, post=404, inconnu=404, anonyme=404
    ),
    page("suivi:synthese", FACILITATEURS, lambda c: [c.marche.uuid]),
    formulaire("suivi:rendre", QUI_ECRIVENT, lambda c: [c.mois_declare.uuid]),
    formulaire("suivi:envoyer_lien", QUI_ECRIVENT, lambda c: [c.engagement.uuid]),
    page("suivi:liens_de_declaration", QUI_ECRIVENT, lambda c: [c.engagement.uuid]),
    verbe("suivi:lien_fermer", QUI_ECRIVENT, lambda c: [c.engagement.uuid, c.lien_declaration.uuid]),
    verbe("suivi:lien_renvoyer", QUI_ECRIVENT, lambda c: [c.engagement.uuid, c.lien_declaration.uuid]),
    formulaire("suivi:annonce_rattacher", QUI_ECRIVENT, lambda c: [c.personne_annoncee.uuid]),
    formulaire("suivi:annonce_dossier", QUI_ECRIVENT, lambda c: [c.personne_annoncee.uuid]),
    formulaire("suivi:annonce_contrat", QUI_ECRIVENT, lambda c: [c.personne_annoncee.uuid, c.beneficiaire.uuid]),
    formulaire("suivi:annonce_ecarter", QUI_ECRIVENT, lambda c: [c.personne_annoncee.uuid]),
    formulaire("suivi:depart_confirmer", QUI_ECRIVENT, lambda c: [c.depart_annonce.uuid]),
    formulaire("suivi:depart_ecarter", QUI_ECRIVENT, lambda c: [c.depart_annonce.uuid]),
    page("suivi:justificatif", FACILITATEURS, lambda c: [c.justificatif.uuid]),
    formulaire("suivi:justificatif_declare", ENTREPRISES, lambda c: [c.mois_declare.uuid, c.justificatif.uuid]),
    page("suivi:espace_entreprise", ENTREPRISES),
    page("suivi:mes_contrats", ENTREPRISES, post=302),
    formulaire("suivi:mes_declarations", ENTREPRISES),
    formulaire("suivi:declarer", ENTREPRISES, lambda c: [c.mois_attendu.uuid], post=302),
    formulaire("suivi:verifier", ENTREPRISES, lambda c: [c.mois_declare.uuid], post=302),
    formulaire("suivi:aucune_heure", ENTREPRISES, lambda c: [c.mois_attendu.uuid], get=302, post=302),
    *(
        publique(f"suivi:{page}_par_lien", objet, get=404, post=404, inconnu=404, anonyme=404)
        for page, objet in (
            ("mes_declarations", lambda c: [c.fiche.uuid]),
            ("declarer", lambda c: [c.fiche.uuid, c.mois_attendu.uuid]),
            ("verifier", lambda c: [c.fiche.uuid, c.mois_attendu.uuid]),
            ("aucune_heure", lambda c: [c.fiche.uuid, c.mois_attendu.uuid]),
            ("code", lambda c: [c.fiche.uuid, c.mois_attendu.uuid]),
            ("justificatif_declare", lambda c: [c.fiche.uuid, c.mois_declare.uuid, c.justificatif.uuid]),
        )
    ),
    # --- Fin d'un engagement, pénalités, attestations --------------------------------------------------------------
    page("suivi:fin", FACILITATEURS, lambda c: [c.engagement.uuid]),
    formulaire("suivi:mettre_en_demeure", QUI_ECRIVENT, lambda c: [c.engagement.uuid]),
    page("suivi:mise_en_demeure_lettre", FACILITATEURS | ENTREPRISES | ACHETEURS, lambda c: [c.mise_en_demeure.uuid]),
    formulaire("suivi:carence_nouvelle", QUI_ECRIVENT, lambda c: [c.engagement.uuid]),
    verbe("suivi:carence_annuler", QUI_ECRIVENT, lambda c: [c.carence.uuid]),
    formulaire("suivi:penalite_proposer", QUI_ECRIVENT, lambda c: [c.engagement.uuid, "heures"]),
    page("suivi:penalites", FACILITATEURS | ENTREPRISES | ACHETEURS),
    formulaire("suivi:reglages_fin", QUI_ECRIVENT),
    page("suivi:penalite", FACILITATEURS | ENTREPRISES | ACHETEURS, lambda c: [c.penalite.uuid]),
    formulaire("suivi:penalite_envoyer", QUI_ECRIVENT, lambda c: [c.penalite_proposee.uuid]),
    formulaire("suivi:penalite_remettre", QUI_ECRIVENT, lambda c: [c.penalite.uuid], get=302, post=302),
    formulaire("suivi:mise_en_demeure_remettre", QUI_ECRIVENT, lambda c: [c.mise_en_demeure.uuid], get=302, post=302),
    page("suivi:penalite_lettre", FACILITATEURS | ENTREPRISES | ACHETEURS, lambda c: [c.penalite.uuid]),
    page("suivi:penalite_preuves", FACILITATEURS | ENTREPRISES | ACHETEURS, lambda c: [c.penalite.uuid]),
    formulaire("suivi:penalite_observer", QUI_ECRIVENT | ENTREPRISES, lambda c: [c.penalite.uuid]),
    formulaire("suivi:penalite_decider", QUI_ECRIVENT | ACHETEURS, lambda c: [c.penalite.uuid]),
    formulaire("suivi:penalite_notifier", QUI_ECRIVENT | ACHETEURS, lambda c: [c.penalite_decidee.uuid]),
    formulaire("suivi:penalite_retirer", QUI_ECRIVENT, lambda c: [c.penalite.uuid]),
    page("suivi:attestations", FACILITATEURS | ENTREPRISES | ACHETEURS),
    page("suivi:attestation", FACILITATEURS | ENTREPRISES | ACHETEURS, lambda c: [c.attestation.uuid]),
    page("suivi:attestation_fichier", FACILITATEURS | ENTREPRISES | ACHETEURS, lambda c: [c.attestation.uuid]),
    formulaire("suivi:attestation_emettre", QUI_ECRIVENT, lambda c: [c.engagement.uuid]),
    page("suivi:alertes", FACILITATEURS),
    formulaire("suivi:reglages_declaration", QUI_ECRIVENT),
    formulaire("suivi:choix_mois", QUI_ECRIVENT, lambda c: [c.engagement.uuid]),
    page("suivi:mois", FACILITATEURS, lambda c: [c.engagement.uuid, "2026-03"]),
    formulaire("suivi:saisie", QUI_ECRIVENT, lambda c: [c.engagement.uuid, "2026-04"], post=302),
    verbe("suivi:relancer_mois", QUI_ECRIVENT, lambda c: [c.mois_attendu.uuid]),
    verbe("suivi:appel_mois", QUI_ECRIVENT, lambda c: [c.mois_attendu.uuid]),
    verbe("suivi:relancer_entreprise", QUI_ECRIVENT, lambda c: [c.entreprise.uuid]),
    verbe("suivi:appel_entreprise", QUI_ECRIVENT, lambda c: [c.entreprise.uuid]),
    formulaire("suivi:pause_entreprise", QUI_ECRIVENT, lambda c: [c.entreprise.uuid]),
    formulaire("suivi:pause_engagement", QUI_ECRIVENT, lambda c: [c.engagement.uuid]),
    verbe("suivi:lever_pause", QUI_ECRIVENT, lambda c: [c.pause.uuid]),
    page("suivi:grille", FACILITATEURS),
    page("suivi:a_valider", FACILITATEURS),
    verbe("suivi:verifier_le_lot", QUI_ECRIVENT),
    verbe("suivi:valider_le_lot", QUI_ECRIVENT),
    formulaire("suivi:decider", QUI_ECRIVENT, lambda c: [c.mois_declare.uuid], post=302),
    verbe("suivi:valider", QUI_ECRIVENT, lambda c: [c.mois_a_valider.uuid]),
    formulaire("suivi:rouvrir", QUI_ECRIVENT, lambda c: [c.mois_valide.uuid]),
    # --- Reprise -------------------------------------------------------------------------------------------------
    page("decp:avis_liste", FACILITATEURS),
    formulaire("decp:deposer", QUI_ECRIVENT),
    page("decp:exporter", QUI_ECRIVENT),
    page("decp:import", QUI_ECRIVENT, lambda c: [c.import_decp.uuid]),
    page("decp:avis", FACILITATEURS, lambda c: [c.avis_decp.uuid]),
    verbe("decp:suivre", QUI_ECRIVENT, lambda c: [c.avis_decp.uuid]),
    formulaire("decp:rattacher", QUI_ECRIVENT, lambda c: [c.avis_decp.uuid]),
    formulaire("decp:ecarter", QUI_ECRIVENT, lambda c: [c.avis_decp.uuid], post=302),
    verbe("decp:reprendre", QUI_ECRIVENT, lambda c: [c.avis_decp.uuid]),
    formulaire("reprise:importer", QUI_ECRIVENT),
    page("reprise:listes", QUI_ECRIVENT | PRESCRIPTEURS),
    formulaire("reprise:liste_deposer", QUI_ECRIVENT | PRESCRIPTEURS),
    page("reprise:liste_modele", QUI_ECRIVENT | PRESCRIPTEURS),
    page("reprise:liste_confiee", PRESCRIPTEURS, lambda c: [c.liste.uuid], hors_portee=QUI_ECRIVENT),
    verbe("reprise:liste_confier", QUI_ECRIVENT, lambda c: [c.liste_du_facilitateur.uuid], hors_portee=PRESCRIPTEURS),
    formulaire("reprise:brouillon", PRESCRIPTEURS, lambda c: [c.brouillon.uuid], hors_portee=QUI_ECRIVENT),
    verbe(
        "reprise:brouillon_avancer",
        PRESCRIPTEURS,
        lambda c: [c.brouillon.uuid, "ecarter"],
        hors_portee=QUI_ECRIVENT,
    ),
    page("reprise:modele", QUI_ECRIVENT),
    verbe("reprise:exporter", QUI_ECRIVENT),
    page("reprise:liste", QUI_ECRIVENT),
    page("reprise:fiche", QUI_ECRIVENT, lambda c: [c.reprise.uuid]),
    page("reprise:confirmer", QUI_ECRIVENT, lambda c: [c.reprise.uuid]),
    verbe("reprise:appliquer", QUI_ECRIVENT, lambda c: [c.reprise.uuid]),
    verbe("reprise:relancer", QUI_ECRIVENT, lambda c: [c.reprise.uuid]),
    # --- Bilans et chiffres --------------------------------------------------------------------------------------
    page("reporting:annee", FACILITATEURS),
    formulaire("reporting:objectifs", RESPONSABLES, post=302),
    page("reporting:mes_chiffres", ACHETEURS),
    page("reporting:reseau", RESEAUX),
    page("reporting:reseau_extrait", RESEAUX),
    page("reporting:reseau_parametres", RESEAUX),
    page("reporting:provenance", FACILITATEURS, lambda c: [2026, "heures_realisees"], partout=FACILITATEURS),
    page("reporting:bilans", LECTEURS_DE_BILANS),
    formulaire("reporting:preparer", QUI_ECRIVENT | RESEAUX),
    formulaire("reporting:reglages", RESPONSABLES),
    page("reporting:extrait_national", QUI_ECRIVENT),
    formulaire("reporting:extrait_national_colonnes", RESPONSABLES, post=302),
    page("reporting:extrait_fse", RESPONSABLES),
    page("reporting:bilan", LECTEURS_DE_BILANS, lambda c: [c.bilan_publie.uuid]),
    page("reporting:bilan_pdf", LECTEURS_DE_BILANS, lambda c: [c.bilan_publie.uuid]),
    page("reporting:bilan_classeur", LECTEURS_DE_BILANS, lambda c: [c.bilan_publie.uuid]),
    page("reporting:bilan_csv", LECTEURS_DE_BILANS, lambda c: [c.bilan_publie.uuid]),
    page("reporting:bilan_donnees", LECTEURS_DE_BILANS, lambda c: [c.bilan_publie.uuid]),
    page("reporting:bilan_chiffre", LECTEURS_DE_BILANS, lambda c: [c.bilan_publie.uuid, "heures_realisees"]),
    page("reporting:comparer", FACILITATEURS, lambda c: [c.bilan_publie.uuid]),
    formulaire("reporting:textes", QUI_ECRIVENT, lambda c: [c.bilan.uuid], post=302, hors_portee=RESEAUX),
    # Un brouillon pas encore fabriqué ne se relit pas : 403, avec son motif.
    verbe("reporting:relire", QUI_ECRIVENT, lambda c: [c.bilan.uuid], post=403, hors_portee=RESEAUX),
    formulaire("reporting:publier", RESPONSABLES, lambda c: [c.bilan.uuid], hors_portee=RESEAUX),
    verbe("reporting:refaire", QUI_ECRIVENT, lambda c: [c.bilan.uuid], hors_portee=RESEAUX),
    page("reporting:confirmer_ecart", QUI_ECRIVENT, lambda c: [c.bilan.uuid], hors_portee=RESEAUX),
    verbe("reporting:ecarter", QUI_ECRIVENT, lambda c: [c.bilan.uuid], hors_portee=RESEAUX),
    publique("reporting:verifier"),
    publique("reporting:verifier_empreinte", lambda c: [c.bilan_publie.empreinte], partout=TOUS),
]
