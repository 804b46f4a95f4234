"""Écrire une ligne : la base refuse, et l'on sait pourquoi à côté du champ."""

from decimal import Decimal

import pytest
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from declarations.models import LigneHeures
from socle.services.enregistrement import ecrire

pytestmark = pytest.mark.django_db


@pytest.fixture
def ligne(monde) -> LigneHeures:
    ligne = LigneHeures(declaration=monde.mois_attendu, contrat=monde.contrat, mois=monde.mois_attendu.mois)
    ecrire(ligne, {"heures_declarees": Decimal(80), "heures": Decimal(80)})
    return ligne


def test_une_seconde_ligne_se_refuse_avec_sa_phrase(monde, ligne):
    """Deux écritures ensemble n'ont rien vu l'une de l'autre : c'est la base qui tranche, et la phrase vient quand même."""
    autre = LigneHeures(declaration=monde.mois_attendu, contrat=monde.contrat, mois=ligne.mois)
    with pytest.raises(ValidationError, match="Ce contrat a déjà des heures ce mois-là"):
        ecrire(autre, {"heures_declarees": Decimal(10), "heures": Decimal(10)})
    assert autre.pk is None
    assert LigneHeures.objects.get(declaration=monde.mois_attendu) == ligne  # la transaction vit encore


@pytest.mark.parametrize(
    ("valeurs", "champ", "phrase"),
    [
        ({"heures": Decimal(90)}, "heures", "On ne retient pas plus d'heures qu'il n'en est déclaré."),
        ({"decision": "refusee"}, "decision", "Une ligne réduite ou refusée a son motif"),
    ],
)
def test_une_contrainte_se_dit_par_son_nom_et_rien_n_est_ecrit(ligne, valeurs, champ, phrase):
    with pytest.raises(ValidationError) as refus:
        ecrire(ligne, valeurs)
    (erreur,) = [erreur for erreur in refus.value.error_dict[NON_FIELD_ERRORS] if erreur.code == f"champ:{champ}"]
    assert phrase in erreur.message
    ligne.refresh_from_db()
    assert (ligne.heures, ligne.decision) == (80, "en_attente")
