"""Les indicateurs : une fonction et une définition chacun, sur un `Releve`, sans ORM.

Chaque fonction rend un `Resultat` : la valeur et les lignes qui la composent. La somme des poids des lignes (divisée par
le diviseur, pour les ETP) est la valeur : tout chiffre ouvre ses lignes.
"""

import datetime
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Self

from beneficiaires.enums import CodeCritere, Sexe
from marches.enums import Nature, StatutMarche
from parcours.enums import FamilleSortie
from parcours.sorties import DYNAMIQUES, FAMILLES
from recrutement.enums import Modalite, TypeContrat
from reporting.calcul import participations, profils
from reporting.lecture.releve import Contrat, Engagement, LigneHeures, Marche, Personne, Projet, Releve, Sortie


class GenreLigne(StrEnum):
    """Ce qu'est une ligne sous un chiffre ; `id` de la ligne est la clé de cet objet."""

    HEURES = "heures"
    PERSONNE = "personne"
    CONTRAT = "contrat"
    MARCHE = "marche"
    MAITRE_OUVRAGE = "maitre_ouvrage"
    ENTREPRISE = "entreprise"
    ENGAGEMENT = "engagement"
    SORTIE = "sortie"
    PROJET = "projet"


class Unite(StrEnum):
    HEURES = "h"
    PERSONNES = "personnes"
    CONTRATS = "contrats"
    MARCHES = "marchés"
    MAITRES_OUVRAGE = "maîtres d'ouvrage"
    ENTREPRISES = "entreprises"
    ETP = "ETP"
    SORTIES = "sorties"
    PROJETS = "projets"
    PARTICIPATIONS = "participations"

    @property
    def singulier(self) -> str:
        """« maître d'ouvrage » ; « h » et « ETP » n'ont qu'une forme."""
        return " ".join(mot.removesuffix("s") for mot in self.split())


class LigneSource(NamedTuple):
    """Une ligne sous un chiffre : sa clé, ce qu'elle pèse, et son groupe pour un indicateur ventilé."""

    id: int
    poids: Decimal | int
    groupe: str = ""


@dataclass(frozen=True, slots=True)
class Resultat:
    valeur: Decimal | int | Mapping[str, Decimal | int]
    genre: GenreLigne
    lignes: tuple[LigneSource, ...]
    diviseur: Decimal | None = None

    @classmethod
    def ventile(cls, genre: GenreLigne, lignes: Iterable[LigneSource], ordre: Iterable[str] | None = None) -> Self:
        """La valeur est la somme des poids de chaque groupe, dans l'ordre donné ; un groupe sans rien est absent."""
        lignes = tuple(lignes)
        totaux: dict[str, Decimal | int] = {}
        for ligne in lignes:
            totaux[ligne.groupe] = totaux.get(ligne.groupe, 0) + ligne.poids
        cles = totaux if ordre is None else [cle for cle in ordre if cle in totaux]
        return cls({cle: totaux[cle] for cle in cles}, genre, lignes)

    @property
    def nombre(self) -> Decimal | int:
        """La valeur d'un indicateur qui n'est pas ventilé."""
        assert not isinstance(self.valeur, Mapping)
        return self.valeur

    @property
    def par_groupe(self) -> Mapping[str, Decimal | int]:
        """Les valeurs d'un indicateur ventilé."""
        assert isinstance(self.valeur, Mapping)
        return self.valeur


@dataclass(frozen=True, slots=True)
class Indicateur:
    """`sur` nomme l'indicateur dont celui-ci est une part ; `nom` et `dite` la font lire seule, avant et après sa valeur."""

    cle: str
    libelle: str
    definition: str
    unite: Unite
    fonction: Callable[[Releve], Resultat]
    sur: str = ""
    nom: str = ""
    dite: str = ""

    def __call__(self, releve: Releve) -> Resultat:
        return self.fonction(releve)


# --- Ce qui est compté : les briques communes ----------------------------------------------------------------------
def marches_suivis_de(releve: Releve) -> list[Marche]:
    """Attribués, et dont l'exécution rencontre la période. Un marché archivé compte : l'archive ne vide que les listes."""
    statuts = StatutMarche.attribues()
    return [m for m in releve.marches.values() if m.statut in statuts and releve.periode.rencontre(m.debut, m.fin)]


def engagements_suivis(releve: Releve) -> list[Engagement]:
    """Ceux des marchés suivis, moins les archivés : comme aux alertes, ils ne doivent plus rien."""
    suivis = {marche.id for marche in marches_suivis_de(releve)}
    return [e for e in releve.engagements.values() if e.marche in suivis and not e.archive]


