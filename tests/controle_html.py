"""Ce qu'une page ou un fragment HTML doit toujours respecter. `fautes(html)` rend la liste des manquements, en français."""

from collections import Counter
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag

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


def fautes(html: str) -> list[str]:
    """Contrôle une page entière, ou un fragment : un fragment n'a ni titre, ni langue, et peut viser le reste de la page."""
    soupe = BeautifulSoup(html, "html.parser")
    entiere = soupe.find("html") is not None
    regles = [_balises_de_gabarit, _csrf, _code_en_ligne, _etiquettes, _identifiants, _entetes, _images, _noms]
    if entiere:
        regles += [_page, _references]
    return [faute for regle in regles for faute in regle(soupe)]


def _extrait(element: Tag) -> str:
    attributs = " ".join(f'{nom}="{_texte(valeur)}"' for nom, valeur in list(element.attrs.items())[:4])
    return f"<{element.name} {attributs}>".replace(" >", ">")[:120]


def _texte(valeur) -> str:
    return " ".join(valeur) if isinstance(valeur, list) else str(valeur or "")


def _page(soupe: BeautifulSoup) -> Iterator[str]:
    if not _texte(soupe.html.get("lang")):
        yield "page sans langue (lang)"
    titres = [titre for titre in soupe.find_all("title") if not titre.find_parent("svg")]
    if len(titres) != 1 or not titres[0].get_text(strip=True):
        yield "page sans titre unique (title)"
    principaux = soupe.find_all("h1")
    if len(principaux) != 1 or not principaux[0].get_text(strip=True):
        yield f"{len(principaux)} titre(s) h1 : il en faut un, rempli"


def _balises_de_gabarit(soupe: BeautifulSoup) -> Iterator[str]:
    source = str(soupe)
    for montre in soupe.find_all(["pre", "textarea"]):  # un mode d'emploi, un modèle à corriger : elles y sont du texte
        source = source.replace(str(montre), "")
    for balise in ("{{", "{%", "{#"):
        if balise in source:
            place = source.index(balise)
            yield f"balise de gabarit dans le rendu : {source[place : place + 60]!r}"


def _csrf(soupe: BeautifulSoup) -> Iterator[str]:
    for formulaire in soupe.find_all("form"):
        if _texte(formulaire.get("method")).lower() != "post":
            continue
        if not formulaire.find("input", attrs={"name": "csrfmiddlewaretoken"}):
            yield f"formulaire POST sans jeton CSRF : {_extrait(formulaire)}"
    if soupe.find("html") is None:
        return
    for nom in _ECRITURES_HTMX:
        for element in soupe.find_all(attrs={nom: True}):
            if not _jeton_htmx(element):
                yield f"{nom} sans jeton CSRF : {_extrait(element)}"


def _jeton_htmx(element: Tag) -> bool:
    formulaire = element if element.name == "form" else element.find_parent("form")
    if formulaire is not None and formulaire.find("input", attrs={"name": "csrfmiddlewaretoken"}):
        return True
    return any("csrf" in _texte(parent.get("hx-headers")).lower() for parent in [element, *element.parents])


def _code_en_ligne(soupe: BeautifulSoup) -> Iterator[str]:
    for script in soupe.find_all("script"):
        if not script.get("src") and not script.get("nonce") and script.get("type") not in _DONNEES:
            yield f"script en ligne sans nonce : {script.get_text()[:60]!r}"
    for _ in soupe.find_all("style"):
        yield "feuille de style en ligne (style)"
    for element in soupe.find_all(True):
        if element.has_attr("style"):
            yield f"style en ligne : {_extrait(element)}"
        for nom, valeur in element.attrs.items():
            if nom.lower().startswith("on") or nom.lower().startswith("hx-on"):
                yield f"gestionnaire en ligne ({nom}) : {_extrait(element)}"
            if nom in ("href", "action", "formaction") and _texte(valeur).strip().lower().startswith("javascript:"):
                yield f"adresse javascript: {_extrait(element)}"


