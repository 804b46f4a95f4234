"""Le passé ne dérive pas : ce qu'un geste d'aujourd'hui dit d'une personne ne change aucun chiffre d'une année passée.

Des mondes tirés au hasard ; tous les bilans, toutes les années, les extraits, avant et après chaque geste.
"""

import datetime
import random
from types import SimpleNamespace

import pytest
from django.utils import timezone

from beneficiaires import reduction, services
from beneficiaires.enums import CodeCritere, NiveauFormation
from beneficiaires.models import Beneficiaire
from beneficiaires.services import anonymiser_dossier
from comptes.acteur import Acteur
from reporting.bilan.decoupe import lire
from reporting.bilan.synthese import assembler
from reporting.calcul import profils
from reporting.enums import Variante
from reporting.extraits import fse
from reporting.lecture.lignes import charger, motifs_de_fin
from reporting.lecture.releve import Domicile, Fait, Personne, Quartier
from socle.periodes import Periode, age
from socle.regles import RegleViolee
from tests.reporting.mondes_de_bilans import MondeDeBilans

D = datetime.date
ANNEES = (2023, 2024, 2025)
LUES = (Variante.STRUCTURE, Variante.FSE, Variante.MAITRE_OUVRAGE)


def tout_le_passe(monde: MondeDeBilans) -> dict:
    """Tous les chiffres de toutes les années : trois variantes, et l'extrait FSE+ ligne à ligne."""
    lus: dict = {}
    for annee in ANNEES:
        for variante in LUES:
            lecture = lire(monde.perimetre(variante, Periode.annee(annee)))
            lus[annee, variante] = assembler(lecture, D(2026, 12, 1), {})
    for structure in monde.structures:
        tout = charger(structure, Periode(D(2020, 1, 1), D(2025, 12, 31)))
        dossiers = {cle: str(cle) for cle in tout.personnes}
        lignes = fse.extraire(tout, dossiers, motifs_de_fin(structure), D(2026, 1, 1)).lignes
        lus["fse", structure.pk] = [ligne[:2] + ligne[3:] for ligne in lignes]  # l'âge, lui, devient une classe
    return lus


def personnes(monde: MondeDeBilans):
    for structure in monde.structures:
        for personne in Beneficiaire.objects.filter(structure=structure).order_by("pk"):
            yield Acteur.systeme(structure), personne


# --- Les gestes d'aujourd'hui ----------------------------------------------------------------------------------------
def ajouter_un_critere_principal(acteur, personne, tirer) -> None:
    pris = set(personne.criteres.values_list("code", flat=True))
    code = tirer.choice([code for code in CodeCritere.values if code not in pris])
    services.enregistrer_critere(
        acteur=acteur, beneficiaire=personne, code=code, depuis=timezone.localdate(), principal=True
    )


def marquer_un_critere_sans_date(acteur, personne, tirer) -> None:
    """Sans date, il vaudrait depuis toujours : refusé à qui a travaillé les années passées."""
    pris = set(personne.criteres.values_list("code", flat=True))
    code = tirer.choice([code for code in CodeCritere.values if code not in pris])
    with pytest.raises(RegleViolee, match="dites depuis quand"):
        services.enregistrer_critere(acteur=acteur, beneficiaire=personne, code=code, principal=True)


def demenager(acteur, personne, tirer) -> None:
    services.declarer_domicile(
        acteur=acteur, beneficiaire=personne, depuis=timezone.localdate(), adresse="1 rue Neuve", code_postal="50100"
    )
    with pytest.raises(RegleViolee, match="dites depuis quand"):
        services.declarer_domicile(acteur=acteur, beneficiaire=personne, adresse="2 rue Neuve", code_postal="50100")


def changer_de_niveau(acteur, personne, tirer) -> None:
    niveau = tirer.choice(NiveauFormation.values)
    services.declarer_niveau(acteur=acteur, beneficiaire=personne, niveau=niveau, depuis=timezone.localdate())
    with pytest.raises(RegleViolee, match="dites depuis quand"):
        services.declarer_niveau(acteur=acteur, beneficiaire=personne, niveau=niveau)


def s_inscrire(acteur, personne, tirer) -> None:
    services.declarer_inscription(acteur=acteur, beneficiaire=personne, depuis=timezone.localdate())


def anonymiser(acteur, personne, tirer) -> None:
    assert anonymiser_dossier(acteur=acteur, beneficiaire=personne)


