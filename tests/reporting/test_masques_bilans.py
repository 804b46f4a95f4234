"""Mille bilans tirés au hasard, publiés : aucune case cachée ne se déduit de tout ce qui se lit.

Les mondes sont des relevés en mémoire, sans base : de vraies personnes, leurs profils, leurs contrats, comptés par le vrai
calcul ; tout est donc cohérent. L'attaquant est dans `attaque_masques` ; des fuites plantées montrent qu'il les trouve.
"""

import copy
import datetime
import random
from decimal import Decimal

import pytest

from beneficiaires.enums import CodeCritere, NiveauFormation
from comptes.models import Organisation
from marches.enums import Nature, Programme, StatutMarche, TypeClause, TypeMaitreOuvrage
from marches.models import Operation
from parcours.enums import Situation, Terme
from reporting.bilan import masques, suivi, synthese
from reporting.bilan.decoupe import Lecture
from reporting.bilan.masques import MASQUE, PETIT, masquer
from reporting.bilan.publication import a_publier
from reporting.bilan.synthese import assembler
from reporting.calcul.charte import Regle
from reporting.calcul.comparables import a_de_quoi_dire
from reporting.donnees import DonneesBilan
from reporting.enums import Variante
from reporting.lecture.perimetre import Perimetre
from reporting.lecture.releve import (
    Contrat,
    Domicile,
    Engagement,
    Entreprise,
    Fait,
    LigneHeures,
    MaitreOuvrage,
    Marche,
    Personne,
    Quartier,
    Releve,
    Sortie,
)
from reporting.variantes import DE_LA_STRUCTURE
from socle.periodes import Periode, ajouter_mois
from tests.reporting.attaque_masques import PETITS, Enquete

D = datetime.date
PERIODES = (
    Periode.annee(2024),
    Periode.annee(2024),
    Periode(D(2024, 1, 1), D(2024, 3, 31)),
    Periode(D(2023, 7, 1), D(2024, 12, 31)),
    Periode(D(2023, 1, 1), D(2024, 12, 31)),
)
QUARTIERS = tuple(Quartier(f"QN0500{n}M", f"Quartier {n}") for n in range(1, 5))
PUBLICS = (
    CodeCritere.RSA,
    CodeCritere.RQTH,
    CodeCritere.PLIE,
    CodeCritere.ASS,
    CodeCritere.DELD,
    CodeCritere.IAE,
)
TYPES = ("cdd", "cddi", "interim")
LOT = 50
# Des mondes où, la protection ôtée, l'attaquant gagne : un public principal borné par son public, une année sur deux.
BORNES, ANNEES = (291,), (74, 618, 644)


@pytest.fixture(autouse=True)
def _sans_base(monkeypatch):
    """Le territoire et les cartes, seules lectures de l'assemblage, ne parlent de personne."""
    monkeypatch.setattr(synthese, "_territoire", lambda perimetre: "")
    monkeypatch.setattr(synthese, "cartes_des_quartiers", lambda releve, fin: [])
    for liste in ("_objectifs", "_operations", "_avis"):
        monkeypatch.setattr(suivi, liste, lambda *quoi: [])


