"""Les parts d'une ventilation : leur ordre, celles qui se montrent, l'année d'avant. Pur, sans base."""

import pytest

from reporting.calcul.repartitions import _parts

LIBELLES = {"a": "Alpha", "b": "Bêta", "c": "Gamma"}


@pytest.mark.parametrize(
    ("valeurs", "anciennes", "toujours", "montrees"),
    [
        ({"a": 3}, {}, False, ["a"]),
        ({}, {"b": 2}, False, ["b"]),
        ({"c": 1, "a": 3}, {"b": 2}, False, ["a", "b", "c"]),  # dans l'ordre des libellés
        ({}, {}, True, []),
        ({"a": 3}, {}, True, ["a", "b", "c"]),
        ({}, {"b": 2}, True, ["a", "b", "c"]),
    ],
)
def test_une_part_vide_les_deux_annees_ne_se_montre_pas(valeurs, anciennes, toujours, montrees):
    parts = _parts(LIBELLES, valeurs, anciennes, avec_annee_d_avant=True, toujours=toujours)
    assert [part["cle"] for part in parts] == montrees
    assert [(part["valeur"], part["precedente"]) for part in parts] == [
        (valeurs.get(cle, 0), anciennes.get(cle, 0)) for cle in montrees
    ]


def test_sans_annee_d_avant_rien_ne_se_compare():
    (part,) = _parts(LIBELLES, {"b": 2}, {}, avec_annee_d_avant=False, toujours=False)
    assert part == {"cle": "b", "libelle": "Bêta", "valeur": 2, "precedente": None}
