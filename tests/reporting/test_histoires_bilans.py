"""Les histoires 22, 23 et 24 du domaine, les ratios que les territoires ont publiés, et ce qui ne s'additionne jamais.

Les nombres passent par le vrai calcul : un relevé en mémoire, ses indicateurs, leurs moyennes, leur écriture. Rien n'est refait ici.
"""

import datetime
import io
import re
from decimal import Decimal

import pypdf
import pytest
from python_calamine import CalamineWorkbook

from beneficiaires.enums import CodeCritere, Sexe
from marches.enums import Nature, StatutMarche, TypeClause, TypeMaitreOuvrage
from parcours.enums import Situation
from reporting.bilan.chiffres import chiffres_de, indicateurs_de
from reporting.bilan.decoupe import Lecture
from reporting.bilan.masques import PETIT, masquer
from reporting.bilan.synthese import assembler
from reporting.calcul import indicateurs
from reporting.calcul.arrondis import part_exacte, part_grand_public
from reporting.calcul.ratios import ratios
from reporting.calcul.registre import PAR_CLE
from reporting.donnees import Chiffre
from reporting.enums import Presentation
from reporting.lecture.perimetre import Perimetre
from reporting.lecture.releve import (
    Contrat,
    Engagement,
    Entreprise,
    Fait,
    LigneHeures,
    MaitreOuvrage,
    Marche,
    Personne,
    Releve,
    Sortie,
)
from reporting.models import ReglagesBilan
from reporting.recit import phrases
from reporting.recit.ecriture import ecrite
from reporting.recit.listes import EVOLUTION
from reporting.recit.tables import tables
from reporting.rendu import figures
from reporting.rendu.classeur import ecrire_classeur
from reporting.rendu.pdf import tableaux
from reporting.rendu.pdf.document import rendre_bilan
from reporting.variantes import Chapitre
from socle.periodes import Periode
from tests.fabriques.comptes import OrganisationFactory
from tests.reporting.donnees_bilan import donnees_2018

D = datetime.date
DEBUT, MOIS = D(2018, 1, 1), D(2018, 3, 1)


# --- Un relevé en mémoire -------------------------------------------------------------------------------------------
def releve_de(
    *,
    heures,
    personnes: int = 1,
    contrats: int | None = None,
    marches: int = 1,
    travaux: int = 0,
    acheteurs: int = 1,
    entreprises: int = 1,
    locales: int = 0,
    rsa: int = 0,
    base=1600,
    situations=(),
) -> Releve:
    """Autant de chacun que dit, les heures réparties au centième ; le premier contrat porte le reste."""
    combien = contrats or personnes
    part = (Decimal(heures) / combien).quantize(Decimal("0.01"), rounding="ROUND_DOWN")
    lignes = [LigneHeures(rang, rang, MOIS, part) for rang in range(1, combien + 1)]
    lignes[0] = lignes[0]._replace(heures=Decimal(heures) - part * (combien - 1))
    allocataire = (Fait(1, CodeCritere.RSA, DEBUT, None),)
    return Releve(
        periode=Periode.annee(2018),
        lignes=tuple(lignes),
        contrats={
            rang: Contrat(
                rang, f"C-{rang}", 1 + (rang - 1) % personnes, 1 + (rang - 1) % marches, 1, "alternance", "cdd", DEBUT
            )
            for rang in range(1, combien + 1)
        },
        personnes={
            rang: Personne(rang, Sexe.HOMME, D(1980, 1, 1), criteres=allocataire if rang <= rsa else ())
            for rang in range(1, personnes + 1)
        },
        marches={
            rang: Marche(
                rang,
                f"2018-{rang}",
                "Un marché",
                1 + (rang - 1) % acheteurs,
                Nature.TRAVAUX if rang <= travaux else Nature.SERVICES,
                TypeClause.CONDITION,
                StatutMarche.EXECUTION,
                DEBUT,
                D(2018, 12, 31),
                archive=False,
            )
            for rang in range(1, marches + 1)
        },
        engagements={
            rang: Engagement(rang, rang, "1", 1 + (rang - 1) % entreprises, Decimal(100), Decimal(0))
            for rang in range(1, marches + 1)
        },
        entreprises={
            rang: Entreprise(rang, f"{rang:014}", f"Entreprise {rang}", "classique", 1 if rang <= locales else 2)
            for rang in range(1, entreprises + 1)
        },
        maitres_ouvrage={
            rang: MaitreOuvrage(rang, f"Ville {rang}", TypeMaitreOuvrage.COMMUNE) for rang in range(1, acheteurs + 1)
        },
        communes=frozenset({1}),
        heures_par_etp=Decimal(base),
        sorties=tuple(
            Sortie(rang, 1, 1, 6, D(2018, 9, 1), situation, injoignable=not situation)
            for rang, situation in enumerate(situations, 1)
        ),
    )


