"""La synthèse, recomptée d'une autre façon depuis les lignes de la base ; son coût ; ses invariants."""

import datetime
import json
from decimal import Decimal
from functools import partial

import pytest

from beneficiaires.enums import CodeCritere, NiveauFormation, Sexe
from declarations.models import LigneHeures
from entreprises.enums import TypeEntreprise
from marches.enums import Nature
from recrutement.enums import Modalite, TypeContrat
from recrutement.models import Contrat
from reporting.bilan import synthese as module
from reporting.bilan.chiffres import indicateurs_de
from reporting.bilan.masques import PETIT
from reporting.bilan.synthese import type_court
from reporting.calcul.registre import INDICATEURS, VENTILES
from reporting.donnees import empreinte_de
from reporting.lecture.perimetre import Perimetre
from reporting.variantes import Chapitre
from tests.fabriques.beneficiaires import (
    BeneficiaireFactory,
    CritereFactory,
    DomicileFactory,
    NiveauFactory,
    RattachementFactory,
)
from tests.fabriques.comptes import OrganisationFactory
from tests.fabriques.declarations import DeclarationFactory
from tests.fabriques.entreprises import EntrepriseFactory
from tests.fabriques.marches import EngagementFactory, LotFactory, MarcheFactory
from tests.fabriques.recrutement import ContratFactory
from tests.fabriques.territoires import CommuneFactory, QuartierFactory, TerritoireFactory

D = datetime.date
annuel = Perimetre.annuel


synthese = partial(module.synthese, le=datetime.date(2027, 2, 3))  # l'année est finie


@pytest.fixture
def structure(db):
    """Deux marchés, cinq personnes, deux années : de quoi que chaque ventilation ait plusieurs parts."""
    structure = OrganisationFactory(nom="Structure comptée", slug="comptee")
    ville = CommuneFactory(code_insee="50502", nom="Saint-Lô")
    TerritoireFactory(structure=structure, nom="Saint-Lô Agglo", communes=[ville])
    quartiers = [QuartierFactory(code=f"QN0500{n}M", nom=f"Quartier {n}", communes=[ville]) for n in (8, 9)]
    for nature in (Nature.TRAVAUX, Nature.SERVICES):
        marche = MarcheFactory(structure=structure, nature=nature, debut=D(2025, 1, 1), fin_prevue=D(2026, 12, 31))
        engagement = EngagementFactory(lot=LotFactory(marche=marche), entreprise=EntrepriseFactory(commune=ville))
        _contrats(structure, engagement, quartiers, ville)
    MarcheFactory(structure=structure, abandonne=True)
    return structure


def _contrats(structure, engagement, quartiers, ville):
    for rang in range(5):
        personne = BeneficiaireFactory(
            structure=structure,
            sexe=Sexe.FEMME if rang % 2 else Sexe.HOMME,
            date_naissance=D(1970 + 8 * rang, 6, 1),
        )
        if rang < 4:
            NiveauFactory(beneficiaire=personne, niveau=NiveauFormation.AUCUN if rang < 2 else NiveauFormation.TROIS)
        if rang < 3:
            CritereFactory(beneficiaire=personne, code=CodeCritere.RSA, depuis=D(2024, 1, 1))
        CritereFactory(beneficiaire=personne, code=CodeCritere.PLIE, principal=False, depuis=D(2026, 6, 1))
        if rang < 4:
            domicile = DomicileFactory(beneficiaire=personne, commune=ville)
            RattachementFactory(domicile=domicile, quartier=quartiers[rang % 2])
        employeur = engagement.entreprise if rang else EntrepriseFactory(type=TypeEntreprise.ETTI)
        contrats = [
            ContratFactory(
                engagement=engagement,
                beneficiaire=personne,
                employeur=employeur,
                modalite=Modalite.EMBAUCHE_DIRECTE if rang else Modalite.MISE_A_DISPOSITION,
                type_contrat=TypeContrat.CDD if rang else TypeContrat.INTERIM,
                debut=debut,
                fin_prevue=D(2026, 12, 31),
            )
            for debut in (D(2025, 5, 1), D(2026, 7, 1))[: 1 + rang % 2]
        ]
        _heures(contrats, rang)


