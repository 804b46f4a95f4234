"""Les codes officiels : commune (INSEE), EPCI (SIREN)."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

from socle.lecture import code_de_tableur

_FORME_INSEE = re.compile(r"(?:[0-9]{2}|2[AB])[0-9]{3}")

MOTIF_CODE_INSEE = "Un code INSEE de commune compte 5 caractères, par exemple 50129 ou 2A004."
valider_siren = RegexValidator(r"^\d{9}\Z", "Un SIREN compte 9 chiffres.", code="siren")


def normaliser_code_insee(texte) -> str:
    """« 2a004 » → « 2A004 », 1004 ou « 1004.0 » (zéro mangé par un tableur) → « 01004 » ; lève `ValidationError` sinon."""
    code = code_de_tableur(str(texte)).replace(" ", "").upper()
    if re.fullmatch("[0-9]{4}", code):
        code = f"0{code}"
    if not _FORME_INSEE.fullmatch(code):
        raise ValidationError(MOTIF_CODE_INSEE, code="code_insee")
    return code


def valider_code_insee(texte: str) -> None:
    if not _FORME_INSEE.fullmatch(texte):
        raise ValidationError(MOTIF_CODE_INSEE, code="code_insee")