# --- Un monde au hasard ---------------------------------------------------------------------------------------------
class Hasard:
    """Des effectifs souvent juste autour de cinq, de dix et de vingt ; des profils souvent presque tous pareils, et peu variés."""

    def __init__(self, graine: int):
        self.tirer = random.Random(graine)
        self.periode = self.tirer.choice(PERIODES)
        self.variante = self.tirer.choice([Variante.STRUCTURE] * 3 + [Variante.OPERATION, Variante.RESEAU])
        self.structures = 3 if self.variante == Variante.RESEAU else 1
        self.penchants = {nom: self.tirer.choice([0.05, 0.15, 0.3, 0.5, 0.85, 0.95]) for nom in "sjnrqpkmc"}
        self.niveaux = self._quelques(["3", "aucun", "4", "5", ""])
        self.naissances = self._quelques([D(1985, 6, 1), D(2003, 6, 1), D(1965, 6, 1)])
        self.sexes = self._quelques(["H", "F"])
        self.quartiers = self._quelques([None, *QUARTIERS])
        self.contrats: dict[int, Contrat] = {}
        self.personnes: dict[int, Personne] = {}
        self.lignes: list[LigneHeures] = []
        self.sorties: list[Sortie] = []
        for _ in range(self._combien()):
            self._personne()

    def _quelques(self, valeurs: list) -> list:
        """Une partie des valeurs, dans un autre ordre : la première sera la plus fréquente, ou la plus rare."""
        return self.tirer.sample(valeurs, self.tirer.randint(2, len(valeurs)))

    def _combien(self) -> int:
        return self.tirer.choice(
            [self.tirer.randint(*bornes) for bornes in ((0, 6), (4, 13), (9, 16), (15, 26), (20, 40))]
        )

    def _penche(self, nom: str) -> bool:
        return self.tirer.random() < self.penchants[nom]

    def _choisir(self, nom: str, valeurs):
        """La première le plus souvent, ou le moins souvent, selon le penchant."""
        return valeurs[0] if self._penche(nom) else self.tirer.choice(valeurs[1:])

    def _personne(self) -> None:
        cle = len(self.personnes) + 1
        criteres = [code for code in PUBLICS if self._choisir("r", [False, True, True])]
        principal = [self.tirer.choice(criteres)] if criteres and self._penche("p") else []
        niveau = self._choisir("n", self.niveaux)
        self.personnes[cle] = Personne(
            cle,
            self._choisir("s", self.sexes),
            self._choisir("j", self.naissances),
            criteres=tuple(self._fait(code) for code in criteres),
            principaux=tuple(self._fait(code) for code in principal),
            niveaux=(self._fait(NiveauFormation(niveau)),) if niveau else (),
            inscriptions=(Fait(1, "", D(2020, 1, 1), None),) if self.tirer.random() < 0.3 else (),
            domiciles=tuple(self._domiciles()),
        )
        structure = self.tirer.randint(1, self.structures)
        if self._penche("m"):
            structure = 1
        quand = self.tirer.choices(["maintenant", "les deux", "avant"], [6, 3, 2])[0]
        if quand != "avant":
            self._contrat(cle, structure, self.periode)
        if quand != "maintenant":
            self._contrat(cle, structure, Perimetre(Organisation(pk=1), self.periode).avant)
        if self._penche("c"):
            self._contrat(cle, structure, self.periode if quand != "avant" else Periode.annee(2021))

    def _fait(self, valeur: str) -> Fait:
        return Fait(1, str(valeur), None, None)

    def _domiciles(self):
        for depuis in (None, D(2024, 2, 15))[: self.tirer.choice([1, 1, 1, 2])]:
            quartier = self._choisir("q", self.quartiers)
            quartiers = {2015: quartier, 2024: quartier} if quartier else {}
            yield Domicile(1 + bool(depuis), "", depuis, None, quartiers)

    def _contrat(self, personne: int, structure: int, periode: Periode) -> None:
        cle = len(self.contrats) + 1
        mois = self.tirer.choice(list(periode.mois()))
        debut = self.tirer.choice([mois, ajouter_mois(mois, -2)])
        fin = self.tirer.choice([None, ajouter_mois(mois, 3)])
        self.contrats[cle] = Contrat(cle, f"C-{cle}", personne, structure, 1, "alternance", TYPES[cle % 3], debut, fin)
        for rang in range(self.tirer.randint(1, 2)):
            heures = Decimal(self.tirer.randint(1, 24_000)) / 100
            self.lignes.append(LigneHeures(len(self.lignes) + 1, cle, ajouter_mois(mois, rang), heures))
        for terme in self.tirer.sample(list(Terme), self.tirer.randint(0, 3)):
            du_le = self.tirer.choice([periode.debut, periode.fin])
            situation = self.tirer.choice(["", *Situation.values[: self.tirer.choice([2, 6, 11])]])
            self.sorties.append(Sortie(len(self.sorties) + 1, cle, structure, terme, du_le, situation, False))

    def donnees(self) -> DonneesBilan:
        cles = range(1, self.structures + 1)
        fin = self.periode.fin
        histoire = Releve(
            periode=Periode(D(1990, 1, 1), fin),
            lignes=tuple(ligne for ligne in self.lignes if ligne.mois <= fin),
            contrats=self.contrats,
            personnes=self.personnes,
            marches={
                cle: Marche(
                    cle,
                    f"2024-{cle}",
                    "Un marché",
                    1,
                    Nature.TRAVAUX,
                    TypeClause.CONDITION,
                    StatutMarche.EXECUTION,
                    D(2021, 1, 1),
                    D(2025, 12, 31),
                    archive=False,
                    structure=cle,
                )
                for cle in cles
            },
            engagements={cle: Engagement(cle, cle, "1", 1, Decimal(100), Decimal(0)) for cle in cles},
            entreprises={1: Entreprise(1, "1" * 14, "Entreprise", "classique", None)},
            maitres_ouvrage={1: MaitreOuvrage(1, "Ville", TypeMaitreOuvrage.COMMUNE)},
            communes=frozenset(),
            heures_par_etp=Decimal(1600),
            sorties=tuple(sortie for sortie in self.sorties if sortie.du_le <= fin),
        )
        membres = tuple(Organisation(pk=cle, nom=f"Structure {cle}") for cle in cles)
        cible = None
        if self.variante == Variante.OPERATION:
            cible = Operation(nom="Opération", programme=Programme.NPNRU, heures_travaillees=Decimal(40_000))
        perimetre = Perimetre(membres[0], self.periode, self.variante, cible, membres)
        avant = histoire.sur(perimetre.avant)
        lecture = Lecture(perimetre, histoire, histoire.sur(self.periode), avant if a_de_quoi_dire(avant) else None)
        vars(lecture)["regle"] = Regle(
            reservee=cible is not None
        )  # aucune base ici : ni opération, ni quartiers choisis
        return assembler(lecture, D(2025, 2, 3), {})


