"""Une table d'angle ne laisse rien déduire, ni de ceux de l'angle, ni des autres, à qui a aussi la table de tous."""

import pytest

from reporting.bilan import croisements
from reporting.bilan.croisements import proteger_un_croisement
from reporting.bilan.masques import masquer
from reporting.bilan.petits import MASQUE
from tests.reporting.attaque_croisements import CROISEMENTS, fuites_des_croisements
from tests.reporting.test_masques_bilans import LOT, Hasard, _sans_base  # noqa: F401  (la base reste fermée)

MONDES = 200


@pytest.mark.parametrize("lot", range(MONDES // LOT))
def test_aucune_case_d_un_angle_ne_se_deduit(lot):
    for graine in range(lot * LOT, (lot + 1) * LOT):
        exactes = Hasard(graine).donnees()
        assert not fuites_des_croisements(exactes, masquer(exactes)), graine


def test_l_attaquant_trouve_un_groupe_cache_seul(monkeypatch):
    """Sans un second groupe caché, le total de l'angle rend le premier."""
    monkeypatch.setattr(croisements, "_restent_libres", lambda *quoi: True)
    trouvees = []
    for graine in range(60):
        exactes = Hasard(graine).donnees()
        trouvees += fuites_des_croisements(exactes, masquer(exactes))
    assert {fuite[0] for fuite in trouvees} & set(CROISEMENTS)


def test_une_petite_part_cachee_emporte_un_second_groupe():
    """Trois femmes au RSA sur vingt : elles se cachent, les hommes avec elles, et leur total reste lu."""
    lues = proteger_un_croisement(
        {"F": 20, "H": 40}, {"F": 20, "H": 40}, {"dedans": {"F": 3, "H": 22}, "dehors": {"F": 17, "H": 18}}
    )
    assert lues["dedans"] == {"F": MASQUE, "H": MASQUE}


def test_une_table_sans_petite_case_se_lit_entiere():
    lues = proteger_un_croisement(
        {"F": 20, "H": 40}, {"F": 20, "H": 40}, {"dedans": {"F": 8, "H": 22}, "dehors": {"F": 12, "H": 18}}
    )
    assert lues["dedans"] == {"F": 8, "H": 22}


def test_ceux_qui_ne_sont_pas_de_l_angle_se_cachent_aussi():
    """Dix-huit femmes sur vingt sont au RSA : les deux autres se liraient par différence."""
    lues = proteger_un_croisement(
        {"F": 20, "H": 40}, {"F": 20, "H": 40}, {"dedans": {"F": 18, "H": 22}, "dehors": {"F": 2, "H": 18}}
    )
    assert lues["dedans"]["F"] == MASQUE
