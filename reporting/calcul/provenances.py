"""D'où viennent les personnes, et à quels métiers vont les heures : des noms, les plus fournis d'abord. Aucun ORM."""

from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal

from reporting.calcul import profils
from reporting.calcul.indicateurs import GenreLigne, LigneSource, Resultat, heures_par
from reporting.lecture.releve import Contrat, Releve

AUTRES, NON_RENSEIGNE = "autres", "non_renseigne"
NOMS_MAX = 15  # au-delà, une liste ne se lit plus : les moins fournis se disent ensemble


def prescripteurs(releve: Releve) -> Resultat:
    """Les bénéficiaires par prescripteur du dossier."""
    return _par_personne(releve, lambda personne, entree: releve.personnes[personne].prescripteur)


def communes(releve: Releve) -> Resultat:
    """Les bénéficiaires par commune, au domicile du contrat d'entrée."""
    return _par_personne(releve, lambda personne, entree: _commune(releve, personne, entree))


def metiers(releve: Releve) -> Resultat:
    """Les heures par métier du poste ; sans poste, par corps de métier du lot."""
    resultat = heures_par(releve, lambda contrat: contrat.metier or NON_RENSEIGNE)
    return _les_premiers(resultat.genre, resultat.lignes)


def habitants_par_commune(releve: Releve) -> Counter[str]:
    """Parmi eux, ceux qui habitent un quartier prioritaire : le masque en tient compte."""
    noms = {ligne.id: ligne.groupe for ligne in communes(releve).lignes}
    return Counter(
        noms[cle]
        for cle, entree in releve.entrees.items()
        if profils.quartier(releve.personnes[cle], entree.debut) is not None
    )


def _commune(releve: Releve, personne: int, entree: Contrat) -> str:
    domicile = profils.dernier_valable(releve.personnes[personne].domiciles, entree.debut)
    return domicile.commune if domicile else ""


def _par_personne(releve: Releve, nom: Callable[[int, Contrat], str]) -> Resultat:
    lignes = (LigneSource(cle, 1, nom(cle, entree) or NON_RENSEIGNE) for cle, entree in sorted(releve.entrees.items()))
    return _les_premiers(GenreLigne.PERSONNE, lignes)


def _les_premiers(genre: GenreLigne, lignes: Iterable[LigneSource]) -> Resultat:
    lignes = tuple(lignes)
    totaux: Counter[str] = Counter()
    for ligne in lignes:
        totaux[ligne.groupe] += Decimal(ligne.poids)  # type: ignore[assignment]  # des heures s'y comptent aussi
    ranges = sorted(totaux, key=lambda nom: (-totaux[nom], nom))
    gardes = set(ranges if len(ranges) <= NOMS_MAX + 1 else ranges[:NOMS_MAX])
    return Resultat.ventile(genre, (une if une.groupe in gardes else une._replace(groupe=AUTRES) for une in lignes))
