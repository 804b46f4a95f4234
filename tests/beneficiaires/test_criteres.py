"""Les critères d'un dossier : jamais deux fois la même période, un seul principal, une pièce qui vaut jusqu'à un jour précis."""

import datetime

import pytest

from beneficiaires.models import Critere
from beneficiaires.services import regler_critere
from tests.fabriques.beneficiaires import BeneficiaireFactory, CritereFactory
from tests.saisie import adresse, annonce, envoyer, fautes, journal, lue, motif_du_refus, rien_ne_s_ecrit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]  # le 15 octobre 2026
DEJA = "Ce critère est déjà enregistré sur cette période."


@pytest.fixture
def dossier(monde):
    return BeneficiaireFactory(structure=monde.structure)


def ajouter(client, dossier, code="RSA", **dates):
    return envoyer(client, "beneficiaires:critere_nouveau", dossier, code=code, **dates)


def clore(client, critere, jusqu_a):
    return envoyer(client, "beneficiaires:critere_clore", critere, jusqu_a=jusqu_a)


def test_un_critere_s_ajoute_et_se_lit_au_dossier(connecte, monde, dossier):
    client = connecte("edition")
    reponse = ajouter(client, dossier, depuis="2026-03-01", principal=True, piece_vue_le="2026-10-01")
    assert (reponse.url, annonce(reponse)) == (dossier.get_absolute_url(), "Critère enregistré.")
    critere = dossier.criteres.get()
    assert (critere.code, critere.principal, critere.depuis) == ("RSA", True, datetime.date(2026, 3, 1))
    assert critere.piece_vue_par == monde.personne("edition")
    page = lue(client, reponse.url)
    assert "(principal)" in page and "pièce vue le 1er oct. 2026" in page
    assert journal(dossier) == ["Critère enregistré"]


@pytest.mark.parametrize(
    ("depuis", "jusqu_a", "libre"),
    [
        ("2025-01-01", "2025-05-31", True),
        ("2025-01-01", "2025-06-01", False),
        ("2025-08-01", "2025-09-01", False),
        ("2025-12-31", None, False),
        ("2026-01-01", None, True),
        ("2025-01-01", None, False),
        (None, "2025-05-31", True),
        (None, "2025-06-01", False),
        (None, None, False),
    ],
)
def test_un_critere_ne_s_enregistre_pas_deux_fois_sur_un_meme_jour(connecte, dossier, depuis, jusqu_a, libre):
    CritereFactory(beneficiaire=dossier, depuis=datetime.date(2025, 6, 1), jusqu_a=datetime.date(2025, 12, 31))
    client = connecte("edition")
    assert ajouter(client, dossier, code="ASS", depuis=depuis, jusqu_a=jusqu_a).status_code == 302  # un autre critère
    reponse = ajouter(client, dossier, depuis=depuis, jusqu_a=jusqu_a)
    assert dossier.criteres.filter(code="RSA").count() == 1 + libre
    if not libre:
        assert fautes(reponse, code="RSA", jusqu_a=jusqu_a or "") == {"code": DEJA}


def test_un_critere_ouvert_ne_s_ajoute_pas_deux_fois(connecte, dossier):
    client = connecte("edition")
    ajouter(client, dossier)
    with rien_ne_s_ecrit(Critere):
        assert fautes(ajouter(client, dossier, depuis="2030-01-01")) == {"code": DEJA}


def test_la_fin_ne_precede_pas_le_debut(connecte, dossier):
    with rien_ne_s_ecrit(Critere):
        reponse = ajouter(connecte("edition"), dossier, depuis="2026-03-02", jusqu_a="2026-03-01")
        dit = fautes(reponse, depuis="2026-03-02", jusqu_a="2026-03-01")
    assert dit == {"jusqu_a": "La date de fin précède la date de début."}
    assert ajouter(connecte("edition"), dossier, depuis="2026-03-02", jusqu_a="2026-03-02").status_code == 302


def test_le_principal_est_le_dernier_marque(connecte, dossier):
    client = connecte("edition")
    for code in ("RSA", "ASS"):
        ajouter(client, dossier, code=code, principal=True)
    ajouter(client, dossier, code="AAH")
    assert dict(dossier.criteres.values_list("code", "principal")) == {"RSA": False, "ASS": True, "AAH": False}


@pytest.mark.parametrize(
    ("code", "vue_le", "tapee", "valable_jusqu_au"),
    [
        ("RSA", "2026-08-12", None, "2026-11-11"),  # trois mois, la veille du même quantième
        ("RSA", "2025-11-30", None, "2026-02-28"),  # février n'a pas de 30
        ("QPV", "2026-08-31", None, "2027-02-28"),
        ("RQTH", "2026-08-12", None, None),  # la notification porte sa propre date
        ("RSA", "2026-08-12", "2026-12-31", "2026-12-31"),
        ("RSA", None, None, None),
    ],
)
def test_la_piece_vaut_jusqu_au_jour_regle(connecte, monde, dossier, code, vue_le, tapee, valable_jusqu_au):
    ajouter(connecte("edition"), dossier, code=code, piece_vue_le=vue_le, piece_valable_jusqu_au=tapee)
    critere = dossier.criteres.get()
    assert str(critere.piece_valable_jusqu_au) == str(valable_jusqu_au)
    assert critere.piece_vue_par == (monde.personne("edition") if vue_le else None)


