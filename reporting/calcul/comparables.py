"""Comparer ce qui se compare : les mêmes mois de l'année d'avant et, pour un réseau, les structures présentes les deux fois.

Une règle, ici : l'accueil, l'année en chiffres et les bilans la lisent. Un mois n'est comparé que s'il est connu.
"""

from dataclasses import dataclass

from reporting.calcul.indicateurs import marches_suivis_de
from reporting.lecture import periodes
from reporting.lecture.completude import Completude
from reporting.lecture.releve import Releve
from socle.periodes import Periode


@dataclass(frozen=True, slots=True)
class Comparaison:
    """`comparable` : la période sur ce qui se compare ; rien quand c'est elle entière. `avant` : rien s'il n'y a pas de données.

    `structures` : celles d'un réseau qui sont présentes les deux fois, quand ce ne sont pas toutes.
    """

    comparee: Periode
    mois_d_avant: Periode
    comparable: Releve | None
    avant: Releve | None
    structures: frozenset[int] | None = None


def a_de_quoi_dire(releve: Releve) -> bool:
    """Vrai si la période a des heures ou un marché suivi."""
    return bool(releve.heures_par_contrat or marches_suivis_de(releve))


def comparer(histoire: Releve, completude: Completude, *, reseau: bool = False) -> Comparaison:
    """Jamais contre une année sans données : si la période a des heures, celle d'avant en a aussi."""
    periode, comparee = completude.periode, completude.comparee
    mois_d_avant = periodes.memes_mois_avant(comparee, periode)
    maintenant, avant = histoire.sur(comparee), histoire.sur(mois_d_avant)
    sans_donnees = bool(maintenant.lignes) and not avant.lignes
    if completude.connue is None or sans_donnees or not a_de_quoi_dire(avant):
        return Comparaison(comparee, mois_d_avant, None, None)
    constantes = _constantes(maintenant, avant) if reseau else None
    if constantes is not None:
        maintenant, avant = (releve.restreint_aux_structures(constantes) for releve in (maintenant, avant))
    entiere = comparee == periode and constantes is None
    return Comparaison(comparee, mois_d_avant, None if entiere else maintenant, avant, constantes)


def _constantes(maintenant: Releve, avant: Releve) -> frozenset[int] | None:
    """Les structures qui ont des heures les deux fois ; rien quand ce sont les mêmes."""
    une, autre = (_qui_ont_des_heures(releve) for releve in (maintenant, avant))
    return None if une == autre else frozenset(une & autre)


def _qui_ont_des_heures(releve: Releve) -> set[int]:
    engagements = (releve.engagements[releve.contrats[contrat].engagement] for contrat in releve.heures_par_contrat)
    return {releve.marches[engagement.marche].structure for engagement in engagements}
