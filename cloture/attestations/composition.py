"""Les données d'une attestation de fin d'opération : des comptes, jamais un nom ; ce qui sort de la structure est masqué.

Un effectif de 1 à 4 personnes s'y lit « moins de 5 », comme celui dont le complément est si petit : 144 sur 146 dirait les
deux autres.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from beneficiaires.eligibilite import examiner_personne
from beneficiaires.enums import CodeCritere
from cloture.constat import Constat
from cloture.enums import DecisionPenalite, GenrePenalite, StatutPenalite, VerdictOperation
from cloture.models import Penalite, ReglagesCloture
from cloture.penalites.preuves import les_carences, les_heures, les_parties
from declarations.models import LigneHeures
from marches.models import Engagement
from parcours.sorties import SEUIL
from recrutement.eligibilite import est_sans_critere
from recrutement.enums import Modalite
from recrutement.models import Contrat

PETIT = "moins de 5"
SANS_PUBLIC, AUTRES_PUBLICS = "Public non précisé", "Autres publics"


def taux(faites: Decimal, dues: Decimal) -> Decimal | None:
    """La part faite, en pour cent, exacte ; rien s'il n'y avait rien à faire."""
    return faites * 100 / dues if dues > 0 else None


def verdict(faites: Decimal, dues: Decimal, neutralisees: Decimal, reglages: ReglagesCloture) -> VerdictOperation:
    """L'avis, sur les heures exigibles : dues, moins celles qu'une carence de candidats neutralise."""
    part = taux(faites, dues - neutralisees)
    if part is None or part >= reglages.seuil_satisfait:
        return VerdictOperation.SATISFAIT
    return VerdictOperation.PARTIEL if part >= reglages.seuil_partiel else VerdictOperation.NON_SATISFAIT


def masquer(effectif: int, total: int) -> int | str:
    """Un effectif tel qu'il sort : petit, ou dont le complément est petit, il ne se dit pas."""
    petit = 0 < effectif < SEUIL or 0 < total - effectif < SEUIL
    return PETIT if petit and effectif < SEUIL else "masqué" if petit else effectif


def masquer_la_repartition(comptes: Mapping[str, int], total: int) -> dict[str, int | str]:
    """Chaque effectif masqué ; une case cachée seule se retrouverait par soustraction : la plus petite des autres suit."""
    if total < SEUIL:
        return dict.fromkeys(comptes, PETIT)
    masques = {cle: masquer(effectif, total) for cle, effectif in comptes.items()}
    if len([valeur for valeur in masques.values() if isinstance(valeur, str)]) == 1:
        lisibles = [cle for cle, valeur in masques.items() if isinstance(valeur, int) and valeur]
        if lisibles and len(masques) > 1:
            masques[min(lisibles, key=lambda cle: (comptes[cle], cle))] = "masqué"
    return masques


def composer(constat: Constat, reglages: ReglagesCloture) -> dict:
    """Tout ce que l'attestation dit, prêt à figer ; le numéro, la date et la signature s'y ajoutent à l'émission."""
    engagement, marche = constat.engagement, constat.marche
    faites, dues = engagement.heures_realisees, engagement.heures_dues
    exigibles = max(dues - constat.neutralisees, Decimal(0))
    return {
        "parties": les_parties(engagement),
        "execution": {"debut": marche.debut.isoformat(), "fin": marche.fin.isoformat()},
        "heures": {**les_heures(constat), "exigibles": str(exigibles), "ecart": str(faites - dues)},
        "avenants": [
            {"le": avenant.date_notification.isoformat(), "heures": str(avenant.heures_delta), "motif": avenant.motif}
            for avenant in engagement.avenants.all()
        ],
        "taux": _texte(taux(faites, dues)),
        "taux_exigible": _texte(taux(faites, exigibles)),
        "seuils": {"satisfait": str(reglages.seuil_satisfait), "partiel": str(reglages.seuil_partiel)},
        "verdict": verdict(faites, dues, constat.neutralisees, reglages).value,
        **les_personnes(engagement),
        "carences": [
            {cle: carence[cle] for cle in ("le", "offre", "postes", "heures")} for carence in les_carences(constat)
        ],
        "penalites": [_penalite(p) for p in constat.penalites if p.statut in StatutPenalite.decides()],
    }