GESTES = (
    ajouter_un_critere_principal,
    marquer_un_critere_sans_date,
    demenager,
    changer_de_niveau,
    s_inscrire,
    anonymiser,
)


@pytest.mark.parametrize("graine", range(6))
def test_aucun_geste_d_aujourd_hui_ne_change_une_annee_passee(graine, db):
    """L'un après l'autre sur le même monde, l'anonymisation de tout le monde à la fin."""
    monde = MondeDeBilans(graine)
    avant = tout_le_passe(monde)
    tirer = random.Random(graine)
    for geste in GESTES:
        for acteur, personne in personnes(monde):
            geste(acteur, personne, tirer)
        apres = tout_le_passe(monde)
        for cle, lus in avant.items():
            assert apres[cle] == lus, (geste.__name__, cle)


def test_un_critere_vrai_depuis_longtemps_marque_aujourd_hui_laisse_leur_public_aux_annees_passees(db):
    """Le critère est daté : il compte depuis ce jour-là. La marque, elle, ne vaut que depuis le 1er janvier."""
    monde = MondeDeBilans(2)
    cle = "public_principal"
    avant = {k: d["repartitions"][cle] for k, d in tout_le_passe(monde).items() if k[1] == Variante.STRUCTURE}
    for acteur, personne in personnes(monde):
        if personne.criteres.exists() and not personne.criteres.filter(code="AUTRE").exists():
            services.enregistrer_critere(
                acteur=acteur, beneficiaire=personne, code="AUTRE", depuis=D(2016, 1, 1), principal=True
            )
            critere = personne.criteres.get(code="AUTRE")
            assert critere.est_principal and not critere.est_principal_le(D(2025, 12, 31))
    apres = {k: d["repartitions"][cle] for k, d in tout_le_passe(monde).items() if k[1] == Variante.STRUCTURE}
    nommes = lambda lue: {p["cle"]: p["valeur"] for p in lue["parts"] if p["cle"] not in ("AUTRE", "autre")}  # noqa: E731
    assert {k: nommes(lue) for k, lue in apres.items()} == {k: nommes(lue) for k, lue in avant.items()}


# --- Dix mille dossiers, sans base -----------------------------------------------------------------------------------
class _Fait(SimpleNamespace):
    """Un fait daté comme en porte un dossier, avec sa marque."""

    __hash__ = object.__hash__

    def vaut_le(self, jour):
        return (self.depuis is None or self.depuis <= jour) and (self.jusqu_a is None or self.jusqu_a >= jour)

    def est_principal_le(self, jour):
        commence = self.principal_depuis is None or self.principal_depuis <= jour
        return self.principal and commence and (self.principal_jusqu_a is None or self.principal_jusqu_a >= jour)


def _jour(tirer) -> D:
    bords = [D(2020, 2, 29), D(2021, 2, 28), D(2023, 12, 31), D(2024, 1, 1), D(2024, 2, 29), D(2022, 2, 28)]
    return tirer.choice(bords) if tirer.random() < 0.3 else D(2018, 1, 1) + datetime.timedelta(tirer.randrange(2800))


def _bornes(tirer) -> dict:
    debut, fin = sorted((_jour(tirer), _jour(tirer)))
    return {"depuis": tirer.choice([None, debut]), "jusqu_a": tirer.choice([None, fin])}


def _fait(tirer, pk: int, valeur: str) -> _Fait:
    return _Fait(
        pk=pk,
        valeur=valeur,
        code=valeur,
        principal=False,
        principal_depuis=None,
        principal_jusqu_a=None,
        **_bornes(tirer),
    )


def _en_fait(fait: _Fait, bornes, cle=None) -> Fait:
    return Fait(fait.pk, fait.valeur, *bornes)


def _lire(naissance, criteres, principaux, niveaux, inscriptions, domiciles) -> Personne:
    return Personne(
        1,
        "F",
        naissance,
        criteres=tuple(criteres),
        principaux=tuple(principaux),
        niveaux=tuple(niveaux),
        inscriptions=tuple(inscriptions),
        domiciles=tuple(domiciles),
    )


def _domicile(fait: _Fait, bornes) -> Domicile:
    return Domicile(fait.pk, "", *bornes, {2015: Quartier(fait.valeur, ""), 2024: Quartier(fait.valeur, "")})


