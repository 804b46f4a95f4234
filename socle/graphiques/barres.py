"""Barres verticales groupées et barres horizontales."""

from collections.abc import Sequence

from django.utils.safestring import SafeString

from socle.graphiques.dessin import ECRAN, Part, Rendu, Serie, Toile, couper, graduations, maximum
from socle.nombres import INSECABLE, nombre


def _suffixe(unite: str) -> str:
    return f"{INSECABLE}{unite}" if unite else ""


def axe(toile: Toile, marches: list[float], gauche: float, haut: float, bas: float) -> None:
    """Les lignes de fond et leurs valeurs, à gauche ; la base est plus marquée."""
    for marche in marches:
        y = bas - (bas - haut) * marche / (marches[-1] or 1)
        toile.trait(gauche, y, toile.rendu.largeur, y, opacite=0.6 if marche == 0 else 0.16)
        toile.texte(gauche - 8, y + 4, nombre(marche), ancre="end", echelle=0.86)


def marge_gauche(rendu: Rendu, marches: list[float]) -> float:
    return max(rendu.mesure(nombre(marche), 0.86) for marche in marches) + 12


def cle_des_series(toile: Toile, series: Sequence[Serie], gauche: float) -> float:
    """Le nom de chaque série près de sa trame, au-dessus du dessin ; rend la hauteur prise."""
    if len(series) < 2:
        return 0
    x = gauche
    for rang, serie in enumerate(series):
        toile.forme("rect", x=x, y=3, width=14, height=14, **toile.peinture(rang))
        toile.texte(x + 20, 15, serie.nom)
        x += 20 + toile.rendu.mesure(serie.nom) + 22
    return 26


def dire(toile: Toile, categories: Sequence[str], series: Sequence[Serie], unite: str) -> None:
    for serie in series:
        valeurs = ", ".join(
            f"{categorie} : {nombre(valeur)}{_suffixe(unite)}"
            for categorie, valeur in zip(categories, serie.valeurs, strict=True)
            if valeur is not None
        )
        toile.phrases.append(f"{serie.nom} – {valeurs or 'aucune valeur'}")


def barres(
    cle: str,
    titre: str,
    categories: Sequence[str],
    series: Sequence[Serie],
    *,
    unite: str = "",
    hauteur: int = 240,
    rendu: Rendu = ECRAN,
) -> SafeString:
    """Des barres verticales, groupées par catégorie (mois, années). La valeur s'écrit sur sa barre si elle y tient."""
    marches = graduations(maximum(valeur for serie in series for valeur in serie.valeurs))
    toile = Toile(cle, titre, rendu, hauteur)
    gauche = marge_gauche(rendu, marches)
    haut = cle_des_series(toile, series, gauche) + rendu.taille * 1.6
    bas = hauteur - rendu.taille * 1.7
    axe(toile, marches, gauche, haut, bas)
    if len(marches) == 1:
        toile.rien((rendu.largeur + gauche) / 2, (haut + bas) / 2)
        return toile.rendre()
    pas = (rendu.largeur - gauche) / len(categories)
    epaisseur = min(pas * 0.72 / max(len(series), 1), 64)
    plus_large = max(
        (rendu.mesure(nombre(v), 0.93) for serie in series for v in serie.valeurs if v is not None), default=0
    )
    place_valeur = pas / len(series) * 0.98 if len(series) == 1 else epaisseur + 2
    nommer(toile, categories, gauche, pas)
    for rang_categorie in range(len(categories)):
        milieu = gauche + pas * (rang_categorie + 0.5)
        debut = milieu - epaisseur * len(series) / 2
        for rang, serie in enumerate(series):
            valeur = serie.valeurs[rang_categorie]
            if valeur is None:
                continue
            haut_barre = bas - (bas - haut) * float(valeur) / marches[-1]
            x = debut + epaisseur * rang
            toile.forme(
                "rect", x=x + 1, y=haut_barre, width=epaisseur - 2, height=bas - haut_barre, **toile.peinture(rang)
            )
            if plus_large <= place_valeur:
                toile.texte(x + epaisseur / 2, haut_barre - 5, nombre(valeur), ancre="middle", gras=True, echelle=0.93)
    dire(toile, categories, series, unite)
    return toile.rendre()


def nommer(toile: Toile, categories: Sequence[str], gauche: float, pas: float) -> None:
    """Le nom des catégories sous la base ; quand elles se touchent, une sur deux, sur trois…"""
    plus_long = max((toile.rendu.mesure(categorie) for categorie in categories), default=0)
    saut = max(int(-(-(plus_long + 4) // pas)), 1)
    for rang in range(0, len(categories), saut):
        toile.texte(gauche + pas * (rang + 0.5), toile.hauteur - 5, categories[rang], ancre="middle")


def barres_horizontales(cle: str, titre: str, parts: Sequence[Part], *, rendu: Rendu = ECRAN) -> SafeString:
    """Une barre par ligne, son libellé à gauche (au-dessus sur un écran étroit), sa valeur au bout."""
    sommet = maximum(part.valeur for part in parts) or 1.0
    toile = Toile(cle, titre, rendu)
    etroit = rendu.etroit
    colonne = (
        0.0 if etroit else min(max((rendu.mesure(p.libelle) for p in parts), default=0) + 14, rendu.largeur * 0.38)
    )
    place_valeur = max((rendu.mesure(part.ecrit) for part in parts), default=0) + 12
    echelle = (rendu.largeur - colonne - place_valeur) / sommet
    y = 4.0
    if not parts:
        toile.rien(rendu.largeur / 2, 20)
        y, colonne = 32.0, 0.0
    for part in parts:
        lignes = couper(part.libelle, rendu, rendu.largeur if etroit else colonne - 12)
        if etroit:
            for ligne in lignes:
                toile.texte(0, y + rendu.taille * 0.75, ligne)
                y += rendu.taille * 1.15
        epaisseur = 14.0 if etroit else 18.0 if len(lignes) == 1 else 26.0
        if not etroit:
            premiere = y + epaisseur / 2 + rendu.taille * (0.34 - 0.58 * (len(lignes) - 1))
            for rang, ligne in enumerate(lignes):
                toile.texte(colonne - 12, premiere + rang * rendu.taille * 1.16, ligne, ancre="end")
        longueur = float(part.valeur) * echelle
        if longueur:
            toile.forme("rect", x=colonne, y=y, width=max(longueur, 1.5), height=epaisseur, **toile.peinture(0))
        toile.texte(colonne + longueur + 8, y + epaisseur / 2 + rendu.taille * 0.34, part.ecrit, gras=True)
        y += epaisseur + (13 if etroit else 10)
        toile.phrases.append(f"{part.libelle} : {part.ecrit}")
    if parts and not etroit:
        toile.trait(colonne, 0, colonne, max(y - 6, 4), opacite=0.6)
    toile.hauteur = max(y, 8)
    return toile.rendre()
