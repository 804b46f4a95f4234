"""Contrôles de valeurs partagés par les modèles, les formulaires et l'import."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from stdnum.exceptions import InvalidChecksum, InvalidFormat, InvalidLength
from stdnum.exceptions import ValidationError as NumeroInvalide
from stdnum.fr import siret as siret_fr

from socle.lecture import sans_decimale
from socle.texte import nettoyer

HORS_D_UN_NOM = "{}<>%"
SIGNES_D_UN_NUMERO = "0123456789 .-/()+\u00a0\u202f"
CHIFFRES_D_UN_NUMERO = 4  # le 3949 est un numéro


def normaliser_siret(texte: str) -> str:
    """Rend les 14 chiffres d'un SIRET tapé avec espaces ou points ; lève `ValidationError` avec la raison."""
    try:
        numero = siret_fr.validate(re.sub(r"[\s.-]", "", sans_decimale(texte)))
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
    if not numero.strip("0"):  # sa clé est juste, mais aucun établissement ne le porte
        raise ValidationError("Un SIRET ne peut pas n'être fait que de zéros.", code="siret")
    return numero


def valider_siret(texte: str) -> None:
    normaliser_siret(texte)


def valider_telephone(texte: str) -> None:
    """Un numéro que l'on peut composer : des chiffres, leurs séparateurs, l'indicatif d'un autre pays."""
    chiffres = sum(signe.isdigit() for signe in texte)
    if chiffres < CHIFFRES_D_UN_NUMERO or set(texte) - set(SIGNES_D_UN_NUMERO):
        raise ValidationError(
            "Ce numéro ne se compose pas : des chiffres, par exemple « 02 33 00 00 01 ».", code="telephone"
        )


def valider_nom(texte: str) -> None:
    """Le nom d'une personne, d'une organisation, d'un lieu : toute écriture, chiffres, signes courants, rien d'un programme."""
    interdits = sorted(set(texte) & set(HORS_D_UN_NOM))
    if interdits:
        raise ValidationError(
            "Un nom ne contient pas le signe « %(signe)s » : retirez-le.", code="nom", params={"signe": interdits[0]}
        )
    if nettoyer(texte, une_ligne=True) != unicodedata.normalize("NFC", texte):
        raise ValidationError("Ce nom contient un caractère invisible : retapez-le.", code="nom")
