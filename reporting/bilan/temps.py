"""Le temps d'un bilan : ses périodes, ses mois et ce que l'on en sait, cinq années côte à côte."""

import datetime

from reporting.bilan.decoupe import Lecture
from reporting.calcul import indicateurs, ventilations
from reporting.calcul.comparables import a_de_quoi_dire
from reporting.donnees import CompletudeBilan, LigneMois, LignePeriode, PeriodeBilan, Valeur, en_json
from reporting.enums import Variante
from reporting.lecture import periodes
from reporting.lecture.completude import Completude, Etat
from reporting.lecture.perimetre import Perimetre
from reporting.lecture.releve import Releve
from socle.periodes import Periode

PERIODES_D_EVOLUTION = 5
DE_L_EVOLUTION = ("heures_realisees", "beneficiaires", "contrats", "marches_suivis")
PARTS_SUIVIES = (
    "beneficiaires_femmes",
    "beneficiaires_moins_26_ans",
    "beneficiaires_50_ans_et_plus",
    "beneficiaires_sans_qualification",
    "beneficiaires_rsa",
    "beneficiaires_deld",
    "beneficiaires_th",
    "beneficiaires_qpv",
    "marches_travaux",
    "entreprises_locales",
)


def periode_du_bilan(lecture: Lecture) -> PeriodeBilan:
    """La période, celle d'avant, et les mois comparés quand ce n'en est qu'une part."""
    perimetre, comparee = lecture.perimetre, lecture.comparee
    en_partie = comparee != perimetre.periode
    nommer = periodes.abreger if en_partie else periodes.nommer
    dite: PeriodeBilan = {
        "debut": perimetre.periode.debut.isoformat(),
        "fin": perimetre.periode.fin.isoformat(),
        "nom": periodes.nommer(perimetre.periode),
        "situee": periodes.situer(perimetre.periode),
        "avant": nommer(lecture.mois_d_avant),
        "avant_situee": periodes.situer(lecture.mois_d_avant),
    }
    if en_partie:
        dite["comparee_situee"] = periodes.situer(comparee)
    if lecture.comparaison and lecture.comparaison.structures is not None:
        dite["structures_comparees"] = len(lecture.comparaison.structures)
    return dite


def evolution(lecture: Lecture) -> list[LignePeriode]:
    return [_ligne_periode(releve, lecture.perimetre) for releve in releves_de_l_evolution(lecture)]


def periodes_de_l_evolution(lecture: Lecture) -> list[Periode]:
    """Les mêmes mois de cinq années ; d'une période de plus d'un an, ses années. Rien de connu ne se compare à rien."""
    if lecture.completude is not None and lecture.completude.connue is None:
        return [lecture.perimetre.periode]
    suite = periodes.suite(lecture.perimetre.periode, PERIODES_D_EVOLUTION)
    return periodes.suite(lecture.comparee, PERIODES_D_EVOLUTION) if suite[-1] == lecture.perimetre.periode else suite


def releves_de_l_evolution(lecture: Lecture) -> list[Releve]:
    """Depuis la première période qui a de quoi se comparer à la dernière."""
    releves = [lecture.de(periode) for periode in periodes_de_l_evolution(lecture)]
    while len(releves) > 1 and not _se_compare(releves[0], lecture.periode):
        releves.pop(0)
    return releves


def _se_compare(releve: Releve, a: Releve) -> bool:
    """Jamais une barre à zéro pour une année dont on ne sait rien."""
    return a_de_quoi_dire(releve) and (bool(releve.lignes) or not a.lignes)


def _ligne_periode(releve: Releve, perimetre: Perimetre) -> LignePeriode:
    valeurs: dict = {cle: en_json(getattr(indicateurs, cle)(releve).valeur) for cle in DE_L_EVOLUTION}
    if perimetre.variante == Variante.RESEAU:
        valeurs["structures"] = len(ventilations.structures_du_bilan(releve))
    return {"periode": periodes.nommer(releve.periode), **valeurs}  # type: ignore[typeddict-item]  # les clés de DE_L_EVOLUTION


def heures_des_mois(releve: Releve, completude: Completude | None) -> list[LigneMois]:
    """Chaque mois ; celui que l'on ne connaît pas encore n'a pas zéro heure : il n'a pas de valeur."""
    heures = ventilations.heures_par_mois(releve).par_groupe

    def valeur(jour: datetime.date) -> Valeur:
        lues = heures.get(f"{jour:%Y-%m}", 0)
        return en_json(lues) if lues or completude is None or completude.est_connu(jour) else None

    return [{"mois": f"{jour:%Y-%m}", "heures": valeur(jour)} for jour in releve.periode.mois()]


def completude_du_bilan(lecture: Lecture) -> dict[str, CompletudeBilan]:
    return {} if lecture.completude is None else {"completude": ecrire_la_completude(lecture.completude)}


def ecrire_la_completude(sue: Completude) -> CompletudeBilan:
    connue = sue.connue
    return {
        "entiere": sue.est_entiere,
        "jusqu_a": f"{connue.fin:%Y-%m}" if connue else "",
        "mois": [
            {
                "mois": f"{jour:%Y-%m}",
                "connu": sue.est_connu(jour),
                "clos": sue.est_clos(jour),
                **{str(etat): comptes[etat] for etat in Etat},  # type: ignore[typeddict-item]  # les clés d'Etat
            }
            for jour, comptes in sue.par_mois.items()
        ],
    }