def profil(personne: Personne, jour: D) -> tuple:
    return (
        reduction.classe_d_age(age(personne.date_naissance, jour)),
        profils.a_moins_de_26_ans(personne, jour),
        profils.a_50_ans_ou_plus(personne, jour),
        profils.niveau(personne, jour),
        profils.criteres(personne, jour),
        profils.public_principal(personne, jour),
        profils.est_demandeur_de_longue_duree(personne, jour),
        fse.situation_a_l_entree(personne, jour),
        profils.quartier(personne, jour),
    )


def test_reduit_un_dossier_se_lit_pareil_au_premier_jour_de_chacun_de_ses_contrats():
    for graine in range(10_000):
        tirer = random.Random(graine)
        jours = sorted({_jour(tirer) for _ in range(tirer.randint(1, 4))})
        naissance = D(1955, 1, 1) + datetime.timedelta(tirer.randrange(18_000))
        codes = tirer.sample(CodeCritere.values, tirer.randint(0, 4))
        criteres = [_fait(tirer, pk, code) for pk, code in enumerate(codes, 1)]
        for critere in criteres:
            critere.principal = tirer.random() < 0.5
            critere.principal_depuis = tirer.choice([None, None, _jour(tirer)])
        niveaux = [_fait(tirer, pk, niveau) for pk, niveau in enumerate(NiveauFormation.values[: tirer.randint(0, 3)])]
        domiciles = [_fait(tirer, pk, f"QN{pk}") for pk in range(tirer.randint(0, 3))]
        inscriptions = [_fait(tirer, pk, "") for pk in range(tirer.randint(0, 2))]
        avant = _lire(
            naissance,
            [Fait(f.pk, f.valeur, f.depuis, f.jusqu_a) for f in criteres],
            [
                Fait(f.pk, f.valeur, f.principal_depuis or f.depuis, f.principal_jusqu_a or f.jusqu_a)
                for f in criteres
                if f.principal
            ],
            [Fait(f.pk, f.valeur, f.depuis, f.jusqu_a) for f in niveaux],
            [Fait(f.pk, f.valeur, f.depuis, f.jusqu_a) for f in inscriptions],
            [_domicile(f, (f.depuis, f.jusqu_a)) for f in domiciles],
        )
        ramenes = reduction.ramener_les_criteres(
            criteres, jours, lambda jour, avant=avant: profils.public_principal(avant, jour)
        )
        en_cours = [(f, reduction.ramener_l_inscription(f, jours)) for f in inscriptions]
        apres = _lire(
            reduction.naissance_de_la_classe(naissance, jours),
            [Fait(pk, code, *bornes) for pk, (code, bornes, _) in enumerate(ramenes)],
            [Fait(pk, code, *bornes) for pk, (code, bornes, principal) in enumerate(ramenes) if principal],
            [_en_fait(f, b) for f, b in reduction.ramener_ceux_qui_l_emportent(niveaux, jours).items()],
            [_en_fait(f, bornes) for f, bornes in en_cours if bornes],
            [_domicile(f, b) for f, b in reduction.ramener_ceux_qui_l_emportent(domiciles, jours).items()],
        )
        for jour in jours:
            assert profil(apres, jour) == profil(avant, jour), (graine, jour)


def test_reduit_un_dossier_ne_garde_aucune_date_que_ses_contrats_ne_disent_deja():
    """Deux personnes de même profil à leurs contrats, nées et inscrites d'autres jours, deviennent la même."""
    jours = [D(2023, 3, 10), D(2024, 6, 1)]
    naissances = [D(1996, 7, 2), D(1995, 4, 1), D(1996, 11, 30)]  # 26 à 29 ans aux deux
    assert len({reduction.naissance_de_la_classe(naissance, jours) for naissance in naissances}) == 1
    inscrites = [_Fait(pk=1, depuis=jour, jusqu_a=None) for jour in (D(2022, 4, 5), D(2022, 6, 1), D(2022, 5, 31))]
    assert len({reduction.ramener_l_inscription(inscrite, jours) for inscrite in inscrites}) == 1
    fini = _Fait(pk=1, depuis=D(2023, 3, 11), jusqu_a=D(2024, 5, 31))
    assert reduction.ramener(fini, jours) is None
    assert reduction.naissance_de_la_classe(D(1990, 1, 1), []) == reduction.SANS_AGE
