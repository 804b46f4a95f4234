import django_filters

from reporting.enums import StatutBilan
from reporting.models import Bilan
from socle.filters import FiltreDomaine


class BilanFilter(FiltreDomaine):
    annee = django_filters.NumberFilter(label="Année")
    statut = django_filters.ChoiceFilter(label="État", choices=StatutBilan.choices, empty_label="Tous")

    class Meta:
        model = Bilan
        fields = ["annee", "statut"]
