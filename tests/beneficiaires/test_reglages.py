"""Ce qu'une structure règle de l'éligibilité, pour elle seule : la durée, et chaque critère avec sa pièce."""

import datetime

import pytest

from beneficiaires.eligibilite import reglages_d_eligibilite
from beneficiaires.models import ReglageCritere, ReglagesEligibilite
from tests.saisie import annonce, envoyer, fautes, journal, rien_ne_s_ecrit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]  # le 15 octobre 2026
RSA = {"libelle": "Allocataire du RSA", "justificatif": "Attestation de la CAF", "validite_mois": "6"}


@pytest.mark.parametrize(("mois", "admise"), [("1", True), ("120", True), ("0", False), ("121", False), ("", False)])
def test_la_duree_est_de_un_a_cent_vingt_mois(monde, connecte, mois, admise):
    reponse = envoyer(connecte("edition"), "beneficiaires:regle_duree", duree_mois=mois)
    assert reglages_d_eligibilite(monde.structure).duree_mois == (int(mois) if admise else 24)
    assert reglages_d_eligibilite(monde.autre.structure).duree_mois == 24
    if not admise:
        assert list(fautes(reponse, duree_mois=mois)) == ["duree_mois"]
        assert not ReglagesEligibilite.objects.exists()


def test_l_interruption_se_regle_et_se_lit(monde, connecte):
    client = connecte("responsable")
    assert "Après 12 mois sans contrat" in " ".join(client.get("/eligibilite/").content.decode().split())
    envoyer(client, "beneficiaires:regle_duree", duree_mois="24", interruption_mois="6")
    assert reglages_d_eligibilite(monde.structure).interruption_mois == 6
    (phrase,) = journal(monde.structure)
    assert "12 → 6" in phrase
    reponse = envoyer(client, "beneficiaires:regle_duree", duree_mois="24", interruption_mois="")
    assert reglages_d_eligibilite(monde.structure).interruption_mois is None
    assert "ne s'ouvre qu'une fois" in client.get(reponse.url).content.decode()


def test_la_duree_se_regle_une_fois_et_se_lit(monde, connecte):
    client = connecte("responsable")
    reponse = envoyer(client, "beneficiaires:regle_duree", duree_mois="36")
    assert annonce(reponse) == "Durée enregistrée."
    assert "36 mois" in client.get(reponse.url).content.decode()
    (phrase,) = journal(monde.structure)
    assert phrase.startswith("Durée d'éligibilité réglée") and "24 → 36" in phrase
    with rien_ne_s_ecrit(ReglagesEligibilite):
        version = client.get("/eligibilite/duree/").context["version_montree"]
        seconde = envoyer(client, "beneficiaires:regle_duree", duree_mois="36", version_montree=version)
    assert annonce(seconde) == "Rien n'a changé."


def test_un_critere_regle_l_est_pour_sa_structure_seule(monde, connecte):
    client = connecte("edition")
    reponse = envoyer(client, "beneficiaires:regle_critere", "RSA", **RSA, depuis="2026-01-01", jusqu_a="2026-12-31")
    assert annonce(reponse) == "Critère réglé."
    reglage = ReglageCritere.objects.get()
    assert (reglage.structure, reglage.code, reglage.validite_mois) == (monde.structure, "RSA", 6)
    assert (reglage.depuis, reglage.jusqu_a) == (datetime.date(2026, 1, 1), datetime.date(2026, 12, 31))
    assert "Allocataire du RSA" in client.get(reponse.url).content.decode()
    assert "Allocataire du RSA" not in connecte("autre.edition").get(reponse.url).content.decode()
    (phrase,) = journal(monde.structure)
    assert phrase.startswith("Critère d'éligibilité réglé, Bénéficiaire du RSA")


@pytest.mark.parametrize(
    ("champ", "valeur", "mot"),
    [
        ("validite_mois", "0", "1"),
        ("validite_mois", "61", "60"),
        ("libelle", "", "obligatoire"),
        ("jusqu_a", "2025-12-31", "La fin précède le début."),
    ],
)
def test_un_mauvais_reglage_se_dit_a_cote(monde, connecte, champ, valeur, mot):
    saisie = {**RSA, "depuis": "2026-01-01", champ: valeur}
    with rien_ne_s_ecrit(ReglageCritere):
        dites = fautes(envoyer(connecte("edition"), "beneficiaires:regle_critere", "RSA", **saisie), **saisie)
    assert list(dites) == [champ] and mot in dites[champ]


def test_un_critere_inconnu_n_existe_pas_et_qui_lit_ne_regle_rien(monde, connecte):
    with rien_ne_s_ecrit(ReglageCritere, ReglagesEligibilite):
        assert envoyer(connecte("edition"), "beneficiaires:regle_critere", "POESIE", **RSA).status_code == 404
        assert envoyer(connecte("lecture"), "beneficiaires:regle_critere", "RSA", **RSA).status_code == 403
        assert envoyer(connecte("lecture"), "beneficiaires:regle_duree", duree_mois="12").status_code == 403
