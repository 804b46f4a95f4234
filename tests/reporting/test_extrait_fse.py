"""L'extrait FSE+ : une ligne par période d'insertion, le profil du jour de l'entrée, une histoire que rien n'efface."""

import csv
import datetime
import io
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from beneficiaires.enums import CodeCritere, NiveauFormation, Sexe, StatutQuartier
from comptes.enums import Role, TypeOrganisation
from parcours.enums import Situation, StatutPoint, Terme
from recrutement.enums import MotifFin
from reporting.extraits import fse as extrait_fse
from reporting.extraits.fse import COLONNES
from tests.fabriques.beneficiaires import (
    BeneficiaireFactory,
    CritereFactory,
    DomicileFactory,
    InscriptionFactory,
    NiveauFactory,
    RattachementFactory,
)
from tests.fabriques.comptes import OrganisationFactory
from tests.fabriques.declarations import DeclarationFactory
from tests.fabriques.marches import EngagementFactory
from tests.fabriques.parcours import PointSuiviFactory
from tests.fabriques.recrutement import ContratFactory

pytestmark = pytest.mark.django_db
ANNEE_2024 = {"debut": "2024-01-01", "fin": "2024-12-31"}


def jour(texte: str) -> datetime.date:
    return datetime.date.fromisoformat(texte)


@pytest.fixture
def ouvrir(connecte, monde, horloge):
    """`ouvrir(debut=…, fin=…)` : les lignes du fichier, par colonne."""

    def lire(**choix) -> list[dict[str, str]]:
        choix = {**ANNEE_2024, **choix, "fichier": "csv"}
        reponse = connecte("responsable").get(reverse("reporting:extrait_fse"), choix)
        if "attachment" not in reponse.get("Content-Disposition", ""):
            return []
        lues = csv.DictReader(io.StringIO(reponse.content.decode("utf-8-sig"), newline=""), delimiter=";")
        return list(lues)

    return lire


@pytest.fixture
def employer(monde):
    """`employer(personne, debut, fin, …)` : un contrat qui a des heures validées à son premier mois."""

    def creer(personne, debut: str, fin: str | None, structure=None, **champs):
        structure = structure or monde.structure
        engagement = EngagementFactory(lot__marche__structure=structure, lot__marche__reference=f"FSE {debut}")
        contrat = ContratFactory(
            engagement=engagement,
            beneficiaire=personne,
            debut=jour(debut),
            fin_prevue=fin and jour(fin),
            **champs,
        )
        DeclarationFactory(
            engagement=engagement, mois=jour(debut).replace(day=1), validee=True, lignes={contrat: Decimal(100)}
        )
        return contrat

    return creer


@pytest.fixture
def personne(monde):
    return BeneficiaireFactory(
        structure=monde.structure, identifiant="D-042", sexe=Sexe.FEMME, date_naissance=jour("1998-03-01")
    )


def test_une_ligne_dit_l_entree_la_sortie_et_six_mois_apres(ouvrir, employer, personne):
    InscriptionFactory(beneficiaire=personne, depuis=jour("2022-01-01"), jusqu_a=None)
    NiveauFactory(beneficiaire=personne, niveau=NiveauFormation.TROIS, depuis=jour("2020-01-01"), jusqu_a=None)
    CritereFactory(beneficiaire=personne, code=CodeCritere.RSA, depuis=jour("2023-01-01"), jusqu_a=jour("2024-06-30"))
    CritereFactory(beneficiaire=personne, code=CodeCritere.RQTH, depuis=jour("2024-02-16"), jusqu_a=None)
    domicile = DomicileFactory(beneficiaire=personne, depuis=jour("2020-01-01"), jusqu_a=None)
    RattachementFactory(domicile=domicile, millesime=2024, statut=StatutQuartier.OUI)
    contrat = employer(
        personne, "2024-02-15", "2024-07-15", fin_reelle=jour("2024-07-10"), motif_fin=MotifFin.FORMATION
    )
    PointSuiviFactory(
        contrat=contrat,
        terme=Terme.SIX,
        du_le=jour("2025-01-10"),
        statut=StatutPoint.REPONDU,
        situation=Situation.CDI,
        repondu_le=timezone.now(),
    )
    assert ouvrir() == [
        dict(
            zip(
                COLONNES,
                [
                    *("D-042", "Femme", "25", "Niveau 3 (CAP, BEP)", "Inscrit depuis 12 mois ou plus"),
                    *("oui", "non", "oui", "2024-02-15", "2024-07-10", "Entrée en formation", "En CDI", "0"),
                ],
                strict=True,
            )
        )
    ]


@pytest.mark.parametrize(
    ("depuis", "situation"),
    [
        (None, extrait_fse.INSCRIT_SANS_DATE),
        ("2024-01-01", extrait_fse.INSCRIT_COURT),
        ("2023-02-16", extrait_fse.INSCRIT_COURT),
        ("2023-02-15", extrait_fse.INSCRIT_LONG),
        ("2024-02-16", extrait_fse.NON_INSCRIT),
    ],
)
def test_la_situation_se_lit_le_jour_de_l_entree(ouvrir, employer, personne, depuis, situation):
    InscriptionFactory(beneficiaire=personne, depuis=depuis and jour(depuis), jusqu_a=None)
    employer(personne, "2024-02-15", "2024-07-15")
    assert [ligne["Situation à l'entrée"] for ligne in ouvrir()] == [situation]


