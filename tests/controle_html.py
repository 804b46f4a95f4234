"""Ce qu'une page ou un fragment HTML doit toujours respecter. `fautes(html)` rend la liste des manquements, en français."""

from collections import Counter
from collections.abc import Iterator
from html import unescape

from bs4 import BeautifulSoup

from socle.envois import CHAMP_ORGANISATION
from tests.arbre_html import Document, Element

_SANS_ETIQUETTE = {"hidden", "submit", "button", "reset", "image"}
_BOUTONS = {"submit", "button", "reset", "image"}
_REFERENCES_ARIA = (
    "aria-labelledby",
    "aria-describedby",
    "aria-controls",
    "aria-owns",
    "aria-details",
    "aria-errormessage",
    "aria-activedescendant",
    "aria-flowto",
    "headers",
    "popovertarget",
    "list",
)
_ECRITURES_HTMX = ("hx-post", "hx-put", "hx-patch", "hx-delete")
_DONNEES = {"application/json", "application/ld+json", "text/template"}
_GABARIT = ("{{", "{%", "{#")


def fautes(html: str, *, agit_pour_une_organisation: bool = False) -> list[str]:
    """Contrôle une page entière, ou un fragment : un fragment n'a ni titre, ni langue, et peut viser le reste de la page."""
    document = Document(html)
    regles = [_balises_de_gabarit, _csrf, _code_en_ligne, _etiquettes, _identifiants, _entetes, _images, _noms]
    if document.entier:
        regles += [_page, _references]
    if agit_pour_une_organisation:
        regles.append(_organisation)
    return [faute for regle in regles for faute in regle(document)]


def _extrait(element: Element) -> str:
    attributs = " ".join(f'{nom}="{valeur}"' for nom, valeur in list(element.attributs.items())[:4])
    return f"<{element.nom} {attributs}>".replace(" >", ">")[:120]


def _page(document: Document) -> Iterator[str]:
    if not document.balises("html")[0].get("lang"):
        yield "page sans langue (lang)"
    titres = [titre for titre in document.balises("title") if not titre.englobant("svg")]
    if len(titres) != 1 or not titres[0].texte().strip():
        yield "page sans titre unique (title)"
    principaux = document.balises("h1")
    if len(principaux) != 1 or not principaux[0].texte().strip():
        yield f"{len(principaux)} titre(s) h1 : il en faut un, rempli"


def _balises_de_gabarit(document: Document) -> Iterator[str]:
    ecrit = unescape(document.source)
    if not any(balise in ecrit for balise in _GABARIT):
        return
    soupe = BeautifulSoup(document.source, "html.parser")
    source = str(soupe)
    for montre in soupe.find_all(["pre", "textarea"]):  # un mode d'emploi, un modèle à corriger : elles y sont du texte
        source = source.replace(str(montre), "")
    for balise in _GABARIT:
        if balise in source:
            place = source.index(balise)
            yield f"balise de gabarit dans le rendu : {source[place : place + 60]!r}"


def _csrf(document: Document) -> Iterator[str]:
    jetons = [champ for champ in document.balises("input") if champ.get("name") == "csrfmiddlewaretoken"]
    proteges = {ancetre for jeton in jetons for ancetre in jeton.ancetres() if ancetre.nom == "form"}
    for formulaire in document.balises("form"):
        if formulaire.get("method").lower() == "post" and formulaire not in proteges:
            yield f"formulaire POST sans jeton CSRF : {_extrait(formulaire)}"
    if not document.entier:
        return
    for nom in _ECRITURES_HTMX:
        for element in document.avec(nom):
            if not _jeton_htmx(element, proteges):
                yield f"{nom} sans jeton CSRF : {_extrait(element)}"


def _organisation(document: Document) -> Iterator[str]:
    """Les formulaires POST d'une personne qui agit pour une organisation, et qui ne disent pas laquelle."""
    nommees = [champ for champ in document.balises("input") if champ.get("name") == CHAMP_ORGANISATION]
    complets = {ancetre for champ in nommees for ancetre in champ.ancetres() if ancetre.nom == "form"}
    for formulaire in document.balises("form"):
        if formulaire.get("method").lower() == "post" and formulaire not in complets:
            yield f"formulaire POST sans l'organisation de sa page : {_extrait(formulaire)}"


def _jeton_htmx(element: Element, proteges: set[Element]) -> bool:
    formulaire = element if element.nom == "form" else element.englobant("form")
    if formulaire in proteges:
        return True
    return any("csrf" in parent.get("hx-headers").lower() for parent in (element, *element.ancetres()))


