"""Les formulaires d'allauth, dits avec les mots de la maison."""

from allauth.account.forms import LoginForm, ResetPasswordForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm

LIBELLE = "Adresse de courriel"


class ConnexionForm(LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].label = LIBELLE
        for champ in self.fields.values():
            champ.widget.attrs.pop("placeholder", None)


class MotDePasseOublieForm(ResetPasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].label = LIBELLE
        self.fields["email"].widget.attrs.pop("placeholder", None)


class AjoutCleForm(AddWebAuthnForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "Nom de la clé"
        self.fields["passwordless"].label = "Se connecter avec cette clé seule, sans mot de passe"
        self.fields["passwordless"].help_text = "La clé demande alors votre empreinte, votre visage ou son code."
