"""Chaque chiffre d'un bilan, recompté depuis les lignes brutes : dans le JSON, le classeur relu, le texte du PDF, et ses lignes.

Cinquante mondes tirés au hasard ; chacun passe par toutes les variantes, et les sortes de période tournent de l'un à l'autre :
les quarante-cinq rencontres y sont, dix fois au moins, et cinq dans le classeur.
"""

import datetime
import io
import json
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from functools import cache

import pypdf
import pytest
from python_calamine import CalamineWorkbook

from marches.models import MaitreOuvrage, Marche, Operation
from reporting.bilan.decoupe import Lecture, lire
from reporting.bilan.sources import SOURCES, figer
from reporting.bilan.synthese import assembler
from reporting.calcul.arrondis import Parts, grandeur, part_exacte
from reporting.calcul.ratios import ratios
from reporting.donnees import DonneesBilan, en_json
from reporting.enums import Presentation, Variante
from reporting.lecture.perimetre import Perimetre
from reporting.models import ReglagesBilan
from reporting.recit.colonnes import Nature
from reporting.recit.ecriture import a_l_unite, apostrophes, ecrite, majuscule
from reporting.recit.listes import DU_BILAN, en_vigueur
from reporting.recit.tables import tables
from reporting.rendu.classeur import ecrire_classeur
from reporting.rendu.pdf.document import rendre_bilan
from reporting.rendu.pdf.tableaux import DITES_AILLEURS
from socle.nombres import arrondir
from tests.reporting.mondes_de_bilans import PERIODES, SORTES, VARIANTES, MondeDeBilans
from tests.reporting.recalcul_bilan import (
    ETATS,
    SUIVIES,
    Brut,
    Tranche,
    fin_du_mois,
    periode_d_avant,
    periodes_de_l_evolution,
    plus_tard,
)
from tests.reporting.recalcul_suivi import PROFILS, repartitions_de_plus
from tests.reporting.recompte_des_listes import RECOMPTEES, verifier_le_suivi, verifier_les_lignes_comparees

pytestmark = pytest.mark.django_db
LE = datetime.date(2025, 2, 3)
MONDES = range(50)
PDF = (Variante.STRUCTURE, Variante.FSE, Variante.OPERATION, Variante.RESEAU, Variante.MARCHE)
type Cellules = dict
# Les colonnes de chaque liste : (clé du JSON, colonne du classeur).
LISTES = {
    "marches": (
        ("reference", "Référence"),
        ("objet", "Objet"),
        ("debut", "Début"),
        ("fin", "Fin"),
        ("heures_dues", "Heures dues"),
        ("heures_periode", "Heures de la période"),
        ("heures_cumul", "Heures depuis le début"),
    ),
    "maitres_ouvrage": (
        ("nom", "Maître d'ouvrage"),
        ("marches", "Marchés suivis"),
        ("heures_dues", "Heures dues"),
        ("heures_periode", "Heures de la période"),
        ("heures_cumul", "Heures depuis le début"),
    ),
    "entreprises": (
        ("nom", "Entreprise"),
        ("locale", "Locale"),
        ("engagee", "Engagée"),
        ("employeuse", "Employeuse"),
        ("suivie", "Parmi les entreprises engagées"),
        ("heures_engagements", "Heures sur ses engagements"),
        ("heures_employeuse", "Heures comme employeuse"),
    ),
    "structures": (
        ("nom", "Structure"),
        ("heures", "Heures"),
        ("beneficiaires", "Bénéficiaires"),
        ("marches", "Marchés suivis"),
    ),
}
SANS_AVANT = ("prescripteurs", "communes", "heures_par_metier")
DE_LA_CHARTE = (
    *("heures_travaillees", "taux", "objectif", "faites", "faites_qpv"),
    *("comptees", "hors", "habitants", "personnes"),
)


@pytest.fixture(autouse=True)
def _sans_historique(settings):
    """Les mondes naissent plus vite, et les bilans ne le lisent pas."""
    settings.SIMPLE_HISTORY_ENABLED = False


# --- Ce que le recomptage attend ------------------------------------------------------------------------------------
def tranche_de(brut: Brut, perimetre: Perimetre, debut, fin) -> Tranche:
    return Tranche(brut, [structure.pk for structure in perimetre.structures], debut, fin, _garde(perimetre.cible))


def _garde(cible) -> Callable[[dict], bool] | None:
    match cible:
        case MaitreOuvrage():
            return lambda marche: marche["maitre_ouvrage_id"] == cible.pk
        case Operation():
            return lambda marche: marche["operation_id"] == cible.pk
        case Marche():
            return lambda marche: marche["id"] == cible.pk
    return None


