"""Niveau, inscription, domicile : un fait nouveau prend sa place entre les autres, jamais deux le même jour."""

import datetime

import pytest

from beneficiaires.models import Critere, Domicile, InscriptionEmploi, NiveauAtteint
from beneficiaires.services import clore_critere, declarer_niveau
from beneficiaires.services.faits import _se_recouvrent
from socle.regles import RegleViolee
from tests.fabriques.beneficiaires import (
    BeneficiaireFactory,
    CritereFactory,
    DomicileFactory,
    InscriptionFactory,
    NiveauFactory,
)
from tests.saisie import annonce, envoyer, fautes, journal, rien_ne_s_ecrit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]  # le 15 octobre 2026
GENRES = {
    "niveau": (NiveauFactory, NiveauAtteint, {"niveau": "4"}, "Niveau enregistré.", "Niveau de formation enregistré"),
    "domicile": (
        DomicileFactory,
        Domicile,
        {"adresse": "3 rue du Port"},
        "Domicile enregistré.",
        "Domicile enregistré",
    ),
    "inscription": (
        InscriptionFactory,
        InscriptionEmploi,
        {},
        "Inscription enregistrée.",
        "Inscription à France Travail enregistrée",
    ),
}
A, B, C = "2024-01-01", "2025-01-01", "2026-01-01"
PERIODES = [
    pytest.param([], A, [(A, None)], id="le premier"),
    pytest.param([(A, None)], B, [(A, "2024-12-31"), (B, None)], id="l'ancien s'arrête la veille"),
    pytest.param(
        [(B, None)], A, [(A, "2024-12-31"), (B, None)], id="déclaré dans le passé, il s'arrête la veille du suivant"
    ),
    pytest.param(
        [(A, "2025-12-31"), (C, None)],
        B,
        [(A, "2024-12-31"), (B, "2025-12-31"), (C, None)],
        id="entre deux, l'ancien déjà clos se raccourcit",
    ),
    pytest.param([(A, "2024-06-30")], B, [(A, "2024-06-30"), (B, None)], id="un trou reste un trou"),
    pytest.param([(A, None)], A, [(A, None)], id="à la même date, il est corrigé"),
    pytest.param([(A, "2024-12-31"), (B, None)], A, [(A, "2024-12-31"), (B, None)], id="corrigé, il garde sa fin"),
    pytest.param([(None, None)], B, [(None, "2024-12-31"), (B, None)], id="depuis toujours"),
    pytest.param(
        [(None, "2024-12-31"), (B, None)], C, [(None, "2024-12-31"), (B, "2025-12-31"), (C, None)], id="trois"
    ),
]


def periodes(modele, dossier) -> list[tuple]:
    lues = modele.objects.filter(beneficiaire=dossier).values_list("depuis", "jusqu_a")
    dites = [tuple(jour and jour.isoformat() for jour in paire) for paire in lues.order_by("pk")]
    return sorted(dites, key=lambda paire: paire[0] or "")


def dates(paire: tuple) -> dict:
    depuis, jusqu_a = (jour and datetime.date.fromisoformat(jour) for jour in paire)
    return {"depuis": depuis, "jusqu_a": jusqu_a}


@pytest.mark.parametrize("genre", GENRES)
@pytest.mark.parametrize(("deja", "depuis", "attendues"), PERIODES)
def test_chaque_fait_prend_sa_place(monde, connecte, genre, deja, depuis, attendues):
    fabrique, modele, saisie, message, phrase = GENRES[genre]
    dossier = BeneficiaireFactory(structure=monde.structure)
    for paire in deja:
        fabrique(beneficiaire=dossier, **dates(paire))
    reponse = envoyer(connecte("edition"), f"beneficiaires:{genre}", dossier, depuis=depuis, **saisie)
    assert (reponse.url, annonce(reponse)) == (dossier.get_absolute_url(), message)
    assert periodes(modele, dossier) == attendues
    pose = modele.objects.get(beneficiaire=dossier, depuis=depuis)
    assert {champ: getattr(pose, champ) for champ in saisie} == saisie
    assert journal(dossier) == [phrase]
    assert connecte("lecture").get(reponse.url).status_code == 200


@pytest.mark.parametrize("genre", ["niveau", "domicile"])
def test_sans_date_le_fait_connu_depuis_l_ouverture_est_corrige(monde, connecte, genre):
    _, modele, saisie, *_ = GENRES[genre]
    dossier = BeneficiaireFactory(structure=monde.structure)
    client = connecte("edition")
    for _ in range(2):
        envoyer(client, f"beneficiaires:{genre}", dossier, **saisie)
    assert periodes(modele, dossier) == [(None, None)]
    envoyer(client, f"beneficiaires:{genre}", dossier, depuis=B, **saisie)
    assert periodes(modele, dossier) == [(None, "2024-12-31"), (B, None)]


