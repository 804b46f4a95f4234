"""Un destinataire qui détient plusieurs documents n'en tire personne : mille mondes, tous leurs documents, leurs combinaisons.

L'attaquant prend tout ce qu'un destinataire a reçu et essaie chaque combinaison à coefficients entiers de -2 à 2, pour chaque
profil, chaque complément et chaque population. Il sait ce que compte chaque case ; il cherche une à quatre personnes.
"""

import datetime
import os
import random
from collections import Counter
from itertools import product

import pytest

from reporting.bilan.cases import Case
from reporting.bilan.confrontation import a_retenir
from reporting.bilan.masques import proteger_des_parts, proteger_une_part
from reporting.bilan.masques_du_suivi import _connus, _terme
from reporting.calcul.isolement import isole
from socle.periodes import Periode

D = datetime.date
MONDES = int(os.environ.get("MONDES", "200"))  # mille : MONDES=1000 pytest -n 2 tests/reporting/test_confrontation.py
ANNEE = Periode.annee(2025)
TRIMESTRES = [Periode(D(2025, m, 1), D(2025, m + 2, 28)) for m in (1, 4, 7, 10)]
PERIODES = [ANNEE, ANNEE, *TRIMESTRES, Periode(D(2025, 1, 1), D(2025, 6, 30))]
SITUATIONS = ("", "neutre", "emploi", "emploi", "autre")
EXCLUSIVES = {"sexe": "HF", "ages": "jms", "quartiers": "abc-"}


class Monde:
    """Des personnes, leurs mois, leurs marchés, leurs profils ; un document en lit une part, à l'état du jour."""

    def __init__(self, graine: int):
        self.tirer = random.Random(graine)
        self.marches = self.tirer.randint(1, 3)
        penchant = self.tirer.choice([0.2, 0.5, 0.85, 0.95])
        self.personnes = {
            qui: {
                cle: valeurs[0] if self.tirer.random() < penchant else self.tirer.choice(valeurs)
                for cle, valeurs in {**EXCLUSIVES, "rsa": "on"}.items()
            }
            for qui in range(self.tirer.choice([7, 12, 18, 25, 40]))
        }
        self.lignes = {
            (qui, mois): self.tirer.randrange(self.marches)
            for qui in self.personnes
            for mois in self.tirer.sample(range(1, 13), self.tirer.choice([1, 2, 3, 8]))
        }
        self.sorties = {
            (qui, rang): self.tirer.choice(SITUATIONS)
            for qui in self.personnes
            for rang in range(self.tirer.choice([0, 1, 1, 4]))
        }

    def bouger(self) -> None:
        """Le lendemain : quelqu'un part, arrive, ou son profil se corrige."""
        for _ in range(self.tirer.choice([1, 1, 2, 6])):
            qui = self.tirer.choice(list(self.personnes))
            geste = self.tirer.choice(["part", "arrive", "change"])
            if geste == "part":
                self.lignes = {cle: marche for cle, marche in self.lignes.items() if cle[0] != qui}
            elif geste == "arrive":
                neuf = max(self.personnes) + 1
                self.personnes[neuf] = dict(self.personnes[qui])
                self.sorties[neuf, 0] = self.tirer.choice(SITUATIONS)
                self.lignes[neuf, self.tirer.randint(1, 12)] = self.tirer.randrange(self.marches)
            else:
                self.personnes[qui] = {**self.personnes[qui], "sexe": "H", "rsa": "o"}

    def document(self) -> list[Case]:
        """Ce qui se lit d'une part du monde, masquée comme un bilan l'est."""
        periode = self.tirer.choice(PERIODES)
        marches = self.tirer.choice([range(self.marches), range(self.marches), [0]])
        lues = {cle for cle, m in self.lignes.items() if m in marches and self._tombe(cle[1], periode)}
        qui = frozenset(personne for personne, _ in lues)
        if len(qui) < 5:
            return []
        cases = []
        for cle, valeurs in EXCLUSIVES.items():
            parts = {v: frozenset(p for p in qui if self.personnes[p][cle] == v) for v in valeurs}
            montrees = proteger_des_parts({v: len(part) for v, part in parts.items()}, len(qui))
            cases += [
                Case(cle, f"{cle}.{v}", periode, part, qui) for v, part in parts.items() if isinstance(montrees[v], int)
            ]
        rsa = frozenset(p for p in qui if self.personnes[p]["rsa"] == "o")
        if isinstance(proteger_une_part(len(rsa), len(qui)), int):
            cases.append(Case("rsa", "rsa", periode, rsa, qui))
            siennes = frozenset(ligne for ligne in lues if ligne[0] in rsa)
            cases.append(Case("rsa", "heures_rsa", periode, siennes, frozenset(lues), genre="heures"))
        return [*cases, *self._cohorte(qui, periode), *self._connus(periode)]

    def _cohorte(self, qui: frozenset, periode: Periode) -> list[Case]:
        """Une ligne des contrats suivis : les situations connues, les comptées, les dynamiques."""
        dues = frozenset(sortie for sortie in self.sorties if sortie[0] in qui)
        connues = frozenset(sortie for sortie in dues if self.sorties[sortie])
        comptees = frozenset(sortie for sortie in connues if self.sorties[sortie] != "neutre")
        dynamiques = frozenset(sortie for sortie in comptees if self.sorties[sortie] == "emploi")
        ligne = {"connues": len(connues), "comptees": len(comptees), "dynamiques": len(dynamiques)}
        return [
            Case("cohorte", f"cohorte_{quoi}", periode, effectif, parmi, genre="sortie")
            for quoi, effectif, parmi in (
                ("connues", connues, dues),
                ("comptees", comptees, connues),
                ("dynamiques", dynamiques, connues),
            )
            if isinstance(_terme(ligne)[quoi], int)
        ]

    def _connus(self, periode: Periode) -> list[Case]:
        """Ceux que la structure connaît ce jour-là, et les éligibles : deux documents s'y touchent toujours."""
        connus = frozenset(self.personnes)
        eligibles = frozenset(qui for qui in connus if self.personnes[qui]["rsa"] == "o")
        lus = _connus({"connus": len(connus), "eligibles": len(eligibles)})
        toujours = Periode(D(1990, 1, 1), periode.fin)
        return [
            Case("connus", f"quartiers_{quoi}", toujours, effectif, connus)
            for quoi, effectif, lu in zip(("connus", "eligibles"), (connus, eligibles), lus, strict=True)
            if isinstance(lu, int)
        ]

    def _tombe(self, mois: int, periode: Periode) -> bool:
        return periode.debut.month <= mois <= periode.fin.month


