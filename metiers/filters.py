import django_filters

from metiers.models import Appellation
from socle.filters import FiltreDomaine


class AppellationFilter(FiltreDomaine):
    champs_recherche = ("cle",)

    recherche = django_filters.CharFilter(label="Nom", method="filtrer_recherche")

    class Meta:
        model = Appellation
        fields = ["recherche"]
