"""Ce qui se dit de l'angle d'un financeur : ses personnes croisées, et ce qu'elles sont devenues."""

from collections.abc import Callable

from parcours.enums import FamilleSortie
from parcours.sorties import DYNAMIQUES
from reporting.calcul.arrondis import est_connue, grandeur, part_exacte
from reporting.donnees import DonneesBilan, Part
from reporting.recit.ecriture import accord, ecrite, majuscule, minuscule


def de_l_angle(cle: str, qui: str) -> Callable[[DonneesBilan], str]:
    """« Le groupe le plus nombreux : hommes, 40 sur 66 (60,6 %). » Le total n'est jamais celui de tous les bénéficiaires."""

    def dire(donnees: DonneesBilan) -> str:
        lue = donnees["repartitions"][cle]
        total = lue["total"]
        if est_connue(total) and not grandeur(total):
            return f"Aucun des bénéficiaires n’est parmi les {qui} {donnees['periode']['situee']}."
        connues = [part for part in lue["parts"] if grandeur(part["valeur"])]
        if not (est_connue(total) and connues):
            return majuscule(CROISEMENT_MASQUE)
        premiere: Part = max(connues, key=lambda part: grandeur(part["valeur"]))
        part = part_exacte(premiere["valeur"], total)
        return f"Le groupe le plus nombreux : {minuscule(premiere['libelle'])}, {ecrite(premiere['valeur'])} sur {ecrite(total)} ({part})."

    return dire


CROISEMENT_MASQUE = "les effectifs sont trop petits pour être croisés sans désigner quelqu’un."


def sorties_de_l_angle(cle: str) -> Callable[[DonneesBilan], str]:
    """« 26 sorties dynamiques sur 36 comptées (72,2 %) ; 40 situations connues », de l'angle seul."""

    def dire(donnees: DonneesBilan) -> str:
        lue = donnees["repartitions"][cle]
        if est_connue(lue["total"]) and not grandeur(lue["total"]):
            return f"Aucune situation n’est connue à ce terme {donnees['periode']['situee']}."
        parts = {part["cle"]: part["valeur"] for part in lue["parts"]}
        if not est_connue(lue["total"]) or any(not est_connue(valeur) for valeur in parts.values()):
            return majuscule(CROISEMENT_MASQUE)
        dynamiques = sum(int(parts.get(famille) or 0) for famille in DYNAMIQUES)
        comptees = int(grandeur(lue["total"])) - int(parts.get(FamilleSortie.NEUTRALISEE) or 0)
        return (
            f"{accord(dynamiques, 'sortie dynamique', 'sorties dynamiques')} sur {accord(comptees, 'comptée', 'comptées')} "
            f"({part_exacte(dynamiques, comptees)}) ; {accord(lue['total'], 'situation connue', 'situations connues')}."
        )

    return dire
