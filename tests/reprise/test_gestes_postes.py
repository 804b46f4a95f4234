"""Les gestes d'une liste confiée, par leurs formulaires : une fois, deux fois, par un autre."""

import pytest

from tests.gestes_postes import Poste, essayer, essayer_par_un_autre

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]  # le 15 octobre 2026


POSTES = [
    Poste(
        "reprise:brouillon_avancer",
        "",
        lambda c: (c.brouillon, "ecarter"),
        par="prescripteur",
        refuses=("autre.prescripteur", "financeur"),
    ),
    Poste("reprise:appliquer", "reprise_demandee", lambda c: (c.reprise,)),
]


@pytest.mark.parametrize("poste", POSTES, ids=str)
def test_il_s_ecrit_une_fois(monde, connecte, poste):
    essayer(poste, monde, connecte)


@pytest.mark.parametrize("poste", POSTES, ids=str)
def test_personne_d_autre(monde, connecte, poste):
    essayer_par_un_autre(poste, monde, connecte)