def chiffres(**comptes) -> dict[str, Chiffre]:
    return chiffres_de(releve_de(**comptes), None, indicateurs_de(Chapitre))


def lu(texte: str) -> str:
    return texte.replace("\xa0", " ").replace("\u202f", " ")


def moyennes(lus: dict[str, Chiffre]) -> dict[str, str]:
    return {ratio.cle: ecrite(float(valeur)) for ratio, valeur in ratios(lus)}


# --- Histoire 22 : les équivalents temps plein ----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("heures", "base", "ecrits"),
    [(28_900, 1600, "18,06"), (28_900, 1607, "17,98"), (28_900, 1820, "15,88"), (25_124_684, 1600, "15 703")],
)
def test_histoire_22_les_equivalents_temps_plein(heures, base, ecrits):
    lus = chiffres(heures=heures, base=base)
    assert lu(ecrite(lus["etp"]["valeur"])) == ecrits
    assert lu(ecrite(lus["heures_realisees"]["valeur"], "h")) == lu(ecrite(heures, "h"))


def test_histoire_22_le_diviseur_est_affiche(db):
    structure = OrganisationFactory()
    ReglagesBilan.objects.create(structure=structure, heures_par_etp=Decimal(1607))
    perimetre, lus = Perimetre.annuel(structure, 2018), releve_de(heures=28_900, base=1607)
    donnees = assembler(Lecture(perimetre, lus, lus, None), D(2019, 2, 4), {})
    assert donnees["etp_base"] == 1607
    assert any("1 607 heures" in lu(phrase) for phrase in donnees["methode"])


# --- Histoire 23 : la fiche 2018 ------------------------------------------------------------------------------------
FICHE = {
    "heures": 28_900,
    "personnes": 146,
    "contrats": 183,
    "marches": 30,
    "travaux": 17,
    "acheteurs": 14,
    "entreprises": 29,
    "locales": 14,
}


@pytest.mark.parametrize(("rsa", "exacte"), [(66, "45,2 %"), (65, "44,5 %")])
def test_histoire_23_la_fiche_2018(rsa, exacte):
    """65 ou 66 allocataires se lisent tous les deux « 45 % »."""
    lus = chiffres(**FICHE, rsa=rsa)
    valeurs = {cle: lus[cle]["valeur"] for cle in ("heures_realisees", "beneficiaires", "marches_suivis")}
    assert valeurs == {"heures_realisees": 28_900, "beneficiaires": 146, "marches_suivis": 30}
    assert (lus["maitres_ouvrage"]["valeur"], lus["entreprises_engagees"]["valeur"]) == (14, 29)
    part = (lus["beneficiaires_rsa"]["valeur"], lus[lus["beneficiaires_rsa"]["sur"]]["valeur"])
    assert lu(part_exacte(*part)) == exacte
    assert lu(part_grand_public(*part)) == "45 %"
    assert moyennes(lus)["heures_par_beneficiaire"] == "197,9"
    assert moyennes(lus)["heures_par_marche_suivi"] == "963,3"