# --- L'attaque ------------------------------------------------------------------------------------------------------
def fuites(exactes: DonneesBilan, publiees: DonneesBilan) -> list:
    """Ce que l'attaquant déduit, et les petits effectifs qui se lisent."""
    enquete = Enquete(publiees)
    trouvees = [("déduite", nom) for nom in sorted(enquete.deduites(Enquete(exactes).verite()))]
    trouvees += [("lue", nom) for nom in petits_lus(exactes, publiees)]
    return trouvees + heures_trahies(publiees)


def petits_lus(exactes: DonneesBilan, publiees: DonneesBilan) -> list[str]:
    """Un effectif de 1 à 4 personnes qui s'écrit en clair."""
    colonnes = ("valeur", "precedente")
    lus = [
        chiffre["cle"]
        for chiffre in publiees["chiffres"].values()
        for colonne in colonnes
        if chiffre["unite"] in ("personnes", "sorties", "participations") and chiffre[colonne] in PETITS
    ]
    lus += [
        f"{repartition['cle']}.{part['cle']}"
        for repartition in publiees["repartitions"].values()
        for part in repartition["parts"]
        for colonne in colonnes
        if repartition["unite"] in ("personnes", "sorties", "participations") and part[colonne] in PETITS
    ]
    lus += [ligne["nom"] for ligne in publiees["structures"] if ligne["beneficiaires"] in PETITS]
    return lus + [ligne["periode"] for ligne in publiees["evolution"] if ligne["beneficiaires"] in PETITS]


