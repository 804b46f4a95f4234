"""Tenir un compte : le fermer, le rouvrir, clore ses sessions, ôter un second facteur perdu. La personne en est avertie."""

from importlib import import_module

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from comptes.acteur import Acteur
from comptes.models import Compte
from comptes.permissions import peut_tenir_un_compte
from socle.regles import RegleViolee
from socle.services.courriels import ecrire_courriel
from socle.services.enregistrement import verrouiller
from socle.services.journal import declarer_actions, noter

declarer_actions(
    compte_ferme="Compte fermé",
    compte_rouvert="Compte rouvert",
    sessions_closes="Sessions closes",
    second_facteur_ote="Second facteur ôté",
)


@transaction.atomic
def fermer_compte(*, acteur: Acteur, compte: Compte) -> None:
    """Le compte n'ouvre plus rien, aussitôt ; ce qu'il a saisi reste, avec son auteur."""
    compte = _tenir(acteur, compte)
    if not compte.is_active:
        raise RegleViolee("Ce compte est déjà fermé.")
    _basculer(compte, actif=False)
    _clore(compte)
    noter(acteur=acteur, action="compte_ferme", objet=compte)
    _avertir(compte, "compte_ferme")


@transaction.atomic
def rouvrir_compte(*, acteur: Acteur, compte: Compte) -> None:
    """Le compte rouvre, avec son mot de passe, son second facteur et les adhésions qui lui restent."""
    compte = _tenir(acteur, compte)
    if compte.is_active:
        raise RegleViolee("Ce compte est déjà ouvert.")
    _basculer(compte, actif=True)
    noter(acteur=acteur, action="compte_rouvert", objet=compte)
    _avertir(compte, "compte_rouvert")


@transaction.atomic
def clore_les_sessions(*, acteur: Acteur, compte: Compte) -> int:
    """Déconnecte la personne partout ; rend le nombre de sessions closes."""
    compte = _tenir(acteur, compte)
    closes = _clore(compte)
    if closes:
        noter(acteur=acteur, action="sessions_closes", objet=compte, nombre=closes)
    return closes


@transaction.atomic
def oter_le_second_facteur(*, acteur: Acteur, compte: Compte) -> None:
    """Téléphone perdu : le mot de passe seul ouvre de nouveau. Les sessions se closent, la personne l'apprend."""
    compte = _tenir(acteur, compte)
    otes, _ = Authenticator.objects.filter(user=compte.pk).delete()
    if not otes:
        raise RegleViolee("Ce compte n'a pas de second facteur.")
    _clore(compte)
    noter(acteur=acteur, action="second_facteur_ote", objet=compte)
    _avertir(compte, "second_facteur_ote")


def _tenir(acteur: Acteur, compte: Compte) -> Compte:
    compte = verrouiller(Compte.objects, acteur, compte)
    peut_tenir_un_compte(acteur, compte).exiger()
    return compte


def _basculer(compte: Compte, *, actif: bool) -> None:
    compte.is_active = actif
    compte.save(update_fields=["is_active"])


def _clore(compte: Compte) -> int:
    """Lit chaque session ouverte : la clé d'une session change en route, et la liste tenue à la connexion ne la suit pas."""
    magasin = import_module(settings.SESSION_ENGINE).SessionStore
    ouvertes = Session.objects.filter(expire_date__gt=timezone.now()).order_by("pk")
    siennes = [s.session_key for s in ouvertes.iterator() if s.get_decoded().get(SESSION_KEY) == str(compte.pk)]
    for cle in siennes:
        magasin().delete(cle)  # en base et au cache
    UserSession.objects.filter(user=compte.pk).delete()
    return len(siennes)


def _avertir(compte: Compte, gabarit: str) -> None:
    ecrire_courriel(
        destinataire=compte.email,
        gabarit=f"courriels/{gabarit}",
        contexte={"site": settings.SITE_URL, "contact": settings.CONTACT},
    )