def test_histoire_23_rien_ne_force_55_pour_cent_de_30_marches():
    """55 % de 30 n'existe pas : 17 sur 30 s'écrit 56,7 %, ou « 55 % » au plus proche, et l'effectif reste 17."""
    lus = chiffres(**FICHE)
    assert lus["marches_travaux"]["valeur"] == 17
    assert lu(part_exacte(17, 30)) == "56,7 %"
    assert lu(part_grand_public(17, 30)) == "55 %"
    assert (lu(part_exacte(16, 30)), lu(part_grand_public(16, 30))) == ("53,3 %", "55 %")


@pytest.mark.parametrize(("locales", "dite"), [(14, "près de la moitié"), (15, "plus de la moitié")])
def test_histoire_23_la_moitie_des_entreprises_est_locale(locales, dite):
    lus = chiffres(**{**FICHE, "locales": locales})
    assert lus["entreprises_locales"]["valeur"] == locales
    assert part_grand_public(locales, lus["entreprises_engagees"]["valeur"]) == dite


def test_histoire_23_une_petite_case_se_lit_moins_de_cinq_dans_ce_qui_sort(db):
    perimetre, lus = Perimetre.annuel(OrganisationFactory(), 2018), releve_de(**FICHE, rsa=4)
    publiees = masquer(assembler(Lecture(perimetre, lus, lus, None), D(2019, 2, 4), {}))
    assert publiees["chiffres"]["beneficiaires_rsa"]["valeur"] == PETIT
    assert {p["cle"]: p["valeur"] for p in publiees["repartitions"]["publics"]["parts"]} == {"RSA": PETIT}
    assert publiees["chiffres"]["beneficiaires"]["valeur"] == 146


# --- Histoire 24 : les sorties --------------------------------------------------------------------------------------
QUARANTE = (
    *[Situation.CDI] * 7,
    *[Situation.CDD_LONG] * 5,
    *[Situation.CDD_COURT] * 8,
    *[Situation.FORMATION] * 6,
    *[Situation.RECHERCHE] * 10,
    *[Situation.NEUTRALISEE] * 4,
)


def test_histoire_24_les_sorties_dynamiques(db):
    """26 sur 36 : les neutralisées ne comptent pas, les injoignables non plus."""
    perimetre, lus = (
        Perimetre.annuel(OrganisationFactory(), 2018),
        releve_de(heures=100, situations=(*QUARANTE, "", "")),
    )
    donnees = assembler(Lecture(perimetre, lus, lus, None), D(2019, 2, 4), {})
    valeurs = [donnees["chiffres"][f"sorties_{quoi}_6_mois"] for quoi in ("connues", "comptees", "dynamiques")]
    assert [chiffre["valeur"] for chiffre in valeurs] == [40, 36, 26]
    dynamiques = valeurs[2]
    total = donnees["chiffres"][dynamiques["sur"]]["valeur"]
    assert lu(part_exacte(dynamiques["valeur"], total)) == "72,2 %"
    parts = {part["cle"]: part["valeur"] for part in donnees["repartitions"]["sorties_6_mois"]["parts"]}
    assert parts == {"durable": 12, "transition": 8, "positive": 6, "autre": 10, "neutralisee": 4}
    phrase = lu(phrases.sorties("6_mois")(donnees))
    assert phrase == (
        "26 sorties dynamiques sur 36 comptées (72,2 %) ; 40 situations connues sur 42 à demander (95,2 %)."
    )
    assert "Aucune situation" in phrases.sorties("12_mois")(donnees)