@pytest.mark.parametrize(
    ("deja", "depuis", "jusqu_a", "attendues"),
    [
        ([], A, "2024-06-30", [(A, "2024-06-30")]),
        ([(B, None)], A, "2024-06-30", [(A, "2024-06-30"), (B, None)]),
        ([(B, None)], A, "2024-12-31", [(A, "2024-12-31"), (B, None)]),
        ([(A, None)], A, "2024-06-30", [(A, "2024-06-30")]),
        ([(A, "2024-06-30")], A, None, [(A, None)]),
        ([(A, "2024-06-30"), (B, None)], A, None, [(A, "2024-12-31"), (B, None)]),
    ],
)
def test_une_inscription_a_sa_fin_et_se_corrige(monde, connecte, deja, depuis, jusqu_a, attendues):
    dossier = BeneficiaireFactory(structure=monde.structure)
    for paire in deja:
        InscriptionFactory(beneficiaire=dossier, **dates(paire))
    envoyer(connecte("edition"), "beneficiaires:inscription", dossier, depuis=depuis, jusqu_a=jusqu_a)
    assert periodes(InscriptionEmploi, dossier) == attendues


@pytest.mark.parametrize(
    ("depuis", "jusqu_a", "phrase"),
    [
        (A, B, "La période suivante commence le 01/01/2025 : finissez avant."),
        (A, "2023-12-31", "La date de fin précède la date de début."),
    ],
)
def test_une_fin_impossible_se_dit_a_cote(monde, connecte, depuis, jusqu_a, phrase):
    dossier = BeneficiaireFactory(structure=monde.structure)
    InscriptionFactory(beneficiaire=dossier, **dates((B, None)))
    with rien_ne_s_ecrit(InscriptionEmploi):
        reponse = envoyer(connecte("edition"), "beneficiaires:inscription", dossier, depuis=depuis, jusqu_a=jusqu_a)
        assert fautes(reponse, depuis=depuis, jusqu_a=jusqu_a) == {"jusqu_a": phrase}


# --- Ce que les services tiennent, d'où qu'on les appelle -----------------------------------------------------------
def le(texte):
    return datetime.date.fromisoformat(texte)


def niveaux(personne) -> list[tuple]:
    lus = personne.niveaux.order_by("pk").values_list("niveau", "depuis", "jusqu_a")
    return sorted(lus, key=lambda fait: fait[1] or datetime.date.min)


def test_un_fait_sans_date_est_celui_d_avant_tous_les_autres(monde):
    personne = BeneficiaireFactory(structure=monde.structure)
    personne.niveaux.all().delete()
    for niveau, depuis in (("4", le("2024-01-01")), ("5", le("2025-01-01")), ("3", None), ("aucun", None)):
        declarer_niveau(acteur=monde.acteur(), beneficiaire=personne, niveau=niveau, depuis=depuis)
    assert niveaux(personne) == [
        ("aucun", None, le("2023-12-31")),  # redit, il est corrigé ; il s'arrête la veille du premier daté
        ("4", le("2024-01-01"), le("2024-12-31")),
        ("5", le("2025-01-01"), None),
    ]


@pytest.mark.parametrize(
    ("deja", "neuf", "recouvre"),
    [
        ((None, "2024-12-31"), ("2025-01-01", None), False),
        ((None, "2025-01-01"), ("2025-01-01", None), True),
        ((None, None), ("2025-01-01", "2025-01-31"), True),
        (("2025-02-01", None), (None, "2025-01-31"), False),
        (("2025-02-01", None), (None, "2025-02-01"), True),
        (("2025-02-01", None), (None, None), True),
        ((None, "2024-01-01"), (None, "2023-01-01"), True),
    ],
)
def test_deux_periodes_se_recouvrent_d_un_seul_jour(deja, neuf, recouvre):
    jours = [jour and le(jour) for jour in (*deja, *neuf)]
    assert _se_recouvrent(Critere(depuis=jours[0], jusqu_a=jours[1]), *jours[2:]) is recouvre


def test_repousser_une_fin_ne_regarde_que_le_meme_critere(monde):
    """Un autre critère à la même date n'empêche rien ; le même, repris deux fois, si."""
    personne = BeneficiaireFactory(structure=monde.structure)
    bornes = {"depuis": le("2024-01-01"), "jusqu_a": le("2024-06-30"), "principal": False}
    rsa = CritereFactory(beneficiaire=personne, code="RSA", **bornes)
    CritereFactory(beneficiaire=personne, code="ASS", **{**bornes, "jusqu_a": None})
    clore_critere(acteur=monde.acteur(), critere=rsa, jusqu_a=le("2024-07-31"))
    for depuis, fin in (("2024-08-01", "2024-08-31"), ("2030-01-01", None)):
        CritereFactory(beneficiaire=personne, code="RSA", depuis=le(depuis), jusqu_a=fin and le(fin), principal=False)
    with pytest.raises(RegleViolee, match="une seconde fois"):
        clore_critere(acteur=monde.acteur(), critere=rsa, jusqu_a=le("2024-08-01"))
    assert clore_critere(acteur=monde.acteur(), critere=rsa, jusqu_a=le("2024-06-01")).jusqu_a == le("2024-06-01")