def entreprises_de(releve: Releve) -> set[int]:
    engagees = {engagement.entreprise for engagement in engagements_suivis(releve)}
    return engagees | {releve.contrats[contrat].employeur for contrat in releve.heures_par_contrat}


def est_locale(releve: Releve, entreprise: int) -> bool:
    """Établie dans une commune du territoire ; sans commune connue, elle n'est pas comptée locale."""
    return releve.entreprises[entreprise].commune in releve.communes


def habite_un_quartier(releve: Releve, contrat: Contrat) -> bool:
    return profils.quartier(releve.personnes[contrat.personne], contrat.debut) is not None


def _effectif(genre: GenreLigne, cles: Iterable[int]) -> Resultat:
    lignes = tuple(LigneSource(cle, 1) for cle in sorted(cles))
    return Resultat(len(lignes), genre, lignes)


def _personnes(releve: Releve, condition: Callable[[Personne, datetime.date], bool]) -> Resultat:
    """Les bénéficiaires comptés dont le profil, au début du contrat d'entrée, remplit la condition."""
    return _effectif(
        GenreLigne.PERSONNE,
        (cle for cle, entree in releve.entrees.items() if condition(releve.personnes[cle], entree.debut)),
    )


def _heures(releve: Releve, condition: Callable[[LigneHeures], bool] = lambda ligne: True) -> Resultat:
    lignes = tuple(LigneSource(ligne.id, ligne.heures) for ligne in releve.lignes if ligne.heures and condition(ligne))
    return Resultat(sum((ligne.poids for ligne in lignes), Decimal(0)), GenreLigne.HEURES, lignes)


def heures_par(releve: Releve, groupe: Callable[[Contrat], str], ordre: Iterable[str] | None = None) -> Resultat:
    """Les heures selon un groupe de leur contrat."""
    lignes = (
        LigneSource(ligne.id, ligne.heures, groupe(releve.contrats[ligne.contrat]))
        for ligne in releve.lignes
        if ligne.heures
    )
    return Resultat.ventile(GenreLigne.HEURES, lignes, ordre)


# --- Les indicateurs -----------------------------------------------------------------------------------------------
def heures_realisees(releve: Releve) -> Resultat:
    return _heures(releve)


def beneficiaires(releve: Releve) -> Resultat:
    return _effectif(GenreLigne.PERSONNE, releve.entrees)


def beneficiaires_femmes(releve: Releve) -> Resultat:
    return _personnes(releve, lambda personne, jour: personne.sexe == Sexe.FEMME)


def beneficiaires_moins_26_ans(releve: Releve) -> Resultat:
    return _personnes(releve, profils.a_moins_de_26_ans)


def beneficiaires_50_ans_et_plus(releve: Releve) -> Resultat:
    return _personnes(releve, profils.a_50_ans_ou_plus)


def beneficiaires_sans_qualification(releve: Releve) -> Resultat:
    return _personnes(releve, profils.est_sans_qualification)


def beneficiaires_moins_26_ans_sans_qualification(releve: Releve) -> Resultat:
    return _personnes(
        releve,
        lambda personne, jour: (
            profils.a_moins_de_26_ans(personne, jour) and profils.est_sans_qualification(personne, jour)
        ),
    )


def beneficiaires_rsa(releve: Releve) -> Resultat:
    return _personnes(releve, lambda personne, jour: profils.a_le_critere(personne, CodeCritere.RSA, jour))


def beneficiaires_deld(releve: Releve) -> Resultat:
    return _personnes(releve, profils.est_demandeur_de_longue_duree)


def beneficiaires_th(releve: Releve) -> Resultat:
    return _personnes(releve, lambda personne, jour: profils.a_le_critere(personne, CodeCritere.RQTH, jour))


def beneficiaires_qpv(releve: Releve) -> Resultat:
    return _personnes(releve, lambda personne, jour: profils.quartier(personne, jour) is not None)


def contrats(releve: Releve) -> Resultat:
    return _effectif(GenreLigne.CONTRAT, releve.heures_par_contrat)


def marches_suivis(releve: Releve) -> Resultat:
    return _effectif(GenreLigne.MARCHE, (marche.id for marche in marches_suivis_de(releve)))


def marches_travaux(releve: Releve) -> Resultat:
    return _effectif(
        GenreLigne.MARCHE, (marche.id for marche in marches_suivis_de(releve) if marche.nature == Nature.TRAVAUX)
    )


def maitres_ouvrage(releve: Releve) -> Resultat:
    return _effectif(GenreLigne.MAITRE_OUVRAGE, {marche.maitre_ouvrage for marche in marches_suivis_de(releve)})


def entreprises_engagees(releve: Releve) -> Resultat:
    return _effectif(GenreLigne.ENTREPRISE, entreprises_de(releve))


