"""Les gestes du mois et des relances, par leurs formulaires : une fois, deux fois, par un autre."""

import pytest

from beneficiaires.models import Critere
from declarations.models import PauseRelances
from tests.gestes_postes import Poste, essayer, essayer_par_un_autre

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]  # le 15 octobre 2026


def le(nom):
    return lambda c: (getattr(c, nom),)


def en_pause(c):
    PauseRelances.objects.filter(pk=c.pause.pk).update(jusqu_au="2026-12-31")


def que_rien_n_y_etonne(c):
    Critere.objects.filter(beneficiaire=c.contrat.beneficiaire).update(piece_vue_le=c.contrat.debut)


REGLAGES = {"jours_rappel": 5, "jours_second_contact": 10, "jours_acheteur": 15, "jours_tache": 20}
PAUSE = {"jusqu_au": "2026-11-15", "motif": "Intempéries"}
DE_CHEZ_NOUS = ("lecture", "financeur")
POSTES = [
    Poste("suivi:rendre", "declaration_rendue", le("mois_declare"), lambda c: {"motif": "Sans relevé"}),
    Poste("suivi:valider", "mois_valide", le("mois_a_valider"), prepare=que_rien_n_y_etonne),
    Poste("suivi:rouvrir", "mois_rouvert", le("mois_valide"), lambda c: {"motif": "Une absence"}),
    Poste("suivi:annonce_ecarter", "annonce_ecartee", le("personne_annoncee"), lambda c: {"motif": "Erreur"}),
    Poste("suivi:depart_ecarter", "annonce_ecartee", le("depart_annonce"), lambda c: {"motif": "Erreur"}),
    Poste(
        "suivi:envoyer_lien",
        "lien_de_declaration",
        le("engagement"),
        lambda c: {"courriel": "paie@chantier.fr"},
        encore="un lien perdu se renvoie",
    ),
    Poste(
        "suivi:pause_entreprise",
        "relances_en_pause",
        le("entreprise"),
        lambda c: PAUSE,
        encore="une pause se prolonge",
    ),
    Poste(
        "suivi:pause_engagement",
        "relances_en_pause",
        le("engagement"),
        lambda c: {**PAUSE, "portee": "seul"},
        encore="une pause se prolonge",
    ),
    Poste("suivi:lever_pause", "relances_reprises", le("pause"), prepare=en_pause),
    Poste("suivi:appel_mois", "entreprise_appelee", le("mois_attendu")),
    Poste("suivi:appel_entreprise", "entreprise_appelee", le("entreprise")),
    Poste("suivi:relancer_mois", "relance_manuelle", le("mois_attendu")),
    Poste(
        "suivi:reglages_declaration",
        "declarations_reglees",
        saisie=lambda c: {"jour_echeance": 10, **REGLAGES},
        refuses=DE_CHEZ_NOUS,
    ),
]


@pytest.mark.parametrize("poste", POSTES, ids=str)
def test_il_s_ecrit_une_fois(monde, connecte, poste):
    essayer(poste, monde, connecte)


@pytest.mark.parametrize("poste", POSTES, ids=str)
def test_personne_d_autre(monde, connecte, poste):
    essayer_par_un_autre(poste, monde, connecte)