def _heures(contrats, rang):
    for contrat in contrats:
        for mois in (D(2025, 10, 1), D(2026, 8, 1), D(2026, 9, 1)):
            if mois < contrat.debut or (mois.year == 2025 and rang == 4):
                continue
            DeclarationFactory(
                engagement=contrat.engagement, mois=mois, validee=True, lignes={contrat: f"{20 + rang}.25"}
            ) if not _declaration(contrat, mois) else _ajouter(contrat, mois, f"{20 + rang}.25")


def _declaration(contrat, mois):
    return contrat.engagement.declarations.filter(mois=mois).first()


def _ajouter(contrat, mois, heures):
    LigneHeures.objects.create(
        declaration=_declaration(contrat, mois), contrat=contrat, mois=mois, heures_declarees=heures, heures=heures
    )


def lignes_de(structure, annee):
    return LigneHeures.objects.filter(
        contrat__engagement__lot__marche__structure=structure, mois__year=annee, declaration__statut="validee"
    )


def parts(donnees, cle) -> dict:
    return {part["cle"]: part["valeur"] for part in donnees["repartitions"][cle]["parts"]}


def test_les_chiffres_se_recomptent_depuis_les_lignes(structure):
    donnees = synthese(annuel(structure, 2026))
    lignes = list(lignes_de(structure, 2026).select_related("contrat__beneficiaire").order_by("pk"))
    heures = sum((ligne.heures for ligne in lignes), Decimal(0))
    valeurs = {cle: chiffre["valeur"] for cle, chiffre in donnees["chiffres"].items()}
    assert Decimal(str(valeurs["heures_realisees"])) == heures
    assert valeurs["beneficiaires"] == len({ligne.contrat.beneficiaire_id for ligne in lignes}) == 10
    assert valeurs["contrats"] == len({ligne.contrat_id for ligne in lignes})
    assert Decimal(str(valeurs["etp"])) == (heures / 1600).quantize(Decimal("0.000001"))
    assert (valeurs["marches_suivis"], valeurs["marches_travaux"]) == (2, 1)
    assert valeurs["heures_dues"] == 1400
    assert (valeurs["beneficiaires_rsa"], valeurs["beneficiaires_sans_qualification"]) == (6, 4)


def test_le_profil_se_lit_au_contrat_d_entree(structure):
    """Le critère PLIE ne vaut que depuis juin 2026 : les contrats d'entrée sont de mai 2025, personne ne l'a encore."""
    donnees = synthese(annuel(structure, 2026))
    assert "PLIE" not in parts(donnees, "publics")
    Contrat.objects.filter(debut=D(2025, 5, 1), beneficiaire__structure=structure).update(debut=D(2026, 6, 2))
    assert parts(synthese(annuel(structure, 2026)), "publics")["PLIE"] == 10


def test_les_parts_exclusives_font_le_total(structure):
    for annee in (2025, 2026):
        donnees = synthese(annuel(structure, annee))
        for cle, repartition in donnees["repartitions"].items():
            if repartition["exclusive"]:
                somme = sum(Decimal(str(part["valeur"])) for part in repartition["parts"])
                assert somme == Decimal(str(repartition["total"])), (annee, cle)
                avant = [part["precedente"] for part in repartition["parts"] if part["precedente"] is not None]
                assert sum(Decimal(str(v)) for v in avant) == Decimal(str(repartition["total_precedent"] or 0)), cle


def test_les_listes_et_les_mois_font_les_heures_de_l_annee(structure):
    donnees = synthese(annuel(structure, 2026))
    total = Decimal(str(donnees["chiffres"]["heures_realisees"]["valeur"]))
    for liste, colonne in (
        ("mois", "heures"),
        ("marches", "heures_periode"),
        ("maitres_ouvrage", "heures_periode"),
        ("entreprises", "heures_engagements"),
        ("entreprises", "heures_employeuse"),
    ):
        assert sum(Decimal(str(ligne[colonne])) for ligne in donnees[liste]) == total, (liste, colonne)
    quartiers = donnees["repartitions"]["quartiers"]["parts"]
    assert sum(Decimal(str(part["heures"])) for part in quartiers) == Decimal(
        str(donnees["chiffres"]["heures_qpv"]["valeur"])
    )
    cumul = sum(Decimal(str(ligne["heures_cumul"])) for ligne in donnees["marches"])
    assert cumul == total + Decimal(str(donnees["chiffres"]["heures_realisees"]["precedente"]))


