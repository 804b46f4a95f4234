"""Ce qu'est un petit effectif, comment il s'écrit, et les cases qui se protègent seules."""

from typing import Any

from reporting.donnees import Charte, Valeur

SEUIL = 5
PETIT = "< 5"
MASQUE = "masqué"
# En dessous, l'encadrement par les totaux est trop serré pour laisser une seule part de cinq ou plus.
TOTAL_SERRE = 2 * SEUIL


def est_petit(valeur: int) -> bool:
    return 0 < valeur < SEUIL


def proteger_une_part(valeur: int, total: int) -> Valeur:
    """Un « dont » : petit, ou dont le complément l'est. Sur cinq personnes, « < 5 » laisserait lire que ce sont toutes."""
    if total == SEUIL:
        return MASQUE if valeur else 0
    if est_petit(valeur):
        return PETIT
    return MASQUE if est_petit(total - valeur) or (valeur and total < TOTAL_SERRE) else valeur


def masquer_la_charte(charte: Charte, heures_qpv: Valeur) -> None:
    """Les heures des habitants se cachent avec eux : ceux de la période, et ceux que la charte compte depuis le début."""
    if isinstance(heures_qpv, str):
        charte["faites_qpv"] = MASQUE
    if "personnes" not in charte:
        return
    cachees = masquer_ce_qui_compte(charte)  # type: ignore[arg-type]  # les clés d'une ligne d'opération
    if not charte["reservee"]:
        return
    if cachees or charte["faites_qpv"] == MASQUE:
        charte["comptees"] = charte["hors"] = charte["faites_qpv"] = MASQUE
    elif charte["faites_qpv"] != charte["comptees"]:
        charte["faites_qpv"] = MASQUE  # celles des autres quartiers, par différence


def masquer_ce_qui_compte(ligne: dict[str, Any]) -> bool:
    """Les heures comptées d'une opération se cachent avec ceux qui les ont faites ; vrai si elles le sont."""
    habitants, personnes = int(ligne["habitants"] or 0), int(ligne["personnes"] or 0)
    ligne["personnes"] = PETIT if est_petit(personnes) else personnes
    if not ligne["reservee"]:
        ligne["habitants"] = ligne["personnes"]
        return False
    ligne["habitants"] = PETIT if est_petit(personnes) else proteger_une_part(habitants, personnes)
    if isinstance(ligne["habitants"], str):
        ligne["comptees"] = ligne["hors"] = MASQUE
        return True
    return False
