"""Le monde des canaris : chaque texte gardé en base y est un bout de gabarit et de HTML, à la longueur de sa colonne.

Compilé, un canari se lirait « Ka14Ri » ; protégé, il se lit tel qu'il est écrit. Les noms, que leurs champs refusent, et ce qu'une
liste ou un classeur aurait apporté, sont écrits en base.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.validators import RegexValidator
from django.db import models

from reporting.bilan.textes import RUBRIQUES
from socle.plis import ChampPlie
from socle.services.journal import noter
from socle.validateurs import valider_siret
from territoires.models import valider_code_insee

CANARI = """Ka{{ 7|add:7 }}Ri{% now "Y" %}<b onx=1>"'&"""
COURT = """<b onx=1>"'&Ka{{ 7|add:7 }}Ri{% now "Y" %}"""  # la balise d'abord : une colonne courte la garde entière
COMPILE, BALISE, ECRIT = "Ka14", "<b onx", "Ka{{ 7|add:7 }}"
ASSEZ_LONG = 48  # le rang de la ligne compris
# Ce qui n'est pas un texte que quelqu'un lit, et ce qu'il faut garder pour que les pages s'ouvrent.
SANS_CANARI = {
    "account.": "tables d'allauth : adresses et jetons",
    "mfa.": "secrets de la double authentification",
    "usersessions.": "sessions",
    "comptes.Utilisateur.password": "empreinte du mot de passe",
    "socle.Courriel.cle": "clé technique, unique",
    "socle.Document.genre": "clé d'un registre",
    "socle.Document.empreinte": "empreinte",
    "socle.EntreeJournal.action": "clé d'un registre",
    "socle.EntreeJournal.objet_type": "nom d'un modèle",
    "socle.Lien.usage": "clé d'un registre",
    "socle.VueEnregistree.chemin": "adresse d'une page de la maison",
    "territoires.Commune.code_departement": "code",
    "territoires.Commune.codes_postaux": "codes",
    "territoires.Commune.autres_codes": "codes",
    "territoires.QuartierPrioritaire.code": "code officiel",
    "beneficiaires.Domicile.code_postal": "cinq chiffres",
    "decp.AvisDecp.acheteur_siret": "quatorze chiffres",
    "marches.Redaction.empreinte": "empreinte",
    "cloture.Attestation.empreinte": "empreinte",
    "reporting.Bilan.cle": "clé technique, unique",
    "reporting.Bilan.empreinte": "empreinte",
    "reporting.ObjectifAnnuel.cle": "clé d'un registre",
    "marches.Piece.type_mime": "type reconnu du contenu",
    "declarations.Justificatif.type_mime": "type reconnu du contenu",
    "declarations.Justificatif.empreinte": "empreinte",
}
# Du JSON qui n'est que nombres, codes ou contours ; dans les autres, chaque phrase et chaque nom devient un canari.
JSON_SANS_TEXTE = {
    "territoires.QuartierPrioritaire.geometrie": "un contour",
    "marches.Scenario.parametres": "des nombres et des codes",
    "marches.Marche.publics_vises": "des codes",
    "socle.Document.parametres": "des identifiants",
    "reporting.ReglagesBilan.colonnes_extrait": "des clés",
}
_CLE_OU_NOMBRE = re.compile(r"[a-z0-9_+.:/-]*|[A-Z0-9_-]+|[\d\s.,:+TZ-]+")


def canariser(acteur, long: str = CANARI, court: str = COURT) -> int:
    """Met un canari dans chaque texte de chaque ligne ; rend le nombre de textes écrits. `acteur` signe le journal."""
    ecrits = 0
    for modele in apps.get_models():
        champs = [champ for champ in modele._meta.concrete_fields if _est_un_texte(champ)]
        if not champs or modele.__name__.startswith("Historical"):
            continue
        for ligne in modele._base_manager.order_by("pk"):
            valeurs = {champ.attname: _canari(champ, ligne, long, court) for champ in champs}
            modele._base_manager.filter(pk=ligne.pk).update(**valeurs)
            ecrits += len(valeurs)
            if hasattr(modele, "get_absolute_url") and hasattr(ligne, "uuid"):
                noter(acteur=acteur, action="marche_modifie", objet=ligne, **_changement(long))
    return ecrits


def _changement(texte: str) -> dict[str, Any]:
    """Un geste du journal qui cite tout ce qu'il peut citer."""
    return {
        "lot": texte,
        "nom": texte,
        "changements": [{"libelle": "Objet", "avant": texte, "apres": texte}],
    }


def nom_complet(champ: models.Field) -> str:
    return f"{champ.model._meta.label}.{champ.name}"


def _est_un_texte(champ: models.Field) -> bool:
    nom = nom_complet(champ)
    if any(nom.startswith(exclu) if exclu.endswith(".") else nom == exclu for exclu in SANS_CANARI):
        return False
    if isinstance(champ, models.JSONField):
        return champ.model.__module__.split(".")[0] != "django" and nom not in JSON_SANS_TEXTE
    ailleurs = (models.EmailField, models.URLField, models.SlugField, models.UUIDField, models.FileField, ChampPlie)
    if not isinstance(champ, models.CharField | models.TextField) or isinstance(champ, ailleurs) or champ.choices:
        return False
    if champ.model._meta.app_label in ("auth", "admin", "contenttypes", "sessions"):
        return False
    code = any(isinstance(v, RegexValidator) or v in (valider_siret, valider_code_insee) for v in champ.validators)
    return not code and not champ.name.startswith("empreinte") and champ.name not in ("secret", "objet_type")


def _canari(champ: models.Field, ligne: models.Model, long: str, court: str) -> Any:
    if nom_complet(champ) == "reporting.Bilan.textes":
        return dict.fromkeys(RUBRIQUES, long)
    if isinstance(champ, models.JSONField):
        return _dans_le_json(getattr(ligne, champ.attname), long)
    longueur = champ.max_length or 500
    # Le rang de la ligne d'abord : des colonnes sont uniques.
    return f"{ligne.pk}{long if longueur >= ASSEZ_LONG else court}"[:longueur]


def _dans_le_json(valeur: Any, texte: str) -> Any:
    if isinstance(valeur, dict):
        textes = {"textes": dict.fromkeys(RUBRIQUES, texte)} if "textes" in valeur else {}
        return {cle: _dans_le_json(v, texte) for cle, v in valeur.items()} | textes
    if isinstance(valeur, list):
        return [_dans_le_json(v, texte) for v in valeur]
    return texte if isinstance(valeur, str) and not _CLE_OU_NOMBRE.fullmatch(valeur) else valeur


def textes_gardes() -> Iterator[str]:
    """Les champs qui portent un canari, pour que la liste des exclus se relise."""
    for modele in apps.get_models():
        yield from (nom_complet(champ) for champ in modele._meta.concrete_fields if _est_un_texte(champ))
