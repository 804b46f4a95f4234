import datetime
from collections.abc import Collection

from comptes.acteur import Acteur
from comptes.enums import Role
from marches.enums import StatutProjet
from marches.models import Avenant, FicheMaitreOuvrage, Lot, MaitreOuvrage, Marche, Piece, ProjetAchat
from socle.permissions import peut_ecrire
from socle.regles import OUI, Verdict, non

IDENTITE_PARTAGEE = "Ce maître d'ouvrage est suivi par d'autres structures : son identité n'est plus modifiable ici."

COMPTE_PERDU = (
    "{gardee} a un compte, qui ne verrait plus ses marchés : fusionnez dans l'autre sens, en gardant celui-là."
)

DECISIONS_DE_L_ACHETEUR = ("retenir", "ecarter")


def peut_gerer_les_marches(acteur: Acteur) -> Verdict:
    return peut_ecrire(acteur)


def peut_modifier_marche(acteur: Acteur, marche: Marche) -> Verdict:
    if not (verdict := peut_gerer_les_marches(acteur)):
        return verdict
    if marche.structure_id != acteur.agit_pour.pk:
        return non("Ce marché n'est pas suivi par votre structure.")
    return non("Ce marché est archivé : sortez-le de l'archive pour le modifier.") if marche.est_archive else OUI


def peut_modifier_lot(acteur: Acteur, lot: Lot) -> Verdict:
    return peut_modifier_marche(acteur, lot.marche)


def peut_modifier_avenant(acteur: Acteur, avenant: Avenant, le: datetime.date) -> Verdict:
    """Corriger ou annuler un avenant : avant le jour où il est notifié, et prend effet."""
    if not (verdict := peut_modifier_lot(acteur, avenant.engagement.lot)):
        return verdict
    if avenant.date_notification > le:
        return OUI
    return non(
        f"Cet avenant a pris effet le {avenant.date_notification:%d/%m/%Y} : un nouvel avenant en change les heures."
    )


def peut_deposer_projet(acteur: Acteur) -> Verdict:
    """Un facilitateur qui écrit, ou l'acheteur lui-même."""
    return OUI if acteur.role == Role.MAITRE_OUVRAGE else peut_gerer_les_marches(acteur)


def peut_etudier_projet(acteur: Acteur, projet: ProjetAchat, *, archive_permise: bool = False) -> Verdict:
    """L'étude, les scénarios et les décisions sont au facilitateur de la structure."""
    if not (verdict := peut_gerer_les_marches(acteur)):
        return verdict
    if projet.structure_id != acteur.agit_pour.pk:
        return non("Ce projet n'est pas suivi par votre structure.")
    if projet.est_archive and not archive_permise:
        return non("Ce projet est archivé : sortez-le de l'archive pour le modifier.")
    return OUI


def peut_completer_achat(acteur: Acteur, achat: Marche | ProjetAchat) -> Verdict:
    """Une note, une pièce : le facilitateur partout où il écrit ; l'acheteur sur son projet, pour lui répondre."""
    if isinstance(achat, Marche):
        return peut_modifier_marche(acteur, achat)
    if acteur.role != Role.MAITRE_OUVRAGE:
        return peut_etudier_projet(acteur, achat)
    if achat.maitre_ouvrage.organisation_id != acteur.agit_pour.pk:
        return non("Ce projet n'est pas le vôtre.")
    return non("Ce projet est archivé : il ne change plus.") if achat.est_archive else OUI


def peut_retirer_piece(acteur: Acteur, piece: Piece) -> Verdict:
    """L'acheteur ne retire que ce qu'il a déposé, tant que ce n'est pas une pièce du marché."""
    if acteur.role == Role.MAITRE_OUVRAGE and (piece.marche or not piece.de_l_acheteur):
        return non("Demandez à votre facilitateur de retirer cette pièce.")
    return peut_completer_achat(acteur, piece.support)


def peut_avancer_projet(acteur: Acteur, projet: ProjetAchat, transition: str) -> Verdict:
    """Le facilitateur mène l'étude ; l'acheteur décide de ce qui lui est proposé."""
    if acteur.role != Role.MAITRE_OUVRAGE:
        return peut_etudier_projet(acteur, projet)
    if projet.maitre_ouvrage.organisation_id != acteur.agit_pour.pk:
        return non("Ce projet n'est pas le vôtre.")
    if transition not in DECISIONS_DE_L_ACHETEUR or projet.statut != StatutProjet.PROPOSE:
        return non("Ce geste revient à votre facilitateur : vous décidez de la clause quand il vous la propose.")
    return OUI


def peut_modifier_projet(acteur: Acteur, projet: ProjetAchat) -> Verdict:
    """Le facilitateur tant que le projet n'est pas un marché ; l'acheteur tant que l'étude n'a pas commencé."""
    if projet.statut == StatutProjet.MARCHE:
        return non("Ce projet est devenu un marché : modifiez le marché.")
    if acteur.role != Role.MAITRE_OUVRAGE:
        return peut_etudier_projet(acteur, projet)
    if projet.maitre_ouvrage.organisation_id != acteur.agit_pour.pk:
        return non("Ce projet n'est pas le vôtre.")
    if projet.statut != StatutProjet.REPERE:
        return non("L'étude a commencé : demandez la correction à votre facilitateur.")
    return OUI


def peut_modifier_identite(acteur: Acteur, maitre_ouvrage: MaitreOuvrage) -> Verdict:
    """L'identité est commune à toutes les structures : elle ne se change que si l'on est seul à suivre l'acheteur."""
    if not (verdict := peut_gerer_les_marches(acteur)):
        return verdict
    return non(IDENTITE_PARTAGEE) if sont_suivis_ailleurs(acteur, [maitre_ouvrage]) else OUI


def peut_fusionner(acteur: Acteur, gardee: MaitreOuvrage, absorbee: MaitreOuvrage) -> Verdict:
    """Chaque structure réunit chez elle ; le compte d'un acheteur ne perd pas de vue ses marchés au profit de personne."""
    if not (verdict := peut_gerer_les_marches(acteur)):
        return verdict
    if absorbee.organisation_id and not gardee.organisation_id:
        return non(COMPTE_PERDU.format(gardee=absorbee.nom))
    return OUI


def sont_suivis_ailleurs(acteur: Acteur, maitres_ouvrage: Collection[MaitreOuvrage]) -> bool:
    """Vrai si une autre structure suit l'un d'eux."""
    fiches = FicheMaitreOuvrage.objects.filter(maitre_ouvrage__in=maitres_ouvrage)
    return fiches.exclude(structure=acteur.organisation).exists()