def test_un_marche_hors_de_ses_dates_garde_ses_heures_sans_etre_suivi(structure):
    marche = structure_marche = MarcheFactory(structure=structure, debut=D(2024, 1, 1), fin_prevue=D(2024, 12, 31))
    engagement = EngagementFactory(lot=LotFactory(marche=structure_marche))
    contrat = ContratFactory(engagement=engagement, debut=D(2024, 5, 1), fin_prevue=D(2026, 12, 31))
    DeclarationFactory(engagement=engagement, mois=D(2026, 2, 1), validee=True, lignes={contrat: "10"})
    donnees = synthese(annuel(structure, 2026))
    ligne = next(ligne for ligne in donnees["marches"] if ligne["reference"] == marche.reference)
    assert (ligne["heures_dues"], ligne["heures_periode"]) == (None, 10)
    assert donnees["chiffres"]["marches_suivis"]["valeur"] == 2
    assert sum(ligne["marches"] for ligne in donnees["maitres_ouvrage"]) == 2


def test_l_annee_d_avant_et_l_evolution(structure):
    donnees, avant = synthese(annuel(structure, 2026)), synthese(annuel(structure, 2025))
    assert "nouveaux_beneficiaires" not in avant["chiffres"], "sans heures avant 2025, tous y seraient nouveaux"
    assert donnees["chiffres"].pop("nouveaux_beneficiaires")["precedente"] is None
    for cle, chiffre in donnees["chiffres"].items():
        assert chiffre["precedente"] == avant["chiffres"][cle]["valeur"], cle
        assert avant["chiffres"][cle]["precedente"] is None, "2024 n'a ni heure ni marché"
    assert [ligne["periode"] for ligne in donnees["evolution"]] == ["2025", "2026"]
    assert donnees["evolution"][1]["beneficiaires"] == donnees["chiffres"]["beneficiaires"]["valeur"]


def test_la_forme_est_celle_du_registre_et_passe_en_json_sans_perte(structure):
    donnees = synthese(annuel(structure, 2026))
    assert donnees["ordre"] == [i.cle for i in indicateurs_de(Chapitre)] == list(donnees["chiffres"])
    assert donnees["ordre"][:20] == [i.cle for i in INDICATEURS if i.cle not in VENTILES]
    relues = json.loads(json.dumps(donnees))
    assert relues == donnees
    assert empreinte_de(relues) == empreinte_de(donnees)
    assert len(donnees["mois"]) == 12
    assert donnees["structure"] == {"nom": "Structure comptée", "slug": "comptee", "territoire": "Saint-Lô Agglo"}


def test_le_cout_est_de_quinze_requetes_au_plus_quel_que_soit_le_volume(structure, django_assert_num_queries):
    vide = OrganisationFactory()
    for lue, cout in ((structure, 15), (vide, 12)):
        with django_assert_num_queries(cout):
            synthese(annuel(lue, 2026))


def test_une_structure_neuve_a_un_bilan_vide_et_lisible(db):
    donnees = synthese(annuel(OrganisationFactory(), 2026))
    assert {chiffre["valeur"] for chiffre in donnees["chiffres"].values()} == {0}
    assert all(repartition["parts"] == [] for repartition in donnees["repartitions"].values())
    assert [ligne["periode"] for ligne in donnees["evolution"]] == ["2026"]


def test_une_autre_structure_ne_compte_pas(structure, monde):
    avant = synthese(annuel(structure, 2026))
    assert synthese(annuel(monde.structure, 2026))["chiffres"]["heures_realisees"]["valeur"] == 120.5
    assert synthese(annuel(structure, 2026)) == avant


def test_ce_qui_sort_de_la_structure_est_masque(structure):
    publiees = synthese(annuel(structure, 2026), public=True)
    assert publiees["public"]
    assert publiees["chiffres"]["beneficiaires_sans_qualification"]["valeur"] == PETIT
    assert publiees["chiffres"]["heures_realisees"] == synthese(annuel(structure, 2026))["chiffres"]["heures_realisees"]


def test_le_type_d_une_entreprise_tient_dans_une_colonne():
    assert type_court(TypeEntreprise.GEIQ) == "GEIQ"
    assert type_court(TypeEntreprise.CLASSIQUE) == "Entreprise classique"
