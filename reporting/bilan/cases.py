"""Ce qui se lit d'un document : chaque effectif, qui il compte, parmi qui, et de quand. Rien ne s'y compare (`confrontation`).

Tout nombre d'un bilan qui compte des personnes est une case, dans un chiffre, un tableau ou une liste ; les totaux seuls
(bénéficiaires, contrats, situations connues) n'en sont pas, ils sont la population des autres.
"""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from parcours.enums import Terme
from reporting.bilan.comparees import cle_de_la_ligne, reponse
from reporting.bilan.masques import ENTREES, JEUNES_SQ, QPV, Colonne
from reporting.bilan.reperes import REPERES
from reporting.bilan.sources import AVANT, MAINTENANT
from reporting.calcul.indicateurs import GenreLigne, Unite
from reporting.calcul.isolement import Effectif
from reporting.calcul.provenances import AUTRES
from reporting.calcul.registre import PAR_CLE
from reporting.calcul.repartitions import QUARTIERS, RSA_PAR_QUARTIER
from reporting.donnees import DonneesBilan
from reporting.lecture import periodes
from reporting.models import PREMIERE_ANNEE
from socle.periodes import Periode

QUAND: Mapping[Colonne, str] = {"valeur": MAINTENANT, "precedente": AVANT}
UNITES = ("personnes", "sorties", "participations")
SERIES = "les parts, année après année"
REPERES_LUS = "les repères"
CHARTE_LUE = "les chartes des opérations"
SORTIES_A_DOUZE = f"les sorties à {Terme.DOUZE.value} mois"
COHORTE_LUE = "les contrats suivis douze mois"
REPERES_DE_PERSONNES = {repere.quoi: repere.haut for repere in REPERES if PAR_CLE[repere.haut].sur == "beneficiaires"}


class DeListe(NamedTuple):
    """Une colonne d'une liste : les lignes qu'elle compte, celles parmi qui elle les compte.

    `depuis_le_debut` : elle cumule, ou compte ceux que l'on connaît un jour ; deux documents s'y touchent toujours.
    `avec` : les colonnes qui la rendraient, et se taisent avec elle.
    """

    liste: str
    colonne: str
    source: str
    population: str
    depuis_le_debut: bool = False
    avec: tuple[str, ...] = ()


class Famille(NamedTuple):
    """Des tableaux et des chiffres qui se taisent ensemble ; `population` : le total où ils se lisent."""

    nom: str
    population: str
    repartitions: tuple[str, ...] = ()
    chiffres: tuple[str, ...] = ()
    heures: tuple[str, ...] = ()
    colonnes: tuple[DeListe, ...] = ()


def _profil(cle: str) -> DeListe:
    return DeListe("profils_quartiers", cle, f"quartiers_{cle}", QUARTIERS)


def _familles() -> Iterator[Famille]:
    tous = "beneficiaires"
    yield Famille("le sexe", tous, ("sexe",), ("beneficiaires_femmes",))
    ages = ("beneficiaires_moins_26_ans", "beneficiaires_50_ans_et_plus", "beneficiaires_sans_qualification", JEUNES_SQ)
    yield Famille("l'âge et le niveau", tous, ("ages", "niveaux"), ages)
    publics = ("beneficiaires_rsa", "beneficiaires_deld", "beneficiaires_th")
    yield Famille("les publics", tous, ("publics", "public_principal"), publics, ("heures_rsa",))
    embauches = DeListe("profils_quartiers", "habitants", QUARTIERS, QUARTIERS, avec=("heures",))
    yield Famille("les quartiers", tous, (QUARTIERS,), (QPV,), ("heures_qpv",), (embauches,))
    yield Famille("les nouveaux bénéficiaires", tous, (), ("nouveaux_beneficiaires",))
    yield Famille("les entrées", "participations_entrees", ENTREES)
    for terme in Terme:
        liees = tuple(f"sorties_{quoi}_{terme.value}_mois" for quoi in ("comptees", "dynamiques"))
        nom, connues = f"les sorties à {terme.value} mois", f"sorties_connues_{terme.value}_mois"
        yield Famille(nom, connues, (f"sorties_{terme.value}_mois",), liees)
    yield from _des_quartiers()
    yield from _des_listes()