# --- Les bilans publiés ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("comptes", "attendues"),
    [
        pytest.param({"heures": 323_000, "personnes": 825}, {"heures_par_beneficiaire": "391,5"}, id="Rennes 2018"),
        pytest.param(
            {"heures": 519_800, "personnes": 651, "marches": 257},
            {"heures_par_beneficiaire": "798,5", "heures_par_marche_suivi": "2 022,6"},
            id="Nantes 2008",
        ),
        pytest.param({"heures": 170_000, "personnes": 430}, {"heures_par_beneficiaire": "395,3"}, id="Haute-Vienne"),
        pytest.param({"heures": 46_900, "personnes": 72}, {"heures_par_beneficiaire": "651,4"}, id="Bègles 2023"),
        pytest.param({"heures": 2_800_000, "personnes": 5000}, {"heures_par_beneficiaire": "560"}, id="Toulon"),
        pytest.param({"heures": 70_000, "marches": 30}, {"heures_par_marche_suivi": "2 333,3"}, id="Val de Bièvre"),
        pytest.param({"heures": 2_874_641, "personnes": 4005}, {"heures_par_beneficiaire": "717,8"}, id="Solideo"),
        pytest.param({"heures": 2_000_000, "personnes": 2300}, {"heures_par_beneficiaire": "869,6"}, id="Grand Paris"),
        pytest.param({"heures": 245_000, "personnes": 531}, {"heures_par_beneficiaire": "461,4"}, id="VSGP 2024"),
        pytest.param({"heures": 19_000, "personnes": 61}, {"heures_par_beneficiaire": "311,5"}, id="La Défense"),
    ],
)
def test_les_moyennes_publiees_se_retrouvent(comptes, attendues):
    lues = {cle: lu(valeur) for cle, valeur in _au_dixieme(chiffres(**comptes)).items()}
    assert {cle: lues[cle] for cle in attendues} == attendues


def _au_dixieme(lus: dict[str, Chiffre]) -> dict[str, str]:
    """Comme la phrase des moyennes les écrit, au-delà de mille aussi."""
    dite = phrases.moyennes({"chiffres": lus})  # type: ignore[typeddict-item]
    valeurs = [re.sub(r"[^\d,\u202f]", "", re.match(r"[^a-z]+", une)[0]).strip("\u202f") for une in _morceaux(dite)]
    return {ratio.cle: valeur for (ratio, _), valeur in zip(ratios(lus), valeurs, strict=True)}


def _morceaux(phrase: str) -> list[str]:
    return phrase.removeprefix("En moyenne : ").removesuffix(".").split(", ")


@pytest.mark.parametrize(
    ("heures", "personnes", "contrats", "marches", "attendues"),
    [
        pytest.param(10_070_000, 25_484, 38_014, 0, ["395.1", "264.9", "1.49"], id="2015"),
        pytest.param(25_124_684, 57_231, 75_194, 58_454, ["439.0", "334.1", "429.8", "1.31"], id="2021"),
    ],
)
def test_les_consolidations_nationales(heures, personnes, contrats, marches, attendues):
    """2021 : 439,0 h par personne, 334,1 h par contrat, 429,8 h par marché, 1,31 contrat par personne."""
    publies = {"heures_realisees": heures, "beneficiaires": personnes, "contrats": contrats, "marches_suivis": marches}
    lus = {cle: {"valeur": valeur} for cle, valeur in publies.items()}
    assert [str(valeur) for _, valeur in ratios(lus)] == attendues  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("valeur", "total", "exacte", "grand_public"),
    [
        pytest.param(148_580, 323_000, "46,0 %", "45 %", id="Rennes, part de la métropole"),
        pytest.param(190, 825, "23,0 %", "près du quart", id="Rennes, quartiers"),
        # La source écrit « 51 % » : elle tronque. Ici, le demi va vers le haut.
        pytest.param(337, 651, "51,8 %", "plus de la moitié", id="Nantes, contrats durables"),
        pytest.param(2_488_513, 2_475_000, "100,5 %", "100 %", id="Solideo, octobre 2023"),
        # La source écrit « 116,2 % » ; 116,147 s'écrit 116,1 à une décimale.
        pytest.param(2_874_641, 2_475_000, "116,1 %", "115 %", id="Solideo, final"),
        pytest.param(1_707, 3_507, "48,7 %", "près de la moitié", id="Solideo, habitants du 93"),
        pytest.param(168, 531, "31,6 %", "près du tiers", id="VSGP, moins de 26 ans"),
        pytest.param(21, 61, "34,4 %", "plus du tiers", id="La Défense, RSA"),
        pytest.param(13, 61, "21,3 %", "20 %", id="La Défense, longue durée"),
        pytest.param(11, 61, "18,0 %", "20 %", id="La Défense, jeunes"),
        pytest.param(6, 61, "9,8 %", "10 %", id="La Défense, seniors"),
        pytest.param(2_953, 12_364, "23,9 %", "près du quart", id="Île-de-France, grands projets"),
        pytest.param(143_000, 71_500, "200,0 %", "200 %", id="Toulon, le double de l'objectif"),
    ],
)
def test_les_parts_publiees_se_retrouvent(valeur, total, exacte, grand_public):
    assert lu(part_exacte(valeur, total)) == exacte
    assert lu(part_grand_public(valeur, total)) == grand_public


