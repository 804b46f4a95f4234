"""Ce que devient chaque donnée d'une personne quand son dossier ou son compte arrive au terme de sa conservation.

Chaque app le déclare dans son `retention.py`, et `tests/test_retention.py` refuse un champ ou une relation oubliés :

- `CHAMPS = {Modele: {"champ": Conservation.EFFACER, …}}` pour les champs de ses modèles de personnes ;
- `RELATIONS = {"app.Modele.champ": Conservation.GARDER, …}` pour ses lignes qui désignent une personne. Les relations des
  bibliothèques se déclarent dans l'app du modèle désigné.
- `DUREES = [(quoi, combien de temps)]` pour ce qui s'efface ou s'anonymise seul : la page légale les lit toutes.
"""

import datetime
from enum import StrEnum
from importlib import import_module

from django.apps import apps
from django.utils.module_loading import module_has_submodule

from socle.models import Courriel, Lien

CONSERVATION_DES_CORPS = datetime.timedelta(days=365)  # le texte d'un courriel ; la trace de son envoi reste
DUREE_DE_VIE = datetime.timedelta(days=30)  # le fichier d'un document, s'il n'est pas publié


class Conservation(StrEnum):
    """Le sort d'un champ ou d'une relation, au terme : la ligne reste pour les chiffres, la personne n'y est plus."""

    GARDER = "garder"  # utile aux chiffres ou à la sécurité, ne désigne personne à lui seul
    TRONQUER = "tronquer"  # réduit à ce qui sert encore : le mois d'une date, le département d'une adresse
    RAMENER = "ramener"  # réduit par le service de l'app à ce que les chiffres du passé en lisent
    EFFACER = "effacer"  # vidé, ou ligne supprimée s'il s'agit d'une relation


CHAMPS = {
    Courriel: {
        "id": Conservation.GARDER,
        "uuid": Conservation.GARDER,
        "cree_le": Conservation.GARDER,
        "modifie_le": Conservation.GARDER,
        "structure": Conservation.GARDER,
        "destinataire": Conservation.EFFACER,
        "copie_a": Conservation.EFFACER,
        "repondre_a": Conservation.EFFACER,
        "sujet": Conservation.EFFACER,
        "corps": Conservation.EFFACER,
        "corps_html": Conservation.EFFACER,
        "corps_efface_le": Conservation.GARDER,
        "cle": Conservation.GARDER,  # faite d'UUID : un courriel dû une fois ne repart pas après effacement
        "etat": Conservation.GARDER,
        "tentatives": Conservation.GARDER,
        "confie_le": Conservation.GARDER,
        "prochain_essai_le": Conservation.GARDER,
        "envoye_le": Conservation.GARDER,
        "reponse": Conservation.EFFACER,  # un serveur d'envoi y cite souvent l'adresse
    },
    Lien: {
        "id": Conservation.GARDER,
        "uuid": Conservation.GARDER,
        "cree_le": Conservation.GARDER,
        "modifie_le": Conservation.GARDER,
        "structure": Conservation.GARDER,
        "usage": Conservation.GARDER,
        "objet_uuid": Conservation.GARDER,
        "destinataire": Conservation.EFFACER,
        "empreinte_jeton": Conservation.GARDER,  # un lien fermé le reste
        "expire_le": Conservation.GARDER,
        "revoque_le": Conservation.GARDER,
        "remplace_le": Conservation.GARDER,
        "ouvert_le": Conservation.GARDER,
    },
}

RELATIONS = {
    "socle.Fusion.faite_par": Conservation.GARDER,  # un compte, qui s'anonymise de son côté
    "socle.CodeCourriel.lien": Conservation.EFFACER,  # un code meurt en dix minutes
}

DUREES = [
    ("Le texte d'un courriel envoyé", f"{CONSERVATION_DES_CORPS.days} jours"),
    ("Un document demandé à l'écran (extrait, lettre, classeur)", f"{DUREE_DE_VIE.days} jours, sauf s'il est publié"),
]


def durees() -> list[tuple[str, str]]:
    """Ce que chaque app garde un temps seulement, et combien."""
    porteuses = [config for config in apps.get_app_configs() if module_has_submodule(config.module, "retention")]
    modules = [import_module(f"{config.name}.retention") for config in porteuses]
    return [duree for module in modules for duree in getattr(module, "DUREES", ())]
