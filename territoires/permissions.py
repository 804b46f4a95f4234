from socle.regles import OUI, Verdict, non
from territoires.enums import ROLE_ADMINISTRATEUR, ROLE_RESPONSABLE


def peut_definir_territoire(acteur, structure) -> Verdict:
    """L'administrateur, ou le responsable de la structure, dit quelles communes elle couvre."""
    if acteur.role == ROLE_ADMINISTRATEUR:
        return OUI
    if acteur.role == ROLE_RESPONSABLE and acteur.organisation == structure:
        return OUI
    return non("Seul le responsable de la structure, ou l'administrateur, définit son territoire.")


def peut_charger_les_quartiers(acteur) -> Verdict:
    """L'administrateur, tous ; le responsable d'une structure, ceux de ses communes (`services.charger_quartiers`)."""
    if acteur.role in (ROLE_ADMINISTRATEUR, ROLE_RESPONSABLE):
        return OUI
    return non("Seul un responsable de structure, ou l'administrateur, charge les contours des quartiers.")
