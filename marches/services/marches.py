from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from comptes.acteur import Acteur
from comptes.models import Adhesion, Utilisateur
from entreprises.models import Entreprise
from marches.enums import TRANSITIONS_MARCHE, StatutMarche
from marches.models import Lot, Marche, Suspension
from marches.permissions import peut_gerer_les_marches, peut_modifier_lot, peut_modifier_marche
from marches.services.engagements import engager_entreprise
from marches.services.maitres_ouvrage import suivre_l_acheteur_dit
from marches.services.suivi_achat import cocher_ce_qui_est_fait
from marches.services.tranches import recalculer_les_commandes
from socle.regles import RegleViolee
from socle.services.enregistrement import basculer_archive, ecrire, modifier, verrouiller
from socle.services.journal import declarer_actions, noter
from socle.services.portee import exiger_la_portee

declarer_actions(
    marche_cree="Marché créé",
    marche_modifie="Marché modifié",
    marche_statut="Statut changé",
    marche_archive="Marché archivé",
    marche_reactive="Marché sorti de l'archive",
    lot_ajoute="Lot ajouté",
    lot_modifie="Lot modifié",
    lot_archive="Lot archivé",
    lot_reactive="Lot sorti de l'archive",
)

MOTIVEES = frozenset({"suspendre", "abandonner"})


@transaction.atomic
def creer_marche(*, acteur: Acteur, nouvel_acheteur: Mapping[str, Any] | None = None, **valeurs) -> Marche:
    """Crée un marché de la structure. `statut` peut être donné : on reprend souvent un marché déjà attribué.

    `nouvel_acheteur` : un maître d'ouvrage que la structure ne suit pas encore, mis au suivi du même geste.
    """
    peut_gerer_les_marches(acteur).exiger()
    if nouvel_acheteur:
        valeurs["maitre_ouvrage"] = suivre_l_acheteur_dit(acteur, nouvel_acheteur)
    exiger_la_portee(acteur, valeurs)
    _exiger_un_membre(acteur, valeurs.get("facilitateur"))
    marche = Marche(structure=acteur.organisation)
    ecrire(marche, valeurs)
    noter(acteur=acteur, action="marche_cree", objet=marche)
    return marche


@transaction.atomic
def modifier_marche(*, acteur: Acteur, marche: Marche, **valeurs) -> Marche:
    """Change la description du marché ; son statut passe par `changer_statut`."""
    marche = verrouiller(Marche.objects, acteur, marche)
    peut_modifier_marche(acteur, marche).exiger()
    if valeurs.get("facilitateur") != marche.facilitateur:  # un facilitateur parti garde ses marchés
        _exiger_un_membre(acteur, valeurs.get("facilitateur"))
    modifier(marche, valeurs, acteur=acteur, action="marche_modifie")
    return marche


def _exiger_un_membre(acteur: Acteur, facilitateur: Utilisateur | None) -> None:
    """Un compte n'a pas de portée : celui qui suivra le marché est de la structure."""
    membres = Adhesion.objects.en_vigueur().filter(organisation=acteur.organisation)
    if facilitateur and not membres.filter(utilisateur=facilitateur).exists():
        raise RegleViolee("Cette personne n'est pas membre de votre structure.", champ="facilitateur")


