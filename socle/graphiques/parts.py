"""Des parts d'un tout : anneau, bande ; et la jauge d'heures."""

from collections.abc import Sequence
from math import cos, pi, sin

from django.utils.safestring import SafeString

from socle.graphiques.barres import barres_horizontales
from socle.graphiques.dessin import ECRAN, Part, Rendu, Toile, Valeur, couper, ecarter, maximum
from socle.nombres import heures


def anneau(cle: str, titre: str, parts: Sequence[Part], *, centre: str = "", rendu: Rendu = ECRAN) -> SafeString:
    """Un anneau de quelques parts (six au plus se lisent), chacune nommée à son côté ; des barres si l'écran est étroit."""
    if rendu.etroit:
        return barres_horizontales(cle, titre, parts, rendu=rendu)
    maximum(part.valeur for part in parts)
    total = float(sum(part.valeur for part in parts))
    rayon, epaisseur = 84.0, 34.0
    toile = Toile(cle, titre, rendu, 2 * rayon + 34)
    cx, cy = rendu.largeur / 2, rayon + 17
    if not total:
        toile.forme(
            "circle", cx=cx, cy=cy, r=rayon - epaisseur / 2, fill="none", stroke=rendu.encre, stroke_opacity=0.2,
            stroke_width=epaisseur,
        )  # fmt: skip
        toile.rien(cx, cy + 5)
        return toile.rendre()
    angle = -pi / 2
    cotes: dict[bool, list[tuple[float, Part]]] = {True: [], False: []}
    for rang, part in enumerate(parts):
        toile.phrases.append(f"{part.libelle} : {part.ecrit}")
        if not part.valeur:
            continue
        ouverture = 2 * pi * float(part.valeur) / total
        _secteur(toile, rang, cx, cy, rayon, rayon - epaisseur, angle, ouverture)
        milieu = angle + ouverture / 2
        cotes[cos(milieu) >= -1e-9].append((milieu, part))
        angle += ouverture
    if centre:
        toile.texte(cx, cy + rendu.taille * 0.5, centre, ancre="middle", gras=True, echelle=1.5)
    for droite, elements in cotes.items():
        _etiqueter(toile, droite, elements, cx, cy, rayon)
    return toile.rendre()


def _secteur(
    toile: Toile, rang: int, cx: float, cy: float, dehors: float, dedans: float, angle: float, ouverture: float
) -> None:
    # Un arc d'un tour complet ne se dessine pas : deux demi-tours.
    etapes = [angle, angle + ouverture / 2, angle + ouverture]
    bords = [(cx + dehors * cos(a), cy + dehors * sin(a)) for a in etapes]
    coeur = [(cx + dedans * cos(a), cy + dedans * sin(a)) for a in reversed(etapes)]
    chemin = f"M{bords[0][0]:.2f},{bords[0][1]:.2f}"
    chemin += "".join(f"A{dehors:.2f},{dehors:.2f} 0 0 1 {x:.2f},{y:.2f}" for x, y in bords[1:])
    chemin += f"L{coeur[0][0]:.2f},{coeur[0][1]:.2f}"
    chemin += "".join(f"A{dedans:.2f},{dedans:.2f} 0 0 0 {x:.2f},{y:.2f}" for x, y in coeur[1:])
    toile.forme("path", d=f"{chemin}z", **toile.peinture(rang))


def _etiqueter(
    toile: Toile, droite: bool, elements: list[tuple[float, Part]], cx: float, cy: float, rayon: float
) -> None:
    elements = sorted(elements, key=lambda element: sin(element[0]))
    sens = 1 if droite else -1
    place = toile.rendu.largeur / 2 - rayon - 44
    pas = toile.rendu.taille * 2.5
    hauteurs = ecarter([cy + rayon * sin(milieu) for milieu, _ in elements], [pas] * len(elements), 0, toile.hauteur)
    for y, (milieu, part) in zip(hauteurs, elements, strict=True):
        depart = (cx + (rayon + 2) * cos(milieu), cy + (rayon + 2) * sin(milieu))
        coude = cx + sens * (rayon + 20)
        toile.forme(
            "path",
            d=f"M{depart[0]:.2f},{depart[1]:.2f}L{coude:.2f},{y:.2f}h{sens * 12}",
            fill="none", stroke=toile.rendu.encre, stroke_opacity=0.55,
        )  # fmt: skip
        ancre = "start" if droite else "end"
        toile.texte(coude + sens * 18, y - 2, part.ecrit, ancre=ancre, gras=True)
        toile.texte(
            coude + sens * 18, y + toile.rendu.taille, couper(part.libelle, toile.rendu, place, 1)[0], ancre=ancre
        )


def _largeurs(parts: Sequence[Part], rendu: Rendu) -> list[float]:
    return [max(rendu.mesure(part.libelle), rendu.mesure(part.ecrit)) + 14 for part in parts if part.valeur]


