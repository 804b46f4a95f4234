"""Cette personne est-elle déjà connue ? Accents, casse et ordre des noms pardonnés, dans la portée de qui demande."""

import datetime
from collections.abc import Sequence
from difflib import SequenceMatcher

from django.db.models import Q

from beneficiaires.models import Beneficiaire
from socle.plis import compacter
from socle.texte import plier

RESSEMBLANCE = 0.8
MONTRES = 5


def doublons_possibles(acteur, nom: str, prenom: str, naissance: datetime.date | None) -> list[Beneficiaire]:
    """Les dossiers de sa portée au même nom, ou nés le même jour et au nom voisin ; jamais ceux d'une autre structure."""
    return doublons_de_plusieurs(acteur, [(nom, prenom, naissance)])[0]


def doublons_de_plusieurs(
    acteur, personnes: Sequence[tuple[str, str, datetime.date | None]]
) -> list[list[Beneficiaire]]:
    """Pour chaque (nom, prénom, naissance), les dossiers qui lui ressemblent ; une seule lecture de la base."""
    nommees = [(nom, prenom, ne_le) for nom, prenom, ne_le in personnes if nom.strip() and prenom.strip()]
    if not nommees:
        return [[] for _ in personnes]
    noms = {ecrit for nom, prenom, _ in nommees for ecrit in _ecrits(nom, prenom)}
    naissances = {ne_le for _, _, ne_le in nommees if ne_le}
    visibles = Beneficiaire.objects.visibles_par(acteur)
    candidats = list(visibles.filter(Q(nom_plie__compact__in=noms) | Q(date_naissance__in=naissances)).order_by("pk"))
    return [_proches(candidats, *personne)[:MONTRES] for personne in personnes]


def _proches(candidats: list[Beneficiaire], nom: str, prenom: str, naissance: datetime.date | None) -> list:
    if not nom.strip() or not prenom.strip():
        return []
    cherche, noms = _mots(f"{nom} {prenom}"), _ecrits(nom, prenom)
    return [
        candidat
        for candidat in candidats
        if compacter(candidat.nom_plie) in noms
        or (candidat.date_naissance == naissance and _ressemble(cherche, _mots(candidat.nom_plie)))
    ]


def _ecrits(nom: str, prenom: str) -> set[str]:
    """Les deux ordres d'un même nom, d'un seul tenant : « Le Goff Yann » et « Yann Legoff » sont la même personne."""
    return {compacter(plier(f"{nom} {prenom}")), compacter(plier(f"{prenom} {nom}"))}


def signature(nom: str, prenom: str) -> str:
    """Un même nom, quels qu'en soient l'ordre, les accents et les espaces, a une même signature."""
    return min(_ecrits(nom, prenom))


def _mots(texte: str) -> str:
    """Les mots d'un nom, sans traits d'union ni apostrophes, dans l'ordre alphabétique : l'ordre tapé n'importe pas."""
    return " ".join(sorted(plier(texte).replace("-", " ").replace("'", " ").split()))


def _ressemble(un: str, autre: str) -> bool:
    return SequenceMatcher(None, un, autre).ratio() >= RESSEMBLANCE
