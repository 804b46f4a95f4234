"""La fiche de lancement : l'effort qui reste par mois, qui appeler."""

import datetime
from decimal import Decimal

import pytest

from comptes.models import Organisation, Utilisateur
from marches.lancement import VOIES, contact_de, facilitateur_de, heures_par_mois, publics_vises
from marches.models import Marche, ReglagesClause

LE = datetime.date(2026, 10, 1)


@pytest.mark.parametrize(
    ("reste", "fin", "par_mois"),
    [
        (Decimal(600), datetime.date(2027, 3, 31), 100),  # 182 jours, six mois
        (Decimal(600), datetime.date(2026, 10, 10), 600),  # moins d'un mois : tout, jamais plus
        (Decimal(0), datetime.date(2027, 3, 31), None),
        (Decimal(600), datetime.date(2026, 9, 30), None),
    ],
)
def test_heures_par_mois(reste, fin, par_mois):
    assert heures_par_mois(reste, LE, fin) == par_mois


def test_qui_appeler():
    structure = Organisation(nom="PLIE")
    marche = Marche(structure=structure, publics_vises=["RSA", "INCONNU"])
    assert facilitateur_de(marche).nom == "PLIE"
    structure.reglages_clause = ReglagesClause(contact="Le guichet", telephone="02 33 00 00 01")
    assert (facilitateur_de(marche).nom, facilitateur_de(marche).telephone) == ("Le guichet", "02 33 00 00 01")
    marche.facilitateur = Utilisateur(prenom="Malo", nom="Adam", email="malo@plie.example")
    assert facilitateur_de(marche).courriel == "malo@plie.example"
    assert contact_de("Votre tuteur", None).nom == "pas encore désigné"
    assert publics_vises(marche) == ["Bénéficiaire du RSA ou ayant droit"]


def test_chaque_voie_dit_ce_qu_elle_apporte_et_ce_qu_elle_demande():
    assert len(VOIES) == 3 and all(voie.pour and voie.contre for voie in VOIES)