@pytest.mark.parametrize(("mois", "valable_jusqu_au"), [(1, "2026-09-11"), (None, None)])
def test_la_structure_regle_la_validite_de_la_piece(connecte, monde, dossier, mois, valable_jusqu_au):
    regler_critere(acteur=monde.acteur(), code="RSA", libelle="RSA", justificatif="CAF", validite_mois=mois)
    regler_critere(acteur=monde.acteur("autre.edition"), code="RSA", libelle="RSA", justificatif="CAF", validite_mois=9)
    ajouter(connecte("edition"), dossier, piece_vue_le="2026-08-12")
    assert str(dossier.criteres.get().piece_valable_jusqu_au) == str(valable_jusqu_au)


def test_un_critere_que_la_structure_ne_retient_plus_ne_s_ajoute_pas(connecte, monde, dossier):
    """Ni avant le premier jour de sa période, ni après le dernier ; ces jours compris."""
    jours = {"depuis": datetime.date(2026, 10, 15), "jusqu_a": datetime.date(2026, 10, 15)}
    for code, ecart in (("RSA", None), ("ASS", ("depuis", 1)), ("AAH", ("jusqu_a", -1))):
        dates = dict(jours)
        if ecart:
            dates = {ecart[0]: jours[ecart[0]] + datetime.timedelta(days=ecart[1])}
        regler_critere(acteur=monde.acteur(), code=code, libelle=code, justificatif="Attestation", **dates)
    client = connecte("edition")
    assert ajouter(client, dossier, code="RSA").status_code == 302
    for code in ("ASS", "AAH"):
        assert list(fautes(ajouter(client, dossier, code=code, depuis="2026-01-01"), depuis="2026-01-01")) == ["code"]


# --- Clore --------------------------------------------------------------------------------------------------------
def test_clore_deux_fois_au_meme_jour_n_ecrit_qu_une_fois(connecte, dossier):
    critere, client = CritereFactory(beneficiaire=dossier), connecte("edition")
    for _ in range(2):
        reponse = clore(client, critere, "2026-09-30")
        assert (reponse.url, annonce(reponse)) == (dossier.get_absolute_url(), "Critère clos.")
    critere.refresh_from_db()
    assert critere.jusqu_a == datetime.date(2026, 9, 30)
    assert journal(dossier) == ["Critère clos"]
    page = client.get(reponse.url).content.decode()
    assert "jusqu'au 30 sept. 2026" in lue(client, reponse.url)
    assert adresse("beneficiaires:critere_clore", critere) not in page


@pytest.mark.parametrize(
    ("jusqu_a", "phrase"),
    [
        ("2025-05-31", "La date de fin précède la date de début."),  # il commence le 1er juin
        ("", "Ce champ est obligatoire."),
    ],
)
def test_une_mauvaise_fin_se_dit_a_cote(connecte, dossier, jusqu_a, phrase):
    critere = CritereFactory(beneficiaire=dossier)
    with rien_ne_s_ecrit(Critere):
        assert fautes(clore(connecte("edition"), critere, jusqu_a), jusqu_a=jusqu_a) == {"jusqu_a": phrase}


@pytest.mark.parametrize(("jusqu_a", "libre"), [("2025-12-31", True), ("2026-01-01", False), ("2025-06-01", True)])
def test_une_fin_repoussee_ne_va_pas_sur_le_critere_suivant(connecte, dossier, jusqu_a, libre):
    """Sans quoi la personne l'aurait deux fois le même jour, ce que l'ajout refuse."""
    premier = CritereFactory(beneficiaire=dossier, principal=False, jusqu_a=datetime.date(2025, 9, 30))
    CritereFactory(beneficiaire=dossier, depuis=datetime.date(2026, 1, 1))
    reponse = clore(connecte("edition"), premier, jusqu_a)
    premier.refresh_from_db()
    assert str(premier.jusqu_a) == (jusqu_a if libre else "2025-09-30")
    if not libre:
        phrase = "Ce critère est enregistré une seconde fois sur cette période."
        assert fautes(reponse, jusqu_a=jusqu_a) == {"jusqu_a": phrase}


def test_deux_criteres_repris_ensemble_se_separent_en_closant_le_premier(connecte, dossier):
    """Un classeur a pu en laisser deux : la correction ne doit pas être refusée."""
    premier = CritereFactory(beneficiaire=dossier, principal=False)
    CritereFactory(beneficiaire=dossier, depuis=datetime.date(2026, 1, 1))
    assert clore(connecte("edition"), premier, "2026-02-28").status_code == 302
    assert clore(connecte("edition"), premier, "2025-12-31").status_code == 302


def test_ni_qui_lit_ni_la_voisine_ne_clot_et_l_archive_le_dit(connecte, dossier):
    critere = CritereFactory(beneficiaire=dossier)
    with rien_ne_s_ecrit(Critere):
        assert clore(connecte("lecture"), critere, "2026-09-30").status_code == 403
        assert clore(connecte("autre.responsable"), critere, "2026-09-30").status_code == 404
    dossier.archive_le = "2026-10-01T12:00:00Z"
    dossier.save()
    with rien_ne_s_ecrit(Critere):
        assert "sortez-le de l'archive" in motif_du_refus(clore(connecte("responsable"), critere, "2026-09-30"))