def les_personnes(engagement: Engagement) -> dict:
    """Combien de personnes, de quels publics au début de leur contrat, par quelles modalités ; des heures validées seules."""
    lignes = LigneHeures.objects.validees().filter(declaration__engagement=engagement, heures__gt=0)
    lignes = lignes.select_related("contrat__beneficiaire", "contrat__sans_critere").prefetch_related(
        "contrat__beneficiaire__criteres", "contrat__beneficiaire__inscriptions"
    )
    publics: dict[str, set[int]] = defaultdict(set)
    modalites: dict[str, set[int]] = defaultdict(set)
    heures: dict[str, Decimal] = defaultdict(Decimal)
    mois: set[str] = set()
    entrees: dict[int, Contrat] = {}
    par_contrat: dict[Contrat, Decimal] = defaultdict(Decimal)
    for ligne in lignes.order_by("contrat__debut", "contrat", "mois", "pk"):
        contrat = ligne.contrat
        entrees.setdefault(contrat.beneficiaire_id, contrat)
        modalites[contrat.modalite].add(contrat.beneficiaire_id)
        heures[contrat.modalite] += ligne.heures
        mois.add(ligne.mois.isoformat())
        par_contrat[contrat] += ligne.heures
    for personne, contrat in entrees.items():
        publics[examiner_personne(contrat.beneficiaire, contrat.debut).public].add(personne)
    total = len(entrees)
    par_modalite = masquer_la_repartition(_compter(modalites), total)
    return {
        "personnes": masquer(total, total),
        "publics": les_publics(_compter(publics), total),
        "sans_critere": les_heures_sans_critere(par_contrat),
        "modalites": [
            {"libelle": Modalite(code).label, "personnes": par_modalite[code], "heures": str(heures[code])}
            for code in _ordre(Modalite.values, par_modalite)
        ],
        "mois": {"premier": min(mois, default=""), "dernier": max(mois, default="")},
    }


def les_heures_sans_critere(par_contrat: Mapping[Contrat, Decimal]) -> dict:
    """Les heures comptées sans qu'un critère vaille au début du contrat, et les motifs consignés. De combien de personnes ne
    se dit pas : avec les publics, il rouvrirait une case masquée."""
    comptes = {contrat: heures for contrat, heures in par_contrat.items() if est_sans_critere(contrat)}
    sans_motif = [heures for contrat, heures in comptes.items() if not hasattr(contrat, "sans_critere")]
    return {
        "heures": str(sum(comptes.values(), Decimal(0))),
        "motifs": sorted({contrat.motif_sans_critere for contrat in comptes} - {""}),
        "sans_motif": str(sum(sans_motif, Decimal(0))),
    }


def les_publics(comptes: Mapping[str, int], total: int) -> list[dict]:
    """Les publics assez nombreux pour se dire ; les autres d'un bloc, sans les nommer : l'employeur connaît ses salariés."""
    masques = masquer_la_repartition(comptes, total)
    dits = [code for code in _ordre(CodeCritere.values, masques) if isinstance(masques[code], int)]
    lignes = [
        {"libelle": CodeCritere(code).label if code else SANS_PUBLIC, "personnes": masques[code]} for code in dits
    ]
    if dits and len(dits) < len(masques):
        lignes.append({"libelle": AUTRES_PUBLICS, "personnes": "masqué"})
    return lignes


def _compter(groupes: Mapping[str, set[int]]) -> dict[str, int]:
    return {cle: len(groupe) for cle, groupe in groupes.items()}


def _ordre(valeurs: Iterable[str], presents: Mapping[str, int | str]) -> list[str]:
    """L'ordre du référentiel, jamais celui des effectifs : il en dirait trop."""
    return [*(code for code in valeurs if code in presents), *([""] if "" in presents else [])]


def _penalite(penalite: Penalite) -> dict:
    return {
        "genre": GenrePenalite(penalite.genre).label,
        "decision": DecisionPenalite(penalite.decision).label,
        "montant": str(penalite.montant_decide),
        "le": penalite.decidee_le.isoformat() if penalite.decidee_le else "",
    }


def _texte(valeur: Decimal | None) -> str:
    return "" if valeur is None else str(valeur)


def empreinte_de(donnees: Mapping) -> str:
    """La même empreinte pour les mêmes données, quel que soit l'ordre de leurs clés."""
    lisible = json.dumps(donnees, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(lisible.encode()).hexdigest()