def entreprises_locales(releve: Releve) -> Resultat:
    return _effectif(GenreLigne.ENTREPRISE, (cle for cle in entreprises_de(releve) if est_locale(releve, cle)))


def heures_dues(releve: Releve) -> Resultat:
    lignes = tuple(LigneSource(engagement.id, engagement.heures_dues) for engagement in engagements_suivis(releve))
    return Resultat(sum((ligne.poids for ligne in lignes), Decimal(0)), GenreLigne.ENGAGEMENT, lignes)


def heures_par_modalite(releve: Releve) -> Resultat:
    return heures_par(releve, lambda contrat: contrat.modalite, Modalite.values)


def heures_par_type_contrat(releve: Releve) -> Resultat:
    return heures_par(releve, lambda contrat: contrat.type_contrat, TypeContrat.values)


def heures_qpv(releve: Releve) -> Resultat:
    en_quartier = {cle for cle in releve.heures_par_contrat if habite_un_quartier(releve, releve.contrats[cle])}
    return _heures(releve, lambda ligne: ligne.contrat in en_quartier)


def etp(releve: Releve) -> Resultat:
    base = _heures(releve)
    return Resultat(Decimal(base.nombre) / releve.heures_par_etp, base.genre, base.lignes, releve.heures_par_etp)


# --- Ce que les bilans ajoutent aux chiffres clés -------------------------------------------------------------------
def nouveaux_beneficiaires(releve: Releve) -> Resultat:
    """Ceux dont la toute première heure est dans la période ; juste si le relevé a lu toute l'histoire."""
    debut = releve.periode.debut.replace(day=1)
    return _effectif(GenreLigne.PERSONNE, (cle for cle in releve.entrees if releve.premiers_mois[cle] >= debut))


def heures_rsa(releve: Releve) -> Resultat:
    """Les heures des contrats dont le bénéficiaire a le critère RSA au début de ce contrat-là."""
    au_rsa = {
        cle
        for cle in releve.heures_par_contrat
        if profils.a_le_critere(
            releve.personnes[releve.contrats[cle].personne], CodeCritere.RSA, releve.contrats[cle].debut
        )
    }
    return _heures(releve, lambda ligne: ligne.contrat in au_rsa)


def sorties_a_connaitre(releve: Releve, terme: int) -> Resultat:
    """Tous les points dus à ce terme dans la période : ce sur quoi se lit la part des situations connues."""
    return _effectif(GenreLigne.SORTIE, (s.id for s in sorties_dues(releve, terme)))


def sorties_connues(releve: Releve, terme: int) -> Resultat:
    """Les situations connues à ce terme, parmi les points dus dans la période."""
    return _effectif(GenreLigne.SORTIE, (s.id for s in sorties_dues(releve, terme) if s.situation))


def sorties_comptees(releve: Releve, terme: int) -> Resultat:
    """Les connues moins les neutralisées : le dénominateur du taux de sorties dynamiques."""
    return _sorties_de(releve, terme, set(FamilleSortie) - {FamilleSortie.NEUTRALISEE})


def sorties_dynamiques(releve: Releve, terme: int) -> Resultat:
    """Emploi durable, de transition, ou sortie positive : 26 sur 36 comptées → 72,2 %."""
    return _sorties_de(releve, terme, DYNAMIQUES)


def sorties_dues(releve: Releve, terme: int) -> list[Sortie]:
    periode = releve.periode
    return [s for s in releve.sorties if s.terme == terme and periode.debut <= s.du_le <= periode.fin]


def _sorties_de(releve: Releve, terme: int, familles: Container[str]) -> Resultat:
    dues = sorties_dues(releve, terme)
    return _effectif(GenreLigne.SORTIE, (s.id for s in dues if s.situation and FAMILLES[s.situation] in familles))


def projets_etudies(releve: Releve) -> Resultat:
    """Les projets d'achat ouverts dans la période."""
    return _effectif(GenreLigne.PROJET, (projet.id for projet in projets_ouverts(releve)))


def projets_ouverts(releve: Releve) -> list[Projet]:
    periode = releve.periode
    return [projet for projet in releve.projets if periode.debut <= projet.ouvert_le <= periode.fin]


def participations_entrees(releve: Releve) -> Resultat:
    """Les périodes d'insertion commencées dans la période, par leur premier contrat."""
    entrees = participations.entrees(releve)
    return _effectif(GenreLigne.CONTRAT, (participation.premier.id for participation in entrees))


def participations_sorties(releve: Releve) -> Resultat:
    """Les périodes d'insertion finies dans la période, par leur dernier contrat."""
    return _effectif(GenreLigne.CONTRAT, (participation.dernier.id for participation in participations.sorties(releve)))