def _des_quartiers() -> Iterator[Famille]:
    """Les colonnes d'un profil, quartier par quartier, font la table de tous les habitants : elles se taisent avec elle."""
    for nom, table, profils in (
        ("les habitants des quartiers par sexe", "qpv_par_sexe", ("femmes",)),
        ("les habitants des quartiers par âge", "qpv_par_age", ("moins_26", "50_plus")),
        ("les habitants des quartiers par niveau", "qpv_par_niveau", ("sans_qualification",)),
        ("les allocataires du RSA par quartier", RSA_PAR_QUARTIER, ("rsa",)),
    ):
        yield Famille(nom, table, (table,), colonnes=tuple(_profil(cle) for cle in profils))
    connus = DeListe("profils_quartiers", "connus", "quartiers_connus", "quartiers_connus", True)
    eligibles = DeListe("profils_quartiers", "eligibles", "quartiers_eligibles", "quartiers_connus", True)
    yield Famille("les personnes connues de chaque quartier", "", colonnes=(connus, eligibles))


def _des_listes() -> Iterator[Famille]:
    suivis = (
        DeListe("cohorte", "connues", "cohorte_connues", "cohorte_dues"),
        DeListe("cohorte", "comptees", "cohorte_comptees", "cohorte_connues"),
        DeListe("cohorte", "dynamiques", "cohorte_dynamiques", "cohorte_connues"),
    )
    yield Famille(COHORTE_LUE, "", colonnes=suivis)
    yield Famille("les avis", "", colonnes=(DeListe("avis", "nombre", "avis", "avis", avec=("moyenne",)),))
    faits = (
        DeListe("operations", "comptees", "operations_comptees", "operations_faites", True, ("hors",)),
        DeListe("operations", "habitants", "operations_habitants", "operations_personnes", True, ("personnes",)),
    )
    yield Famille(CHARTE_LUE, "", colonnes=faits)
    yield Famille(SERIES, "beneficiaires")
    yield Famille(REPERES_LUS, "beneficiaires")


FAMILLES = tuple(_familles())


@dataclass(frozen=True, slots=True)
class Case:
    """Un effectif qui se lit : qui il compte, parmi qui. `cle` : ce qu'il dit, le même mot d'un document à l'autre."""

    famille: str
    cle: str
    periode: Periode
    effectif: Effectif
    population: Effectif
    genre: str = (
        GenreLigne.PERSONNE
    )  # ce que sont ses éléments ; une ligne d'heures, une sortie ont chacune leur personne


