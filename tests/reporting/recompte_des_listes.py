"""Chaque liste d'un bilan, comparée à son recomptage : les colonnes de `RECOMPTEES`, une à une, et les lignes qui les composent."""

from collections import defaultdict
from decimal import Decimal

from reporting.donnees import DonneesBilan
from reporting.models import ObjectifAnnuel
from tests.reporting.recalcul_bilan import Tranche
from tests.reporting.recalcul_suivi import PROFILS, avis, cohorte, operations, profils_quartiers

RECOMPTEES: dict[str, tuple[str, ...]] = {
    "profils_quartiers": ("connus", "eligibles", "habitants", *PROFILS, "heures"),
    "operations": ("objectif", "comptees", "hors", "habitants", "personnes", "reservee"),
    "cohorte": ("dues", "connues", "comptees", "dynamiques"),
    "avis": ("nombre", "moyenne", "parts"),
    "objectifs": ("vise", "fait"),
    "reperes": ("ici",),
}
# Les lignes gardées pour comparer : leur nombre, ou leur somme, est la valeur d'une colonne.
GARDEES = {
    **{f"quartiers_{colonne}": ("profils_quartiers", colonne, "id") for colonne in ("connus", "eligibles")},
    **{f"cohorte_{colonne}": ("cohorte", colonne, "terme") for colonne in RECOMPTEES["cohorte"]},
    **{f"operations_{colonne}": ("operations", colonne, "id") for colonne in ("comptees", "habitants", "personnes")},
}
REPERES = {
    "Heures par bénéficiaire": ("heures_realisees", 1, Decimal("0.1")),
    "Contrats par bénéficiaire": ("contrats", 1, Decimal("0.01")),
    "Part des femmes": ("beneficiaires_femmes", 100, Decimal("0.1")),
    "Part des habitants des quartiers prioritaires": ("beneficiaires_qpv", 100, Decimal("0.1")),
}


def verifier_le_suivi(donnees: DonneesBilan, tranche: Tranche, chiffres: dict, ou: str) -> None:
    """Les listes des chapitres de la variante ; `chiffres` : ceux du recomptage."""
    recomptes = {
        "profils_quartiers": lambda: profils_quartiers(tranche),
        "operations": lambda: {str(cle): ligne for cle, ligne in operations(tranche).items()},
        "cohorte": lambda: cohorte(tranche),
        "avis": lambda: avis(tranche),
        "objectifs": lambda: _objectifs(donnees, tranche, chiffres),
    }
    for liste, recompter in recomptes.items():
        if liste in donnees:
            lues = {_cle(liste, ligne): _valeurs(liste, ligne) for ligne in donnees[liste]}
            attendues = {cle: _valeurs(liste, ligne) for cle, ligne in recompter().items()}
            assert lues == attendues, (ou, liste)
    for ligne in donnees.get("reperes", ()):
        mesure, fois, pas = REPERES[ligne["quoi"]]
        attendu = Decimal(chiffres[mesure][0]) * fois / chiffres["beneficiaires"][0]
        assert abs(_lire(ligne["ici"]) - attendu) <= pas / 2, (ou, ligne)


def _cle(liste: str, ligne: dict) -> str:
    match liste:
        case "cohorte":
            return ligne["terme"]
        case "avis":
            return f"{ligne['public']}|{ligne['question']}"
        case "objectifs":
            return ligne["cle"]
    return str(ligne["id"])


def _valeurs(liste: str, ligne: dict) -> dict:
    lues = {colonne: ligne[colonne] for colonne in RECOMPTEES[liste]}
    return {cle: float(v) if isinstance(v, Decimal | int | float) else v for cle, v in lues.items()}


def _objectifs(donnees: DonneesBilan, tranche: Tranche, chiffres: dict) -> dict[str, dict]:
    """Ceux de l'année civile, pour toute une structure."""
    annee = tranche.debut.year
    entiere = (tranche.debut, tranche.fin) == (
        tranche.debut.replace(month=1, day=1),
        tranche.debut.replace(month=12, day=31),
    )
    if not entiere or tranche.restreint or len(tranche.structures) > 1:
        return {}
    vises = ObjectifAnnuel.objects.filter(annee=annee, structure__in=tranche.structures).order_by("pk")
    return {une.cle: {"vise": une.valeur, "fait": chiffres[une.cle][0]} for une in vises}


def _lire(texte: str) -> Decimal:
    """« 1 234,5 h », « 45,2 % »."""
    return Decimal("".join(signe for signe in texte if signe.isdigit() or signe == ",").replace(",", "."))


def verifier_les_lignes_comparees(gardees: dict, donnees: DonneesBilan) -> None:
    """Celles d'une liste en font les nombres ; celles de la charte d'une opération, les siens."""
    for cle, (liste, colonne, nom) in GARDEES.items():
        if liste in donnees:
            montres = {str(ligne[nom]): ligne[colonne] for ligne in donnees[liste] if ligne[colonne]}
            assert _sommes(gardees[cle]) == montres, cle
    if "avis" in donnees:
        nombres = {_cle("avis", ligne): ligne["nombre"] for ligne in donnees["avis"]}
        parts = [(_cle("avis", ligne), *part.rsplit(" : ", 1)) for ligne in donnees["avis"] for part in ligne["parts"]]
        assert _sommes(gardees["avis"]) == nombres
        assert _sommes(gardees["avis_notes"]) == {f"{q}|{court}": int(n) for q, court, n in parts if int(n)}
    if charte := donnees["charte"]:
        for colonne in ("comptees", "habitants", "personnes", "faites"):
            assert sum(_sommes(gardees[f"operations_{colonne}"]).values()) == charte[colonne], colonne


def _sommes(gardees: dict) -> dict[str, Decimal | float]:
    totaux: dict[str, Decimal] = defaultdict(Decimal)
    for _, poids, groupe in gardees["maintenant"]["lignes"]:
        totaux[groupe] += Decimal(str(poids))
    return {groupe: float(total) for groupe, total in totaux.items() if total}
