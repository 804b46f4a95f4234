"""Les géographies prioritaires et leurs dates, et les rôles qui lisent le territoire d'une structure."""

import datetime

from django.db import models

# Les comptes sont un étage voisin : un rôle se nomme ici par sa valeur (tests/territoires vérifie qu'elles existent).
ROLES_FACILITATEURS = frozenset({"responsable", "edition", "lecture"})
ROLE_RESPONSABLE = "responsable"
ROLE_ADMINISTRATEUR = "administrateur"
TYPE_STRUCTURE = "facilitatrice"


class Millesime(models.IntegerChoices):
    """Les deux géographies des quartiers prioritaires : décrets 2014-1750 du 30/12/2014 et 2023-1314 du 28/12/2023."""

    GEOGRAPHIE_2015 = 2015, "Géographie 2015 (jusqu'au 31/12/2023 ; outre-mer, au 31/12/2024)"
    GEOGRAPHIE_2024 = 2024, "Géographie 2024 (depuis le 01/01/2024 ; outre-mer, le 01/01/2025)"


DEBUT_GEOGRAPHIE_2024 = datetime.date(2024, 1, 1)  # décret 2023-1314, article d'entrée en vigueur (métropole)
DEBUT_OUTRE_MER = datetime.date(2025, 1, 1)  # l'outre-mer garde un an de plus la géographie de 2015
CODES_OUTRE_MER = ("QP97", "QP98", "QN97", "QN98")  # le département suit les deux lettres


def millesime_en_vigueur(le: datetime.date, *, outre_mer: bool = False) -> Millesime:
    """La géographie qui dit, à cette date, si un domicile est en quartier prioritaire."""
    debut = DEBUT_OUTRE_MER if outre_mer else DEBUT_GEOGRAPHIE_2024
    return Millesime.GEOGRAPHIE_2024 if le >= debut else Millesime.GEOGRAPHIE_2015


def est_d_outre_mer(code_quartier: str) -> bool:
    return code_quartier.upper().startswith(CODES_OUTRE_MER)