def _diviseur(perimetre: Perimetre) -> Decimal:
    regles = ReglagesBilan.objects.filter(structure=perimetre.organisation).first()
    return regles.heures_par_etp if regles else Decimal(1600)


def attendu(brut: Brut, perimetre: Perimetre) -> Cellules:
    """Tous les chiffres du bilan, rangés comme `du_json` et `du_classeur` les relisent."""
    bornes = perimetre.periode.debut, perimetre.periode.fin
    maintenant = tranche_de(brut, perimetre, *bornes)
    compares, comparable, avant = ce_qui_se_compare(brut, perimetre, maintenant)
    diviseur = _diviseur(perimetre)
    chiffres = maintenant.tous_les_chiffres(diviseur)
    anciens = avant.tous_les_chiffres(diviseur) if avant else dict.fromkeys(chiffres)
    premier = min((ligne["mois"] for ligne in maintenant.toutes), default=None)
    if premier is None or premier >= bornes[0]:
        del chiffres["nouveaux_beneficiaires"]
    elif avant and premier >= avant.debut:
        anciens["nouveaux_beneficiaires"] = None
    rangees = None if comparable else avant  # une part des mois ne compare que des chiffres
    repartitions = maintenant.repartitions() | repartitions_de_plus(maintenant)
    anciennes = rangees.repartitions() | repartitions_de_plus(rangees) if rangees else {}
    for cle in SANS_AVANT if rangees else ():
        anciennes[cle] = None, dict.fromkeys(repartitions[cle][1])
    evolution = annees_comparees(brut, perimetre, maintenant, compares)
    longue = bornes[1] >= plus_tard(bornes[0], 12)
    nomme = perimetre.variante != Variante.RESEAU
    noms = {structure.pk: structure.nom for structure in perimetre.structures}
    return {
        "chiffres": {cle: (valeur, anciens[cle]) for cle, valeur in chiffres.items()},
        "totaux": {cle: (total, anciennes[cle][0] if rangees else None) for cle, (total, _) in repartitions.items()},
        "parts": {
            (cle, groupe): (parts.get(groupe, 0), anciennes[cle][1].get(groupe, 0) if rangees else None)
            for cle, (_, parts) in repartitions.items()
            for groupe in {*parts, *(anciennes[cle][1] if rangees else {})}
            if parts.get(groupe) or (rangees and anciennes[cle][1].get(groupe))
        },
        "heures_par_quartier": maintenant.heures_par_quartier(),
        "comparables": {
            cle: comparable.tous_les_chiffres(diviseur)[cle] for cle in (chiffres if comparable and avant else ())
        },
        "evolution": [tuple(une.evolution().values()) for une in evolution],
        "parts_suivies": {}
        if longue or len(evolution) < 2
        else {(cle, rang): lue for rang, une in enumerate(evolution) for cle, lue in une.parts_suivies().items()},
        "etat_des_mois": {mois: tuple(comptes.values()) for mois, comptes in maintenant.etat_des_mois().items()},
        "mois": maintenant.mois(),
        "marches": _par_nom("marches", maintenant.liste_des_marches() if nomme else {}),
        "maitres_ouvrage": _par_nom("maitres_ouvrage", maintenant.liste_des_maitres_ouvrage() if nomme else {}),
        "entreprises": _par_nom("entreprises", maintenant.liste_des_entreprises() if nomme else {}),
        "structures": {}
        if nomme
        else _par_nom(
            "structures", {pk: {"nom": noms[pk], **une} for pk, une in maintenant.liste_des_structures().items()}
        ),
        "charte": maintenant.charte(brut.operations[perimetre.cible.pk])
        if perimetre.variante == Variante.OPERATION
        else None,
    }


