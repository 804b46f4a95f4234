"""La courbe d'une évolution, dans le temps."""

from collections.abc import Sequence

from django.utils.safestring import SafeString

from socle.graphiques.barres import axe, dire, marge_gauche, nommer
from socle.graphiques.dessin import (
    COULEURS,
    ECRAN,
    Bande,
    Rendu,
    Serie,
    Toile,
    Valeur,
    assembler,
    balise,
    ecarter,
    graduations,
    maximum,
)
from socle.nombres import nombre

POINTILLES = (None, "7 4", "2 3", "9 3 2 3")
MARQUES = 4  # rond, carré, losange, triangle : la forme du point redit la série
PAS_MARQUE = 13  # plus serrés, les points se touchent : seul le dernier se marque


def courbe(
    cle: str,
    titre: str,
    categories: Sequence[str],
    series: Sequence[Serie],
    *,
    unite: str = "",
    bande: Bande | None = None,
    hauteur: int = 240,
    rendu: Rendu = ECRAN,
) -> SafeString:
    """Une ligne par série, ses points marqués, son nom là où elle finit. Une valeur absente coupe la ligne.

    `bande` colore l'intervalle autour de la dernière série, dont elle prend la couleur.
    """
    valeurs = [valeur for serie in series for valeur in serie.valeurs]
    marches = graduations(maximum([*valeurs, *(bande.haut if bande else ())]))
    toile = Toile(cle, titre, rendu, hauteur)
    gauche = marge_gauche(rendu, marches)
    bouts = [_au_bout(serie) for serie in series] if len(series) > 1 else []
    arrivees = [bout for bout, serie in zip(bouts, series, strict=False) if _arrive_au_bout(serie)]
    droite = rendu.largeur - max((rendu.mesure(bout) for bout in arrivees), default=0) - 14
    haut, bas = rendu.taille * 1.8, hauteur - rendu.taille * 1.7
    axe(toile, marches, gauche, haut, bas)
    if len(marches) == 1:
        toile.rien((rendu.largeur + gauche) / 2, (haut + bas) / 2)
        return toile.rendre()
    pas = (droite - gauche) / len(categories)
    nommer(toile, categories, gauche, pas)
    if bande:
        _bande(toile, len(series) - 1, bande, gauche, pas, bas, haut, marches[-1])
    traces: list[list[tuple[float, float]]] = []
    for rang, serie in enumerate(series):
        points = [
            (gauche + pas * (i + 0.5), bas - (bas - haut) * float(valeur) / marches[-1], valeur)
            for i, valeur in enumerate(serie.valeurs)
            if valeur is not None
        ]
        _ligne(toile, rang, serie, gauche, pas, bas, haut, marches[-1])
        for x, y, valeur in points if pas >= PAS_MARQUE else points[-1:]:
            _marque(toile, rang, x, y)
            if len(series) == 1 and rendu.mesure(nombre(valeur), 0.93) <= pas:
                toile.texte(x, y - 10, nombre(valeur), ancre="middle", gras=True, echelle=0.93)
        traces.append([(x, y) for x, y, _ in points])
    if bouts:
        _nommer_les_lignes(toile, series, bouts, traces, gauche, droite, haut, bas)
    dire(toile, categories, series, unite)
    if bande:
        _dire_la_bande(toile, categories, bande, unite)
    return toile.rendre()


def _bande(
    toile: Toile, rang: int, bande: Bande, gauche: float, pas: float, bas: float, haut: float, sommet: float
) -> None:
    """L'intervalle, en aplat léger bordé de pointillés : il se voit aussi imprimé en gris."""

    def points(valeurs: Sequence[Valeur | None]) -> list[str]:
        return [
            f"{gauche + pas * (i + 0.5):.2f},{bas - (bas - haut) * float(valeur) / sommet:.2f}"
            for i, valeur in enumerate(valeurs)
            if valeur is not None
        ]

    dessus, dessous = points(bande.haut), points(bande.bas)
    rang %= len(COULEURS)
    toile.forme(
        "path",
        class_=f"serie-{rang + 1}",
        d=f"M{'L'.join([*dessus, *reversed(dessous)])}z",
        fill=COULEURS[rang],
        fill_opacity="0.22",
    )
    for bord in (dessus, dessous):
        toile.forme(
            "path",
            class_=f"trait-{rang + 1}",
            d=f"M{'L'.join(bord)}",
            fill="none",
            stroke=COULEURS[rang],
            stroke_dasharray="3 3",
        )