# --- Des parts arrondies qui ne font pas 100 --------------------------------------------------------------------------
HERAULT = {
    "modalité": ((49, 18, 8, 8, 8, 4, 3, 1, 1, 0.1, 0.1), "100.2"),
    "contrat": ((29, 16, 15, 15, 14, 11, 0.1), "100.1"),
    "secteur": ((24, 20, 19, 14, 14, 4, 3, 1, 1, 0.3), "100.3"),
    "donneur d'ordre": ((41, 16, 12, 11, 7, 4, 4, 3, 2, 1, 0.2), "101.2"),
    "clause": ((94, 2, 2, 2), "100"),
}


def _ventilee(parts, total) -> dict:
    lignes = [
        {"cle": str(rang), "libelle": f"Part {rang}", "valeur": valeur, "precedente": None}
        for rang, valeur in enumerate(parts)
    ]
    return {
        "cle": "heures_par_modalite",
        "titre": "Heures par modalité",
        "unite": "h",
        "exclusive": True,
        "total": total,
        "total_precedent": None,
        "parts": lignes,
    }


def _parts_ecrites(ventilee: dict) -> tuple[list[Decimal], tuple]:
    tableau = tableaux.ventilation(ventilee, donnees_2018(), "Modalité", Presentation.EXACTE)
    ecrites = [ligne[1].detail for ligne in tableau.lignes]  # une part s'écrit sous son nombre
    return [Decimal(texte.removesuffix("\xa0%").replace(",", ".")) for texte in ecrites], tableau.total


@pytest.mark.parametrize("nom", HERAULT)
def test_les_parts_de_l_herault_ne_sont_pas_retouchees(nom):
    """638 000 h en 2020 : les parts publiées font de 100 à 101,2 ; aucune n'est corrigée, et le total ne dit pas « 100 % »."""
    parts, somme = HERAULT[nom]
    ecrites, pied = _parts_ecrites(_ventilee([round(6380 * part, 2) for part in parts], 638_000))
    assert sum(ecrites) == Decimal(somme)
    assert [float(part) for part in ecrites] == list(parts)
    assert (len(pied), pied[1].detail) == (2, "")


def test_trois_tiers_font_99_9_et_le_restent():
    ecrites, pied = _parts_ecrites(_ventilee([100, 100, 100], 300))
    assert ecrites == [Decimal("33.3")] * 3
    assert (len(pied), pied[1].detail) == (2, "")
    assert "ne sont pas retouchées" in " ".join(phrases.ARRONDIS)