def ce_qui_se_compare(brut: Brut, perimetre: Perimetre, maintenant: Tranche):
    """(les mois comparés, la période sur eux si ce n'en est qu'une part, la même chose un an plus tôt)."""
    bornes = maintenant.debut, maintenant.fin
    connu = maintenant.dernier_mois_connu()
    if connu is None:
        return None, None, None
    fois = (bornes[0].year * 12 + bornes[0].month - 1) - sum(
        rang * poids for rang, poids in zip(_rang(periode_d_avant(*bornes)[0]), (12, 1), strict=True)
    )
    compares = bornes[0], min(fin_du_mois(datetime.date.fromisoformat(f"{connu}-01")), bornes[1])
    d_avant = plus_tard(compares[0], -fois), fin_du_mois(plus_tard(compares[1], -fois))
    une, autre = tranche_de(brut, perimetre, *compares), tranche_de(brut, perimetre, *d_avant)
    if (une.lignes and not autre.lignes) or not autre.a_de_quoi_dire:
        return compares, None, None
    entiere = compares == bornes
    if perimetre.variante == Variante.RESEAU:
        deux = une.structures_qui_ont_des_heures(), autre.structures_qui_ont_des_heures()
        if deux[0] != deux[1]:
            communes, deux_fois = deux[0] & deux[1], une.structures
            une, autre = (Tranche(brut, communes, *mois, territoire_de=deux_fois) for mois in (compares, d_avant))
            entiere = False
    return compares, None if entiere else une, autre


def _rang(jour: datetime.date) -> tuple[int, int]:
    return jour.year, jour.month - 1


def annees_comparees(brut: Brut, perimetre: Perimetre, maintenant: Tranche, compares) -> list[Tranche]:
    """Les mêmes mois de cinq années, depuis la première qui a des heures si celle-ci en a."""
    bornes = maintenant.debut, maintenant.fin
    if compares is None:
        return [maintenant]
    longue = bornes[1] >= plus_tard(bornes[0], 12)
    evolution = [tranche_de(brut, perimetre, *b) for b in periodes_de_l_evolution(*(bornes if longue else compares))]
    while len(evolution) > 1 and not (evolution[0].a_de_quoi_dire and (evolution[0].lignes or not maintenant.lignes)):
        del evolution[0]
    return evolution


def _par_nom(liste: str, lignes: dict[int, dict]) -> dict:
    cles = [cle for cle, _ in LISTES[liste]]
    return {ligne[cles[0]]: tuple(ligne[cle] for cle in cles[1:]) for ligne in lignes.values()}


# --- Ce que les deux formes disent ----------------------------------------------------------------------------------
def du_json(donnees: DonneesBilan) -> Cellules:
    lues = json.loads(json.dumps(donnees), parse_float=Decimal, parse_int=Decimal)
    repartitions = lues["repartitions"].values()
    quartiers = lues["repartitions"]["quartiers"]["parts"]
    charte = lues["charte"]
    return {
        "chiffres": {c["cle"]: (c["valeur"], c["precedente"]) for c in lues["chiffres"].values()},
        "totaux": {r["cle"]: (r["total"], r["total_precedent"]) for r in repartitions},
        "parts": {
            (r["cle"], part["cle"]): (part["valeur"], part["precedente"])
            for r in repartitions
            for part in r["parts"]
            if part["valeur"] or part["precedente"]
        },
        "heures_par_quartier": {part["cle"]: part["heures"] for part in quartiers if part["heures"]},
        "evolution": [
            (une["heures_realisees"], une["beneficiaires"], une["contrats"], une["marches_suivis"])
            for une in lues["evolution"]
        ],
        "mois": {mois["mois"]: mois["heures"] for mois in lues["mois"]},
        "comparables": {c["cle"]: c["comparable"] for c in lues["chiffres"].values() if "comparable" in c},
        "parts_suivies": {
            (serie["cle"], rang): (annee["valeur"], annee["total"])
            for serie in lues["evolution_parts"]
            for rang, annee in enumerate(serie["annees"])
        },
        "etat_des_mois": {m["mois"]: tuple(m[etat] for etat in ETATS) for m in lues["completude"]["mois"]},
        **{
            nom: {ligne[colonnes[0][0]]: tuple(ligne[cle] for cle, _ in colonnes[1:]) for ligne in lues[nom]}
            for nom, colonnes in LISTES.items()
        },
        "charte": {cle: charte[cle] for cle in DE_LA_CHARTE} if charte else None,
    }


