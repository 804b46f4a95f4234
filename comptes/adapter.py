from allauth.account.adapter import DefaultAccountAdapter

MOYENS = {
    "reauthenticate": "Avec mon mot de passe",
    "mfa_reauthenticate": "Avec un code",
    "mfa_reauthenticate:webauthn": "Avec une clé de sécurité",
}


class CompteAdapter(DefaultAccountAdapter):
    """Pas d'inscription libre : on entre par une invitation."""

    def is_open_for_signup(self, request) -> bool:
        return False

    def get_reauthentication_methods(self, user) -> list[dict]:
        """Les façons de confirmer que c'est bien soi, dites en boutons."""
        return [{**moyen, "description": MOYENS[moyen["id"]]} for moyen in super().get_reauthentication_methods(user)]


def nom_affiche(utilisateur) -> str:
    """Le nom qu'allauth écrit dans ses pages ; `str(utilisateur)` n'en montre aucun, il sert aux journaux."""
    return utilisateur.get_full_name()
