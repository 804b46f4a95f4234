"""Lire les guides : des fichiers Markdown de notre dépôt, dont les commentaires disent quelle page chaque chapitre explique.

- `<!-- roles : responsable, edition -->`, en tête : de qui ce guide est le guide ; sans rien, il sert à tous.
- `<!-- pages : marches:liste, marches:projet* -->`, sous le titre d'un chapitre : les noms des pages qu'il explique.
- `<!-- visite : marches:liste | Une phrase. -->`, dans un chapitre : une étape de la visite, à cette page.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, cached_property
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

from comptes.enums import Role
from socle import balisage

DOSSIER = settings.BASE_DIR / "docs" / "guides"
ORDRE = (
    "facilitateur",
    "acheteur",
    "entreprise",
    "prescripteur",
    "financeur",
    "reseau",
    "administrateur",
    "compte",
    "glossaire",
)
DIRECTIVE = re.compile(r"^<!-- (roles|pages|visite) : (.+) -->$")
LIEN_DE_GUIDE = re.compile(r"^(?P<guide>[a-z-]+)\.md(?:#(?P<chapitre>[a-z0-9-]+))?$")
IMAGE = re.compile(r"^\.\./\.\./static/(?P<chemin>aide/[a-z0-9-]+\.webp)$")
COUPURE = re.compile(
    r" (?=[:;?!»÷×])|(?<=«) "
)  # une ligne ne commence pas par un signe, ni ne finit par un guillemet ouvert
BALISES = {"h3", "p", "ul", "ol", "li", "strong", "em", "a", "code", "br", "img"} | {
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}
ATTRIBUTS = {"a": {"href"}, "img": {"src", "alt", "loading"}, "th": {"scope"}}
_LECTEUR = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True, slots=True)
class Etape:
    """Un arrêt de la visite : la page où elle mène, la phrase qu'elle y dit."""

    nom_url: str
    phrase: str


@dataclass(frozen=True)
class Chapitre:
    """Ce qu'une page, ou quelques-unes, demandent de savoir."""

    guide: str
    cle: str
    titre: str
    texte: str
    pages: tuple[str, ...] = ()
    etapes: tuple[Etape, ...] = ()

    @cached_property
    def html(self) -> SafeString:
        return en_html(self.texte)

    @property
    def adresse(self) -> str:
        return reverse("comptes:aide_chapitre", args=[self.guide, self.cle])

    def precision(self, page: str) -> int:
        """De 0 (il ne parle pas de cette page) à sa longueur : un nom entier l'emporte sur un début suivi de « * »."""
        return max((len(motif) for motif in self.pages if fnmatchcase(page, motif)), default=0)


@dataclass(frozen=True)
class Guide:
    cle: str
    titre: str
    chapeau: str
    roles: frozenset[str]
    chapitres: tuple[Chapitre, ...]

    @cached_property
    def introduction(self) -> SafeString:
        return en_html(self.chapeau)

    @property
    def etapes(self) -> list[Etape]:
        return [etape for chapitre in self.chapitres for etape in chapitre.etapes]

    @property
    def adresse(self) -> str:
        return reverse("comptes:aide_guide", args=[self.cle])


@cache
def guides() -> dict[str, Guide]:
    """Les guides par clé, dans l'ordre où l'aide les présente."""
    return {cle: lire(DOSSIER / f"{cle}.md") for cle in ORDRE}


def guide_de(role: Role | None) -> Guide | None:
    return next((guide for guide in guides().values() if role in guide.roles), None)


def chapitre_de(role: Role | None, page: str) -> Chapitre | None:
    """Le chapitre qui explique cette page à ce rôle : dans son guide d'abord, puis dans ceux de tout le monde."""
    sien = guide_de(role)
    siens = [sien] if sien else []
    for guide in [*siens, *(guide for guide in guides().values() if not guide.roles)]:
        choisi = max(guide.chapitres, key=lambda chapitre: chapitre.precision(page), default=None)
        if choisi and choisi.precision(page):
            return choisi
    return None


def lire(chemin: Path) -> Guide:
    """Un guide depuis son fichier : son titre, ce qui précède le premier chapitre, ses chapitres."""
    tete, *corps = re.split(r"^## ", chemin.read_text(), flags=re.MULTILINE)
    titre, _, chapeau = tete.removeprefix("# ").partition("\n")
    texte, directives = _separer(chapeau)
    roles = frozenset(role for nom, valeur in directives if nom == "roles" for role in _mots(valeur))
    return Guide(chemin.stem, titre, texte, roles, tuple(_chapitre(chemin.stem, morceau) for morceau in corps))


def _chapitre(guide: str, morceau: str) -> Chapitre:
    titre, _, reste = morceau.partition("\n")
    texte, directives = _separer(reste)
    pages = tuple(page for nom, valeur in directives if nom == "pages" for page in _mots(valeur))
    etapes = tuple(Etape(*_mots(valeur, "|")) for nom, valeur in directives if nom == "visite")
    return Chapitre(guide, slugify(titre.replace("'", " ")), titre, texte, pages, etapes)


def _separer(texte: str) -> tuple[str, list[tuple[str, str]]]:
    """(le texte sans ses commentaires, [(directive, valeur)])."""
    lignes, directives = [], []
    for ligne in texte.splitlines():
        lue = DIRECTIVE.match(ligne)
        if lue:
            directives.append((lue[1], lue[2]))
        else:
            lignes.append(ligne)
    return "\n".join(lignes).strip(), directives


def _mots(valeur: str, separateur: str = ",") -> list[str]:
    return [mot.strip() for mot in valeur.split(separateur)]


def en_html(texte: str) -> SafeString:
    """Le texte d'un guide : ses liens vers un autre chapitre et ses images deviennent ceux de l'application."""
    elements = _LECTEUR.parse(texte)
    for element in _a_plat(elements):
        if element.type == "link_open":
            element.attrs["href"] = _adresse(str(element.attrs["href"]))
        elif element.type == "text":
            element.content = COUPURE.sub("\N{NO-BREAK SPACE}", element.content)
        elif element.type == "th_open":
            element.attrs["scope"] = "col"
        elif element.type == "image":
            element.attrs |= {"src": _image(str(element.attrs["src"])), "loading": "lazy"}
    return balisage.sans_danger(_LECTEUR.renderer.render(elements, _LECTEUR.options, {}), BALISES, ATTRIBUTS)


def _a_plat(elements: list[Token]) -> Iterator[Token]:
    for element in elements:
        yield element
        yield from element.children or []


def _adresse(href: str) -> str:
    lu = LIEN_DE_GUIDE.match(href)
    if not lu:
        return href
    if not lu["chapitre"]:
        return reverse("comptes:aide_guide", args=[lu["guide"]])
    return reverse("comptes:aide_chapitre", args=[lu["guide"], lu["chapitre"]])


def _image(src: str) -> str:
    """« ../../static/aide/x.webp », que lit aussi une forge, devient l'adresse du fichier statique."""
    lu = IMAGE.match(src)
    return static(lu["chemin"]) if lu else src
