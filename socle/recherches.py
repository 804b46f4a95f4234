"""Les recherches qui nomment quelqu'un : postées, gardées dans la session, désignées dans l'adresse par un repère.

Une adresse reste dans l'historique du navigateur, les journaux du serveur et du mandataire, l'en-tête Referer : le nom, la
naissance ou le courriel d'une personne n'y a pas sa place (ASVS 14.2.1). `?cherche=aB3x…` dit seulement laquelle des recherches
de cette session s'applique : la page suivante, le tri et l'export la retrouvent, et personne d'autre.
"""

from collections.abc import Collection, Mapping, Set

from django.http import HttpRequest, QueryDict
from django.utils.crypto import get_random_string

CLE_SESSION = "recherches"
PARAMETRE = "cherche"
GARDEES = 20  # par session, la plus ancienne cède sa place
LONGUEUR_MAX = 200


def confidentiels(filtres: Mapping[str, object]) -> set[str]:
    """Les champs d'un FiltreDomaine qui nomment quelqu'un."""
    return {nom for nom, filtre in filtres.items() if getattr(filtre, "confidentiel", False)}


def criteres_demandes(request: HttpRequest, prives: Collection[str]) -> QueryDict:
    """Ce que demande l'adresse, plus la recherche gardée qu'elle désigne ; un nom écrit dans l'adresse est ignoré."""
    demandes = sans_les_noms(request.GET, prives)
    if repere := demandes.get(PARAMETRE):
        gardee = request.session.get(CLE_SESSION, {}).get(repere, {})
        demandes.update({nom: valeur for nom, valeur in gardee.items() if nom in prives})
    return demandes


def sans_les_noms(parametres: QueryDict, prives: Collection[str]) -> QueryDict:
    copie = parametres.copy()
    for nom in prives:
        copie.pop(nom, None)
    return copie


def adresse_de_la_recherche(request: HttpRequest, *, connus: Set[str], prives: Collection[str]) -> str:
    """Garde les noms cherchés, et rend l'adresse où lire le résultat : les filtres connus, et le repère."""
    parametres = QueryDict(mutable=True)
    for nom in sorted(connus - set(prives)):
        if valeurs := [valeur for valeur in request.POST.getlist(nom) if valeur]:
            parametres.setlist(nom, valeurs)
    noms = {nom: valeur for nom in prives if (valeur := request.POST.get(nom, "").strip()[:LONGUEUR_MAX])}
    if noms:
        parametres[PARAMETRE] = _garder(request, noms)
    return f"{request.path}?{parametres.urlencode()}" if parametres else request.path


def _garder(request: HttpRequest, noms: Mapping[str, str]) -> str:
    gardees = request.session.get(CLE_SESSION, {})
    repere = next((ancien for ancien, autres in gardees.items() if autres == noms), None) or get_random_string(12)
    recentes = [*((ancien, autres) for ancien, autres in gardees.items() if ancien != repere), (repere, dict(noms))]
    request.session[CLE_SESSION] = dict(recentes[-GARDEES:])
    return repere