def tient_en_bande(parts: Sequence[Part], rendu: Rendu = ECRAN) -> bool:
    """Vrai si les noms de toutes les parts s'écrivent en entier sous une bande."""
    return sum(_largeurs(parts, rendu)) <= rendu.largeur


def bande(cle: str, titre: str, parts: Sequence[Part], *, rendu: Rendu = ECRAN) -> SafeString:
    """Une seule barre empilée ; sous chaque part, sa valeur et son nom."""
    maximum(part.valeur for part in parts)
    total = float(sum(part.valeur for part in parts))
    epaisseur = 34
    toile = Toile(cle, titre, rendu, epaisseur + 24 + rendu.taille * 2.5)
    toile.phrases += [f"{part.libelle} : {part.ecrit}" for part in parts]
    if not total:
        toile.forme("rect", x=0.5, y=0.5, width=rendu.largeur - 1, height=epaisseur, fill="none", stroke=rendu.encre,
                    stroke_opacity=0.3)  # fmt: skip
        toile.rien(rendu.largeur / 2, epaisseur / 2 + 5)
        toile.hauteur = epaisseur + 2
        return toile.rendre()
    visibles, larges = [part for part in parts if part.valeur], _largeurs(parts, rendu)
    milieux, x = [], 0.5
    for rang, part in enumerate(parts):
        if not part.valeur:
            continue
        largeur = (rendu.largeur - 1) * float(part.valeur) / total
        toile.forme("rect", x=x, y=0.5, width=largeur, height=epaisseur, **toile.peinture(rang))
        milieux.append(x + largeur / 2)
        x += largeur
    if sum(larges) > rendu.largeur:
        larges = [rendu.largeur / len(larges)] * len(larges)
    for milieu, centre, large, part in zip(
        milieux, ecarter(milieux, larges, 0, rendu.largeur), larges, visibles, strict=True
    ):
        y = epaisseur + 4
        toile.forme("path", d=f"M{milieu:.2f},{y}v4L{centre:.2f},{y + 10}", fill="none", stroke=rendu.encre,
                    stroke_opacity=0.55)  # fmt: skip
        toile.texte(centre, y + 12 + rendu.taille, part.ecrit, ancre="middle", gras=True)
        toile.texte(centre, y + 12 + rendu.taille * 2.2, couper(part.libelle, rendu, large - 4, 1)[0], ancre="middle")
    return toile.rendre()


def jauge_heures(
    cle: str,
    titre: str,
    *,
    dues: Valeur,
    faites: Valeur,
    attendues: Valeur | None = None,
    projection: Valeur | None = None,
    rendu: Rendu = ECRAN,
) -> SafeString:
    """Les heures faites sur les heures dues ; un repère pour l'attendu à ce jour, une barre tramée pour la projection."""
    sommet = maximum((dues, faites, attendues, projection)) or 1.0
    toile = Toile(cle, titre, rendu, 92)
    largeur = rendu.largeur - 1
    haut, epaisseur = 30.0, 22.0
    toile.forme("rect", x=0.5, y=haut, width=largeur * float(dues) / sommet, height=epaisseur, fill=rendu.encre,
                fill_opacity=0.08, stroke=rendu.encre, stroke_opacity=0.6)  # fmt: skip
    if projection is not None and projection > faites:
        toile.forme(
            "rect", x=0.5, y=haut, width=largeur * float(projection) / sommet, height=epaisseur, **toile.peinture(1)
        )
    if faites:
        toile.forme(
            "rect", x=0.5, y=haut, width=largeur * float(faites) / sommet, height=epaisseur, **toile.peinture(0)
        )
    _reperes(toile, [(faites, f"{heures(faites)} faites"), (dues, f"{heures(dues)} dues")], sommet, haut - 6, haut, -1)
    dessous = [(attendues, f"{heures(attendues)} attendues à ce jour"), (projection, f"{heures(projection)} projetées")]
    connues = [(valeur, texte) for valeur, texte in dessous if valeur is not None]
    _reperes(toile, connues, sommet, haut + epaisseur + 6, haut + epaisseur, 1)
    toile.phrases += [f"{heures(faites)} faites", f"{heures(dues)} dues", *(texte for _, texte in connues)]
    return toile.rendre()


def _reperes(toile: Toile, reperes: list[tuple[Valeur, str]], sommet: float, y: float, bord: float, sens: int) -> None:
    reperes = sorted(reperes)
    positions = [0.5 + (toile.rendu.largeur - 1) * float(valeur) / sommet for valeur, _ in reperes]
    larges = [toile.rendu.mesure(texte) + 12 for _, texte in reperes]
    centres = ecarter(positions, larges, 0, toile.rendu.largeur)
    for position, centre, (_, texte) in zip(positions, centres, reperes, strict=True):
        toile.trait(position, bord - sens * 22, position, y, opacite=0.9, epaisseur=1.5)
        toile.texte(centre, y + (toile.rendu.taille if sens > 0 else -3), texte, ancre="middle", gras=True)
