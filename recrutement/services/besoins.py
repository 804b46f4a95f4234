"""Le besoin d'une entreprise : elle l'exprime, le corrige, le retire ; le facilitateur le prend en main ou l'écarte."""

from django.db import transaction
from django.utils import timezone

from comptes.acteur import Acteur
from marches.models import Engagement
from metiers.services import garder_les_metiers
from recrutement.enums import StatutOffre
from recrutement.models import Offre
from recrutement.permissions import peut_changer_le_besoin, peut_examiner_le_besoin, peut_exprimer_un_besoin
from recrutement.services.avis_entreprise import prevenir_l_entreprise, prevenir_les_facilitateurs
from recrutement.services.offres import coordonnees, passer, situer
from socle.regles import RegleViolee
from socle.services.enregistrement import ecrire, modifier, verrouiller
from socle.services.journal import declarer_actions, noter
from socle.services.portee import exiger_la_portee

declarer_actions(
    besoin_exprime="Besoin exprimé par l'entreprise",
    besoin_modifie="Besoin modifié par l'entreprise",
    besoin_retire="Besoin retiré par l'entreprise",
    besoin_pris="Besoin pris en main",
    besoin_ecarte="Besoin écarté",
)


def exprimer_besoin(*, acteur: Acteur, engagement: Engagement, **valeurs) -> Offre:
    """L'entreprise dit ce qu'elle cherche ; ses facilitateurs le reçoivent. Le lieu se situe avant la transaction."""
    peut_exprimer_un_besoin(acteur, engagement).exiger()
    return _exprimer(acteur, engagement, {**valeurs, **coordonnees(valeurs.get("adresse"), valeurs.get("commune"))})


@transaction.atomic
def _exprimer(acteur: Acteur, engagement: Engagement, valeurs: dict) -> Offre:
    ouverts = Engagement.objects.visibles_par(acteur).ouverts_aux_contrats().avec_contexte()
    engagement = ouverts.select_related("lot__marche__structure").filter(pk=engagement.pk).first()
    if engagement is None:
        raise RegleViolee("Ce marché n'est plus ouvert aux embauches.", champ="engagement")
    exiger_la_portee(acteur, valeurs)
    _exiger_a_venir(valeurs["debut"])
    offre = Offre(
        structure=engagement.lot.marche.structure,
        engagement=engagement,
        statut=StatutOffre.BESOIN,
        demandee_par_entreprise=True,
    )
    ecrire(offre, garder_les_metiers(offre.structure, valeurs))
    noter(acteur=acteur, action="besoin_exprime", objet=offre, structure=offre.structure)
    offre.dit_a = prevenir_les_facilitateurs(offre)
    return offre


def modifier_besoin(*, acteur: Acteur, offre: Offre, **valeurs) -> Offre:
    """Corrige le besoin, tant que personne ne l'a pris en main."""
    return _modifier(acteur, offre, situer(acteur, offre, valeurs))


@transaction.atomic
def _modifier(acteur: Acteur, offre: Offre, valeurs: dict) -> Offre:
    offre = _verrouiller(acteur, offre)
    _exiger_un_besoin(acteur, offre)
    if valeurs["debut"] != offre.debut:
        _exiger_a_venir(valeurs["debut"])
    gardees = garder_les_metiers(offre.structure, valeurs)
    modifier(offre, gardees, acteur=acteur, action="besoin_modifie", structure=offre.structure)
    return offre


@transaction.atomic
def retirer_besoin(*, acteur: Acteur, offre: Offre) -> Offre:
    """L'entreprise n'en a plus besoin."""
    offre = _verrouiller(acteur, offre)
    _exiger_un_besoin(acteur, offre)
    passer(offre, "retirer")
    noter(acteur=acteur, action="besoin_retire", objet=offre, structure=offre.structure)
    return offre


@transaction.atomic
def prendre_besoin(*, acteur: Acteur, offre: Offre) -> Offre:
    """Le facilitateur reprend le besoin comme brouillon d'offre : l'entreprise ne le change plus."""
    offre = _verrouiller(acteur, offre)
    _exiger_l_examen(acteur, offre)
    passer(offre, "prendre")
    noter(acteur=acteur, action="besoin_pris", objet=offre)
    offre.dit_a = prevenir_l_entreprise(offre, "pris", "Il est pris en main : l'offre est en préparation.")
    return offre


@transaction.atomic
def ecarter_besoin(*, acteur: Acteur, offre: Offre, reponse_besoin: str) -> Offre:
    """Le facilitateur dit pourquoi le besoin n'aura pas de suite ; l'entreprise le lit."""
    offre = _verrouiller(acteur, offre)
    _exiger_l_examen(acteur, offre)
    if not reponse_besoin.strip():
        raise RegleViolee("Dites pourquoi à l'entreprise.", champ="reponse_besoin")
    ecrire(offre, {"reponse_besoin": reponse_besoin.strip()})
    passer(offre, "ecarter")
    noter(acteur=acteur, action="besoin_ecarte", objet=offre)
    offre.dit_a = prevenir_l_entreprise(offre, "ecarte", f"Il n'aura pas de suite : {offre.reponse_besoin}")
    return offre


def _verrouiller(acteur: Acteur, offre: Offre) -> Offre:
    return verrouiller(Offre.objects.avec_contexte().select_related("structure"), acteur, offre)


def _exiger_un_besoin(acteur: Acteur, offre: Offre) -> None:
    """Un besoin pris en main entre-temps n'est pas un accès refusé : la saisie reste, avec la raison."""
    peut_exprimer_un_besoin(acteur, offre.engagement).exiger()
    if not (verdict := peut_changer_le_besoin(acteur, offre)):
        raise RegleViolee(verdict.motif)


def _exiger_l_examen(acteur: Acteur, offre: Offre) -> None:
    """Le second clic, ou l'entreprise qui vient de retirer son besoin : une phrase, pas une page d'erreur."""
    verdict = peut_examiner_le_besoin(acteur, offre)
    if not verdict and acteur.peut_ecrire and offre.structure_id == acteur.agit_pour.pk:
        raise RegleViolee(verdict.motif)
    verdict.exiger()


def _exiger_a_venir(debut) -> None:
    if debut < timezone.localdate():
        raise RegleViolee("Cette date est passée : dites quand le poste pourrait commencer.", champ="debut")
