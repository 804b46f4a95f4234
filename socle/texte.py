"""Textes : comparer sans accents ni casse, refuser un numéro de sécurité sociale, cacher ce qui ouvre une porte."""

import re
import unicodedata

from django.core.exceptions import ValidationError

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "’": "'"})
# Sexe, année, mois (01-12, ou 20-99 si inconnu), département, commune, ordre, et la clé facultative. Des séparateurs ne sont
# admis qu'entre ces groupes : un téléphone suivi d'un code postal, un SIRET ou un IBAN ne s'y découpent pas ainsi.
_NUMERO_NATIONAL = re.compile(
    r"(?<!\d)[1-478]{s}\d\d{s}(?:0[1-9]|1[0-2]|[2-9]\d){s}(?:\d\d|2[AB]){s}\d{{3}}{s}\d{{3}}(?:{s}\d\d)?(?!\d)".format(
        s=r"[\s.\-]?"
    ),
    re.IGNORECASE,
)
# L'adresse d'un lien signé ou d'une invitation, et le code d'un courriel : ce qui ouvre quelque chose à qui le lit.
# Ce qui suit « /lien/ » ou « /invitation/ », et tout long segment d'adresse qui n'est pas un UUID : qui le lit peut entrer.
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_JETON = re.compile(
    rf"(?<=/lien/)[^/?\s]+|(?<=/invitation/)[^/?\s]+|(?<=/)(?!{_UUID}(?:[/?\s]|$))[\w.:-]{{20,}}(?=[/?\s]|$)"
)
_CODE = re.compile(r"(?<=code : )\d{6}\b")


def plier(texte: str) -> str:
    """« Brèche  du Bœuf » → « breche du boeuf » : la forme sous laquelle on cherche et on trie, sur les deux moteurs."""
    # Décomposer avant de plier la casse, puis encore : « 𝕊 » ne devient une lettre ordinaire qu'une fois décomposé.
    sans_ligature = unicodedata.normalize("NFKD", texte).casefold().translate(_LIGATURES)
    decompose = unicodedata.normalize("NFKD", sans_ligature)
    return " ".join("".join(c for c in decompose if not unicodedata.combining(c)).split())


def sans_numero_national(texte: str) -> None:
    """Refuse un NIR (13 ou 15 chiffres) dans un texte libre : aucune base légale ne permet de le garder ici."""
    if _NUMERO_NATIONAL.search(texte or ""):
        raise ValidationError(
            "Ce texte contient un numéro qui ressemble à un numéro de sécurité sociale : retirez-le, "
            "il n'a pas à être enregistré.",
            code="numero_national",
        )


def cacher_les_jetons(texte: str) -> str:
    """« …/lien/aB3…/ » → « …/lien/…/ » : ce qui reste écrit n'ouvre plus rien."""
    return _CODE.sub("…", _JETON.sub("…", texte))


def courriel_masque(courriel: str) -> str:
    """« paie@chantier.fr » → « p…@chantier.fr » : assez pour se reconnaître."""
    nom, _, domaine = courriel.partition("@")
    return f"{nom[:1]}…@{domaine}"