def _dire_la_bande(toile: Toile, categories: Sequence[str], bande: Bande, unite: str) -> None:
    suffixe = f" {unite}" if unite else ""
    bornes = ", ".join(
        f"{categorie} : {nombre(bas)} à {nombre(haut)}{suffixe}"
        for categorie, bas, haut in zip(categories, bande.bas, bande.haut, strict=True)
        if bas is not None and haut is not None
    )
    toile.phrases.append(f"{bande.nom} – {bornes}")


def etincelle(dit: str, valeurs: Sequence[Valeur], *, largeur: int = 96, hauteur: int = 24) -> SafeString:
    """Une petite suite de barres dans une ligne de tableau : la dernière à droite, un trait là où il n'y a rien.

    `dit` est la phrase qu'entend un lecteur d'écran.
    """
    sommet, pas = maximum(valeurs) or 1.0, largeur / max(len(valeurs), 1)
    formes = [
        balise("rect", x=rang * pas + 0.5, y=hauteur - haut, width=max(pas - 1.5, 1.0), height=haut)
        for rang, valeur in enumerate(valeurs)
        for haut in [max((hauteur - 1) * float(valeur) / sommet, 1.0)]
    ]
    return balise(
        "svg",
        assembler(formes),
        class_="etincelle",
        role="img",
        aria_label=dit,
        viewBox=f"0 0 {largeur} {hauteur}",
        width=largeur,
        height=hauteur,
        fill="currentColor",
    )


def _au_bout(serie: Serie) -> str:
    """Le nom de la série et sa dernière valeur : « Femmes 31 »."""
    connues = [valeur for valeur in serie.valeurs if valeur is not None]
    return f"{serie.nom} {nombre(connues[-1])}" if connues else serie.nom


def _arrive_au_bout(serie: Serie) -> bool:
    return not serie.valeurs or serie.valeurs[-1] is not None


def _ligne(
    toile: Toile, rang: int, serie: Serie, gauche: float, pas: float, bas: float, haut: float, sommet: float
) -> None:
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


def _nommer_les_lignes(
    toile: Toile,
    series: Sequence[Serie],
    bouts: Sequence[str],
    traces: Sequence[Sequence[tuple[float, float]]],
    gauche: float,
    droite: float,
    haut: float,
    bas: float,
) -> None:
    tous = [point for trace in traces for point in trace]
    fins: list[tuple[float, str]] = []
    for serie, bout, trace in zip(series, bouts, traces, strict=True):
        if trace and _arrive_au_bout(serie):
            fins.append((trace[-1][1], bout))
        elif trace:
            _nommer_en_chemin(toile, trace[-1], bout, tous, gauche)
    _nommer(toile, fins, droite + 4, haut, bas)


def _nommer(toile: Toile, fins: list[tuple[float, str]], x: float, haut: float, bas: float) -> None:
    """Le nom de chaque série au bout de sa ligne, écartés pour ne pas se toucher."""
    fins = sorted(fins)
    hauteurs = ecarter([y for y, _ in fins], [toile.rendu.taille * 1.25] * len(fins), haut - 10, bas + 10)
    for y, (_, nom) in zip(hauteurs, fins, strict=True):
        toile.texte(x, y + toile.rendu.taille * 0.34, nom, gras=True)


def _nommer_en_chemin(
    toile: Toile, fin: tuple[float, float], nom: str, points: Sequence[tuple[float, float]], gauche: float
) -> None:
    """Au-dessus à gauche de la fin d'une ligne, ou dessous à droite : là où les lignes passent le plus loin."""
    (x, y), taille, large = fin, toile.rendu.taille, toile.rendu.mesure(nom)
    places = [(x - 8 - large, y - 9 - taille / 2, x - 8), (x + 8, y + 9 + taille / 2, x + 8 + large)]
    dedans = [place for place in places if place[0] >= gauche and place[2] <= toile.rendu.largeur] or places[1:]

    def air(place: tuple[float, float, float]) -> float:
        debut, milieu, arret = place
        return min((abs(py - milieu) for px, py in points if debut - taille <= px <= arret + taille), default=1000.0)

    debut, milieu, _ = max(dedans, key=air)
    toile.texte(debut, milieu + taille * 0.34, nom, gras=True)
