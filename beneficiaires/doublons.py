"""Cette personne est-elle déjà connue ? Accents, casse et ordre des noms pardonnés, dans la portée de qui demande."""

import datetime
from difflib import SequenceMatcher

from django.db.models import Q

from beneficiaires.models import Beneficiaire
from socle.texte import plier

RESSEMBLANCE = 0.8
MONTRES = 5


def doublons_possibles(acteur, nom: str, prenom: str, naissance: datetime.date | None) -> list[Beneficiaire]:
    """Les dossiers de sa portée au même nom, ou nés le même jour et au nom voisin ; jamais ceux d'une autre structure."""
    if not nom.strip() or not prenom.strip():
        return []
    cherche = _mots(f"{nom} {prenom}")
    memes_noms = Q(nom_plie=plier(f"{nom} {prenom}")) | Q(nom_plie=plier(f"{prenom} {nom}"))
    visibles = Beneficiaire.objects.visibles_par(acteur)
    candidats = visibles.filter(memes_noms | Q(date_naissance=naissance) if naissance else memes_noms)
    proches = [personne for personne in candidats.order_by("pk") if _ressemble(cherche, _mots(personne.nom_plie))]
    return proches[:MONTRES]


def _mots(texte: str) -> str:
    """Les mots d'un nom, sans traits d'union ni apostrophes, dans l'ordre alphabétique : l'ordre tapé n'importe pas."""
    return " ".join(sorted(plier(texte).replace("-", " ").replace("'", " ").split()))


def _ressemble(un: str, autre: str) -> bool:
    return un == autre or SequenceMatcher(None, un, autre).ratio() >= RESSEMBLANCE