@transaction.atomic
def changer_statut(*, acteur: Acteur, marche: Marche, transition: str, le=None, motif: str = "") -> Marche:
    """Applique une transition de `TRANSITIONS_MARCHE`, le jour `le` (aujourd'hui à défaut).

    Solder pose la fin réelle si elle manque, rouvrir l'efface. Suspendre et abandonner demandent un motif ; la
    suspension garde ses dates.
    """
    marche = verrouiller(Marche.objects, acteur, marche)
    peut_modifier_marche(acteur, marche).exiger()
    avant = marche.statut
    marche.statut = TRANSITIONS_MARCHE.appliquer(transition, avant)
    if marche.statut == StatutMarche.SOLDE and marche.fin_reelle is None:
        marche.fin_reelle = max(marche.debut, min(marche.fin_prevue, le or timezone.localdate()))
    if transition == "rouvrir":
        marche.fin_reelle = None
    if transition in MOTIVEES and not motif.strip():
        raise RegleViolee(
            "Dites pourquoi, et avec l'accord de qui : ce motif reste au journal du marché.", champ="motif"
        )
    _suivre_la_suspension(marche, avant, le or timezone.localdate(), motif.strip())
    marche.save()
    cocher_ce_qui_est_fait(marche, transition, marche.date_notification if transition == "attribuer" else le)
    noter(acteur=acteur, action="marche_statut", objet=marche, avant=avant, apres=marche.statut, motif=motif.strip())
    return marche


def _suivre_la_suspension(marche: Marche, avant: str, le, motif: str) -> None:
    if marche.statut == StatutMarche.SUSPENDU:
        if marche.suspensions.filter(au__gt=le).exists():
            raise RegleViolee("Ce marché était déjà suspendu à cette date.", champ="le")
        ecrire(Suspension(marche=marche), {"du": le, "motif": motif})
    elif avant == StatutMarche.SUSPENDU:
        for suspension in marche.suspensions.filter(au__isnull=True):
            ecrire(suspension, {"au": max(le, suspension.du)})


@transaction.atomic
def archiver_marche(*, acteur: Acteur, marche: Marche, archiver: bool) -> None:
    """Range le marché : il sort des listes, ses heures restent dans les bilans."""
    peut_gerer_les_marches(acteur).exiger()
    marche = verrouiller(Marche.objects, acteur, marche)
    if basculer_archive(marche, archiver=archiver):
        noter(acteur=acteur, action="marche_archive" if archiver else "marche_reactive", objet=marche)


@transaction.atomic
def ajouter_lot(
    *,
    acteur: Acteur,
    marche: Marche,
    attributaire: Entreprise | None = None,
    nouvelle_entreprise: Mapping[str, Any] | None = None,
    heures_initiales=None,
    **valeurs,
) -> Lot:
    """Ajoute un lot et, s'il est connu, engage son attributaire pour les heures dues, d'un seul geste."""
    marche = verrouiller(Marche.objects, acteur, marche)
    peut_modifier_marche(acteur, marche).exiger()
    exiger_la_portee(acteur, valeurs)
    lot = Lot(marche=marche)
    ecrire(lot, valeurs)
    noter(acteur=acteur, action="lot_ajoute", objet=marche, lot=lot.numero)
    if attributaire is not None or nouvelle_entreprise:
        engager_entreprise(
            acteur=acteur,
            lot=lot,
            entreprise=attributaire,
            nouvelle_entreprise=nouvelle_entreprise,
            heures_initiales=heures_initiales,
        )
    return lot


@transaction.atomic
def modifier_lot(*, acteur: Acteur, lot: Lot, **valeurs) -> Lot:
    """Change la description du lot ; ses commandes suivent un barème changé."""
    lot = verrouiller(Lot.objects.select_related("marche"), acteur, lot)
    peut_modifier_lot(acteur, lot).exiger()
    changes = modifier(lot, valeurs, acteur=acteur, action="lot_modifie", sur=lot.marche, lot=lot.numero)
    if changes & {"assiette", "seuil_ht", "euros_par_heure"}:
        recalculer_les_commandes(lot)
    return lot


@transaction.atomic
def archiver_lot(*, acteur: Acteur, lot: Lot, archiver: bool) -> None:
    lot = verrouiller(Lot.objects.select_related("marche"), acteur, lot)
    peut_modifier_lot(acteur, lot).exiger()
    if basculer_archive(lot, archiver=archiver):
        noter(acteur=acteur, action="lot_archive" if archiver else "lot_reactive", objet=lot.marche, lot=lot.numero)