@dataclass(frozen=True, slots=True)
class Remis:
    """Un document : ce qui s'y lit, et les lignes de chacun de ses chiffres."""

    donnees: DonneesBilan
    lignes: Mapping[str, Any]

    def cases(self, colonne: Colonne) -> list[Case]:
        lues = list(self._lues(colonne))
        return [*lues, *_croisees(lues)]

    def periode(self, colonne: Colonne) -> Periode:
        debut, fin = (self.donnees["periode"][borne] for borne in ("debut", "fin"))
        sienne = Periode(datetime.date.fromisoformat(debut), datetime.date.fromisoformat(fin))
        return sienne if colonne == "valeur" else periodes.precedente(sienne)

    def familles(self) -> Iterator[Famille]:
        """Celles que l'on connaît, puis chaque autre tableau de personnes, seul."""
        yield from FAMILLES
        connues = {cle for famille in FAMILLES for cle in famille.repartitions}
        for cle, repartition in self.donnees["repartitions"].items():
            if cle not in connues and repartition["unite"] in UNITES:
                yield Famille(repartition["titre"], cle, (cle,))

    def _lues(self, colonne: Colonne) -> Iterator[Case]:
        for famille in self.familles():
            yield from self._des_chiffres(famille, colonne)
            yield from self._des_tableaux(famille, colonne)
            if colonne == "valeur":
                for lue in famille.colonnes:
                    yield from self._d_une_colonne(famille, lue)
        if colonne == "valeur":
            yield from self._des_heures_des_quartiers()
            yield from self._de_la_charte()
            yield from self._des_series()
            yield from self._des_reperes()

    # --- Les chiffres et les tableaux -----------------------------------------------------------------------------------
    def _des_chiffres(self, famille: Famille, colonne: Colonne) -> Iterator[Case]:
        periode, quand = self.periode(colonne), QUAND[colonne]
        for cle in (*famille.chiffres, *famille.heures):
            if _se_lit(self.donnees["chiffres"].get(cle), colonne):
                parmi = "heures_realisees" if cle in famille.heures else famille.population
                effectif, population = (_elements(self.lignes, lue, quand) for lue in (cle, parmi))
                yield Case(famille.nom, cle, periode, effectif, population | effectif, _genre(self.lignes, cle))

    def _des_tableaux(self, famille: Famille, colonne: Colonne) -> Iterator[Case]:
        periode, quand = self.periode(colonne), QUAND[colonne]
        population = _elements(self.lignes, famille.population, quand)
        for cle in famille.repartitions:
            parts = self.donnees["repartitions"].get(cle, {"parts": []})["parts"]
            groupes = {part["cle"] for part in parts}
            for part in parts:
                if _se_lit(part, colonne):
                    effectif = _elements(self.lignes, cle, quand, part["cle"])
                    if part["cle"] == AUTRES:  # les peu fournis, réunis : ceux qu'aucune autre ligne ne nomme
                        effectif = population.difference(
                            *(_elements(self.lignes, cle, quand, groupe) for groupe in groupes)
                        )
                    genre = _genre(self.lignes, cle)
                    yield Case(famille.nom, f"{cle}.{part['cle']}", periode, effectif, population | effectif, genre)

    def _des_heures_des_quartiers(self) -> Iterator[Case]:
        repartition = self.donnees["repartitions"].get(QUARTIERS)
        for part in repartition["parts"] if repartition else ():
            if _se_lit(part, "heures"):
                yield self._case("les quartiers", "heures_par_quartier", part["cle"], "heures_realisees", None)

    # --- Les listes -----------------------------------------------------------------------------------------------------
    def _d_une_colonne(self, famille: Famille, lue: DeListe) -> Iterator[Case]:
        """Rien d'un bilan publié avant que ces lignes ne soient gardées."""
        lignes: Sequence[Any] = self.donnees.get(lue.liste, ())  # type: ignore[assignment]  # une liste du suivi
        for ligne in lignes if lue.source in self.lignes else ():
            cle = cle_de_la_ligne(lue.liste, ligne)
            if _se_lit(ligne, lue.colonne) and ligne.get("reservee", True):
                yield self._case(famille.nom, lue.source, cle, lue.population, cle, cumul=lue.depuis_le_debut)
            for part in ligne.get("parts", ()) if lue.liste == "avis" else ():
                courte = part.rpartition(" : ")[0]
                yield self._case(famille.nom, "avis_notes", reponse(cle, courte), lue.population, cle)

    def _de_la_charte(self) -> Iterator[Case]:
        charte = self.donnees["charte"]
        if charte and _se_lit(charte, "faites_qpv"):
            yield self._case(CHARTE_LUE, "charte_faites_qpv", None, "charte_faites", None, cumul=True)
        operations = {ligne[2] for ligne in self._gardees("operations_faites")}
        if charte and charte.get("reservee") and operations:
            (cle,) = operations
            for mesure, parmi in (("comptees", "faites"), ("habitants", "personnes")):
                if _se_lit(charte, mesure):
                    yield self._case(CHARTE_LUE, f"operations_{mesure}", cle, f"operations_{parmi}", cle, cumul=True)

    # --- Ce qui redit un chiffre, d'une autre année ou autrement ----------------------------------------------------------
    def _des_series(self) -> Iterator[Case]:
        situees = {
            nommer(periode): periode
            for periode in periodes.suite(self.periode("valeur"), 12)
            for nommer in (periodes.nommer, periodes.abreger)
        }
        for serie in self.donnees.get("evolution_parts", ()):
            cle = serie["cle"]
            for annee in serie["annees"] if PAR_CLE[cle].unite == Unite.PERSONNES else ():
                if _se_lit(annee, "valeur"):
                    quand = annee["periode"]
                    case = self._case(SERIES, f"evolution_{cle}", quand, "evolution_beneficiaires", quand)
                    yield replace(case, cle=cle, periode=situees.get(quand, self._depuis_le_debut()))

    def _des_reperes(self) -> Iterator[Case]:
        for ligne in self.donnees.get("reperes", ()):
            cle = REPERES_DE_PERSONNES.get(ligne["quoi"])
            if cle and cle in self.lignes and ligne["ici"][:1].isdigit():
                yield replace(self._case(REPERES_LUS, cle, None, "beneficiaires", None), cle=cle)

    # --- Une case -------------------------------------------------------------------------------------------------------
    def _case(
        self, famille: str, source: str, groupe: str | None, parmi: str, du_groupe: str | None, *, cumul: bool = False
    ) -> Case:
        effectif = _elements(self.lignes, source, MAINTENANT, groupe)
        population = _elements(self.lignes, parmi, MAINTENANT, du_groupe) | effectif
        periode = self._depuis_le_debut() if cumul else self.periode("valeur")
        return Case(famille, f"{source}.{groupe or ''}", periode, effectif, population, _genre(self.lignes, source))

    def _depuis_le_debut(self) -> Periode:
        return Periode(datetime.date(PREMIERE_ANNEE, 1, 1), self.periode("valeur").fin)

    def _gardees(self, cle: str) -> Sequence[Any]:
        return self.lignes.get(cle, {}).get(MAINTENANT, {"lignes": ()})["lignes"]


