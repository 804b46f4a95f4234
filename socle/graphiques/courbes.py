"""La courbe d'une évolution, dans le temps."""

from collections.abc import Sequence

from django.utils.safestring import SafeString

from socle.graphiques.barres import axe, dire, marge_gauche, nommer
from socle.graphiques.dessin import COULEURS, ECRAN, Rendu, Serie, Toile, ecarter, graduations, maximum
from socle.nombres import nombre

POINTILLES = (None, "7 4", "2 3", "9 3 2 3")
MARQUES = 4  # rond, carré, losange, triangle : la forme du point redit la série


def courbe(
    cle: str,
    titre: str,
    categories: Sequence[str],
    series: Sequence[Serie],
    *,
    unite: str = "",
    hauteur: int = 240,
    rendu: Rendu = ECRAN,
) -> SafeString:
    """Une ligne par série, ses points marqués, son nom au bout de la ligne. Une valeur absente coupe la ligne."""
    marches = graduations(maximum(valeur for serie in series for valeur in serie.valeurs))
    toile = Toile(cle, titre, rendu, hauteur)
    gauche = marge_gauche(rendu, marches)
    bouts = [_au_bout(serie) for serie in series] if len(series) > 1 else []
    droite = rendu.largeur - max((rendu.mesure(bout) for bout in bouts), default=0) - 14
    haut, bas = rendu.taille * 1.8, hauteur - rendu.taille * 1.7
    axe(toile, marches, gauche, haut, bas)
    if len(marches) == 1:
        toile.rien((rendu.largeur + gauche) / 2, (haut + bas) / 2)
        return toile.rendre()
    pas = (droite - gauche) / len(categories)
    nommer(toile, categories, gauche, pas)
    fins: list[tuple[float, str]] = []
    for rang, serie in enumerate(series):
        points = [
            (gauche + pas * (i + 0.5), bas - (bas - haut) * float(valeur) / marches[-1], valeur)
            for i, valeur in enumerate(serie.valeurs)
            if valeur is not None
        ]
        _ligne(toile, rang, serie, gauche, pas, bas, haut, marches[-1])
        for x, y, valeur in points:
            _marque(toile, rang, x, y)
            if len(series) == 1 and rendu.mesure(nombre(valeur), 0.93) <= pas:
                toile.texte(x, y - 10, nombre(valeur), ancre="middle", gras=True, echelle=0.93)
        if points and bouts:
            fins.append((points[-1][1], bouts[rang]))
    _nommer(toile, fins, droite + 4, haut, bas)
    dire(toile, categories, series, unite)
    return toile.rendre()


def _au_bout(serie: Serie) -> str:
    """Le nom de la série et sa dernière valeur : « Femmes 31 »."""
    connues = [valeur for valeur in serie.valeurs if valeur is not None]
    return f"{serie.nom} {nombre(connues[-1])}" if connues else serie.nom


def _ligne(toile: Toile, rang: int, serie: Serie, gauche: float, pas: float, bas: float, haut: float, sommet: float):
    chemin, leve = [], True
    for i, valeur in enumerate(serie.valeurs):
        if valeur is None:
            leve = True
            continue
        x, y = gauche + pas * (i + 0.5), bas - (bas - haut) * float(valeur) / sommet
        chemin.append(f"{'M' if leve else 'L'}{x:.2f},{y:.2f}")
        leve = False
    if chemin:
        toile.forme(
            "path",
            class_=f"trait-{rang % len(COULEURS) + 1}",
            d="".join(chemin),
            fill="none",
            stroke=COULEURS[rang % len(COULEURS)],
            stroke_width="2.5",
            stroke_dasharray=POINTILLES[rang % len(POINTILLES)],
            stroke_linejoin="round",
        )


def _marque(toile: Toile, rang: int, x: float, y: float) -> None:
    peinture = {"class_": f"serie-{rang % len(COULEURS) + 1}", "fill": COULEURS[rang % len(COULEURS)]}
    peinture |= {"stroke": toile.rendu.encre, "stroke_width": "0.6"}
    forme = rang % MARQUES
    if forme == 0:
        toile.forme("circle", cx=x, cy=y, r=4.5, **peinture)
    elif forme == 1:
        toile.forme("rect", x=x - 4, y=y - 4, width=8, height=8, **peinture)
    elif forme == 2:
        toile.forme("path", d=f"M{x:.2f},{y - 5.5:.2f}l5.5,5.5l-5.5,5.5l-5.5,-5.5z", **peinture)
    else:
        toile.forme("path", d=f"M{x:.2f},{y - 5:.2f}l5.5,9.5h-11z", **peinture)


def _nommer(toile: Toile, fins: list[tuple[float, str]], x: float, haut: float, bas: float) -> None:
    """Le nom de chaque série au bout de sa ligne, écartés pour ne pas se toucher."""
    fins = sorted(fins)
    hauteurs = ecarter([y for y, _ in fins], [toile.rendu.taille * 1.25] * len(fins), haut - 10, bas + 10)
    for y, (_, nom) in zip(hauteurs, fins, strict=True):
        toile.texte(x, y + toile.rendu.taille * 0.34, nom, gras=True)
