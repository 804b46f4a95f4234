"""Ce que l'administrateur du service fait du compte de quelqu'un : le bloquer, le rouvrir, ôter un second facteur perdu."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from comptes.acteur import Acteur
from comptes.chiffrement import SecretIllisible, chiffrer, dechiffrer, est_sous_la_cle_du_jour
from comptes.enums import Role
from comptes.models import Adhesion, Utilisateur
from comptes.permissions import peut_administrer_un_compte
from socle.avis import Avis, Destinataire
from socle.regles import RegleViolee
from socle.services.courriels import ecrire_courriel
from socle.services.enregistrement import modifier
from socle.services.journal import declarer_actions, noter
from socle.services.lots import pour_chacun, travail

declarer_actions(
    compte_bloque="Compte bloqué",
    compte_rouvert="Compte rouvert",
    sessions_fermees="Sessions fermées",
    second_facteur_ote="Double authentification ôtée",
)
SECRETS = ("secret", "seed")  # les champs d'un moyen d'authentification qu'allauth nous fait chiffrer


@transaction.atomic
def bloquer_compte(*, acteur: Acteur, utilisateur: Utilisateur) -> Avis | None:
    """Ferme le compte et ses sessions, dès la requête suivante ; ses adhésions restent. Rien (`None`) si c'était déjà fait."""
    utilisateur = _verrouiller(acteur, utilisateur)
    if acteur.utilisateur == utilisateur:
        raise RegleViolee("Vous ne pouvez pas bloquer votre propre compte : demandez à un autre administrateur.")
    if not utilisateur.is_active:
        return None
    _exiger_un_autre_administrateur(utilisateur)
    modifier(utilisateur, {"is_active": False}, acteur=acteur, action="compte_bloque")
    _fermer_les_sessions(utilisateur)
    return _prevenir(utilisateur, "courriels/compte_bloque")


@transaction.atomic
def rouvrir_compte(*, acteur: Acteur, utilisateur: Utilisateur) -> None:
    """Le mot de passe et le second facteur d'avant servent de nouveau."""
    utilisateur = _verrouiller(acteur, utilisateur)
    modifier(utilisateur, {"is_active": True}, acteur=acteur, action="compte_rouvert")


@transaction.atomic
def fermer_les_sessions(*, acteur: Acteur, utilisateur: Utilisateur) -> int:
    """Déconnecte la personne partout ; rend le nombre de sessions fermées."""
    utilisateur = _verrouiller(acteur, utilisateur)
    fermees = _fermer_les_sessions(utilisateur)
    if fermees:
        noter(acteur=acteur, action="sessions_fermees", objet=utilisateur, nombre=fermees)
    return fermees


@transaction.atomic
def oter_second_facteur(*, acteur: Acteur, utilisateur: Utilisateur) -> Avis | None:
    """Téléphone ou clé perdus : le mot de passe seul ouvre de nouveau. La personne en est prévenue, et déconnectée."""
    utilisateur = _verrouiller(acteur, utilisateur)
    if acteur.utilisateur == utilisateur:
        raise RegleViolee("Le vôtre s'ôte depuis « Sécurité de la connexion », où l'on vous demandera un code.")
    otes, _ = Authenticator.objects.filter(user=utilisateur).delete()
    if not otes:
        return None
    _fermer_les_sessions(utilisateur)
    noter(acteur=acteur, action="second_facteur_ote", objet=utilisateur, nombre=otes)
    return _prevenir(utilisateur, "courriels/second_facteur_ote")


@travail("Secrets à rechiffrer")
def rechiffrer_les_secrets() -> int:
    """Met sous la clé du jour ce qui l'était sous une autre, ou en clair ; rend le nombre de secrets réécrits."""
    moyens = Authenticator.objects.order_by("user_id").iterator()
    a_rechiffrer = {moyen.user_id for moyen in moyens if _sous_une_autre_cle(moyen)}
    return sum(pour_chacun(Utilisateur.objects.filter(pk__in=a_rechiffrer).order_by("pk"), _rechiffrer_ceux_de))


def secrets_illisibles() -> list[int]:
    """Les comptes dont un secret fut chiffré sous une clé que les réglages n'ont plus."""
    moyens = Authenticator.objects.order_by("pk")
    return [moyen.user_id for moyen in moyens if any(not _se_lit(secret) for secret in _secrets(moyen).values())]


def _verrouiller(acteur: Acteur, utilisateur: Utilisateur) -> Utilisateur:
    peut_administrer_un_compte(acteur).exiger()
    return Utilisateur.objects.select_for_update().get(pk=utilisateur.pk)


def _exiger_un_autre_administrateur(utilisateur: Utilisateur) -> None:
    administrateurs = Adhesion.objects.en_vigueur().filter(role=Role.ADMINISTRATEUR, utilisateur__is_active=True)
    siens = administrateurs.filter(utilisateur=utilisateur)
    if siens.exists() and not administrateurs.exclude(utilisateur=utilisateur).exists():
        raise RegleViolee("C'est le seul administrateur du service : donnez d'abord ce rôle à quelqu'un d'autre.")


def _fermer_les_sessions(utilisateur: Utilisateur) -> int:
    """Lit chaque session ouverte : une clé change en route, et la liste qu'en tient la connexion ne la suit pas toujours."""
    ouvertes = Session.objects.filter(expire_date__gt=timezone.now()).order_by("pk").iterator()
    siennes = [s.session_key for s in ouvertes if s.get_decoded().get(SESSION_KEY) == str(utilisateur.pk)]
    for cle in siennes:
        SessionStore(cle).delete()  # en base et au cache
    UserSession.objects.filter(user=utilisateur).delete()
    return len(siennes)


def _prevenir(utilisateur: Utilisateur, gabarit: str) -> Avis:
    ecrire_courriel(destinataire=utilisateur.email, gabarit=gabarit, contexte={"prenom": utilisateur.prenom})
    return Avis("cette personne", (Destinataire(nom=utilisateur.get_full_name(), adresse=utilisateur.email),))


def _secrets(moyen: Authenticator) -> dict[str, str]:
    return {champ: moyen.data[champ] for champ in SECRETS if champ in moyen.data}


def _se_lit(secret: str) -> bool:
    try:
        dechiffrer(secret)
    except SecretIllisible:
        return False
    return True


def _sous_une_autre_cle(moyen: Authenticator) -> list[str]:
    return [champ for champ, secret in _secrets(moyen).items() if not est_sous_la_cle_du_jour(secret)]


@transaction.atomic
def _rechiffrer_ceux_de(utilisateur: Utilisateur) -> int:
    reecrits = 0
    for moyen in Authenticator.objects.select_for_update().filter(user=utilisateur).order_by("pk"):
        anciens = _sous_une_autre_cle(moyen)
        if anciens:
            moyen.data |= {champ: chiffrer(dechiffrer(moyen.data[champ])) for champ in anciens}
            moyen.save(update_fields=["data"])
            reecrits += len(anciens)
    return reecrits
