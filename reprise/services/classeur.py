"""Reprendre un classeur : l'analyser à blanc, ou l'appliquer, tout ou rien."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction

from beneficiaires import services as beneficiaires
from beneficiaires.services.reprise import FAITS
from comptes.acteur import Acteur
from comptes.models import Organisation
from declarations.services import reprendre_heures
from entreprises.services import reprendre_entreprises
from marches import services as marches
from recrutement.services import reprendre_contrats
from reprise.controles import Contenu, Corrections, Suivre, controler
from reprise.lecture.classeur import lire
from reprise.lecture.correspondance import Choix, Retenue
from reprise.permissions import peut_reprendre
from reprise.rapport import Probleme, Rapport
from reprise.rapprochement import rapprocher
from reprise.rapprochement.contexte import Ecritures, Plan
from socle.feuilles import ClasseurRefuse
from socle.services.journal import declarer_actions, noter

declarer_actions(classeur_repris="Classeur repris")


def sans_suivi(progression: int, etape: str) -> None:
    """Le suivi de qui n'attend pas devant un écran."""


def sans_suite(rapport: Rapport) -> None:
    """La conclusion de qui n'a rien à marquer."""


@dataclass(frozen=True, slots=True)
class Consigne:
    """Comment lire un classeur : ce qui a été choisi à l'écran (sinon il se devine), retenu par la structure, et corrigé."""

    choix: list[Choix] | None = None
    retenue: Retenue = field(default_factory=Retenue)
    corrections: Corrections = field(default_factory=dict)


def analyser_classeur(
    *, acteur: Acteur, chemin: Path, suivre: Suivre = sans_suivi, consigne: Consigne | None = None
) -> Rapport:
    """Dit tout ce qu'une reprise ferait, et toutes ses erreurs. N'écrit rien."""
    peut_reprendre(acteur).exiger()
    rapport, contenu = _lire(chemin, suivre, consigne or Consigne())
    if contenu is not None:
        rapprocher(acteur=acteur, contenu=contenu, rapport=rapport, suivre=suivre)
    return rapport


def appliquer_classeur(
    *,
    acteur: Acteur,
    chemin: Path,
    suivre: Suivre = sans_suivi,
    conclure: Callable[[Rapport], None] = sans_suite,
    consigne: Consigne | None = None,
) -> Rapport:
    """Reprend le classeur s'il est sans erreur ; une seule, et rien n'est écrit.

    `conclure` est appelé dans la transaction qui écrit : ce qu'il marque est vrai si, et seulement si, tout est écrit.

    Le fichier se lit avant la transaction ; elle tient la structure, confronte de nouveau et écrit : deux reprises
    lancées ensemble se suivent.
    """
    peut_reprendre(acteur).exiger()
    rapport, contenu = _lire(chemin, suivre, consigne or Consigne())
    if contenu is None:
        return rapport
    with transaction.atomic():
        Organisation.objects.select_for_update().get(pk=acteur.agit_pour.pk)
        plan = rapprocher(acteur=acteur, contenu=contenu, rapport=rapport, suivre=suivre)
        if rapport.sans_erreur:
            _ecrire(acteur, plan, suivre)
            noter(acteur=acteur, action="classeur_repris", objet=acteur.agit_pour, **rapport.comptes())
            conclure(rapport)
    return rapport


def _lire(chemin: Path, suivre: Suivre, consigne: Consigne) -> tuple[Rapport, Contenu | None]:
    rapport = Rapport()
    suivre(1, "Ouverture du classeur")
    try:
        with lire(chemin, consigne.choix, consigne.retenue) as classeur:
            rapport.choix = classeur.choix
            return rapport, controler(classeur, rapport, suivre, consigne.corrections)
    except ClasseurRefuse as refus:
        rapport.erreurs.append(Probleme("", None, "", chemin.name, refus.motif))
        return rapport, None


def _ecrire(acteur: Acteur, plan: Plan, suivre: Suivre) -> None:
    """Chaque étage écrit le sien, par ses services ; l'ordre est celui des références."""
    suivre(60, "Enregistrement des entreprises et des marchés")
    reprendre_entreprises(
        acteur=acteur,
        nouvelles=plan.entreprises.nouveaux,
        modifiees=plan.entreprises.objets_modifies(),
        a_suivre=plan.entreprises.a_suivre,
    )
    marches.reprendre_maitres_ouvrage(
        acteur=acteur,
        nouveaux=plan.maitres_ouvrage.nouveaux,
        modifies=plan.maitres_ouvrage.objets_modifies(),
        a_suivre=plan.maitres_ouvrage.a_suivre,
    )
    marches.reprendre_marches(acteur=acteur, operations=plan.operations.nouveaux, **_ecritures(plan.marches))
    marches.reprendre_lots(acteur=acteur, **_ecritures(plan.lots))
    marches.reprendre_engagements(acteur=acteur, **_ecritures(plan.engagements))
    suivre(65, "Enregistrement des personnes et des contrats")
    beneficiaires.reprendre_dossiers(acteur=acteur, **_ecritures(plan.personnes))
    reprendre_contrats(acteur=acteur, **_ecritures(plan.contrats))
    for modele in FAITS:
        faits = plan.faits_de(modele)
        beneficiaires.reprendre_faits(acteur=acteur, **_ecritures(faits), retires=faits.retires)
    suivre(75, "Enregistrement des heures")
    reprendre_heures(
        acteur=acteur, nouvelles=plan.heures, modifiees=plan.heures_modifiees, a_valider=plan.mois_a_valider
    )
    suivre(99, "Fin de l'enregistrement")


def _ecritures(ecritures: Ecritures) -> dict:
    return {
        "nouveaux": ecritures.nouveaux,
        "modifies": ecritures.objets_modifies(),
        "champs": ecritures.champs_modifies(),
    }