# --- Ce qui ne s'additionne pas ---------------------------------------------------------------------------------------
@pytest.fixture
def deux_annees(db):
    """Les mêmes cinq personnes, les mêmes trois marchés, deux années de suite."""
    lu_en_2018 = releve_de(heures=500, personnes=5, contrats=7, marches=3)
    d_avant = tuple(ligne._replace(id=100 + ligne.id, mois=D(2017, 5, 1)) for ligne in lu_en_2018.lignes)
    marches = {
        cle: Marche(
            cle,
            m.reference,
            m.objet,
            m.maitre_ouvrage,
            m.nature,
            m.type_clause,
            m.statut,
            D(2017, 1, 1),
            m.fin,
            archive=False,
        )
        for cle, m in lu_en_2018.marches.items()
    }
    histoire = Releve(
        **{
            **{champ: getattr(lu_en_2018, champ) for champ in lu_en_2018.__dataclass_fields__},
            "periode": Periode(D(1990, 1, 1), D(2018, 12, 31)),
            "lignes": d_avant + lu_en_2018.lignes,
            "marches": marches,
        }
    )
    perimetre = Perimetre.annuel(OrganisationFactory(), 2018)
    lecture = Lecture(perimetre, histoire, histoire.sur(perimetre.periode), histoire.sur(perimetre.avant))
    return lecture, assembler(lecture, D(2019, 2, 4), {})


def test_les_annees_de_marches_et_de_personnes_ne_s_additionnent_jamais(deux_annees):
    lecture, donnees = deux_annees
    lues = [(une["beneficiaires"], une["contrats"], une["marches_suivis"]) for une in donnees["evolution"]]
    assert lues == [(5, 7, 3), (5, 7, 3)]
    assert [une["periode"] for une in donnees["evolution"]] == ["2017", "2018"]
    toutes = lecture.histoire
    assert indicateurs.beneficiaires(toutes).valeur == 5, "deux ans : toujours cinq personnes, pas dix"
    assert indicateurs.marches_suivis(toutes).valeur == 3
    assert any("ne s'additionnent pas" in phrase for phrase in donnees["methode"])


def test_ni_la_table_ni_le_classeur_n_ont_de_total_des_annees(deux_annees):
    _, donnees = deux_annees
    table = next(table for table in tables(donnees) if table.nom == "evolution")
    assert [ligne[0] for ligne in table.lignes] == ["2017", "2018"]
    assert "ne s'additionnent pas" in table.titre
    classeur = CalamineWorkbook.from_filelike(io.BytesIO(ecrire_classeur(donnees)))
    lignes = classeur.get_sheet_by_name("Évolution").to_python()
    assert [ligne[0] for ligne in lignes[2:]] == ["2017", "2018"]
    assert [ligne[2] for ligne in lignes[2:]] == [5, 5]


def test_ni_le_pdf_ni_la_page_n_ont_de_total_des_annees():
    donnees = donnees_2018()
    assert tableaux.liste(EVOLUTION, donnees).total == ()
    page = figures.evolution(donnees, EVOLUTION.colonne("beneficiaires"), "", figures.sans_lien)
    assert [ligne[0] for ligne in page.lignes] == [une["periode"] for une in donnees["evolution"]]
    sommes = {
        cle: sum(une[cle] for une in donnees["evolution"]) for cle in ("beneficiaires", "contrats", "marches_suivis")
    }
    texte = _texte(rendre_bilan(donnees, Presentation.EXACTE))
    annees = texte[texte.index("Année après année : les heures") : texte.index("Le mois le plus chargé")]
    assert "ne s’additionnent pas d’une année à l’autre" in annees
    assert "Total" not in annees
    assert not [nombre for nombre in re.findall(r"\d+", annees) if int(nombre) in sommes.values()]


def _texte(octets: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(octets)).pages
    return lu(" ".join(" ".join(page.extract_text() for page in pages).split()))


def test_les_moyennes_ne_se_disent_pas_sur_un_chiffre_masque():
    lus = {cle: dict(chiffre) for cle, chiffre in chiffres(**FICHE).items()}
    lus["beneficiaires"]["valeur"] = PETIT
    assert set(moyennes(lus)) == {"heures_par_contrat", "heures_par_marche_suivi"}  # type: ignore[arg-type]
    assert set(PAR_CLE) >= {"heures_realisees", "beneficiaires", "contrats", "marches_suivis"}