def du_classeur(donnees: DonneesBilan, attendues: Cellules) -> Cellules:
    """Le classeur relu. Une répartition sans ligne n'a pas de feuille : son total ne s'y lit pas."""
    classeur = CalamineWorkbook.from_filelike(io.BytesIO(ecrire_classeur(donnees)))
    cles = [table.nom for table in tables(donnees)]
    feuilles = {cle: _feuille(classeur, nom) for cle, nom in zip(cles, classeur.sheet_names, strict=True)}
    repartitions = {cle: feuilles[cle][1:] for cle in attendues["totaux"] if cle in feuilles}
    lues: Cellules = {
        "chiffres": {ligne[0]: (ligne[3], ligne[4]) for ligne in feuilles["chiffres"][1:]},
        "totaux": {cle: (lignes[-1][2], lignes[-1][3]) for cle, lignes in repartitions.items()},
        "parts": {
            (cle, ligne[0]): (ligne[2], ligne[3])
            for cle, lignes in repartitions.items()
            for ligne in lignes[:-1]
            if ligne[2] or ligne[3]
        },
        "heures_par_quartier": {ligne[0]: ligne[4] for ligne in repartitions.get("quartiers", [])[:-1] if ligne[4]},
        "evolution": [tuple(ligne[1:5]) for ligne in feuilles["evolution"][1:]],
        "comparables": attendues["comparables"],  # un fichier ne les a pas en colonne
        "parts_suivies": _series_du_classeur(feuilles.get("evolution_parts", [])[1:]),
        "etat_des_mois": {ligne[0]: tuple(ligne[2:]) for ligne in feuilles["etat_des_mois"][1:]},
        "mois": {ligne[0]: ligne[1] for ligne in feuilles["mois"][1:]},
        "charte": {ligne[0]: ligne[2] for ligne in feuilles["charte"][2:]} if "charte" in feuilles else None,
    }
    for nom, colonnes in LISTES.items():
        entete, *lignes = feuilles.get(nom, [[]])
        rangs = [entete.index(titre) for _, titre in colonnes] if lignes else []
        lues[nom] = {ligne[rangs[0]]: tuple(ligne[rang] for rang in rangs[1:]) for ligne in lignes}
    return lues


def _series_du_classeur(lignes: list[list]) -> Cellules:
    rangs: dict[str, int] = defaultdict(int)
    lues = {}
    for cle, _, _, _, valeur, total, *_ in lignes:
        lues[cle, rangs[cle]] = valeur, total
        rangs[cle] += 1
    return lues


def _feuille(classeur: CalamineWorkbook, nom: str) -> list[list]:
    """L'en-tête, puis les lignes ; le titre de la feuille est laissé."""
    return [[_cellule(cellule) for cellule in ligne] for ligne in classeur.get_sheet_by_name(nom).to_python()[1:]]


def _cellule(valeur):
    if isinstance(valeur, float | int):
        return Decimal(str(valeur))
    if isinstance(valeur, datetime.date):
        return valeur.isoformat()[:10]
    return {"": None, "oui": True, "non": False}.get(valeur, valeur)


def comparer_les_cellules(lues: Cellules, attendues: Cellules, ou: str) -> None:
    for cle, valeurs in attendues.items():
        if isinstance(valeurs, dict):
            ecarts = {
                nom: (lues[cle].get(nom), valeurs.get(nom))
                for nom in {*lues[cle], *valeurs}
                if lues[cle].get(nom) != valeurs.get(nom)
            }
            assert not ecarts, (ou, cle, ecarts)
        else:
            assert lues[cle] == valeurs, (ou, cle)


# --- Les lignes -----------------------------------------------------------------------------------------------------
def sommes(gardees: dict) -> dict[str, Decimal]:
    """La somme des lignes de chaque groupe ; "" pour un chiffre sans groupe. Aucune ligne n'y est deux fois."""
    totaux: dict[str, Decimal] = defaultdict(Decimal)
    vues = [(cle, groupe) for cle, _, groupe in gardees["lignes"]]
    assert len(vues) == len(set(vues)), "une ligne comptée deux fois"
    for _, poids, groupe in gardees["lignes"]:
        totaux[groupe] += Decimal(str(poids))
    return totaux


def verifier_les_lignes(gardees: dict, donnees: DonneesBilan) -> None:
    """La somme des lignes gardées est le chiffre montré ; rien n'est montré sans lignes, ni l'inverse."""
    vues = set()
    for cle, groupes, quand in chiffres_montres(donnees):
        vues.add(cle)
        lues = gardees[cle].get(quand)
        if groupes is None:
            assert lues is None, (cle, quand, "des lignes pour une période qui n'a rien à dire")
            continue
        diviseur = Decimal(str(lues["diviseur"] or 1))
        trouves = {g: arrondir(total / diviseur, 6) for g, total in sommes(lues).items() if total}
        montres = {groupe: grandeur(valeur) for groupe, valeur in groupes.items() if valeur}
        assert trouves == montres, (cle, quand)
    assert vues == set(SOURCES) - _sans_liste(donnees), "un chiffre sans lignes, ou des lignes sans chiffre"


