"""Ce que le facilitateur écrit dans un bilan : du texte à peine mis en forme, rendu en HTML sans danger.

La syntaxe est celle de Markdown, réduite à ce qui sert : paragraphes, gras, italique, listes, liens.
"""

from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

from socle import balisage

RUBRIQUES = {
    "promotion": "Ce qui a été fait pour promouvoir les clauses",
    "paroles": "Quelques paroles, choisies",
    "difficultes": "Les difficultés rencontrées",
    "perspectives": "Les perspectives",
}
LONGUEUR_MAX = 6000
BALISES = {"p", "strong", "em", "ul", "ol", "li", "br", "a"}
_LECTEUR = MarkdownIt("zero", {"breaks": True, "html": False}).enable(["emphasis", "list", "link", "newline", "escape"])


def en_html(texte: str) -> SafeString:
    """« **Gras** et liste » en HTML : le code collé s'affiche comme du texte, seuls des liens https sortent."""
    return sans_danger(_LECTEUR.render(texte))


def sans_danger(html: str) -> SafeString:
    """Le HTML réduit aux balises permises. Ce qui sort de la base y repasse."""
    return balisage.sans_danger(html, BALISES, {"a": {"href"}})
