"""Contrôles de valeurs partagés par les modèles, les formulaires et l'import."""

from django.core.exceptions import ValidationError
from stdnum.exceptions import InvalidChecksum, InvalidFormat, InvalidLength
from stdnum.exceptions import ValidationError as NumeroInvalide
from stdnum.fr import siret as siret_fr


def normaliser_siret(texte: str) -> str:
    """Rend les 14 chiffres d'un SIRET tapé avec espaces ou points ; lève `ValidationError` avec la raison."""
    try:
        return siret_fr.validate("".join(c for c in texte if c not in " .-\u00a0\u202f"))
    except InvalidLength as erreur:
        raise ValidationError("Un SIRET compte 14 chiffres.", code="siret") from erreur
    except InvalidFormat as erreur:
        raise ValidationError("Un SIRET ne contient que des chiffres.", code="siret") from erreur
    except InvalidChecksum as erreur:
        raise ValidationError(
            "Ce SIRET est faux : sa clé de contrôle ne correspond pas. Vérifiez chaque chiffre.", code="siret"
        ) from erreur
    except NumeroInvalide as erreur:
        raise ValidationError("Ce SIRET n'est pas valide.", code="siret") from erreur


def valider_siret(texte: str) -> None:
    normaliser_siret(texte)
