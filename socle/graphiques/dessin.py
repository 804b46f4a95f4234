"""Les primitives des graphiques : couleurs et trames, mesure du texte, balises, cadre accessible.

Un dessin n'a que des attributs de présentation : ni attribut style, ni feuille, ni script. Le même passe donc la
politique de sécurité des pages et s'imprime dans un PDF. Les classes `serie-N` laissent un thème changer les couleurs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from socle.nombres import nombre

COULEURS = ("#0F4C5C", "#D98E04", "#5F8D4E", "#9A2F2F", "#6C7A89", "#7B5EA7")
# Une trame par couleur : qui ne distingue pas les couleurs, ou imprime en gris, distingue les trames.
TRAMES = (
    "",
    "M-2,2L2,-2M0,8L8,0M6,10L10,6",
    "M2,2h2v2h-2zM6,6h2v2h-2z",
    "M0,2H8M0,6H8",
    "M0,0L8,8M0,8L8,0",
    "M2,0V8M6,0V8",
)
_ETROITES = frozenset("ijlt.,;:'’!|()[] \u00a0\u202f")
_LARGES = frozenset("mwMWœŒ%—@")

RIEN = "Aucune donnée"
ETROIT = 480  # en dessous, les libellés passent au-dessus des barres et un anneau devient des barres

type Valeur = Decimal | int


@dataclass(frozen=True, slots=True)
class Rendu:
    """Où le dessin sera lu : sa largeur, l'encre de ses textes, sa police et sa taille."""

    largeur: int = 640
    encre: str = "currentColor"
    police: str = "Source Sans Pro, Source Sans 3, sans-serif"
    taille: int = 14

    @property
    def etroit(self) -> bool:
        return self.largeur < ETROIT

    def mesure(self, texte: str, echelle: float = 1.0) -> float:
        """La largeur d'un texte, estimée un peu large : un libellé ne doit jamais toucher son voisin."""
        unites = sum(
            0.27 if lettre in _ETROITES else 0.84 if lettre in _LARGES else 0.62 if lettre.isupper() else 0.52
            for lettre in texte
        )
        return unites * self.taille * echelle


ECRAN = Rendu()
TELEPHONE = Rendu(largeur=340)
PAPIER = Rendu(encre="#1F2933", police="Source Sans Pro")


@dataclass(frozen=True, slots=True)
class Serie:
    """Une suite de valeurs, une par catégorie ; `None` là où rien n'est mesuré."""

    nom: str
    valeurs: Sequence[Valeur | None]


@dataclass(frozen=True, slots=True)
class Bande:
    """Un intervalle, une borne basse et une haute par catégorie ; `None` là où il n'y en a pas."""

    nom: str
    bas: Sequence[Valeur | None]
    haut: Sequence[Valeur | None]


@dataclass(frozen=True, slots=True)
class Part:
    """Un élément d'une répartition ; `texte` remplace l'écriture de la valeur (« 66 · 45 % »)."""

    libelle: str
    valeur: Valeur
    texte: str = ""

    @property
    def ecrit(self) -> str:
        return self.texte or nombre(self.valeur)


@dataclass(slots=True)
class Toile:
    """Un dessin en cours : `cle` le rend unique dans la page, ses trames et ses textes en dépendent."""

    cle: str
    titre: str
    rendu: Rendu
    hauteur: float = 0
    formes: list[SafeString] = field(default_factory=list)
    trames: set[int] = field(default_factory=set)
    phrases: list[str] = field(default_factory=list)

    def forme(self, nom: str, **attributs: Any) -> None:
        self.formes.append(balise(nom, **attributs))

    def texte(
        self, x: float, y: float, contenu: str, *, ancre: str = "start", gras: bool = False, echelle: float = 1
    ) -> None:
        self.formes.append(
            balise(
                "text",
                contenu,
                x=x,
                y=y,
                fill=self.rendu.encre,
                font_size=round(self.rendu.taille * echelle, 1),
                font_weight=600 if gras else 400,
                text_anchor=ancre,
            )
        )

    def trait(
        self, x1: float, y1: float, x2: float, y2: float, *, opacite: float = 1, epaisseur: float = 1, **plus: Any
    ) -> None:
        self.forme(
            "line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=self.rendu.encre, stroke_width=epaisseur,
            stroke_opacity=opacite, **plus,
        )  # fmt: skip

    def rien(self, x: float, y: float) -> None:
        self.texte(x, y, RIEN, ancre="middle")
        self.phrases = [RIEN]

    def peinture(self, rang: int) -> dict[str, str]:
        """Couleur, trame et liseré de la série `rang` ; le liseré garde la forme lisible sur fond sombre."""
        rang %= len(COULEURS)
        liseres = {"stroke": self.rendu.encre, "stroke_width": "0.6", "stroke_opacity": "0.55"}
        if not TRAMES[rang]:
            return {"class_": f"serie-{rang + 1}", "fill": COULEURS[rang], **liseres}
        self.trames.add(rang)
        return {"fill": f"url(#{self.cle}-trame-{rang + 1})", **liseres}

    def rendre(self) -> SafeString:
        description = " ; ".join(self.phrases)
        return balise(
            "svg",
            format_html('<title id="{0}-titre">{1}</title><desc id="{0}-desc">{2}</desc>', self.cle, self.titre, description)
            + self._definitions()
            + assembler(self.formes),
            xmlns="http://www.w3.org/2000/svg",
            class_="dessin dessin-etroit" if self.rendu.etroit else "dessin",
            role="img",
            aria_labelledby=f"{self.cle}-titre {self.cle}-desc",
            viewBox=f"0 0 {self.rendu.largeur} {_court(self.hauteur)}",
            width=self.rendu.largeur,
            height=self.hauteur,
            font_family=self.rendu.police,
        )  # fmt: skip

    def _definitions(self) -> SafeString:
        if not self.trames:
            return SafeString("")
        return format_html("<defs>{}</defs>", assembler(self._trame(rang) for rang in sorted(self.trames)))

    def _trame(self, rang: int) -> SafeString:
        points = rang == 2
        motif = balise(
            "path",
            d=TRAMES[rang],
            fill="#FFFFFF" if points else "none",
            fill_opacity="0.75" if points else None,
            stroke=None if points else "#FFFFFF",
            stroke_opacity=None if points else "0.6",
            stroke_width=None if points else "1.4",
        )
        fond = balise("rect", class_=f"serie-{rang + 1}", width=8, height=8, fill=COULEURS[rang])
        return balise(
            "pattern", fond + motif, id=f"{self.cle}-trame-{rang + 1}", width=8, height=8, patternUnits="userSpaceOnUse"
        )


