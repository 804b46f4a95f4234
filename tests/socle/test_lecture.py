"""Un seul lecteur : chaque texte passe par toutes les portes, qui rendent la même valeur ou le même refus."""

import contextlib
import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from decp.lecture import lire_montant
from reprise import cellules
from reprise.lecture import liste
from socle import lecture
from socle.bornes import NAISSANCE, VIE
from socle.champs import CodePostalField, EurosField, HeuresField, JourField, MoisField, SiretField
from socle.feuilles import est_vide, montrer
from socle.lecture import Illisible
from socle.nombres import heures, jour, nombre
from socle.validateurs import normaliser_siret
from territoires.validateurs import normaliser_code_insee

D = datetime.date
NOMBRES = {
    "151,67": "151.67",
    "151.67": "151.67",
    "1 234,5": "1234.5",
    "1\u202f234,56": "1234.56",
    "1.234,50": "1234.50",
    "1,234.50": "1234.50",
    "1'234,50": "1234.50",
    "1’234,50": "1234.50",
    "1.234.567": "1234567",
    "1,234,567.89": "1234567.89",
    "1234,500": "1234.5",
    "0.250": "0.25",
    "\u200b12\ufeff": "12",
    "007": "7",
    "1.234": None,
    "1,234": None,
    "151,667": None,
    "1234,567": None,
    "1.234.50": None,
    "12 30": None,
    "1,2,3": None,
    "1e5": None,
    "NaN": None,
    "∞": None,
    "٣": None,
    "": None,
    "9" * 70: None,
}
HEURES = NOMBRES | {
    "151h40": "151.67",
    "151 h 40 min": "151.67",
    "12:30": "12.5",
    "1 234h30": "1234.5",
    "151,67 heures": "151.67",
    "1 heure": "1",
    "151,67 H": "151.67",
    "35 hrs": "35",
    "88h60": None,
    "12:30:00": None,
    "12 €": None,
}
EUROS = NOMBRES | {
    "100 000 €": "100000",
    "100 000,50 €": "100000.50",
    "100 000 € HT": "100000",
    "100 000,00 EUR": "100000",
    "100k€": "100000",
    "1,5 M€": "1500000",
    "100 000 € TTC": None,
    "12 h": None,
    "100 m": None,
}
JOURS = {
    "31/12/1985": D(1985, 12, 31),
    "31.12.85": D(1985, 12, 31),
    "31/12/85": D(1985, 12, 31),
    "31-12-1985": D(1985, 12, 31),
    "31 12 1985": D(1985, 12, 31),
    "1985-12-31": D(1985, 12, 31),
    "1985-12-31 00:00:00": D(1985, 12, 31),
    "31/12/1985 00:00": D(1985, 12, 31),
    "1985-12-31T23:30:00Z": D(1986, 1, 1),
    "1985-12-31+01:00": D(1985, 12, 31),
    "1er mars 1999": D(1999, 3, 1),
    "12 nov. 1999": D(1999, 11, 12),
    "3 août 99": D(1999, 8, 3),
    "\u200b31/12/1985": D(1985, 12, 31),
    "0026-05-02": None,
    "02/05/0026": None,
    "0000-01-01": None,
    "9999-12-31": None,
    "9999-12-31T23:59:59Z": None,
    "31/02/2000": None,
    "31/12-1985": None,
    "12/31/1985": None,
    "1 jui 1999": None,
    "demain": None,
    "45000": None,
}
CODES_POSTAUX = {"50100": "50100", "50 100": "50100", "F-50100": "50100", "1500": "01500", "1500.0": "01500"}
CODES_POSTAUX |= {"2A004": None, "501": None, "00000": None, "501000": None}
CODES_INSEE = {"50129": "50129", "1004": "01004", "1004.0": "01004", "2a004": "2A004", "50129 ": "50129", "00": None}
CODES_INSEE |= {
    "501290": None,
    "5012": "05012",
    "2.8e4": "28000",
    "5,0129E+04": "50129",
    "1,004E+03": "01004",
    "2E9": None,
}
SIRETS = {
    "732 829 320 00074": "73282932000074",
    "732.829.320.00074": "73282932000074",
    "73282932000074.0": "73282932000074",
    "73282932000074\u200b": "73282932000074",
    "35600000009075": "35600000009075",
    "0" * 14: None,
    "000 000 000 00000": None,
    "73282932000075": None,
    "732829320": None,
    "7,32829E+13": None,
}


def par(lire, refus):
    """Ce que rend une porte, `None` si elle refuse ; le refus est une phrase, jamais une écriture de Python."""

    def essayer(texte):
        try:
            return lire(texte)
        except refus as erreur:
            phrase = " ".join(getattr(erreur, "messages", None) or [getattr(erreur, "raison", str(erreur))])
            assert (
                (phrase[:1].isupper() or phrase[:1] == "«") and phrase.rstrip()[-1] in ".»" and "Decimal(" not in phrase
            ), phrase
            return None

    return essayer


def champ(champ):
    return par(lambda texte: champ.clean(texte) or None, ValidationError)


def cellule(lire):
    return par(lambda texte: None if est_vide(texte) else lire(texte), cellules.ValeurFausse)


