"""Chacun tient à jour son nom et son téléphone ; l'adresse de courriel, prouvée par l'invitation, ne change pas ici."""

from django.db import transaction

from comptes.acteur import Acteur
from comptes.models import Utilisateur
from socle.services.enregistrement import changements, ecrire


@transaction.atomic
def modifier_profil(*, acteur: Acteur, prenom: str, nom: str, telephone: str = "") -> Utilisateur:
    utilisateur = Utilisateur.objects.select_for_update().get(pk=acteur.utilisateur.pk)
    valeurs = {"prenom": prenom, "nom": nom, "telephone": telephone}
    if changements(utilisateur, valeurs):
        ecrire(utilisateur, valeurs)
    return utilisateur