def heures_trahies(publiees: DonneesBilan) -> list:
    """Les heures cachées qu'une soustraction rend, ou celles d'habitants que l'on ne compte pas."""
    chiffres, parts = publiees["chiffres"], publiees["repartitions"]["quartiers"]["parts"]
    total = chiffres["heures_qpv"]["valeur"]
    cachees = [part for part in parts if part["heures"] == MASQUE]
    trouvees = [("heures", part["cle"]) for part in cachees if len(cachees) == 1 and total != MASQUE]
    if total == MASQUE and not cachees and parts:
        trouvees.append(("heures", "la somme des quartiers"))
    for part in parts:
        if isinstance(part["valeur"], str) and part["heures"] not in (MASQUE, 0):
            trouvees.append(("heures d'habitants cachés", part["cle"]))
    for cle, qui in (("heures_rsa", "beneficiaires_rsa"), ("heures_qpv", "beneficiaires_qpv")):
        for colonne in ("valeur", "precedente"):
            if isinstance(chiffres[qui][colonne], str) and not isinstance(chiffres[cle][colonne], str):
                trouvees.append((cle, colonne))
    charte = publiees["charte"]
    if charte and total == MASQUE and charte["faites_qpv"] != MASQUE:
        trouvees.append(("charte", "faites_qpv"))
    return trouvees