class _DeQui(dict):
    """La personne d'une ligne d'heures (qui, mois), d'une sortie (qui, rang)."""

    def get(self, element, sinon=None):
        return element[1][0] if element[0] in ("heures", "sortie") else sinon


A_QUI = _DeQui({None: None})


def remettre(monde: Monde, combien: int, garder=a_retenir) -> list[Case]:
    """Tout ce qu'un destinataire a reçu, document après document, chacun comparé aux précédents."""
    detenues: list[Case] = []
    for _ in range(combien):
        neuves = monde.document()
        tues = garder(neuves, detenues, frozenset(), A_QUI)
        detenues += [case for case in neuves if case.famille not in tues]
        monde.bouger()
    return detenues


def trouvees(detenues: list[Case]) -> set[str]:
    """Les cases dont une combinaison ne garde que d'une à quatre personnes."""
    isolees = set()
    for cle in {case.cle for case in detenues}:
        for lire in (lambda c: c.effectif, lambda c: c.population - c.effectif, lambda c: c.population):
            lus: dict[frozenset, set[int]] = {}
            for case in (case for case in detenues if case.cle == cle):
                lus.setdefault(lire(case), set()).update(range(case.periode.debut.month, case.periode.fin.month + 1))
            if len(lus) > 1 and _une_combinaison_isole(list(lus), list(lus.values())):
                isolees.add(cle)
    return isolees


def _se_touchent(mois: list[set[int]]) -> bool:
    """Vrai si ces périodes se tiennent : la différence de deux trimestres ne compte personne, sauf avec leur année."""
    vus, *restent = mois
    while touches := [m for m in restent if m & vus]:
        vus, restent = vus.union(*touches), [m for m in restent if m not in touches]
    return not restent


