"""Le petit monde lui-même tient : valable, jumeau, distinct."""

import pytest

from declarations.services import recompter


@pytest.mark.parametrize("cote", ["nous", "autre"])
def test_chaque_ligne_du_monde_est_valable(monde, cote):
    for ligne in vars(getattr(monde, cote)).values():
        if hasattr(ligne, "full_clean"):
            ligne.full_clean()


def test_les_jumelles_portent_les_memes_noms_et_aucun_canari_commun(monde):
    assert monde.nous.beneficiaire.nom_complet == monde.autre.beneficiaire.nom_complet
    assert monde.nous.marche.reference == monde.autre.marche.reference
    assert not monde.nous.canaris() & monde.autre.canaris()


def test_le_compteur_des_heures_est_celui_que_le_service_recompterait(monde):
    avant = monde.engagement.heures_realisees
    recompter([monde.engagement.pk])
    monde.engagement.refresh_from_db()
    assert monde.engagement.heures_realisees == avant > 0
