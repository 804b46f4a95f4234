"""Les tables d'angle, les noms et les listes du suivi, recomptés depuis les tables brutes : des boucles, rien de `reporting`."""

from collections import defaultdict
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

from beneficiaires.models import Beneficiaire
from comptes.models import Organisation
from marches.models import CorpsMetier
from metiers.models import Metier
from parcours.models import Question, Questionnaire, Reponse
from recrutement.models import Candidature, Offre
from territoires.models import Commune
from tests.reporting.recalcul import en_vigueur, table, vaut
from tests.reporting.recalcul_bilan import FAMILLES, PARIS, TAUX_DE_LA_CHARTE, TERMES, ZERO, Tranche, compter

NOMS_DES_TERMES = {3: "3 mois", 6: "6 mois", 12: "12 mois"}
NOMS_DES_PUBLICS = {"beneficiaire": "La personne", "employeur": "L'employeur"}
RESERVES = TAUX_DE_LA_CHARTE  # les programmes dont la charte ne compte que les habitants
DIMENSIONS = ("sexe", "age", "niveau", "contrat", "heures")
type Repartitions = dict[str, tuple[Decimal | int, dict[str, Decimal | int]]]


def repartitions_de_plus(tranche: Tranche) -> Repartitions:
    """{clé: (total, {groupe: valeur})} des tables d'angle et des tables de noms."""
    heures = sum(tranche.heures.values(), ZERO)
    personnes = len(tranche.entrees)
    rendues: Repartitions = {
        "contrat_d_entree": (personnes, _ranger(tranche, "contrat", lambda p, jour: True)),
        "heures_par_personne": (personnes, _ranger(tranche, "heures", lambda p, jour: True)),
        "prescripteurs": (personnes, compter(_prescripteur(tranche, p) for p in tranche.entrees)),
        "communes": (personnes, compter(_commune(tranche, p, c["debut"]) for p, c in tranche.entrees.items())),
        "heures_par_metier": (heures, tranche._heures_selon(lambda c: _metier(tranche, c))),
    }
    au_rsa = tranche._a_le_critere("RSA")
    for angle, est in (("rsa", au_rsa), ("qpv", tranche._en_quartier)):
        combien = tranche._compter(est)
        for dimension in DIMENSIONS:
            rendues[f"{angle}_par_{dimension}"] = combien, _ranger(tranche, dimension, est)
        for terme in TERMES:
            familles = _sorties_de(tranche, terme, est)
            rendues[f"sorties_{angle}_{terme}_mois"] = sum(familles.values()), familles
    par_quartier = compter(
        tranche._quartier(p, c["debut"]) or "hors" for p, c in tranche.entrees.items() if au_rsa(p, c["debut"])
    )
    rendues["rsa_par_quartier"] = tranche._compter(au_rsa), par_quartier
    return rendues


def _ranger(tranche: Tranche, dimension: str, garder: Callable) -> dict[str, int]:
    def groupe(personne: int, contrat: dict) -> str:
        match dimension:
            case "sexe":
                return tranche._sexe(personne, contrat["debut"])
            case "age":
                return tranche._age(personne, contrat["debut"])
            case "niveau":
                return tranche._niveau(personne, contrat["debut"])
            case "contrat":
                return contrat["type_contrat"]
        faites = sum(
            (h for pk, h in tranche.heures.items() if h > 0 and tranche.contrats[pk]["beneficiaire_id"] == personne),
            ZERO,
        )
        if faites >= 900:
            return "900_plus"
        return "moins_150" if faites < 150 else "150_449" if faites < 450 else "450_899"

    return compter(groupe(p, c) for p, c in tranche.entrees.items() if garder(p, c["debut"]))


def _sorties_de(tranche: Tranche, terme: int, est: Callable) -> dict[str, int]:
    comptes = dict.fromkeys(FAMILLES, 0)
    avec_heures = {ligne["contrat_id"] for ligne in tranche.toutes if ligne["heures"] > 0}
    for point in tranche.brut.points.values():
        contrat = tranche.contrats[point["contrat_id"]]
        du = tranche.debut <= point["du_le"] <= tranche.fin
        if point["terme"] != terme or point["statut"] != "repondu" or not du or contrat["id"] not in avec_heures:
            continue
        if tranche._est_a_lui(tranche.brut.marche_de(contrat["id"])) and est(
            contrat["beneficiaire_id"], contrat["debut"]
        ):
            comptes[next(nom for nom, situations in FAMILLES.items() if point["situation"] in situations)] += 1
    return comptes


def _prescripteur(tranche: Tranche, personne: int) -> str:
    prescripteur = table(Beneficiaire)[personne]["prescripteur_id"]
    return table(Organisation)[prescripteur]["nom"] if prescripteur else "non_renseigne"


def _commune(tranche: Tranche, personne: int, jour) -> str:
    domicile = en_vigueur(tranche.domiciles[personne], jour)
    return table(Commune)[domicile["commune_id"]]["nom"] if domicile and domicile["commune_id"] else "non_renseigne"


def _metier(tranche: Tranche, contrat: dict) -> str:
    for candidature in table(Candidature).values():
        if candidature["contrat_id"] == contrat["id"]:
            return table(Metier)[table(Offre)[candidature["offre_id"]]["metier_id"]]["libelle"]
    corps = tranche.lots[tranche.engagements[contrat["engagement_id"]]["lot_id"]]["corps_metier_id"]
    return table(CorpsMetier)[corps]["nom"] if corps else "non_renseigne"


