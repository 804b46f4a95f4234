"""« Pourquoi ce chiffre a changé » : entre deux versions, la somme des écarts de lignes est l'écart du chiffre.

Le monde change au hasard entre les deux : des heures corrigées, un contrat de plus, une déclaration dévalidée, un
déménagement. Chaque chiffre du bilan qui a bougé est expliqué, et lui seul.
"""

import datetime
import json
from decimal import Decimal

import pytest

from beneficiaires.models import Domicile, RattachementQuartier
from declarations.enums import StatutDeclaration
from declarations.models import Declaration, LigneHeures
from recrutement.models import Contrat
from reporting.bilan.comparaison import Ecart, comparer
from reporting.bilan.decoupe import lire
from reporting.bilan.sources import figer
from reporting.bilan.synthese import assembler
from reporting.enums import Variante
from socle.nombres import arrondir
from socle.periodes import Periode
from tests.fabriques.declarations import DeclarationFactory
from tests.fabriques.recrutement import ContratFactory
from tests.reporting.mondes_de_bilans import VARIANTES, MondeDeBilans

pytestmark = pytest.mark.django_db
PERIODE = Periode(datetime.date(2023, 3, 1), datetime.date(2024, 8, 31))
LE = datetime.date(2025, 2, 3)


@pytest.fixture(autouse=True)
def _sans_historique(settings):
    settings.SIMPLE_HISTORY_ENABLED = False


def version(perimetre) -> tuple[dict, dict]:
    """Ce qu'un bilan montre, et les lignes qu'il garde, passés par le JSON comme en base."""
    lecture = lire(perimetre)
    return assembler(lecture, LE, {}), json.loads(json.dumps(figer(lecture)))


# --- Ce qui change --------------------------------------------------------------------------------------------------
def corriger_des_heures(monde: MondeDeBilans) -> None:
    lignes = LigneHeures.objects.filter(mois__range=(PERIODE.debut, PERIODE.fin)).order_by("pk")
    for ligne in monde.tirer.sample(list(lignes), min(3, len(lignes))):
        corrigees = Decimal(monde.tirer.randint(0, 25_000)) / 100
        LigneHeures.objects.filter(pk=ligne.pk).update(heures=corrigees, heures_declarees=corrigees)


def ajouter_un_contrat(monde: MondeDeBilans) -> None:
    modele = monde.tirer.choice(list(Contrat.objects.filter(structure=monde.structures[0]).order_by("pk")))
    contrat = ContratFactory(
        engagement=modele.engagement,
        beneficiaire=modele.beneficiaire,
        debut=datetime.date(2024, 3, 5),
        fin_prevue=datetime.date(2024, 9, 30),
    )
    mois = datetime.date(2024, 5, 1)
    declaration = contrat.engagement.declarations.filter(mois=mois).first()
    if declaration is None:
        DeclarationFactory(engagement=contrat.engagement, mois=mois, validee=True, lignes={contrat: "77.25"})
    else:
        declaration.lignes.create(
            contrat=contrat, mois=mois, heures=Decimal("77.25"), heures_declarees=Decimal("77.25")
        )


def devalider_une_declaration(monde: MondeDeBilans) -> None:
    validees = Declaration.objects.filter(
        statut=StatutDeclaration.VALIDEE, mois__range=(PERIODE.debut, PERIODE.fin), lignes__heures__gt=0
    )
    for declaration in monde.tirer.sample(list(validees.distinct().order_by("pk")), 1):
        Declaration.objects.filter(pk=declaration.pk).update(statut=StatutDeclaration.A_VALIDER, validee_le=None)


def demenager(monde: MondeDeBilans) -> None:
    """Un rattachement passe à un autre quartier, ou n'en est plus un."""
    for domicile in Domicile.objects.order_by("pk"):
        for rattachement in RattachementQuartier.objects.filter(domicile=domicile).order_by("pk"):
            ailleurs = monde.tirer.choice(
                [q for q in monde.quartiers[rattachement.millesime] if q.pk != rattachement.quartier_id]
            )
            statut, quartier = monde.tirer.choice([("oui", ailleurs), ("oui", ailleurs), ("non", None)])
            RattachementQuartier.objects.filter(pk=rattachement.pk).update(statut=statut, quartier=quartier)


CHANGEMENTS = (corriger_des_heures, ajouter_un_contrat, devalider_une_declaration, demenager)


# --- L'explication --------------------------------------------------------------------------------------------------
def verifier(avant: tuple[dict, dict], apres: tuple[dict, dict]) -> set[str]:
    """Les clés des chiffres qui ont bougé ; chacun est expliqué, ligne à ligne."""
    (montre_avant, lignes_avant), (montre_apres, lignes_apres) = avant, apres
    ecarts = comparer(lignes_avant, lignes_apres)
    par_cle = {ecart.cle: ecart for ecart in ecarts if ecart.cle in montre_apres["chiffres"]}
    for cle, chiffre in montre_apres["chiffres"].items():
        ancien, nouveau = (
            Decimal(str(valeur)) for valeur in (montre_avant["chiffres"][cle]["valeur"], chiffre["valeur"])
        )
        ecart = par_cle.get(cle)
        if ecart is None:
            assert ancien == nouveau, (cle, "change sans explication")
            continue
        assert (arrondir(ecart.avant, 6), arrondir(ecart.apres, 6)) == (ancien, nouveau), cle
        verifier_les_lignes(ecart, Decimal(str(lignes_apres[cle]["maintenant"]["diviseur"] or 1)))
    verifier_les_parts(montre_avant, montre_apres, ecarts)
    return {ecart.cle for ecart in ecarts}