def test_une_personne_qui_revient_a_deux_lignes_et_la_premiere_ne_change_pas(ouvrir, employer, personne):
    employer(personne, "2023-03-01", "2023-06-30", motif_fin=MotifFin.AUTRE_EMPLOI)
    avant = ouvrir(debut="2023-01-01", fin="2023-12-31")
    employer(personne, "2023-07-31", "2023-09-30")  # à 31 jours : la même participation
    employer(personne, "2024-05-02", "2024-08-31")
    dates = [(ligne["Entrée"], ligne["Sortie"], ligne["Participations précédentes"]) for ligne in ouvrir()]
    assert dates == [("2024-05-02", "2024-08-31", "1")]
    (premiere,) = ouvrir(debut="2023-01-01", fin="2023-12-31")
    assert (premiere["Entrée"], premiere["Sortie"]) == ("2023-03-01", "2023-09-30")
    assert {cle: premiere[cle] for cle in COLONNES[:9]} == {cle: avant[0][cle] for cle in COLONNES[:9]}
    assert len(ouvrir(debut="2023-01-01", fin="2024-12-31")) == 2


@pytest.mark.parametrize("fin", [None, "2026-12-31", "2025-02-28"])
def test_une_participation_qui_dure_n_a_pas_de_sortie(ouvrir, employer, personne, fin):
    """Sans fin, avec une fin à venir, ou finie après la période : elle dit la même chose, lue l'année suivante."""
    employer(personne, "2024-05-02", fin, motif_fin=MotifFin.AUTRE if fin else "")
    (ligne,) = ouvrir()
    assert (ligne["Sortie"], ligne["Situation à la sortie"], ligne["Situation à 6 mois"]) == ("", "", "")


def test_une_fin_a_venir_dans_la_periode_n_est_pas_une_sortie(ouvrir, employer, personne):
    employer(personne, "2026-05-02", "2026-12-15")
    lues = ouvrir(debut="2026-01-01", fin="2026-12-31")
    assert [ligne["Sortie"] for ligne in lues if ligne["Dossier"] == personne.identifiant] == [""]


@pytest.mark.parametrize(
    ("champs", "attendue"),
    [
        (None, ""),
        ({"statut": StatutPoint.DEMANDE}, extrait_fse.INCONNUE),
        ({"statut": StatutPoint.INJOIGNABLE}, extrait_fse.INJOIGNABLE),
    ],
)
def test_ce_qu_on_ne_sait_pas_se_dit(ouvrir, employer, personne, champs, attendue):
    contrat = employer(personne, "2024-02-15", "2024-03-15")
    if champs:
        PointSuiviFactory(contrat=contrat, terme=Terme.SIX, du_le=jour("2024-09-15"), **champs)
    PointSuiviFactory(contrat=contrat, terme=Terme.TROIS, du_le=jour("2024-06-15"), statut=StatutPoint.INJOIGNABLE)
    (ligne,) = ouvrir()
    assert (ligne["Situation à la sortie"], ligne["Situation à 6 mois"]) == (extrait_fse.INCONNUE, attendue)


def test_hors_de_la_periode_ou_d_une_autre_structure_rien_ne_sort(ouvrir, employer, personne, monde):
    employer(personne, "2023-03-01", "2023-06-30")
    ailleurs = OrganisationFactory(type=TypeOrganisation.FACILITATRICE)
    employer(BeneficiaireFactory(structure=ailleurs), "2024-03-01", "2024-06-30", structure=ailleurs)
    assert ouvrir() == []


def test_ni_nom_ni_coordonnee_dans_le_fichier_la_page_ou_l_adresse(connecte, employer, personne, monde, horloge):
    personne.nom, personne.prenom, personne.telephone = "Nomquisevoit", "Prenomquisevoit", "0611223344"
    personne.save()
    employer(personne, "2024-03-01", "2024-06-30")
    for choix in (ANNEE_2024, ANNEE_2024 | {"fichier": "csv"}):
        lu = connecte("responsable").get(reverse("reporting:extrait_fse"), choix).content.decode()
        assert "D-042" in lu
        assert not [secret for secret in ("quisevoit", "0611223344", "1998") if secret in lu]


@pytest.mark.parametrize(
    "choix", [{"debut": "2024-05-01", "fin": "2024-01-31"}, {"debut": "hier", "fin": "2024-01-31"}, {"debut": ""}]
)
def test_un_choix_faux_se_dit_et_reste(connecte, monde, horloge, choix):
    page = connecte("responsable").get(reverse("reporting:extrait_fse"), choix | {"fichier": "csv"})
    assert page.status_code == 200
    assert "invalid-feedback" in page.content.decode()
    assert not choix.get("fin") or 'value="2024-01-31"' in page.content.decode()


@pytest.mark.parametrize("role", [Role.EDITION, Role.LECTURE, Role.FINANCEUR, Role.RESEAU])
def test_seul_un_responsable_y_entre(connecte, monde, role):
    assert connecte(role).get(reverse("reporting:extrait_fse"), ANNEE_2024).status_code == 403
