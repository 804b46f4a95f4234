"""Chacun tient à jour son nom et son téléphone ; l'adresse de courriel, prouvée par l'invitation, ne change pas ici."""

from django.db import transaction

from comptes.acteur import Acteur
from comptes.models import Utilisateur
from comptes.permissions import peut_tenir_son_profil
from socle.services.enregistrement import appliquer


@transaction.atomic
def modifier_profil(*, acteur: Acteur, prenom: str, nom: str, telephone: str = "") -> Utilisateur:
    """Écrit ce qui change. Sans entrée au journal : chacun est seul à se modifier, et ce ne serait que des noms de champs."""
    peut_tenir_son_profil(acteur).exiger()
    utilisateur = Utilisateur.objects.select_for_update().get(pk=acteur.en_personne.pk)
    appliquer(utilisateur, {"prenom": prenom, "nom": nom, "telephone": telephone}, acteur=acteur)
    return utilisateur
