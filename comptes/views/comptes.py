"""Les comptes et les invitations de tout le service, tels que l'administrateur les tient."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.urls import reverse

from comptes.enums import ADMINISTRATEURS, Role
from comptes.filters import CompteFilter, InvitationFilter
from comptes.models import Adhesion, Compte, Invitation
from comptes.services import bloquer_compte, fermer_les_sessions, oter_second_facteur, rouvrir_compte
from socle.enums import EtatCourriel
from socle.intitules import intitulee
from socle.nombres import accorder
from socle.services.journal import histoire
from socle.tables import Colonne, Genre
from socle.views import FicheView, ListeView, verbe
from socle.views.bases import dire

FACTEURS = {
    Authenticator.Type.TOTP: "Application de codes",
    Authenticator.Type.WEBAUTHN: "Clé de sécurité",
    Authenticator.Type.RECOVERY_CODES: "Codes de récupération",
}


class CompteListeView(ListeView):
    """Tous les comptes du service."""

    titre = "Comptes"
    acces = ADMINISTRATEURS
    model = Compte
    filterset_class = CompteFilter
    nom_export = "comptes"
    vide = "Aucun compte : il naît d'une invitation acceptée."
    colonnes = [
        Colonne("Nom", lambda c: c.get_full_name(), tri="nom", lien=lambda c: c.get_absolute_url(), principale=True),
        Colonne("Courriel", lambda c: c.email, tri="email"),
        Colonne("État", lambda c: "ouvert" if c.is_active else "bloqué", tri="is_active"),
        Colonne("Organisations", lambda c: c.organisations, Genre.NOMBRE, tri="organisations"),
        Colonne("Second facteur", lambda c: "oui" if c.second_facteur else "non", tri="second_facteur"),
        Colonne("Dernière connexion", lambda c: c.last_login, Genre.DATE, tri="last_login"),
        Colonne("Créé le", lambda c: c.cree_le, Genre.DATE, tri="cree_le"),
    ]

    def get_base_queryset(self):
        return super().get_base_queryset().avec_sa_tenue()


class CompteFicheView(FicheView):
    """Un compte : qui l'ouvre, ses sessions, son second facteur, ce qu'on lui a fait."""

    titre = "Un compte"
    acces = ADMINISTRATEURS
    model = Compte
    template_name = "comptes/compte.html"

    def get_context_data(self, **kwargs):
        compte = self.object
        return {
            **super().get_context_data(**kwargs),
            "titre": compte.get_full_name(),
            "soi": compte.pk == self.acteur.en_personne.pk,
            "adhesions_du_compte": list(
                Adhesion.objects.en_vigueur().filter(utilisateur=compte.pk).select_related("organisation")
            ),
            "facteurs": [
                {"nom": FACTEURS[facteur.type], "pose_le": facteur.created_at, "servi_le": facteur.last_used_at}
                for facteur in Authenticator.objects.filter(user=compte.pk).order_by("created_at", "pk")
            ],
            "sessions": list(UserSession.objects.filter(user=compte.pk).order_by("-last_seen_at", "-pk")),
            "invitations": _invitations(self.acteur).filter(email=compte.email),
            "histoire": histoire(compte),
        }


class BlocageView(FicheView):
    """Confirmer le blocage d'un compte."""

    titre = "Bloquer un compte"
    acces = ADMINISTRATEURS
    model = Compte
    template_name = "socle/confirmation.html"

    def get_context_data(self, **kwargs):
        compte = self.object
        orphelines = [f"« {nom} » n'aura plus de responsable : invitez-en un." for nom in _seul_responsable(compte)]
        return {
            **super().get_context_data(**kwargs),
            "titre": f"Bloquer le compte de {compte.get_full_name()} ?",
            "texte": "Cette personne ne pourra plus se connecter, dans aucune de ses organisations.",
            "effets": [
                "Ses sessions se ferment aussitôt.",
                "Ce qu'elle a saisi reste, avec son nom d'auteur.",
                "Un courriel l'en avertit.",
                *orphelines,
            ],
            "bouton": "Bloquer le compte",
            "ton": "danger",
            "url": reverse("comptes:compte_bloquer", args=[compte.uuid]),
            "retour": compte.get_absolute_url(),
        }


