"""Nommer le compte de quelqu'un sur la ligne de commande."""

from django.core.management.base import CommandError

from comptes.models import Utilisateur


def compte_ou_erreur(adresse: str) -> Utilisateur:
    """Le compte de cette adresse de courriel ; sinon une erreur."""
    utilisateur = Utilisateur.objects.filter(email=adresse.strip().lower()).first()
    if utilisateur is None:
        raise CommandError(f"Aucun compte n'a l'adresse « {adresse} ».")
    return utilisateur