def verifier_les_lignes(ecart: Ecart, diviseur: Decimal = Decimal(1)) -> None:
    somme = sum((changement.ecart for changement in ecart.changements), Decimal(0)) / diviseur
    assert arrondir(somme, 6) == arrondir(ecart.apres - ecart.avant, 6), ecart.cle
    assert all(changement.avant != changement.apres for changement in ecart.changements)
    for changement in ecart.changements:
        dit = {(True, False): "ajoutée", (False, True): "retirée"}.get(
            (changement.avant is None, changement.apres is None), "corrigée"
        )
        assert changement.dit == dit


TOTAUX = {
    "personnes": "beneficiaires",
    "h": "heures_realisees",
    "marchés": "marches_suivis",
    "entreprises": "entreprises_engagees",
    "participations": "participations_entrees",
}


def verifier_les_parts(avant: dict, apres: dict, ecarts: list[Ecart]) -> None:
    """Une part qui bouge est expliquée par son total, ou par les lignes qui ont changé de part."""
    par_cle = {ecart.cle for ecart in ecarts}
    for ecart in ecarts:
        verifier_les_lignes(ecart) if ecart.cle not in apres["chiffres"] else None
    for cle, repartition in apres["repartitions"].items():
        parts, anciennes = (
            {part["cle"]: part["valeur"] for part in lue["parts"] if part["valeur"]}
            for lue in (repartition, avant["repartitions"][cle])
        )
        total = "beneficiaires_qpv" if cle == "quartiers" else TOTAUX.get(repartition["unite"], "")
        assert parts == anciennes or {cle, total} & par_cle, (cle, "change sans explication")


@pytest.mark.parametrize("graine", range(12))
def test_chaque_chiffre_qui_change_s_explique_ligne_a_ligne(graine):
    monde = MondeDeBilans(500 + graine)
    perimetre = monde.perimetre(VARIANTES[graine % len(VARIANTES)], PERIODE, graine)
    structure = monde.perimetre(Variante.STRUCTURE, PERIODE)
    avant, entiere = version(perimetre), version(structure)
    for changer in monde.tirer.sample(CHANGEMENTS, 1 + graine % 4):
        changer(monde)
        apres = version(perimetre)
        verifier(avant, apres)
        avant = apres
    verifier(entiere, version(structure))


@pytest.mark.parametrize(
    ("changer", "attendus"),
    [
        (corriger_des_heures, {"heures_realisees", "etp"}),
        (ajouter_un_contrat, {"heures_realisees", "etp", "contrats"}),
        (devalider_une_declaration, {"heures_realisees", "etp"}),
        (demenager, {"quartiers"}),
    ],
)
def test_chaque_changement_laisse_sa_trace(changer, attendus):
    """Sur quelques mondes, chaque sorte de changement a bougé ce qu'elle doit, et le reste n'a pas bougé pour rien."""
    vus: set[str] = set()
    for graine in (700, 701):
        monde = MondeDeBilans(graine)
        perimetre = monde.perimetre(Variante.RESEAU, PERIODE)
        avant = version(perimetre)
        changer(monde)
        vus |= verifier(avant, version(perimetre))
        for structure in monde.structures:
            type(structure).objects.filter(pk=structure.pk).update(slug=f"ancienne-{structure.pk}")
    assert attendus <= vus


def test_rien_ne_change_si_rien_n_a_change():
    perimetre = MondeDeBilans(1).perimetre(Variante.STRUCTURE, PERIODE)
    assert comparer(version(perimetre)[1], version(perimetre)[1]) == []


def test_un_public_de_plus_s_explique_meme_sans_chiffre_cle():
    """Le critère PLIE n'a pas d'indicateur : la part le dit, avec la personne."""
    rien = {"genre": "personne", "diviseur": None, "lignes": []}
    gardees = [{"publics": {"maintenant": rien}}, {"publics": {"maintenant": {**rien, "lignes": [[7, 1, "PLIE"]]}}}]
    (ecart,) = comparer(*gardees)
    assert (ecart.libelle, ecart.avant, ecart.apres) == (
        "Bénéficiaires par public éligible : Participant d'un PLIE",
        0,
        1,
    )


def test_un_demenagement_entre_deux_quartiers_s_explique():
    """Le total des habitants ne bouge pas : seules les parts le disent, chacune avec la personne qui en part ou y arrive."""

    def gardees(quartier: str) -> dict:
        return {
            "quartiers": {
                "maintenant": {"genre": "personne", "diviseur": None, "lignes": [[7, 1, quartier], [8, 1, "QN1"]]}
            }
        }

    parti, arrive = comparer(gardees("QN1"), gardees("QN2"))
    assert [(e.avant, e.apres) for e in (parti, arrive)] == [(2, 1), (0, 1)]
    assert [changement.dit for e in (parti, arrive) for changement in e.changements] == ["retirée", "ajoutée"]
    assert {changement.cle for e in (parti, arrive) for changement in e.changements} == {7}
