"""Ce qui se dit de la charte d'une opération : son objectif, ce qui y compte, et ses mesures."""

from reporting.calcul.arrondis import est_connue, grandeur, part_exacte
from reporting.donnees import Charte, DonneesBilan
from reporting.recit.ecriture import apostrophes, ecrite
from socle.nombres import INSECABLE, arrondir


def objectif(donnees: DonneesBilan) -> str:
    lue = donnees["charte"]
    if not lue or lue["objectif"] is None:
        return "L’opération n’a pas d’objectif chiffré : ses heures travaillées prévues et la part réservée ne sont pas dites."
    visees = (
        f"{lue['programme']} : {ecrite(lue['taux'])}{INSECABLE}% des {ecrite(lue['heures_travaillees'], 'h')} travaillées "
        f"prévues sont réservées à l’insertion, soit {ecrite(lue['objectif'], 'h')}."
    )
    return f"{visees} {_ce_qui_compte(lue)}" if lue.get("reservee") else visees


def _ce_qui_compte(lue: Charte) -> str:
    """Une charte réservée aux habitants ne compte que leurs heures ; ses quartiers se nomment, s'ils sont choisis."""
    noms = [apostrophes(nom) for nom in lue["quartiers"]]
    de = f"des quartiers de la charte ({', '.join(noms)})" if noms else "des quartiers prioritaires"
    return (
        f"Comptent les heures des habitants {de}, à leur domicile du début de chaque contrat ; celles des autres personnes "
        "sont montrées à part."
    )


def mesures(lue: Charte) -> tuple[tuple[str, str, str], ...]:
    """(valeur, ce qu'elle est, sa part) : l'objectif, ce qui en est fait, ce qui reste, ce qu'en font les habitants."""
    if lue.get("reservee"):
        return _mesures_reservees(lue)
    reste = max(grandeur(lue["objectif"]) - grandeur(lue["faites"]), arrondir(grandeur(0)))
    faites = f"{part_exacte(lue['faites'], lue['objectif'])} de l’objectif"
    des_quartiers = f"{part_exacte(lue['faites_qpv'], lue['faites'])} des heures faites"
    return (
        (ecrite(lue["objectif"], "h"), "Objectif", ""),
        (ecrite(lue["faites"], "h"), "Faites depuis le début", faites),
        (ecrite(float(reste), "h"), "Restent à faire", ""),
        (ecrite(lue["faites_qpv"], "h"), "Par des habitants des quartiers", des_quartiers),
    )


def _mesures_reservees(lue: Charte) -> tuple[tuple[str, str, str], ...]:
    reste = ecrite(lue["comptees"], "h")  # masquées, ce qui reste l'est aussi
    if est_connue(lue["comptees"]):
        manque = max(grandeur(lue["objectif"]) - grandeur(lue["comptees"]), arrondir(grandeur(0)))
        reste = ecrite(float(manque), "h")
    comptees = f"{part_exacte(lue['comptees'], lue['objectif'])} de l’objectif"
    return (
        (ecrite(lue["objectif"], "h"), "Objectif", ""),
        (ecrite(lue["comptees"], "h"), "Comptées dans l’objectif", comptees if est_connue(lue["comptees"]) else ""),
        (reste, "Restent à faire", ""),
        (ecrite(lue["hors"], "h"), "Faites par d’autres", "hors de l’objectif"),
    )
