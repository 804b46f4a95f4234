"""Un motif que d'autres liront ne nomme personne."""

import re
from collections.abc import Iterable

from beneficiaires.models import Beneficiaire
from socle.plis import compacter
from socle.regles import RegleViolee
from socle.texte import plier

NOM_MINIMAL = 3  # « Le Goff » : « le » est aussi un mot


def exiger_sans_nom(texte: str, personnes: Iterable[Beneficiaire], champ: str) -> None:
    """Un motif que l'entreprise ou l'acheteur lira : aucune de ces personnes n'y est nommée."""
    mots = set(re.split(r"\W+", plier(texte)))
    ecrits = [plier(nom) for personne in personnes for nom in (personne.nom, personne.prenom)]
    noms = {mot for nom in ecrits for mot in (*re.split(r"\W+", nom), compacter(nom))}  # « Legoff » nomme aussi Le Goff
    if any(len(mot) >= NOM_MINIMAL for mot in mots & noms):
        raise RegleViolee("D'autres liront ce motif : n'y écrivez pas le nom d'une personne.", champ=champ)
