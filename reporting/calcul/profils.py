"""Le profil d'une personne à une date : âge, niveau, critères, quartier. Ce qui change ensuite ne réécrit rien."""

import datetime
from collections.abc import Iterable, Mapping

from beneficiaires import publics
from beneficiaires.enums import CodeCritere, NiveauFormation
from reporting.lecture.releve import Domicile, Fait, Personne, Quartier
from socle.periodes import age, ajouter_mois
from territoires.enums import est_d_outre_mer, millesime_en_vigueur

MOIS_LONGUE_DUREE = 12


def dernier_valable[F: Fait](faits: Iterable[F], jour: datetime.date) -> F | None:
    """Le fait en vigueur ce jour-là : si plusieurs le sont, le plus récemment commencé l'emporte, puis le dernier saisi."""
    valables = [fait for fait in faits if fait.vaut_le(jour)]
    return max(valables, key=_rang, default=None)


def _rang(fait: Fait) -> tuple[datetime.date, int]:
    return fait.depuis or datetime.date.min, fait.id


def a_moins_de_26_ans(personne: Personne, jour: datetime.date) -> bool:
    return age(personne.date_naissance, jour) < 26


def a_50_ans_ou_plus(personne: Personne, jour: datetime.date) -> bool:
    return age(personne.date_naissance, jour) >= 50


def niveau(personne: Personne, jour: datetime.date) -> str:
    """Le niveau connu ce jour-là, ou une chaîne vide."""
    fait = dernier_valable(personne.niveaux, jour)
    return fait.valeur if fait else ""


def est_sans_qualification(personne: Personne, jour: datetime.date) -> bool:
    """Niveau inférieur au niveau 3 : ni CAP ni BEP. Un niveau inconnu n'est pas une absence de qualification."""
    return niveau(personne, jour) == NiveauFormation.AUCUN


def criteres(personne: Personne, jour: datetime.date) -> frozenset[str]:
    """Les critères valides ce jour-là."""
    return frozenset(fait.valeur for fait in personne.criteres if fait.vaut_le(jour))


def a_le_critere(personne: Personne, code: CodeCritere, jour: datetime.date) -> bool:
    return any(fait.valeur == code and fait.vaut_le(jour) for fait in personne.criteres)


def public_principal(personne: Personne, jour: datetime.date) -> str:
    """Le public dont elle relevait ce jour-là, selon la règle de l'éligibilité, ou une chaîne vide."""
    vrais = [fait for fait in personne.criteres if fait.vaut_le(jour)]
    marques = sorted((fait for fait in personne.principaux if fait.vaut_le(jour)), key=_rang, reverse=True)
    return publics.public_principal(
        {fait.valeur for fait in vrais},
        [fait.valeur for fait in marques],
        personne.date_naissance,
        [fait.depuis for fait in personne.inscriptions if fait.depuis and fait.vaut_le(jour)],
        jour,
    )


def est_demandeur_de_longue_duree(personne: Personne, jour: datetime.date) -> bool:
    """Inscrite depuis 12 mois ou plus, et encore inscrite ce jour-là.

    Seule une inscription datée le prouve : ni le critère DELD coché sans date, ni une inscription sans début ne comptent.
    """
    return any(
        fait.depuis is not None and fait.vaut_le(jour) and ajouter_mois(fait.depuis, MOIS_LONGUE_DUREE) <= jour
        for fait in personne.inscriptions
    )


def quartier(personne: Personne, jour: datetime.date) -> Quartier | None:
    """Le quartier prioritaire du domicile, dans la géographie en vigueur ce jour-là. « À vérifier » ne compte pas."""
    return quartier_des_domiciles(personne.domiciles, jour)


def quartier_des_domiciles(domiciles: Iterable[Domicile], jour: datetime.date) -> Quartier | None:
    domicile = dernier_valable(domiciles, jour)
    return quartier_en_vigueur(domicile.quartiers, jour) if domicile else None


def quartier_en_vigueur(quartiers: Mapping[int, Quartier], jour: datetime.date) -> Quartier | None:
    """Celui des quartiers d'un domicile qui vaut ce jour-là : l'outre-mer n'a changé de géographie qu'un an après."""
    outre_mer = any(est_d_outre_mer(quartier.code) for quartier in quartiers.values())
    return quartiers.get(millesime_en_vigueur(jour, outre_mer=outre_mer))
