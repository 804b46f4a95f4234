"""Les gestes d'un avis public, par leurs formulaires : une fois, deux fois, par un autre."""

import pytest

from decp.services.avis import ecarter_avis
from tests.gestes_postes import Poste, essayer, essayer_par_un_autre

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]  # le 15 octobre 2026


def avis(c):
    return (c.avis_decp,)


def ecarte(c):
    ecarter_avis(acteur=c.acteur(), avis=c.avis_decp, motif="Hors sujet")


POSTES = [
    Poste("decp:suivre", "avis_suivi", avis),
    Poste("decp:rattacher", "avis_rattache", avis, lambda c: {"marche": c.marche}),
    Poste("decp:ecarter", "avis_ecarte", avis, lambda c: {"motif": "Hors sujet"}),
    Poste("decp:reprendre", "avis_repris", avis, prepare=ecarte),
]


@pytest.mark.parametrize("poste", POSTES, ids=str)
def test_il_s_ecrit_une_fois(monde, connecte, poste):
    essayer(poste, monde, connecte)


@pytest.mark.parametrize("poste", POSTES, ids=str)
def test_personne_d_autre(monde, connecte, poste):
    essayer_par_un_autre(poste, monde, connecte)
