"""Les pages du compte : celles d'allauth, à des adresses françaises, sous les noms d'URL dont il se sert."""

from allauth.account import views as compte
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as cles
from allauth.usersessions import views as sessions
from django.urls import include, path, re_path

mot_de_passe = [
    path("changer/", compte.password_change, name="account_change_password"),
    path("definir/", compte.password_set, name="account_set_password"),
    path("oublie/", compte.password_reset, name="account_reset_password"),
    path("oublie/courriel-envoye/", compte.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^nouveau/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        compte.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("change/", compte.password_reset_from_key_done, name="account_reset_password_from_key_done"),
]

double_authentification = [
    path("", mfa.index, name="mfa_index"),
    path("verifier/", mfa.authenticate, name="mfa_authenticate"),
    path("confirmer/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("application/activer/", totp.activate_totp, name="mfa_activate_totp"),
    path("application/desactiver/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("codes-de-recuperation/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("codes-de-recuperation/generer/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("codes-de-recuperation/telecharger/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("cles/", cles.list_webauthn, name="mfa_list_webauthn"),
    path("cles/ajouter/", cles.add_webauthn, name="mfa_add_webauthn"),
    path("cles/confirmer/", cles.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("cles/connexion/", cles.login_webauthn, name="mfa_login_webauthn"),
    path("cles/<int:pk>/retirer/", cles.remove_webauthn, name="mfa_remove_webauthn"),
    path("cles/<int:pk>/modifier/", cles.edit_webauthn, name="mfa_edit_webauthn"),
]

urlpatterns = [
    path("connexion/", compte.login, name="account_login"),
    path("deconnexion/", compte.logout, name="account_logout"),
    path("inactif/", compte.account_inactive, name="account_inactive"),
    # L'inscription est fermée (CompteAdapter) : allauth renvoie quand même vers ce nom.
    path("inscription/", compte.signup, name="account_signup"),
    path("confirmer/", compte.reauthenticate, name="account_reauthenticate"),
    path("mot-de-passe/", include(mot_de_passe)),
    path("double-authentification/", include(double_authentification)),
    path("sessions/", sessions.list_usersessions, name="usersessions_list"),
]
