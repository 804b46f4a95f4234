import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from comptes.acteur import Acteur
from comptes.enums import Role
from marches.enums import TRANSITIONS_PROJET, StatutMarche, StatutProjet
from marches.interlocuteur import structures_qui_suivent
from marches.models import MaitreOuvrage, Marche, ProjetAchat
from marches.permissions import peut_avancer_projet, peut_deposer_projet, peut_etudier_projet, peut_modifier_projet
from marches.services.avis_achat import prevenir_du_projet
from marches.services.lots import reprendre_les_lots
from marches.services.maitres_ouvrage import suivre_l_acheteur_dit
from marches.services.marches import ajouter_lot, creer_marche
from marches.services.suivi_achat import cocher_ce_qui_est_fait
from socle.regles import RegleViolee
from socle.services.enregistrement import basculer_archive, ecrire, modifier, verrouiller
from socle.services.journal import declarer_actions, noter
from socle.services.portee import exiger_la_portee

declarer_actions(
    projet_depose="Projet d'achat déposé",
    projet_modifie="Projet d'achat modifié",
    projet_statut="Statut du projet changé",
    projet_derogation="Dérogation consignée",
    projet_derogation_levee="Dérogation levée",
    projet_devenu_marche="Projet devenu un marché",
    projet_archive="Projet archivé",
    projet_reactive="Projet sorti de l'archive",
)


@transaction.atomic
def deposer_projet(
    *, acteur: Acteur, structure=None, nouvel_acheteur: Mapping[str, Any] | None = None, **valeurs
) -> ProjetAchat:
    """Dépose un projet d'achat : le facilitateur dans sa structure, l'acheteur auprès d'une structure qui le suit."""
    peut_deposer_projet(acteur).exiger()
    if acteur.role == Role.MAITRE_OUVRAGE:
        maitre_ouvrage = _maitre_ouvrage_de(acteur)
        valeurs["maitre_ouvrage"] = maitre_ouvrage
        structure = _structure_choisie(acteur, structure)
    else:
        structure = acteur.organisation
        if nouvel_acheteur:
            valeurs["maitre_ouvrage"] = suivre_l_acheteur_dit(acteur, nouvel_acheteur)
    exiger_la_portee(acteur, valeurs)
    _exiger_son_corps_de_metier(structure, valeurs)
    projet = ProjetAchat(structure=structure, depose_par_acheteur=acteur.role == Role.MAITRE_OUVRAGE)
    ecrire(projet, valeurs)
    noter(acteur=acteur, action="projet_depose", objet=projet, structure=structure)
    if acteur.role == Role.MAITRE_OUVRAGE:
        projet.dit_a = prevenir_du_projet(acteur, projet)
    return projet


def _exiger_son_corps_de_metier(structure, valeurs: dict) -> None:
    """Un acheteur suivi par deux structures ne calcule pas chez l'une avec ce que l'autre a retenu."""
    corps_metier = valeurs.get("corps_metier")
    if corps_metier is not None and corps_metier.structure_id != structure.pk:
        raise RegleViolee(
            f"Ce corps de métier n'est pas de {structure.nom}, qui étudiera le projet.", champ="corps_metier"
        )


def _maitre_ouvrage_de(acteur: Acteur) -> MaitreOuvrage:
    maitre_ouvrage = MaitreOuvrage.objects.visibles_par(acteur).first()
    if maitre_ouvrage is None:
        raise RegleViolee(
            "Votre organisation n'est pas encore reliée à un maître d'ouvrage : parlez-en à votre facilitateur."
        )
    return maitre_ouvrage


def _structure_choisie(acteur: Acteur, structure):
    suivent = list(structures_qui_suivent(acteur).order_by("pk"))
    if not suivent:
        raise RegleViolee("Aucune structure facilitatrice ne vous suit encore.")
    if structure is None and len(suivent) == 1:
        return suivent[0]
    if structure not in suivent:
        raise RegleViolee("Choisissez la structure facilitatrice qui étudiera ce projet.", champ="structure")
    return structure


@transaction.atomic
def modifier_projet(*, acteur: Acteur, projet: ProjetAchat, **valeurs) -> ProjetAchat:
    """Corrige la description du projet ; l'acheteur, tant que l'étude n'a pas commencé."""
    projet = verrouiller(ProjetAchat.objects.select_related("structure", "maitre_ouvrage"), acteur, projet)
    peut_modifier_projet(acteur, projet).exiger()
    _exiger_son_corps_de_metier(projet.structure, valeurs)
    modifier(projet, valeurs, acteur=acteur, action="projet_modifie", structure=projet.structure)
    return projet


