"""Les gestes de la fin d'un engagement, par leurs formulaires : une fois, deux fois, par un autre."""

import pytest

from cloture.enums import StatutPenalite
from cloture.models import Penalite
from tests.gestes_postes import Poste, essayer, essayer_par_un_autre

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge", "pdf_sans_mise_en_page")]  # le 15 octobre 2026


def le(nom):
    return lambda c: (getattr(c, nom),)


def lettre_prete(c):
    Penalite.objects.filter(pk=c.penalite.pk).update(
        statut=StatutPenalite.LETTRE_PRETE, lettre_le=None, remise="", observations_le=None, observations=""
    )


CARENCE = {"constatee_le": "2026-10-01", "postes": 1, "motif": "Aucun candidat"}
POSTES = [
    Poste(
        "suivi:mettre_en_demeure",
        "mise_en_demeure",
        le("engagement"),
        lambda c: {"le": "2026-10-10", "objet": "Déclarer septembre"},
    ),
    Poste(
        "suivi:carence_nouvelle",
        "carence_constatee",
        le("engagement"),
        lambda c: CARENCE,
        encore="deux constats en sont deux",
    ),
    Poste("suivi:carence_annuler", "carence_annulee", le("carence")),
    Poste(
        "suivi:penalite_envoyer",
        "penalite_lettre",
        le("penalite_proposee"),
        lambda c: {"repondre_avant": "2026-11-15"},
    ),
    Poste(
        "suivi:penalite_remettre",
        "penalite_lettre_partie",
        le("penalite"),
        lambda c: {"remise": "recommande", "le": "2026-10-14"},
        prepare=lettre_prete,
    ),
    Poste(
        "suivi:penalite_observer",
        "penalite_observations",
        le("penalite"),
        lambda c: {"recues_le": "2026-08-12", "texte": "Une grue en panne"},
        encore="une réponse se complète",
    ),
    Poste(
        "suivi:penalite_decider",
        "penalite_decidee",
        le("penalite"),
        lambda c: {"decision": "abandonnee", "motif": "Intempéries", "confirmer": "oui"},
        par="maitre_ouvrage",
        refuses=("lecture", "financeur", "autre.maitre_ouvrage"),
    ),
    Poste(
        "suivi:penalite_notifier",
        "penalite_notifiee",
        le("penalite_decidee"),
        lambda c: {"le": "2026-09-01"},
    ),
    Poste(
        "suivi:penalite_retirer",
        "penalite_retiree",
        le("penalite"),
        lambda c: {"motif": "Erreur de saisie"},
    ),
    Poste(
        "suivi:reglages_fin",
        "fin_reglee",
        saisie=lambda c: {"jours_pour_repondre": 20, "seuil_satisfait": 95, "seuil_partiel": 40},
        refuses=("lecture", "financeur"),
    ),
]


@pytest.mark.parametrize("poste", POSTES, ids=str)
def test_il_s_ecrit_une_fois(monde, connecte, poste):
    essayer(poste, monde, connecte)


@pytest.mark.parametrize("poste", POSTES, ids=str)
def test_personne_d_autre(monde, connecte, poste):
    essayer_par_un_autre(poste, monde, connecte)
