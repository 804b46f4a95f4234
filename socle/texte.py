"""Textes : nettoyer ce qui entre, comparer sans accents ni casse, refuser un numéro national, cacher ce qui ouvre une porte."""

import itertools
import re
import unicodedata
from functools import lru_cache

from django.core.exceptions import ValidationError

# Word écrit un saut de ligne par une tabulation verticale, d'autres par un saut de page ou un séparateur d'Unicode.
_COUPURE = re.compile(r"\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# Ce qui ne s'imprime pas : contrôles, mise en forme (largeur nulle, trait conditionnel, sens d'écriture), moitiés de paire.
_SANS_DESSIN = frozenset({"Cc", "Cf", "Cs"})
# Des « lettres » et des signes vides, que leur catégorie ne trahit pas : un nom d'apparence vide passerait pour écrit.
_VIDES = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_A_VOIR = re.compile(r"[^\n\t\x20-\x7e\xa0-\xac\xae-\u02ff]")  # le texte ordinaire ne s'examine pas lettre à lettre
_LIGATURES = {"œ": "oe", "æ": "ae", "ð": "d", "þ": "th", "ı": "i", "ŋ": "ng", "ĸ": "k"}
_APOSTROPHES = frozenset("'’‘‛ʼʹʻʽ′`´")
_AUTRES_TIRETS = frozenset("−⁃ー")  # le moins, la puce et l'allongement japonais ne sont pas de la catégorie des tirets
_LETTRE_ORNEE = re.compile(r"LATIN SMALL LETTER ([A-Z])(?: WITH .+)")
MASQUE = "•"
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# Sexe, année, mois (01-12, ou 20-99 si inconnu), département, commune, ordre, et la clé facultative. Des séparateurs ne sont
# admis qu'entre ces groupes : un téléphone suivi d'un code postal, un SIRET ou un IBAN ne s'y découpent pas ainsi.
# Un UUID, dont les chiffres tombent parfois ainsi, est passé d'un bloc.
_ENTRE = r"[\s.\-]?"
_GROUPES = (r"[1-478]", r"\d\d", r"(?:0[1-9]|1[0-2]|[2-9]\d)", r"(?:\d\d|2[AB])", r"\d{3}", r"\d{3}")
_NUMERO_NATIONAL = re.compile(
    rf"\b{_UUID}\b|(?P<numero>(?<!\d){_ENTRE.join(_GROUPES)}(?:{_ENTRE}\d\d)?(?!\d))", re.IGNORECASE
)
# L'adresse d'un lien signé ou d'une invitation, et le code d'un courriel : ce qui ouvre quelque chose à qui le lit.
# Ce qui suit « /lien/ » ou « /invitation/ », et tout long segment d'adresse qui n'est pas un UUID : qui le lit peut entrer.
_JETON = re.compile(
    rf"(?<=/lien/)[^/?\s]+|(?<=/invitation/)[^/?\s]+|(?<=/)(?!{_UUID}(?:[/?\s]|$))[\w.:-]{{20,}}(?=[/?\s]|$)"
)
_CODE = re.compile(r"(?<=code : )\d{6}\b")


def _se_voit(caractere: str) -> bool:
    reserve = ord(caractere) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(caractere) <= 0xFDEF  # aucun document XML ne les admet
    return unicodedata.category(caractere) not in _SANS_DESSIN and caractere not in _VIDES and not reserve


def nettoyer(texte: str, *, une_ligne: bool = False) -> str:
    """Le texte tel qu'il se lit, en NFC : rien d'invisible, et une seule façon d'écrire un saut de ligne."""
    coupe = _COUPURE.sub("\n", texte)
    visible = _A_VOIR.sub(lambda trouve: trouve.group() if _se_voit(trouve.group()) else "", coupe)
    propre = unicodedata.normalize("NFC", visible)
    return re.sub(r"[\n\t]+", " ", propre) if une_ligne else propre


@lru_cache(maxsize=2048)
def _lettre_nue(caractere: str) -> str:
    """Une lettre sans barre ni crochet (« ł », « đ », « ø » ne se décomposent pas), un seul tiret, une seule apostrophe."""
    if caractere in _APOSTROPHES:
        return "'"
    if caractere in _AUTRES_TIRETS or unicodedata.category(caractere) == "Pd":
        return "-"
    if unicodedata.combining(caractere) or not (caractere.isspace() or _se_voit(caractere)):
        return ""
    ornee = _LETTRE_ORNEE.fullmatch(unicodedata.name(caractere, ""))
    return ornee.group(1).lower() if ornee else _LIGATURES.get(caractere, caractere)


def plier(texte: str) -> str:
    """« Brèche  du Bœuf » → « breche du boeuf » : la forme sous laquelle on cherche et on trie, sur les deux moteurs."""
    droit = texte.replace("´", "'")  # décomposé, l'accent seul deviendrait une espace
    # Décomposer avant de plier la casse, puis encore : « 𝕊 » ne devient une lettre ordinaire qu'une fois décomposé.
    sans_casse = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", droit).casefold())
    return " ".join("".join(map(_lettre_nue, sans_casse)).split())


def dans_une_phrase(libelle: str) -> str:
    """« Attestation CAF ou MSA » perd sa majuscule, « DRH » la garde ; aucun sigle ne perd les siennes."""
    return libelle if libelle[:2].isupper() else libelle[:1].lower() + libelle[1:]


def sans_numero_national(texte: str) -> None:
    """Refuse un NIR (13 ou 15 chiffres) dans un texte libre : aucune base légale ne permet de le garder ici."""
    if any(trouve["numero"] for trouve in _NUMERO_NATIONAL.finditer(texte or "")):
        raise ValidationError(
            "Ce texte contient un numéro qui ressemble à un numéro de sécurité sociale : retirez-le, "
            "il n'a pas à être enregistré.",
            code="numero_national",
        )


def masquer_le_numero_national(texte: str) -> str:
    """« 1 85 05 78 006 084 91 » → « 1 85 •• •• ••• ••• •• » : le début, pour retrouver la cellule, et rien de plus."""

    def masquer(trouve: re.Match[str]) -> str:
        if not trouve["numero"]:
            return trouve[0]
        chiffres = itertools.count(1)
        return re.sub("[0-9]", lambda chiffre: chiffre[0] if next(chiffres) <= 3 else MASQUE, trouve[0])

    return _NUMERO_NATIONAL.sub(masquer, texte)


def cacher_les_jetons(texte: str) -> str:
    """« …/lien/aB3…/ » → « …/lien/…/ » : ce qui reste écrit n'ouvre plus rien."""
    return _CODE.sub("…", _JETON.sub("…", texte))


def courriel_masque(courriel: str) -> str:
    """« paie@chantier.fr » → « p…@chantier.fr » : assez pour se reconnaître."""
    nom, _, domaine = courriel.partition("@")
    return f"{nom[:1]}…@{domaine}"
