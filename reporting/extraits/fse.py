"""L'extrait des participants pour le FSE+ : une ligne par période d'insertion, entrée, sortie, six mois après. Sans un nom.

Le profil est celui du jour de l'entrée. Une personne qui revient a une autre ligne : la première ne s'efface pas. Une
sortie dont la raison n'est pas dite est « inconnue », sans rien supposer.
"""

import datetime
from collections.abc import Mapping

from beneficiaires.enums import CodeCritere
from beneficiaires.reduction import classe_d_age
from parcours.enums import Situation, Terme
from recrutement.enums import MotifFin
from reporting.calcul import participations, profils, ventilations
from reporting.calcul.participations import Participation
from reporting.lecture.releve import Personne, Releve, Sortie
from reporting.recit.tables import Cellule, Table
from socle.periodes import age

INCONNUE, INJOIGNABLE = "Inconnue", "Injoignable"
INSCRIT_COURT = "Inscrit depuis moins de 12 mois"
INSCRIT_LONG = "Inscrit depuis 12 mois ou plus"
INSCRIT_SANS_DATE = "Inscrit, depuis une date inconnue"
NON_INSCRIT = "Non inscrit"
COLONNES = (
    "Dossier",
    "Sexe",
    "Âge à l'entrée",
    "Niveau à l'entrée",
    "Situation à l'entrée",
    "RSA à l'entrée",
    "Travailleur handicapé à l'entrée",
    "Quartier prioritaire à l'entrée",
    "Entrée",
    "Sortie",
    "Situation à la sortie",
    "Situation à 6 mois",
    "Participations précédentes",
)
ENTREE = COLONNES.index("Entrée")
SEXES = {"F": "Femme", "H": "Homme"}


def extraire(releve: Releve, dossiers: Mapping[int, str], motifs: Mapping[int, str], le: datetime.date) -> Table:
    """Les participations qui rencontrent la période du relevé, qui a lu toute l'histoire.

    `dossiers` : l'identifiant de chaque personne ; `motifs` : la raison de fin de chaque contrat qui en a une ; `le` : le
    jour de la lecture. Une fin à venir n'est pas une sortie.
    """
    a_six_mois = {sortie.contrat: sortie for sortie in releve.sorties if sortie.terme == Terme.SIX}
    jusqu_a = min(releve.periode.fin, le)
    rangs: dict[int, int] = {}
    lignes: list[tuple[Cellule, ...]] = []
    for une in participations.de_chacun(releve):
        rang = rangs[une.personne] = rangs.get(une.personne, -1) + 1
        sortie = une.fin if une.fin is not None and une.fin <= jusqu_a else None
        if not releve.periode.rencontre(une.debut, sortie):
            continue
        entree = _a_l_entree(releve.personnes[une.personne], une.debut)
        apres = _apres(une, motifs, a_six_mois) if sortie else ("", "")
        lignes.append((dossiers[une.personne], *entree, _jour(une.debut), _jour(sortie), *apres, rang))
    lignes.sort(key=lambda ligne: (ligne[ENTREE], ligne[0]))
    return Table("extrait_fse", "Participants FSE+", COLONNES, tuple(lignes))


def _a_l_entree(personne: Personne, jour: datetime.date) -> tuple[Cellule, ...]:
    return (
        SEXES[personne.sexe],
        _age(personne, jour),
        ventilations.NIVEAUX[ventilations.niveau_ou_rien(personne, jour)],
        situation_a_l_entree(personne, jour),
        profils.a_le_critere(personne, CodeCritere.RSA, jour),
        profils.a_le_critere(personne, CodeCritere.RQTH, jour),
        profils.quartier(personne, jour) is not None,
    )


def _age(personne: Personne, jour: datetime.date) -> Cellule:
    """Les années révolues ; d'une personne anonymisée, on n'a gardé que la classe d'âge."""
    ans = age(personne.date_naissance, jour)
    if not personne.anonyme:
        return ans
    bas, haut = classe_d_age(ans)
    return f"de {bas} à {haut} ans" if haut else f"{bas} ans et plus"


def situation_a_l_entree(personne: Personne, jour: datetime.date) -> str:
    """Inscrite ou non à France Travail ce jour-là, et depuis quand ; une inscription sans date ne dit pas sa durée."""
    if profils.est_demandeur_de_longue_duree(personne, jour):
        return INSCRIT_LONG
    valables = [inscription for inscription in personne.inscriptions if inscription.vaut_le(jour)]
    if not valables:
        return NON_INSCRIT
    return INSCRIT_COURT if any(inscription.depuis for inscription in valables) else INSCRIT_SANS_DATE


def _apres(une: Participation, motifs: Mapping[int, str], a_six_mois: Mapping[int, Sortie]) -> tuple[str, str]:
    """La raison de la fin du dernier contrat, et la situation six mois plus tard : vide tant qu'elle n'est pas due."""
    motif = motifs.get(une.dernier.id, "")
    point = a_six_mois.get(une.dernier.id)
    return MotifFin(motif).label if motif else INCONNUE, _situation(point) if point else ""


def _situation(point: Sortie) -> str:
    if point.injoignable:
        return INJOIGNABLE
    return Situation(point.situation).label if point.situation else INCONNUE


def _jour(jour: datetime.date | None) -> str | None:
    return jour.isoformat() if jour else None
