"""Du HTML calculé, réduit à ce qui est permis : la seule porte par laquelle un texte mis en forme se déclare sûr."""

from collections.abc import Iterable, Mapping

import nh3
from django.utils.safestring import SafeString, mark_safe


def sans_danger(html: str, balises: Iterable[str], attributs: Mapping[str, Iterable[str]]) -> SafeString:
    """Le HTML sans rien d'autre que ces balises et ces attributs ; un lien ne mène qu'à https, un courriel ou notre site."""
    propre = nh3.clean(
        html,
        tags=set(balises),
        attributes={balise: set(permis) for balise, permis in attributs.items()},
        url_schemes={"https", "mailto"},
        link_rel="noopener noreferrer",
    )
    return mark_safe(propre)
