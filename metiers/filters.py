import django_filters

from metiers.models import Appellation
from metiers.mots import SAISIE_MAX, radicaux
from socle.filters import FiltreDomaine


class AppellationFilter(FiltreDomaine):
    recherche = django_filters.CharFilter(label="Nom", method="filtrer_nom")

    class Meta:
        model = Appellation
        fields = ["recherche"]

    def filtrer_nom(self, queryset, nom, valeur):
        """Comme un métier se cherche partout : « coffreuses » trouve « coffreur »."""
        for radical in radicaux(valeur[:SAISIE_MAX]):
            queryset = queryset.filter(cle__contains=f" {radical}")
        return queryset
