"""Quelle commune un texte désigne : le seul lecteur, pour les formulaires, les listes, le classeur et les données publiques.

Compris : « 50129 », « 1004 » (zéro mangé par un tableur), « 50129.0 », « cherbourg en cotentin », « Cherbourg-en-Cotentin
(50129) », « 50110 Tourlaville », « Équeurdreville », « Paris 12e », « Valog », « 50700 » s'il est seul. Le nom
et le code d'aujourd'hui l'emportent sur ceux d'avant, un nom entier sur un nom tapé en partie.
"""

import re
from collections.abc import Iterable

from django.core.exceptions import ValidationError

from territoires.models import Commune
from territoires.querysets import SAISIE_MAX, compacter, mots

CHOIX_MONTRES = 8
NOMS_PAR_FICHIER = 1_000  # chacun se cherche en quelques requêtes : au-delà, le fichier n'est pas une liste de communes
_ENTIER_DE_TABLEUR = re.compile(r"(\d{4,5})(?:\.0+)?")
_CEDEX = re.compile(r"\bcedex\b.*", re.IGNORECASE)


def designer(texte: object, *, parmi=None) -> Commune:
    """La commune que ce texte désigne, parmi celles de `parmi` (toutes à défaut).

    Lève `ValidationError` : « inconnue », ou « ambigue » avec les codes INSEE entre lesquels choisir.
    """
    communes = Commune.objects.all() if parmi is None else parmi
    saisie = _nettoyer(str(texte))
    trouvees = _trouver(communes, saisie) if len(saisie) <= SAISIE_MAX else []
    if len(trouvees) == 1:
        return trouvees[0]
    if not trouvees:
        raise ValidationError(
            "Commune inconnue : « %(saisie)s ». Tapez son nom, son code INSEE ou son code postal.",
            code="inconnue",
            params={"saisie": saisie[:80]},
        )
    raise ValidationError(
        "Plusieurs communes répondent à « %(saisie)s » : précisez le nom, ou tapez le code INSEE. %(choix)s",
        code="ambigue",
        params={"saisie": saisie[:80], "choix": _enumerer(trouvees)},
    )


def designer_toutes(textes: Iterable[str]) -> dict[str, Commune | ValidationError]:
    """{texte: commune, ou ce qui s'y oppose} de tout un fichier. Les codes INSEE se lisent d'un bloc, et d'abord."""
    demandes = set(textes)
    codes = {texte: _nettoyer(texte).upper() for texte in demandes}
    connues = Commune.objects.par_codes(codes.values())
    designees: dict[str, Commune | ValidationError] = {t: connues[codes[t]] for t in demandes if codes[t] in connues}
    for rang, texte in enumerate(sorted(demandes - designees.keys())):
        try:
            designees[texte] = designer(texte) if rang < NOMS_PAR_FICHIER else _trop_de_noms()
        except ValidationError as refus:
            designees[texte] = refus
    return designees


def _trop_de_noms() -> ValidationError:
    return ValidationError(
        f"Ce fichier désigne plus de {NOMS_PAR_FICHIER} communes autrement que par leur code INSEE : écrivez les codes."
    )


def est_nommee(commune: Commune, texte: str) -> bool:
    """Ce texte (une adresse entière) dit-il cette commune ? Un code postal décide ; à défaut, l'un de ses noms en entier."""
    dits = mots(texte[: 2 * SAISIE_MAX])
    if postaux := {mot for mot in dits if len(mot) == 5 and mot.isdigit()}:
        return bool(postaux.intersection(commune.liste_codes_postaux))
    portes = [commune.nom, *(autre.nom for autre in commune.autres_noms.all())]
    return any(f" {' '.join(mots(porte))} " in f" {' '.join(dits)} " for porte in portes)


def _nettoyer(texte: str) -> str:
    """Une ligne, le code d'un tableur rétabli ; un texte démesuré n'est pas lu au-delà de ce qu'il faut pour le refuser."""
    saisie = " ".join(texte[: 2 * SAISIE_MAX].split())
    entier = _ENTIER_DE_TABLEUR.fullmatch(saisie)
    return entier[1].zfill(5) if entier else saisie


def _trouver(communes, saisie: str) -> list[Commune]:
    code, nom = decouper(saisie)
    if not code:
        exactes = list(communes.de_nom(nom)) or communes.d_autre_nom(nom)
        entieres = exactes or communes.commencant_par(nom) or communes.d_autre_nom_commencant_par(nom)
        return entieres or communes.commencant_par_les_lettres(nom)
    actuelle = communes.filter(code_insee=code).first()
    if actuelle and nom and _porte_ce_nom(actuelle, nom):
        return [actuelle]
    possibles = {commune.pk: commune for commune in communes.de_code_postal(code)}
    if actuelle:
        possibles[actuelle.pk] = actuelle
    elif not possibles and (ancienne := communes.de_code(code)):
        return [ancienne]
    return [commune for commune in possibles.values() if not nom or _porte_ce_nom(commune, nom)]


def decouper(saisie: str) -> tuple[str, str]:
    """(code, nom) d'une saisie : « Nom (50129) » et « 50129 Nom » portent les deux, sinon l'un des deux est vide."""
    parties = _CEDEX.sub("", saisie).replace("(", " ").replace(")", " ").split()
    codes = [partie.upper() for partie in (parties[0], parties[-1]) if _est_un_code(partie)] if parties else []
    code = next(iter(codes), "")
    return code, " ".join(partie for partie in parties if partie.upper() != code)


def _est_un_code(texte: str) -> bool:
    return len(texte) == 5 and texte[2:].isdigit() and (texte[:2].isdigit() or texte[:2].upper() in ("2A", "2B"))


def _porte_ce_nom(commune: Commune, nom: str) -> bool:
    """Le nom d'aujourd'hui, l'un des autres, ou leurs premiers mots."""
    demandes = mots(nom)
    portes = [commune.nom, *(autre.nom for autre in commune.autres_noms.all())]
    return any(compacter(porte) == compacter(nom) or mots(porte)[: len(demandes)] == demandes for porte in portes)


def _enumerer(communes: list[Commune]) -> str:
    montrees = ", ".join(f"{commune.nom} : {commune.code_insee}" for commune in communes[:CHOIX_MONTRES])
    reste = len(communes) - CHOIX_MONTRES
    return f"{montrees}… et {reste} autres." if reste > 0 else f"{montrees}."
