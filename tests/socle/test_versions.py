"""Deux personnes sur un formulaire : la seconde garde ce qu'elle a tapé, voit l'autre valeur, et peut renvoyer."""

from decimal import Decimal

import pytest

from socle.champs import HeuresField
from socle.forms import FormulaireVersionne
from socle.versions import CHAMP_VERSION, VersionDepassee, exiger_version, version_de, version_dite


class _Form(FormulaireVersionne):
    heures = HeuresField(label="Heures", required=False)
    absence = HeuresField(label="Absence", required=False)


def test_la_version_est_celle_des_valeurs():
    assert version_de({"heures": Decimal("10.00"), "absence": None}) == version_de({"heures": Decimal(10)})
    assert version_de({"heures": Decimal(100)}) != version_de({"heures": Decimal(1)})
    exiger_version("", {"heures": Decimal(1)})
    exiger_version(version_de({"heures": 1}), {"heures": Decimal("1.00")})
    with pytest.raises(VersionDepassee):
        exiger_version(version_de({"heures": 1}), {"heures": 2})


def test_la_seconde_voit_ce_qui_a_change_et_ne_perd_rien():
    avant, desormais = {"heures": Decimal(80), "absence": None}, {"heures": Decimal("90.5"), "absence": Decimal(7)}
    assert _Form(version=version_de(avant))[CHAMP_VERSION].value() == version_de(avant)
    form = _Form({"heures": "85", "absence": "7", CHAMP_VERSION: version_de(avant)})
    assert form.is_valid() and form.version_vue == version_de(avant)
    with pytest.raises(VersionDepassee) as refus:
        exiger_version(form.version_vue, desormais)
    form.reporter(refus.value)
    page = form.as_p()
    assert 'value="85"' in page and "Enregistré entre-temps : 90,5." in page
    assert "absence" not in form.errors  # la même valeur des deux côtés : rien à relire
    second = _Form({"heures": "85", "absence": "7", CHAMP_VERSION: form[CHAMP_VERSION].value()})
    assert second.is_valid()
    exiger_version(second.version_vue, desormais)


def _dire(valeurs) -> dict[str, str]:
    return {nom: f"{valeur} h" for nom, valeur in valeurs.items() if valeur is not None}


def test_une_version_dite_donne_l_avant_et_l_apres():
    vue = version_dite(_dire({"heures": 80, "absence": None, "retiree": 3, "pareille": 1}))
    exiger_version(vue, {"heures": 80, "retiree": 3, "pareille": 1}, dire=_dire)
    with pytest.raises(VersionDepassee) as refus:
        exiger_version(vue, {"heures": 90, "absence": 7, "pareille": 2}, {"heures": 85, "pareille": 2}, _dire)
    assert [(c.champ, c.avant, c.apres) for c in refus.value.changements] == [
        ("absence", "", "7 h"),
        ("heures", "80 h", "90 h"),
    ]
    assert refus.value.ecarts == {"absence", "heures"}


@pytest.mark.parametrize("illisible", ["faux", "dfaux", "d", "v123456"])
def test_une_version_dite_illisible_n_arrete_personne(illisible):
    exiger_version(illisible, {"heures": 90}, {"heures": 85}, _dire)
