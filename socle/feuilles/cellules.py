"""Ce qu'un tableur met dans une cellule : un texte, un nombre, un booléen, une date, une heure ou une durée."""

import datetime

from socle.texte import masquer_le_numero_national, nettoyer

SECONDES_PAR_HEURE = 3600
LONGUEUR_MONTREE = 200
ENTIER_SUR = 1e15  # au-delà, un nombre de tableur a perdu des chiffres


def montrer(brut) -> str:
    """La valeur telle que la personne la voit dans son tableur, pour le rapport."""
    if isinstance(brut, bool):
        return "VRAI" if brut else "FAUX"
    if isinstance(brut, float):
        return str(int(brut)) if brut.is_integer() and abs(brut) < ENTIER_SUR else repr(brut).replace(".", ",")
    if isinstance(brut, datetime.timedelta):
        heures, reste = divmod(int(brut.total_seconds()), SECONDES_PAR_HEURE)
        return f"{heures}:{reste // 60:02}"
    if isinstance(brut, datetime.time):
        return brut.strftime("%H:%M")
    if isinstance(brut, datetime.datetime):
        return brut.strftime("%d/%m/%Y %H:%M") if brut.time() != datetime.time() else brut.strftime("%d/%m/%Y")
    if isinstance(brut, datetime.date):
        return brut.strftime("%d/%m/%Y")
    # Masqué avant d'être coupé : un bout de numéro ne se reconnaît plus.
    return masquer_le_numero_national(str(brut))[:LONGUEUR_MONTREE]


def est_vide(brut) -> bool:
    """Rien dans la cellule, ou rien qui se voie : espaces, caractères sans largeur."""
    return isinstance(brut, str) and not nettoyer(brut).strip()
