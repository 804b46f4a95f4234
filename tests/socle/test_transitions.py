import pytest

from socle.regles import OUI, AccesRefuse, RegleViolee, non
from socle.transitions import TableTransitions, Transition

TABLE = TableTransitions(
    Transition("ouvrir", "Ouvrir", ["ferme"], "ouvert"),
    Transition("fermer", "Fermer", ["ouvert", "entrouvert"], "ferme"),
)


def test_une_transition_permise_rend_l_arrivee():
    assert TABLE.appliquer("fermer", "entrouvert") == "ferme"


@pytest.mark.parametrize(("nom", "motif"), [("ouvrir", "« Ouvrir » n'est pas possible"), ("voler", "n'existe pas")])
def test_une_transition_interdite_dit_pourquoi(nom, motif):
    with pytest.raises(RegleViolee) as refus:
        TABLE.appliquer(nom, "ouvert")
    assert motif in refus.value.motif


def test_les_boutons_sont_ceux_de_l_etat_dans_l_ordre_declare():
    assert [t.nom for t in TABLE.possibles("ouvert")] == ["fermer"]
    assert list(TABLE) == ["ouvrir", "fermer"]
    assert len(TABLE) == 2


def test_un_verdict_se_lit_comme_un_booleen_et_s_exige():
    OUI.exiger()
    assert OUI and not non("Non.")
    with pytest.raises(AccesRefuse, match="Non"):
        non("Non.").exiger()


def test_une_regle_violee_peut_viser_un_champ():
    assert RegleViolee("Trop tard.", champ="fin").message_dict == {"fin": ["Trop tard."]}
    assert RegleViolee("Trop tard.").messages == ["Trop tard."]