def de_la_liste(texte):
    """Une liste rend une date au formulaire, ou le texte tel que tapé, qu'il refusera."""
    return champ(JourField(bornes=NAISSANCE))(liste._jour(texte, cellules.naissance))


PORTES = {
    "heures": (HEURES, [champ(HeuresField()), cellule(cellules.heures(10)), cellule(cellules.heures_du_mois(10**9))]),
    "euros": (EUROS, [champ(EurosField()), cellule(cellules.euros(12)), par(lire_montant, Illisible)]),
    "naissances": (JOURS, [champ(JourField(bornes=NAISSANCE)), cellule(cellules.naissance), de_la_liste]),
    "jours": (JOURS, [champ(JourField(bornes=VIE)), cellule(cellules.date), par(lecture.lire_jour, Illisible)]),
    "codes postaux": (CODES_POSTAUX, [champ(CodePostalField()), cellule(cellules.code_postal)]),
    "codes INSEE": (CODES_INSEE, [par(normaliser_code_insee, ValidationError), cellule(cellules.commune)]),
    "SIRET": (SIRETS, [champ(SiretField()), par(normaliser_siret, ValidationError), cellule(cellules.siret)]),
}


@pytest.mark.parametrize("genre", PORTES)
def test_toutes_les_portes_lisent_la_meme_chose(genre):
    textes, portes = PORTES[genre]
    for texte, attendu in textes.items():
        if genre in ("heures", "euros"):
            attendu = None if attendu is None else Decimal(attendu)
        assert [porte(texte) for porte in portes] == [attendu] * len(portes), f"{genre} : {texte!r}"


@pytest.mark.parametrize("texte", ["1.234", "1,234"])
def test_ce_qui_se_lit_de_deux_facons_est_dit(texte):
    for lire in (lecture.lire_heures, lecture.lire_euros, lecture.lire_decimal):
        with pytest.raises(Illisible, match=f"« {texte} » se lit de deux façons : tapez 1234"):
            lire(texte)


@pytest.mark.parametrize(
    ("annee", "jour_tape", "naissance"),
    [
        ("26", 2026, None),
        ("36", 2036, 1936),
        ("37", 1937, 1937),
        ("85", 1985, 1985),
        ("12", 2012, 2012),
        ("20", 2020, None),
    ],
)
def test_une_annee_sur_deux_chiffres_n_est_jamais_l_an_26(horloge, annee, jour_tape, naissance):
    horloge.move_to(datetime.datetime(2026, 11, 30, 9, tzinfo=datetime.UTC))
    assert lecture.lire_jour(f"02/05/{annee}").year == jour_tape
    if naissance is None:
        with pytest.raises(Illisible, match="quatre chiffres"):
            lecture.lire_naissance(f"02/05/{annee}")
    else:
        assert lecture.lire_naissance(f"02/05/{annee}").year == naissance


@pytest.mark.parametrize("texte", ["0026-05", "05/0026", "0026-05-02", "2026-13", "9999-12", "45/10/2026"])
def test_un_mois_hors_du_calendrier_est_refuse_partout(texte):
    assert champ(MoisField())(texte) is None and cellule(cellules.mois)(texte) is None


@pytest.mark.parametrize(
    ("brut", "lues"),
    [
        (datetime.timedelta(hours=151, minutes=40), "151.67"),
        (datetime.time(7, 30), "7.5"),
        (151.666666666, "151.67"),
        (12, "12"),
        (datetime.datetime(1900, 1, 6, 7, 40, tzinfo=datetime.UTC), None),
        (True, None),
    ],
)
def test_une_duree_de_tableur_est_des_heures(brut, lues):
    assert cellule(cellules.heures(8))(brut) == (lues and Decimal(lues))


@pytest.mark.parametrize(
    ("brut", "montre"),
    [(datetime.timedelta(hours=151, minutes=40), "151:40"), (datetime.time(7, 30), "07:30"), (1004.0, "1004")],
)
def test_le_rapport_montre_une_cellule_comme_le_tableur(brut, montre):
    assert montrer(brut) == montre


@settings(deadline=None)  # la machine qui l'essaie peut être occupée
@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_ce_que_la_maison_ecrit_se_relit(valeur):
    assert lecture.lire_heures(heures(valeur)) == valeur
    assert lecture.lire_decimal(nombre(valeur)) == valeur


@settings(deadline=None)  # la machine qui l'essaie peut être occupée
@given(st.dates(D(1937, 1, 1), D(2036, 12, 31)))
def test_un_jour_ecrit_par_la_maison_se_relit(valeur):
    assert lecture.lire_jour(jour(valeur)) == lecture.lire_jour(valeur.isoformat()) == valeur
    assert lecture.lire_jour(f"{valeur:%d.%m.%Y}") == valeur


@settings(deadline=None)  # la machine qui l'essaie peut être occupée
@given(st.text(max_size=80))
def test_aucun_texte_ne_casse_un_lecteur(texte):
    for lire in (
        lecture.lire_decimal,
        lecture.lire_heures,
        lecture.lire_euros,
        lecture.lire_jour,
        lecture.lire_naissance,
        lecture.lire_mois,
        lecture.lire_code_postal,
    ):
        with contextlib.suppress(Illisible):
            lire(texte)