# --- Les listes -----------------------------------------------------------------------------------------------------
def profils_quartiers(tranche: Tranche) -> dict[str, dict]:
    """{code: la ligne d'un quartier}, de ceux que quelqu'un de connu ou d'embauché habite."""
    lignes: dict[str, dict] = defaultdict(
        lambda: dict.fromkeys((*PROFILS, "connus", "eligibles", "habitants", "heures"), 0)
    )
    for personne, fiche in table(Beneficiaire).items():
        code = tranche._quartier(personne, tranche.fin)
        debuts = [c["debut"] for c in tranche.contrats.values() if c["beneficiaire_id"] == personne]
        connue_le = min([fiche["cree_le"].astimezone(PARIS).date(), *debuts])
        if fiche["structure_id"] in tranche.structures and connue_le <= tranche.fin and code:
            lignes[code]["connus"] += 1
            lignes[code]["eligibles"] += any(vaut(critere, tranche.fin) for critere in tranche.criteres[personne])
    for personne, contrat in tranche.entrees.items():
        jour = contrat["debut"]
        if code := tranche._quartier(personne, jour):
            lignes[code]["habitants"] += 1
            lignes[code]["femmes"] += tranche._sexe(personne, jour) == "F"
            lignes[code]["moins_26"] += tranche._jeune(personne, jour)
            lignes[code]["50_plus"] += tranche._senior(personne, jour)
            lignes[code]["sans_qualification"] += tranche._sans_qualification(personne, jour)
            lignes[code]["rsa"] += tranche._a_le_critere("RSA")(personne, jour)
    for code, heures in tranche.heures_par_quartier().items():
        lignes[code]["heures"] = heures
    return dict(lignes)


PROFILS = ("femmes", "moins_26", "50_plus", "sans_qualification", "rsa")


def operations(tranche: Tranche) -> dict[int, dict]:
    """{clé: ce que compte la charte}, des opérations qui ont un objectif et un marché du bilan."""
    siennes = {m["operation_id"] for m in tranche.marches.values() if tranche._est_a_lui(m)} - {None}
    rendues = {}
    for pk in siennes:
        seule = Tranche(
            tranche.brut, tranche.structures, tranche.debut, tranche.fin, lambda m, pk=pk: m["operation_id"] == pk
        )
        charte = seule.charte(tranche.brut.operations[pk])
        if charte["objectif"] is not None:
            rendues[pk] = {cle: charte[cle] for cle in ("objectif", "comptees", "hors", "habitants", "personnes")}
            rendues[pk]["reservee"] = tranche.brut.operations[pk]["programme"] in RESERVES
    return rendues


def cohorte(tranche: Tranche) -> dict[str, dict[str, int]]:
    """Pour les contrats dont les douze mois tombent dans la période : dus, connus, comptés, dynamiques, à chaque terme."""
    points = [
        point
        for point in tranche.brut.points.values()
        if point["du_le"] <= tranche.fin and tranche._est_a_lui(tranche.brut.marche_de(point["contrat_id"]))
    ]
    suivis = {p["contrat_id"] for p in points if p["terme"] == 12 and p["du_le"] >= tranche.debut}
    lignes = {}
    for terme in TERMES if suivis else ():
        dus = [p for p in points if p["terme"] == terme and p["contrat_id"] in suivis]
        connus = [p["situation"] for p in dus if p["statut"] == "repondu"]
        neutres = [s for s in connus if s in FAMILLES["neutralisee"]]
        vers_l_emploi = [s for s in connus if s in FAMILLES["durable"] | FAMILLES["transition"] | FAMILLES["positive"]]
        lignes[NOMS_DES_TERMES[terme]] = {
            "dues": len(dus),
            "connues": len(connus),
            "comptees": len(connus) - len(neutres),
            "dynamiques": len(vers_l_emploi),
        }
    return lignes


def avis(tranche: Tranche) -> dict[str, dict]:
    """{"public|question": réponses, moyenne à une décimale, combien de chacune} des questionnaires rendus dans la période."""
    notes = defaultdict(list)
    questions, questionnaires = table(Question), table(Questionnaire)
    for reponse in table(Reponse).values():
        questionnaire, question = questionnaires[reponse["questionnaire_id"]], questions[reponse["question_id"]]
        rendu = questionnaire["repondu_le"]
        marche = tranche.brut.marche_de(questionnaire["contrat_id"])
        notee = question["genre"] in ("note", "oui_non") and reponse["note"] is not None
        if not (rendu and notee and tranche._est_a_lui(marche)):
            continue
        if tranche.debut <= rendu.astimezone(PARIS).date() <= tranche.fin:
            notes[question["public"], question["texte"], question["genre"]].append(reponse["note"])
    lignes = {}
    for (public, texte, genre), lues in notes.items():
        moyenne = (Decimal(sum(lues)) / len(lues)).quantize(Decimal("0.1"), ROUND_HALF_UP)
        courts = {str(note): note for note in range(1, 6)} if genre == "note" else {"Oui": 1, "Non": 0}
        lignes[f"{NOMS_DES_PUBLICS[public]}|{texte}"] = {
            "nombre": len(lues),
            "moyenne": moyenne if genre == "note" else None,
            "parts": [f"{court} : {lues.count(note)}" for court, note in courts.items()],
        }
    return lignes