def _code_en_ligne(document: Document) -> Iterator[str]:
    for script in document.balises("script"):
        if not script.get("src") and not script.get("nonce") and script.attributs.get("type") not in _DONNEES:
            yield f"script en ligne sans nonce : {script.texte()[:60]!r}"
    for _ in document.balises("style"):
        yield "feuille de style en ligne (style)"
    for element in document.elements:
        for nom, valeur in element.attributs.items():
            if nom == "style":
                yield f"style en ligne : {_extrait(element)}"
            if nom.startswith(("on", "hx-on")):  # html.parser rend les noms en minuscules
                yield f"gestionnaire en ligne ({nom}) : {_extrait(element)}"
            if nom in ("href", "action", "formaction") and valeur.strip().lower().startswith("javascript:"):
                yield f"adresse javascript: {_extrait(element)}"


def _etiquettes(document: Document) -> Iterator[str]:
    visees = {
        etiquette.get("for")
        for etiquette in document.balises("label")
        if "for" in etiquette.attributs and _nom_lisible(etiquette)
    }
    for champ in document.balises("input", "select", "textarea"):
        if champ.nom == "input" and champ.get("type").lower() in _SANS_ETIQUETTE:
            continue
        englobante = champ.englobant("label")
        nomme = champ.attributs.get("id") in visees or (englobante is not None and _nom_lisible(englobante))
        if not nomme and not _nom_aria(champ, document):
            yield f"champ sans étiquette : {_extrait(champ)}"


def _identifiants(document: Document) -> Iterator[str]:
    compte = Counter(element.get("id") for element in document.avec("id"))
    for identifiant, fois in compte.items():
        if fois > 1:
            yield f"identifiant répété {fois} fois : {identifiant}"
        if not identifiant.strip():
            yield "identifiant vide"


def _references(document: Document) -> Iterator[str]:
    connus = document.identifiants
    for nom in _REFERENCES_ARIA:
        for element in document.avec(nom):
            for vise in element.get(nom).split() or [""]:
                if vise not in connus:
                    yield f"{nom} vise « {vise} », absent de la page : {_extrait(element)}"
    for etiquette in document.balises("label"):
        if "for" in etiquette.attributs and etiquette.get("for") not in connus:
            yield f"étiquette pour « {etiquette.get('for')} », absent de la page"
    for lien in document.balises("a"):
        ancre = lien.get("href")
        if ancre.startswith("#") and len(ancre) > 1 and ancre[1:] not in connus:
            yield f"lien vers « {ancre} », absent de la page"


def _entetes(document: Document) -> Iterator[str]:
    for entete in document.balises("th"):
        if entete.get("scope") not in {"col", "row", "colgroup", "rowgroup"}:
            yield f"en-tête de tableau sans scope : {entete.texte().strip()[:40]!r}"


def _images(document: Document) -> Iterator[str]:
    for image in document.balises("img"):
        if "alt" not in image.attributs:
            yield f"image sans alternative : {_extrait(image)}"
    titres = {titre.englobant("svg") for titre in document.balises("title")}
    for dessin in document.balises("svg"):
        if dessin.get("role") == "img" and not _nom_aria(dessin, document) and dessin not in titres:
            yield f"dessin sans nom : {_extrait(dessin)}"


def _noms(document: Document) -> Iterator[str]:
    for bouton in document.balises("button", "summary"):
        if not _nom_lisible(bouton) and not _nom_aria(bouton, document):
            yield f"bouton sans nom : {_extrait(bouton)}"
    for bouton in document.balises("input"):
        if bouton.get("type") in _BOUTONS and not (
            bouton.get("value") or bouton.get("alt") or _nom_aria(bouton, document)
        ):
            yield f"bouton sans nom : {_extrait(bouton)}"
    for lien in document.balises("a"):
        if "href" in lien.attributs and not _nom_lisible(lien) and not _nom_aria(lien, document):
            yield f"lien sans nom : {_extrait(lien)}"


def _nom_lisible(element: Element) -> str:
    """Le texte d'un élément, alternatives d'images comprises, sans ce que `aria-hidden` cache."""
    return "".join(_morceaux_lisibles(element)).strip()


def _morceaux_lisibles(element: Element) -> Iterator[str]:
    for enfant in element.enfants:
        if isinstance(enfant, str):
            yield enfant
        elif enfant.get("aria-hidden") != "true":
            if enfant.nom == "img":
                yield enfant.get("alt")
            yield from _morceaux_lisibles(enfant)


def _nom_aria(element: Element, document: Document) -> str:
    if nom := element.get("aria-label").strip() or element.get("title").strip():
        return nom
    cibles = element.get("aria-labelledby").split()
    return " ".join(document.identifiants[nom].texte().strip() for nom in cibles if nom in document.identifiants)
