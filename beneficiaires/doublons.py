"""Cette personne est-elle déjà connue ? Accents, casse et ordre des noms pardonnés, dans la portée de qui demande."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from functools import reduce
from operator import or_

from django.db.models import Q

from beneficiaires.models import Beneficiaire
from socle.plis import compacter
from socle.texte import plier

RESSEMBLANCE, RESSEMBLANCE_SANS_NAISSANCE = 0.8, 0.88
MONTRES = 5
DEBUT, LUS_AU_PLUS = 3, 2000


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
    visibles = Beneficiaire.objects.visibles_par(acteur).reconnaissables()
    connus = _Connus(visibles.filter(Q(nom_plie__compact__in=noms) | Q(date_naissance__in=naissances)).order_by("pk"))
    return [connus.proches(*personne)[:MONTRES] for personne in personnes]


class _Connus:
    """Des dossiers rangés par nom et par naissance : mille lignes d'un classeur ne se comparent pas deux à deux."""

    def __init__(self, dossiers: Iterable[Beneficiaire]):
        self.par_nom: dict[str, list[Beneficiaire]] = defaultdict(list)
        self.par_naissance: dict[datetime.date, list[Beneficiaire]] = defaultdict(list)
        for dossier in dossiers:
            self.par_nom[compacter(dossier.nom_plie)].append(dossier)
            self.par_naissance[dossier.date_naissance].append(dossier)

    def proches(self, nom: str, prenom: str, naissance: datetime.date | None) -> list[Beneficiaire]:
        """Ceux du même nom, puis ceux nés le même jour dont le nom est à une faute près."""
        if not nom.strip() or not prenom.strip():
            return []
        memes = {dossier.pk: dossier for ecrit in sorted(_ecrits(nom, prenom)) for dossier in self.par_nom[ecrit]}
        cherche = _mots(f"{nom} {prenom}")
        voisins = {
            dossier.pk: dossier
            for dossier in (self.par_naissance[naissance] if naissance else ())
            if _ressemble(cherche, _mots(dossier.nom_plie))
        }
        return [dossier for _, dossier in sorted((memes | voisins).items())]


def dossiers_au_nom_voisin(acteur, nom: str, prenom: str) -> list[Beneficiaire]:
    """Pour une personne annoncée sans naissance : les dossiers au même nom, ou à une faute près, les plus proches d'abord.

    Une faute dans les deux débuts à la fois échappe : on ne relit que les dossiers dont le nom ou le prénom commence pareil.
    """
    debuts = {compacter(plier(mot))[:DEBUT] for mot in (nom, prenom)} - {""}
    if not nom.strip() or not prenom.strip():
        return []
    candidats = Beneficiaire.objects.visibles_par(acteur).reconnaissables()
    lus = candidats.filter(
        reduce(or_, (Q(nom_plie__startswith=debut) | Q(nom_plie__contains=f" {debut}") for debut in debuts))
    )
    cherche = _mots(f"{nom} {prenom}")
    notes = [(_proximite(cherche, _mots(dossier.nom_plie)), dossier) for dossier in lus.order_by("pk")[:LUS_AU_PLUS]]
    proches = sorted((note, -dossier.pk) for note, dossier in notes if note >= RESSEMBLANCE_SANS_NAISSANCE)
    par_cle = {dossier.pk: dossier for _, dossier in notes}
    return [par_cle[-cle] for _, cle in reversed(proches)][:MONTRES]


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
    return _proximite(un, autre) >= RESSEMBLANCE


def _proximite(un: str, autre: str) -> float:
    return SequenceMatcher(None, un, autre).ratio()
