"""Les membres et les invitations d'une organisation : inviter, renvoyer, révoquer, changer un rôle, retirer."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse

from comptes.departs import restes_de
from comptes.enums import ADMINISTRATEURS, MEMBRES, Role
from comptes.forms.organisations import InvitationForm
from comptes.models import Adhesion, Invitation, Organisation
from comptes.permissions import peut_inviter
from comptes.services import changer_role as service_changer_role
from comptes.services import confirmer_compte, inviter, renvoyer_invitation, retirer_membre, revoquer_invitation
from comptes.views.organisations import GESTION
from socle.intitules import intitulee
from socle.views import CreationView, FicheView, verbe
from socle.views.bases import dire

QUI_CONFIRMENT = ADMINISTRATEURS | {Role.ENTREPRISE, Role.MAITRE_OUVRAGE}


class InvitationCreationView(CreationView):
    """Inviter quelqu'un dans une organisation."""

    titre = "Inviter quelqu'un"
    acces = MEMBRES
    parent_model = Organisation
    form_class = InvitationForm
    bouton = "Envoyer l'invitation"
    message = "L'invitation est faite."

    def get_form_kwargs(self):
        peut_inviter(self.acteur, self.parent).exiger()  # le refus se dit avant la saisie, pas après
        return {**super().get_form_kwargs(), "organisation": self.parent}

    def get_titre(self):
        return f"Inviter quelqu'un dans « {self.parent} »"

    def enregistrer(self, form):
        return inviter(acteur=self.acteur, organisation=self.parent, **form.cleaned_data)

    def get_retour(self):
        return self.parent.get_absolute_url()


@verbe(MEMBRES, Invitation)
@intitulee("Renvoyer une invitation")
def renvoyer(request, invitation: Invitation):
    renvoyee = renvoyer_invitation(acteur=request.acteur, invitation=invitation)
    dire(request, "L'ancien lien ne sert plus.", renvoyee.dit_a)


@verbe(MEMBRES, Invitation, message="L'invitation est révoquée ; son lien ne sert plus.")
@intitulee("Révoquer une invitation")
def revoquer(request, invitation: Invitation):
    revoquer_invitation(acteur=request.acteur, invitation=invitation)


@verbe(GESTION, Adhesion, message="Le rôle est changé.")
@intitulee("Changer le rôle d'un membre")
def changer_role(request, adhesion: Adhesion):
    service_changer_role(acteur=request.acteur, adhesion=adhesion, role=request.POST.get("role", ""))


@verbe(
    QUI_CONFIRMENT,
    Adhesion,
    message="Le compte est confirmé : il voit désormais tous les dossiers de son organisation.",
)
@intitulee("Confirmer le compte d'un membre")
def confirmer(request, adhesion: Adhesion):
    confirmer_compte(acteur=request.acteur, adhesion=adhesion)


class RetraitView(FicheView):
    """Confirmer le départ d'un membre."""

    titre = "Confirmer le départ d'un membre"
    acces = MEMBRES
    model = Adhesion
    template_name = "comptes/retrait.html"

    def get_queryset(self):
        return super().get_queryset().select_related("organisation", "utilisateur")

    def get_context_data(self, **kwargs):
        adhesion = self.object
        soi = adhesion.utilisateur == self.acteur.utilisateur
        qui = "vous" if soi else adhesion.utilisateur.get_full_name()
        return {
            **super().get_context_data(**kwargs),
            "titre": f"Quitter « {adhesion.organisation} » ?" if soi else "Retirer ce membre ?",
            "texte": f"{self._ce_qui_se_ferme(adhesion)} à {qui}, dès la prochaine page ouverte.",
            "effets": [
                *self._si_c_est_le_dernier(adhesion, soi),
                "Ce qui a été saisi reste, avec son auteur.",
                "Une nouvelle invitation permet de revenir.",
                *([] if soi else ["Un courriel le lui dit."]),
            ],
            "bouton": "Quitter" if soi else "Retirer",
            "ton": "danger",
            "url": reverse("comptes:adhesion_retirer", args=[adhesion.uuid]),
            "retour": adhesion.get_absolute_url(),
            "restes": restes_de(self.acteur, adhesion),
        }

    def _ce_qui_se_ferme(self, adhesion: Adhesion) -> str:
        """Un compte à confirmer ne perd que les dossiers de la structure : elle n'a pas à savoir s'il en voit d'autres."""
        if adhesion.a_confirmer and self.acteur.structure is not None:
            return f"Les dossiers de « {self.acteur.structure} » ne seront plus accessibles"
        return f"« {adhesion.organisation} » ne sera plus accessible"

    @staticmethod
    def _si_c_est_le_dernier(adhesion: Adhesion, soi: bool) -> list[str]:
        """Une structure garde toujours un responsable ; un partenaire peut rester sans personne, mais pas sans le savoir."""
        autres = adhesion.organisation.adhesions.filter(active=True, utilisateur__is_active=True)
        if autres.exclude(pk=adhesion.pk).exists():
            return []
        qui = "Vous êtes la dernière personne" if soi else "C'est la dernière personne"
        conseil = (
            "invitez d'abord un collègue, ou prévenez votre facilitateur" if soi else "invitez d'abord un collègue"
        )
        return [f"{qui} de « {adhesion.organisation} » : plus personne n'y entrera ni n'y recevra rien ; {conseil}."]


@verbe(MEMBRES, Adhesion, message="C'est fait : l'accès est fermé.")
@intitulee("Retirer un membre, ou quitter l'organisation")
def retirer(request, adhesion: Adhesion):
    retirer_membre(acteur=request.acteur, adhesion=adhesion)
    for reste in restes_de(request.acteur, adhesion):
        texte = f"Son adresse est encore un contact de « {reste.fiche} » : elle reçoit ce que vous y envoyez."
        messages.warning(request, texte, extra_tags=f"voir:{reste.page}")
    return redirect("accueil") if adhesion.utilisateur == request.acteur.utilisateur else None
