"""Les jours des rappels, et le palier à passer un jour donné. Pur, au jour près."""

import datetime

import pytest

from declarations.enums import Palier
from declarations.models import Declaration, ReglagesDeclaration
from declarations.relances.calendrier import Du, calendrier, palier_du, prochain_rappel

OUV, ECH, RET, SEC, ACH, TAC = [palier for palier in Palier if palier != Palier.MANUELLE]
JOURS = {
    OUV: "2026-11-02",
    ECH: "2026-11-16",
    RET: "2026-11-20",
    SEC: "2026-11-27",
    ACH: "2026-12-04",
    TAC: "2026-12-11",
}


def jour(texte: str) -> datetime.date:
    return datetime.date.fromisoformat(texte)


def due(echeance: str = "2026-11-15") -> Declaration:
    return Declaration(mois=jour("2026-10-01"), echeance=jour(echeance))


def reglages(**valeurs) -> ReglagesDeclaration:
    return ReglagesDeclaration(**valeurs)


def test_les_paliers_se_comptent_de_l_echeance_en_jours_ouvres():
    assert calendrier(due(), reglages()) == {palier: jour(texte) for palier, texte in JOURS.items()}


@pytest.mark.parametrize(
    ("echeance", "jour_echeance", "ouverture"),
    [
        ("2026-11-15", 15, "2026-11-02"),  # le 1er novembre est férié et un dimanche
        ("2026-12-15", 15, "2026-12-01"),
        ("2026-12-05", 15, "2026-11-23"),  # ouvert le 21, un samedi : quatorze jours avant l'échéance
        ("2026-12-28", 15, "2026-12-01"),
        ("2026-12-15", 20, "2026-11-26"),
    ],
)
def test_l_ouverture_laisse_au_moins_le_temps_usuel(echeance, jour_echeance, ouverture):
    assert calendrier(due(echeance), reglages(jour_echeance=jour_echeance))[OUV] == jour(ouverture)


def test_chaque_ecart_se_regle_a_part():
    regles = reglages(jours_rappel=1, jours_second_contact=2, jours_acheteur=3, jours_tache=4)
    suite = ["2026-11-16", "2026-11-17", "2026-11-18", "2026-11-19"]
    assert [calendrier(due(), regles)[palier] for palier in (RET, SEC, ACH, TAC)] == [*map(jour, suite)]


@pytest.mark.parametrize(
    ("le", "faits", "attendu"),
    [
        ("2026-11-01", [], None),
        ("2026-11-02", [], Du(OUV, ())),
        ("2026-11-02", [OUV], None),
        ("2026-11-15", [OUV], None),
        ("2026-11-16", [OUV], Du(ECH, ())),
        ("2026-11-20", [], Du(RET, (OUV, ECH))),  # un travailleur arrêté ne rattrape pas par salves
        ("2026-11-20", [OUV], Du(RET, (ECH,))),
        ("2026-11-20", [OUV, ECH, RET], None),
        ("2026-11-20", [ACH], None),  # un plus haut est déjà passé
        ("2026-11-20", [Palier.MANUELLE], Du(RET, (OUV, ECH))),  # à la main n'en passe aucun
        ("2027-01-31", [OUV, ECH, RET, SEC, ACH], Du(TAC, ())),
        ("2027-01-31", [TAC], None),
    ],
)
def test_le_plus_haut_palier_du_passe_une_fois(le, faits, attendu):
    du = palier_du(due(), reglages(), faits, jour(le))
    assert du == attendu
    assert du is None or du.rang == du.palier.rang


@pytest.mark.parametrize(
    ("faits", "suivant"),
    [
        ([], OUV),
        ([Palier.MANUELLE], OUV),
        ([OUV], ECH),
        ([OUV, ECH], RET),
        ([SEC], ACH),
        ([ECH, OUV], RET),
        ([ACH], TAC),
        ([TAC], None),
    ],
)
def test_le_prochain_rappel_suit_le_plus_haut_passe(faits, suivant):
    attendu = (suivant, jour(JOURS[suivant])) if suivant else None
    assert prochain_rappel(due(), reglages(), faits) == attendu
