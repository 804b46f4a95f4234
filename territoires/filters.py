import django_filters

from socle.filters import FiltreDomaine
from territoires.models import Commune


class CommuneFilter(FiltreDomaine):
    champs_recherche = ("nom_plie",)
    champs_codes = ("code_insee", "codes_postaux")

    recherche = django_filters.CharFilter(label="Nom, code INSEE ou code postal", method="filtrer_recherche")

    class Meta:
        model = Commune
        fields = ["recherche"]