def _sans_liste(donnees: DonneesBilan) -> set[str]:
    """Ce qu'un bilan ne montre pas : la charte hors d'une opération ; les listes, pour un réseau."""
    sans = set() if donnees["charte"] else {"charte_faites", "charte_faites_qpv", "charte_comptees"}
    sans |= set() if "profils_quartiers" in donnees else {f"quartiers_{profil}" for profil in PROFILS}
    fins = ("_par_marche", "_par_maitre_ouvrage", "_par_entreprise", "_par_employeur")
    sans |= set() if "nouveaux_beneficiaires" in donnees["chiffres"] else {"nouveaux_beneficiaires"}
    sans |= set() if donnees["evolution_parts"] else {f"evolution_{cle}" for cle in SUIVIES}
    return sans | {cle for cle in SOURCES if donnees["structures"] and cle.endswith(fins)}


def chiffres_montres(donnees: DonneesBilan):
    """(source, {groupe: chiffre} ou rien, maintenant ou avant) : tout ce qui se lit dans un bilan."""
    avant = donnees["chiffres"]["heures_realisees"]["precedente"] is not None
    compare = avant and not any("comparable" in chiffre for chiffre in donnees["chiffres"].values())
    for cle, chiffre in donnees["chiffres"].items():
        yield cle, {"": chiffre["valeur"]}, "maintenant"
        if not (avant and chiffre["precedente"] is None):  # les nouveaux, sans heures connues avant eux
            yield cle, {"": chiffre["precedente"]} if avant else None, "avant"
    for cle, repartition in donnees["repartitions"].items():
        yield cle, {part["cle"]: part["valeur"] for part in repartition["parts"]}, "maintenant"
        if compare or not avant:
            avec_avant = avant and cle not in SANS_AVANT
            yield cle, {p["cle"]: p["precedente"] for p in repartition["parts"]} if avec_avant else None, "avant"
    quartiers = donnees["repartitions"]["quartiers"]["parts"]
    yield "heures_par_quartier", {part["cle"]: part["heures"] for part in quartiers}, "maintenant"
    for profil in PROFILS if "profils_quartiers" in donnees else ():
        yield f"quartiers_{profil}", {une["id"]: une[profil] for une in donnees["profils_quartiers"]}, "maintenant"
    for cle in ("heures_realisees", "beneficiaires", "contrats", "marches_suivis"):
        yield f"evolution_{cle}", {une["periode"]: une[cle] for une in donnees["evolution"]}, "maintenant"
    for serie in donnees["evolution_parts"]:
        yield f"evolution_{serie['cle']}", {a["periode"]: a["valeur"] for a in serie["annees"]}, "maintenant"
    yield "heures_par_mois", {mois["mois"]: mois["heures"] for mois in donnees["mois"]}, "maintenant"
    for liste, colonne, cle in (
        ()
        if donnees["structures"]
        else (
            ("marches", "heures_periode", "heures_par_marche"),
            ("marches", "heures_dues", "dues_par_marche"),
            ("marches", "heures_cumul", "cumul_par_marche"),
            ("maitres_ouvrage", "heures_periode", "heures_par_maitre_ouvrage"),
            ("maitres_ouvrage", "heures_dues", "dues_par_maitre_ouvrage"),
            ("maitres_ouvrage", "heures_cumul", "cumul_par_maitre_ouvrage"),
            ("maitres_ouvrage", "marches", "marches_par_maitre_ouvrage"),
            ("entreprises", "heures_engagements", "heures_par_entreprise"),
            ("entreprises", "heures_employeuse", "heures_par_employeur"),
        )
    ):
        yield cle, {str(ligne["id"]): ligne[colonne] for ligne in donnees[liste]}, "maintenant"
    if donnees["charte"]:
        yield "charte_faites", {"": donnees["charte"]["faites"]}, "maintenant"
        yield "charte_faites_qpv", {"": donnees["charte"]["faites_qpv"]}, "maintenant"
        yield "charte_comptees", {"": donnees["charte"]["comptees"]}, "maintenant"


