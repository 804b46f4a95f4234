"""Accepter une invitation : la page publique que le lien du courriel ouvre."""

from typing import cast

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from comptes.forms.organisations import NouveauCompteForm
from comptes.middleware import CLE_ORGANISATION
from comptes.models import Utilisateur
from comptes.services import LienPerime, accepter_invitation, invitation_du_jeton
from socle.acces import PUBLIC
from socle.erreurs import disparu
from socle.views import VueProtegee


@method_decorator(
    [login_not_required, never_cache, sensitive_post_parameters("mot_de_passe", "confirmation")], name="dispatch"
)
class AcceptationView(VueProtegee):
    """Accepter une invitation : avec son compte, ou en le créant."""

    titre = "Accepter une invitation"
    acces = PUBLIC

    def dispatch(self, request: HttpRequest, jeton: str) -> HttpResponse:
        try:
            self.invitation = invitation_du_jeton(jeton)
            return super().dispatch(request, jeton)
        except LienPerime as perime:
            return disparu(request, perime.motif)

    def get(self, request: HttpRequest, jeton: str) -> HttpResponse:
        return self._page(self._compte_propose())

    def post(self, request: HttpRequest, jeton: str) -> HttpResponse:
        if request.user.is_authenticated:
            return self._accepter_connecte(jeton)
        return self._accepter_en_creant_un_compte(jeton)

    def _accepter_connecte(self, jeton: str) -> HttpResponse:
        try:
            accepter_invitation(jeton=jeton, utilisateur=cast(Utilisateur, self.request.user))
        except LienPerime:
            raise
        except ValidationError as refus:
            for motif in refus.messages:
                messages.error(self.request, motif)
            return self._page(self._compte_propose())
        self._agir_pour_l_organisation()
        return redirect("accueil")

    def _accepter_en_creant_un_compte(self, jeton: str) -> HttpResponse:
        form = NouveauCompteForm(self.request.POST)
        if not form.is_valid():
            return self._page(form)
        identite = {cle: form.cleaned_data[cle] for cle in ("prenom", "nom", "mot_de_passe")}
        try:
            adhesion = accepter_invitation(jeton=jeton, **identite)
        except LienPerime:
            raise
        except ValidationError as refus:
            form.reporter(refus)
            return self._page(form)
        reponse = perform_login(self.request, adhesion.utilisateur, email_verification="none")
        self._agir_pour_l_organisation()
        return reponse

    def _compte_propose(self) -> NouveauCompteForm:
        """Le nom que l'on a donné de la personne, qu'elle peut corriger."""
        return NouveauCompteForm(initial={"prenom": self.invitation.prenom, "nom": self.invitation.nom})

    def _agir_pour_l_organisation(self) -> None:
        self.request.session[CLE_ORGANISATION] = str(self.invitation.organisation.uuid)
        messages.success(self.request, f"Vous êtes maintenant membre de « {self.invitation.organisation} ».")

    def _page(self, form: NouveauCompteForm) -> HttpResponse:
        connecte = self.request.user if self.request.user.is_authenticated else None
        return render(
            self.request,
            "comptes/invitation.html",
            {
                "invitation": self.invitation,
                "form": form,
                "pour_moi": connecte is not None and connecte.email == self.invitation.email,
                "autre_compte": connecte is not None and connecte.email != self.invitation.email,
                "compte_existant": Utilisateur.objects.filter(email=self.invitation.email).exists(),
            },
        )