def balise(nom: str, contenu: str = "", **attributs: Any) -> SafeString:
    """Une balise SVG. Les traits bas des noms deviennent des tirets (`text_anchor`) ; `None` n'est pas écrit."""
    ecrits = format_html_join(
        "",
        ' {}="{}"',
        (
            (cle.rstrip("_").replace("_", "-"), _court(valeur) if isinstance(valeur, float | Decimal) else valeur)
            for cle, valeur in attributs.items()
            if valeur is not None
        ),
    )
    if not contenu:
        return format_html("<{}{}/>", nom, ecrits)
    return format_html("<{0}{1}>{2}</{0}>", nom, ecrits, contenu)


def assembler(formes: Iterable[SafeString]) -> SafeString:
    """Des balises bout à bout ; ce qui n'en serait pas une est protégé, jamais cru sur parole."""
    return format_html_join("", "{}", ((forme,) for forme in formes))


def _court(valeur: float | Decimal) -> str:
    """Deux décimales au plus, avec un point : le même dessin donne les mêmes octets sur toute machine."""
    return f"{float(valeur):.2f}".rstrip("0").rstrip(".")


def maximum(valeurs: Iterable[Valeur | None]) -> float:
    """La plus grande valeur, 0 s'il n'y en a pas. Une valeur négative n'a pas de dessin : `ValueError`."""
    connues = [valeur for valeur in valeurs if valeur is not None]
    if any(valeur < 0 for valeur in connues):
        raise ValueError("Un graphique ne dessine pas de valeur négative.")
    return float(max(connues, default=0))


def graduations(sommet: float, nombre_max: int = 5) -> list[float]:
    """Des graduations rondes de 0 jusqu'à couvrir `sommet` : 0, 10 000, 20 000, 30 000."""
    if sommet <= 0:
        return [0.0]
    pas = 1.0
    while sommet / pas > nombre_max:
        pas *= 2.5 if str(pas)[0] == "2" else 2
    while sommet / pas <= nombre_max / 10:
        pas /= 10
    rangs = int(-(-sommet // pas))
    return [pas * rang for rang in range(rangs + 1)]


def ecarter(positions: Sequence[float], places: Sequence[float], debut: float, fin: float) -> list[float]:
    """Écarte des étiquettes centrées sur `positions` (croissantes) et larges de `places`, entre `debut` et `fin`."""
    ecartees: list[float] = []
    borne = debut
    for position, place in zip(positions, places, strict=True):
        centre = max(position, borne + place / 2)
        ecartees.append(centre)
        borne = centre + place / 2
    borne = fin
    for rang in range(len(ecartees) - 1, -1, -1):
        ecartees[rang] = min(ecartees[rang], borne - places[rang] / 2)
        borne = ecartees[rang] - places[rang] / 2
    return ecartees


def couper(texte: str, rendu: Rendu, place: float, lignes: int = 2) -> list[str]:
    """Coupe un libellé aux espaces pour tenir dans `place` ; la dernière ligne finit par « … » si elle déborde."""
    coupees: list[str] = [""]
    for mot in texte.split(" "):
        essai = f"{coupees[-1]} {mot}".strip()
        if not coupees[-1] or rendu.mesure(essai) <= place or len(coupees) == lignes:
            coupees[-1] = essai
        else:
            coupees.append(mot)
    while rendu.mesure(coupees[-1]) > place and len(coupees[-1]) > 2:
        coupees[-1] = coupees[-1].removesuffix("…")[:-1].rstrip() + "…"
    return coupees
