"""Ce qui arrive coup sur coup à la même personne part en un courriel.

Le premier est rangé aussitôt, comme tout courriel, et n'est dû que cinq minutes plus tard ; ce qui suit d'ici là s'ajoute à lui,
dans la transaction de son propre geste. Passé l'heure due il est à qui l'envoie, et le suivant en ouvre un autre : rien n'attend
plus longtemps, et un travailleur tué ne perd rien.
"""

import datetime
from typing import Any

from django.db import transaction
from django.template.loader import get_template
from django.utils import timezone

from socle.enums import EtatCourriel
from socle.models import Courriel
from socle.services import courriels

FENETRE = datetime.timedelta(minutes=5)
DELAI = "dans les cinq minutes, avec ce qui suivrait d'ici là"
ICI = "⟦nouvelle⟧"
ENTRE = "\n\n"
A_PEINE = datetime.timedelta(microseconds=1)


@transaction.atomic
def ecrire_au_groupe(*, groupe: str, gabarit: str, contexte: dict, **valeurs: Any) -> Courriel:
    """Écrit une nouvelle (`gabarit/nouvelle.txt`), seule ou à la suite de celles que la personne n'a pas encore reçues.

    `groupe` : de quoi elles parlent toutes. Le cadre (`sujet.txt`, `corps.txt`) reçoit `nouvelle`, et `plusieurs`.
    """
    nouvelle = get_template(f"{gabarit}/nouvelle.txt").render(contexte).strip()
    cadre = courriels.composer(gabarit=gabarit, contexte={**contexte, "nouvelle": ICI, "plusieurs": False}, **valeurs)
    debut, _, fin = cadre.corps.partition(ICI)
    attendu = _qui_attend(groupe, cadre, debut, fin)
    if attendu is None:
        cadre.corps, cadre.groupe = f"{debut}{nouvelle}{fin}", groupe
        cadre.prochain_essai_le = timezone.now() + FENETRE
        cadre.save()
        return cadre
    plusieurs = courriels.composer(
        gabarit=gabarit, contexte={**contexte, "nouvelle": ICI, "plusieurs": True}, **valeurs
    )
    attendu.sujet = plusieurs.sujet
    attendu.corps = f"{attendu.corps.removesuffix(fin)}{ENTRE}{nouvelle}{fin}"
    # L'envoi ne prend un courriel que tel qu'il l'a lu : à l'heure près. Celui qui l'aurait lu sans la nouvelle le laisse.
    attendu.prochain_essai_le += A_PEINE
    attendu.save(update_fields=["sujet", "corps", "prochain_essai_le", "modifie_le"])
    return attendu


def _qui_attend(groupe: str, cadre: Courriel, debut: str, fin: str) -> Courriel | None:
    """Le courriel du groupe encore à venir, écrit par la même personne : son pied nomme qui répond."""
    meme = {"destinataire": cadre.destinataire, "structure": cadre.structure, "repondre_a": cadre.repondre_a}
    attendus = Courriel.objects.filter(
        groupe=groupe, etat=EtatCourriel.EN_ATTENTE, tentatives=0, prochain_essai_le__gt=timezone.now(), **meme
    )
    # Tenu par un autre geste, il n'est pas attendu : deux offres closes ensemble ne se bloquent pas l'une l'autre.
    libre = attendus.select_for_update(of=("self",), skip_locked=True).order_by("pk").first()
    entier = libre is not None and libre.corps.startswith(debut) and libre.corps.endswith(fin)
    return libre if entier else None
