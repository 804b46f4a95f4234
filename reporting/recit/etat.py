"""Ce que l'on savait d'une période, en mots : « Données validées jusqu'à septembre 2026 ; 12 mois à valider, 15 attendus »."""

import datetime
from collections import Counter
from collections.abc import Mapping

from reporting.donnees import CompletudeBilan, EtatDuMois
from reporting.lecture.completude import MANQUE, Etat
from socle.nombres import INSECABLE, mois_annee, nombre

_MOTS = {
    Etat.A_VALIDER: ("à valider", "à valider"),
    Etat.ATTENDU: ("attendu", "attendus"),
    Etat.ROUVERT: ("rouvert", "rouverts"),
    Etat.MANQUANT: ("jamais déclaré", "jamais déclarés"),
}


def completude_de(donnees: Mapping) -> CompletudeBilan | None:
    """Celle d'un bilan, si quelque chose y manque ; les premiers bilans ne la disaient pas."""
    lue = donnees.get("completude")
    return lue if lue and not lue["entiere"] else None


def en_court(completude: CompletudeBilan | None) -> str:
    """À côté de chaque graphique ; rien quand tout est là."""
    if completude is None:
        return ""
    if not completude["jusqu_a"]:
        return "Provisoire : aucun mois n’est encore validé pour l’essentiel."
    if completude["jusqu_a"] == completude["mois"][-1]["mois"]:
        return "Provisoire : tous les mois ne sont pas validés."
    return f"Provisoire : données validées jusqu’à {_nom(completude['jusqu_a'])}."


def en_entier(completude: CompletudeBilan | None) -> str:
    """En couverture, en tête d'une page : jusqu'où, et ce qui manque."""
    if completude is None:
        return ""
    return f"{en_court(completude).removesuffix('.')} ; {ce_qui_manque(completude) or 'la période n’est pas finie'}."


def ce_qui_manque(completude: CompletudeBilan) -> str:
    """« 12 mois à valider, 15 attendus, 1 rouvert » : un mois est celui d'un engagement."""
    return _compter(Counter({etat: sum(mois[str(etat)] for mois in completude["mois"]) for etat in MANQUE}))  # type: ignore[literal-required]  # les clés d'Etat


def mois_par_mois(completude: CompletudeBilan | None) -> list[str]:
    """« Octobre 2026 : 5 attendus sur 22 », pour chaque mois où il manque quelque chose ; puis ceux qui ne sont pas finis."""
    return [phrase for mois in (completude or {"mois": []})["mois"] if (phrase := _du_mois(mois))]


def _du_mois(mois: EtatDuMois) -> str:
    comptes = Counter({etat: mois[str(etat)] for etat in MANQUE})  # type: ignore[literal-required]  # les clés d'Etat
    nom = _nom(mois["mois"])
    nom = nom[0].upper() + nom[1:]
    if manque := _compter(comptes):
        return f"{nom} : {manque}, sur {nombre(comptes.total() + mois['valides'])}"
    return "" if mois["clos"] else f"{nom} : ce mois n’est pas fini"


def _compter(comptes: Counter[Etat]) -> str:
    dits: list[str] = []
    for etat in MANQUE:
        if combien := comptes[etat]:
            quoi = _MOTS[etat][combien > 1]
            mois = "" if dits else f"mois{INSECABLE}"
            dits.append(f"{nombre(combien)}{INSECABLE}{mois}{quoi}")
    return ", ".join(dits)


def _nom(cle: str) -> str:
    return mois_annee(datetime.date.fromisoformat(f"{cle}-01"))
