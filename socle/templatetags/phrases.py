"""`{% phrase %}…{% endphrase %}` : un texte qui s'écrit sur plusieurs lignes du gabarit et se lit sur une seule.

Un courriel garde chacun de ses retours à la ligne, et une balise de Django tient sur une ligne : sans elle, une phrase longue
ne se coupe ni dans l'un, ni dans l'autre. `{% phrase as resume %}` la garde pour la balise qui suit. Posée dans les balises
d'office.
"""

import re
from typing import Any

from django import template
from django.template.base import Node, NodeList, TextNode
from django.template.exceptions import TemplateSyntaxError
from django.utils.safestring import SafeString

from socle.nombres import jour_entier

register = template.Library()
register.filter("jour_entier", lambda valeur: jour_entier(valeur) if valeur else "")
BLANCS = re.compile(r"[ \t\r\n]+")  # ni l'espace insécable, ni la fine : elles sont de la phrase


class Phrase(Node):
    """Le texte du gabarit est réduit une fois, à la compilation : une valeur, elle, garde ses retours à la ligne."""

    def __init__(self, nodelist: NodeList, nom: str):
        self.nodelist, self.nom = nodelist, nom
        textes: list[Any] = nodelist.get_nodes_by_type(TextNode)
        for noeud in textes:
            noeud.s = BLANCS.sub(" ", noeud.s)
        if nodelist and isinstance(nodelist[0], TextNode):
            nodelist[0].s = nodelist[0].s.lstrip(" ")
        if nodelist and isinstance(nodelist[-1], TextNode):
            nodelist[-1].s = nodelist[-1].s.rstrip(" ")

    def render(self, context) -> SafeString | str:
        texte = self.nodelist.render(context)
        if not self.nom:
            return texte
        context[self.nom] = texte
        return ""


@register.tag
def phrase(parser, token) -> Phrase:
    mots = token.split_contents()
    if len(mots) != 1 and (len(mots) != 3 or mots[1] != "as"):
        raise TemplateSyntaxError("S'écrit {% phrase %} ou {% phrase as nom %}.")
    nodelist = parser.parse(("endphrase",))
    parser.delete_first_token()
    return Phrase(nodelist, mots[2] if len(mots) == 3 else "")
