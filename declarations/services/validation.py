"""Valider un mois : ses heures comptent désormais. S'il était en rectification, elle est close, et dite aux deux côtés."""

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from comptes.acteur import Acteur
from declarations.enums import TRANSITIONS_DECLARATION
from declarations.models import Declaration, LigneHeures, LigneRectifiee, Rectification
from declarations.permissions import peut_tenir_les_mois, peut_valider
from declarations.services.avis_du_mois import ecrire_a_l_entreprise
from declarations.services.decisions import (
    ACCEPTER,
    Decision,
    Ecarts,
    appliquer_decisions,
    ecarts,
    lignes_du_mois,
    valeurs_a_decider,
)
from declarations.services.heures import compter_la_formation, recompter
from declarations.services.sans_critere import consigner_les_motifs, exiger_les_motifs
from declarations.services.verrou import verrouiller_le_mois
from socle.avis import Avis
from socle.regles import RegleViolee
from socle.services.courriels import ecrire_courriel
from socle.services.journal import declarer_actions, noter
from socle.versions import exiger_version

declarer_actions(mois_valide="Mois validé", mois_rectifie="Mois rectifié")


@transaction.atomic
def valider_mois(
    *,
    acteur: Acteur,
    declaration: Declaration,
    decisions: Mapping[int, Decision] | None = None,
    sans_critere: Mapping[int, str] | None = None,
    accepter_le_reste: bool = False,
    version: str = "",
) -> Declaration:
    """Valide le mois : ses heures comptent désormais. Un mois déjà validé reste comme il est (second clic).

    Chaque ligne est décidée : avant, par `decisions`, ou par `accepter_le_reste` qui accepte celles qui ne le sont pas.
    Les heures d'une personne sans critère demandent un motif : déjà consigné, ou donné ici par `sans_critere`.
    """
    peut_tenir_les_mois(acteur).exiger()
    declaration = verrouiller_le_mois(acteur, declaration)
    if declaration.est_validee:
        return declaration
    return valider_le_verrouille(acteur, declaration, decisions or {}, accepter_le_reste, version, sans_critere or {})


def valider_le_verrouille(
    acteur: Acteur,
    declaration: Declaration,
    decisions: Mapping[int, Decision],
    accepter_le_reste: bool,
    version: str,
    sans_critere: Mapping[int, str],
) -> Declaration:
    """Valide un mois déjà verrouillé."""
    peut_valider(acteur, declaration).exiger()
    lignes = lignes_du_mois(declaration)
    exiger_version(version, valeurs_a_decider(declaration, lignes))
    if not lignes:
        raise RegleViolee("Ce mois n'a aucune ligne : saisissez les heures, 0 compris, avant de valider.")
    _decider_de_tout(acteur, declaration, lignes, decisions, accepter_le_reste)
    compter_la_formation(declaration)
    consigner_les_motifs(acteur, lignes, sans_critere)
    exiger_les_motifs(lignes)
    declaration.statut = TRANSITIONS_DECLARATION.appliquer("valider", declaration.statut)
    declaration.validee_le, declaration.validee_par = timezone.now(), acteur.utilisateur
    declaration.save()
    recompter([declaration.engagement_id])
    _dire_et_noter(acteur, declaration)
    return declaration


def _decider_de_tout(
    acteur: Acteur,
    declaration: Declaration,
    lignes: list[LigneHeures],
    decisions: Mapping[int, Decision],
    accepter_le_reste: bool,
) -> None:
    toutes = dict(decisions)
    if accepter_le_reste:
        toutes |= {ligne.pk: ACCEPTER for ligne in lignes if not ligne.est_decidee and ligne.pk not in toutes}
    appliquer_decisions(acteur, declaration, lignes, toutes)
    if reste := sum(not ligne.est_decidee for ligne in lignes):
        raise RegleViolee(
            f"Il reste {reste} ligne{'s' if reste > 1 else ''} à décider : acceptez, retenez une part ou refusez."
        )


def _dire_et_noter(acteur: Acteur, declaration: Declaration) -> None:
    lignes = lignes_du_mois(declaration)
    dits = ecarts(lignes)
    if rectification := clore_rectification(acteur, declaration):
        declaration.dit_a = dire_la_rectification(acteur, declaration, rectification, dits)
    elif dits:
        declaration.dit_a = ecrire_a_l_entreprise(acteur, declaration, "courriels/heures_ecartees", {"ecarts": dits})
    noter(
        acteur=acteur,
        action="mois_rectifie" if rectification else "mois_valide",
        objet=declaration.engagement.lot.marche,
        mois=declaration.mois,
        heures=declaration.lignes.all().total(),
    )


def clore_rectification(acteur: Acteur, declaration: Declaration) -> Rectification | None:
    """Le mois est validé de nouveau : garde ce qu'il compte désormais, s'il était en rectification."""
    rectification = Rectification.objects.ouvertes().filter(declaration=declaration).first()
    if rectification is None:
        return None
    apres: dict[int, Decimal] = dict(declaration.lignes.order_by().values_list("contrat", "heures"))
    connues = list(rectification.lignes.all())
    for ligne in connues:
        ligne.heures_apres = apres.pop(ligne.contrat_id, None)
    LigneRectifiee.objects.bulk_update(connues, ["heures_apres"], batch_size=200)
    LigneRectifiee.objects.bulk_create(
        LigneRectifiee(rectification=rectification, contrat_id=contrat, heures_apres=heures)
        for contrat, heures in sorted(apres.items())
    )
    rectification.total_apres = declaration.lignes.all().total()
    rectification.close_le, rectification.close_par = timezone.now(), acteur.utilisateur
    rectification.save()
    return rectification


def dire_la_rectification(
    acteur: Acteur, declaration: Declaration, rectification: Rectification, dits: Ecarts
) -> Avis | None:
    """Écrit à l'entreprise et au facilitateur du marché, avec les totaux seuls ; rien n'a bougé, rien ne part.

    Rend à qui de l'entreprise.
    """
    if not any(ligne.change for ligne in rectification.lignes.all()):
        return None
    contexte = {"rectification": rectification, "ecarts": dits}
    avis = ecrire_a_l_entreprise(acteur, declaration, "courriels/mois_rectifie", contexte)
    charge = declaration.engagement.lot.marche.facilitateur or acteur.utilisateur
    if charge is not None:
        _ecrire_au_facilitateur(acteur, declaration, rectification, charge.email, avis)
    return avis


def _ecrire_au_facilitateur(
    acteur: Acteur, declaration: Declaration, rectification: Rectification, adresse: str, avis: Avis
) -> None:
    engagement = declaration.engagement
    ecrire_courriel(
        destinataire=adresse,
        gabarit="courriels/mois_rectifie_facilitateur",
        contexte={
            "declaration": declaration,
            "entreprise": engagement.entreprise.raison_sociale,
            "marche": engagement.lot.marche.reference,
            "rectification": rectification,
            "suite": avis.phrase,
            "auteur": acteur.utilisateur.get_full_name() if acteur.utilisateur else "",
        },
    )