@pytest.mark.parametrize("lot", range(1000 // LOT))
def test_aucune_case_cachee_ne_se_deduit(lot):
    for graine in range(lot * LOT, (lot + 1) * LOT):
        exactes = Hasard(graine).donnees()
        assert not fuites(exactes, masquer(exactes)), graine


def test_les_mondes_cachent_de_tout():
    """Ni trop gros ni trop petits : chaque sorte de case a été cachée, et chacune s'est aussi lue."""
    cachees, lues = set(), set()
    for graine in range(1000, 1150):
        publiees = masquer(Hasard(graine).donnees())
        enquete = Enquete(publiees)
        for nom, domaine in enquete.domaines.items():
            sorte = nom.partition(":")[2].partition(".")[0] or nom.partition(".")[0]
            (cachees if nom in enquete.cachees else lues).add(sorte) if domaine != frozenset([0]) else None
        cachees |= {"charte"} if publiees["charte"] and publiees["charte"]["faites_qpv"] == MASQUE else set()
    attendues = {
        *("beneficiaires", "beneficiaires_femmes", "beneficiaires_rsa", "beneficiaires_qpv", "jsq", "publics"),
        *("public_principal", "quartiers", "niveaux", "ages", "nouveaux_beneficiaires", "entrees", "structures"),
        *("sorties_6_mois", "comptees_6", "dynamiques_6", "entrees_par_age", "evolution"),
    }
    assert attendues <= cachees
    assert attendues <= lues
    assert "charte" in cachees


def test_toutes_les_variantes_d_une_periode_ont_les_memes_masques():
    """Qui reçoit le bilan de la structure et celui d'un financeur ne lit rien de plus que dans le tout, masqué."""
    for graine in range(2000, 2060):
        hasard = Hasard(graine)
        hasard.variante = Variante.STRUCTURE
        exactes = hasard.donnees()
        entieres = masquer(exactes)
        for variante in DE_LA_STRUCTURE:
            publiees = a_publier({**copy.deepcopy(exactes), "variante": str(variante)})
            for genre in ("chiffres", "repartitions"):
                for cle, lue in publiees[genre].items():
                    assert lue == entieres[genre][cle], (graine, variante, cle)
            assert publiees["evolution"] == entieres["evolution"]


def test_masquer_deux_fois_ne_change_rien():
    for graine in range(3000, 3040):
        publiees = masquer(Hasard(graine).donnees())
        assert masquer(publiees) == publiees


# --- Des fuites plantées --------------------------------------------------------------------------------------------
def planter(monkeypatch, chemin: str, fonction, graines=range(70)) -> set:
    """Ce que l'attaquant trouve quand une protection est ôtée."""
    monkeypatch.setattr(f"reporting.bilan.masques.{chemin}", fonction)
    trouvees: set = set()
    for graine in graines:
        exactes = Hasard(graine).donnees()
        trouvees |= set(fuites(exactes, masquer(exactes)))
    return trouvees


def test_l_attaquant_trouve_un_masque_seul(monkeypatch):
    """Sans masque secondaire, la soustraction suffit."""

    def seul(valeurs, total, *reste, **options):
        return {cle: PETIT if valeur in PETITS else valeur for cle, valeur in valeurs.items()}

    trouvees = planter(monkeypatch, "proteger_des_parts", seul)
    for nom in ("beneficiaires_femmes", "ages", "quartiers", "sorties_6_mois", "entrees_par_sexe", "public_principal"):
        assert any(nom in str(fuite) for fuite in trouvees), nom


def test_l_attaquant_trouve_un_croisement_visible(monkeypatch):
    """Les jeunes sans qualification, lus tels quels, rendent les jeunes qualifiés."""
    trouvees = planter(monkeypatch, "_croiser", lambda jsq, *reste: PETIT if jsq in PETITS else jsq)
    assert {nom.partition(":")[2] for sorte, nom in trouvees if sorte == "déduite"} & {
        "jeunes_qualifies",
        "autres_sans_qualification",
        "ni_l_un_ni_l_autre",
    }


def test_l_attaquant_trouve_un_public_principal_que_son_public_borne(monkeypatch):
    """Cinq allocataires du RSA se lisent : « masqué » à côté d'un « < 5 » ne peut alors valoir que cinq."""
    proteger = masques.proteger_des_parts
    sans_plafond = lambda valeurs, total, plafonds=None, aussi=(): proteger(valeurs, total, None, aussi)  # noqa: E731
    trouvees = planter(monkeypatch, "proteger_des_parts", sans_plafond, BORNES)
    assert trouvees
    assert all("public_principal" in nom for _, nom in trouvees)


def test_l_attaquant_trouve_une_petite_annee_d_une_longue_periode(monkeypatch):
    """Douze personnes en deux ans, huit la première année : la seconde en a au moins quatre."""
    trouvees = planter(monkeypatch, "_se_lit_par_annees", lambda donnees: False, ANNEES)
    assert trouvees
    assert all("evolution" in nom for _, nom in trouvees)


def test_l_attaquant_trouve_une_famille_trahie_par_sa_ligne(monkeypatch):
    """Une seule sortie connue, et la seule ligne de sa famille : « < 5 » n'y cache rien."""
    exactes = Hasard(3).donnees()
    repartition = exactes["repartitions"]["sorties_6_mois"]
    part = {"cle": "neutralisee", "libelle": "Sortie neutralisée", "valeur": 1, "precedente": None}
    repartition.update(total=1, total_precedent=None, parts=[part])
    for quoi, valeur in (("connues", 1), ("comptees", 0), ("dynamiques", 0)):
        exactes["chiffres"][f"sorties_{quoi}_6_mois"].update(valeur=valeur, precedente=None)
    trouvees = {nom for _, nom in fuites(exactes, masquer(exactes))}
    assert {"valeur:comptees_6", "valeur:dynamiques_6"} <= trouvees


def test_l_attaquant_trouve_des_sorties_dynamiques_de_trop(monkeypatch):
    """Une famille cachée parmi les dynamiques, et leur somme lue : elle se retrouve."""
    exactes = Hasard(3).donnees()
    repartition = exactes["repartitions"]["sorties_6_mois"]
    valeurs = {"durable": 2, "transition": 6, "positive": 0, "autre": 7, "neutralisee": 0}
    repartition.update(
        total=15,
        total_precedent=None,
        parts=[{"cle": cle, "libelle": cle, "valeur": v, "precedente": None} for cle, v in valeurs.items()],
    )
    for quoi, valeur in (("connues", 15), ("comptees", 15), ("dynamiques", 8)):
        exactes["chiffres"][f"sorties_{quoi}_6_mois"].update(valeur=valeur, precedente=None)
    publiees = masquer(exactes)
    assert not fuites(exactes, publiees)
    publiees["chiffres"]["sorties_dynamiques_6_mois"]["valeur"] = 8
    parts = {part["cle"]: part for part in publiees["repartitions"]["sorties_6_mois"]["parts"]}
    for cle, lu in (("durable", PETIT), ("transition", 6), ("autre", MASQUE)):
        parts[cle]["valeur"] = lu
    assert ("déduite", "valeur:sorties_6_mois.durable") in fuites(exactes, publiees)
