from django.db import models

from socle.querysets import QuerySetDomaine
from socle.texte import plier

SAISIE_MAX = 150  # le plus long libellé du répertoire en compte 110


class MetierQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        """Le répertoire est public : qui est connecté le lit."""
        return self.none() if acteur is None else self

    def chercher(self, texte: str):
        """Par le code ou par des mots du libellé, accents et casse pardonnés ; un texte démesuré n'est lu qu'à son début."""
        metiers = self
        for mot in plier("".join(lettre for lettre in texte[:SAISIE_MAX] if lettre.isprintable())).split():
            metiers = metiers.filter(models.Q(libelle_plie__contains=mot) | models.Q(code__istartswith=mot))
        return metiers
