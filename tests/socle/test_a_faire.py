"""La ligne typée d'une source : ses champs à elle, rangés par nature dans les colonnes communes de l'union."""

import datetime
import uuid
from dataclasses import dataclass
from decimal import Decimal

import pytest

from marches.models import Marche
from socle.a_faire import Attente, Lue
from socle.a_faire.forme import FORME, colonnes_de, typee
from socle.a_faire.registre import champs_de
from socle.enums import EtatCourriel


@dataclass(frozen=True, slots=True)
class Essai(Lue):
    personne: uuid.UUID
    du: datetime.date
    au: datetime.date | None
    etat: EtatCourriel
    heures: Decimal | None
    personnes: int


def test_chaque_champ_prend_une_colonne_libre_de_sa_nature():
    colonnes = colonnes_de(champs_de(Essai))
    assert colonnes == {
        "personne": "uuid_0",
        "du": "date_0",
        "au": "date_1",
        "etat": "str_0",
        "heures": "decimal_0",
        "personnes": "int_0",
    }
    assert set(colonnes.values()) <= set(FORME)
    assert champs_de(Lue) == {}


def test_un_code_lu_redevient_son_etat_et_un_vide_reste_vide():
    assert typee(EtatCourriel, EtatCourriel.ABANDONNE.value) is EtatCourriel.ABANDONNE
    assert typee(EtatCourriel, None) is None
    assert typee(str, "Léa") == "Léa"


@pytest.mark.parametrize("champs", [{"nombre": int, "autre": int}, {"pourquoi": list}])
def test_un_champ_sans_colonne_est_refuse(champs):
    with pytest.raises(TypeError, match="aucune colonne libre"):
        colonnes_de(champs)


def test_une_source_lit_exactement_les_champs_de_sa_ligne():
    lit = dict.fromkeys(champs_de(Essai), "uuid")
    assert Attente(Marche.objects.none(), Essai, lambda *_: None, lit).jour is None
    for faux in ({**lit, "de_trop": "uuid"}, {"du": "uuid"}):
        with pytest.raises(TypeError, match="Essai"):
            Attente(Marche.objects.none(), Essai, lambda *_: None, faux)
