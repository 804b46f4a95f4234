"""Chaque variante tient sa promesse : toute table de l'angle d'un financeur compte les gens de l'angle, et eux seuls."""

import datetime
from dataclasses import replace

import pytest

from parcours.models import PointSuivi
from reporting.bilan.decoupe import lire
from reporting.bilan.sources import figer
from reporting.calcul import participations
from reporting.calcul.indicateurs import GenreLigne
from reporting.calcul.repartitions import PAR_CLE, PAR_NOMS
from reporting.enums import Variante
from reporting.recit.listes_du_suivi import DU_SUIVI
from reporting.variantes import MODELES, REPARTITIONS, Chapitre
from socle.periodes import Periode
from tests.reporting.mondes_de_bilans import MondeDeBilans
from tests.reporting.recalcul_bilan import Brut, Tranche

pytestmark = pytest.mark.django_db
ANGLES = {
    Variante.DEPARTEMENT: lambda tranche: tranche._a_le_critere("RSA"),
    Variante.VILLE: lambda tranche: tranche._en_quartier,
}
PERIODE = Periode(datetime.date(2023, 1, 1), datetime.date(2024, 12, 31))


@pytest.mark.parametrize("variante", ANGLES)
@pytest.mark.parametrize("graine", range(3))
def test_chaque_table_ne_compte_que_les_gens_de_l_angle(variante, graine):
    monde = MondeDeBilans(700 + graine)
    perimetre = monde.perimetre(variante, PERIODE)
    gardees, brut = figer(lire(perimetre)), Brut()
    tranche = Tranche(brut, [monde.structures[0].pk], PERIODE.debut, PERIODE.fin)
    est_de_l_angle = ANGLES[variante](tranche)
    points = {point.pk: point.contrat for point in PointSuivi.objects.order_by("pk").select_related("contrat")}
    comptees = 0
    for cle in MODELES[variante].repartitions:
        lue = gardees[cle]["maintenant"]
        for ligne, _, _ in lue["lignes"]:
            comptees += 1
            if lue["genre"] == GenreLigne.SORTIE:
                personne, jour = points[ligne].beneficiaire_id, points[ligne].debut
            else:
                assert lue["genre"] == GenreLigne.PERSONNE, cle
                personne, jour = ligne, tranche.entrees[ligne]["debut"]
            assert est_de_l_angle(personne, jour), (cle, ligne)
    assert comptees, "un monde où personne n'est de l'angle ne prouve rien"


def test_l_agglomeration_ne_lit_que_des_marches_des_entreprises_et_des_heures():
    """Aucune table de personnes : des acheteurs, des entreprises, des métiers, des opérations."""
    unites = {str((PAR_CLE | PAR_NOMS)[cle].unite) for cle in MODELES[Variante.AGGLOMERATION].repartitions}
    assert not unites & {"personnes", "sorties", "participations"}
    assert {Chapitre.MAITRES_OUVRAGE, Chapitre.ENTREPRISES, Chapitre.METIERS, Chapitre.OPERATIONS} <= set(
        MODELES[Variante.AGGLOMERATION].chapitres
    )


def test_le_fse_ne_lit_que_des_participations_et_leurs_suites():
    unites = {str(PAR_CLE[cle].unite) for cle in MODELES[Variante.FSE].repartitions}
    assert unites == {"participations", "sorties"}


@pytest.mark.parametrize("graine", range(3))
def test_une_fin_a_venir_n_est_pas_une_sortie(graine):
    """Lue le 30 juin, l'année ne compte que les fins d'avant le 30 juin ; lue plus tard, toutes."""
    monde = MondeDeBilans(720 + graine)
    lecture = lire(monde.perimetre(Variante.FSE, Periode.annee(2024)))
    en_juin = replace(lecture.periode, lu_le=datetime.date(2024, 6, 30))
    attendues = [une for une in participations.sorties(lecture.periode) if une.fin <= datetime.date(2024, 6, 30)]
    assert participations.sorties(en_juin) == attendues


def test_chaque_chapitre_a_de_quoi_se_remplir():
    """Un chapitre déclaré sans table ni liste serait un titre seul."""
    a_part = {
        *(Chapitre.CHIFFRES_CLES, Chapitre.CHARTE, Chapitre.ACTIVITE, Chapitre.STRUCTURES, Chapitre.REDACTION),
        *(Chapitre.DEFINITIONS, Chapitre.METHODE),
    }
    assert set(Chapitre) - a_part == set(REPARTITIONS) | set(DU_SUIVI)
