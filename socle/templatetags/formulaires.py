"""`{% csrf_token %}`, que tout formulaire POST porte déjà : y voyage aussi l'organisation pour qui la page a été ouverte.

Posée dans les balises d'office (`TEMPLATES`), elle remplace celle de Django : aucun gabarit n'a à s'en souvenir.
"""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from socle.envois import CHAMP_ORGANISATION

register = template.Library()


@register.simple_tag(takes_context=True)
def csrf_token(context) -> SafeString:
    jeton = context.get("csrf_token")
    if not jeton:
        return SafeString("")
    champ = format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', jeton)
    organisation = getattr(jeton, "organisation", "")
    if organisation:
        champ += format_html('<input type="hidden" name="{}" value="{}">', CHAMP_ORGANISATION, organisation)
    return champ
