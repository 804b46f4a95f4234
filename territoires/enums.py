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

    GEOGRAPHIE_2015 = 2015, "Géographie 2015 (jusqu'au 31/12/2023)"
    GEOGRAPHIE_2024 = 2024, "Géographie 2024 (depuis le 01/01/2024)"


DEBUT_GEOGRAPHIE_2024 = datetime.date(2024, 1, 1)  # décret 2023-1314, article d'entrée en vigueur (métropole)


def millesime_en_vigueur(le: datetime.date) -> Millesime:
    """La géographie qui dit, à cette date, si un domicile est en quartier prioritaire."""
    return Millesime.GEOGRAPHIE_2024 if le >= DEBUT_GEOGRAPHIE_2024 else Millesime.GEOGRAPHIE_2015
