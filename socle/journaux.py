"""Les journaux techniques ne gardent aucun secret d'adresse : le jeton d'un lien ou d'une invitation y est caché."""

import logging

from socle.texte import cacher_les_jetons


class SansJeton(logging.Filter):
    """Réécrit le message avant qu'il ne sorte."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if (cache := cacher_les_jetons(message)) != message:
            record.msg, record.args = cache, ()
        return True
