import django_filters

from reprise.enums import EtatReprise
from reprise.models import Reprise
from socle.filters import FiltreDomaine


class RepriseFilter(FiltreDomaine):
    etat = django_filters.ChoiceFilter(label="État", choices=EtatReprise.choices, empty_label="Tous")

    class Meta:
        model = Reprise
        fields = ["etat"]