def _etiquettes(soupe: BeautifulSoup) -> Iterator[str]:
    visees = {etiquette["for"] for etiquette in soupe.find_all("label", attrs={"for": True}) if _nom_lisible(etiquette)}
    for champ in soupe.find_all(["input", "select", "textarea"]):
        if champ.name == "input" and _texte(champ.get("type")).lower() in _SANS_ETIQUETTE:
            continue
        englobante = champ.find_parent("label")
        nomme = champ.get("id") in visees or (englobante is not None and _nom_lisible(englobante))
        if not nomme and not _nom_aria(champ, soupe):
            yield f"champ sans étiquette : {_extrait(champ)}"


def _identifiants(soupe: BeautifulSoup) -> Iterator[str]:
    compte = Counter(_texte(element["id"]) for element in soupe.find_all(id=True))
    for identifiant, fois in compte.items():
        if fois > 1:
            yield f"identifiant répété {fois} fois : {identifiant}"
        if not identifiant.strip():
            yield "identifiant vide"


def _references(soupe: BeautifulSoup) -> Iterator[str]:
    connus = {_texte(element["id"]) for element in soupe.find_all(id=True)}
    for nom in _REFERENCES_ARIA:
        for element in soupe.find_all(attrs={nom: True}):
            for vise in _texte(element[nom]).split() or [""]:
                if vise not in connus:
                    yield f"{nom} vise « {vise} », absent de la page : {_extrait(element)}"
    for etiquette in soupe.find_all("label", attrs={"for": True}):
        if etiquette["for"] not in connus:
            yield f"étiquette pour « {etiquette['for']} », absent de la page"
    for lien in soupe.find_all("a", href=True):
        ancre = lien["href"]
        if ancre.startswith("#") and len(ancre) > 1 and ancre[1:] not in connus:
            yield f"lien vers « {ancre} », absent de la page"


def _entetes(soupe: BeautifulSoup) -> Iterator[str]:
    for entete in soupe.find_all("th"):
        if _texte(entete.get("scope")) not in {"col", "row", "colgroup", "rowgroup"}:
            yield f"en-tête de tableau sans scope : {entete.get_text(' ', strip=True)[:40]!r}"


def _images(soupe: BeautifulSoup) -> Iterator[str]:
    for image in soupe.find_all("img"):
        if not image.has_attr("alt"):
            yield f"image sans alternative : {_extrait(image)}"
    for dessin in soupe.find_all("svg", attrs={"role": "img"}):
        if not _nom_aria(dessin, soupe) and dessin.find("title") is None:
            yield f"dessin sans nom : {_extrait(dessin)}"


def _noms(soupe: BeautifulSoup) -> Iterator[str]:
    for bouton in soupe.find_all(["button", "summary"]):
        if not _nom_lisible(bouton) and not _nom_aria(bouton, soupe):
            yield f"bouton sans nom : {_extrait(bouton)}"
    for bouton in soupe.find_all("input", type=list(_BOUTONS)):
        if not (_texte(bouton.get("value")) or _texte(bouton.get("alt")) or _nom_aria(bouton, soupe)):
            yield f"bouton sans nom : {_extrait(bouton)}"
    for lien in soupe.find_all("a", href=True):
        if not _nom_lisible(lien) and not _nom_aria(lien, soupe):
            yield f"lien sans nom : {_extrait(lien)}"


def _nom_lisible(element: Tag) -> str:
    """Le texte d'un élément, alternatives d'images comprises, sans ce que `aria-hidden` cache."""
    morceaux = []
    for noeud in element.descendants:
        if isinstance(noeud, Tag):
            if noeud.name == "img" and not _cache(noeud, element):
                morceaux.append(_texte(noeud.get("alt")))
        elif not _cache(noeud.parent, element):
            morceaux.append(str(noeud))
    return "".join(morceaux).strip()


def _cache(noeud: Tag | None, limite: Tag) -> bool:
    while noeud is not None and noeud is not limite:
        if _texte(noeud.get("aria-hidden")) == "true":
            return True
        noeud = noeud.parent
    return False


def _nom_aria(element: Tag, soupe: BeautifulSoup) -> str:
    if nom := _texte(element.get("aria-label")).strip() or _texte(element.get("title")).strip():
        return nom
    cibles = _texte(element.get("aria-labelledby")).split()
    return " ".join(cible.get_text(" ", strip=True) for nom in cibles if (cible := soupe.find(id=nom)))
