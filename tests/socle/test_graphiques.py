"""Une courbe se lit sans aller-retour : le nom d'une ligne est là où elle finit."""

import re
from decimal import Decimal

from socle.graphiques import Serie, courbe

MOIS = [f"{rang:02d}/26" for rang in range(1, 13)]


def place(dessin: str, nom: str) -> tuple[float, float]:
    """L'abscisse et l'ordonnée d'un texte du dessin."""
    trouve = re.search(rf'<text[^>]*\bx="([\d.]+)"[^>]*\by="([\d.]+)"[^>]*>{nom}', dessin)
    assert trouve, dessin
    return float(trouve[1]), float(trouve[2])


def cumul(jusqu_a: int, par_mois: int) -> list[Decimal | None]:
    return [Decimal(rang * par_mois) if rang <= jusqu_a else None for rang in range(1, 13)]


def test_une_ligne_qui_s_arrete_en_chemin_se_nomme_la_ou_elle_s_arrete():
    dessin = courbe("essai", "Essai", MOIS, [Serie("Attendues", cumul(12, 100)), Serie("Faites", cumul(6, 60))])
    (x_attendues, _), (x_faites, y_faites) = place(dessin, "Attendues"), place(dessin, "Faites")
    assert x_attendues > 520, "au bout du dessin"
    assert x_faites < 400, "près de son dernier point, en juin"
    assert y_faites > 150, "en retard, elle passe sous l'attendu : son nom aussi"


def test_en_avance_son_nom_passe_au_dessus():
    dessin = courbe("essai", "Essai", MOIS, [Serie("Attendues", cumul(12, 100)), Serie("Faites", cumul(6, 190))])
    x_faites, y_faites = place(dessin, "Faites")
    assert x_faites < 300 and y_faites < 60