@transaction.atomic
def avancer_projet(*, acteur: Acteur, projet: ProjetAchat, transition: str, motif: str = "") -> ProjetAchat:
    """Applique une transition de `TRANSITIONS_PROJET`. Écarter demande un motif ; devenir un marché a son propre geste.

    `dit_a` : l'autre partie, prévenue de l'étape.
    """
    projet = verrouiller(ProjetAchat.objects.select_related("structure", "maitre_ouvrage"), acteur, projet)
    peut_avancer_projet(acteur, projet, transition).exiger()
    if transition == "transformer":
        raise RegleViolee("Donnez d'abord la référence et les dates du marché.")
    avant = projet.statut
    apres = TRANSITIONS_PROJET.appliquer(transition, avant)
    motif_ecart = motif.strip() if apres == StatutProjet.ECARTE else ""
    if apres == StatutProjet.ECARTE and not motif_ecart:
        raise RegleViolee("Dites pourquoi le projet est écarté : ce motif servira au bilan.", champ="motif")
    ecrire(projet, {"statut": apres, "motif_ecart": motif_ecart})
    cocher_ce_qui_est_fait(projet, transition)
    precisions = {"avant": avant, "apres": projet.statut, "motif": projet.motif_ecart}
    noter(acteur=acteur, action="projet_statut", objet=projet, structure=projet.structure, **precisions)
    projet.dit_a = prevenir_du_projet(acteur, projet)
    return projet


@transaction.atomic
def consigner_derogation(
    *, acteur: Acteur, projet: ProjetAchat, derogation: str, motif: str, le: datetime.date | None = None
) -> ProjetAchat:
    """Garde la dérogation que l'acheteur invoque et son motif, datés (L2112-2-1, III) ; vide, elle est levée."""
    projet = verrouiller(ProjetAchat.objects, acteur, projet)
    peut_etudier_projet(acteur, projet).exiger()
    if derogation and not motif.strip():
        raise RegleViolee("Écrivez le motif : il est conservé avec les pièces du marché.", champ="motif_derogation")
    ecrire(
        projet,
        {
            "derogation": derogation,
            "motif_derogation": motif.strip() if derogation else "",
            "date_derogation": (le or timezone.localdate()) if derogation else None,
        },
    )
    action = "projet_derogation" if derogation else "projet_derogation_levee"
    noter(acteur=acteur, action=action, objet=projet, derogation=derogation)
    return projet


@transaction.atomic
def transformer_projet(
    *,
    acteur: Acteur,
    projet: ProjetAchat,
    reference: str,
    type_clause: str,
    debut: datetime.date,
    fin_prevue: datetime.date,
    **valeurs,
) -> Marche:
    """Fait du projet retenu un marché en rédaction : ses lots et leurs heures, les jalons, les notes et les pièces.

    `valeurs` : ce que le marché fixe dès ce jour (facilitateur, publics, pénalités).
    """
    projet = verrouiller(ProjetAchat.objects, acteur, projet)
    peut_etudier_projet(acteur, projet).exiger()
    statut = TRANSITIONS_PROJET.appliquer("transformer", projet.statut)
    marche = creer_marche(
        acteur=acteur,
        reference=reference,
        objet=projet.objet,
        maitre_ouvrage=projet.maitre_ouvrage,
        nature=projet.nature,
        forme=projet.forme,
        type_clause=type_clause,
        montant_ht=projet.montant_estime_ht,
        commune=projet.commune,
        date_consultation=projet.date_publication,
        debut=debut,
        fin_prevue=fin_prevue,
        statut=StatutMarche.REDACTION,
        **valeurs,
    )
    if not reprendre_les_lots(acteur, projet, marche):
        _en_faire_un_lot(acteur, projet, marche)
    projet.jalon_set.update(marche=marche)
    projet.note_set.update(marche=marche)
    projet.piece_set.update(marche=marche)
    ecrire(projet, {"statut": statut, "marche": marche})
    noter(acteur=acteur, action="projet_devenu_marche", objet=projet, reference=marche.reference)
    marche.dit_a = prevenir_du_projet(acteur, projet)
    return marche


def _en_faire_un_lot(acteur: Acteur, projet: ProjetAchat, marche: Marche) -> None:
    """Sans lots prévus, un seul : le scénario retenu et ses heures sont les siens."""
    scenario = projet.scenarios.filter(retenu=True).first()
    lot = ajouter_lot(
        acteur=acteur,
        marche=marche,
        numero="1",
        intitule=projet.corps_metier.nom if projet.corps_metier else projet.objet[:200],
        montant_ht=projet.montant_estime_ht,
        corps_metier=projet.corps_metier,
        heures_contractuelles=scenario.heures if scenario else None,
    )
    if scenario:
        lot.heures_calculees = scenario.heures
        lot.save(update_fields=["heures_calculees", "modifie_le"])
        projet.scenarios.update(lot=lot)


@transaction.atomic
def archiver_projet(*, acteur: Acteur, projet: ProjetAchat, archiver: bool) -> None:
    projet = verrouiller(ProjetAchat.objects, acteur, projet)
    peut_etudier_projet(acteur, projet, archive_permise=True).exiger()
    if basculer_archive(projet, archiver=archiver):
        noter(acteur=acteur, action="projet_archive" if archiver else "projet_reactive", objet=projet)
