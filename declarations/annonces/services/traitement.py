"""Classer une annonce de l'entreprise : prise en compte, ou écartée avec une raison qu'elle reçoit."""

from typing import cast

from django.db import transaction
from django.utils import timezone

from comptes.acteur import Acteur
from declarations.enums import TRANSITIONS_ANNONCE
from declarations.models import DepartAnnonce, PersonneAnnoncee
from declarations.permissions import peut_traiter_l_annonce
from declarations.services.avis_du_mois import avis_du_mois
from socle.regles import RegleViolee
from socle.services.courriels import ecrire_a_chacun
from socle.services.enregistrement import verrouiller
from socle.services.journal import declarer_actions, noter

declarer_actions(annonce_ecartee="Annonce de l'entreprise écartée")
QUOI = {DepartAnnonce: "un départ", PersonneAnnoncee: "une personne embauchée"}


def traiter(acteur: Acteur, annonce: DepartAnnonce | PersonneAnnoncee, transition: str, **valeurs) -> None:
    """Passe une annonce déjà verrouillée, et dit qui l'a traitée."""
    annonce.statut = TRANSITIONS_ANNONCE.appliquer(transition, annonce.statut)
    annonce.traitee_le, annonce.traitee_par = timezone.now(), acteur.utilisateur
    for champ, valeur in valeurs.items():
        setattr(annonce, champ, valeur)
    annonce.full_clean()
    annonce.save()


@transaction.atomic
def ecarter_annonce(*, acteur: Acteur, annonce: DepartAnnonce | PersonneAnnoncee, motif: str):
    """Écarte l'annonce ; `dit_a` : qui en reçoit la raison, sans un nom."""
    annonce = cast(
        DepartAnnonce | PersonneAnnoncee, verrouiller(type(annonce).objects.avec_contexte(), acteur, annonce)
    )
    peut_traiter_l_annonce(acteur, annonce).exiger()
    if not motif.strip():
        raise RegleViolee("Dites pourquoi : l'entreprise le reçoit.", champ="motif")
    traiter(acteur, annonce, "ecarter", reponse=motif.strip())
    declaration, marche = annonce.declaration, annonce.declaration.engagement.lot.marche
    annonce.dit_a = avis_du_mois(declaration)
    ecrire_a_chacun(
        annonce.dit_a.destinataires,
        gabarit="courriels/annonce_ecartee",
        structure=marche.structure,
        contexte={
            "declaration": declaration,
            "entreprise": declaration.engagement.entreprise.raison_sociale,
            "marche": marche.reference,
            "structure": acteur.agit_pour.nom,
            "quoi": QUOI[type(annonce)],
            "raison": annonce.reponse,
        },
        cle=f"annonce-ecartee-{annonce.uuid}-{annonce.traitee_le:%Y%m%d%H%M%S%f}",
        repondre_a=acteur.utilisateur.email if acteur.utilisateur else "",
    )
    noter(acteur=acteur, action="annonce_ecartee", objet=marche, mois=declaration.mois)
    return annonce
