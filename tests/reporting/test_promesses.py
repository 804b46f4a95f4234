"""Chaque variante tient sa promesse : toute table compte les gens et les marchés de son angle, et eux seuls."""

import datetime
from dataclasses import replace

import pytest

from declarations.models import LigneHeures
from marches.models import ProjetAchat
from parcours.models import PointSuivi
from reporting.bilan.comparees import PAR_CHAPITRE as COMPAREES
from reporting.bilan.decoupe import lire
from reporting.bilan.sources import figer
from reporting.calcul import participations
from reporting.calcul.indicateurs import GenreLigne
from reporting.calcul.repartitions import PAR_CLE, PAR_NOMS
from reporting.enums import Variante
from reporting.recit.listes import PAR_CHAPITRE
from reporting.recit.listes_du_suivi import DU_SUIVI
from reporting.variantes import MODELES, REPARTITIONS, Chapitre
from socle.periodes import Periode
from tests.reporting.mondes_de_bilans import VARIANTES, MondeDeBilans
from tests.reporting.recalcul_bilan import Brut
from tests.reporting.test_recalcul_bilan import tranche_de

pytestmark = pytest.mark.django_db
ANGLES = {
    Variante.DEPARTEMENT: lambda tranche: tranche._a_le_critere("RSA"),
    Variante.VILLE: lambda tranche: tranche._en_quartier,
}
PERIODE = Periode(datetime.date(2023, 1, 1), datetime.date(2024, 12, 31))


class Angle:
    """Ce que promet une variante : de qui, de quels marchés sont les lignes de ses tables. Relu des tables brutes."""

    def __init__(self, perimetre):
        self.brut = Brut()
        self.tranche = tranche_de(self.brut, perimetre, PERIODE.debut, PERIODE.fin)
        self.est_des_siens = ANGLES.get(perimetre.variante, lambda tranche: lambda personne, jour: True)(self.tranche)
        self.contrats_des_points = dict(PointSuivi.objects.order_by("pk").values_list("pk", "contrat"))
        self.contrats_des_heures = dict(LigneHeures.objects.order_by("pk").values_list("pk", "contrat"))
        self.projets = dict(ProjetAchat.objects.order_by("pk").values_list("pk", "structure"))

    def tient(self, cle: str, genre: str, ligne: int) -> bool:
        match genre:
            case GenreLigne.PERSONNE if cle.startswith(("quartiers_connus", "quartiers_eligibles")):
                return bool(self.tranche._quartier(ligne, PERIODE.fin))
            case GenreLigne.PERSONNE:
                return self._est_entree(ligne) and self.est_des_siens(ligne, self.tranche.entrees[ligne]["debut"])
            case GenreLigne.CONTRAT:
                return self._est_du_bilan(ligne)
            case GenreLigne.HEURES:
                return self._est_du_bilan(self.contrats_des_heures[ligne])
            case GenreLigne.SORTIE:
                contrat = self.tranche.contrats[self.contrats_des_points[ligne]]
                siens = self.est_des_siens(contrat["beneficiaire_id"], contrat["debut"])
                return self._est_du_bilan(contrat["id"]) and siens
            case GenreLigne.MARCHE:
                return self.tranche._est_a_lui(self.tranche.marches[ligne])
            case GenreLigne.ENGAGEMENT:
                return self.tranche._est_a_lui(self.tranche._marche_de(ligne))
            case GenreLigne.MAITRE_OUVRAGE:
                return any(self.tranche._est_a_lui(m) for m in self._marches_de(ligne))
            case GenreLigne.ENTREPRISE:
                return ligne in self.tranche._entreprises()
            case GenreLigne.PROJET:
                return self.projets[ligne] in self.tranche.structures
        raise AssertionError(f"{cle} : un genre de ligne que l'essai ne connaît pas, {genre}")

    def _est_entree(self, personne: int) -> bool:
        return personne in self.tranche.entrees

    def _est_du_bilan(self, contrat: int) -> bool:
        return self.tranche._est_a_lui(self.brut.marche_de(contrat))

    def _marches_de(self, acheteur: int) -> list[dict]:
        return [marche for marche in self.tranche.marches.values() if marche["maitre_ouvrage_id"] == acheteur]


def tables_de(variante: Variante) -> set[str]:
    """Les lignes de chaque table de la variante : ses répartitions, les colonnes de ses listes, et celles qui se comparent."""
    modele = MODELES[variante]
    listes = [liste for chapitre, liste in PAR_CHAPITRE.items() if chapitre in modele.chapitres and modele.listes]
    colonnes = {colonne.source for liste in listes for colonne in liste.export} - {""}
    comparees = {cle for chapitre in modele.chapitres for cle in COMPAREES.get(chapitre, ())}
    return {*modele.repartitions, *colonnes, *comparees}


@pytest.mark.parametrize("variante", VARIANTES)
@pytest.mark.parametrize("graine", [700, 703])
def test_chaque_table_ne_compte_que_les_gens_et_les_marches_promis(variante, graine):
    perimetre = MondeDeBilans(graine).perimetre(variante, PERIODE)
    gardees, angle = figer(lire(perimetre)), Angle(perimetre)
    comptees = 0
    for cle in sorted(tables_de(variante)):
        lue = gardees[cle]["maintenant"]
        if cle.startswith("operations_") or "cumul" in cle:
            continue  # depuis le début : le recomptage les refait ligne à ligne
        for ligne, _, _ in lue["lignes"]:
            comptees += 1
            assert angle.tient(cle, lue["genre"], ligne), (cle, ligne)
    assert comptees, "un monde où rien n'est de l'angle ne prouve rien"


def test_une_table_de_tous_ne_tient_pas_la_promesse_d_un_angle():
    """L'essai mord : la table de tous les bénéficiaires, dans un bilan de département, en compte qui n'ont pas le RSA."""
    perimetre = MondeDeBilans(700).perimetre(Variante.DEPARTEMENT, PERIODE)
    angle, lue = Angle(perimetre), figer(lire(perimetre))["sexe"]["maintenant"]
    assert not all(angle.tient("sexe", lue["genre"], ligne) for ligne, _, _ in lue["lignes"])


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
