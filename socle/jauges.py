"""La jauge d'heures, en phrase et en dessin : les mêmes sur une fiche, dans une liste et pour l'entreprise."""

from typing import Any

from django.utils.safestring import SafeString, mark_safe

from socle import nombres
from socle.tables import Jauge


def phrase_jauge(jauge: Jauge) -> str:
    """La jauge dite en une phrase : « 1 000 h faites sur 1 181 h dues (84,7 %), 847 h attendues à ce jour »."""
    if not jauge.dues:
        return f"{nombres.heures(jauge.faites)} faites, aucune due" if jauge.faites else "Aucune heure due"
    phrase = (
        f"{nombres.heures(jauge.faites)} faites sur {nombres.heures(jauge.dues)} dues ({nombres.pourcent(jauge.part)})"
    )
    if jauge.attendues is not None and not jauge.terminee:
        phrase += f", {nombres.heures(jauge.attendues)} attendues à ce jour"
    return phrase


def barre(jauge: Jauge, projection: Any) -> SafeString:
    """La barre : fait, projeté, repères de l'attendu et du dû. Des nombres seuls : une liste en montre cinquante, vite."""
    echelle = max(jauge.dues or 0, jauge.faites or 0, projection or 0)

    def rang(valeur: Any) -> str:
        return f"{min(float(valeur) * 100 / float(echelle), 100):.1f}" if echelle else "0"

    def repere(classe: str, valeur: Any) -> str:
        return f'<line class="{classe}" x1="{rang(valeur)}" x2="{rang(valeur)}" y1="-1" y2="9"/>'

    formes = ['<rect class="jauge-fond" width="100" height="8"/>']
    if projection is not None:
        formes.append(f'<rect class="jauge-projection" width="{rang(projection)}" height="8"/>')
    formes.append(f'<rect class="jauge-faites" width="{rang(jauge.faites or 0)}" height="8"/>')
    if jauge.attendues is not None and jauge.dues:
        formes += [repere("jauge-halo", jauge.attendues), repere("jauge-attendues", jauge.attendues)]
    if jauge.dues and echelle > jauge.dues:
        formes.append(repere("jauge-dues", jauge.dues))
    return mark_safe(
        '<svg class="jauge-barre" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        + "".join(formes)
        + "</svg>"
    )


def phrase_courte(jauge: Jauge) -> str:
    """La jauge d'une ligne de tableau : « 1 000 sur 1 181 h · 85 % »."""
    if not jauge.dues:
        return phrase_jauge(jauge)
    return f"{nombres.nombre(jauge.faites)} sur {nombres.heures(jauge.dues)} · {nombres.pourcent(jauge.part, 0)}"
