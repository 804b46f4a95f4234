"""Un arbre HTML léger : celui de `html.parser`, tel qu'écrit, sans rien réparer.

Chaque page rendue par les tests y passe. BeautifulSoup en fait autant, cinq fois moins vite : il sert où l'on fouille une
page précise, pas où l'on en contrôle des milliers.
"""

from collections import defaultdict
from collections.abc import Iterator
from html.parser import HTMLParser

# Les éléments vides du HTML, et les anciens que BeautifulSoup tient pour tels.
_SANS_FERMETURE = frozenset(
    """area base basefont bgsound br col command embed frame hr image img input isindex keygen link menuitem meta
    nextid param source spacer track wbr""".split()  # noqa: SIM905
)
_MUETS = frozenset({"script", "style", "template"})


class Element:
    """Une balise, ses attributs, et ce qu'elle contient : des éléments et des textes, sans les commentaires."""

    __slots__ = ("attributs", "enfants", "nom", "parent")

    def __init__(self, nom: str, attributs: dict[str, str], parent: "Element | None"):
        self.nom, self.attributs, self.parent = nom, attributs, parent
        self.enfants: list[Element | str] = []

    def get(self, attribut: str) -> str:
        return self.attributs.get(attribut, "")

    def ancetres(self) -> Iterator["Element"]:
        element = self.parent
        while element is not None:
            yield element
            element = element.parent

    def englobant(self, nom: str) -> "Element | None":
        return next((ancetre for ancetre in self.ancetres() if ancetre.nom == nom), None)

    def texte(self) -> str:
        """Tout le texte, sauf celui des scripts et des styles qu'il contient."""
        return "".join(
            enfant if isinstance(enfant, str) else enfant.texte()
            for enfant in self.enfants
            if isinstance(enfant, str) or enfant.nom not in _MUETS
        )


class Document(HTMLParser):
    """Tous les éléments, dans l'ordre d'écriture, et par nom de balise."""

    def __init__(self, source: str):
        super().__init__()
        self.source = source
        self.elements: list[Element] = []
        self._par_nom: defaultdict[str, list[Element]] = defaultdict(list)
        self._ouverts = [Element("", {}, None)]
        self.feed(source)
        self.close()
        self.identifiants: dict[str, Element] = {}
        for element in self.avec("id"):
            self.identifiants.setdefault(element.get("id"), element)

    @property
    def entier(self) -> bool:
        """Une page, et non un fragment."""
        return "html" in self._par_nom

    def balises(self, *noms: str) -> list[Element]:
        return [element for nom in noms for element in self._par_nom.get(nom, ())]

    def avec(self, attribut: str) -> list[Element]:
        return [element for element in self.elements if attribut in element.attributs]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = self._ajouter(tag, attrs)
        if tag not in _SANS_FERMETURE:
            self._ouverts.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._ajouter(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        for rang in range(len(self._ouverts) - 1, 0, -1):
            if self._ouverts[rang].nom == tag:
                del self._ouverts[rang:]
                return

    def handle_data(self, data: str) -> None:
        self._ouverts[-1].enfants.append(data)

    def _ajouter(self, nom: str, attributs: list[tuple[str, str | None]]) -> Element:
        parent = self._ouverts[-1]
        element = Element(nom, {cle: valeur or "" for cle, valeur in attributs}, parent)
        parent.enfants.append(element)
        self.elements.append(element)
        self._par_nom[nom].append(element)
        return element
