"""Les codes officiels : commune (INSEE), EPCI (SIREN)."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

_FORME_INSEE = re.compile(r"(?:\d{2}|2[AB])\d{3}")

MOTIF_CODE_INSEE = "Un code INSEE de commune compte 5 caractères, par exemple 50129 ou 2A004."
valider_siren = RegexValidator(r"^\d{9}\Z", "Un SIREN compte 9 chiffres.", code="siren")


def normaliser_code_insee(texte) -> str:
    """« 2a004 » → « 2A004 », 1004 ou « 1004.0 » (pris pour un nombre par un tableur) → « 01004 ».

    Lève `ValidationError` sinon.
    """
    code = str(texte).strip().upper()
    if entier := re.fullmatch(r"(\d{4,5})(?:\.0+)?", code):
        code = entier[1].zfill(5)
    if not _FORME_INSEE.fullmatch(code):
        raise ValidationError(MOTIF_CODE_INSEE, code="code_insee")
    return code


def valider_code_insee(texte: str) -> None:
    if not _FORME_INSEE.fullmatch(texte):
        raise ValidationError(MOTIF_CODE_INSEE, code="code_insee")