class SecondFacteurView(FicheView):
    """Confirmer le retrait d'un second facteur perdu."""

    titre = "Ôter un second facteur perdu"
    acces = ADMINISTRATEURS
    model = Compte
    template_name = "socle/confirmation.html"

    def get_context_data(self, **kwargs):
        compte = self.object
        return {
            **super().get_context_data(**kwargs),
            "titre": f"Ôter le second facteur de {compte.get_full_name()} ?",
            "texte": "Assurez-vous de vive voix que c'est bien cette personne qui le demande, à un numéro déjà connu.",
            "effets": [
                "Son mot de passe seul ouvre de nouveau son compte.",
                "Ses sessions se ferment aussitôt.",
                "Un courriel l'en avertit, pour le cas où elle n'aurait rien demandé.",
            ],
            "bouton": "Ôter le second facteur",
            "ton": "danger",
            "url": reverse("comptes:compte_oter_second_facteur", args=[compte.uuid]),
            "retour": compte.get_absolute_url(),
        }


@verbe(ADMINISTRATEURS, Compte)
@intitulee("Bloquer un compte")
def bloquer(request, compte: Compte):
    avis = bloquer_compte(acteur=request.acteur, utilisateur=compte)
    if avis is None:
        messages.info(request, "Ce compte était déjà bloqué.")
    else:
        dire(request, "Le compte est bloqué, ses sessions sont fermées.", avis)


@verbe(ADMINISTRATEURS, Compte, message="Le compte est ouvert.")
@intitulee("Rouvrir un compte")
def rouvrir(request, compte: Compte):
    rouvrir_compte(acteur=request.acteur, utilisateur=compte)


@verbe(ADMINISTRATEURS, Compte)
@intitulee("Fermer les sessions d'un compte")
def fermer_sessions(request, compte: Compte):
    fermees = fermer_les_sessions(acteur=request.acteur, utilisateur=compte)
    if fermees:
        messages.success(request, f"{accorder(fermees, 'session fermée', 'sessions fermées')}.")
    else:
        messages.info(request, "Aucune session n'était ouverte.")


@verbe(ADMINISTRATEURS, Compte)
@intitulee("Ôter un second facteur perdu")
def oter_facteur(request, compte: Compte):
    avis = oter_second_facteur(acteur=request.acteur, utilisateur=compte)
    if avis is None:
        messages.info(request, "Ce compte n'a pas de second facteur.")
    else:
        dire(request, "Le second facteur est ôté, les sessions sont fermées.", avis)


class InvitationListeView(ListeView):
    """Les invitations en attente de tout le service, et ce que leur courriel est devenu."""

    titre = "Invitations en attente"
    acces = ADMINISTRATEURS
    model = Invitation
    filterset_class = InvitationFilter
    nom_export = "invitations"
    vide = "Aucune invitation en attente."
    colonnes = [
        Colonne("Adresse", lambda i: i.email, tri="email", lien=lambda i: i.get_absolute_url(), principale=True),
        Colonne("Organisation", lambda i: i.organisation.nom, tri="organisation__nom_plie"),
        Colonne("Rôle", lambda i: i.get_role_display(), tri="role"),
        Colonne("Courriel", lambda i: i.courriel and EtatCourriel(i.courriel.etat), Genre.STATUT, tri="courriel__etat"),
        Colonne("Réponse du serveur", lambda i: i.courriel.reponse if i.courriel else ""),
        Colonne("Valable jusqu'au", lambda i: i.expire_le, Genre.DATE, tri="expire_le"),
    ]

    def get_base_queryset(self):
        return _invitations(self.acteur)


def _invitations(acteur):
    attendues = Invitation.objects.visibles_par(acteur).en_attente()
    return attendues.select_related("organisation", "courriel").order_by("-cree_le", "-pk")


def _seul_responsable(compte: Compte) -> list[str]:
    """Les structures dont ce compte est le dernier responsable."""
    siennes = Adhesion.objects.en_vigueur().filter(utilisateur=compte.pk, role=Role.RESPONSABLE)
    autres = Adhesion.objects.en_vigueur().filter(role=Role.RESPONSABLE, utilisateur__is_active=True)
    pourvues = autres.exclude(utilisateur=compte.pk).values("organisation")
    return list(siennes.exclude(organisation__in=pourvues).values_list("organisation__nom", flat=True))