# --- Les essais -----------------------------------------------------------------------------------------------------
def perimetres(graine: int, monde: MondeDeBilans) -> list[Perimetre]:
    """Les neuf variantes ; la sorte de période tourne d'un monde à l'autre, et chacune de ses deux bornes aussi."""
    return [
        monde.perimetre(variante, PERIODES[SORTES[(graine + rang) % 5]][(graine // 5 + rang) % 2], graine)
        for rang, variante in enumerate(VARIANTES)
    ]


def lire_et_assembler(perimetre: Perimetre) -> tuple[Lecture, DonneesBilan]:
    lecture = lire(perimetre)
    return lecture, assembler(lecture, LE, {})


@pytest.mark.parametrize("graine", MONDES)
def test_chaque_chiffre_se_recompte_et_ses_lignes_en_font_la_somme(graine):
    monde = MondeDeBilans(graine)
    tous = perimetres(graine, monde)
    brut = Brut()
    for perimetre in tous:
        ou = (
            f"{perimetre.variante} {perimetre.periode.debut:%Y-%m}..{perimetre.periode.fin:%Y-%m} {perimetre.nom_cible}"
        )
        lecture, donnees = lire_et_assembler(perimetre)
        attendues = attendu(brut, perimetre)
        comparer_les_cellules(du_json(donnees), attendues, f"{ou}, JSON")
        if (graine + list(VARIANTES).index(perimetre.variante)) % 2:
            verifier_le_classeur(donnees, attendues, f"{ou}, classeur")
        gardees = json.loads(json.dumps(figer(lecture)))
        verifier_les_lignes(gardees, donnees)
        verifier_les_lignes_comparees(gardees, donnees)
        tranche = tranche_de(brut, perimetre, perimetre.periode.debut, perimetre.periode.fin)
        verifier_le_suivi(donnees, tranche, attendues["chiffres"], ou)
        verifier_les_moyennes(donnees, attendues["chiffres"])


def verifier_le_classeur(donnees: DonneesBilan, attendues: Cellules, ou: str) -> None:
    lues = du_classeur(donnees, attendues)
    avec_feuille = {cle for cle, _ in attendues["parts"]} | set(lues["totaux"])
    totaux = {cle: total for cle, total in attendues["totaux"].items() if cle in avec_feuille}
    comparer_les_cellules(lues, attendues | {"totaux": totaux}, ou)


def verifier_les_moyennes(donnees: DonneesBilan, chiffres: dict) -> None:
    heures, personnes, contrats, marches = (
        chiffres[cle][0] for cle in ("heures_realisees", "beneficiaires", "contrats", "marches_suivis")
    )
    attendues = {
        "heures_par_beneficiaire": (heures, personnes, "0.1"),
        "heures_par_contrat": (heures, contrats, "0.1"),
        "heures_par_marche_suivi": (heures, marches, "0.1"),
        "contrats_par_beneficiaire": (contrats, personnes, "0.01"),
    }
    lues = {ratio.cle: valeur for ratio, valeur in ratios(donnees["chiffres"])}
    for cle, (haut, bas, pas) in attendues.items():
        assert (cle in lues) == bool(bas)
        assert not bas or abs(lues[cle] - Decimal(haut) / Decimal(bas)) <= Decimal(pas) / 2


def test_les_mondes_font_se_rencontrer_chaque_variante_et_chaque_sorte_de_periode():
    rencontres = {
        (variante, SORTES[(graine + rang) % 5], (graine // 5 + rang) % 2)
        for graine in MONDES
        for rang, variante in enumerate(VARIANTES)
    }
    assert len(rencontres) == len(VARIANTES) * len(SORTES) * 2


def test_les_mondes_exercent_chaque_chiffre_et_chaque_repartition():
    """Un recomptage d'accord sur des zéros ne prouverait rien."""
    vus: set[str] = set()
    for graine in range(7):
        monde = MondeDeBilans(100 + graine)
        donnees = lire_et_assembler(monde.perimetre(Variante.RESEAU, PERIODES["longue"][graine % 2]))[1]
        vus |= {cle for cle, chiffre in donnees["chiffres"].items() if chiffre["valeur"]}
        vus |= {cle for cle, repartition in donnees["repartitions"].items() if len(repartition["parts"]) > 1}
        for structure in monde.structures:
            type(structure).objects.filter(pk=structure.pk).update(slug=f"ancienne-{structure.pk}")
    manquent = {*donnees["chiffres"], *donnees["repartitions"]} - vus
    assert not manquent


# Ce qui n'est pas un tableau de chiffres : le cadre, les mots, les contours, le diviseur et les réglages du bilan.
SANS_CHIFFRE = {
    *(
        "schema",
        "redaction",
        "public",
        "variante",
        "cible",
        "chapitres",
        "couverture",
        "periode",
        "arrete_le",
        "structure",
    ),
    *("etp_base", "ordre", "cartes", "textes", "methode"),
}
AUX_LISTES = {"chiffres", "repartitions", "evolution", "evolution_parts", "mois", "completude", "charte"}


@pytest.mark.parametrize("variante", VARIANTES)
def test_chaque_tableau_se_recompte(variante):
    """Un tableau ou une colonne de plus, que rien ne recompterait, se voit ici."""
    _, donnees = lire_et_assembler(MondeDeBilans(3).perimetre(variante, PERIODES["annee"][0]))
    recomptes = {nom: {cle for cle, _ in colonnes} for nom, colonnes in LISTES.items()}
    recomptes |= {nom: set(colonnes) for nom, colonnes in RECOMPTEES.items()}
    assert set(donnees) - SANS_CHIFFRE - AUX_LISTES <= set(recomptes)
    assert {liste.nom for liste in DU_BILAN} <= set(recomptes)
    for liste in DU_BILAN:
        comptees = {
            colonne.cle
            for colonne in (*en_vigueur(liste, donnees).export, *liste.ecran, *liste.papier)
            if colonne.nature.est_un_nombre or colonne.nature == Nature.OUI_NON
            if not colonne.calcul and colonne.cle != "ailleurs"
        }
        assert comptees <= recomptes[liste.nom], liste.nom
    if charte := donnees["charte"]:
        assert {cle for cle, valeur in charte.items() if isinstance(valeur, int | float)} <= {*DE_LA_CHARTE, "reservee"}
    assert all(len(ligne) - ("structures" in ligne) == 5 for ligne in donnees["evolution"])


# --- Le PDF ---------------------------------------------------------------------------------------------------------
def en_suite(texte: str) -> str:
    """Sans blanc ni césure : une cellule se lit d'une traite, où qu'elle se coupe."""
    for signe in (*" \n\t\u00a0\u202f\u2009", "-", "\u2010", "\u00ad"):
        texte = texte.replace(signe, "")
    return texte


@cache
def _du_pdf(octets: bytes) -> str:
    return en_suite(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(octets)).pages))


def rangees_attendues(donnees: DonneesBilan, presentation: str):
    """Chaque ligne de tableau telle que le PDF l'écrit, depuis des données déjà recomptées."""
    part = Parts(presentation).lue
    chiffres = donnees["chiffres"]
    for cle in donnees["ordre"]:
        if cle in DITES_AILLEURS:
            continue  # définies une fois dans la méthode ; leurs valeurs : `phrases_des_sorties`
        chiffre = chiffres[cle]
        rangee = [chiffre["definition"], ecrite(chiffre["valeur"])]
        total = chiffres.get(chiffre["sur"], {}).get("valeur")
        if total:
            exacte = part_exacte(chiffre["valeur"], total)
            rangee.append(f"sur {ecrite(total)} : {exacte}")
        yield f"chiffre {cle}", rangee
    for cle, repartition in donnees["repartitions"].items():
        if len(repartition["parts"]) < 2 and cle != "quartiers":
            continue  # d'une seule part, une phrase la dit : ni barre, ni tableau d'une ligne
        avant = repartition["total_precedent"] is not None
        for rang, p in enumerate(repartition["parts"], start=1):
            nom = f"{rang}. {p['libelle']}" if cle == "quartiers" else p["libelle"]
            rangee = [nom, ecrite(p["valeur"]), part(p["valeur"], repartition["total"])]
            rangee += [ecrite(p["heures"])] if cle == "quartiers" else []
            d_avant = [ecrite(p["precedente"]), part(p["precedente"], repartition["total_precedent"])]
            yield f"part {cle} {p['cle']}", rangee + (d_avant if avant else [])
    if "activite" in donnees["chapitres"]:
        cles = ("heures_realisees", "beneficiaires", "contrats", "marches_suivis")
        for une in donnees["evolution"] if len(donnees["evolution"]) > 1 else ():
            yield f"évolution {une['periode']}", [majuscule(une["periode"]), *(ecrite(une[cle]) for cle in cles)]
        mois = donnees["mois"]
        if 1 < len(mois) <= 12 and any(grandeur(ligne["heures"]) for ligne in mois):
            yield "mois", ["Heures", *(a_l_unite(ligne["heures"]) for ligne in mois)]
    yield from rangees_des_listes(donnees)
    yield from phrases_des_sorties(donnees)


def phrases_des_sorties(donnees: DonneesBilan):
    """Les neuf chiffres des sorties se lisent dans une phrase par terme, si une situation au moins y est connue."""
    for terme in ("3_mois", "6_mois", "12_mois") if "sorties" in donnees["chapitres"] else ():
        dynamiques, comptees, connues = (
            donnees["chiffres"][f"sorties_{quoi}_{terme}"]["valeur"] for quoi in ("dynamiques", "comptees", "connues")
        )
        if grandeur(connues):
            d, c, s = ("s" if grandeur(valeur) >= 2 else "" for valeur in (dynamiques, comptees, connues))
            debut = f"{ecrite(dynamiques)} sortie{d} dynamique{d} sur {ecrite(comptees)} comptée{c}"
            part = part_exacte(dynamiques, comptees)
            dues = donnees["chiffres"][f"sorties_dues_{terme}"]["valeur"]
            sur = f"sur {ecrite(dues)} à demander ({part_exacte(connues, dues)})"
            yield f"sorties {terme}", [f"{debut} ({part}) ; {ecrite(connues)} situation{s} connue{s} {sur}."]


def rangees_des_listes(donnees: DonneesBilan):
    chapitres = donnees["chapitres"]
    exacte = part_exacte
    for ligne in donnees["marches"] if "marches" in chapitres else ():
        heures = [a_l_unite(ligne[cle]) for cle in ("heures_dues", "heures_periode", "heures_cumul")]
        taux = exacte(ligne["heures_cumul"], ligne["heures_dues"])
        yield f"marché {ligne['reference']}", [ligne["maitre_ouvrage"], *heures, taux]
    for ligne in donnees["maitres_ouvrage"] if "maitres-ouvrage" in chapitres else ():
        cles = ("marches", "heures_dues", "heures_periode", "heures_cumul")
        yield f"acheteur {ligne['nom']}", [ligne["nom"], ligne["type"], *(a_l_unite(ligne[cle]) for cle in cles)]
    for ligne in donnees["entreprises"] if "entreprises" in chapitres else ():
        roles = [nom for cle, nom in (("engagee", "engagée"), ("employeuse", "employeuse")) if ligne[cle]]
        roles = roles if ligne["suivie"] else ["marché non suivi"]
        heures = [a_l_unite(ligne[cle]) for cle in ("heures_engagements", "heures_employeuse")]
        locale = "oui" if ligne["locale"] else "–"
        yield (
            f"entreprise {ligne['nom']}",
            [ligne["nom"], ligne["type"], locale, majuscule(", ".join(roles)), *heures],
        )
    for ligne in donnees["structures"]:
        yield (
            f"structure {ligne['nom']}",
            [ligne["nom"], *(ecrite(ligne[c]) for c in ("heures", "beneficiaires", "marches"))],
        )
    if donnees["charte"] and donnees["charte"]["objectif"] is not None:
        montrees = ("comptees", "hors") if donnees["charte"]["reservee"] else ("faites", "faites_qpv")
        for cle in ("objectif", *montrees):
            yield f"charte {cle}", [ecrite(donnees["charte"][cle], "h")]


@pytest.mark.parametrize("rang", range(len(PDF)), ids=[str(variante) for variante in PDF])
def test_le_pdf_ecrit_chaque_chiffre_chaque_part_et_chaque_ligne(rang):
    """Une variante, une sorte de période et un monde chacun : à elles cinq, tous les chapitres. Les données relues sont
    celles du recomptage, l'écriture celle des arrondis."""
    monde = MondeDeBilans(200 + rang)
    perimetre = monde.perimetre(PDF[rang], PERIODES[SORTES[rang]][rang % 2], rang)
    _, donnees = lire_et_assembler(perimetre)
    comparer_les_cellules(du_json(donnees), attendu(Brut(), perimetre), str(perimetre.variante))
    presentation = list(Presentation)[rang % 2]
    montrees = _du_chapitre(donnees, perimetre)
    texte = _du_pdf(rendre_bilan(montrees, presentation))
    manquent = [
        (quoi, rangee)
        for quoi, rangee in rangees_attendues(montrees, presentation)
        if en_suite(apostrophes("".join(rangee))) not in texte
    ]
    assert not manquent


def _du_chapitre(donnees: DonneesBilan, perimetre: Perimetre) -> DonneesBilan:
    """Les seules répartitions que les chapitres de la variante montrent."""
    montrees = {cle: r for cle, r in donnees["repartitions"].items() if cle in perimetre.modele.repartitions}
    return {**donnees, "repartitions": montrees}


def test_le_json_d_une_heure_au_centieme_ne_perd_rien():
    for valeur in (Decimal("0.01"), Decimal("250.07"), Decimal("123456.78"), Decimal(1600)):
        assert Decimal(str(en_json(valeur))) == valeur