def _une_combinaison_isole(effectifs: list[frozenset], mois: list[set[int]]) -> bool:
    signatures: dict = {}
    for element in frozenset().union(*effectifs):
        qui = element[0] if isinstance(element, tuple) else element
        signatures.setdefault(qui, set()).add(tuple(int(element in e) for e in effectifs))
    sortes = Counter(frozenset(s) for s in signatures.values())
    for coefficients in product((-2, -1, 0, 1, 2), repeat=len(effectifs)):
        pris = [m for m, c in zip(mois, coefficients, strict=True) if c]
        if len(pris) < 2 or not _se_touchent(pris):
            continue
        gardees = 0
        for sorte, nombre in sortes.items():
            if any(sum(c for c, dedans in zip(coefficients, s, strict=True) if dedans) for s in sorte):
                gardees += nombre
                if gardees > 4:
                    break
        if 0 < gardees <= 4:
            return True
    return False


@pytest.mark.parametrize("lot", range(20))
def test_aucun_jeu_de_documents_n_isole_quelqu_un(lot):
    for graine in range(lot, MONDES, 20):
        monde = Monde(graine)
        detenues = remettre(monde, monde.tirer.randint(2, 4))
        assert not trouvees(detenues), graine


def test_sans_comparaison_l_attaquant_trouve():
    """Deux versions, une année et ses trimestres, un acheteur dans le tout : chaque case y passe."""
    lues: set[str] = set()
    for graine in range(60):
        lues |= trouvees(remettre(Monde(graine), 3, garder=lambda *_: set()))
    assert {"sexe.H", "ages.j", "quartiers.a", "rsa", "heures_rsa"} <= lues
    assert {"cohorte_connues", "cohorte_comptees", "cohorte_dynamiques", "quartiers_eligibles"} <= lues


def test_tout_ne_se_tait_pas():
    """Un second document montre encore des profils quand il ne décrit personne."""
    lus = Counter()
    for graine in range(200):
        monde = Monde(graine)
        premier, second = monde.document(), monde.document()
        tues = a_retenir(second, premier, frozenset(), A_QUI)
        lus["dits"] += any(case.famille not in tues for case in second)
        lus["tus"] += bool(tues)
    assert lus["dits"] > 60 and lus["tus"] > 30


# --- Les quatre soustractions -----------------------------------------------------------------------------------------
def effectif(*bornes: int) -> frozenset[int]:
    return frozenset(range(*bornes))


def test_deux_versions_qui_ne_different_que_d_une_personne():
    assert isole([effectif(80)], effectif(79))
    assert not isole([effectif(80)], effectif(80))
    assert not isole([effectif(80)], effectif(75))
    assert isole([effectif(80)], effectif(76))


def test_une_annee_moins_trois_trimestres():
    annee, trimestres = effectif(40), [effectif(12), effectif(12, 25), effectif(25, 37)]
    assert not any(isole([*trimestres[:rang], annee], trimestre) for rang, trimestre in enumerate(trimestres[:2]))
    assert isole([annee, *trimestres[:2]], trimestres[2])  # il reste trois personnes
    assert isole(trimestres, annee)


def test_un_reseau_moins_un_membre():
    assert isole([effectif(20)], effectif(23))
    assert not isole([effectif(20)], effectif(25))


def test_une_periode_qui_ne_touche_aucune_autre_ne_se_compare_pas():
    case = Case("rsa", "rsa", TRIMESTRES[0], effectif(20), effectif(30))
    autre = Case("rsa", "rsa", TRIMESTRES[3], effectif(21), effectif(31))
    assert a_retenir([case], [autre]) == set()
    assert a_retenir([case], [autre, Case("rsa", "rsa", ANNEE, effectif(26), effectif(36))]) == {"rsa"}


def test_ce_qui_se_calculait_deja_n_apprend_rien():
    assert not isole([effectif(10), effectif(10, 20)], effectif(20))
    assert not isole([effectif(22), effectif(2)], effectif(2, 22))


def test_les_heures_d_une_personne_restent_les_siennes_quel_que_soit_leur_nombre():
    lignes = frozenset((qui, mois) for qui in range(8) for mois in range(6))
    dernieres = frozenset(ligne for ligne in lignes if ligne[1] == 5 and ligne[0] < 3)
    assert isole([lignes - dernieres], lignes, lambda ligne: ligne[0])
    assert not isole([frozenset(li for li in lignes if li[1] != 5)], lignes, lambda ligne: ligne[0])
