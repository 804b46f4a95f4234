"""Deux personnes remplissent le même formulaire : la seconde voit ce que la première a enregistré, et ne perd rien.

Ce que montre un formulaire est un dictionnaire {nom du champ: valeur} ; sa version en est l'empreinte, champ par champ. Elle
voyage, cachée, avec la page. Sous le verrou, les valeurs relues disent quels champs ont bougé depuis : `exiger_version` lève
alors `VersionDepassee`, et `form.reporter(refus)` garde ce qui est tapé et dit, à côté de chaque champ, ce qui est désormais
enregistré. La page repart avec la nouvelle version : le second envoi se fait en connaissance de cause.

Une version peut aussi se dire (`version_dite`) : elle garde, signés, les mots de ce qui était montré, et le refus donne alors
l'avant et l'après de chaque champ (`changements`).

`EditionView` le fait pour tout formulaire qui modifie un objet ; les heures d'un mois, qui sont plusieurs lignes, le font dans
leur service (`socle.forms.FormulaireVersionne`). Des valeurs qui ne sont pas au formulaire (un état) peuvent en être : leur
écart se dit en tête.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core import signing
from django.db import models

from socle.regles import RegleViolee

CHAMP_VERSION = "version"
DEPASSEE = (
    "Quelqu'un a enregistré entre-temps. Ce que vous avez tapé est gardé ; à côté, ce qui est enregistré désormais. "
    "Relisez, puis enregistrez à nouveau."
)
DITE, SEL = "d", "socle.version"
_NOM, _VALEUR = 6, 8  # en caractères hexadécimaux : de quoi distinguer deux champs d'une page, deux valeurs d'un champ


@dataclass(frozen=True, slots=True)
class Changement:
    """Ce qu'un autre a changé : le champ, ce que la page montrait, ce qui est enregistré ; vide, il n'y avait rien."""

    champ: str
    avant: str
    apres: str


class VersionDepassee(RegleViolee):
    """Ce qui est enregistré n'est plus ce que la personne avait sous les yeux.

    `valeurs` : tout ce qui l'est désormais ; `ecarts` : les champs qui ont bougé vers autre chose que ce qui est tapé ;
    `changements` : leur avant et leur après, si la version montrée les dit.
    """

    def __init__(self, valeurs: Mapping[str, Any], ecarts: Collection[str], changements: Collection[Changement] = ()):
        super().__init__(DEPASSEE)
        self.valeurs, self.ecarts, self.changements = dict(valeurs), set(ecarts), list(changements)


def version_de(valeurs: Mapping[str, Any]) -> str:
    """L'empreinte de ce qui est montré. Une valeur vide ne compte pas ; 10 et 10,00 sont la même."""
    pleines = {nom: valeur for nom, valeur in valeurs.items() if not est_vide(valeur)}
    return "v" + "".join(sorted(_empreinte(nom, _NOM) + _empreinte(texte_de(v), _VALEUR) for nom, v in pleines.items()))


def version_dite(textes: Mapping[str, str]) -> str:
    """La même, qui garde les mots de ce qui est montré, {champ: texte} : signée, elle ne s'invente pas."""
    return DITE + signing.dumps(dict(textes), salt=SEL, compress=True)


def textes_montres(version: str) -> dict[str, str] | None:
    """Ce que disait une version dite ; rien si elle n'est pas lisible."""
    try:
        return signing.loads(version.removeprefix(DITE), salt=SEL) if version.startswith(DITE) else None
    except signing.BadSignature:
        return None


def exiger_version(
    vue: str,
    valeurs: Mapping[str, Any],
    saisie: Mapping[str, Any] | None = None,
    dire: Callable[[Mapping[str, Any]], dict[str, str]] | None = None,
) -> None:
    """À appeler sous le verrou. Sans version (appel sans formulaire), rien n'est exigé.

    Avec `saisie`, un champ qui a bougé vers ce qui est justement tapé n'est pas un écart. `dire` met en mots les valeurs d'une
    version dite, comme elle le fut : deux valeurs qui se disent pareil sont la même.
    """
    if not vue:
        return
    if dire is not None:
        _exiger_la_version_dite(textes_montres(vue), valeurs, dire(valeurs), dire(saisie or {}))
        return
    ecarts = set(_ecarts(vue, valeurs))
    if saisie is not None:
        ecarts = {nom for nom in ecarts if nom not in saisie or not sont_pareils(saisie[nom], valeurs.get(nom))}
    if ecarts:
        raise VersionDepassee(valeurs, ecarts)


def _exiger_la_version_dite(
    avant: dict[str, str] | None, valeurs: Mapping[str, Any], apres: dict[str, str], tapes: dict[str, str]
) -> None:
    """Une version illisible ne dit rien : elle n'arrête personne."""
    if avant is None:
        return
    changements = [
        Changement(champ, avant.get(champ, ""), apres.get(champ, ""))
        for champ in sorted(apres.keys() | avant.keys())
        if apres.get(champ, "") not in (avant.get(champ, ""), tapes.get(champ, ""))
    ]
    if changements:
        raise VersionDepassee(valeurs, {changement.champ for changement in changements}, changements)


def _ecarts(vue: str, valeurs: Mapping[str, Any]) -> Iterable[str]:
    montrees, enregistrees = _lire(vue), _lire(version_de(valeurs))
    for nom in valeurs:
        cle = _empreinte(nom, _NOM)
        if montrees.pop(cle, "") != enregistrees.get(cle, ""):
            yield nom
    yield from montrees  # ce qui était montré et n'existe plus (une ligne retirée)


def _lire(version: str) -> dict[str, str]:
    pas = _NOM + _VALEUR
    morceaux = (version[debut : debut + pas] for debut in range(1, len(version), pas))
    return {morceau[:_NOM]: morceau[_NOM:] for morceau in morceaux}


def _empreinte(texte: str, longueur: int) -> str:
    return hashlib.sha256(texte.encode()).hexdigest()[:longueur]


def est_vide(valeur: Any) -> bool:
    return valeur is None or valeur == "" or (isinstance(valeur, list | models.QuerySet) and not valeur)


def sont_pareils(une: Any, autre: Any) -> bool:
    return (est_vide(une) and est_vide(autre)) or texte_de(une) == texte_de(autre)


def texte_de(valeur: Any) -> str:
    """Un texte par valeur, qu'elle vienne de la base, d'un formulaire ou d'un autre : un objet est sa clé."""
    if isinstance(valeur, Decimal):
        return f"{valeur.normalize():f}"
    if isinstance(valeur, models.Model):
        return str(valeur.pk)
    if isinstance(valeur, list | tuple | set | models.QuerySet):
        return "\n".join(sorted(map(texte_de, valeur)))
    return "\n".join(str(valeur).splitlines())