def _se_lit(case: Any, colonne: str) -> bool:
    return case is not None and isinstance(case.get(colonne), int | float)


def _elements(lignes: Mapping[str, Any], cle: str, quand: str, groupe: str | None = None) -> Effectif:
    """Ce que compte un chiffre : les clés de ses lignes, d'un groupe ou de tous."""
    lues = lignes.get(cle, {}).get(quand, {"lignes": ()})["lignes"]
    return frozenset(ligne[0] for ligne in lues if groupe in (None, ligne[2]))


def _genre(lignes: Mapping[str, Any], cle: str) -> str:
    return lignes.get(cle, {}).get(MAINTENANT, {"genre": GenreLigne.PERSONNE})["genre"]


def _croisees(lues: Sequence[Case]) -> Iterator[Case]:
    """Les trois cases que l'on déduit des jeunes sans qualification, quand tout s'en lit."""
    par_cle = {case.cle: case for case in lues if case.famille != SERIES}
    trois = [par_cle.get(cle) for cle in ("beneficiaires_moins_26_ans", "beneficiaires_sans_qualification", JEUNES_SQ)]
    if all(trois):
        jeunes, sans, jsq = (case.effectif for case in trois if case)
        entiere = par_cle[JEUNES_SQ]
        yield replace(entiere, cle="jeunes_qualifies", effectif=jeunes - jsq)
        yield replace(entiere, cle="autres_sans_qualification", effectif=sans - jsq)
        yield replace(entiere, cle="ni_l_un_ni_l_autre", effectif=entiere.population - jeunes - sans)
